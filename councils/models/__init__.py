"""The councils of the United Kingdom since 2009, and who took over from whom."""

from .councils import Council
from .finding import CouncilQuerySet
from .names import CouncilName, FormerCode
from .orders import ReorganisationOrder
from .successions import Succession

__all__ = [
    "Council",
    "CouncilName",
    "CouncilQuerySet",
    "FormerCode",
    "ReorganisationOrder",
    "Succession",
]
