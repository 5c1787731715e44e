"""The arrangements that a question finds, and how they fared.

The question is a query string of the list of arrangements, asked through the same
filters, so that the numbers here are the numbers of the list.
"""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Count, Q
from django.http import QueryDict

from councils.choices import NOT_RECORDED
from councils.questions import sentences
from partnerships.answer_of_sets import AnswerOfSets
from partnerships.catalogue import catalogue
from partnerships.choices import Result, Status
from partnerships.filters import PartnershipFilter
from partnerships.models import Partnership, PartnershipQuerySet
from partnerships.statistics import Share, results, standing

# The catalogue does not know them, or would look at every record.
OF_THE_DATABASE = ("as_at", "q", "running_on", "modified_since")
STATUSES = [
    ("ended", Status.ENDED, "ended"),
    ("ongoing", Status.ONGOING, "ongoing when last evidenced"),
    ("not_known", Status.NOT_KNOWN, "not known whether ended"),
]
RESULTS = [*Result.choices, (NOT_RECORDED, "No outcome is recorded")]


class Tally(NamedTuple):
    """How many have a status or a result; `address` is the query that lists them."""

    words: str
    share: Share
    address: str


class Fared(NamedTuple):
    """One arrangement, with the number of its outcomes of each result."""

    partnership: Partnership
    results: list[tuple[str, int]]


class Bearing(NamedTuple):
    """The arrangements found, out of all in the registry, and how they fared."""

    share: Share
    statuses: list[Tally]
    results: list[Tally]
    arrangements: list[Fared]
    address: str
    words: list[str]


class Counted(NamedTuple):
    """How many arrangements a question finds, and how many of them ended."""

    share: Share
    ended: Share


def ask(question: str) -> PartnershipFilter:
    records = Partnership.objects.published()
    return PartnershipFilter(
        QueryDict(question),
        queryset=records.prefetch_related("memberships", "outcomes"),
    )


def problem_with(question: str) -> list[str]:
    """Return why a question cannot be asked, nothing if it can."""
    asked = ask(question)
    if asked.form.errors:
        return sentences(asked.form.errors)
    if not asked.answers:
        return ["This asks for nothing: it would find every arrangement."]
    if asked.form.cleaned_data["sort"]:
        return ["sort: leave the order out, it finds nothing."]
    return []


def from_memory(question: str) -> AnswerOfSets | None:
    """Return the answer of the catalogue, None where the database is to tell.

    That is so too while this process has no catalogue: nobody waits for one here.
    """
    known, asked = catalogue.if_there(), ask(question)
    if not known or not asked.form.is_valid():
        return None
    if any(asked.form.cleaned_data.get(name) for name in OF_THE_DATABASE):
        return None
    return AnswerOfSets(known, asked)


def count(questions: Mapping[str, str]) -> dict[str, Counted]:
    """Count what each of several questions finds, by its key."""
    counted: dict[str, Counted] = {}
    unknown: dict[str, Q] = {}
    for key, question in questions.items():
        if answer := from_memory(question):
            ended = answer.number_with("status", Status.ENDED)
            number = answer.catalogue.all.bit_count()
            counted[key] = Counted(
                Share(answer.number, number), Share(ended, answer.number)
            )
        else:
            unknown[key] = Q(pk__in=records_asked_for(question))
    # A key may hold what no name of a column may.
    finds, has_ended = [*unknown.values()], Q(status=Status.ENDED)
    counts = Partnership.objects.published().aggregate(
        of=Count("pk"),
        **{f"found_{n}": Count("pk", filter=it) for n, it in enumerate(finds)},
        **{
            f"ended_{n}": Count("pk", filter=it & has_ended)
            for n, it in enumerate(finds)
        },
    )
    for n, key in enumerate(unknown):
        found, ended = counts[f"found_{n}"], counts[f"ended_{n}"]
        counted[key] = Counted(Share(found, counts["of"]), Share(ended, found))
    return counted


def records_asked_for(question: str) -> PartnershipQuerySet:
    """Return the partnerships that a question finds, for use in another query."""
    return _found(ask(question)).order_by().only("pk")


def bearing(question: str) -> Bearing:
    asked = ask(question)
    found = _found(asked)
    by_status, by_result = standing(found), results(found)
    return Bearing(
        Share(found.count(), Partnership.objects.published().count()),
        [
            Tally(words, getattr(by_status, field), asked.address(status=value))
            for field, value, words in STATUSES
        ],
        [
            Tally(words, by_result[value], asked.address(result=value))
            for value, words in RESULTS
        ],
        [Fared(partnership, _tally(partnership)) for partnership in found],
        asked.address(),
        [f"{answer.label}: {answer.words}" for answer in asked.answers],
    )


def _found(asked: PartnershipFilter) -> PartnershipQuerySet:
    """Return what is found; a question that can no longer be asked finds nothing."""
    return asked.qs if asked.form.is_valid() else asked.queryset.none()


def _tally(partnership: Partnership) -> list[tuple[str, int]]:
    number = Counter(outcome.result for outcome in partnership.outcomes.all())
    return [
        (result.label, number[result.value])
        for result in Result
        if number[result.value]
    ]
