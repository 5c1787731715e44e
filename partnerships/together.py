"""Two editors at one record: what each changed, and what becomes of both.

Three versions tell it: what the record said when the later editor opened it, what it
says now, and what the later editor typed. Rows are told apart by their keys in the
database, as two editors may give two new rows one number.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from django.apps import apps

from .history import Names, Version, fields_of, in_words, said, title
from .models import Partnership
from .models.history import ROWS, version_of

# The form of a record holds its former addresses too.
ON_THE_FORM = (*ROWS, "former_slugs")
THEIRS, YOURS = "theirs", "yours"

Rows = dict[tuple, dict[str, Any]]


def seen_now(partnership: Partnership) -> Version:
    """Return all that the form of a record shows, with the keys of its rows."""
    return version_of(partnership, ON_THE_FORM, with_keys=True)


class Choice(NamedTuple):
    """A field or a row that the two versions say differently.

    `field` is None for a whole row that one of the two has and the other has not.
    `preset` is the side that alone changed it, "" where both did: the editor decides.
    """

    key: tuple
    field: str | None
    what: str
    before: str
    theirs: str
    yours: str
    preset: str

    @property
    def name(self) -> str:
        """The name of its answer in a form."""
        return "-".join(["choice", *(str(part) for part in self.key), self.field or ""])


class TwoVersions:
    """What is saved now and what another editor typed, on the ground of what was."""

    def __init__(self, before: Version, theirs: Version, yours: Version):
        self.before = by_key(before)
        self.theirs = by_key(theirs)
        self.yours = by_key(renumbered(before, theirs, yours))
        self.names = Names()

    def choices(self) -> Iterator[Choice]:
        """Yield all that differs, in the order of the record's form."""
        for key in in_order({**self.theirs, **self.yours}):
            theirs, yours = self.theirs.get(key), self.yours.get(key)
            if theirs and yours:
                yield from self.fields(key, theirs, yours)
            else:
                yield self.row(key, theirs, yours)

    def fields(self, key, theirs, yours) -> Iterator[Choice]:
        model = apps.get_model(theirs["model"])
        before = self.before.get(key, {"fields": {}})["fields"]
        row = title(model, theirs["fields"], self.names)
        for field in fields_of(model):
            was, now, typed = (
                plain(fields.get(field.name))
                for fields in (before, theirs["fields"], yours["fields"])
            )
            if now == typed:
                continue
            label = str(field.verbose_name)
            yield Choice(
                key,
                field.name,
                f"{row}, {label}" if row else label,
                in_words(field, was, self.names),
                in_words(field, now, self.names),
                in_words(field, typed, self.names),
                YOURS if now == was else THEIRS if typed == was else "",
            )

    def row(self, key, theirs, yours) -> Choice:
        there = theirs or yours
        before = self.before.get(key)
        model = apps.get_model(there["model"])

        def words(row) -> str:
            return said(model, row["fields"], self.names) if row else "no such row"

        if not before or same(before, theirs):
            preset = YOURS if yours or before else THEIRS
        else:
            preset = THEIRS if same(before, yours) else ""
        return Choice(
            key,
            None,
            title(model, there["fields"], self.names),
            words(before),
            words(theirs),
            words(yours),
            preset,
        )

    def chosen(self, answers: Mapping[str, str]) -> Version:
        """Return the version that the answers make: a side for each Choice's name."""
        result = deepcopy(self.theirs)
        for choice in self.choices():
            if answers[choice.name] == THEIRS:
                continue
            if choice.field:
                typed = self.yours[choice.key]["fields"][choice.field]
                result[choice.key]["fields"][choice.field] = typed
            elif choice.key in self.yours:
                result[choice.key] = self.yours[choice.key]
            else:
                del result[choice.key]
        return [result[key] for key in in_order(result)]


def by_key(version: Version) -> Rows:
    """Return rows by model and key; those that are new in a form by their place."""
    rows: Rows = {}
    for place, row in enumerate(version):
        key = row.get("pk", f"new{place}")
        rows[row["model"].removeprefix("partnerships."), key] = row
    return rows


def in_order(rows: Rows) -> list[tuple]:
    """Return the keys in the order of the form: the record first, then its rows."""
    rows_of = [getattr(Partnership, name).rel.related_model for name in ON_THE_FORM]
    order = [model._meta.model_name for model in (Partnership, *rows_of)]
    return sorted(
        rows,
        key=lambda key: (
            order.index(key[0]),
            rows[key]["fields"].get("number", 0),
        ),
    )


def renumbered(before: Version, theirs: Version, yours: Version) -> Version:
    """Return your version with its new rows set apart from theirs.

    A new row loses its key, which the other's new row may have too, and takes another
    number where theirs has it; citations follow their source.
    """
    known = {(row["model"], row["pk"]) for row in before}
    moved: dict[tuple[str, int], int] = {}
    result: Version = []
    for row in deepcopy(yours):
        if (row["model"], row["pk"]) not in known:
            del row["pk"]
            if number := row["fields"].get("number"):
                free = free_number(row["model"], theirs, [*yours, *result], number)
                moved[row["model"], number] = row["fields"]["number"] = free
        result.append(row)
    for row in result:
        if "sources" in row["fields"]:
            row["fields"]["sources"] = [
                [slug, moved.get(("partnerships.source", number), number)]
                for slug, number in row["fields"]["sources"]
            ]
    return result


def free_number(model: str, theirs: Version, yours: Version, number: int) -> int:
    """Return the number where they do not have it, otherwise the next that none has."""

    def numbers(version):
        return {row["fields"]["number"] for row in version if row["model"] == model}

    if number not in numbers(theirs):
        return number
    return max(numbers(theirs) | numbers(yours)) + 1


def plain(value: Any) -> Any:
    """Return citations by number alone, as the record's address may have changed."""
    if isinstance(value, list) and value and len(value[0]) == 2:
        return [["", number] for _, number in value]
    return value


def same(one, other) -> bool:
    """Return whether two versions of a row say the same."""
    if not (one and other):
        return one is other
    return all(
        plain(value) == plain(other["fields"].get(name))
        for name, value in one["fields"].items()
        if name != "partnership"
    )
