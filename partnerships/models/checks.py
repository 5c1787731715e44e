"""Who checked a record against its sources, when, and when that is due again.

A check is working data of the editors: no part of the record or of its public history.
When the next one is due follows from the last and from the settings; nothing stores it.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from councils.days import in_words

from ..choices import Status


def days_between_checks(status: str) -> int:
    """Return after how many days a record is due again, sooner unless it has ended."""
    if status == Status.ENDED:
        return settings.CHECK_DAYS_ENDED
    return settings.CHECK_DAYS_LIVE


class CheckQuerySet(models.QuerySet["Check"]):
    def last_made(self):
        """Return when each record's newest was made, to annotate partnerships with."""
        newest = self.filter(partnership=models.OuterRef("pk"))
        return models.Subquery(
            newest.order_by("-checked_on", "-pk").values("checked_on")[:1]
        )


class Check(models.Model):
    """Somebody compared a record with its sources and found it right, or put it right.

    Who did stays with the editors; readers see the day.
    """

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="checks"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="checked by",
    )
    checked_on = models.DateField(default=timezone.localdate)
    note = models.CharField(
        max_length=300,
        blank=True,
        help_text="What you compared, or what to look at next time. Never public.",
    )

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_on", "-pk"]

    def __str__(self):
        return f"{self.partnership}, {in_words(self.checked_on)}"

    def natural_key(self):
        return (self.partnership.slug, self.checked_on.isoformat())


class OnTheRota:
    """A record whose QuerySet annotated `last_checked`, as `with_last_check` does."""

    status: str
    last_checked: date | None

    def next_check(self) -> date | None:
        """Return the day on which a check is due again, None before the first one."""
        if not self.last_checked:
            return None
        return self.last_checked + timedelta(days=days_between_checks(self.status))

    def is_due_for_checking(self, today: date) -> bool:
        due = self.next_check()
        return due is None or due <= today

    def due_in_words(self) -> str:
        """Say since when a check is due, "" where none is."""
        due = self.next_check()
        if not due:
            return "due for checking since it was entered: no check is recorded yet"
        if due <= timezone.localdate():
            return f"due for checking since {in_words(due)}"
        return ""
