"""Where editors keep the records: one screen for a partnership and all its rows."""

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.utils.html import format_html

from councils.admin import SECURE_ADDRESSES

from .choices import Publication
from .models import (
    Aim,
    Change,
    FormerSlug,
    Membership,
    Milestone,
    OtherMember,
    Outcome,
    Partnership,
    PartnershipName,
    ServiceFunction,
    Source,
    Suggestion,
)


class NumberedFormSet(BaseInlineFormSet):
    """Gives new rows the next numbers of the record; footnotes use the numbers."""

    def save_new(self, form, commit=True):
        form.instance.number = self.next_number()
        return super().save_new(form, commit=commit)

    def next_number(self) -> int:
        if not hasattr(self, "_number"):
            last = self.get_queryset().order_by("-number").first()
            self._number = last.number if last else 0
        self._number += 1
        return self._number


class OwnSourcesForm(forms.ModelForm):
    """A fact's sources are chosen among those of its own record."""

    def __init__(self, *args, partnership=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = Source.objects.filter(
            partnership=partnership
        ).order_by("number")
        self.fields[
            "sources"
        ].help_text = (
            "The record’s own sources. Save new sources first, then choose them here."
        )


class MembershipForm(OwnSourcesForm):
    """Refuses a membership before its council began or after its last day."""

    def clean(self):
        cleaned = super().clean()
        dates = {name: cleaned.get(name) for name in ("joined", "left")}
        if cleaned.get("council"):
            contradiction = Membership(
                council=cleaned["council"], **dates
            ).outside_lifetime()
            if contradiction:
                self.add_error("council", f"{contradiction}.")
        return cleaned


class OwnSourcesFormSet(BaseInlineFormSet):
    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index)
        return {**kwargs, "partnership": self.instance.pk and self.instance}


class NumberedFactFormSet(OwnSourcesFormSet, NumberedFormSet):
    pass


class PartnershipForm(forms.ModelForm):
    """Asks for the reason of a change that readers will see."""

    reason = forms.CharField(
        label="Reason for this change",
        max_length=300,
        required=False,
        help_text=(
            "Readers see it in the record’s history, or in place of a withdrawn record,"
            " without your name. Needed for a published record. If a reader’s report"
            " led to it, name its reference, such as R-7K3M-9QXD."
        ),
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    def clean(self):
        cleaned = super().clean()
        shown = Publication.PUBLISHED in {
            cleaned.get("publication"),
            self.initial.get("publication"),
        }
        if shown and "reason" not in self.errors and not cleaned.get("reason"):
            self.add_error("reason", "Say why: readers see this record.")
        return cleaned


def was_public(form: PartnershipForm) -> bool:
    """Return whether readers knew the record before this change."""
    return form.initial.get("publication") in {
        Publication.PUBLISHED,
        Publication.WITHDRAWN,
    }


class NameInline(admin.TabularInline):
    model = PartnershipName
    extra = 0


class FormerSlugInline(admin.TabularInline):
    model = FormerSlug
    extra = 0


class MembershipInline(admin.StackedInline):
    model = Membership
    form = MembershipForm
    formset = OwnSourcesFormSet
    autocomplete_fields = ("council",)
    fields = ("council", ("role", "joined", "left"), "sources")
    extra = 0


class OtherMemberInline(admin.StackedInline):
    model = OtherMember
    form = OwnSourcesForm
    formset = OwnSourcesFormSet
    fields = (("name", "kind"), ("role", "joined", "left"), "sources")
    extra = 0


class SourceInline(admin.StackedInline):
    model = Source
    formfield_overrides = SECURE_ADDRESSES
    formset = NumberedFormSet
    fields = ("title", ("publisher", "kind", "published"), "url")
    extra = 0


class AimInline(admin.StackedInline):
    model = Aim
    form = OwnSourcesForm
    formset = NumberedFactFormSet
    fields = ("kind", "text", "sources")
    extra = 0


class OutcomeInline(admin.StackedInline):
    model = Outcome
    form = OwnSourcesForm
    formset = NumberedFactFormSet
    fields = (("kind", "result"), ("amount", "period"), "text", "sources")
    extra = 0


class MilestoneInline(admin.StackedInline):
    model = Milestone
    form = OwnSourcesForm
    formset = NumberedFactFormSet
    fields = ("happened", "text", "sources")
    extra = 0


@admin.register(Partnership)
class PartnershipAdmin(admin.ModelAdmin):
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
        "Every word has to occur in a name, the summary, a service or a member council."
    )
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("functions",)
    save_on_top = True
    form = PartnershipForm
    inlines = (
        NameInline,
        SourceInline,
        MembershipInline,
        OtherMemberInline,
        AimInline,
        OutcomeInline,
        MilestoneInline,
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


@admin.register(ServiceFunction)
class ServiceFunctionAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "is_retired")
    list_filter = ("is_retired",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def has_delete_permission(self, request, obj=None):
        """A function in use is retired, not deleted."""
        in_use = obj is not None and obj.partnerships.exists()
        return not in_use and super().has_delete_permission(request, obj)


class PartOfRecordAdmin(admin.ModelAdmin):
    """Rows are kept on their partnership's page; here they are found and read."""

    list_select_related = ["partnership"]
    autocomplete_fields = ("partnership",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Membership)
class MembershipAdmin(PartOfRecordAdmin):
    list_display = ("council", "partnership", "role", "joined", "left")
    list_select_related = ["partnership", "council"]
    list_filter = ("role", "council__nation")
    search_fields = ("council__name", "partnership__name")


@admin.register(OtherMember)
class OtherMemberAdmin(PartOfRecordAdmin):
    list_display = ("name", "kind", "partnership", "role", "joined", "left")
    list_filter = ("kind", "role")
    search_fields = ("name", "partnership__name")


@admin.register(Source)
class SourceAdmin(PartOfRecordAdmin):
    formfield_overrides = SECURE_ADDRESSES
    list_display = ("title", "publisher", "kind", "published", "partnership")
    list_filter = ("kind",)
    search_fields = ("title", "publisher", "url", "partnership__name")


@admin.register(Aim)
class AimAdmin(PartOfRecordAdmin):
    list_display = ("text", "kind", "partnership")
    list_filter = ("kind",)
    search_fields = ("text", "partnership__name")


@admin.register(Outcome)
class OutcomeAdmin(PartOfRecordAdmin):
    list_display = ("text", "kind", "result", "amount", "period", "partnership")
    list_filter = ("kind", "result", "period")
    search_fields = ("text", "partnership__name")


@admin.register(Milestone)
class MilestoneAdmin(PartOfRecordAdmin):
    list_display = ("text", "happened", "partnership")
    search_fields = ("text", "partnership__name")


@admin.register(PartnershipName)
class PartnershipNameAdmin(PartOfRecordAdmin):
    list_display = ("name", "partnership")
    search_fields = ("name", "partnership__name")


@admin.register(Change)
class ChangeAdmin(PartOfRecordAdmin):
    """The history is read here; it is written by the changes themselves."""

    list_display = ("partnership", "made", "by", "reason")
    list_select_related = ["partnership", "by"]
    search_fields = ("partnership__name", "reason")
    date_hierarchy = "made"


@admin.register(Suggestion)
class SuggestionAdmin(admin.ModelAdmin):
    """Readers' reports: read here, answered by a status and a note."""

    list_display = ("reference", "subject", "part_in_words", "status", "sent")
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


@admin.register(FormerSlug)
class FormerSlugAdmin(PartOfRecordAdmin):
    list_display = ("slug", "partnership")
    search_fields = ("slug", "partnership__name")
