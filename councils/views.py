"""The list of councils, its file, each council's page, and suggestions while typing."""

from django.db.models import Q
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import DetailView, View

from .arrangements import Arrangements, arrangements_of
from .exports import COUNCILS
from .filters import CouncilFilter, SuggestionForm
from .folding import folded_words
from .lineage import by_vesting_day, known_lineage
from .models import Council
from .notes import fate, found_as
from .question_views import QuestionCsvMixin, QuestionListView


class CouncilListView(QuestionListView):
    queryset = Council.objects.for_list()
    filterset_class = CouncilFilter
    template_name = "councils/council_list.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        questions = self.filterset
        text = questions.form.cleaned_data.get("name") or ""
        context["rows"] = [
            {
                "council": council,
                "fate": fate(council, questions.arrangements.lineage, questions.today),
                "found_as": found_as(council, text),
            }
            for council in context["object_list"]
        ]
        return context


class CouncilCsvView(QuestionCsvMixin, CouncilListView):
    table = COUNCILS


class CouncilDetailView(DetailView):
    queryset = Council.objects.for_list()
    template_name = "councils/council_detail.html"

    def get(self, request, *args, **kwargs):
        """Show a council; lead from a GSS code, a former one too, to its address."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            code = kwargs["slug"].upper()
            has_code = Q(gss_code=code) | Q(former_codes__gss_code=code)
            council = Council.objects.filter(has_code).first()
            if not council:
                raise
            return redirect(council, permanent=True)

    def get_context_data(self, **kwargs):
        council, today = self.object, timezone.localdate()
        lineage = known_lineage()
        own, inherited = arrangements_of(council, lineage)
        return super().get_context_data(
            today=today,
            heirs=lineage.holders(council, today),
            going_on=lineage.going_on(council.pk),
            became=by_vesting_day(lineage.all_after(council.pk)),
            came_from=by_vesting_day(lineage.all_before(council.pk)),
            own=own,
            inherited=inherited,
            arrangements=[*own, *inherited],
            lineage=lineage,
            **kwargs,
        )


class CouncilSuggestView(View):
    """Up to ten councils for the text typed so far, as JSON, the best first."""

    most = 10

    def get(self, request):
        form = SuggestionForm(request.GET)
        if not form.is_valid():
            errors = [error for found in form.errors.values() for error in found]
            return JsonResponse({"errors": errors}, status=400)
        return JsonResponse({"councils": self.suggestions(form.cleaned_data["name"])})

    def suggestions(self, text: str) -> list[dict]:
        if not folded_words(text):
            return []
        today = timezone.localdate()
        found = Council.objects.named_like(text).best_first(text, today).for_list()
        councils = found[: self.most]
        arrangements = Arrangements(council.pk for council in councils)
        return [
            {
                "slug": council.slug,
                "name": council.name,
                "note": "; ".join(
                    said
                    for said in (
                        found_as(council, text),
                        fate(council, arrangements.lineage, today),
                    )
                    if said
                ),
                "count": len(arrangements.of(council.pk)),
            }
            for council in councils
        ]
