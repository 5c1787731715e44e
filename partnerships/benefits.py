"""What was expected beside what came of it, one benefit at a time."""

from collections.abc import Iterable
from typing import NamedTuple

from .choices import BenefitKind, Result
from .models import Aim, Outcome, Partnership


class Benefit(NamedTuple):
    """One kind of benefit; either list may be empty, and the page says so in words."""

    kind: BenefitKind
    aims: list[Aim]
    outcomes: list[Outcome]


def benefits(partnership: Partnership) -> list[Benefit]:
    """Return the benefits with an aim or an outcome, in the vocabulary's order."""
    rows = [
        Benefit(
            kind,
            [aim for aim in partnership.aims.all() if aim.kind == kind],
            [outcome for outcome in partnership.outcomes.all() if outcome.kind == kind],
        )
        for kind in BenefitKind
    ]
    return [row for row in rows if row.aims or row.outcomes]


class Finding(NamedTuple):
    """The outcomes with one result. Their money is listed: it never adds up."""

    result: Result
    outcomes: list[Outcome]

    @property
    def money(self) -> list[str]:
        return [outcome.money for outcome in self.outcomes if outcome.money]


def findings(outcomes: Iterable[Outcome]) -> list[Finding]:
    """Group outcomes by their result, in the vocabulary's order."""
    outcomes = list(outcomes)
    found = [
        Finding(result, [outcome for outcome in outcomes if outcome.result == result])
        for result in Result
    ]
    return [finding for finding in found if finding.outcomes]
