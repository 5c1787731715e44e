"""Two editors at one page: a save over a version that its editor has not seen waits.

The form carries what was saved when it was opened. Where something else is saved now,
it comes back with what the other editor changed in it and with all that its own editor
typed, and the next save goes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from ..days import in_words
from ..sealing import sealed, unsealed
from .nothing_lost import NothingLostMixin, key_to_page
from .theirs import RowsWithTheirs, Theirs, Version, WithTheirs, version_of


class Opened(NamedTuple):
    """What a form was opened with: the version, and the newest entry of its log."""

    version: Version
    entry: int


class SeenMixin(NothingLostMixin, admin.ModelAdmin):
    """Holds a save over a version that its editor has not seen."""

    def lock(self, request, shown):
        for rows in self.rows_shown(request, shown):
            list(rows.select_for_update(of=["self"], no_key=True))

    def save_or_show(self, request, found, usual):
        """Save the form over the version it was opened with, or show it once more."""
        if not self.has_change_permission(request, found):
            return self.show_what_was_typed(request, is_there=True)
        seen = request.POST.get("seen")
        opened = Opened(*unsealed(seen, found))
        now = self.opened_with(request, found)
        if opened.version == now.version:
            return usual(seen)
        request.theirs = Theirs(opened.version, now.version)
        request.told = self.tell(request, found, opened.entry)
        response = usual(sealed(now, found))
        response.status_code = 409
        return response

    def rows_shown(self, request, shown: models.Model) -> Iterator[models.QuerySet]:
        """Yield what the page of an object shows: itself, then its rows, by key."""
        yield self.model._base_manager.filter(pk=shown.pk)
        for inline in self.get_inline_instances(request, shown):
            of_page = {key_to_page(inline, self.model).name: shown}
            yield inline.get_queryset(request).filter(**of_page).order_by("pk")

    def opened_with(self, request, shown) -> Opened:
        """Return what the page of an object shows, and the newest entry of its log."""
        rows = [row for rows in self.rows_shown(request, shown) for row in rows]
        newest = log_of(shown).order_by("-pk").values_list("pk", flat=True).first()
        return Opened(version_of(rows), newest or 0)

    def tell(self, request, shown: models.Model, entry: int) -> str:
        """Say who has saved the object since an entry of its log, and what changed."""
        since = log_of(shown).filter(pk__gt=entry).select_related("user").order_by("pk")
        who = " and ".join(
            dict.fromkeys(
                f"{name_of(entry.user, request.user)} on"
                f" {in_words(timezone.localtime(entry.action_time))}"
                for entry in since
            )
        )
        by = f", by {who}" if who else ""
        return (
            f"Saved since you opened this{by}:"
            f" {'; '.join(request.theirs.changes(shown))}. Nothing of yours is saved"
            " yet. What you left alone is in the form as it is saved; where both were"
            " changed, the box keeps what you typed and says what is saved. Look at"
            " both, and save again."
        )

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if not hasattr(request, "theirs"):
            return form
        said = {"theirs": request.theirs, "told": request.told}
        return type(form.__name__, (WithTheirs, form), said)

    def get_formsets_with_inlines(self, request, obj=None):
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if hasattr(request, "theirs"):
                said = {"theirs": request.theirs}
                form = type(formset.form.__name__, (WithTheirs, formset.form), said)
                may = [inline.has_add_permission, inline.has_change_permission]
                said |= {"form": form, "may_add": all(it(request, obj) for it in may)}
                formset = type(formset.__name__, (RowsWithTheirs, formset), said)
            yield formset, inline


def log_of(shown: models.Model) -> models.QuerySet:
    kind = ContentType.objects.get_for_model(shown)
    return LogEntry.objects.filter(content_type=kind, object_id=str(shown.pk))


def name_of(user, reader) -> str:
    if user == reader:
        return "you, in another window,"
    return user.get_full_name() or user.get_username()
