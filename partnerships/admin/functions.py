"""The services that records share: a used one is retired, never deleted."""

from django.contrib import admin

from councils.admin import LastingSlugs, SeenMixin

from ..models import ServiceFunction


@admin.register(ServiceFunction)
class ServiceFunctionAdmin(SeenMixin, LastingSlugs, admin.ModelAdmin):
    list_display = ("name", "slug", "is_retired")
    list_filter = ("is_retired",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def has_delete_permission(self, request, obj=None):
        """A function in use is retired, not deleted."""
        in_use = obj is not None and obj.partnerships.exists()
        return not in_use and super().has_delete_permission(request, obj)
