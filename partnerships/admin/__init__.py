"""Where editors keep the records: the record's own screen, and what leads to it."""

from .functions import ServiceFunctionAdmin
from .merging import MergerAdmin
from .partnership import PartnershipAdmin
from .releases import ReleaseAdmin
from .rows import PartOfRecordAdmin
from .suggestions import SuggestionAdmin

__all__ = [
    "MergerAdmin",
    "PartOfRecordAdmin",
    "PartnershipAdmin",
    "ReleaseAdmin",
    "ServiceFunctionAdmin",
    "SuggestionAdmin",
]
