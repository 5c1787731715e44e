"""What changed in a record, who changed it and why; and how it is put back."""

from itertools import pairwise
from typing import NamedTuple

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from councils.sealing import sealed, unsealed
from councils.whole_numbers import whole

from ..history import Difference, Names, differences
from ..models import Change, Partnership
from ..models.history import version_of
from ..putting_back import NEVER_PUT_BACK, but_for_standing, without, write
from .forms import ReasonForm


class Step(NamedTuple):
    """A change with what it changed; nothing in the first, which only shows a start."""

    change: Change
    differences: list[tuple[Difference, bool]]
    is_newest: bool


class VersionsMixin(admin.ModelAdmin):
    """Shows a record's history on one page, and puts parts or the whole of it back."""

    def get_urls(self):
        return [
            path(
                "<int:object_id>/history/<int:change_id>/put-back/",
                self.admin_site.admin_view(self.put_back_view),
                name="partnerships_partnership_put_back",
            ),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        record = self.get_object(request, object_id)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        return TemplateResponse(
            request,
            "admin/partnerships/partnership/history.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": f"History of {record}",
                "original": record,
                "steps": steps(record),
                "may_put_back": self.has_change_permission(request, record),
                **(extra_context or {}),
            },
        )

    @transaction.atomic
    def put_back_view(self, request, object_id, change_id):
        """Show what putting back would change; do it once a reason is given.

        `difference` in the address is the place of one difference in its change,
        from 1; without it the whole version is put back.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        record = Partnership.objects.select_for_update().filter(pk=object_id).first()
        change = record and record.changes.filter(pk=change_id).first()
        if not change:
            raise Http404("There is no such change of a record.")
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        current, names = version_of(record), Names()
        refusal, version = "", current
        try:
            version = version_after(record, change, request.GET.get("difference"))
        except ValidationError as error:
            refusal = " ".join(error.messages)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and not refusal:
            if unsealed(request.POST.get("current"), record) != current:
                form.add_error(
                    None,
                    "The record has changed meanwhile: look again.",
                )
            elif form.is_valid():
                try:
                    return self.put_back(request, record, version, form)
                except ValidationError as error:
                    form.add_error(None, error.messages)
        return TemplateResponse(
            request,
            "admin/partnerships/partnership/put_back.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Put back",
                "original": record,
                "change": change,
                "refusal": refusal,
                "differences": list(differences(current, version, names)),
                "current": sealed(current, record),
                "form": form,
            },
            status=400 if refusal or form.errors else 200,
        )

    def put_back(self, request, record, version, form):
        reason = form.cleaned_data["reason"]
        with transaction.atomic():
            Change.objects.begin(record)
            write(record, version)
            Change.objects.record(record, reason=reason, by=request.user)
            self.log_change(request, record, f"Put back. {reason}")
        self.message_user(request, f"“{record}” was put back as you saw.")
        return HttpResponseRedirect(
            reverse("admin:partnerships_partnership_history", args=[record.pk])
        )


def steps(record: Partnership) -> list[Step]:
    """Return the changes of a record, newest first, each with its differences."""
    names = Names()
    changes = list(record.changes.select_related("by").order_by("pk"))
    found = [Step(change, [], change is changes[-1]) for change in changes[:1]]
    for before, after in pairwise(changes):
        changed = differences(before.version, after.version, names)
        found.append(
            Step(
                after,
                [(one, one.field not in NEVER_PUT_BACK) for one in changed],
                after is changes[-1],
            )
        )
    return found[::-1]


def version_after(record: Partnership, change: Change, place: str | None):
    """Return what the record would say; ValidationError where that cannot be."""
    if place is None:
        return but_for_standing(change.version, record)
    before = record.changes.filter(pk__lt=change.pk).order_by("-pk").first()
    if before is None:
        raise BadRequest("Nothing is known of the time before the first version.")
    changed = list(differences(before.version, change.version, Names()))
    number = whole(place)
    if not number or number > len(changed):
        raise BadRequest(f"This change has no difference “{place}”.")
    difference = changed[number - 1]
    if difference.field in NEVER_PUT_BACK:
        raise BadRequest("An address and a publication are never put back.")
    return without(difference, version_of(record), before.version)
