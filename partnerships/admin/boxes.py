"""Boxes to tick under a name of their own, and dates that say how they are read."""

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.utils.html import format_html

from councils.admin import AS_TYPED
from councils.partial_dates import HOW_TO_TYPE, PartialDate, PartialDateField

DATE_HINT = "As exact as the source: 2012, 2012-05 or 2012-05-17; ? or ~ for doubt."


class Boxes(forms.CheckboxSelectMultiple):
    """Checkboxes whose group has a name, which Django's own leave out."""

    def __init__(self, *args, group: str, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.group, self.kind = group, kind

    def render(self, name, value, attrs=None, renderer=None):
        attrs = attrs or {}
        described = attrs.pop("aria-describedby", "")
        return format_html(
            '<div role="group" aria-label="{}" aria-describedby="{}" class="boxes {}"'
            ' id="boxes_{}" tabindex="-1">{}</div>',
            self.group,
            described,
            self.kind,
            attrs.get("id", f"id_{name}"),
            super().render(name, value, attrs, renderer),
        )


class DateInWords(forms.TextInput):
    """A box for a partial date that says beside it how the date is read."""

    def render(self, name, value, attrs=None, renderer=None):
        return format_html(
            '{}<span class="date-in-words" data-date-of="{}" data-how-to-type="{}"'
            ' aria-live="polite">{}</span>',
            super().render(name, value, attrs, renderer),
            (attrs or {}).get("id", ""),
            HOW_TO_TYPE,
            read_back(value),
        )


def read_back(value) -> str:
    """Return "Read as May 2012.", or "" for no date and for what is refused."""
    try:
        return f"Read as {PartialDate(str(value or '').strip()).in_words()}."
    except ValueError:
        return ""


class RecordBoxes(BaseModelAdmin):
    """Reads every partial date of a form back in words, and takes the rest as typed."""

    formfield_overrides = AS_TYPED

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, PartialDateField):
            kwargs["widget"] = DateInWords(attrs={"size": 12, "autocomplete": "off"})
            kwargs["help_text"] = db_field.help_text or DATE_HINT
        return super().formfield_for_dbfield(db_field, request, **kwargs)
