"""Councils and successions for programs."""

from django.db.models import Q
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView, RetrieveAPIView

from ..exports import COUNCILS, SUCCESSIONS, council_rows, succession_rows
from ..filters import CouncilFilter
from ..models import Council
from .reading import Reading, described
from .rows import serializer_of

CouncilSerializer = serializer_of(COUNCILS, "Council")
SuccessionSerializer = serializer_of(SUCCESSIONS, "Succession")


@described("councils", "List councils", "The list of councils, by its filters.")
class CouncilList(Reading, ListAPIView):
    queryset = Council.objects.for_list()
    filterset_class = CouncilFilter
    serializer_class = CouncilSerializer

    def rows(self, records):
        return council_rows(records)


@described(
    "councils",
    "One council",
    "A council by its slug, its GSS code or a code that it no longer has.",
    council="A slug or a code: buckinghamshire, E06000060.",
)
class CouncilDetail(Reading, RetrieveAPIView):
    serializer_class = CouncilSerializer

    def get_object(self):
        name = self.kwargs["council"]
        code = name.upper()
        found = Council.objects.for_list().filter(
            Q(slug=name) | Q(gss_code=code) | Q(former_codes__gss_code=code)
        )
        questions = CouncilFilter(queryset=found.distinct())
        council = questions.qs.first() if len(name) <= 80 else None
        if council is None:
            raise NotFound("No council has this slug or code.")
        (row,) = council_rows([council])
        return row


@described(
    "councils",
    "List successions",
    "Which council took over from which; those of the councils that the filters find.",
)
class SuccessionList(Reading, ListAPIView):
    queryset = Council.objects.for_list()
    filterset_class = CouncilFilter
    serializer_class = SuccessionSerializer

    def filter_queryset(self, queryset):
        return list(succession_rows(super().filter_queryset(queryset)))
