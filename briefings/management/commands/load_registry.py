"""Fill an empty registry once; data that is there belongs to its editors."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction

from briefings.models import DeliveryModelGuide
from councils.models import Council
from partnerships.models import Partnership, Release
from partnerships.releasing import make_release

GUIDES = "delivery_models"
FIXTURES = ["councils", "service_functions", "partnerships", "briefings", GUIDES]


class Command(BaseCommand):
    help = (
        "Load the registry's data, whole or not at all, if it holds no council and no"
        " partnership. Otherwise leave everything as it is, but for the guides to"
        " delivery models where there is none yet: older registries came without."
        " A registry without a release is given its first."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--migrate",
            action="store_true",
            help="first bring the database to the code's version",
        )

    def handle(self, *, migrate=False, verbosity=1, **options):
        if migrate:
            call_command("migrate", interactive=False, verbosity=verbosity)
        self.load()

    @transaction.atomic
    def load(self):
        if not (Council.objects.exists() or Partnership.objects.exists()):
            call_command("loaddata", *FIXTURES, verbosity=0)
            self.stdout.write(
                f"Loaded {Council.objects.count()} councils"
                f" and {Partnership.objects.count()} partnerships."
            )
        elif DeliveryModelGuide.objects.exists():
            self.stdout.write("The registry holds data already: nothing was loaded.")
        else:
            self.stdout.write(self.load_guides())
        if not Release.objects.exists() and (release := make_release()):
            self.stdout.write(f"Made release {release.number} of the published data.")

    def load_guides(self) -> str:
        """Add the guides alone; a registry without their briefing starts without."""
        try:
            with transaction.atomic():
                call_command("loaddata", GUIDES, verbosity=0)
        except IntegrityError:
            # loaddata leaves out a briefing it cannot find, and a constraint wants it.
            return "No guide to a delivery model was loaded: their briefing is gone."
        return "Loaded the guides to delivery models, and nothing else."
