"""A numbered state of all published records, kept so that it can be had again."""

from django.db import models
from django.utils import timezone


class ReleaseQuerySet(models.QuerySet):
    def get_by_natural_key(self, number):
        return self.get(number=number)

    def newest_first(self):
        """Return them without what they hold, which lists do not need."""
        return self.defer("files", "snapshot").order_by("-pk")

    def newest(self):
        """Return the last one made, None if there is none."""
        return self.order_by("-pk").first()

    def name_of(self, digest: str) -> str:
        """Name data by their digest, so that one name is only ever one state of them.

        While they are those of the newest release it is its number, else that number
        with the digest behind it.
        """
        newest = self.newest_first().first()
        if newest is None:
            return digest
        return newest.number if newest.digest == digest else f"{newest.number}+{digest}"


class Release(models.Model):
    """What readers could see on one day: never changed, whatever became of a record.

    `files` is the ZIP of all tables as they were, `snapshot` the database that filters
    ask. `digest` tells whether the records of today are still these; `date` is the
    date of the data. `size` (bytes) and `checksum` (SHA-256) are those of the whole
    download.
    """

    number = models.CharField(max_length=20, unique=True)
    made = models.DateTimeField(default=timezone.now)
    changes = models.JSONField(default=list)
    date = models.CharField("date of the data", max_length=20)
    digest = models.CharField(max_length=64)
    checksum = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField()
    files = models.BinaryField()
    snapshot = models.BinaryField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.number

    def natural_key(self):
        return (self.number,)
