from django.urls import path, re_path

from . import data_views, feeds, views
from .dictionary import csvw
from .long_tables import LONG_TABLES

app_name = "partnerships"
urlpatterns = [
    path("partnerships/", views.PartnershipListView.as_view(), name="partnership-list"),
    path(
        "partnerships.csv", views.PartnershipCsvView.as_view(), name="partnership-csv"
    ),
    *(
        path(
            table.file_name,
            views.LongTableCsvView.as_view(table=table),
            name=f"{table.name}-csv",
        )
        for table in LONG_TABLES
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
    path("partnerships.atom", feeds.PartnershipFeedView.as_view(), name="changes-feed"),
    path(
        "councils/<slug:slug>/changes.atom",
        feeds.CouncilFeedView.as_view(),
        name="council-feed",
    ),
    path(
        "partnerships.xlsx",
        data_views.PartnershipWorkbookView.as_view(),
        name="partnership-xlsx",
    ),
    path(
        "data/registry.zip",
        data_views.PartnershipArchiveView.as_view(),
        name="partnership-zip",
    ),
    re_path(
        r"^data/(?P<number>[0-9]+\.[0-9]+\.[0-9]+)/registry\.zip$",
        data_views.ReleaseArchiveView.as_view(),
        name="release-zip",
    ),
    path("data/", data_views.DataView.as_view(), name="data"),
    path(
        "data/dictionary/", data_views.DictionaryView.as_view(), name="data-dictionary"
    ),
    path(
        "data/datapackage.json",
        data_views.DescriptionView.as_view(),
        name="data-package",
    ),
    path(
        "data/csvw.json",
        data_views.DescriptionView.as_view(
            describe=csvw, content_type="application/csvm+json"
        ),
        name="data-csvw",
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
