"""Ask the sources' addresses whether they still answer."""

from django.core.management.base import BaseCommand, CommandError

from partnerships.links import Checker, check_links


class Command(BaseCommand):
    help = (
        "Ask the address of every source whether it still answers, one request at a"
        " time and with a pause between two to the same host; addresses that are not"
        " public are never asked. The answers are kept, and the queue “Sources whose"
        " link fails” shows them. Run it every week. Stopped, it goes on where it was."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--most",
            type=int,
            help="how many to ask, those not asked for the longest first; else all",
        )

    def handle(self, *, most, **options):
        if most is not None and most < 1:
            raise CommandError("--most takes a number from 1 on.")
        asked = failing = 0
        for check in check_links(Checker(), most):
            asked += 1
            if check.error:
                failing += 1
                self.stdout.write(f"{check.url}: {check.error}")
        self.stdout.write(f"Asked {asked}, failing {failing}.")
