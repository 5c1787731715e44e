from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.generic import TemplateView

from . import numbers, trust, views
from .sitemaps import SITEMAPS

app_name = "briefings"

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path(
        "briefings/<slug:slug>/",
        views.BriefingDetailView.as_view(),
        name="briefing-detail",
    ),
    path("case-studies/", views.CaseStudyListView.as_view(), name="case-study-list"),
    path(
        "case-studies/<slug:slug>/",
        views.CaseStudyDetailView.as_view(),
        name="case-study-detail",
    ),
    path("lessons/", views.LessonListView.as_view(), name="lesson-list"),
    path(
        "lessons/<slug:slug>/", views.LessonDetailView.as_view(), name="lesson-detail"
    ),
    path(
        "delivery-models/",
        views.DeliveryModelListView.as_view(),
        name="delivery-model-list",
    ),
    path(
        "delivery-models/<slug:value>/",
        views.DeliveryModelDetailView.as_view(),
        name="delivery-model-detail",
    ),
    path("numbers/", numbers.NumbersView.as_view(), name="numbers"),
    path("numbers/recipes/<slug:name>.py", numbers.RecipeView.as_view(), name="recipe"),
    path("about/", trust.AboutView.as_view(), name="about"),
    path("accessibility/", trust.AccessibilityView.as_view(), name="accessibility"),
    path("privacy/", trust.PrivacyView.as_view(), name="privacy"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "robots.txt",
        TemplateView.as_view(
            template_name="briefings/robots.txt",
            content_type="text/plain; charset=utf-8",
        ),
        name="robots",
    ),
]
