"""Readers' reports, as the editors who answer them see them."""

from django.contrib import admin
from django.utils.html import format_html

from councils.admin import AS_TYPED, SeenMixin

from ..models import Suggestion
from .queues import QueuesMixin


@admin.register(Suggestion)
class SuggestionAdmin(SeenMixin, QueuesMixin, admin.ModelAdmin):
    """Readers' reports: read here, answered by a status and a note."""

    formfield_overrides = AS_TYPED

    list_display = ("reference", "subject", "part_in_words", "status", "sent")
    beside_reasons = ("subject", "part_in_words")
    list_select_related = ("partnership",)
    list_filter = ("status", "sent")
    search_fields = ("reference", "partnership__name", "message", "note")
    search_help_text = "A reference, with or without its lines, or words of the report."
    date_hierarchy = "sent"
    readonly_fields = (
        "reference",
        "subject",
        "part_in_words",
        "message",
        "source",
        "email",
        "sent",
    )
    fieldsets = (
        ("What the reader sent", {"fields": readonly_fields}),
        (
            "What became of it",
            {
                "fields": ("status", "note"),
                "description": (
                    "Compare the report with its source before you change a record."
                    " When you do, name the reference in the reason for the change, so"
                    " that readers can follow it; the report itself is never public."
                    " The e-mail address is deleted when you save one of the statuses"
                    " that close a report: ask what you have to ask first."
                ),
            },
        ),
    )

    def has_add_permission(self, request):
        return False

    @admin.display(description="Record", ordering="partnership__name")
    def subject(self, suggestion):
        if not suggestion.partnership:
            return "The registry"
        address = suggestion.partnership.get_absolute_url()
        anchor = f"#{suggestion.part}" if suggestion.part else ""
        return format_html(
            '<a href="{}{}">{}</a>', address, anchor, suggestion.partnership
        )

    def get_search_results(self, request, queryset, search_term):
        """Find a reference as it was read aloud: small letters, spaces, no lines."""
        letters = "".join(filter(str.isalnum, search_term.upper()))
        if len(letters) == 9 and letters[0] == "R":
            reference = f"R-{letters[1:5]}-{letters[5:]}"
            return queryset.filter(reference=reference), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request, obj, form, change):
        if obj.is_dealt_with:
            obj.email = ""
        super().save_model(request, obj, form, change)
