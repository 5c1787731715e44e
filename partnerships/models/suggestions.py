"""What readers report to the editors, and how often each network has reported."""

import ipaddress
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..choices import SuggestionStatus

# No two that look alike, such as 0 and O, or 5 and S.
LETTERS = "2346789ACDEFGHJKMNPQRTVWXY"
EMAIL_NEEDED = [SuggestionStatus.NEW, SuggestionStatus.BEING_CHECKED]


def new_reference() -> str:
    """Return a reference such as "R-7K3M-9QXD": easy to read aloud, hard to guess."""
    first, second = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in "12")
    return f"R-{first}-{second}"


class SuggestionQuerySet(models.QuerySet):
    def get_by_natural_key(self, reference):
        return self.get(reference=reference)

    def waiting(self):
        """Return the reports that no editor has dealt with."""
        return self.filter(status__in=EMAIL_NEEDED)

    def delete_old_emails(self, now: datetime) -> int:
        """Forget the e-mail addresses that have been kept for as long as readers were
        told; return how many."""
        kept_since = now - timedelta(days=settings.REPORT_EMAIL_DAYS)
        return self.exclude(email="").filter(sent__lt=kept_since).update(email="")


class Suggestion(models.Model):
    """A reader's report of what is wrong or missing. It waits for an editor.

    Never public. `part` is the anchor of a fact on the record's page, or a part of the
    site where the report is about no record; blank means the whole.
    """

    reference = models.CharField(
        max_length=11, unique=True, default=new_reference, editable=False
    )
    partnership = models.ForeignKey(
        "partnerships.Partnership",
        on_delete=models.CASCADE,
        related_name="suggestions",
        null=True,
        blank=True,
    )
    part = models.CharField(max_length=40, blank=True)
    part_in_words = models.CharField(
        "about", max_length=200, help_text="What it was called when the report came."
    )
    message = models.TextField("what is wrong or missing")
    source = models.TextField("which source says so", blank=True)
    email = models.EmailField(
        "e-mail address",
        blank=True,
        help_text="Only to ask about this report. Deleted once it is dealt with.",
    )
    sent = models.DateTimeField(default=timezone.now)
    status = models.CharField(
        max_length=15,
        choices=SuggestionStatus,
        default=SuggestionStatus.NEW,
    )
    note = models.TextField(
        "editor’s note", blank=True, help_text="What was found and done. Never public."
    )

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-sent", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SuggestionStatus.values),
                name="suggestion_status_in_list",
            ),
            models.CheckConstraint(
                condition=Q(email="") | Q(status__in=EMAIL_NEEDED),
                name="suggestion_dealt_with_keeps_no_email",
                violation_error_message=(
                    "The e-mail address goes when a report has been dealt with."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.reference}: {self.partnership or 'the registry'}"

    def natural_key(self):
        return (self.reference,)

    def follow(self, old, new, anchors: dict[str, str]) -> None:
        """Go with a record that was merged, to the anchors that its facts have now."""
        self.partnership = new
        if self.part not in {"", "facts"}:
            self.part = anchors.get(self.part, "")
        self.save(update_fields=["partnership", "part"])

    @property
    def is_dealt_with(self) -> bool:
        return self.status not in EMAIL_NEEDED


def network_of(address: str) -> str:
    """Return what one sender has: an IPv4 address, or the first half of an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return address
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


class ReportCountQuerySet(models.QuerySet):
    def get_by_natural_key(self, sender):
        return self.get(sender=sender)

    def admit(
        self,
        address: str,
        now: datetime,
        *,
        of: str = "partnerships.reports",
        most: int | None = None,
    ) -> bool:
        """Count a report from an address; return False if it has sent its share.

        The condition and the sum are one statement, so the limit holds however many
        processes ask at once. What else is limited by the hour is counted apart, under
        a name of its own and with a number of its own.
        """
        most = settings.REPORTS_AN_HOUR if most is None else most
        hour = now.replace(minute=0, second=0, microsecond=0)
        sender = salted_hmac(
            f"{of}/{hour.isoformat()}",
            network_of(address),
            algorithm="sha256",
        ).hexdigest()
        row, _ = self.get_or_create(sender=sender, defaults={"hour": hour})
        below = self.filter(pk=row.pk, number__lt=most)
        return below.update(number=F("number") + 1) == 1

    def delete_old(self, now: datetime) -> int:
        """Delete the counts of hours that are over; return how many."""
        return self.filter(hour__lte=now - timedelta(hours=1)).delete()[0]


class ReportCount(models.Model):
    """How many reports one network sent in one hour, without saying which network.

    `sender` is a hash of its address with a key that changes every hour, and the row
    goes when the hour is over.
    """

    sender = models.CharField(max_length=64, unique=True)
    hour = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)

    objects = ReportCountQuerySet.as_manager()

    class Meta:
        ordering = ["hour", "sender"]

    def __str__(self):
        return f"{self.number} since {self.hour:%H:%M}"

    def natural_key(self):
        return (self.sender,)
