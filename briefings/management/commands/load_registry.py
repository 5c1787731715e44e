"""Fill an empty registry once; data that is there belongs to its editors."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from councils.models import Council
from partnerships.models import Partnership

FIXTURES = ["councils", "service_functions", "partnerships", "briefings"]


class Command(BaseCommand):
    help = (
        "Load the registry's data, whole or not at all, if it holds no council and no"
        " partnership. Otherwise leave everything as it is."
    )

    @transaction.atomic
    def handle(self, **options):
        if Council.objects.exists() or Partnership.objects.exists():
            self.stdout.write("The registry holds data already: nothing was loaded.")
            return
        call_command("loaddata", *FIXTURES, verbosity=0)
        self.stdout.write(
            f"Loaded {Council.objects.count()} councils"
            f" and {Partnership.objects.count()} partnerships."
        )
