"""Say what is wrong in the registry, row by row and across rows."""

from django.core.management.base import BaseCommand, CommandError

from partnerships.problems import every_problem, work_waiting


class Command(BaseCommand):
    help = (
        "Run every rule of the models over every row, and the rules across rows:"
        " citations, councils' lifetimes, successions, dates, duplicates. Prints each"
        " record with the reason and ends with an error if there is any."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--work",
            action="store_true",
            help="also print what waits for an editor, which is no error",
        )

    def handle(self, *, work, **options):
        if work:
            for waiting in work_waiting():
                self.stdout.write(f"to do: {waiting.record}: {waiting.reason}")
        problems = 0
        for problem in every_problem():
            problems += 1
            self.stdout.write(f"{problem.record}: {problem.reason}")
        if problems:
            raise CommandError(f"{problems} found.")
        self.stdout.write("Nothing found.")
