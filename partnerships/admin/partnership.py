"""One screen for a partnership and all its rows."""

from django.contrib import admin

from councils.sheets.admin import SheetsMixin

from ..models import Change, FormerSlug, Partnership
from ..sheets import PartnershipResource
from .checking import CheckingMixin
from .ending import EndingMixin
from .forms import PartnershipForm, was_public
from .inlines import (
    AimInline,
    FormerSlugInline,
    MembershipInline,
    MilestoneInline,
    NameInline,
    OtherMemberInline,
    OutcomeInline,
    SourceInline,
)
from .merging import MergingMixin
from .one_screen import OneScreenMixin
from .publishing import PublishingMixin
from .queues import QueuesMixin
from .together import TogetherMixin
from .versions import VersionsMixin


@admin.register(Partnership)
class PartnershipAdmin(
    TogetherMixin,
    VersionsMixin,
    PublishingMixin,
    OneScreenMixin,
    QueuesMixin,
    CheckingMixin,
    EndingMixin,
    MergingMixin,
    SheetsMixin,
    admin.ModelAdmin,
):
    resource_class = PartnershipResource
    list_display = (
        "name",
        "status",
        "delivery_model",
        "started",
        "ended",
        "latest_evidence",
        "publication",
    )
    list_filter = ("publication", "status", "delivery_model", "confidence", "functions")
    search_fields = ("name",)
    search_help_text = (
        "Every word has to occur in a name, the summary, a service or a member council;"
        " one of up to three letters as a word of its own."
    )
    prepopulated_fields = {"slug": ("name",)}
    save_on_top = True
    form = PartnershipForm
    inlines = (
        SourceInline,
        MembershipInline,
        OtherMemberInline,
        AimInline,
        OutcomeInline,
        MilestoneInline,
        NameInline,
        FormerSlugInline,
    )
    fieldsets = (
        (None, {"fields": ("name", "slug", "summary", "publication", "reason")}),
        (
            "What is shared, and how",
            {"fields": ("functions", "delivery_model", "staff")},
        ),
        (
            "Dates and status",
            {
                "fields": (
                    ("announced", "started", "ended"),
                    ("status", "latest_evidence", "status_in_june_2013"),
                    "end_reason",
                ),
                "description": (
                    "Dates as exact as the source: 2012, 2012-05 or 2012-05-17;"
                    " ? for uncertain, ~ for approximate. Leave blank what no source"
                    " says."
                ),
            },
        ),
        ("How sure we are", {"fields": ("confidence", "gaps")}),
    )

    def get_search_results(self, request, queryset, search_term):
        return queryset.matching(search_term), False

    def save_model(self, request, obj, form, change):
        if change:
            Change.objects.begin(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Keep the record as it stands once its rows are saved too."""
        super().save_related(request, form, formsets, change)
        if "slug" in form.changed_data and was_public(form):
            FormerSlug.objects.get_or_create(
                slug=form.initial["slug"], defaults={"partnership": form.instance}
            )
        reason = form.cleaned_data["reason"] or "Work on a draft."
        Change.objects.record(form.instance, reason=reason, by=request.user)

    def get_prepopulated_fields(self, request, obj=None):
        # A public address never changes, so it follows the name only at first.
        return {} if obj else self.prepopulated_fields
