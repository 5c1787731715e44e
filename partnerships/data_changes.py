"""What has changed in the files' columns, newest first; the dictionary shows it.

Columns are read by name, so none is renamed, and none goes without a line here. A test
compares the newest entry's digest with the declarations, whatever of them changed.
"""

from datetime import date
from typing import NamedTuple


class DataChange(NamedTuple):
    made: date
    words: str
    digest: str


DATA_CHANGES = [
    DataChange(
        date(2026, 11, 28),
        "No cell has changed, but what is said of amounts: a number that a source gives"
        " as about, more than or up to stands bare, a range as its lower end, and two"
        " rows may tell of one pound.",
        "a67df12ede45",
    ),
    DataChange(
        date(2026, 11, 28),
        "No code has changed, but a name: in sources, `kind_name` says “A council's own"
        " paper or page” where `kind` is `council`, for it may be any council’s and not"
        " a member’s alone. A `partner` is one that neither leads nor supplies, whether"
        " or not the terms are equal.",
        "880b83f50ceb",
    ),
    DataChange(
        date(2026, 11, 28),
        "No cell has changed, but what is said of some: an empty bound of a date may"
        " also mean that the date does not apply, an empty list of amounts that none is"
        " recorded, and the same legal body may have gone on by any name.",
        "9facfd25c72c",
    ),
    DataChange(
        date(2026, 11, 26),
        "`as_at` in partnerships, memberships and other-members says how sure a row is"
        " on the day that the list was asked for.",
        "03546de3a03b",
    ),
    DataChange(
        date(2026, 11, 26),
        "Long tables stand beside the flat one: memberships, other-members, aims,"
        " outcomes, milestones, functions, sources, citations, co-partners and"
        " successions. In partnerships, `ended` and `end_reason` say `not-applicable`"
        " for an arrangement that was running when last evidenced: an empty cell there"
        " means only that no source says. `modified` is the day of a record’s newest"
        " change.",
        "be43c83f88d1",
    ),
]
