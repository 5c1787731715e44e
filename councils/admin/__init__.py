"""Where editors keep the councils, and the orders by which they change."""

from .addresses import SECURE_ADDRESSES, LastingSlugForm
from .councils import (
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
    "LastingSlugForm",
    "ReorganisationOrderAdmin",
    "SeenMixin",
    "SuccessionAdmin",
]
