"""The columns of councils.csv. Programs read them by name: they are never renamed."""

from operator import attrgetter, methodcaller

from .csv_export import Column, joined
from .lineage import Lineage


def council_columns(lineage: Lineage) -> list[Column]:
    """Return the columns for councils that are annotated `with_arrangements`."""
    return [
        Column("slug", attrgetter("slug")),
        Column("name", attrgetter("name")),
        Column("short_name", attrgetter("short_name")),
        Column("name_cy", attrgetter("name_cy")),
        Column("other_names", lambda council: joined(council.other_names.all())),
        Column("gss_code", attrgetter("gss_code")),
        Column("former_gss_codes", lambda council: joined(council.former_codes.all())),
        Column("council_type", attrgetter("council_type")),
        Column("council_type_name", methodcaller("get_council_type_display")),
        Column("nation", attrgetter("nation")),
        Column("nation_name", methodcaller("get_nation_display")),
        Column("region", attrgetter("region")),
        Column("region_name", methodcaller("get_region_display")),
        Column("county_area", attrgetter("county_area")),
        Column("started", attrgetter("started")),
        Column("ended", attrgetter("ended")),
        Column(
            "predecessors",
            lambda council: joined(
                succession.predecessor.slug for succession in lineage.before(council.pk)
            ),
        ),
        Column(
            "successors",
            lambda council: joined(
                succession.successor.slug for succession in lineage.after(council.pk)
            ),
        ),
        Column("own_arrangements", attrgetter("own_arrangements")),
        Column("inherited_arrangements", attrgetter("inherited_arrangements")),
        Column("latitude", attrgetter("latitude")),
        Column("longitude", attrgetter("longitude")),
        Column("website", attrgetter("website")),
        Column("note", attrgetter("note")),
        Column("page", methodcaller("get_absolute_url")),
    ]
