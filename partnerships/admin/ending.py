"""To end a record, to withdraw it, and to take either back."""

from typing import Any

from django import forms

from councils.partial_dates import PartialDateFormField

from .. import ending
from ..choices import Publication, SourceKind, Status
from ..models import Change, Partnership, Source
from .record_tools import RecordToolsMixin, RecordToolView

NEW_SOURCE = ("title", "publisher", "kind", "url", "published")


class EndForm(forms.Form):
    """When it ended, why, who left with it, and which source says so."""

    ended = PartialDateFormField(
        label="The last full day",
        max_length=20,
        help_text="As exact as the source: 2012, 2012-05 or 2012-05-17; ? for"
        " uncertain, ~ for approximate.",
    )
    end_reason = forms.CharField(
        label="Why it ended",
        help_text="Readers see it on the record’s page and in its history.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )
    leaving = forms.MultipleChoiceField(
        label="Members that left with it",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="They are given the same last day and the source. Members of whom a"
        " leaving is recorded are not listed.",
    )
    source = forms.ModelChoiceField(
        label="The source that says so",
        queryset=Source.objects.none(),
        required=False,
        empty_label="A new source, given below",
    )
    title = forms.CharField(label="New source: title", max_length=250, required=False)
    publisher = forms.CharField(
        label="New source: publisher", max_length=120, required=False
    )
    kind = forms.ChoiceField(
        label="New source: kind",
        choices=[("", "Choose one"), *SourceKind.choices],
        required=False,
    )
    url = forms.URLField(
        label="New source: address",
        max_length=500,
        required=False,
        assume_scheme="https",
    )
    published = PartialDateFormField(
        label="New source: published",
        max_length=20,
        required=False,
        help_text="Leave blank if it does not say.",
    )

    def __init__(self, *args, partnership: Partnership, **kwargs):
        super().__init__(*args, **kwargs)
        self.members = {
            f"{type(member).__name__.lower()}-{member.pk}": member
            for member in ending.members_that_stayed(partnership)
        }
        fields: dict[str, Any] = self.fields
        fields["leaving"].choices = [
            (key, str(member)) for key, member in self.members.items()
        ]
        fields["leaving"].initial = list(self.members)
        if not self.members:
            del fields["leaving"]
        fields["source"].queryset = partnership.sources.order_by("number")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("source"):
            for name in NEW_SOURCE:
                if cleaned.get(name):
                    self.add_error(
                        name, "Choose a source above, or give a new one: not both."
                    )
        elif "source" not in self.errors:
            for name in NEW_SOURCE[:-1]:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "A new source needs this.")
        return cleaned

    @property
    def chosen_source(self) -> Source:
        """The source that was chosen, or a new one, not saved yet."""
        if source := self.cleaned_data["source"]:
            return source
        return Source(**{name: self.cleaned_data[name] for name in NEW_SOURCE})

    @property
    def chosen_members(self) -> list:
        return [self.members[key] for key in self.cleaned_data.get("leaving", [])]


class EndView(RecordToolView):
    name = "end"
    label = "End this arrangement"
    explanation = (
        "Sets the status to “Ended” with the date and the reason. This can be undone."
    )
    form_class = EndForm

    @classmethod
    def is_possible(cls, partnership):
        is_gone = partnership.publication == Publication.WITHDRAWN
        return partnership.status != Status.ENDED and not is_gone

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        return {**kwargs, "partnership": self.partnership}

    def act(self, form):
        ending.end(
            self.partnership,
            ended=form.cleaned_data["ended"],
            end_reason=form.cleaned_data["end_reason"],
            source=form.chosen_source,
            is_new_source=not form.cleaned_data["source"],
            leaving=form.chosen_members,
            by=self.request.user,
        )
        return f"“{self.partnership}” has ended."


class UndoEndView(RecordToolView):
    name = "undo-ending"
    label = "Undo the ending"
    explanation = (
        "Puts the status, the end and the reason back as they were before the record"
        " was ended, and takes back the leaving of members that came with it. What"
        " else changed since stays."
    )

    @classmethod
    def is_possible(cls, partnership):
        is_gone = partnership.publication == Publication.WITHDRAWN
        return not is_gone and ending.ending_of(partnership) is not None

    def act(self, form):
        ending.undo(
            self.partnership,
            ending.ending_of(self.partnership),
            reason=form.cleaned_data["reason"],
            by=self.request.user,
        )
        return f"The ending of “{self.partnership}” is undone."


class WithdrawView(RecordToolView):
    name = "withdraw"
    label = "Withdraw from readers"
    explanation = (
        "Takes the record from every list. Its address answers that it was withdrawn,"
        " with the day and the reason. It can be brought back."
    )
    permission = "publish_partnership"

    @classmethod
    def is_possible(cls, partnership):
        return partnership.publication == Publication.PUBLISHED

    def act(self, form):
        Change.objects.begin(self.partnership)
        self.partnership.publication = Publication.WITHDRAWN
        self.partnership.save(update_fields=["publication"])
        self.record(form.cleaned_data["reason"])
        return f"“{self.partnership}” is withdrawn. Readers see the reason."


class BringBackView(RecordToolView):
    name = "bring-back"
    label = "Bring back to readers"
    explanation = "Publishes the record again as it stands, at its own address."
    permission = "publish_partnership"

    @classmethod
    def is_possible(cls, partnership):
        return partnership.publication == Publication.WITHDRAWN and not hasattr(
            partnership, "merger"
        )

    def act(self, form):
        Change.objects.begin(self.partnership)
        self.partnership.publication = Publication.PUBLISHED
        self.partnership.full_clean()
        self.partnership.save(update_fields=["publication"])
        self.record(form.cleaned_data["reason"])
        return f"“{self.partnership}” is published again."


class EndingMixin(RecordToolsMixin):
    def record_views(self):
        return [
            *super().record_views(),
            EndView,
            UndoEndView,
            WithdrawView,
            BringBackView,
        ]
