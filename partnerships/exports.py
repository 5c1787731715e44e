"""The files' columns as data: one row for a partnership, or for a member.

Codes stand beside names, dates as known beside the earliest and latest day they may
be. Several values in a cell are joined by "; " and keep their order across the columns
of councils. An empty cell means that no source says; "unknown" inside a list, that no
source gives this one. Money is written with what it covers, as "4000000 total".
"""

from collections import Counter
from datetime import date
from operator import attrgetter

from councils.csv_export import Column, joined
from councils.lineage import Lineage
from councils.partial_dates import PartialDate

from .choices import Result


def _choice(field: str) -> list[Column]:
    """Return a column for a vocabulary's value and one for its name."""
    return [
        Column(field, attrgetter(field)),
        Column(f"{field}_name", lambda p: getattr(p, f"get_{field}_display")()),
    ]


def _date(field: str) -> list[Column]:
    """Return the date as known, and the first and last day that it may be."""

    def bound(partnership, which):
        known: PartialDate | None = getattr(partnership, field)
        return known and getattr(known, which).isoformat()

    return [
        Column(field, attrgetter(field)),
        Column(f"{field}_earliest", lambda p: bound(p, "earliest")),
        Column(f"{field}_latest", lambda p: bound(p, "latest")),
    ]


def _councils(value):
    return lambda p: joined(value(member) for member in p.memberships.all())


def _outcomes(result):
    return lambda p: sum(outcome.result == result for outcome in p.outcomes.all())


def _money(result):
    """List each amount with what it covers: a sum could count a pound twice."""
    return lambda p: joined(
        f"{outcome.amount} {outcome.period}"
        for outcome in p.outcomes.all()
        if outcome.result == result and outcome.amount is not None
    )


PARTNERSHIP_COLUMNS = [
    Column("slug", attrgetter("slug")),
    Column("name", attrgetter("name")),
    Column("other_names", lambda p: joined(p.other_names.all())),
    Column("summary", attrgetter("summary")),
    Column("functions", lambda p: joined(f.slug for f in p.functions.all())),
    Column("function_names", lambda p: joined(p.functions.all())),
    *_choice("delivery_model"),
    Column("relationship", attrgetter("relationship")),
    *_choice("status"),
    *_choice("status_in_june_2013"),
    *_date("latest_evidence"),
    *_date("announced"),
    *_date("started"),
    *_date("ended"),
    Column("end_reason", attrgetter("end_reason")),
    Column("staff", attrgetter("staff")),
    Column("number_of_councils", attrgetter("number_of_councils")),
    Column("councils", _councils(lambda m: m.council.name)),
    Column("council_slugs", _councils(lambda m: m.council.slug)),
    Column("council_gss_codes", _councils(lambda m: m.council.gss_code or "unknown")),
    Column("council_roles", _councils(attrgetter("role"))),
    Column("council_joined", _councils(lambda m: m.joined or "unknown")),
    Column("council_left", _councils(lambda m: m.left or "unknown")),
    Column("council_types", _councils(lambda m: m.council.council_type)),
    Column("council_nations", _councils(lambda m: m.council.nation)),
    Column("council_regions", _councils(lambda m: m.council.region)),
    Column("number_of_other_members", attrgetter("number_of_others")),
    Column("other_members", lambda p: joined(m.name for m in p.other_members.all())),
    Column(
        "other_member_kinds", lambda p: joined(m.kind for m in p.other_members.all())
    ),
    Column(
        "other_member_roles", lambda p: joined(m.role for m in p.other_members.all())
    ),
    Column("number_of_aims", lambda p: len(p.aims.all())),
    Column("aims", lambda p: joined(Counter(aim.kind for aim in p.aims.all()))),
    Column("number_of_outcomes", lambda p: len(p.outcomes.all())),
    *(
        Column(f"outcomes_{result.value.replace('-', '_')}", _outcomes(result))
        for result in Result
    ),
    *(
        Column(f"gbp_{result.value.replace('-', '_')}", _money(result))
        for result in Result
    ),
    *_choice("confidence"),
    Column("gaps", attrgetter("gaps")),
    Column("number_of_sources", lambda p: len(p.sources.all())),
    Column("source_addresses", lambda p: joined(s.url for s in p.sources.all())),
    Column(
        "named_in_briefings",
        lambda p: joined(briefing.slug for briefing in p.named_in_briefings.all()),
    ),
    Column("page", lambda p: p.get_absolute_url()),
    Column("running_on", lambda p: getattr(p, "runs", None)),
]


def reorganisation_columns(lineage: Lineage, today: date) -> list[Column]:
    """Return the columns for members that are `in_reorganisation`."""

    def heirs(value):
        return lambda member: joined(
            value(step) for step in lineage.holders(member.council, today)
        )

    return [
        Column("council", attrgetter("council.slug")),
        Column("council_name", attrgetter("council.name")),
        Column("council_gss_code", attrgetter("council.gss_code")),
        Column("council_type", attrgetter("council.council_type")),
        Column("nation", attrgetter("council.nation")),
        Column("region", attrgetter("council.region")),
        Column("when", attrgetter("ending")),
        Column("last_day", attrgetter("council.ended")),
        Column("vesting_day", attrgetter("council.vesting_day")),
        Column("heirs", heirs(lambda step: step.council.slug)),
        Column("heir_names", heirs(lambda step: step.council.name)),
        Column("heir_extents", heirs(lambda s: "whole" if s.is_whole else "part")),
        Column("partnership", attrgetter("partnership.slug")),
        Column("partnership_name", attrgetter("partnership.name")),
        Column("status", attrgetter("partnership.status")),
        Column("latest_evidence", attrgetter("partnership.latest_evidence")),
        Column("role", attrgetter("role")),
        Column("joined", attrgetter("joined")),
        Column("left", attrgetter("left")),
        Column("page", lambda member: member.partnership.get_absolute_url()),
    ]
