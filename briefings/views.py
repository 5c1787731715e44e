from django.http import Http404
from django.views.generic import DetailView, ListView, TemplateView

from partnerships.choices import DeliveryModel
from partnerships.models import Partnership
from partnerships.statistics import (
    councils_involved,
    missing,
    newest_evidence,
    standing,
    standing_by_model,
)
from partnerships.views import OfOneRecordMixin

from .bearing import bearing, count
from .models import Briefing, CaseStudy, DeliveryModelGuide, Lesson
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


class CaseStudyDetailView(OfOneRecordMixin, DetailView):
    queryset = CaseStudy.objects.for_detail()
    slug_field = "partnership__slug"
    template_name = "briefings/case_study_detail.html"
    context_object_name = "case_study"

    def address_of(self, partnership):
        """Lead to the record itself where it was merged into one without a study."""
        told = CaseStudy.objects.filter(partnership=partnership).exists()
        return super().address_of(partnership) if told else partnership


class LessonListView(ListView):
    queryset = Lesson.objects.for_list()
    template_name = "briefings/lesson_list.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        lessons = list(context["object_list"])
        counts = count({les.slug: les.question for les in lessons if les.question})
        context["lessons"] = [(lesson, counts.get(lesson.slug)) for lesson in lessons]
        return context


class LessonDetailView(DetailView):
    queryset = Lesson.objects.for_list()
    template_name = "briefings/lesson_detail.html"


class DeliveryModelListView(TemplateView):
    template_name = "briefings/delivery_model_list.html"

    def get_context_data(self, **kwargs):
        standings = standing_by_model(Partnership.objects.published())
        return super().get_context_data(standings=standings.items(), **kwargs)


class DeliveryModelDetailView(TemplateView):
    """A page for each value of the vocabulary, whether or not a guide tells of it."""

    template_name = "briefings/delivery_model_detail.html"

    def get_context_data(self, value, **kwargs):
        try:
            model = DeliveryModel(value)
        except ValueError:
            raise Http404(f"“{value}” is not a delivery model.") from None
        guides = DeliveryModelGuide.objects.for_detail()
        return super().get_context_data(
            model=model,
            guide=guides.filter(delivery_model=model).first(),
            bearing=bearing(f"delivery_model={model}"),
            **kwargs,
        )
