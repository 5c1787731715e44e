"""What editors type about a record and its rows, and what is refused beside a field."""

from django import forms
from django.forms.models import BaseInlineFormSet

from ..choices import Publication
from ..models import Membership, Source
from .publishing import PublishingForm


class NumberedFormSet(BaseInlineFormSet):
    """Gives new rows the next numbers of the record; footnotes use the numbers."""

    def save_new(self, form, commit=True):
        form.instance.number = self.next_number()
        return super().save_new(form, commit=commit)

    def next_number(self) -> int:
        if not hasattr(self, "_number"):
            last = self.get_queryset().order_by("-number").first()
            self._number = last.number if last else 0
        self._number += 1
        return self._number


class OwnSourcesForm(forms.ModelForm):
    """A fact's sources are chosen among those of its own record."""

    def __init__(self, *args, partnership=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = Source.objects.filter(
            partnership=partnership
        ).order_by("number")
        self.fields[
            "sources"
        ].help_text = (
            "The record’s own sources. Save new sources first, then choose them here."
        )


class MembershipForm(OwnSourcesForm):
    """Refuses a membership before its council began or after its last day."""

    def clean(self):
        cleaned = super().clean()
        dates = {name: cleaned.get(name) for name in ("joined", "left")}
        if cleaned.get("council"):
            contradiction = Membership(
                council=cleaned["council"], **dates
            ).outside_lifetime()
            if contradiction:
                self.add_error("council", f"{contradiction}.")
        return cleaned


class OwnSourcesFormSet(BaseInlineFormSet):
    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index)
        return {**kwargs, "partnership": self.instance.pk and self.instance}


class NumberedFactFormSet(OwnSourcesFormSet, NumberedFormSet):
    pass


class ReasonForm(forms.Form):
    """Asks why, as the record's history says it; readers have to be told."""

    reason = forms.CharField(
        label="Reason for this change",
        max_length=300,
        help_text="Readers see it in the record’s history, without your name.",
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={"required": "Say why: readers see this record."},
    )

    def __init__(self, *args, must_say_why: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = must_say_why


class PartnershipForm(PublishingForm):
    """Asks for the reason of a change that readers will see."""

    reason = forms.CharField(
        label="Reason for this change",
        max_length=300,
        required=False,
        help_text=(
            "Readers see it in the record’s history, or in place of a withdrawn record,"
            " without your name. Needed for a published record. If a reader’s report"
            " led to it, name its reference, such as R-7K3M-9QXD."
        ),
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    def clean(self):
        cleaned = super().clean()
        shown = Publication.PUBLISHED in {
            cleaned.get("publication"),
            self.initial.get("publication"),
        }
        if shown and "reason" not in self.errors and not cleaned.get("reason"):
            self.add_error("reason", "Say why: readers see this record.")
        return cleaned


def was_public(form: PartnershipForm) -> bool:
    """Return whether readers knew the record before this change."""
    return form.initial.get("publication") in {
        Publication.PUBLISHED,
        Publication.WITHDRAWN,
    }
