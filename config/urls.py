"""Every address of the registry: each app keeps its own, mounted at the root."""

from django.contrib import admin
from django.urls import include, path

from .health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("briefings.api.urls")),
    path("", include("councils.urls")),
    path("", include("partnerships.urls")),
    path("", include("briefings.urls")),
]

handler400 = "config.errors.bad_request"
handler500 = "config.errors.fault"
