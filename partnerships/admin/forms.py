"""What editors type about a record itself, and what is refused beside a field."""

from django import forms
from django.core.exceptions import ValidationError

from ..choices import Publication
from .publishing import PublishingForm


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

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if "slug" in self.changed_data and hasattr(self.instance, "merger"):
            raise ValidationError(
                f"This record was merged into “{self.instance.merger.kept}”, and its"
                " address leads there: undo the merger first."
            )
        return slug

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
