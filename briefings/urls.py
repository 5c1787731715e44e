from django.urls import path

from . import views

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
]
