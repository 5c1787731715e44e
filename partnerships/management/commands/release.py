"""Keep what readers can see now as a numbered release."""

from django.core.management.base import BaseCommand

from partnerships.models import Release
from partnerships.releasing import make_release


class Command(BaseCommand):
    help = (
        "Keep the published records as a release that can be downloaded and filtered"
        " for good, with the changes since the last one. Columns or tables removed"
        " raise the first part of its number; rows, columns or tables added the"
        " second; corrections the third. Nothing is made if nothing has changed."
    )

    def handle(self, **options):
        release = make_release()
        if release is None:
            number = Release.objects.newest().number
            self.stdout.write(f"Nothing has changed since {number}: none was made.")
            return
        self.stdout.write(
            f"Made release {release.number}: {release.size} bytes,"
            f" SHA-256 {release.checksum}."
        )
        for kind, words in release.changes:
            self.stdout.write(f"{kind}: {words}")
