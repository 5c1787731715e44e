"""Two records of one arrangement become one, and two again if that was wrong.

The kept record is given copies of the rows that an editor chooses, with their
citations. The merged one keeps its own, withdrawn, and its address leads to the kept
one. What came is noted down, so that undoing takes exactly that away.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction

from councils.folding import fold

from .choices import Publication
from .models import (
    Aim,
    Change,
    FormerSlug,
    Membership,
    Merger,
    Milestone,
    OtherMember,
    Outcome,
    Partnership,
    PartnershipQuerySet,
    ServiceFunction,
    Source,
)
from .publishing import refuse_lost_citations

# Sources first: the others cite them.
KINDS: dict[str, type[models.Model]] = {
    "sources": Source,
    "memberships": Membership,
    "other_members": OtherMember,
    "aims": Aim,
    "outcomes": Outcome,
    "milestones": Milestone,
}
TAKE, LEAVE = "take", "leave"


class Choices(NamedTuple):
    """What an editor chose for a merged record's rows, names and functions.

    `rows` holds for each kind and row's key TAKE, LEAVE, or the key of the kept
    record's row that says the same.
    """

    rows: Mapping[tuple[str, int], Any]
    names: Iterable[str]
    functions: Iterable[ServiceFunction]


def rows_of(partnership: Partnership) -> dict[str, list]:
    """Return the rows of a record from `for_detail`, by kind, in the page's order."""
    return {kind: list(getattr(partnership, kind).all()) for kind in KINDS}


def is_alike(row, other) -> bool:
    """Return whether two rows of two records seem to say the same."""
    if isinstance(row, Source):
        return fold(row.url).rstrip("/") == fold(other.url).rstrip("/")
    if isinstance(row, Membership):
        return row.council_id == other.council_id and not row.is_apart_from(other)
    if isinstance(row, OtherMember):
        return fold(row.name) == fold(other.name)
    return fold(row.text) == fold(other.text) and all(
        getattr(row, field, None) == getattr(other, field, None)
        for field in ("kind", "result", "amount", "period", "happened")
    )


def candidates(partnership: Partnership) -> PartnershipQuerySet:
    """Return the records that may be merged into this one."""
    others = Partnership.objects.exclude(pk=partnership.pk).filter(merger=None)
    # Addresses that lead on: those were merged by hand.
    others = others.exclude(slug__in=FormerSlug.objects.values("slug"))
    if partnership.publication != Publication.PUBLISHED:
        # Readers would lose a record that they can see.
        others = others.exclude(publication=Publication.PUBLISHED)
    return others.in_order()


@transaction.atomic
def merge(
    kept: Partnership, merged: Partnership, choices: Choices, *, reason: str, by=None
) -> Merger:
    """Merge one record into another, and note it in the history of both.

    Raises ValidationError, with the names of rows such as "aims-12" for fields, if what
    was chosen breaks a rule; then nothing is written.
    """
    for partnership in (kept, merged):
        Change.objects.begin(partnership)
    joining = Joining(kept, merged, choices)
    joining.rows()
    joining.names_and_functions()
    was = merged.publication
    merged.publication = Publication.WITHDRAWN
    merged.save(update_fields=["publication"])
    FormerSlug.objects.create(slug=merged.slug, partnership=kept)
    followed = list(follow(merged, kept, joining.anchors))
    merger = Merger.objects.create(
        kept=kept,
        merged=merged,
        by=by,
        came={
            "rows": joining.new_rows,
            "citations": joining.new_citations,
            "functions": joining.new_functions,
            "anchors": joining.anchors,
            "followed": followed,
            "publication": was,
        },
    )
    for partnership in (kept, merged):
        Change.objects.record(partnership, reason=reason, by=by)
    return merger


class Joining:
    """The rows of one record on their way into another."""

    def __init__(self, kept: Partnership, merged: Partnership, choices: Choices):
        self.kept, self.merged, self.choices = kept, merged, choices
        self.new_rows: list[tuple[str, int]] = []
        self.new_citations: list[tuple[str, int, int]] = []
        self.new_functions: list[int] = []
        self.anchors: dict[str, str] = {}
        self.sources: dict[int, Source] = {}
        self.problems: dict[str, list[str]] = {}

    def rows(self) -> None:
        """Join the rows of every kind, or raise all that stands against it."""
        for kind in KINDS:
            taken = set()
            for row in getattr(self.merged, kind).order_by("pk"):
                choice = self.choices.rows[kind, row.pk]
                where = f"{kind}-{row.pk}"
                if choice == LEAVE:
                    continue
                if choice in taken:
                    self.refuse(where, "Another row is the same as that one already.")
                    continue
                if choice == TAKE:
                    joined = self.copy(row, kind, where)
                else:
                    taken.add(choice)
                    joined = getattr(self.kept, kind).get(pk=choice)
                if joined:
                    self.cite(row, joined, is_new=choice == TAKE)
                    self.anchors[row.anchor] = joined.anchor
        if self.problems:
            raise ValidationError(self.problems)

    def copy(self, row, kind: str, where: str):
        """Return a copy of a row in the kept record, None if that breaks a rule."""
        model: Any = KINDS[kind]
        values = {
            field.attname: getattr(row, field.attname)
            for field in model._meta.local_concrete_fields
            if not (field.primary_key or field.generated)
        }
        copy = model(**{**values, "partnership_id": self.kept.pk})
        if "number" in values:
            copy.number = model.objects.next_number(self.kept)
        try:
            copy.full_clean()
        except ValidationError as error:
            for sentences in error.message_dict.values():
                self.refuse(where, *sentences)
            return None
        copy.save()
        self.new_rows.append((copy._meta.label_lower, copy.pk))
        return copy

    def cite(self, row, joined, *, is_new: bool) -> None:
        """Let the joined row cite what the merged one did."""
        if isinstance(row, Source):
            self.sources[row.pk] = joined
            return
        cited = set(joined.sources.values_list("pk", flat=True))
        for source in row.sources.all():
            new = self.sources.get(source.pk)
            if new is None:
                self.refuse(
                    f"sources-{source.pk}", f"It is cited for “{row}”, which stays."
                )
            elif new.pk not in cited:
                joined.sources.add(new)
                if not is_new:
                    self.new_citations.append(
                        (joined._meta.label_lower, joined.pk, new.pk)
                    )

    def names_and_functions(self) -> None:
        for name in self.choices.names:
            row = self.kept.other_names.create(name=name)
            self.new_rows.append((row._meta.label_lower, row.pk))
        for function in self.choices.functions:
            self.kept.functions.add(function)
            self.new_functions.append(function.pk)

    def refuse(self, where: str, *sentences: str) -> None:
        found = self.problems.setdefault(where, [])
        found += [sentence for sentence in sentences if sentence not in found]


def followers(
    old: Partnership, new: Partnership
) -> Iterator[tuple[Any, models.QuerySet]]:
    """Yield each model whose rows follow a merger, and those that are to move.

    A model says by its method `follow` that its rows do so, and how. What belongs to
    the other record already stays where it is.
    """
    for relation in Partnership._meta.related_objects:
        model: Any = relation.related_model
        if not hasattr(model, "follow"):
            continue
        field = relation.field.name
        rows = model.objects.filter(**{field: old})
        there = model.objects.filter(**{field: new})
        if relation.one_to_one and rows and there:
            raise ValidationError(
                f"Both records have a {model._meta.verbose_name}, and a record can"
                " have one: delete or move one of them first."
            )
        yield model, rows.exclude(pk__in=there.values("pk"))


def follow(
    old: Partnership, new: Partnership, anchors: dict[str, str]
) -> Iterator[tuple[str, int, dict, dict]]:
    """Let what points to a record point to another; yield what that changed in each."""
    for model, rows in followers(old, new):
        for row in rows:
            before = values_of(row)
            row.follow(old, new, anchors)
            after = values_of(row)
            changed = [name for name in before if before[name] != after[name]]
            yield (
                model._meta.label_lower,
                row.pk,
                {name: before[name] for name in changed},
                {name: after[name] for name in changed},
            )


def values_of(row) -> dict[str, Any]:
    """Return what a row's own columns hold."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.local_concrete_fields
    }


@transaction.atomic
def undo(merger: Merger, *, reason: str, by=None) -> None:
    """Take back a merger: what came with it goes, and what followed it returns.

    What else changed since stays. Raises ValidationError if later work rests on what
    came; then nothing is written.
    """
    kept, merged, came = merger.kept, merger.merged, merger.came
    if later := Merger.objects.filter(merged=kept).first():
        raise ValidationError(f"“{kept}” was merged since: undo “{later}” first.")
    refuse_later_citations(kept, came)
    follow_back(kept, merged, came)
    for label, pk, source in came["citations"]:
        if row := apps.get_model(label)._default_manager.filter(pk=pk).first():
            row.sources.remove(source)
    for label, pk in came["rows"]:
        apps.get_model(label)._default_manager.filter(pk=pk).delete()
    kept.functions.remove(*came["functions"])
    lead_back(kept, merged)
    merged.publication = came["publication"]
    merged.save(update_fields=["publication"])
    merger.delete()
    for partnership in (kept, merged):
        Change.objects.record(partnership, reason=reason, by=by)


def lead_back(kept: Partnership, merged: Partnership) -> None:
    """Let every address that the merged record ever had lead to it again."""
    had = merged.changes.values_list("version__0__fields__slug", flat=True)
    addresses = kept.former_slugs.filter(slug__in=[*had, merged.slug])
    addresses.filter(slug=merged.slug).delete()
    addresses.update(partnership=merged)


def follow_back(kept: Partnership, merged: Partnership, came: dict) -> None:
    """Let what followed return; what nobody edited since is exactly as it was."""
    anchors = {now: was for was, now in came["anchors"].items()}
    noted = {
        (label, pk): (before, after) for label, pk, before, after in came["followed"]
    }
    for model, rows in followers(kept, merged):
        for row in rows:
            if (model._meta.label_lower, row.pk) not in noted:
                continue
            before, after = noted[model._meta.label_lower, row.pk]
            found = values_of(row)
            row.follow(kept, merged, anchors)
            for name, value in before.items():
                if found[name] == after[name]:
                    setattr(row, name, value)
            row.save()


def refuse_later_citations(kept: Partnership, came: dict) -> None:
    """Raise if what did not come with the merger cites a source that did."""
    rows = {(label, pk) for label, pk in came["rows"]}
    citations = {tuple(citation) for citation in came["citations"]}
    sources = {pk for label, pk in rows if label == Source._meta.label_lower}
    for kind, model in KINDS.items():
        if model is Source:
            continue
        label = model._meta.label_lower
        for row in getattr(kept, kind).filter(sources__in=sources).distinct():
            if (label, row.pk) in rows:
                continue
            for source in row.sources.filter(pk__in=sources):
                if (label, row.pk, source.pk) not in citations:
                    raise ValidationError(
                        f"“{row}” cites source {source.number} since, which came with"
                        " the merger: let it cite another first."
                    )
    followed = {(label, pk) for label, pk, *_ in came["followed"]}
    numbers = kept.sources.filter(pk__in=sources).values_list("number", flat=True)
    refuse_lost_citations(kept, numbers, followed)
