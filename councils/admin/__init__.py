"""Where editors keep the councils, and the orders by which they change."""

from .addresses import LastingSlugs
from .boxes import AS_TYPED, EMPTY_ROWS
from .councils import (
    CouncilAdmin,
    CouncilNameAdmin,
    FormerCodeAdmin,
    SuccessionAdmin,
)
from .deleting import DeletingMixin
from .orders import ReorganisationOrderAdmin
from .seen import SeenMixin

__all__ = [
    "AS_TYPED",
    "EMPTY_ROWS",
    "CouncilAdmin",
    "CouncilNameAdmin",
    "DeletingMixin",
    "FormerCodeAdmin",
    "LastingSlugs",
    "ReorganisationOrderAdmin",
    "SeenMixin",
    "SuccessionAdmin",
]
