"""The flat table: one row for a partnership, with all that hangs on it.

Codes stand beside names, dates as known beside the earliest and latest day they may
be. Several values in a cell are joined by "; " and keep their order across the columns
of councils; "unknown" inside such a list means that no source gives this one. Money is
written with what it covers, as "1780000 total".

The file of a whole list is filled by flat_file.py: a new column is to be told there
too.
"""

from collections import Counter
from collections.abc import Callable
from operator import attrgetter

from django.utils.timezone import localdate

from councils.choices import CouncilType, Nation, Region
from councils.tables import NOT_APPLICABLE, Column, Empty, Table, Type

from .choices import (
    BenefitKind,
    Confidence,
    DeliveryModel,
    MemberKind,
    Relationship,
    Result,
    Role,
    Status,
    StatusInJune2013,
)
from .columns import AS_ONE_NUMBER, as_at, choice, has_ended, partial_date


def _listing(
    name: str, value: Callable, meaning: str, example: str, **declared
) -> Column:
    """Return a column of several values, in the order of the record."""
    declared = {"empty": Empty.UNKNOWN, **declared}
    return Column(
        name,
        lambda p: [str(one) for one in value(p)],
        meaning,
        example,
        is_list=True,
        **declared,
    )


def _councils(name: str, value: Callable, meaning: str, example: str, **declared):
    return _listing(
        name,
        lambda p: [value(member) for member in p.memberships.all()],
        meaning,
        example,
        **declared,
    )


def _others(name: str, field: str, meaning: str, example: str, **declared) -> Column:
    return _listing(
        name,
        lambda p: [getattr(member, field) for member in p.other_members.all()],
        meaning,
        example,
        empty=Empty.NONE,
        **declared,
    )


def _count(name: str, value: Callable, meaning: str, example: int, unit: str):
    return Column(name, value, meaning, example, type=Type.INTEGER, unit=unit)


def _outcomes(result: Result) -> Column:
    return _count(
        f"outcomes_{result.value.replace('-', '_')}",
        lambda p: sum(outcome.result == result for outcome in p.outcomes.all()),
        f"How many of its outcomes have the result “{result.label}”.",
        1,
        "outcomes",
    )


def _money(result: Result) -> Column:
    """List each amount with what it covers: a sum could count a pound twice."""
    return _listing(
        f"gbp_{result.value.replace('-', '_')}",
        lambda p: [
            f"{outcome.amount} {outcome.period}"
            for outcome in p.outcomes.all()
            if outcome.result == result and outcome.amount is not None
        ],
        f"Amounts of outcomes with the result “{result.label}”, each with what it"
        " covers: per-year, total or not-known. Never add them up: periods differ, and"
        f" two sources may tell of one pound. {AS_ONE_NUMBER}",
        {Result.ACHIEVED: "6000000 total", Result.EXPECTED: "4000000 total"}.get(
            result, "1780000 total"
        ),
        empty=Empty.NONE,
        unit="pounds sterling",
    )


PARTNERSHIPS = Table(
    name="partnerships",
    title="Arrangements",
    meaning="A row is an arrangement, with all that its other tables say of it.",
    key=("slug",),
    columns=(
        Column(
            "slug",
            attrgetter("slug"),
            "The record’s permanent name; the other tables call it `partnership`.",
            "ek-services",
        ),
        Column("name", attrgetter("name"), "Its name.", "EK Services"),
        _listing(
            "other_names",
            lambda p: p.other_names.all(),
            "Other names that it goes by.",
            "East Kent Services",
            empty=Empty.NONE,
        ),
        Column(
            "summary",
            lambda p: p.summary or None,
            "What it is, in our words.",
            (
                "Adur and Worthing decided in July 2007 to work as partners and had one"
                " senior officer team from April 2008. …"
            ),
            empty=Empty.UNKNOWN,
        ),
        _listing(
            "functions",
            lambda p: [function.slug for function in p.functions.all()],
            "The services shared, as filters take them.",
            "ict",
        ),
        _listing(
            "function_names",
            lambda p: p.functions.all(),
            "The same, to read.",
            "ICT",
        ),
        *choice("delivery_model", DeliveryModel, "How it is run.", "lead-authority"),
        Column(
            "relationship",
            attrgetter("relationship"),
            "The shape of the relationship, derived from the council members’ roles.",
            "equal-partners",
            values=Relationship,
        ),
        *choice(
            "status", Status, "Where it stood when last evidenced, not today.", "ended"
        ),
        *choice(
            "status_in_june_2013",
            StatusInJune2013,
            "Where it stood on the briefing’s date, 5 June 2013.",
            "operational",
        ),
        *partial_date("latest_evidence", "The date of the newest source seen.", "2024"),
        *partial_date("announced", "When it was announced.", "2012-05"),
        *partial_date("started", "When it started.", "2008-04"),
        *partial_date("ended", "Its last full day.", "2013-04", has_ended),
        Column(
            "end_reason",
            lambda p: p.end_reason or (None if has_ended(p) else NOT_APPLICABLE),
            "Why it ended.",
            "It did not give the councils enough financial benefit; …",
            empty=Empty.UNKNOWN,
            may_not_apply=True,
        ),
        Column(
            "staff",
            attrgetter("staff"),
            "Its staff, by the newest source that counts them.",
            220,
            type=Type.INTEGER,
            empty=Empty.UNKNOWN,
            unit="people",
        ),
        _count(
            "number_of_councils",
            attrgetter("number_of_councils"),
            "Member councils, past ones too; one that left and came back counts once.",
            2,
            "councils",
        ),
        _councils(
            "councils",
            attrgetter("council.name"),
            "The council of each membership, as it was then.",
            "Dacorum Borough Council",
        ),
        _councils(
            "council_slugs",
            attrgetter("council.slug"),
            "The same, by the key of the table of councils.",
            "dacorum",
        ),
        _councils(
            "council_gss_codes",
            lambda m: m.council.gss_code or "unknown",
            "Their codes, in the same order.",
            "E07000096",
        ),
        _councils(
            "council_roles",
            attrgetter("role"),
            "Their roles, in the same order.",
            "partner",
            values=Role,
        ),
        _councils(
            "council_joined",
            lambda m: m.joined or "unknown",
            "When each joined, in the same order.",
            "2008",
        ),
        _councils(
            "council_left",
            lambda m: m.left or "unknown",
            "When each left, in the same order; `unknown` also where none has left.",
            "2013-04",
        ),
        _councils(
            "council_types",
            attrgetter("council.council_type"),
            "Their types, in the same order.",
            "non-metropolitan-district",
            values=CouncilType,
        ),
        _councils(
            "council_nations",
            attrgetter("council.nation"),
            "Their nations, in the same order.",
            "england",
            values=Nation,
        ),
        _councils(
            "council_regions",
            attrgetter("council.region"),
            "Their regions, in the same order.",
            "south-east",
            values=Region,
        ),
        _count(
            "number_of_other_members",
            attrgetter("number_of_others"),
            "Members that are not councils.",
            0,
            "members",
        ),
        _others("other_members", "name", "Their names.", "Agilisys"),
        _others(
            "other_member_kinds",
            "kind",
            "What they are, in the same order.",
            "company",
            values=MemberKind,
        ),
        _others(
            "other_member_roles",
            "role",
            "Their roles, in the same order.",
            "partner",
            values=Role,
        ),
        _count(
            "number_of_aims",
            lambda p: len(p.aims.all()),
            "Aims that the members stated.",
            3,
            "aims",
        ),
        _listing(
            "aims",
            lambda p: Counter(aim.kind for aim in p.aims.all()),
            "What the aims are about, each kind once.",
            "savings",
            values=BenefitKind,
        ),
        _count(
            "number_of_outcomes",
            lambda p: len(p.outcomes.all()),
            "Outcomes recorded, forecasts that nobody reported on included.",
            2,
            "outcomes",
        ),
        *map(_outcomes, Result),
        *map(_money, Result),
        *choice(
            "confidence",
            Confidence,
            "The editor’s judgement of the record as a whole.",
            "medium",
        ),
        Column(
            "gaps",
            lambda p: p.gaps or None,
            "What could not be confirmed.",
            "That ICT was shared is read from most services having been merged, …",
            empty=Empty.NONE,
        ),
        _count(
            "number_of_sources",
            lambda p: len(p.sources.all()),
            "Sources of the record.",
            5,
            "sources",
        ),
        _listing(
            "source_addresses",
            lambda p: [source.url for source in p.sources.all()],
            "Where they are.",
            "https://www.adur-worthing.gov.uk/about-the-councils/partnership-working/",
        ),
        _listing(
            "named_in_briefings",
            lambda p: [briefing.slug for briefing in p.named_in_briefings.all()],
            "Briefings whose abstract names it. Empty where the record is our own"
            " reconstruction from the public record.",
            "shared-ict-services-more-than-meets-the-eye",
            empty=Empty.NONE,
        ),
        Column(
            "page",
            lambda p: p.get_absolute_url(),
            "The path of its page in the registry.",
            "/partnerships/ek-services/",
        ),
        Column(
            "modified",
            lambda p: p.modified and localdate(p.modified),
            "The day of the newest change that readers have learnt of. Empty while the"
            " record says what it said when it was entered.",
            "2026-11-26",
            type=Type.DATE,
            empty=Empty.NOT_APPLICABLE,
        ),
        Column(
            "running_on",
            attrgetter("runs"),
            "Whether it `certainly` or `possibly` ran at the time that the list was"
            " asked for; empty where it was not asked for one.",
            "certainly",
            empty=Empty.NOT_APPLICABLE,
        ),
        as_at("ran"),
    ),
)
