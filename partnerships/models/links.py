"""Whether the addresses of the sources still answered when they were last asked."""

from django.db import models
from django.db.models import OuterRef
from django.utils import timezone


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def get_by_natural_key(self, url):
        return self.get(url=url)

    def failing(self):
        """Return the addresses that led nowhere when they were last asked."""
        return self.exclude(error="")

    def of_a_source(self):
        """Return the one of the source in whose question this is a subquery."""
        return self.filter(url=OuterRef("url")).order_by()


class LinkCheck(models.Model):
    """What an address answered when it was last asked; a new answer replaces it."""

    url = models.URLField("address", max_length=500, unique=True)
    status = models.PositiveSmallIntegerField(
        "status of the last answer",
        null=True,
        blank=True,
        help_text="Blank if there was no answer.",
    )
    error = models.CharField(
        "why it fails",
        max_length=200,
        blank=True,
        help_text="Blank if it works, or if its site does not answer programs.",
    )
    checked = models.DateTimeField("last asked", default=timezone.now)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        ordering = ["url"]

    def __str__(self):
        return self.url

    def natural_key(self):
        return (self.url,)
