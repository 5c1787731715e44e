"""Two editors at one record: the second save is compared with the first, not lost."""

import re

from django import forms
from django.contrib import admin, messages
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse

from councils.admin.nothing_lost import NothingLostMixin
from councils.sealing import sealed, unsealed

from ..models import Change, Partnership
from ..publishing import PUBLISH, UNSEEN, states_after
from ..putting_back import write
from ..together import (
    ON_THE_FORM,
    THEIRS,
    YOURS,
    TwoVersions,
    seen_now,
)
from .citing import ROW
from .forms import ReasonForm


class ChoicesForm(ReasonForm):
    """Asks for each difference which of two versions stays, and for the reason."""

    def __init__(self, *args, choices, must_say_why, **kwargs):
        super().__init__(*args, must_say_why=must_say_why, **kwargs)
        asked = {
            choice.name: forms.ChoiceField(
                label=choice.what,
                initial=choice.preset,
                help_text=f"Before both: {choice.before}",
                choices=[
                    (THEIRS, f"Saved now: {choice.theirs}"),
                    (YOURS, f"Yours: {choice.yours}"),
                ],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose one: both of you changed it."},
            )
            for choice in choices
        }
        self.fields = {**asked, **self.fields}


class NoMessages(BaseStorage):
    """Takes the messages of a save that is undone again, and shows them to nobody."""

    def _get(self, *args, **kwargs):
        return [], True

    def _store(self, messages, response, *args, **kwargs):
        return []


class TogetherMixin(NothingLostMixin, admin.ModelAdmin):
    """Refuses a save over a version of the record that its editor has not seen."""

    def opened_with(self, request, shown):
        return opened_with(shown)

    def lock(self, request, shown):
        list(Partnership.objects.select_for_update().filter(pk=shown.pk))

    def save_or_show(self, request, record, usual):
        """Save the form over the version it was opened with, or show both versions.

        An error in it is shown first, and changes nothing of what its editor has seen.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        seen = request.POST.get("seen")
        may_decide = self.has_change_permission(request, record)
        if not may_decide and ("yours" in request.POST or not seen):
            raise PermissionDenied
        opened = unsealed(seen, record)
        # Published while it was open: who may not change it now is shown what they
        # typed beside it, so that it is not lost.
        was_draft = opened["version"][0]["fields"]["publication"] in UNSEEN
        if not may_decide and not was_draft:
            raise PermissionDenied
        if "yours" in request.POST:
            yours = unsealed(request.POST["yours"], record)
            return self.decide(request, record, opened, yours)
        if opened["version"] == seen_now(record):
            return usual(seen)

        with transaction.atomic():
            # Their save is undone for a moment, so that yours meets what you saw and
            # every rule of the form; then yours is undone, and theirs is back.
            try:
                write(record, opened["version"], ON_THE_FORM, validate=False)
            except ValidationError as error:
                raise BadRequest(
                    "Somebody else has changed this record, and your version cannot be"
                    f" compared with theirs: {' '.join(error.messages)} Nothing was"
                    " saved. Go back to copy what you typed."
                ) from error
            shown, request._messages = request._messages, NoMessages(request)
            response = usual(seen)
            request._messages = shown
            saved = not isinstance(response, TemplateResponse)
            if not saved:
                response.render()
            yours = seen_now(record)
            transaction.set_rollback(True)
        return self.ask(request, record, opened, yours) if saved else response

    def typed_for_a_new_one(self, request):
        """Have facts cite their sources by place: those have no keys now."""
        places = {
            value: f"{ROW}{place}"
            for name, value in request.POST.items()
            if (place := "".join(re.findall(r"^sources-(\d+)-id$", name))) and value
        }
        return [
            (name, places.get(value, value) if name.endswith("-sources") else value)
            for name, value in super().typed_for_a_new_one(request)
        ]

    def ask(self, request, record, opened, yours, form=None):
        """Show both versions field by field, and ask which stays."""
        record = Partnership.objects.get(pk=record.pk)
        two = TwoVersions(opened["version"], seen_now(record), yours)
        choices = list(two.choices())
        if not choices:
            self.message_user(
                request, f"“{record}” already says all that you typed.", messages.INFO
            )
            return HttpResponseRedirect(request.path)
        if form is None:
            form = ChoicesForm(
                choices=choices,
                must_say_why=is_public(record),
                initial={"reason": request.POST.get("reason", "")},
            )
        since = record.changes.filter(pk__gt=opened["change"]).select_related("by")
        # The oldest of all says only what the record was before anybody changed it.
        changes = since if opened["change"] else since.exclude(by=None)
        return TemplateResponse(
            request,
            "admin/partnerships/partnership/together.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Somebody else has changed this record",
                "original": record,
                "form": form,
                "changes": changes,
                "may_decide": self.has_change_permission(request, record),
                # What is decided next is decided between yours and this version.
                "seen": sealed({**opened, "theirs": seen_now(record)}, record),
                "yours": sealed(yours, record),
                "media": self.media,
            },
            status=409,
        )

    def decide(self, request, record, opened, yours):
        """Write what the editor chose, unless the record has changed once more."""
        if opened.get("theirs") != seen_now(record):
            messages.warning(
                request, "The record has changed once more: please compare again."
            )
            return self.ask(request, record, opened, yours)
        two = TwoVersions(opened["version"], seen_now(record), yours)
        form = ChoicesForm(
            request.POST, choices=list(two.choices()), must_say_why=is_public(record)
        )
        if form.is_valid():
            try:
                self.write_choice(request, record, two.chosen(form.cleaned_data), form)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                return HttpResponseRedirect(request.path)
        return self.ask(request, record, opened, yours, form)

    def write_choice(self, request, record, version, form):
        may_publish = request.user.has_perm(PUBLISH)
        states = states_after(record.publication, may_publish)
        if version[0]["fields"]["publication"] not in states:
            raise PermissionDenied
        with transaction.atomic():
            Change.objects.begin(record)
            write(record, version, ON_THE_FORM)
            reason = form.cleaned_data["reason"] or "Work on a draft."
            Change.objects.record(record, reason=reason, by=request.user)
            self.log_change(request, record, f"Two versions made one. {reason}")
        self.message_user(request, f"“{record}” was saved as you chose.")


def opened_with(record: Partnership) -> dict:
    newest = record.changes.order_by("-pk").values_list("pk", flat=True).first()
    return {"version": seen_now(record), "change": newest or 0}


def is_public(record: Partnership) -> bool:
    return record.publication == "published"
