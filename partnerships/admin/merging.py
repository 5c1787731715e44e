"""To merge two records, with every choice on one page, and to undo that."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.text import Truncator

from councils.whole_numbers import whole

from .. import merging
from ..choices import Publication
from ..history import Names, in_words
from ..models import Merger, Partnership, Source
from .forms import ReasonForm
from .record_tools import RecordToolsMixin, RecordToolView
from .rows import PartOfRecordAdmin

TITLES = {
    "memberships": "Member councils",
    "other_members": "Other members",
    "aims": "Aims",
    "outcomes": "Outcomes",
    "milestones": "Turning points",
    "sources": "Sources",
}


def details_of(row) -> list[str]:
    """Return what a row says beyond its name: dates, results, sources."""
    said = []
    if isinstance(row, Source):
        said = [row.url, row.published.in_words() if row.published else "no date"]
        return [*said, row.get_kind_display()]
    for field in ("joined", "left"):
        if getattr(row, field, None):
            said.append(f"{field} {getattr(row, field).in_words()}")
    if hasattr(row, "result"):
        said += [words for words in (row.get_result_display(), row.money) if words]
    numbers = [str(source.number) for source in row.sources.all()]
    return [*said, f"sources {', '.join(numbers)}" if numbers else "no source"]


@dataclass
class Pair:
    """A line of the page: two rows that seem the same, or one alone."""

    kept: Any
    merged: Any
    choice: Any

    @property
    def sides(self) -> list[tuple[str, Any, list[str]]]:
        """Both rows with what they say beyond their names; None where there is none."""
        return [
            (side, row, details_of(row) if row else [])
            for side, row in (("Stays", self.kept), ("Goes", self.merged))
        ]


class MergeForm(ReasonForm):
    """What becomes of each row, name and function of the record that goes."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, kept, merged, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept_record, self.merged_record = kept, merged
        self.kept, self.merged = merging.rows_of(kept), merging.rows_of(merged)
        self.alike: dict[tuple[str, int], Any] = {}
        for kind, rows in self.merged.items():
            waiting = list(self.kept[kind])
            for row in rows:
                same = next((r for r in waiting if merging.is_alike(row, r)), None)
                if same:
                    waiting.remove(same)
                    self.alike[kind, row.pk] = same
                self.fields[f"{kind}-{row.pk}"] = self.choice_of(kind, row, same)
        self.add_names_and_functions()
        self.initial["seen"] = self.as_seen
        self.order_fields([*[*self.fields][2:], "reason", "seen"])

    def choice_of(self, kind, row, same) -> forms.TypedChoiceField:
        return forms.TypedChoiceField(
            label=f"What becomes of “{Truncator(row).chars(40)}”",
            choices=[
                (merging.TAKE, "Take it over"),
                *(
                    (other.pk, f"The same as: {Truncator(other).chars(60)}")
                    for other in self.kept[kind]
                ),
                (merging.LEAVE, "Leave it out"),
            ],
            coerce=lambda value: int(value) if value.isdigit() else value,
            initial=same.pk if same else merging.TAKE,
        )

    def add_names_and_functions(self) -> None:
        known = {self.kept_record.name}
        known |= {other.name for other in self.kept_record.other_names.all()}
        names = [self.merged_record.name]
        names += [other.name for other in self.merged_record.other_names.all()]
        names = [name for name in dict.fromkeys(names) if name not in known]
        shared = {*self.kept_record.functions.all()}
        functions = [f for f in self.merged_record.functions.all() if f not in shared]
        self.fields["names"] = forms.MultipleChoiceField(
            label="Names to keep as other names",
            choices=[(name, name) for name in names],
            initial=names,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.functions = {str(function.pk): function for function in functions}
        self.fields["functions"] = forms.MultipleChoiceField(
            label="Services to add",
            choices=[(pk, function.name) for pk, function in self.functions.items()],
            initial=list(self.functions),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        for name in ("names", "functions"):
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    @cached_property
    def as_seen(self) -> str:
        """A mark of what both records say now, so that a later change is noticed."""
        said: list[Any] = []
        for record, rows in [
            (self.kept_record, self.kept),
            (self.merged_record, self.merged),
        ]:
            said += [merging.values_of(record), [*record.functions.values_list("pk")]]
            said += [merging.values_of(name) for name in record.other_names.all()]
            for row in [row for kind in rows.values() for row in kind]:
                cited = [] if isinstance(row, Source) else row.sources.all()
                said += [merging.values_of(row), [source.pk for source in cited]]
        text = json.dumps(said, cls=DjangoJSONEncoder)
        return hashlib.sha256(text.encode()).hexdigest()

    def clean(self):
        if self.data.get("seen") != self.as_seen:
            # What was typed stays; the next try is about what is shown now.
            self.data = self.data.copy()
            self.data["seen"] = self.as_seen
            raise forms.ValidationError(
                "One of the two records was changed meanwhile. It is shown as it is"
                " now: look through the choices once more."
            )
        return super().clean()

    @property
    def choices(self) -> merging.Choices:
        cleaned = self.cleaned_data
        return merging.Choices(
            rows={
                (kind, row.pk): cleaned[f"{kind}-{row.pk}"]
                for kind, rows in self.merged.items()
                for row in rows
            },
            names=cleaned.get("names", []),
            functions=[self.functions[pk] for pk in cleaned.get("functions", [])],
        )

    @property
    def tables(self) -> list[tuple[str, list[Pair]]]:
        """The rows of each kind side by side, under the title of the kind."""
        tables = []
        for kind, title in TITLES.items():
            pairs = [
                Pair(self.alike.get((kind, row.pk)), row, self[f"{kind}-{row.pk}"])
                for row in self.merged[kind]
            ]
            matched = {pair.kept.pk for pair in pairs if pair.kept}
            pairs += [
                Pair(row, None, None)
                for row in self.kept[kind]
                if row.pk not in matched
            ]
            if pairs:
                tables.append((title, pairs))
        return tables

    @property
    def own_fields(self) -> list[tuple[str, str, str]]:
        """What the two records say of themselves, field by field, in words."""
        names = Names()
        records = (self.kept_record, self.merged_record)
        said = {
            field: [in_words(field, getattr(r, field.name), names) for r in records]
            for field in Partnership._meta.local_concrete_fields
            if not (field.primary_key or field.generated)
        }
        return [
            (str(f.verbose_name), kept, merged) for f, (kept, merged) in said.items()
        ]

    @property
    def last_fields(self) -> list[Any]:
        return [self[n] for n in ("names", "functions", "reason") if n in self.fields]


class MergeView(RecordToolView):
    """First which record, by a link that can be shared; then what becomes of it."""

    name = "merge"
    label = "Merge another record into this one"
    permission = "merge_partnership"
    template_name = "admin/partnerships/partnership/merge.html"
    form_class = MergeForm

    @classmethod
    def is_possible(cls, partnership):
        return partnership.publication != Publication.WITHDRAWN

    @cached_property
    def other(self) -> Partnership | None:
        """The record to merge, which the address names; None while none is chosen."""
        asked = self.request.GET.get("other", "")
        if not asked:
            return None
        found = merging.candidates(self.partnership).for_detail()
        other = found.filter(pk=whole(asked)).first()
        if other is None:
            raise Http404("That record cannot be merged into this one.")
        return other

    def get_form(self, form_class=None):
        return super().get_form() if self.other else None

    def get_form_kwargs(self):
        kept = Partnership.objects.for_detail().get(pk=self.partnership.pk)
        return {**super().get_form_kwargs(), "kept": kept, "merged": self.other}

    def post(self, request, *args, **kwargs):
        asked = request.GET.get("other", "")
        if not asked:
            return self.get(request, *args, **kwargs)
        # Nobody changes it between what this editor has seen and the merger.
        Partnership.objects.select_for_update().filter(pk=whole(asked)).first()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not self.other:
            return {**context, "candidates": merging.candidates(self.partnership)}
        other_way = merging.candidates(self.other).filter(pk=self.partnership.pk)
        return {**context, "other": self.other, "other_way": other_way.exists()}

    def act(self, form):
        merging.merge(
            self.partnership,
            self.other,
            form.choices,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
        )
        return f"“{self.other}” was merged into this record. This can be undone."


class UndoMergeView(RecordToolView):
    """Offered on the merged record, which its merger names."""

    name = "undo-merge"
    label = "Undo the merger"
    permission = "merge_partnership"

    @classmethod
    def is_possible(cls, partnership):
        return hasattr(partnership, "merger")

    @property
    def explanation(self):
        kept = self.partnership.merger.kept
        return (
            f"This record was merged into “{kept}”. What came from it goes from there"
            " again, what followed it returns, and this record is as public as it was."
            " What else changed since stays."
        )

    def act(self, form):
        merging.undo(
            self.partnership.merger,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
        )
        return f"“{self.partnership}” is a record of its own again."


class MergingMixin(RecordToolsMixin):
    def record_views(self):
        return [*super().record_views(), MergeView, UndoMergeView]

    def record_tools(self, request, partnership):
        """Offer on the kept record to undo each merger into it."""
        tools = super().record_tools(request, partnership)
        if UndoMergeView.is_allowed(request):
            for merger in partnership.mergers.select_related("merged"):
                tools.append(
                    (
                        f"Undo the merger of {merger.merged}",
                        UndoMergeView.address_for(merger.merged),
                    )
                )
        return tools


@admin.register(Merger)
class MergerAdmin(PartOfRecordAdmin):
    """Mergers are made and undone above the form of a record; here they are found."""

    list_display = ("merged", "kept", "made", "by")
    list_select_related = ["merged", "kept", "by"]
    search_fields = ("merged__name", "kept__name")
    date_hierarchy = "made"
