from django.urls import path

from . import reconcile_views, views
from .exports import SUCCESSIONS

app_name = "councils"

urlpatterns = [
    path("councils/", views.CouncilListView.as_view(), name="council-list"),
    path("councils.csv", views.CouncilCsvView.as_view(), name="council-csv"),
    path(
        "successions.csv",
        views.CouncilCsvView.as_view(table=SUCCESSIONS),
        name="successions-csv",
    ),
    path(
        "councils/suggest.json",
        views.CouncilSuggestView.as_view(),
        name="council-suggest",
    ),
    path("reconcile/", reconcile_views.ReconcileView.as_view(), name="reconcile"),
    path(
        "reconcile/entities/",
        reconcile_views.EntitiesView.as_view(),
        name="reconcile-entities",
    ),
    path(
        "reconcile/properties/",
        reconcile_views.PropertiesView.as_view(),
        name="reconcile-properties",
    ),
    path(
        "reconcile/types/", reconcile_views.TypesView.as_view(), name="reconcile-types"
    ),
    path(
        "reconcile/proposal/",
        reconcile_views.ProposalView.as_view(),
        name="reconcile-proposal",
    ),
    path(
        "reconcile/preview/<slug:slug>/",
        reconcile_views.PreviewView.as_view(),
        name="reconcile-preview",
    ),
    path(
        "councils/<slug:slug>/",
        views.CouncilDetailView.as_view(),
        name="council-detail",
    ),
]
