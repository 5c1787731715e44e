"""The services that records share: a used one is retired, never deleted."""

from django.contrib import admin

from councils.admin import DeletingMixin, LastingSlugs, SeenMixin

from ..models import ServiceFunction


@admin.register(ServiceFunction)
class ServiceFunctionAdmin(SeenMixin, DeletingMixin, LastingSlugs, admin.ModelAdmin):
    list_display = ("name", "slug", "is_retired")
    list_filter = ("is_retired",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def why_it_stays(self, obj):
        if obj.partnerships.exists():
            return "records share it. Retire it instead."
        return ""
