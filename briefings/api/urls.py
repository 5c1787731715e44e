"""The API whole: every app's part of it, its description and its documentation."""

from django.urls import include, path, re_path

from councils.api.reading import NothingHere

from . import views
from .documentation import DescriptionView, DocumentationView

app_name = "api"
urlpatterns = [
    path("docs/", DocumentationView.as_view(), name="docs"),
    path("v1/openapi.json", DescriptionView.as_view(), name="schema"),
    path("v1/", include("councils.api.urls")),
    path("v1/", include("partnerships.api.urls")),
    path("v1/case-studies/", views.CaseStudyList.as_view(), name="case-studies"),
    path("v1/lessons/", views.LessonList.as_view(), name="lessons"),
    # Django leads an address without its last slash to the one with it.
    re_path("^(?:.*/)?$", NothingHere.as_view(), name="nothing-here"),
]
