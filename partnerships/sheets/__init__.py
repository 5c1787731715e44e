"""The records' tables as spreadsheets: partnerships, and the rows that belong to them.

What a file changes in a record is a change of that record, kept in its history with
the reason that was given, as a change on its own page is.
"""

from .facts import MembershipResource, OutcomeResource, SourceResource
from .partnerships import PartnershipResource

__all__ = [
    "MembershipResource",
    "OutcomeResource",
    "PartnershipResource",
    "SourceResource",
]
