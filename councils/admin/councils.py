"""Where editors keep the councils, their names, their codes and who took over."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.urls import path

from ..council_box import CouncilBoxes, CouncilBoxView
from ..models import Council, CouncilName, FormerCode, Succession
from ..sheets.admin import SheetsMixin
from ..sheets.councils import CouncilResource
from .addresses import LastingSlugs
from .boxes import AS_TYPED, EMPTY_ROWS
from .deleting import DeletingMixin
from .seen import SeenMixin


class CouncilNameInline(admin.TabularInline):
    model = CouncilName
    extra = EMPTY_ROWS


class FormerCodeInline(admin.TabularInline):
    model = FormerCode
    extra = EMPTY_ROWS


class SuccessionRows(CouncilBoxes, admin.TabularInline):
    """Who took over from whom, each row with both councils."""

    model = Succession

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related("predecessor", "successor", "order")


class SuccessionFormSet(BaseInlineFormSet):
    """Leaves what an order says to the order, which also gives the councils' days."""

    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            if order := form.instance.order:
                raise ValidationError(
                    f"“{order}” says “{form.instance}”: take it out there, in the"
                    " order, so that the councils’ days follow."
                )


class SuccessorInline(SuccessionRows):
    formset = SuccessionFormSet
    fk_name = "predecessor"
    extra = EMPTY_ROWS
    verbose_name = "successor"
    verbose_name_plural = "What became of it"


class PredecessorInline(SuccessionRows):
    formset = SuccessionFormSet
    fk_name = "successor"
    extra = EMPTY_ROWS
    verbose_name = "predecessor"
    verbose_name_plural = "Where it came from"


@admin.register(Council)
class CouncilAdmin(
    SeenMixin, DeletingMixin, LastingSlugs, SheetsMixin, admin.ModelAdmin
):
    resource_class = CouncilResource
    formfield_overrides = AS_TYPED
    list_display = ("name", "council_type", "region", "started", "ended", "gss_code")
    list_filter = (
        ("ended", admin.EmptyFieldListFilter),
        "council_type",
        "nation",
        "region",
    )
    search_fields = ("name",)
    search_help_text = "Names, former and Welsh names, GSS codes and former codes."
    prepopulated_fields = {"slug": ("short_name",)}
    inlines = (CouncilNameInline, FormerCodeInline, SuccessorInline, PredecessorInline)
    fieldsets = (
        (None, {"fields": ("name", "short_name", "slug", "name_cy")}),
        ("Kind and place", {"fields": ("council_type", "nation", "region")}),
        ("Dates", {"fields": ("started", "ended")}),
        (
            "Codes and details",
            {
                "fields": (
                    "gss_code",
                    "county_area",
                    "website",
                    "latitude",
                    "longitude",
                    "note",
                )
            },
        ),
    )

    def get_search_results(self, request, queryset, search_term):
        return queryset.named_like(search_term), False

    def get_urls(self):
        box = CouncilBoxView.as_view(admin_site=self.admin_site)
        guarded = self.admin_site.admin_view(box)
        return [path("box/", guarded, name="councils_council_box"), *super().get_urls()]


@admin.register(Succession)
class SuccessionAdmin(SeenMixin, DeletingMixin, CouncilBoxes, admin.ModelAdmin):
    list_display = (
        "predecessor",
        "successor",
        "last_day",
        "extent",
        "is_same_legal_body",
    )
    list_filter = ("extent", "is_same_legal_body", "last_day")
    list_select_related = ("predecessor", "successor")
    date_hierarchy = "last_day"
    search_fields = ("predecessor__name",)
    search_help_text = "Names and codes of either council."

    def why_it_stays(self, obj):
        return f"{obj.order} says it: take its row out there." if obj.order else ""

    def get_search_results(self, request, queryset, search_term):
        councils = Council.objects.named_like(search_term)
        either = queryset.filter(predecessor__in=councils) | queryset.filter(
            successor__in=councils
        )
        return either, False


@admin.register(CouncilName)
class CouncilNameAdmin(SeenMixin, CouncilBoxes, admin.ModelAdmin):
    list_display = ("name", "council")
    list_select_related = ("council",)
    search_fields = ("name", "council__name")


@admin.register(FormerCode)
class FormerCodeAdmin(SeenMixin, CouncilBoxes, admin.ModelAdmin):
    list_display = ("gss_code", "council")
    list_select_related = ("council",)
    search_fields = ("gss_code", "council__name")
