from django.urls import path

from . import views

urlpatterns = [
    path("partnerships/", views.PartnershipList.as_view(), name="partnerships"),
    path(
        "partnerships/<slug:slug>/",
        views.PartnershipDetail.as_view(),
        name="partnership",
    ),
    path("functions/", views.FunctionList.as_view(), name="functions"),
]
