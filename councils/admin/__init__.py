"""Where editors keep the councils, and the orders by which they change."""

from .addresses import LastingSlugForm
from .boxes import AS_TYPED
from .councils import (
    CouncilAdmin,
    CouncilNameAdmin,
    FormerCodeAdmin,
    SuccessionAdmin,
)
from .orders import ReorganisationOrderAdmin
from .seen import SeenMixin

__all__ = [
    "AS_TYPED",
    "CouncilAdmin",
    "CouncilNameAdmin",
    "FormerCodeAdmin",
    "LastingSlugForm",
    "ReorganisationOrderAdmin",
    "SeenMixin",
    "SuccessionAdmin",
]
