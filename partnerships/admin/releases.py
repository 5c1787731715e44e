"""Releases, to look at: a command makes them, and nothing changes them."""

from django.contrib import admin

from ..models import Release


@admin.register(Release)
class ReleaseAdmin(admin.ModelAdmin):
    list_display = ["number", "made", "size", "checksum"]
    fields = ["number", "made", "date", "size", "checksum", "changes"]
    search_fields = ["number", "checksum"]

    def get_queryset(self, request):
        return super().get_queryset(request).newest_first()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
