"""A form that met another editor's save: what both typed, in one form.

What only the other editor changed is in it as if it had been there from the start. What
both changed keeps what was typed, and the field says what is saved.
"""

import json
import re
from typing import Any

from django import forms
from django.apps import apps
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict
from django.utils.text import Truncator

from ..days import in_words

# By model and key: the editable fields of a page's object and of each of its rows.
Version = dict[str, dict[str, Any]]


class Theirs:
    """What another editor changed: a page's object and rows before and now."""

    def __init__(self, before: Version, now: Version):
        self.before, self.now = before, now

    def of(self, instance: models.Model) -> tuple[dict, dict]:
        """Return the fields of a row before and now, {} where there was or is none."""
        key = key_of(instance)
        return self.before.get(key, {}), self.now.get(key, {})

    def changes(self, shown: models.Model):
        """Yield what changed, in an editor's words."""
        for key in dict.fromkeys([*self.now, *self.before]):
            before, now = self.before.get(key, {}), self.now.get(key, {})
            if before == now:
                continue
            model, pk = model_and_pk(key)
            kind = model._meta.verbose_name
            if not now:
                yield f"{kind} deleted ({'; '.join(in_full(model, before, shown))})"
                continue
            row = model._base_manager.get(pk=pk)
            whose = "" if row == shown else f"{kind} “{quoted(row)}”"
            changed = [name for name in now if now[name] != before.get(name)]
            labels = ", ".join(label(model, name) for name in changed)
            if not before:
                yield f"{whose}, new"
            else:
                yield f"{whose}: {labels}" if whose else labels


class WithTheirs(forms.BaseModelForm):
    """Takes another editor's change of each field that its own editor left alone."""

    theirs: Theirs
    data: Any
    # For the page's own object: who saved what. A row has no sentence of its own.
    told = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.both: dict[str, str] = {}
        before, now = self.theirs.of(self.instance)
        if not (self.is_bound and before and now):
            return
        for name in {*before} & {*now} & {*self.fields}:
            if before[name] != now[name]:
                self.take(name, before[name], now[name])

    def take(self, name: str, before, now) -> None:
        if not self.is_typed(name, before):
            self.data = self.data.copy()
            put(self.data, self.add_prefix(name), now)
        elif self.is_typed(name, now):
            self.both[name] = words(field_of(self._meta.model, name), now)

    def is_typed(self, name: str, value) -> bool:
        """Return whether what was sent for a field is not this value of a version."""
        field, html_name = self.fields[name], self.add_prefix(name)
        sent = field.widget.value_from_datadict(self.data, self.files, html_name)
        stored = field_of(self._meta.model, name)
        # As the field of a form compares it: a key, or a value of Python.
        was = value if stored.is_relation else stored.to_python(value)
        if isinstance(was, str):
            # As it would come back: a form takes ends of lines and spaces away.
            again = field.widget.value_from_datadict({html_name: was}, {}, html_name)
            was = field.to_python(again)
        return field.has_changed(was, sent)

    def clean(self):
        for name, saved in self.both.items():
            self.add_error(name, f"Saved meanwhile: {saved}")
        if self.told:
            self.add_error(None, self.told)
        return super().clean()


class RowsWithTheirs(BaseInlineFormSet):
    """Shows the rows that another editor added, and lets go those that they deleted.

    A deleted row of which something was typed becomes a new one, if one may be added.
    """

    theirs: Theirs
    may_add: bool
    data: Any
    form: Any
    model: Any

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            return
        rows = [self.sent(place) for place in range(self.total_form_count())]
        first = self.initial_form_count()
        there = {str(row.pk): row for row in self.get_queryset()}
        saved, gone = [], []
        for place, row in enumerate(rows[:first]):
            if there.pop(self.data.get(f"{self.add_prefix(place)}-id"), None):
                saved.append(row)
            elif self.may_add and self.was_changed(place):
                gone.append(row | {"id": [""]})
        saved += [
            self.as_sent(row)
            for row in there.values()
            if key_of(row) not in self.theirs.before
        ]
        self.write(saved, [*gone, *rows[first:]])

    def sent(self, place: int) -> dict[str, list[str]]:
        """Return what was sent for one row, by the names of its fields."""
        start = f"{self.add_prefix(place)}-"
        names = [name for name in self.data if name.startswith(start)]
        return {name.removeprefix(start): self.data.getlist(name) for name in names}

    def was_changed(self, place: int) -> bool:
        """Return whether a row that is gone was changed, and not to be deleted."""
        form = self.form(
            self.data, prefix=self.add_prefix(place), **self.get_form_kwargs(place)
        )
        key = key_of(self.model(pk=self.data.get(f"{form.prefix}-id")))
        before = self.theirs.before.get(key, {})
        is_to_go = f"{form.prefix}-{DELETION_FIELD_NAME}" in self.data
        return not is_to_go and any(
            form.is_typed(name, before[name]) for name in form.fields if name in before
        )

    def as_sent(self, row: models.Model) -> dict[str, list[str]]:
        """Return a row that another editor added as a browser would send it."""
        data = QueryDict(mutable=True)
        fields = self.theirs.now[key_of(row)]
        for name in self.form.base_fields:
            put(data, name, fields.get(name))
        own = {"id": [str(row.pk)], self.fk.name: [str(self.instance.pk)]}
        return dict(data.lists()) | own

    def write(self, saved: list[dict], new: list[dict]) -> None:
        """Make these rows the form's, in this order."""
        start = re.compile(rf"{re.escape(str(self.prefix))}-\d+-")
        data = QueryDict(mutable=True)
        for name, values in self.data.lists():
            if not start.match(name):
                data.setlist(name, values)
        for place, row in enumerate([*saved, *new]):
            for name, values in row.items():
                data.setlist(f"{self.add_prefix(place)}-{name}", values)
        data[f"{self.prefix}-INITIAL_FORMS"] = str(len(saved))
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(saved) + len(new))
        self.data = data
        del self.management_form  # it has read the counts that were sent


def version_of(rows) -> Version:
    """Return what an editor may change of each row, as the database gives it back."""
    said = serializers.serialize("python", rows)
    said = json.loads(json.dumps(said, cls=DjangoJSONEncoder))
    return {
        key_of(row): {
            # Choices of several have no order of their own.
            name: sorted(value) if isinstance(value, list) else value
            for name, value in one["fields"].items()
            if row._meta.get_field(name).editable
        }
        for row, one in zip(rows, said, strict=True)
    }


def key_of(row: models.Model) -> str:
    return f"{row._meta.label} {row.pk}"


def model_and_pk(key: str) -> tuple[type[models.Model], str]:
    label, pk = key.split()
    return apps.get_model(label), pk


def put(data: QueryDict, name: str, value) -> None:
    """Make a value what a browser would send for a field."""
    if isinstance(value, list):
        data.setlist(name, [str(each) for each in value])
    elif value is False:
        data.pop(name, None)
    else:
        data[name] = "on" if value is True else "" if value is None else str(value)


def in_full(model: type[models.Model], fields: dict[str, Any], shown: models.Model):
    """Yield all that a row said which is gone, but for the page that it was on."""
    for name, value in fields.items():
        field = field_of(model, name)
        is_page = (field.related_model, value) == (type(shown), shown.pk)
        if value not in (None, "", []) and not is_page:
            yield f"{label(model, name)}: {quoted(words(field, value))}"


def quoted(row) -> str:
    return Truncator(row).chars(80)


def field_of(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def label(model: type[models.Model], name: str) -> str:
    return str(field_of(model, name).verbose_name)


def words(field: Any, value) -> str:
    """Say a value of a version as the page would."""
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.is_relation:
        keys = value if isinstance(value, list) else [value]
        named = field.related_model._base_manager.filter(pk__in=keys)
        return ", ".join(map(str, named)) or "one that is deleted"
    if isinstance(field, models.DateField):
        return in_words(field.to_python(value))
    return str(dict(field.flatchoices).get(value, value))
