"""The registry in numbers, of the arrangements that the list's filters find."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.generic import View

from councils.question_views import QuestionListView
from partnerships.choices import Result
from partnerships.filters import PartnershipFilter
from partnerships.models import Partnership
from partnerships.numbers import numbers
from partnerships.survival import DAYS_IN_A_YEAR, YEARS, Step

RECIPES = ("counts", "outcomes", "survival", "sharing")
WIDTH, HEIGHT, YEARS_SHOWN = 600, 220, 20


def points(steps: list[Step], longest: int) -> str:
    """Return a curve as the points of a line in the drawing's own units.

    It ends with the longest time that any was followed: beyond, nothing is known.
    """

    def at(days: float, share: float) -> str:
        place = min(days / DAYS_IN_A_YEAR / YEARS_SHOWN, 1)
        return f"{place * WIDTH:.1f},{(1 - share) * HEIGHT:.1f}"

    share, found = 1.0, [at(0, 1.0)]
    for step in steps[1:]:
        found += [at(step.days, share), at(step.days, step.share)]
        share = step.share
    return " ".join([*found, at(longest, share)])


class NumbersView(QuestionListView):
    queryset = Partnership.objects.published().for_numbers()
    filterset_class = PartnershipFilter
    template_name = "briefings/numbers.html"
    paginate_by = None
    also_allowed = ()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        found = numbers(context["object_list"])
        whole = found.lasting[0].survival
        return {
            **context,
            "numbers": found,
            "asked": {answer.name for answer in self.filterset.answers},
            "results": list(Result),
            "years": YEARS,
            "curves": [
                points(whole.short_curve, whole.short_longest),
                points(whole.long_curve, whole.long_longest),
            ],
            "width": WIDTH,
            "height": HEIGHT,
            "marks": [
                (f"{years}", years / YEARS_SHOWN * WIDTH)
                for years in range(0, YEARS_SHOWN + 1, 5)
            ],
        }


class RecipeView(View):
    """A recipe as text: a small program that works a section's figures out again."""

    def get(self, request, name):
        if name not in RECIPES:
            raise Http404("There is no such recipe.")
        folder = Path(settings.BASE_DIR) / "docs" / "recipes"
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
