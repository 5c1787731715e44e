"""What was typed into a form that cannot be saved as it is comes back to its editor.

Every form carries what its object said when it was opened.
"""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.forms.models import _get_foreign_key
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from ..sealing import sealed

# The box of one row of a form, as "lessons-0-point", or a box of its own.
ROW = re.compile(r"(?:(\w+)-([0-9]+)-)?(.*)", re.DOTALL)


class RowsClash(forms.BaseForm):
    """A form that the database has refused once: it comes back as it was sent."""

    def clean(self):
        self.add_error(
            None,
            "Two rows would say the same thing once one of them is saved, such as two"
            " that change places. Nothing was saved. Leave one of the two as it was,"
            " save, and then change it.",
        )
        return super().clean()


class NothingLostMixin(admin.ModelAdmin):
    """Shows a form again whose rows clash, and what was typed about what is gone."""

    def opened_with(self, request, shown: models.Model) -> Any:
        """Return what the form of an object carries of it."""
        raise NotImplementedError

    def lock(self, request, shown: models.Model) -> None:
        """Let nobody else save what the form shows until this save is done."""
        raise NotImplementedError

    def save_or_show(self, request, found: models.Model, usual):
        """Save a form whose editor has seen all that it writes over, or show it again.

        `usual` does as Django does, and takes what a form that it shows is to carry.
        """
        raise NotImplementedError

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = super().changeform_view

        def usual(seen=None):
            context = {**(extra_context or {}), "seen": seen}
            return view(request, object_id, form_url, context)

        def find():
            return object_id and self.get_object(request, unquote(object_id))

        def save():
            if not object_id:
                return usual()
            if found := find():
                self.lock(request, found)
                found = find()
            if not found:
                return self.show_what_was_typed(request)
            return self.save_or_show(request, found, usual)

        if request.method != "POST":
            # Read before anything of the form: what is saved between the two looks
            # like a version that the editor has not seen, never like one they have.
            shown = find()
            return usual(shown and sealed(self.opened_with(request, shown), shown))
        try:
            with transaction.atomic():
                return save()
        except IntegrityError:
            # The form's rows are judged one by one, each against what is saved.
            request.rows_clash = True
            with transaction.atomic():
                return save()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if getattr(request, "rows_clash", False):
            return type(form.__name__, (RowsClash, form), {})
        return form

    def show_what_was_typed(self, request, *, is_there=False):
        """Show a form that cannot be saved, and offer it as that of a new object.

        `is_there` says that its editor may not change the object any more.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        return TemplateResponse(
            request,
            "admin/not_saved.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": f"This {self.opts.verbose_name} is not saved",
                "is_there": is_there,
                "may_add": not is_there and self.has_add_permission(request),
                "typed": self.typed_for_a_new_one(request),
                "in_words": list(self.typed_in_words(request)),
            },
            status=403 if is_there else 410,
        )

    def typed_for_a_new_one(self, request) -> list[tuple[str, str]]:
        """Return the names and values of a form as if nothing of it had been saved."""
        keys = ["csrfmiddlewaretoken", "seen", "yours"]
        for inline in self.get_inline_instances(request):
            fk = key_to_page(inline, self.model)
            rows = fk.remote_field.get_accessor_name(model=inline.model)
            keys.append(rf"{rows}-\d+-(id|{fk.name})")
        gone = re.compile("|".join(keys))
        return [
            (name, "0" if name.endswith("-INITIAL_FORMS") else value)
            for name, values in request.POST.lists()
            if not gone.fullmatch(name)
            for value in values
        ]

    def typed_in_words(self, request) -> Iterator[tuple[str, str]]:
        """Yield the label of each box that was filled in, and what was typed there."""
        boxes = {"": ("", self.get_form(request).base_fields)}
        for formset, inline in self.get_formsets_with_inlines(request):
            kind = capfirst(inline.opts.verbose_name)
            boxes[formset.get_default_prefix()] = (kind, formset.form.base_fields)
        for name, value in self.typed_for_a_new_one(request):
            if not (found := ROW.fullmatch(name)):
                continue
            rows, place, box = found.groups(default="")
            box = box.removesuffix("-typed")  # a council's name, where no list opens
            kind, fields = boxes.get(rows, ("", {}))
            if value and box in fields:
                choices = getattr(fields[box], "choices", [])
                words = {str(key): label for key, label in choices}
                row = f"{kind} {int(place) + 1}, " if place else ""
                label = fields[box].label or box
                yield f"{row}{label}", str(words.get(value, value))


def key_to_page(inline, page: type[models.Model]) -> models.ForeignKey:
    """Return the field by which an inline's rows belong to the page's object."""
    return _get_foreign_key(page, inline.model, inline.fk_name)
