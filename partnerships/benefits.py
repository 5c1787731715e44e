"""What was expected beside what came of it, kind by kind, for one partnership."""

from typing import NamedTuple

from .choices import BenefitKind
from .models import Aim, Outcome, Partnership


class Benefit(NamedTuple):
    """One kind of benefit; no outcomes means that no source says what came of it."""

    kind: BenefitKind
    aims: list[Aim]
    outcomes: list[Outcome]


def benefits(partnership: Partnership) -> list[Benefit]:
    """Return the kinds that the record speaks of, in the vocabulary's order.

    It reads prefetched aims and outcomes where there are any.
    """
    aims, outcomes = partnership.aims.all(), partnership.outcomes.all()
    rows = [
        Benefit(
            kind,
            [aim for aim in aims if aim.kind == kind],
            [outcome for outcome in outcomes if outcome.kind == kind],
        )
        for kind in BenefitKind
    ]
    return [row for row in rows if row.aims or row.outcomes]
