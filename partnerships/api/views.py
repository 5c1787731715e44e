"""Partnerships and the services that they share, for programs."""

from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect
from django.utils.timezone import localdate
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView, RetrieveAPIView

from councils.api.problems import Gone
from councils.api.reading import Reading, described
from councils.api.rows import serializer_of
from councils.tables import Table

from ..choices import Publication
from ..exports import PARTNERSHIPS
from ..filters import PartnershipFilter
from ..long_tables import LONG_TABLES
from ..models import FormerSlug, Partnership, ServiceFunction
from ..views import withdrawn_at

PartnershipSerializer = serializer_of(PARTNERSHIPS, "Partnership")


class Rows(serializers.ListSerializer):
    """The rows of a long table that are one record's own."""

    table: Table

    def get_attribute(self, instance):
        return list(self.table.rows([instance]))


def rows_of(table: Table) -> serializers.BaseSerializer:
    name = table.name.title().replace("-", "")
    kind = type(f"{name}OfOne", (Rows,), {"table": table})
    return kind(child=serializer_of(table, f"{name}Row")(), read_only=True)


def name_of(table: Table) -> str:
    return table.name.replace("-", "_")


LongTablesSerializer = type(
    "LongTables",
    (serializers.Serializer,),
    {
        "__doc__": "The record’s rows of each long table.",
        **{name_of(table): rows_of(table) for table in LONG_TABLES},
    },
)
WholePartnershipSerializer = serializer_of(
    PARTNERSHIPS,
    "WholePartnership",
    tables=LongTablesSerializer(source="*", read_only=True),
)


@described(
    "partnerships",
    "List partnerships",
    "The list of arrangements, by its filters and in its order.",
)
class PartnershipList(Reading, ListAPIView):
    queryset = Partnership.objects.published().for_export()
    filterset_class = PartnershipFilter
    serializer_class = PartnershipSerializer


@described(
    "partnerships",
    "One partnership, whole",
    "An arrangement with its rows of every long table: members, aims, outcomes, turning"
    " points, sources and more; each row has the numbers of the sources that say so. A"
    " former address leads to the present one.",
    responses={
        200: WholePartnershipSerializer,
        301: OpenApiResponse(description="It has another address now."),
    },
    slug="The record’s slug: ek-services.",
)
class PartnershipDetail(Reading, RetrieveAPIView):
    queryset = Partnership.objects.published().for_tables()
    serializer_class = WholePartnershipSerializer
    lookup_field = "slug"

    def retrieve(self, request, *args, **kwargs):
        try:
            return super().retrieve(request, *args, **kwargs)
        except Http404:
            return self.moved_or_withdrawn(kwargs["slug"])

    def moved_or_withdrawn(self, slug):
        if partnership := FormerSlug.objects.partnership_at(slug):
            return redirect("api:partnership", slug=partnership.slug, permanent=True)
        withdrawn = withdrawn_at(slug)
        if not withdrawn:
            raise NotFound("No arrangement has this slug.")
        change = withdrawn.changes.withdrawal()
        raise Gone(
            f"The record was withdrawn on {localdate(change.made)}: {change.reason}"
            if change
            else "The record was withdrawn."
        )


class FunctionSerializer(serializers.Serializer):
    """A service that can be shared."""

    function = serializers.SlugField(source="slug", help_text="Its slug.")
    function_name = serializers.CharField(source="name", help_text="Its name.")
    number_of_partnerships = serializers.IntegerField(
        help_text="Arrangements that share it."
    )


@described("partnerships", "List services", "The services that arrangements share.")
class FunctionList(Reading, ListAPIView):
    queryset = ServiceFunction.objects.used_or_offered().annotate(
        number_of_partnerships=Count(
            "partnerships",
            filter=Q(partnerships__publication=Publication.PUBLISHED),
            distinct=True,
        )
    )
    serializer_class = FunctionSerializer
