"""The table of councils, without their other names and successions."""

from ..models import Council
from .resources import TableResource


class CouncilResource(TableResource):
    class Meta(TableResource.Meta):
        model = Council
        import_id_fields = ["slug"]
        fields = (
            "slug",
            "name",
            "short_name",
            "name_cy",
            "gss_code",
            "council_type",
            "nation",
            "region",
            "county_area",
            "started",
            "ended",
            "website",
            "latitude",
            "longitude",
            "note",
        )

    def get_queryset(self):
        return Council.objects.order_by("slug")
