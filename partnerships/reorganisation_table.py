"""The table of members whose councils have ended or are due to: /reorganisation.csv."""

from collections.abc import Callable
from datetime import date
from operator import attrgetter

from councils.choices import CouncilType, Nation, Region
from councils.lineage import Lineage
from councils.tables import Column, Empty, Table, Type

from .choices import Ending, Role, Status


def reorganisation_table(lineage: Lineage, today: date) -> Table:
    """Return the table of members that are `in_reorganisation`."""

    def heirs(name: str, value: Callable, meaning: str, example: str) -> Column:
        return Column(
            name,
            lambda member: [
                value(step) for step in lineage.holders(member.council, today)
            ],
            meaning,
            example,
            empty=Empty.UNKNOWN,
            is_list=True,
        )

    return Table(
        name="reorganisation",
        title="Members in reorganisation",
        meaning=(
            "A row is a member of a live arrangement whose council has ended or is due"
            " to end. “Today” is the day of the download."
        ),
        key=("partnership", "council", "joined"),
        links={
            "council": ("councils", "slug"),
            "partnership": ("partnerships", "slug"),
        },
        columns=(
            Column(
                "council",
                attrgetter("council.slug"),
                "The council that has ended or is due to.",
                "shepway",
            ),
            Column(
                "council_name",
                attrgetter("council.name"),
                "Its name.",
                "South Bucks District Council",
            ),
            Column(
                "council_gss_code",
                lambda m: m.council.gss_code or None,
                "Its code.",
                "E07000006",
                empty=Empty.NONE,
            ),
            Column(
                "council_type",
                attrgetter("council.council_type"),
                "What kind of council it is.",
                "non-metropolitan-district",
                values=CouncilType,
            ),
            Column(
                "nation",
                attrgetter("council.nation"),
                "Its nation.",
                "england",
                values=Nation,
            ),
            Column(
                "region",
                attrgetter("council.region"),
                "Its region.",
                "south-east",
                values=Region,
            ),
            Column(
                "when",
                attrgetter("ending"),
                "Whether it has ended or is due to, on the day of the download.",
                "ended",
                values=Ending,
            ),
            Column(
                "last_day",
                attrgetter("council.ended"),
                "Its last full day.",
                "2020-03-31",
                type=Type.DATE,
            ),
            Column(
                "vesting_day",
                attrgetter("council.vesting_day"),
                "The day after, on which its heirs take over.",
                "2020-04-01",
                type=Type.DATE,
            ),
            heirs(
                "heirs",
                attrgetter("council.slug"),
                "Who holds its area, or is to.",
                "buckinghamshire",
            ),
            heirs(
                "heir_names",
                attrgetter("council.name"),
                "Their names, in the same order.",
                "Buckinghamshire Council",
            ),
            heirs(
                "heir_extents",
                lambda step: "whole" if step.is_whole else "part",
                "How much of its area each holds, in the same order.",
                "whole",
            ),
            Column(
                "partnership",
                attrgetter("partnership.slug"),
                "The arrangement.",
                "ek-services",
            ),
            Column(
                "partnership_name",
                attrgetter("partnership.name"),
                "Its name.",
                "EK Services",
            ),
            Column(
                "status",
                attrgetter("partnership.status"),
                "Where the arrangement stood when last evidenced.",
                "ongoing",
                values=Status,
            ),
            Column(
                "latest_evidence",
                attrgetter("partnership.latest_evidence"),
                "The date of its newest source.",
                "2019-03",
                type=Type.PARTIAL_DATE,
                empty=Empty.UNKNOWN,
            ),
            Column(
                "role", attrgetter("role"), "The member’s role.", "partner", values=Role
            ),
            Column(
                "joined",
                attrgetter("joined"),
                "When it joined.",
                "2011",
                type=Type.PARTIAL_DATE,
                empty=Empty.UNKNOWN,
            ),
            Column(
                "left",
                attrgetter("left"),
                "When it is to leave, where that is recorded; on its last day.",
                "2023-03-31",
                type=Type.PARTIAL_DATE,
                empty=Empty.UNKNOWN,
            ),
            Column(
                "page",
                lambda member: member.partnership.get_absolute_url(),
                "The path of the arrangement’s page in the registry.",
                "/partnerships/ek-services/",
            ),
        ),
    )
