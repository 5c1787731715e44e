"""The questions of the partnership list, answered in plain Python.

An independent answer to compare the registry's with: it reads the records as fixtures
hold them, and knows neither the models nor a database. What it holds to be right is
what the pages tell their readers.
"""

import calendar
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
NOT_RECORDED = "not-recorded"
ROLES = ["lead", "supplier", "partner", "client"]

# Every filter that offers its values, in the order of the page.
OFFERED = {
    "status": ["ongoing", "ended", "not-known"],
    "relationship": [
        "equal-partners",
        "hosted",
        "supplier-and-client",
        "joint-supplier",
        NOT_RECORDED,
    ],
    "function": [],  # an editor's table: see Registry.values
    "delivery_model": [
        "lead-authority",
        "shared-workforce",
        "joint-committee",
        "joint-venture",
        "joint-contract",
        "public-company",
        "collaboration",
        "unknown",
    ],
    "nation": ["england", "northern-ireland", "scotland", "wales", NOT_RECORDED],
    "region": [
        "east-midlands",
        "east-of-england",
        "london",
        "north-east",
        "north-west",
        "northern-ireland",
        "scotland",
        "south-east",
        "south-west",
        "wales",
        "west-midlands",
        "yorkshire-and-the-humber",
        NOT_RECORDED,
    ],
    "council_type": [
        "county",
        "non-metropolitan-district",
        "unitary",
        "metropolitan-district",
        "london-borough",
        "welsh-principal-area",
        "scottish-council-area",
        "northern-ireland-district",
        "sui-generis",
        NOT_RECORDED,
    ],
    "benefit": [
        "savings",
        "efficiency",
        "resilience",
        "capacity",
        "service-improvement",
        "transformation",
        "new-business",
        "governance",
        "staffing",
        "other",
        NOT_RECORDED,
    ],
    "result": [
        "achieved",
        "partly-achieved",
        "not-achieved",
        "expected",
        "unknown",
        NOT_RECORDED,
    ],
    "confidence": ["high", "medium", "low"],
}
SORTS = ["name", "started", "ended", "members", "evidence"]


def folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    kept = [c for c in letters if not unicodedata.combining(c) and c not in "'’"]
    return "".join(kept).lower()


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(text))


def is_found(word: str, text: str) -> bool:
    """Return whether a folded text holds a word, a short one as a whole word."""
    return word in (text if len(word) > 3 else re.split("[^a-z0-9]+", text))


def span(known: str | None) -> tuple[Any, Any]:
    """Return the first and the last day that a partial date may be, or two None."""
    if not known:
        return None, None
    year, month, day = [*map(int, known.rstrip("?~").split("-")), 0, 0][:3]
    if day:
        return date(year, month, day), date(year, month, day)
    last = month or 12
    days = calendar.monthrange(year, last)[1]
    return date(year, month or 1, 1), date(year, last, days)


def in_words(known: str) -> str:
    year, *rest = known.rstrip("?~").split("-")
    parts = [calendar.month_name[int(rest[0])], year] if rest else [year]
    if len(rest) == 2:
        parts.insert(0, str(int(rest[1])))
    said = " ".join(parts)
    if known.endswith("~"):
        return f"about {said}"
    return f"{said} (uncertain)" if known.endswith("?") else said


def is_exact(known: str | None) -> bool:
    """Return whether a date is known without doubt, however roughly."""
    return bool(known) and not str(known).endswith(("?", "~"))


class Row(dict[str, Any]):
    """One record's fields."""

    def __getattr__(self, name):
        return self[name]


class Arrangement(Row):
    """A partnership with the rows that hang on it, in the order of its page."""

    @property
    def shape(self) -> str:
        roles = {member.role for member in self.members}
        if roles == {"partner"}:
            return "equal-partners"
        if roles == {"lead", "partner"}:
            return "hosted"
        if roles in (
            {"client", "lead"},
            {"client", "supplier"},
            {*ROLES} - {"partner"},
        ):
            return "supplier-and-client"
        return "joint-supplier" if roles == {"client"} else NOT_RECORDED

    @property
    def number_of_members(self) -> int:
        return len({m.council.slug for m in self.members}) + len(self.others)

    def facts(self, name: str) -> set[str]:
        """Return the values of an offered filter that are true of it."""
        match name:
            case "relationship":
                return {self.shape}
            case "function":
                found = {function.slug for function in self.shared}
            case "nation" | "region" | "council_type":
                found = {member.council[name] for member in self.members}
            case "benefit":
                found = {outcome.kind for outcome in self.outcomes}
            case "result":
                found = {outcome.result for outcome in self.outcomes}
            case _:
                return {self[name]}
        return found or {NOT_RECORDED}

    def has_outcome(self, kinds: list[str], results: list[str]) -> bool:
        """Return whether one and the same outcome is of these kinds and results."""
        if not self.outcomes:
            return all(NOT_RECORDED in asked for asked in (kinds, results) if asked)
        return any(
            (not kinds or outcome.kind in kinds)
            and (not results or outcome.result in results)
            for outcome in self.outcomes
        )

    def runs(self, when: str) -> str:
        """Return "certainly", "possibly" or "" for not running at that time.

        Certainly through the whole of that time, from dates without doubt alone.
        Possibly unless the record rules it out: every reading of its start is after,
        or every reading of its end before. What ended on a day that nobody knows had
        ended by the time of the newest evidence.
        """
        first, last = span(when)
        starts_from, starts_by = span(self.started)
        ends_from, ends_by = span(self.ended)
        seen_from, seen_by = span(self.latest_evidence)
        if self.status == "ended" and not self.ended:
            ends_by = seen_by
        if (starts_from and starts_from > last) or (ends_by and ends_by < first):
            return ""
        had_started = is_exact(self.started) and starts_by <= first
        # The end is the last full day: on that day it still ran.
        went_on = is_exact(self.ended) and ends_from >= last
        was_seen = (
            self.status == "ongoing"
            and is_exact(self.latest_evidence)
            and seen_from >= last
        )
        return "certainly" if had_started and (went_on or was_seen) else "possibly"

    def on(self, day: str) -> "Arrangement":
        """Return the arrangement with the members that it may have had on that day.

        Each says as `then` how sure that is.
        """
        ran = self.runs(day)

        def of_the_day(members):
            found = []
            for member in members:
                came_from, came_by = span(member.joined)
                left_from, left_by = span(member.left)
                that_day = span(day)[0]
                if (came_from and came_from > that_day) or (
                    left_by and left_by < that_day
                ):
                    continue
                sure = is_exact(member.joined) and came_by <= that_day
                if member.left:
                    sure = sure and is_exact(member.left) and left_from >= that_day
                else:
                    sure = sure and ran == "certainly"
                found.append(Row(member, then="certainly" if sure else "possibly"))
            return found

        councils = [
            it
            for it in of_the_day(self.members)
            if (it.council.started or day) <= day <= (it.council.ended or day)
        ]
        return Arrangement(
            self, members=councils, others=of_the_day(self.others), then=ran
        )

    @cached_property
    def texts(self) -> list[str]:
        found = [self.name, self.summary, *self.other_names]
        found += [function.name for function in self.shared]
        for member in self.members:
            found += member.council.names
        return [*map(folded, found)]

    def sort_value(self, key: str):
        match key:
            case "name":
                return folded(self.name)
            case "started":
                return span(self.started)[0]
            case "ended":
                return span(self.ended)[1]
            case "evidence":
                return span(self.latest_evidence)[1]
        return self.number_of_members


class Registry:
    """All records, from rows as fixtures hold them."""

    def __init__(self, rows: Iterable[dict]):
        tables = defaultdict(list)
        for row in rows:
            tables[row["model"].partition(".")[2]].append(Row(row["fields"]))
        self.functions = {row.slug: row for row in tables["servicefunction"]}
        self.councils = {row.slug: row for row in tables["council"]}
        for council in self.councils.values():
            council["names"] = [
                council[name] for name in ("name", "short_name", "name_cy", "gss_code")
            ]
        for row in tables["councilname"]:
            self.councils[row.council[0]].names.append(row.name)
        for row in tables["formercode"]:
            self.councils[row.council[0]].names.append(row.gss_code)
        self.came_from = defaultdict(set)
        for row in tables["succession"]:
            self.came_from[row.successor[0]].add(row.predecessor[0])
        self.every = {
            row.slug: self._arrangement(row, tables) for row in tables["partnership"]
        }
        self.published = [
            row for row in self.every.values() if row.publication == "published"
        ]

    def _arrangement(self, row, tables) -> Arrangement:
        def rows(table):
            return [it for it in tables[table] if it.partnership[0] == row.slug]

        def numbered(table):
            return sorted(rows(table), key=lambda it: it.number)

        def by_joining(it, name):
            joined = span(it.joined)[0]
            return (ROLES.index(it.role), joined or date.max, name)

        members = [
            Row(member, council=self.councils[member.council[0]])
            for member in rows("membership")
        ]
        shared = [self.functions[slug] for (slug,) in row.functions]
        return Arrangement(
            row,
            other_names=[it.name for it in rows("partnershipname")],
            shared=sorted(shared, key=lambda it: folded(it.name)),
            members=sorted(
                members, key=lambda it: by_joining(it, folded(it.council.short_name))
            ),
            others=sorted(
                rows("othermember"), key=lambda it: by_joining(it, folded(it.name))
            ),
            aims=numbered("aim"),
            outcomes=numbered("outcome"),
            milestones=numbered("milestone"),
            sources=numbered("source"),
            named_in=sorted(
                it.slug for it in tables["briefing"] if [row.slug] in it["names"]
            ),
        )

    def values(self, name: str) -> list[str]:
        """Return the values that an offered filter takes, in the order of the page."""
        if name != "function":
            return OFFERED[name]
        used = {function.slug for it in self.every.values() for function in it.shared}
        offered = [
            row
            for row in self.functions.values()
            if not row.is_retired or row.slug in used
        ]
        in_order = sorted(offered, key=lambda row: folded(row.name))
        return [*(row.slug for row in in_order), NOT_RECORDED]

    def with_predecessors(self, slugs: Iterable[str]) -> set[str]:
        found, waiting = set(), [*slugs]
        while waiting:
            slug = waiting.pop()
            if slug not in found:
                found.add(slug)
                waiting += self.came_from[slug]
        return found

    def fits(self, arrangement: Arrangement, query: dict[str, list[str]]) -> bool:
        for name, asked in query.items():
            match name:
                case "q":
                    holds = all(
                        any(is_found(word, text) for text in arrangement.texts)
                        for word in words_of(asked[0])
                    )
                case "council":
                    wanted = self.with_predecessors(asked)
                    members = {member.council.slug for member in arrangement.members}
                    holds = bool(members & wanted)
                case "running_on":
                    holds = bool(arrangement.runs(asked[0]))
                case "benefit" | "result":
                    holds = arrangement.has_outcome(
                        query.get("benefit", []), query.get("result", [])
                    )
                case "sort" | "as_at":
                    holds = True
                case _:
                    holds = bool(arrangement.facts(name) & {*asked})
            if not holds:
                return False
        return True

    def answer(self, query: dict[str, list[str]]) -> list[Arrangement]:
        """Return the published arrangements that fit, in the order asked for.

        As at a day they are as they were on it, whatever else is asked.
        """
        records = self.published
        if "as_at" in query:
            (day,) = query["as_at"]
            records = [it.on(day) for it in records if it.runs(day)]
        found = [it for it in records if self.fits(it, query)]
        found.sort(key=lambda it: (folded(it.name), it.slug))
        sort = query.get("sort", ["name"])[0]
        key = sort.removeprefix("-")
        known = [it for it in found if it.sort_value(key) is not None]
        unknown = [it for it in found if it.sort_value(key) is None]
        if sort.startswith("-"):
            # Sorting backwards keeps the order of equals, as sorting forwards does.
            known.sort(key=lambda it: it.sort_value(key), reverse=True)
        else:
            known.sort(key=lambda it: it.sort_value(key))
        return known + unknown

    def slugs(self, query: dict[str, list[str]]) -> list[str]:
        return [it.slug for it in self.answer(query)]

    def counts(self, name: str, query: dict[str, list[str]]) -> dict[str, int]:
        """Return what each option of a filter would show, the other filters kept."""
        return {
            value: len(self.answer({**query, name: [value]}))
            for value in self.values(name)
        }


def shipped() -> Registry:
    """Return the records that the registry ships, straight from its files."""
    rows = []
    for name in ("councils", "service_functions", "partnerships", "briefings"):
        rows += json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
    return Registry(rows)


SHIPPED = shipped()
