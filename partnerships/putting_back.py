"""A record made to say again what a version of it said, with all its rows."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from councils.models import Council

from .history import Difference, Version, keyed
from .models import Partnership, ServiceFunction, Source
from .models.history import ROWS, version_of
from .publishing import refuse_lost_citations, refuse_unready

# An address and whether readers see it are changed by tools of their own.
NEVER_PUT_BACK = ("slug", "publication")


def but_for_standing(version: Version, partnership: Partnership) -> Version:
    """Return the version with the address and the publication of the record today."""
    record, *rows = version
    standing = {name: getattr(partnership, name) for name in NEVER_PUT_BACK}
    return [{**record, "fields": {**record["fields"], **standing}}, *rows]


def without(difference: Difference, current: Version, before: Version) -> Version:
    """Return the current version with what one difference changed put back.

    Raises ValidationError where the row to put it back to has changed its place.
    """
    now, then = keyed(current), keyed(before)
    key, field = difference.key, difference.field
    if field and key not in now:
        raise ValidationError("The row is no longer there: put the whole row back.")
    if field:
        put = {**now[key], "fields": {**now[key]["fields"]}}
        put["fields"][field] = then[key]["fields"][field]
        now[key] = put
    elif key in then and key in now:
        raise ValidationError("A row with its number or name is there again.")
    elif key in then:
        now[key] = then[key]
    elif key in now:
        del now[key]
    else:
        raise ValidationError("The row is gone already.")
    return list(now.values())


def write(
    partnership: Partnership,
    version: Version,
    names: Iterable[str] = ROWS,
    *,
    validate: bool = True,
) -> None:
    """Make the record and its rows those of the version, in one transaction.

    A row with a key of the database is the row of that key; one without is the row of
    its number or name, or a new one. Raises ValidationError, in an editor's words, and
    writes nothing where a model, a constraint or a citation without its source refuses.
    """
    try:
        with transaction.atomic():
            Writing(partnership, version, names).write(validate)
    except IntegrityError as error:
        raise ValidationError(
            "Two rows would contradict each other, such as one council that is a"
            " member twice at one time."
        ) from error


class Writing:
    """One record about to say what a version says."""

    def __init__(self, partnership, version: Version, names: Iterable[str]):
        self.partnership = partnership
        self.version = version
        self.there = version_of(partnership, names, with_keys=True)
        self.councils = Council.objects.in_bulk(
            slugs_in(version, "council"), field_name="slug"
        )

    def write(self, validate: bool) -> None:
        record, *rows = self.version
        instances = [self.instance(row) for row in self.with_keys(rows)]
        self.clear(instances)
        self.set_fields(self.partnership, record["fields"])
        self.partnership.save()
        for instance, _ in instances:
            instance.save(force_insert=instance._state.adding)
        self.cite(instances)
        numbers = {row["fields"].get("number") for row in self.there if is_source(row)}
        there = self.partnership.sources.values_list("number", flat=True)
        refuse_lost_citations(self.partnership, numbers - {*there})
        functions = [slug for (slug,) in record["fields"]["functions"]]
        self.partnership.functions.set(
            ServiceFunction.objects.filter(slug__in=functions)
        )
        if validate:
            self.validate([instance for instance, _ in instances])

    def with_keys(self, rows: Version) -> Version:
        """Give each row that lacks it the key of its row in the database."""
        there = keyed(self.there)
        return [
            row if "pk" in row else {**row, "pk": there.get(key, {}).get("pk")}
            for key, row in keyed(rows).items()
        ]

    def instance(self, row) -> tuple[models.Model, dict[str, Any]]:
        model = apps.get_model(row["model"])
        instance = model(pk=row["pk"], partnership=self.partnership)
        self.set_fields(instance, row["fields"])
        return instance, row

    def set_fields(self, instance, fields) -> None:
        for field in instance._meta.local_concrete_fields:
            if field.generated or field.name not in fields:
                continue
            value = fields[field.name]
            if field.name == "council":
                if value[0] not in self.councils:
                    raise ValidationError(f"No council has the address {value[0]} now.")
                instance.council = self.councils[value[0]]
            elif field.name != "partnership":
                setattr(instance, field.name, field.to_python(value))

    def clear(self, instances) -> None:
        """Delete the rows that go, and those that would stand in another's way.

        A row whose number or name changes is deleted and made anew with its key, so
        that two rows can change places. Nothing but citations refers to a row.
        """
        fields_of = {(row["model"], row["pk"]): row["fields"] for _, row in instances}
        stay = set()
        for row in self.there[1:]:
            place = (row["model"], row["pk"])
            if place in fields_of and unchanged(row, fields_of[place]):
                stay.add(place)
            else:
                apps.get_model(row["model"]).objects.filter(pk=row["pk"]).delete()
        for instance, row in instances:
            instance._state.adding = (row["model"], row["pk"]) not in stay

    def cite(self, instances) -> None:
        numbers = dict(self.partnership.sources.values_list("number", "pk"))
        for instance, row in instances:
            cited = [number for _, number in row["fields"].get("sources", [])]
            if lost := [number for number in cited if number not in numbers]:
                raise ValidationError(
                    f"{instance._meta.verbose_name.capitalize()} “{instance}” cites"
                    f" source {lost[0]}, which is not there."
                )
            if "sources" in row["fields"]:
                instance.sources.set([numbers[number] for number in cited])

    def validate(self, rows) -> None:
        self.partnership.full_clean()
        for row in rows:
            try:
                row.full_clean()
            except ValidationError as error:
                kind = row._meta.verbose_name.capitalize()
                raise ValidationError(
                    [f"{kind} “{row}”: {message}" for message in error.messages]
                ) from error
        refuse_unready(self.partnership)


def is_source(row) -> bool:
    return row["model"] == Source._meta.label_lower


def unchanged(row, fields) -> bool:
    """Return whether a row keeps all that may have to be unlike that of others."""
    model = apps.get_model(row["model"])
    constraints = [
        constraint
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    ]
    unique = {field for constraint in constraints for field in constraint.fields}
    unique |= {field.name for field in model._meta.fields if field.unique}
    return all(
        row["fields"].get(name) == fields.get(name) for name in unique - {"partnership"}
    )


def slugs_in(version: Version, field: str) -> set[str]:
    return {row["fields"][field][0] for row in version if field in row["fields"]}
