"""What a record said after each change: its fields and all its rows, as one whole.

A change of a member or an outcome is a change of the record, so a version holds the
record with every row; comparing two versions shows any change, and an old one can be
put back. The version is written by whatever writes the record, in its transaction.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from councils.days import in_words

ROWS = (
    "other_names",
    "sources",
    "memberships",
    "other_members",
    "aims",
    "outcomes",
    "milestones",
)


def version_of(
    partnership, names: Iterable[str] = ROWS, *, with_keys: bool = False
) -> list[dict[str, Any]]:
    """Return the record and its rows as the database holds them, by natural keys.

    Which row of the database is which is kept only with the keys.
    """
    stored = type(partnership).objects.get(pk=partnership.pk)
    rows = [row for name in names for row in rows_of(stored, name)]
    version = serializers.serialize(
        "python",
        [stored, *rows],
        use_natural_foreign_keys=True,
        use_natural_primary_keys=not with_keys,
    )
    # As it comes back from the database, so that two versions can be compared.
    return json.loads(json.dumps(version, cls=DjangoJSONEncoder))


def rows_of(partnership, name: str) -> models.QuerySet:
    """Return one kind of a record's rows with all that their natural keys need."""
    rows = getattr(partnership, name).order_by("pk").select_related("partnership")
    fields = {field.name for field in rows.model._meta.get_fields()}
    if "council" in fields:
        rows = rows.select_related("council")
    if "sources" in fields:
        sources = rows.model._meta.get_field("sources").related_model.objects
        cited = sources.select_related("partnership")
        rows = rows.prefetch_related(models.Prefetch("sources", queryset=cited))
    return rows


class ChangeQuerySet(models.QuerySet["Change"]):
    def begin(self, partnership):
        """Lock the record, and keep what it says before its first change.

        The lock lasts until the transaction ends, in which `record` is to follow.
        """
        type(partnership).objects.select_for_update().get(pk=partnership.pk)
        if not self.filter(partnership=partnership).exists():
            self.record(partnership, reason="The record before its first change.")

    def record(self, partnership, *, reason: str, by=None):
        """Keep the record as it stands now; return the change, None if it is none."""
        version = version_of(partnership)
        last = self.filter(partnership=partnership).order_by("-pk").first()
        if last and last.version == version:
            return None
        return self.create(
            partnership=partnership, reason=reason, by=by, version=version
        )

    def public(self):
        """Leave out what the record said while readers could not see it."""
        return self.filter(version__0__fields__publication="published")

    def news(self):
        """Return the changes that readers learn of, annotated.

        The first version of a record is none: it says what the record was before it
        changed. `previous` is the key of the version that readers saw before, None for
        the change that first let them see the record. `place` is the change's number on
        the page of the record's history, None likewise.
        """
        of_the_same = self.model.objects.filter(
            partnership=models.OuterRef("partnership"), pk__lt=models.OuterRef("pk")
        )
        seen_before = of_the_same.public().order_by()
        number = seen_before.values("partnership").annotate(number=models.Count("pk"))
        return (
            self.public()
            .filter(models.Exists(of_the_same))
            .annotate(
                previous=models.Subquery(seen_before.order_by("-pk").values("pk")[:1]),
                place=models.Subquery(number.values("number")),
            )
        )

    def withdrawal(self):
        """Return the change that took a record from its readers, None if none did."""
        last = self.public().order_by("-pk").first()
        since = self.filter(version__0__fields__publication="withdrawn")
        return last and since.filter(pk__gt=last.pk).order_by("pk").first()

    def last_news(self):
        """Return when readers last learnt of a change, to annotate partnerships."""
        newest = self.news().filter(partnership=models.OuterRef("pk")).order_by("-pk")
        return models.Subquery(newest.values("made")[:1])

    def last_made(self):
        """Return when each record's newest was made, to annotate partnerships with."""
        newest = self.filter(partnership=models.OuterRef("pk")).order_by("-pk")
        return models.Subquery(newest.values("made")[:1])


class Change(models.Model):
    """One change of a record: when, why, by whom, and all that it said afterwards."""

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="changes"
    )
    made = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    reason = models.CharField(max_length=300)
    version = models.JSONField(editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.partnership}, {in_words(self.made)}: {self.reason}"

    def natural_key(self):
        return (self.partnership.slug, self.made.isoformat())
