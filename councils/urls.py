from django.urls import path

from . import views
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
    path(
        "councils/<slug:slug>/",
        views.CouncilDetailView.as_view(),
        name="council-detail",
    ),
]
