"""Where editors keep the councils, and the orders by which they change."""

from .councils import (
    SECURE_ADDRESSES,
    CouncilAdmin,
    CouncilNameAdmin,
    FormerCodeAdmin,
    SuccessionAdmin,
)
from .orders import ReorganisationOrderAdmin
from .seen import SeenMixin

__all__ = [
    "SECURE_ADDRESSES",
    "CouncilAdmin",
    "CouncilNameAdmin",
    "FormerCodeAdmin",
    "ReorganisationOrderAdmin",
    "SeenMixin",
    "SuccessionAdmin",
]
