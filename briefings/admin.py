"""Where editors keep what readers are told: briefings, lessons, delivery models."""

from django.contrib import admin
from django.utils.html import format_html_join

from councils.admin import (
    AS_TYPED,
    EMPTY_ROWS,
    DeletingMixin,
    LastingSlugs,
    SeenMixin,
)
from partnerships.admin.boxes import Boxes
from partnerships.admin.rows import ReadOnlyAdmin
from partnerships.choices import Publication
from partnerships.publishing import PUBLISH, UNSEEN

from .facts import FACTS
from .models import Briefing, CaseStudy, DeliveryModelGuide, LegalPower, Lesson

MARKDOWN = (
    "Markdown: a blank line between paragraphs, * before each point of a list,"
    " _italics_, **bold** and [links](https://example.org/)."
)


class CaseBoxes(admin.options.BaseModelAdmin):
    """Asks for a lesson's cases in boxes: a briefing gives few."""

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.related_model is not CaseStudy:
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        group = db_field.verbose_name.capitalize()
        kwargs["widget"] = Boxes(group=group, kind="case-boxes")
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.choices = list(field.choices)  # read once for all lessons of a briefing
        return field

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.prefetch_related("cases_for", "cases_against")


class LessonInline(LastingSlugs, CaseBoxes, admin.StackedInline):
    model = Lesson
    formfield_overrides = AS_TYPED
    fields = (
        ("number", "slug", "theme"),
        "point",
        "cases_for",
        "cases_against",
        "question",
        "relevance",
    )
    extra = EMPTY_ROWS


@admin.register(Briefing)
class BriefingAdmin(SeenMixin, DeletingMixin, LastingSlugs, admin.ModelAdmin):
    formfield_overrides = AS_TYPED
    list_display = ("title", "publisher", "announced")
    search_fields = ("title", "publisher", "argument")
    search_help_text = "Words of the title, the publisher and the argument."
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("names",)
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


@admin.register(CaseStudy)
class CaseStudyAdmin(SeenMixin, DeletingMixin, admin.ModelAdmin):
    formfield_overrides = AS_TYPED
    list_display = ("title", "partnership", "briefing")
    list_select_related = ("partnership", "briefing")
    list_filter = ("briefing",)
    search_fields = ("title", "partnership__name", "introduction")
    search_help_text = "Words of the title, the partnership’s name, the introduction."
    readonly_fields = ("sources_of_the_record",)
    fieldsets = (
        (None, {"fields": ("partnership", "briefing", "title")}),
        (
            "Prose",
            {
                "fields": ("sources_of_the_record", *CaseStudy.PROSE),
                "description": (
                    f"{MARKDOWN} End each paragraph, and each point of a list, with the"
                    " numbers of its sources in the record, as in [1] [2]. Leave dates,"
                    " members, staff, results and money to the record: the page shows"
                    " them from there. Where a sentence needs one, write what it pulls"
                    f" from the record: {', '.join(f'{{{name}}}' for name in FACTS)}."
                    " It has to read well with a year, a day or “not known”."
                ),
            },
        ),
    )

    def has_change_permission(self, request, obj=None):
        """What readers see or saw is changed by those who may publish."""
        return self.is_open(request, obj) and super().has_change_permission(
            request, obj
        )

    def has_delete_permission(self, request, obj=None):
        return self.is_open(request, obj) and super().has_delete_permission(
            request, obj
        )

    def is_open(self, request, case_study) -> bool:
        return (
            not case_study
            or case_study.partnership.publication in UNSEEN
            or request.user.has_perm(PUBLISH)
        )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A case study is public with its record, so writing one may be publishing."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "partnership" and not request.user.has_perm(PUBLISH):
            field.queryset = field.queryset.filter(publication__in=UNSEEN)
            field.help_text = "A record that is a draft or in review."
            field.error_messages["invalid_choice"] = (
                "Readers see or saw this record: a reviewer writes its case study."
            )
        return field

    def get_view_on_site_url(self, obj=None):
        """Offer no way to a page that readers do not have."""
        if obj and obj.partnership.publication != Publication.PUBLISHED:
            return None
        return super().get_view_on_site_url(obj)

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
class LessonAdmin(SeenMixin, DeletingMixin, LastingSlugs, CaseBoxes, admin.ModelAdmin):
    formfield_overrides = AS_TYPED
    list_display = ("point", "theme", "number", "briefing", "question")
    list_select_related = ("briefing",)
    list_filter = ("theme", "briefing")
    search_fields = ("point", "slug")
    search_help_text = "Words of the lesson."
    fieldsets = (
        (None, {"fields": (("briefing", "number", "theme"), "slug", "point")}),
        (
            "Its cases in the briefing",
            {
                "fields": ("cases_for", "cases_against"),
                "description": "Only those that the briefing itself gives.",
            },
        ),
        ("The records that bear on it", {"fields": ("question", "relevance")}),
    )


class LegalPowerInline(admin.StackedInline):
    model = LegalPower
    formfield_overrides = AS_TYPED
    fields = (("number", "statute", "section", "applies_in"), "text", "url")
    extra = EMPTY_ROWS


@admin.register(DeliveryModelGuide)
class DeliveryModelGuideAdmin(SeenMixin, admin.ModelAdmin):
    formfield_overrides = AS_TYPED
    list_display = ("__str__", "weighed_by")
    list_select_related = ("weighed_by",)
    search_fields = ("delivery_model", "description")
    search_help_text = "Words of the description."
    inlines = (LegalPowerInline,)
    fieldsets = (
        (
            None,
            {"fields": ("delivery_model", "description"), "description": MARKDOWN},
        ),
        (
            "As a briefing weighs it",
            {
                "fields": ("weighed_by", *DeliveryModelGuide.WEIGHED),
                "description": (
                    "Only what the briefing’s source says. Leave blank what it does not"
                    " weigh: readers are told that it is silent."
                ),
            },
        ),
    )


@admin.register(LegalPower)
class LegalPowerAdmin(ReadOnlyAdmin):
    """Powers are kept on the page of their delivery model; here they are found."""

    formfield_overrides = AS_TYPED
    list_display = ("__str__", "guide", "applies_in")
    list_select_related = ("guide",)
    search_fields = ("statute", "section", "text")
