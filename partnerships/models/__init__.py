"""What councils share, who takes part, what was expected and what came of it."""

from .addresses import FormerSlug
from .checks import Check
from .evidence import Aim, Milestone, Outcome, Source
from .functions import ServiceFunction
from .history import Change
from .links import LinkCheck
from .members import Membership, OtherMember
from .mergers import Merger
from .names import PartnershipName
from .partnership import Partnership
from .questions import PartnershipQuerySet
from .releases import Release
from .suggestions import ReportCount, Suggestion

__all__ = [
    "Aim",
    "Change",
    "Check",
    "FormerSlug",
    "LinkCheck",
    "Membership",
    "Merger",
    "Milestone",
    "OtherMember",
    "Outcome",
    "Partnership",
    "PartnershipName",
    "PartnershipQuerySet",
    "Release",
    "ReportCount",
    "ServiceFunction",
    "Source",
    "Suggestion",
]
