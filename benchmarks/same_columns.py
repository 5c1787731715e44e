"""The flat table in plain SQL: what the limit and the peer of our CSV have to make.

One scan of each table of rows, aggregated once and joined: the fastest way that we
know. It has every column of ours, in our order and with our cells, but neither the
guard against formulas nor what the registry sorts by: an order costs extra. Ties in the
order of a record's rows may fall otherwise than in ours.
"""

from collections.abc import Iterator

from django.db.models import TextChoices

from partnerships.choices import (
    Confidence,
    DeliveryModel,
    Result,
    Status,
    StatusInJune2013,
)

AGGREGATE = {"sqlite": "group_concat", "postgresql": "string_agg"}
TODAY = {
    "sqlite": "date(max(made), 'localtime')",
    "postgresql": "CAST(max(made) AT TIME ZONE 'Europe/London' AS date)",
}


def sql(vendor: str) -> str:
    """Return the query that makes the table of all published arrangements."""

    def listed(text: str) -> str:
        return f"{AGGREGATE[vendor]}(CAST({text} AS text), '; ')"

    rows = {
        "names": f"SELECT partnership_id, {listed('name')} AS other_names"
        " FROM (SELECT partnership_id, name FROM partnerships_partnershipname"
        " ORDER BY partnership_id, id) AS sorted GROUP BY partnership_id",
        "uses": f"SELECT partnership_id, {listed('slug')} AS functions,"
        f" {listed('name')} AS function_names"
        " FROM (SELECT partnership_id, slug, name"
        " FROM partnerships_partnership_functions JOIN partnerships_servicefunction"
        " ON servicefunction_id = partnerships_servicefunction.id"
        " ORDER BY partnership_id, lower(name)) AS sorted GROUP BY partnership_id",
        "members": "SELECT partnership_id, count(DISTINCT council_id) AS number"
        + "".join(
            f", {listed(text)} AS {name}"
            for name, text in {
                "names": "name",
                "slugs": "slug",
                "gss_codes": "coalesce(nullif(gss_code, ''), 'unknown')",
                "roles": "role",
                "joined": "coalesce(joined, 'unknown')",
                "left_": "coalesce(\"left\", 'unknown')",
                "types": "council_type",
                "nations": "nation",
                "regions": "region",
            }.items()
        )
        + f", {_any_role('lead')}, {_any_role('supplier')}, {_any_role('partner')},"
        f" {_any_role('client')} FROM (SELECT * FROM partnerships_membership"
        " JOIN councils_council ON council_id = councils_council.id"
        " ORDER BY partnership_id, CASE role WHEN 'lead' THEN 0 WHEN 'supplier' THEN 1"
        " WHEN 'partner' THEN 2 ELSE 9 END, joined_earliest NULLS LAST,"
        " lower(short_name)) AS sorted GROUP BY partnership_id",
        "others": f"SELECT partnership_id, count(*) AS number, {listed('name')} AS"
        f" names, {listed('kind')} AS kinds, {listed('role')} AS roles"
        " FROM (SELECT * FROM partnerships_othermember ORDER BY partnership_id,"
        " CASE role WHEN 'lead' THEN 0 WHEN 'supplier' THEN 1"
        " WHEN 'partner' THEN 2 ELSE 9 END, joined_earliest NULLS LAST,"
        " lower(name)) AS sorted GROUP BY partnership_id",
        "aims": "SELECT partnership_id, CAST(sum(times) AS integer) AS number,"
        f" {listed('kind')} AS kinds"
        " FROM (SELECT partnership_id, kind, count(*) AS times"
        " FROM partnerships_aim GROUP BY partnership_id, kind"
        " ORDER BY partnership_id, min(number)) AS sorted GROUP BY partnership_id",
        "outcomes": "SELECT partnership_id, count(*) AS number"
        + "".join(
            f", count(CASE WHEN result = '{it.value}' THEN 1 END) AS {_column(it)}"
            for it in Result
        )
        + "".join(f", {listed(_money(it))} AS gbp_{_column(it)}" for it in Result)
        + " FROM (SELECT * FROM partnerships_outcome ORDER BY partnership_id, number)"
        " AS sorted GROUP BY partnership_id",
        "sources": f"SELECT partnership_id, count(*) AS number, {listed('url')} AS"
        " addresses FROM (SELECT partnership_id, url FROM partnerships_source"
        " ORDER BY partnership_id, number) AS sorted GROUP BY partnership_id",
        "briefings": f"SELECT partnership_id, {listed('slug')} AS slugs"
        " FROM briefings_briefing_names JOIN briefings_briefing"
        " ON briefing_id = briefings_briefing.id GROUP BY partnership_id",
        "news": f"SELECT partnership_id, {TODAY[vendor]} AS modified"
        " FROM partnerships_change GROUP BY partnership_id",
    }
    joins = " ".join(
        f"LEFT JOIN ({query}) AS {name} ON {name}.partnership_id = p.id"
        for name, query in rows.items()
    )
    cells = ", ".join(f'{cell} AS "{name}"' for name, cell in _cells())
    return (
        f"SELECT {cells} FROM partnerships_partnership AS p {joins}"
        " WHERE p.publication = 'published'"
    )


def _any_role(role: str) -> str:
    return f"max(CASE role WHEN '{role}' THEN 1 ELSE 0 END) AS has_{role}"


def _money(result: Result) -> str:
    return f"CASE WHEN result = '{result.value}' THEN amount || ' ' || period END"


def _column(result: Result) -> str:
    return result.value.replace("-", "_")


def _name(field: str, values: type[TextChoices]) -> str:
    whens = " ".join(
        "WHEN '{}' THEN '{}'".format(value, str(label).replace("'", "''"))
        for value, label in values.choices
    )
    return f"CASE p.{field} {whens} END"


def _date(field: str) -> Iterator[tuple[str, str]]:
    yield f"{field}_earliest", f"p.{field}_earliest"
    yield f"{field}_latest", f"p.{field}_latest"


def _cells() -> Iterator[tuple[str, str]]:
    """Yield each column's name and its cell in SQL."""
    yield "slug", "p.slug"
    yield "name", "p.name"
    yield "other_names", "names.other_names"
    yield "summary", "p.summary"
    yield "functions", "uses.functions"
    yield "function_names", "uses.function_names"
    yield "delivery_model", "p.delivery_model"
    yield "delivery_model_name", _name("delivery_model", DeliveryModel)
    yield (
        "relationship",
        "CASE WHEN has_partner = 1 AND has_lead + has_supplier + has_client = 0"
        " THEN 'equal-partners'"
        " WHEN has_lead + has_partner = 2 AND has_supplier + has_client = 0"
        " THEN 'hosted'"
        " WHEN has_client = 1 AND has_lead + has_supplier > 0 AND has_partner = 0"
        " THEN 'supplier-and-client'"
        " WHEN has_client = 1 AND has_lead + has_supplier + has_partner = 0"
        " THEN 'joint-supplier' ELSE 'not-recorded' END",
    )
    yield "status", "p.status"
    yield "status_name", _name("status", Status)
    yield "status_in_june_2013", "p.status_in_june_2013"
    yield "status_in_june_2013_name", _name("status_in_june_2013", StatusInJune2013)
    yield "latest_evidence", "p.latest_evidence"
    yield from _date("latest_evidence")
    yield "announced", "p.announced"
    # No such columns are stored; a day made of the text costs the limit nothing.
    yield "announced_earliest", "p.announced"
    yield "announced_latest", "p.announced"
    yield "started", "p.started"
    yield from _date("started")
    over = "p.status = 'ongoing'"
    yield "ended", f"coalesce(p.ended, CASE WHEN {over} THEN 'not-applicable' END)"
    yield from _date("ended")
    yield (
        "end_reason",
        f"coalesce(nullif(p.end_reason, ''),"
        f" CASE WHEN {over} THEN 'not-applicable' END)",
    )
    yield "staff", "p.staff"
    yield "number_of_councils", "coalesce(members.number, 0)"
    yield "councils", "members.names"
    yield "council_slugs", "members.slugs"
    yield "council_gss_codes", "members.gss_codes"
    yield "council_roles", "members.roles"
    yield "council_joined", "members.joined"
    yield "council_left", "members.left_"
    yield "council_types", "members.types"
    yield "council_nations", "members.nations"
    yield "council_regions", "members.regions"
    yield "number_of_other_members", "coalesce(others.number, 0)"
    yield "other_members", "others.names"
    yield "other_member_kinds", "others.kinds"
    yield "other_member_roles", "others.roles"
    yield "number_of_aims", "coalesce(aims.number, 0)"
    yield "aims", "aims.kinds"
    yield "number_of_outcomes", "coalesce(outcomes.number, 0)"
    for it in Result:
        yield f"outcomes_{_column(it)}", f"coalesce(outcomes.{_column(it)}, 0)"
    for it in Result:
        yield f"gbp_{_column(it)}", f"outcomes.gbp_{_column(it)}"
    yield "confidence", "p.confidence"
    yield "confidence_name", _name("confidence", Confidence)
    yield "gaps", "p.gaps"
    yield "number_of_sources", "coalesce(sources.number, 0)"
    yield "source_addresses", "sources.addresses"
    yield "named_in_briefings", "briefings.slugs"
    yield "page", "'/partnerships/' || p.slug || '/'"
    yield "modified", "news.modified"
    yield "running_on", "NULL"
    yield "as_at", "NULL"
