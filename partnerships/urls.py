from django.urls import path

from . import views

app_name = "partnerships"
urlpatterns = [
    path("partnerships/", views.PartnershipListView.as_view(), name="partnership-list"),
    path(
        "partnerships.csv", views.PartnershipCsvView.as_view(), name="partnership-csv"
    ),
    path(
        "compare/", views.PartnershipCompareView.as_view(), name="partnership-compare"
    ),
    path(
        "partnerships/map/", views.PartnershipMapView.as_view(), name="partnership-map"
    ),
    path(
        "partnerships/<slug:slug>/",
        views.PartnershipDetailView.as_view(),
        name="partnership-detail",
    ),
    path(
        "partnerships/<slug:slug>/history/",
        views.PartnershipHistoryView.as_view(),
        name="partnership-history",
    ),
    path(
        "partnerships/<slug:slug>/report/",
        views.ReportView.as_view(),
        name="partnership-report",
    ),
    path(
        "partnerships/<slug:slug>/report/thanks/",
        views.ReportThanksView.as_view(),
        name="partnership-report-thanks",
    ),
    path("report/", views.ReportView.as_view(), name="report"),
    path("report/thanks/", views.ReportThanksView.as_view(), name="report-thanks"),
    path(
        "reorganisation/",
        views.ReorganisationListView.as_view(),
        name="reorganisation-list",
    ),
    path(
        "reorganisation.csv",
        views.ReorganisationCsvView.as_view(),
        name="reorganisation-csv",
    ),
]
