"""A fact chooses its sources among its own record's, those still being typed too.

The boxes of a fact stand for saved sources by their keys, and for new ones by their
place in the form: "row-3" is the fourth form of the record's sources. All is saved in
order, so that the new sources have their keys by the time that the facts ask for them.
"""

from collections.abc import Iterator
from itertools import count

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property

from ..models import Source
from ..models.evidence import Numbered
from ..publishing import prose_citing
from .boxes import Boxes
from .headings import RowForm, said

ROW = "row-"


class RecordSources:
    """What the facts of one record may cite, read once for all of them."""

    def __init__(self, formset: BaseInlineFormSet | None = None):
        forms = formset.forms if formset else []
        first = formset.initial_form_count() if formset else 0
        self.saved = {str(form.instance.pk): form for form in forms[:first]}
        self.new = {f"{ROW}{n}": form for n, form in enumerate(forms) if n >= first}

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        saved = [(value, str(form.instance)) for value, form in self.saved.items()]
        return saved + [
            (value, new_label(place, form["title"].value()))
            for place, (value, form) in enumerate(self.new.items(), start=1)
        ]

    def cited(self, value: str) -> Source:
        """Return the source that a box stands for; a new one has no key yet.

        Raises ValidationError if the record has no such source.
        """
        if value in self.saved:
            return self.saved[value].instance
        if value not in self.new:
            raise ValidationError(
                "One of the sources chosen here is not a source of this record: choose"
                " again.",
                code="unknown_source",
            )
        form, called = self.new[value], f"“{dict(self.choices)[value]}”"
        if not form.has_changed():
            raise ValidationError(
                f"{called} is empty: type it under Sources, or take its tick away"
                " here.",
                code="empty_source",
            )
        if form.cleaned_data.get(DELETION_FIELD_NAME):
            raise ValidationError(
                f"{called} is marked to be deleted: keep it under Sources, or take its"
                " tick away here.",
                code="deleted_source",
            )
        return form.instance


def new_label(place: int, title: str | None) -> str:
    """Return what a source is called that is typed and not saved yet."""
    return f"New source {place}: {title}" if title else f"New source {place}"


class SourcesField(forms.Field):
    """The sources of one fact, as boxes."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            label="Sources",
            widget=Boxes(group="Sources", kind="source-boxes"),
            **kwargs,
        )
        self.offer(RecordSources())

    def offer(self, sources: RecordSources):
        self.sources = sources

    def get_bound_field(self, form, field_name):
        # Only a field that is shown needs its choices.
        self.widget.choices = self.sources.choices
        self.help_text = (
            ""
            if self.sources.choices
            else "There is none yet: add it under Sources, and its box appears here."
        )
        return super().get_bound_field(form, field_name)

    def prepare_value(self, value):
        return [str(getattr(one, "pk", one)) for one in value or []]

    def to_python(self, value):
        return [self.sources.cited(one) for one in dict.fromkeys(value or [])]

    def has_changed(self, initial, data):
        return {*self.prepare_value(initial)} != {*self.prepare_value(data)}


class CitingForm(RowForm):
    """A fact with its sources."""

    sources = SourcesField()

    def __init__(self, *args, sources=None, **kwargs):
        super().__init__(*args, **kwargs)
        if sources is not None:
            self.fields["sources"].offer(sources)


class CitingFormSet(BaseInlineFormSet):
    """Facts of one record; whoever makes it says which `sources` they may cite."""

    sources: RecordSources | None = None

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "sources": self.sources}

    def citing(self, source: Source) -> list[str]:
        """Name the facts that would still cite a source when the form is saved."""
        self.errors  # noqa: B018 - read, so that each row is named as it is typed
        return [
            said(form)
            for form in self.forms
            if str(source.pk) in form["sources"].value()
            and not form.cleaned_data.get(DELETION_FIELD_NAME)
        ]


class NumberedFormSet(BaseInlineFormSet):
    """Gives new rows the next numbers of the record; footnotes use the numbers."""

    model: type[Numbered]

    @cached_property
    def _numbers(self) -> Iterator[int]:
        return count(self.model.objects.next_number(self.instance))

    def save_new(self, form, commit=True):
        form.instance.number = next(self._numbers)
        return super().save_new(form, commit=commit)


class NumberedCitingFormSet(CitingFormSet, NumberedFormSet):
    pass


class SourceFormSet(NumberedFormSet):
    """The record's sources; one that something still cites is not deleted."""

    citing_formsets: list[CitingFormSet] = []

    def clean(self):
        super().clean()
        problems = []
        for form in self.initial_forms:
            if not form.cleaned_data.get(DELETION_FIELD_NAME):
                continue
            facts = [
                fact
                for formset in self.citing_formsets
                for fact in formset.citing(form.instance)
            ] + [
                f"the {row._meta.verbose_name} “{row}”"
                for row, _ in prose_citing(self.instance, [form.instance.number])
            ]
            if facts:
                problems.append(
                    f"Source {form.instance} is not deleted: it is the source of"
                    f" {'; '.join(facts)}. Take it away there first, or delete them"
                    " too."
                )
        if problems:
            raise ValidationError(problems)
