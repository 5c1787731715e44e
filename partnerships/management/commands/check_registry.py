"""Say what is wrong in the registry, row by row and across rows."""

from django.core.management.base import BaseCommand, CommandError

from partnerships.problems import every_problem


class Command(BaseCommand):
    help = (
        "Run every rule of the models over every row, and the rules across rows:"
        " citations, councils' lifetimes, successions, dates, duplicates. Prints each"
        " record with the reason and ends with an error if there is any."
    )

    def handle(self, **options):
        problems = 0
        for problem in every_problem():
            problems += 1
            self.stdout.write(f"{problem.record}: {problem.reason}")
        if problems:
            raise CommandError(f"{problems} found.")
        self.stdout.write("Nothing found.")
