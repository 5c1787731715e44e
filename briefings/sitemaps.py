"""All addresses that search engines should know: /sitemap.xml."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from councils.sitemaps import CouncilSitemap
from partnerships.choices import DeliveryModel
from partnerships.sitemaps import PartnershipListSitemap, PartnershipSitemap

from .models import Briefing, CaseStudy, Lesson


class PageSitemap(Sitemap):
    """The pages that stand alone. Nothing records when one of them changed."""

    names = (
        "briefings:home",
        "briefings:case-study-list",
        "briefings:lesson-list",
        "briefings:delivery-model-list",
        "councils:council-list",
        "partnerships:reorganisation-list",
        "briefings:numbers",
        "partnerships:data",
        "partnerships:data-dictionary",
        "api:docs",
        "briefings:about",
        "briefings:accessibility",
        "briefings:privacy",
    )

    def items(self):
        return self.names

    def location(self, name):
        return reverse(name)


class BriefingSitemap(Sitemap):
    def items(self):
        return Briefing.objects.order_by("slug")


class CaseStudySitemap(Sitemap):
    """Case studies of published records. Their prose has no history, so no date."""

    def items(self):
        return (
            CaseStudy.objects.published().select_related("partnership").order_by("pk")
        )


class LessonSitemap(Sitemap):
    def items(self):
        return Lesson.objects.order_by("slug")


class DeliveryModelSitemap(Sitemap):
    """A page for each value of the vocabulary."""

    def items(self):
        return DeliveryModel.values

    def location(self, value):
        return reverse("briefings:delivery-model-detail", args=[value])


SITEMAPS = {
    "pages": PageSitemap,
    "partnership-list": PartnershipListSitemap,
    "partnerships": PartnershipSitemap,
    "councils": CouncilSitemap,
    "case-studies": CaseStudySitemap,
    "briefings": BriefingSitemap,
    "lessons": LessonSitemap,
    "delivery-models": DeliveryModelSitemap,
}
