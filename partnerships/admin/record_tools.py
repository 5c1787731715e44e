"""Small pages that ask for what a tool of a record needs, and why it is used."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.generic import FormView

from ..models import Change, Partnership
from ..publishing import refuse_unready
from .forms import ReasonForm

ADDRESS = "admin:partnerships_partnership_{}"


class RecordToolView(FormView):
    """One thing that is done with one record, in one transaction, with a reason."""

    model_admin: Any = None
    template_name = "admin/partnerships/partnership/tool.html"
    form_class: type[forms.Form] = ReasonForm
    name: ClassVar[str]  # the end of its address
    label: ClassVar[str]  # above the record's form, on its page and on its button
    explanation = ""
    permission = "change_partnership"

    @classmethod
    def is_possible(cls, partnership: Partnership) -> bool:
        """Return whether the record is in a state in which the tool makes sense."""
        raise NotImplementedError

    def act(self, form) -> str:
        """Do it; return a sentence that says what was done."""
        raise NotImplementedError

    @classmethod
    def is_allowed(cls, request) -> bool:
        wanted = {"change_partnership", cls.permission}
        return request.user.has_perms(f"partnerships.{name}" for name in wanted)

    @classmethod
    def address_for(cls, partnership: Partnership) -> str:
        name = ADDRESS.format(cls.name.replace("-", "_"))
        return reverse(name, args=[partnership.pk])

    @transaction.atomic
    def dispatch(self, request, *args, **kwargs):
        if not self.is_allowed(request):
            raise PermissionDenied
        records = Partnership.objects.select_for_update()
        self.partnership = get_object_or_404(records, pk=kwargs["pk"])
        if not self.model_admin.has_change_permission(request, self.partnership):
            raise PermissionDenied
        if not self.is_possible(self.partnership):
            said = f"“{self.label}” is not possible for this record as it stands now."
            messages.error(request, said)
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        return reverse(ADDRESS.format("change"), args=[self.partnership.pk])

    def form_valid(self, form):
        try:
            with transaction.atomic():
                said = self.act(form)
                refuse_unready(self.partnership)
        except ValidationError as error:
            for field, sentences in by_field(error).items():
                form.add_error(field if field in form.fields else None, sentences)
            return self.form_invalid(form)
        messages.success(self.request, said)
        return super().form_valid(form)

    def get_context_data(self, **kwargs):
        site = self.model_admin.admin_site
        return super().get_context_data(
            **site.each_context(self.request),
            title=self.label,
            subtitle=str(self.partnership),
            opts=self.model_admin.opts,
            original=self.partnership,
            explanation=self.explanation,
            media=self.model_admin.media,
            **kwargs,
        )

    def record(self, reason: str) -> None:
        """Keep the record as it stands now, by who asked for it."""
        Change.objects.record(self.partnership, reason=reason, by=self.request.user)


def by_field(error: ValidationError) -> dict[Any, list[str]]:
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {None: error.messages}


class RecordToolsMixin(admin.ModelAdmin):
    """Offers above a record's form what can be done with it besides editing it."""

    change_form_template = "admin/partnerships/partnership/change_form.html"

    def record_views(self) -> list[type[RecordToolView]]:
        return []

    def get_urls(self):
        views = [
            path(
                f"<int:pk>/{view.name}/",
                self.admin_site.admin_view(view.as_view(model_admin=self)),
                name=f"partnerships_partnership_{view.name.replace('-', '_')}",
            )
            for view in self.record_views()
        ]
        return [*views, *super().get_urls()]

    def record_tools(self, request, partnership) -> list[tuple[str, str]]:
        """Return the label and the address of each tool that this user may use."""
        if not self.has_change_permission(request, partnership):
            return []
        return [
            (view.label, view.address_for(partnership))
            for view in self.record_views()
            if view.is_allowed(request) and view.is_possible(partnership)
        ]

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        tools = self.record_tools(request, obj) if obj else []
        context = {**context, "record_tools": tools}
        return super().render_change_form(request, context, add, change, form_url, obj)
