from django.views.generic import DetailView, ListView, TemplateView

from partnerships.models import Partnership
from partnerships.statistics import (
    councils_involved,
    missing,
    newest_evidence,
    standing,
)

from .models import Briefing, CaseStudy
from .statistics import named


class ProvenanceMixin:
    """What every page that gives the registry's number must say about its records."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            named=named(Partnership.objects.published()),
            naming_briefings=Briefing.objects.with_names(),
            **kwargs,
        )


class HomeView(ProvenanceMixin, TemplateView):
    template_name = "briefings/home.html"

    def get_context_data(self, **kwargs):
        partnerships = Partnership.objects.published()
        return super().get_context_data(
            standing=standing(partnerships),
            missing=missing(partnerships),
            councils=councils_involved(partnerships),
            newest_evidence=newest_evidence(partnerships),
            case_studies=CaseStudy.objects.for_list(),
            **kwargs,
        )


class BriefingDetailView(ProvenanceMixin, DetailView):
    queryset = Briefing.objects.for_detail()
    template_name = "briefings/briefing_detail.html"


class CaseStudyListView(ListView):
    queryset = CaseStudy.objects.for_list()
    template_name = "briefings/case_study_list.html"
    context_object_name = "case_studies"


class CaseStudyDetailView(DetailView):
    queryset = CaseStudy.objects.for_detail()
    slug_field = "partnership__slug"
    template_name = "briefings/case_study_detail.html"
    context_object_name = "case_study"
