"""Partnerships side by side: one row a fact, and in words whether they differ in it.

What a source does not say is no difference: a row says "Differs" only where two records
say different things, and tells apart what all of them say from what only some do.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.http import QueryDict

from councils.partial_dates import PartialDate
from councils.versions import kept

from .choices import BenefitKind, DeliveryModel, Relationship, Status, StatusInJune2013
from .models import FormerSlug, Partnership, PartnershipQuerySet

FEWEST, MOST = 2, 4
# More in one box would be a page of its own, and a long way for the keyboard.
MOST_OFFERED = 250


@kept
def known_names() -> list[tuple[str, str]] | None:
    """Return the slugs and names of all to choose from, None if too many for a box."""
    published = Partnership.objects.published()
    most = MOST_OFFERED + MOST
    # To sort them first would take longer, the more there are.
    is_too_many = published.order_by()[most:][:1].exists()
    return None if is_too_many else [*published.names()]


def offered(chosen: Iterable[Partnership]) -> list[tuple[str, str]] | None:
    """Return the slugs and names of all but the chosen, None if too many for a box."""
    names = known_names()
    if names is None:
        return None
    taken = {partnership.slug for partnership in chosen}
    others = [(slug, name) for slug, name in names if slug not in taken]
    return others if len(others) <= MOST_OFFERED else None


class Choice(NamedTuple):
    """The partnerships that an address names, in its order, and what is wrong."""

    partnerships: list[Partnership]
    problems: list[str]
    names_none: bool  # one of its names is no partnership's


def choice(data: QueryDict, records: PartnershipQuerySet) -> Choice:
    """Read `?p=slug&p=slug`; an empty `p` is a box that the reader left alone."""
    slugs = Counter(filter(None, map(str.strip, data.getlist("p"))))
    sound = [slug for slug in slugs if is_slug(slug)]
    found = {p.slug: p for p in records.filter(slug__in=sound)}
    chosen = [found[slug] for slug in slugs if slug in found]
    missing = [slug for slug in slugs if slug not in found]
    problems = [
        f"“{name}” is nothing that this page can be asked: it takes “p”, once for each"
        " arrangement to compare."
        for name in data
        if name != "p"
    ]
    problems += [
        f"“{slug}” is not the address of a published arrangement." for slug in missing
    ]
    problems += [
        f"“{found[slug]}” is chosen {'twice' if times == 2 else f'{times} times'}:"
        " choose another to compare it with."
        for slug, times in slugs.items()
        if times > 1 and slug in found
    ]
    if not missing and not FEWEST <= len(chosen) <= MOST:
        number = len(chosen) or "none"
        problems.append(
            f"Choose {FEWEST} to {MOST} arrangements: {number} of them"
            f" {'is' if len(chosen) == 1 else 'are'} chosen."
        )
    return Choice(chosen, problems, bool(missing))


def present_slugs(data: QueryDict) -> list[str]:
    """Return what an address with former slugs asks for today, [] if it has none.

    Records are renamed and merged; addresses of comparisons have been shared by then.
    """
    slugs = data.getlist("p")
    former = FormerSlug.objects.filter(slug__in=filter(is_slug, slugs))
    present = {
        slug: partnership.slug
        for slug in former.values_list("slug", flat=True)[:MOST]
        if (partnership := FormerSlug.objects.partnership_at(slug))
    }
    return [present.get(slug, slug) for slug in slugs] if present else []


def is_slug(text: str) -> bool:
    try:
        validate_slug(text)
    except ValidationError:
        return False
    return True


class Mark(StrEnum):
    DIFFERS = "Differs"
    SAME = "Same for all"
    SOME = "Recorded for some only"
    NONE = "Recorded for none"


class Line(NamedTuple):
    """A line of a cell with the numbers of its sources in the record.

    `sources` is None where no source is needed: for what is missing, for what follows
    from other rows, and where the line rests on the record's sources as a whole.
    """

    words: str
    sources: list[int] | None = None
    rests_on_all: bool = False


class Cell(NamedTuple):
    """What one record says of one fact; `compared` is None where it says nothing."""

    lines: list[Line]
    compared: Any


class Row(NamedTuple):
    fact: str
    cells: list[Cell]

    @property
    def mark(self) -> Mark:
        known = [cell.compared for cell in self.cells if cell.compared is not None]
        if not known:
            return Mark.NONE
        if any(compared != known[0] for compared in known):
            return Mark.DIFFERS
        return Mark.SAME if len(known) == len(self.cells) else Mark.SOME


def comparison(partnerships: Iterable[Partnership]) -> list[Row]:
    """Return the rows of a table of partnerships from `for_detail`, in their order.

    A kind of benefit has its two rows if any of them has an aim or an outcome of it.
    """
    partnerships = list(partnerships)

    def row(fact: str, said: Callable[[Partnership], Cell]) -> Row:
        return Row(fact, [said(partnership) for partnership in partnerships])

    return [
        row("Status", status),
        row("Status on 5 June 2013", status_in_june_2013),
        row("Newest source seen", lambda p: day(p.latest_evidence)),
        row("Announced", lambda p: day(p.announced)),
        row("Started", lambda p: day(p.started)),
        row("Ended", ended),
        row("Services shared", functions),
        row("Delivery model", delivery_model),
        row("Shape of the relationship", shape),
        row("Member councils", councils),
        row("Other members", other_members),
        row("Staff", lambda p: value(p.staff)),
        *(
            row(f"{kind.label}: {asked}", cell_of(kind))
            for kind in BenefitKind
            if any(has(partnership, kind) for partnership in partnerships)
            for asked, cell_of in [
                ("what the members wanted", aims_of),
                ("what came of it", outcomes_of),
            ]
        ),
        row("Reason for ending", end_reason),
        row("What we do not know", gaps),
        row("Our confidence in the record", confidence),
        row("Number of sources", number_of_sources),
    ]


def value(known, words: str = "") -> Cell:
    """Return a fact of the record as a whole; None is not known, 0 is a number."""
    if known is None or known == "":
        return nothing("Not known")
    return Cell([Line(words or str(known), rests_on_all=True)], known)


def nothing(words: str) -> Cell:
    return Cell([Line(words)], None)


def day(known: PartialDate | None) -> Cell:
    return value(known, known.in_words() if known else "")


def status(partnership: Partnership) -> Cell:
    """The same status is no difference, whenever it was last evidenced."""
    words = partnership.status_in_words()
    if partnership.status == Status.NOT_KNOWN:
        return nothing(words)
    return Cell([Line(words, rests_on_all=True)], partnership.status)


def status_in_june_2013(partnership: Partnership) -> Cell:
    if partnership.status_in_june_2013 == StatusInJune2013.NOT_KNOWN:
        return nothing("Not known")
    words = partnership.get_status_in_june_2013_display()
    return value(partnership.status_in_june_2013, words)


def ended(partnership: Partnership) -> Cell:
    if partnership.status == Status.ONGOING:
        return nothing("No end recorded")
    return day(partnership.ended)


def functions(partnership: Partnership) -> Cell:
    names = [str(function) for function in partnership.functions.all()]
    if not names:
        return nothing("None recorded")
    return Cell([Line(", ".join(names), rests_on_all=True)], set(names))


def delivery_model(partnership: Partnership) -> Cell:
    if partnership.delivery_model == DeliveryModel.UNKNOWN:
        return nothing("Not known")
    words = partnership.get_delivery_model_display()
    return value(partnership.delivery_model, words)


def shape(partnership: Partnership) -> Cell:
    if partnership.shape == Relationship.NOT_RECORDED:
        return nothing("Not recorded")
    label = str(partnership.shape.label)
    return Cell([Line(f"{label}. It follows from the roles below.")], label)


def councils(partnership: Partnership) -> Cell:
    members = list(partnership.memberships.all())
    if not members:
        return nothing("None recorded")
    return Cell(
        [Line(of_member(m, m.council.name), cited(m)) for m in members],
        {(member.council_id, member.role) for member in members},
    )


def other_members(partnership: Partnership) -> Cell:
    members = list(partnership.other_members.all())
    if not members:
        return nothing("None recorded")
    lines = [
        Line(of_member(m, f"{m.name} ({m.get_kind_display().lower()})"), cited(m))
        for m in members
    ]
    return Cell(lines, {(member.name, member.role) for member in members})


def of_member(member, name: str) -> str:
    """Say a member with its role and its dates as known."""
    said = [f"{name}: {member.get_role_display().lower()}"]
    if member.joined:
        said.append(f"joined {member.joined.in_words()}")
    if member.left:
        said.append(f"left {member.left.in_words()}")
    if len(said) == 1:
        said.append("dates not known")
    return ", ".join(said)


def has(partnership: Partnership, kind: BenefitKind) -> bool:
    return any(aim.kind == kind for aim in partnership.aims.all()) or any(
        outcome.kind == kind for outcome in partnership.outcomes.all()
    )


def aims_of(kind: BenefitKind) -> Callable[[Partnership], Cell]:
    def cell(partnership):
        aims = [aim for aim in partnership.aims.all() if aim.kind == kind]
        if not aims:
            return nothing("None recorded")
        return Cell(
            [Line(aim.text, cited(aim)) for aim in aims], [aim.text for aim in aims]
        )

    return cell


def outcomes_of(kind: BenefitKind) -> Callable[[Partnership], Cell]:
    def cell(partnership):
        outcomes = [out for out in partnership.outcomes.all() if out.kind == kind]
        if not outcomes:
            return nothing("None recorded")
        lines = [Line(of_outcome(out), cited(out)) for out in outcomes]
        return Cell(lines, [line.words for line in lines])

    return cell


def of_outcome(outcome) -> str:
    """Say an outcome after its result, and money with what it covers."""
    result = outcome.get_result_display()
    money = f", {outcome.money}" if outcome.money else ""
    return f"{result}{money}. {outcome.text}"


def end_reason(partnership: Partnership) -> Cell:
    if not partnership.end_reason and partnership.status == Status.ONGOING:
        return nothing("No end recorded")
    return value(partnership.end_reason)


def gaps(partnership: Partnership) -> Cell:
    """The editor's words and the facts that no source gives; no source says either."""
    missing = partnership.missing_facts()
    said = [partnership.gaps] if partnership.gaps else []
    if missing:
        said.append(f"No source seen so far says {', '.join(missing)}.")
    if not said:
        return nothing("No gap is recorded")
    return Cell([Line(words) for words in said], said)


def confidence(partnership: Partnership) -> Cell:
    words = partnership.get_confidence_display()
    return Cell([Line(words)], words)


def number_of_sources(partnership: Partnership) -> Cell:
    return value(len(partnership.sources.all()))


def cited(fact) -> list[int]:
    return [source.number for source in fact.sources.all()]
