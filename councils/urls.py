from django.urls import path

from . import views

app_name = "councils"

urlpatterns = [
    path("councils/", views.CouncilListView.as_view(), name="council-list"),
    path("councils.csv", views.CouncilCsvView.as_view(), name="council-csv"),
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
