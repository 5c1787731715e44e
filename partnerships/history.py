"""What a change changed, in words that readers understand: before and after."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from councils.models import Council
from councils.partial_dates import PartialDate, PartialDateField

from .models import Partnership, ServiceFunction

UNKNOWN = "not known"

Version = list[dict[str, Any]]


class Difference(NamedTuple):
    """One field or row that a change changed; None where there was or is no row."""

    what: str
    before: str | None
    after: str | None
    key: tuple
    field: str | None = None


class PublicChange(NamedTuple):
    """A change as readers see it: without the name of who made it."""

    made: datetime
    reason: str
    differences: list[Difference]


def public_history(partnership: Partnership) -> list[PublicChange]:
    """Return the changes of a record, newest first, since readers first saw it."""
    names = Names()
    changes = list(partnership.changes.public().order_by("pk"))
    history = [
        PublicChange(
            after.made,
            after.reason,
            list(differences(before.version, after.version, names)),
        )
        for before, after in pairwise(changes)
    ]
    return history[::-1]


class Names:
    """The names of councils and functions by slug, read once for a whole history."""

    def __init__(self):
        self.councils = dict(Council.objects.values_list("slug", "name"))
        self.functions = dict(ServiceFunction.objects.values_list("slug", "name"))


def differences(before: Version, after: Version, names: Names) -> Iterator[Difference]:
    """Yield what is different between two versions, rows matched by natural key."""
    old, new = keyed(before), keyed(after)
    for key in dict.fromkeys([*old, *new]):
        model = apps.get_model(key[0])
        was = old[key]["fields"] if key in old else None
        now = new[key]["fields"] if key in new else None
        if was and now:
            yield from changed_fields(model, was, now, names, key)
        elif now:
            yield Difference(
                title(model, now, names), None, said(model, now, names), key
            )
        elif was:
            yield Difference(
                title(model, was, names), said(model, was, names), None, key
            )


def keyed(version: Version) -> dict[tuple, dict[str, Any]]:
    """Return the rows by model and by what makes one the same row in two versions."""
    rows = {}
    for row in version:
        fields = row["fields"]
        if "number" in fields:
            key: Any = fields["number"]
        elif "council" in fields:
            key = (*fields["council"], fields["joined"])
        else:
            key = own_name(fields) if "partnership" in fields else None
        rows[row["model"], key] = row
    return rows


def own_name(fields) -> str:
    """Return the name of a row that has one, or the address that it is."""
    return fields["name"] if "name" in fields else fields["slug"]


def changed_fields(model, old, new, names, key) -> Iterator[Difference]:
    row = title(model, new, names)
    for field in fields_of(model):
        if field.name not in new:
            continue
        before = in_words(field, old.get(field.name), names)
        after = in_words(field, new[field.name], names)
        if before != after:
            label = str(field.verbose_name)
            yield Difference(
                f"{row}, {label}" if row else label, before, after, key, field.name
            )


def title(model, fields, names) -> str:
    """Name a row; the record itself needs no name on its own page."""
    if model is Partnership:
        return ""
    kind = str(model._meta.verbose_name)
    if "number" in fields:
        return f"{kind} {fields['number']}"
    if "council" in fields:
        slug = fields["council"][0]
        return f"member {names.councils.get(slug, slug)}"
    return f"{kind} {own_name(fields)}"


def said(model, fields, names) -> str:
    """Say a whole row that was added or taken away."""
    return "; ".join(
        f"{field.verbose_name}: {in_words(field, fields[field.name], names)}"
        for field in fields_of(model)
        if field.name in fields
    )


def fields_of(model) -> list:
    """Return the fields that a version keeps, but for what makes a row the record's."""
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [
        field
        for field in fields
        if field.serialize and field.name not in {"partnership", "number"}
    ]


def in_words(field: models.Field, value: Any, names: Names) -> str:
    """Say a stored value as the pages would."""
    if value in (None, "", []):
        return UNKNOWN
    if isinstance(field, PartialDateField):
        return PartialDate(value).in_words()
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name == "sources":
        return ", ".join(str(number) for _, number in value)
    if field.name == "functions":
        return ", ".join(names.functions.get(slug, slug) for (slug,) in value)
    if field.name == "council":
        return names.councils.get(value[0], value[0])
    return str(value)
