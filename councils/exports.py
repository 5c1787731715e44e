"""The tables of councils. Programs read columns by name: they are never renamed."""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from .choices import CouncilType, Extent, Nation, Region
from .lineage import Lineage, known_lineage
from .models import Council
from .tables import Column, Empty, Table, Type


class CouncilRow(NamedTuple):
    """A council from `with_arrangements`, and what it came from and became."""

    council: Council
    lineage: Lineage

    @property
    def predecessors(self) -> list[str]:
        before = self.lineage.before(self.council.pk)
        return [succession.predecessor.slug for succession in before]

    @property
    def successors(self) -> list[str]:
        after = self.lineage.after(self.council.pk)
        return [succession.successor.slug for succession in after]


def council_rows(councils: Iterable[Council]) -> Iterator[CouncilRow]:
    lineage = known_lineage()
    return (CouncilRow(council, lineage) for council in councils)


def succession_rows(councils: Iterable[Council]) -> Iterator:
    """Yield each succession that one of the councils ended or began with, once."""
    lineage, seen = known_lineage(), set()
    for council in councils:
        for succession in (*lineage.before(council.pk), *lineage.after(council.pk)):
            if succession.pk not in seen:
                seen.add(succession.pk)
                yield succession


def _of_council(name: str, meaning: str, example, **declared) -> Column:
    return Column(name, attrgetter(f"council.{name}"), meaning, example, **declared)


COUNCILS = Table(
    name="councils",
    title="Councils",
    meaning="A row is a principal council, from its first to its last full day.",
    key=("slug",),
    rows=council_rows,
    columns=(
        _of_council(
            "slug", "The council’s permanent name in addresses.", "aylesbury-vale"
        ),
        _of_council(
            "name", "Its official name in full.", "Aylesbury Vale District Council"
        ),
        _of_council("short_name", "The name of its place.", "Aylesbury Vale"),
        Column(
            "name_cy",
            lambda row: row.council.name_cy or None,
            "Its name in Welsh.",
            "Cyngor Gwynedd",
            empty=Empty.NONE,
        ),
        Column(
            "other_names",
            lambda row: [str(name) for name in row.council.other_names.all()],
            "Former names, short forms and other spellings.",
            "Aberdeen City",
            empty=Empty.NONE,
            is_list=True,
        ),
        Column(
            "gss_code",
            lambda row: row.council.gss_code or None,
            "Its code in the official geography, nine characters.",
            "E07000004",
            empty=Empty.NONE,
        ),
        Column(
            "former_gss_codes",
            lambda row: [str(code) for code in row.council.former_codes.all()],
            "Codes that it no longer has. A closed code is never used again.",
            "E08000016",
            empty=Empty.NONE,
            is_list=True,
        ),
        _of_council(
            "council_type",
            "What kind of council it is.",
            "non-metropolitan-district",
            values=CouncilType,
        ),
        Column(
            "council_type_name",
            lambda row: row.council.get_council_type_display(),
            "The same, to read.",
            "Non-metropolitan district",
        ),
        _of_council("nation", "Its nation.", "england", values=Nation),
        Column(
            "nation_name",
            lambda row: row.council.get_nation_display(),
            "The same, to read.",
            "England",
        ),
        _of_council(
            "region",
            "Its region; Scotland, Wales and Northern Ireland are a region each.",
            "south-east",
            values=Region,
        ),
        Column(
            "region_name",
            lambda row: row.council.get_region_display(),
            "The same, to read.",
            "South East",
        ),
        Column(
            "county_area",
            lambda row: row.council.county_area or None,
            "The ceremonial county or county area that it lies in.",
            "Buckinghamshire",
            empty=Empty.UNKNOWN,
        ),
        _of_council(
            "started",
            "The first day of the body in its present type.",
            "1974-04-01",
            type=Type.DATE,
            empty=Empty.UNKNOWN,
        ),
        _of_council(
            "ended",
            "Its last full day. Empty for a council that exists.",
            "2020-03-31",
            type=Type.DATE,
            empty=Empty.NOT_APPLICABLE,
        ),
        Column(
            "predecessors",
            attrgetter("predecessors"),
            "Slugs of the councils whose area, or a part of it, it took over.",
            "taunton-deane; west-somerset",
            empty=Empty.NONE,
            is_list=True,
        ),
        Column(
            "successors",
            attrgetter("successors"),
            "Slugs of the councils that took over its area.",
            "buckinghamshire",
            empty=Empty.NONE,
            is_list=True,
        ),
        _of_council(
            "own_arrangements",
            "Arrangements that it is or was a member of.",
            1,
            type=Type.INTEGER,
            unit="arrangements",
        ),
        _of_council(
            "inherited_arrangements",
            "Arrangements that only councils before it were members of.",
            0,
            type=Type.INTEGER,
            unit="arrangements",
        ),
        _of_council(
            "latitude",
            "A point in its area, north of the equator.",
            57.167,
            type=Type.NUMBER,
            unit="degrees, WGS 84",
            empty=Empty.UNKNOWN,
        ),
        _of_council(
            "longitude",
            "The same point, east of Greenwich; west is below zero.",
            -2.204,
            type=Type.NUMBER,
            unit="degrees, WGS 84",
            empty=Empty.UNKNOWN,
        ),
        Column(
            "website",
            lambda row: row.council.website or None,
            "Its website.",
            "https://www.aberdeencity.gov.uk/",
            empty=Empty.UNKNOWN,
        ),
        Column(
            "note",
            lambda row: row.council.note or None,
            "Where its dates, codes or point come from, where that needs saying.",
            "here the last full day",
            empty=Empty.NONE,
        ),
        Column(
            "page",
            lambda row: row.council.get_absolute_url(),
            "The path of its page in the registry.",
            "/councils/aylesbury-vale/",
        ),
    ),
)

SUCCESSIONS = Table(
    name="successions",
    title="Successions",
    meaning="A row says that one council took over the area of another, or a part.",
    key=("predecessor", "successor"),
    links={
        "predecessor": ("councils", "slug"),
        "successor": ("councils", "slug"),
    },
    rows=succession_rows,
    columns=(
        Column(
            "predecessor",
            attrgetter("predecessor.slug"),
            "The council that ended.",
            "aylesbury-vale",
        ),
        Column(
            "predecessor_gss_code",
            lambda row: row.predecessor.gss_code or None,
            "Its code.",
            "E07000004",
            empty=Empty.NONE,
        ),
        Column(
            "successor",
            attrgetter("successor.slug"),
            "The council that took over.",
            "buckinghamshire",
        ),
        Column(
            "successor_gss_code",
            lambda row: row.successor.gss_code or None,
            "Its code.",
            "E06000060",
            empty=Empty.NONE,
        ),
        Column(
            "last_day",
            attrgetter("last_day"),
            "The last full day of the council that ended.",
            "2020-03-31",
            type=Type.DATE,
        ),
        Column(
            "vesting_day",
            attrgetter("vesting_day"),
            "The day after, on which the other took over.",
            "2020-04-01",
            type=Type.DATE,
        ),
        Column(
            "extent",
            attrgetter("extent"),
            "How much of the area the successor took over.",
            "whole",
            values=Extent,
        ),
        Column(
            "is_same_legal_body",
            attrgetter("is_same_legal_body"),
            "Whether the council went on as the same legal person, by any name.",
            "false",
            type=Type.BOOLEAN,
        ),
    ),
)
