"""What every list does with its readers' questions: answer all of them or say why not.

A `QuestionSet` is a FilterSet that refuses what it does not know, says its active
answers in words, writes them as one canonical address, counts beside every option, and
knows which answer stands between the reader and a result. Pages and files share it.
"""

import difflib
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import django_filters as filters
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import CharField, Count, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.http import urlencode

from .choices import NOT_RECORDED
from .folding import MOST_WORDS, folded_words


class Answer(NamedTuple):
    """One value that the reader asked for, as the address and the page write it."""

    name: str
    label: str
    value: str
    words: str


class Option(NamedTuple):
    """One value of a filter, with the number of records that choosing it would show.

    `anchor` is unique on a page.
    """

    value: str
    anchor: str
    label: str
    records: int
    is_chosen: bool


class VocabularyField(forms.MultipleChoiceField):
    """Values of a closed vocabulary; a label, "South East", counts as its slug.

    What is a slug means itself, whatever another value is called.
    """

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value):
        given = list(filter(None, super().to_python(value)))
        if not given:  # reading the choices may take a query
            return []
        slugs = {str(label): str(slug) for slug, label in self.choices}
        slugs |= {slug: slug for slug in slugs.values()}
        return list(dict.fromkeys(slugs.get(text, text) for text in given))

    def validate(self, value):
        if not value:
            return
        valid = [str(slug) for slug, _ in self.choices]
        for text in value:
            if text not in valid:
                raise forms.ValidationError(
                    f"“{text}” is not a value of this filter."
                    f" Its values are: {', '.join(valid)}."
                )

    def in_words(self, value):
        return [
            (str(slug), str(label)) for slug, label in self.choices if slug in value
        ]


class VocabularyFilter(filters.MultipleChoiceFilter):
    """Any of several values, of a column of the record or of its related rows.

    `counted_on` is the path from a record to the values, for the counts beside the
    options; records without a value there count as "not-recorded".
    """

    field_class = VocabularyField

    def __init__(self, *args, counted_on: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self._counted_on = counted_on

    @property
    def counted_on(self) -> str:
        return self._counted_on or self.field_name

    def filter(self, queryset, value):
        if value:
            return queryset.filter(**{f"{self.field_name}__in": value})
        return queryset


class WordsField(forms.CharField):
    """Words to search for: some, or the search would find everything; not a book."""

    fewest_words = 1

    def validate(self, value):
        super().validate(value)
        words = folded_words(value)
        if value and len(words) < self.fewest_words:
            raise forms.ValidationError("Type at least one letter or digit.")
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(f"Type at most {MOST_WORDS} words.")


class WordsFilter(filters.CharFilter):
    field_class = WordsField


class SortField(forms.ChoiceField):
    def validate(self, value):
        valid = [str(slug) for slug, _ in self.choices]
        if value and value not in valid:
            raise forms.ValidationError(
                f"“{value}” is not a way to sort. The ways are: {', '.join(valid)}."
            )


class SortFilter(filters.Filter):
    """The order of a list; `QuestionSet.in_order` applies it, asked for or not."""

    field_class = SortField

    def __init__(self, choices):
        super().__init__(choices=choices, label="Sort by", method="unsorted")


class QuestionForm(forms.Form):
    """Refuses parameters that it does not know, and single ones given twice."""

    also_allowed: Iterable[str] = ()

    def clean(self):
        for name in self.data:
            if name not in self.fields and name not in self.also_allowed:
                self.add_error(None, self._unknown(name))
        for name, field in self.fields.items():
            if not takes_many(field) and len(self.data.getlist(name)) > 1:
                self.add_error(name, f"Give “{name}” once: it takes one value.")
        return self.cleaned_data

    def _unknown(self, name: str) -> forms.ValidationError:
        names = [*self.fields, *self.also_allowed]
        near = difflib.get_close_matches(name, names, n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        return forms.ValidationError(
            f"“{name}” is not a filter.{hint} The filters are: {', '.join(names)}."
        )


def takes_many(field: forms.Field) -> bool:
    return getattr(field, "takes_many", isinstance(field, forms.MultipleChoiceField))


FORM_CLASSES: dict[type, type[QuestionForm]] = {}


class QuestionSet(filters.FilterSet):
    """A FilterSet whose answers can be said, linked, counted and taken back."""

    class Meta:
        form = QuestionForm

    def __init__(self, data=None, *args, also_allowed=(), **kwargs):
        super().__init__(QueryDict() if data is None else data, *args, **kwargs)
        self.form.also_allowed = also_allowed

    def get_form_class(self):
        """Make the form's class once: its fields are the same for every question."""
        kind = type(self)
        if kind not in FORM_CLASSES:
            FORM_CLASSES[kind] = super().get_form_class()
        return FORM_CLASSES[kind]

    def filter_queryset(self, queryset):
        return self.in_order(super().filter_queryset(queryset))

    def in_order(self, queryset):
        return queryset.in_order(self.form.cleaned_data.get("sort") or self.usual_order)

    usual_order = "name"

    def unsorted(self, queryset, name, value):
        return queryset

    @cached_property
    def answers(self) -> list[Answer]:
        """What the reader asked for, in the order of the filters, sorting left out."""
        return [
            Answer(name, self.filters[name].label, value, words)
            for name, field in self.form.fields.items()
            if name != "sort"
            for value, words in self._said(name, field)
        ]

    def _said(self, name, field):
        value = self.form.cleaned_data.get(name)
        if not value:
            return []
        if hasattr(field, "in_words"):
            return field.in_words(value)
        return [(str(value), f"“{value}”")]

    def address(self, without: Answer | None = None, **changes) -> str:
        """Return the canonical query string of the answers, "" if there are none.

        `without` takes one answer back; `changes` sets parameters, None removes them.
        """
        pairs = [
            (answer.name, answer.value)
            for answer in self.answers
            if answer != without and answer.name not in changes
        ]
        if "sort" not in changes and self.form.cleaned_data.get("sort"):
            pairs.append(("sort", self.form.cleaned_data["sort"]))
        pairs += [(name, value) for name, value in changes.items() if value is not None]
        return urlencode(pairs)

    @property
    def counted(self) -> list[str]:
        """The names of the filters whose options have counts."""
        return [
            name
            for name, choice in self.filters.items()
            if isinstance(choice, VocabularyFilter)
        ]

    def without(self, name: str) -> "QuestionSet":
        """Return the same questions, one filter left out."""
        if name not in self.data:
            return self
        data = self.data.copy()
        data.pop(name, None)
        return type(self)(
            data, queryset=self.queryset, also_allowed=self.form.also_allowed
        )

    def options(self, name: str) -> list[Option]:
        """Return the options of a filter, counted under all the other filters.

        "Not recorded" is an option only where it occurs.
        """
        chosen = self.form.cleaned_data.get(name) or self.data.getlist(name)
        counts = dict(self.counts(name))
        return [
            Option(
                str(value),
                f"{name}-{value}",
                str(label),
                counts.get(value, 0),
                value in chosen,
            )
            for value, label in self.form.fields[name].choices
            if value != NOT_RECORDED or value in counts or value in chosen
        ]

    def records_without(self, name: str):
        """Return the bare records that the other filters leave, for counting."""
        records = self.without(name).qs.order_by().values("pk")
        return self.queryset.model.objects.order_by().filter(pk__in=records)

    def counts(self, name: str):
        """Return (value, number of records) for every value that has any.

        Counted are the records that the other filters leave.
        """
        return self.counted_by(
            self.filters[name].counted_on, self.records_without(name)
        )

    def counted_by(self, path: str, records):
        """Count distinct keys: a join to several rows counts a record once."""
        return records.values_list(
            Coalesce(path, Value(NOT_RECORDED), output_field=CharField())
        ).annotate(records=Count("pk", distinct=True))

    @property
    def found(self):
        """The answer's records, as something that a paginator counts and cuts."""
        return self.qs

    @property
    def number(self) -> int:
        """How many records the answer has."""
        return self.qs.count()

    def ways_out(self) -> list[tuple[Answer, int]]:
        """Return the answers whose removal alone gives results, with their number.

        Asked for an empty list. A filter with several values goes as a whole.
        """
        by_name = {answer.name: answer for answer in reversed(self.answers)}
        counted = [(by_name[n], self.without(n).number) for n in reversed(by_name)]
        return [(answer, count) for answer, count in counted if count]


def sentences(errors) -> list[str]:
    """Return the mistakes in a question, each after the name of its parameter."""
    return [
        sentence if name == NON_FIELD_ERRORS else f"{name}: {sentence}"
        for name, found in errors.items()
        for sentence in found
    ]
