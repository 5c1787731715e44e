"""The arrangement to hold beside another one, and the reason for it in words."""

from typing import Any, NamedTuple

from .choices import Status
from .models import Partnership
from .models.questions import contrary
from .nearest import contrasting


class Contrast(NamedTuple):
    """What `PartnershipQuerySet.contrasting_with` puts first, and why."""

    partnership: Partnership
    case_study: Any
    reasons: list[str]


def contrast_to(partnership: Partnership) -> Contrast | None:
    """Return the published case that contrasts with a record."""
    published = Partnership.objects.published()
    nearest = contrasting(partnership, 1)
    if nearest is None:
        found = published.contrasting_with(partnership)
    else:
        found = published.filter(pk__in=nearest)
    other = found.select_related("case_study").first()
    if not other:
        return None
    case_study = getattr(other, "case_study", None)
    return Contrast(other, case_study, reasons(partnership, other))


def reasons(partnership: Partnership, other) -> list[str]:
    """Say what the two share and how the other one differs."""
    outcomes, shapes = contrary(partnership)
    own = set(partnership.functions.all())
    shared = [str(function) for function in other.functions.all() if function in own]
    said = [f"Shared by both: {', '.join(shared)}."]
    if other.status in outcomes:
        said.append(f"This one {_outcome(partnership)}; that one {_outcome(other)}.")
    if other.shape in shapes:
        said.append(
            "The shape of the relationship differs:"
            f" {_name(partnership.shape)} here, {_name(other.shape)} there."
        )
    return said


def _outcome(partnership: Partnership) -> str:
    if partnership.status == Status.ENDED:
        return "ended"
    evidence = partnership.latest_evidence
    when = evidence.in_words() if evidence else "on a date not known"
    return f"was ongoing when last evidenced, {when}"


def _name(shape) -> str:
    return str(shape.label).lower()
