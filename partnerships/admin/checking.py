"""The rota in the admin: when a record was checked, when it is due, and marking it."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from councils.admin import AS_TYPED

from ..choices import Publication
from ..models import Check, LinkCheck, Source
from .rows import PartOfRecordAdmin, ReadOnlyAdmin


class CheckForm(forms.ModelForm):
    class Meta:
        model = Check
        fields = ("note",)
        widgets = {"note": forms.TextInput(attrs={"class": "vTextField"})}


class CheckingActionForm(ActionForm):
    """The list's actions, with a note for the one that marks records as checked."""

    note = forms.CharField(
        label="Note, for a check:",
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 300}),
    )


class CheckFilter(admin.SimpleListFilter):
    title = "check against the sources"
    parameter_name = "check"

    def lookups(self, request, model_admin):
        return [
            ("due", "Due for checking"),
            ("in-time", "Checked in time"),
            ("never", "Never checked"),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        match self.value():
            case None:
                return queryset
            case "due":
                return queryset.due_for_checking(today)
            case "in-time":
                return queryset.checked_in_time(today)
            case "never":
                return queryset.with_last_check().filter(last_checked=None)
        raise IncorrectLookupParameters(f"“{self.value()}” is no state of a check.")


class CheckingMixin(admin.ModelAdmin):
    """Says when each record was checked, and takes a new check with one click."""

    actions = ("mark_as_checked",)
    action_form = CheckingActionForm

    def get_queryset(self, request):
        return super().get_queryset(request).with_last_check()

    def get_list_filter(self, request):
        return (*super().get_list_filter(request), CheckFilter)

    def get_list_display(self, request):
        return (*super().get_list_display(request), "last_checked")

    @admin.display(description="Checked on", ordering="last_checked")
    def last_checked(self, partnership):
        return partnership.last_checked

    def get_urls(self):
        return [
            path(
                "<path:object_id>/checks/",
                self.admin_site.admin_view(self.checks_view),
                name="partnerships_partnership_checks",
            ),
            *super().get_urls(),
        ]

    def record_tools(self, request, partnership):
        tools = super().record_tools(request, partnership)
        if self.has_view_permission(request, partnership):
            tools = [*tools, ("Checks", checks_address(partnership))]
        return tools

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        # A check changes nothing that readers see, so a record that only reviewers may
        # change is checked by every editor.
        if obj and self.has_change_permission(request):
            context = {**context, "check": self.check_of(obj, CheckForm())}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def check_of(self, partnership, form):
        """Return what the box above a record says and asks of its check."""
        is_on_rota = partnership.publication == Publication.PUBLISHED
        return {
            "address": checks_address(partnership),
            "form": form,
            "last": partnership.checks.select_related("by").first(),
            "next": partnership.next_check() if is_on_rota else None,
            "due": capfirst(partnership.due_in_words()) if is_on_rota else "",
        }

    def checks_view(self, request, object_id):
        """Show a record's checks and sources; a POST marks it as checked today."""
        partnership = self.get_object(request, unquote(object_id))
        if partnership is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_check = self.has_change_permission(request)
        if not (may_check or self.has_view_permission(request, partnership)):
            raise PermissionDenied
        form = CheckForm(request.POST or None)
        if request.method == "POST":
            if not may_check:
                raise PermissionDenied
            form = CheckForm(request.POST)
            if form.is_valid():
                self.mark(request, partnership, form.cleaned_data["note"])
                messages.success(request, f"“{partnership}” is marked as checked.")
                return redirect("admin:partnerships_partnership_change", partnership.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Checks",
            "opts": self.opts,
            "original": partnership,
            "check": self.check_of(partnership, form),
            "may_check": may_check,
            "checks": partnership.checks.select_related("by"),
            "sources": Source.objects.filter(partnership=partnership)
            .with_link_failure()
            .order_by("number"),
        }
        return render(
            request,
            "admin/partnerships/partnership/checks.html",
            context,
            status=400 if form.errors else 200,
        )

    @admin.action(description="Mark as checked today", permissions=["change"])
    def mark_as_checked(self, request, queryset):
        form = CheckForm(request.POST)
        if not form.is_valid():
            for error in form.errors["note"]:
                messages.error(request, f"Nothing is marked as checked. Note: {error}")
            return
        with transaction.atomic():
            partnerships = list(queryset)
            for partnership in partnerships:
                self.mark(request, partnership, form.cleaned_data["note"])
        number = len(partnerships)
        are = "record is" if number == 1 else "records are"
        messages.success(request, f"{number} {are} marked as checked.")

    def mark(self, request, partnership, note):
        with transaction.atomic():
            Check.objects.create(partnership=partnership, by=request.user, note=note)
            self.log_change(request, partnership, "Marked as checked.")


def checks_address(partnership) -> str:
    return reverse("admin:partnerships_partnership_checks", args=[partnership.pk])


@admin.register(Check)
class CheckAdmin(PartOfRecordAdmin):
    """Checks are made on their record's screen and its list; here they are read."""

    list_display = ("partnership", "checked_on", "by", "note")
    list_select_related = ["partnership", "by"]
    search_fields = ("partnership__name", "note")
    date_hierarchy = "checked_on"


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnlyAdmin):
    """What the sources' addresses answered; `check_links` asks them."""

    formfield_overrides = AS_TYPED
    list_display = ("url", "status", "error", "checked")
    list_filter = (("error", admin.EmptyFieldListFilter), "status")
    search_fields = ("url", "error")
    date_hierarchy = "checked"
