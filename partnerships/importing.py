"""Records from a JSON file to the registry: every row checked, nothing half-written.

A record is one arrangement with its members, aims, outcomes and sources, in the form
that docs/records.md describes. Facts point to sources by their place in the record's
own list, from 0.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from councils.models import Council

from .choices import Period, Publication
from .models import (
    Aim,
    Change,
    Membership,
    OtherMember,
    Outcome,
    Partnership,
    PartnershipName,
    ServiceFunction,
    Source,
)
from .problems import contradictions
from .publishing import lacks

PERIODS = {"per year": Period.PER_YEAR, "total": Period.TOTAL}
TEXT, LIST, MAYBE_TEXT, MAYBE_NUMBER = (
    (str,),
    (list,),
    (str, type(None)),
    (int, type(None)),
)
RECORD = {
    "slug": TEXT,
    "name": TEXT,
    "also_known_as": LIST,
    "summary": TEXT,
    "functions": LIST,
    "delivery_model": TEXT,
    "status": TEXT,
    "status_in_june_2013": TEXT,
    "latest_evidence": MAYBE_TEXT,
    "announced": MAYBE_TEXT,
    "started": MAYBE_TEXT,
    "ended": MAYBE_TEXT,
    "end_reason": MAYBE_TEXT,
    "staff": MAYBE_NUMBER,
    "councils": LIST,
    "other_members": LIST,
    "aims": LIST,
    "outcomes": LIST,
    "sources": LIST,
    "confidence": TEXT,
    "gaps": MAYBE_TEXT,
}
PERIOD_OF_MEMBER = {"role": TEXT, "joined": MAYBE_TEXT, "left": MAYBE_TEXT}
ROWS: dict[str, dict[str, tuple]] = {
    "sources": {
        "title": TEXT,
        "publisher": TEXT,
        "url": TEXT,
        "published": MAYBE_TEXT,
        "kind": TEXT,
    },
    "councils": {"council": TEXT, **PERIOD_OF_MEMBER, "sources": LIST},
    "other_members": {"name": TEXT, "kind": TEXT, **PERIOD_OF_MEMBER, "sources": LIST},
    "aims": {"kind": TEXT, "text": TEXT, "sources": LIST},
    "outcomes": {
        "kind": TEXT,
        "result": TEXT,
        "amount_gbp": MAYBE_NUMBER,
        "period": MAYBE_TEXT,
        "text": TEXT,
        "sources": LIST,
    },
}


class RecordReport(NamedTuple):
    """What became of one record: "added", "left alone" or "refused", and why.

    `doubts` are contradictions across rows in a record that was added all the same.
    """

    record: str
    result: str
    problems: list[str]
    doubts: list[str]


class Refused(Exception):
    """A record breaks rules; `problems` names each by its place in the record."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


def import_records(
    records: Iterable[Any],
    *,
    publication: Publication = Publication.DRAFT,
    keep_going: bool = False,
    trial: bool = False,
) -> list[RecordReport]:
    """Add the records that are new, in one transaction, and report on each.

    A record whose slug the registry has is left alone. One refused record undoes all,
    unless `keep_going`; a `trial` undoes all in any case.
    """
    with transaction.atomic():
        reports = [_import(it, place, publication) for place, it in enumerate(records)]
        refused = any(report.result == "refused" for report in reports)
        if trial or (refused and not keep_going):
            transaction.set_rollback(True)
    return reports


def _import(record: Any, place: int, publication: Publication) -> RecordReport:
    name = f"record {place}"
    if isinstance(record, dict) and isinstance(record.get("slug"), str):
        name = record["slug"]
    if Partnership.objects.filter(slug=name).exists():
        return RecordReport(name, "left alone", ["the registry has it already"], [])
    try:
        with transaction.atomic():
            partnership = _write(record, publication)
    except Refused as refusal:
        return RecordReport(name, "refused", refusal.problems, [])
    Change.objects.record(partnership, reason="Imported from a file.")
    if publication == Publication.PUBLISHED:
        # A version of its own: readers learn of the record as of any that comes out.
        partnership.publication = publication
        partnership.save()
        Change.objects.record(partnership, reason="Published as it was imported.")
    return RecordReport(name, "added", [], list(contradictions(partnership)))


def _write(record: Any, publication: Publication) -> Partnership:
    problems = _misshapen(record, RECORD, "the record")
    if problems:
        raise Refused(problems)
    for key, shape in ROWS.items():
        for place, row in enumerate(record[key]):
            problems += _misshapen(row, shape, f"{key}[{place}]")
    if problems:
        raise Refused(problems)

    partnership = Partnership(
        publication=Publication.DRAFT,
        end_reason=record["end_reason"] or "",
        gaps=record["gaps"] or "",
        **{
            key: record[key]
            for key in (
                "slug",
                "name",
                "summary",
                "delivery_model",
                "status",
                "status_in_june_2013",
                "latest_evidence",
                "announced",
                "started",
                "ended",
                "staff",
                "confidence",
            )
        },
    )
    if not _save(partnership, "the record", problems):
        raise Refused(problems)

    for place, name in enumerate(record["also_known_as"]):
        row = PartnershipName(partnership=partnership, name=name)
        _save(row, f"also_known_as[{place}]", problems)
    for place, slug in enumerate(record["functions"]):
        function = ServiceFunction.objects.filter(slug=slug).first()
        if function:
            partnership.functions.add(function)
        else:
            problems.append(f"functions[{place}]: there is no function “{slug}”")

    sources = []
    for place, row in enumerate(record["sources"]):
        source = Source(partnership=partnership, number=place + 1, **row)
        saved = _save(source, f"sources[{place}]", problems)
        sources.append(source if saved else None)

    for key, facts in {
        "councils": _memberships(record["councils"], problems),
        "other_members": (OtherMember(**row) for row in _bare(record["other_members"])),
        "aims": _numbered(Aim, _bare(record["aims"])),
        "outcomes": _numbered(Outcome, map(_money, _bare(record["outcomes"]))),
    }.items():
        for place, fact in enumerate(facts):
            if fact is None:
                continue
            fact.partnership = partnership
            if _save(fact, f"{key}[{place}]", problems):
                cited = record[key][place]["sources"]
                fact.sources.set(_cited(cited, sources, f"{key}[{place}]", problems))
    if not problems and publication == Publication.PUBLISHED:
        problems += [
            f"cannot be published: {lack.words}" for lack in lacks(partnership)
        ]
    if problems:
        raise Refused(problems)
    return partnership


def _misshapen(row: Any, shape: dict[str, tuple], where: str) -> list[str]:
    """Name the keys that are missing, unknown or of the wrong type."""
    if not isinstance(row, dict):
        return [f"{where}: is not an object"]
    problems = [f"{where}: “{key}” is missing" for key in shape if key not in row]
    problems += [f"{where}: “{key}” is not known" for key in row if key not in shape]
    for key, types in shape.items():
        # JSON's true is an int to Python.
        if key in row and (
            not isinstance(row[key], types) or isinstance(row[key], bool)
        ):
            wanted = " or ".join(
                {"str": "text", "int": "a number", "list": "a list"}.get(
                    kind.__name__, "null"
                )
                for kind in types
            )
            problems.append(f"{where}: “{key}” has to be {wanted}")
    return problems


def _save(row, where: str, problems: list[str]) -> bool:
    try:
        row.full_clean()
    except ValidationError as error:
        for field, sentences in error.message_dict.items():
            spot = where if field == NON_FIELD_ERRORS else f"{where}.{field}"
            problems += [f"{spot}: {sentence}" for sentence in sentences]
        return False
    row.save()
    return True


def _bare(rows: list[dict]) -> list[dict]:
    return [{k: v for k, v in row.items() if k != "sources"} for row in rows]


def _numbered(model, rows: Iterable[dict]):
    return (model(number=number, **row) for number, row in enumerate(rows, start=1))


def _memberships(rows: list[dict], problems: list[str]):
    councils = Council.objects.in_bulk(
        [row["council"] for row in rows], field_name="slug"
    )
    for place, row in enumerate(_bare(rows)):
        council = councils.get(row.pop("council"))
        if council is None:
            slug = rows[place]["council"]
            problems.append(f"councils[{place}]: there is no council “{slug}”")
        yield council and Membership(council=council, **row)


def _money(row: dict) -> dict:
    """Turn an outcome's money into the registry's: an amount always has a period."""
    amount, period = row.pop("amount_gbp"), row.pop("period")
    if period is None:
        period = "" if amount is None else Period.NOT_KNOWN
    return {**row, "amount": amount, "period": PERIODS.get(period, period)}


def _cited(indexes: list, sources: list, where: str, problems: list[str]) -> list:
    cited = []
    for index in indexes:
        if type(index) is not int or not 0 <= index < len(sources):
            problems.append(
                f"{where}.sources: there is no source {index!r};"
                f" the record has {len(sources)}, counted from 0"
            )
        elif sources[index]:
            cited.append(sources[index])
    if not indexes:
        problems.append(f"{where}.sources: names no source")
    return cited
