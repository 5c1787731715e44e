"""Where editors keep what readers are told: briefings, case studies and lessons."""

from django.contrib import admin
from django.utils.html import format_html_join

from councils.admin import SECURE_ADDRESSES

from .models import Briefing, CaseStudy, Lesson


class LessonInline(admin.StackedInline):
    model = Lesson
    fields = (("number", "slug"), "point", "cases")
    autocomplete_fields = ("cases",)
    extra = 0


@admin.register(Briefing)
class BriefingAdmin(admin.ModelAdmin):
    formfield_overrides = SECURE_ADDRESSES
    list_display = ("title", "publisher", "announced")
    search_fields = ("title", "publisher", "argument")
    search_help_text = "Words of the title, the publisher and the argument."
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("names",)
    inlines = (LessonInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "slug",
                    ("publisher", "announced", "available_from"),
                    "argument",
                )
            },
        ),
        (
            "The briefing and the registry",
            {
                "fields": ("arrangements_covered", "scope", "names"),
                "description": (
                    "Readers are told that every record which no briefing names is our"
                    " own reconstruction. Choose only those that the source names."
                ),
            },
        ),
        (
            "Our source for it",
            {
                "fields": (
                    "source_title",
                    ("source_publisher", "source_kind", "source_published"),
                    "source_url",
                )
            },
        ),
    )

    def get_prepopulated_fields(self, request, obj=None):
        # A public address never changes, so it follows the title only at first.
        return {} if obj else self.prepopulated_fields


@admin.register(CaseStudy)
class CaseStudyAdmin(admin.ModelAdmin):
    list_display = ("title", "partnership", "briefing")
    list_select_related = ("partnership", "briefing")
    list_filter = ("briefing",)
    search_fields = ("title", "partnership__name", "introduction")
    search_help_text = "Words of the title, the partnership’s name, the introduction."
    autocomplete_fields = ("partnership", "briefing")
    readonly_fields = ("sources_of_the_record",)
    fieldsets = (
        (None, {"fields": ("partnership", "briefing", "title")}),
        (
            "Prose",
            {
                "fields": ("sources_of_the_record", *CaseStudy.PROSE),
                "description": (
                    "One paragraph a line. End each with the numbers of its sources in"
                    " the record, as in [1] [2]. Leave dates, members, staff, results"
                    " and money to the record: the page shows them from there."
                ),
            },
        ),
    )

    def sources_of_the_record(self, case_study):
        if not case_study.partnership_id:
            return "Shown once this is saved; the partnership’s page lists them too."
        sources = case_study.partnership.sources.order_by("number")
        return format_html_join(
            "",
            "<div>[{}] {}, {}</div>",
            sources.values_list("number", "title", "publisher"),
        )


@admin.register(Lesson)
class LessonAdmin(admin.ModelAdmin):
    list_display = ("point", "number", "briefing")
    list_select_related = ("briefing",)
    list_filter = ("briefing",)
    search_fields = ("point", "slug")
    search_help_text = "Words of the lesson."
    autocomplete_fields = ("briefing", "cases")
    fields = (("briefing", "number"), "slug", "point", "cases")
