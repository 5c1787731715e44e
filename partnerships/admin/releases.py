"""Releases, to look at: a command makes them, and nothing changes them."""

from django.contrib import admin

from ..models import Release
from .rows import ReadOnlyAdmin


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["number", "made", "size", "checksum"]
    fields = ["number", "made", "date", "size", "checksum", "changes"]
    search_fields = ["number", "checksum"]

    def get_queryset(self, request):
        return super().get_queryset(request).newest_first()
