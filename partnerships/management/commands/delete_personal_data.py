"""Delete the personal data of readers when its time is over."""

from django.core.management.base import BaseCommand

from partnerships.reports import delete_personal_data


class Command(BaseCommand):
    help = (
        "Delete the e-mail addresses of reports older than REPORT_EMAIL_DAYS, and the"
        " counts of reports of hours that are over. Run it every day."
    )

    def handle(self, **options):
        emails, counts = delete_personal_data()
        self.stdout.write(f"Deleted: e-mail addresses {emails}, counts {counts}.")
