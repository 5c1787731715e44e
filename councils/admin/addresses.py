"""Public addresses: chosen once, as readers keep links to them."""

from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import ValidationError


class LastingSlugForm(forms.ModelForm):
    """Lets a slug be chosen for something new, and never changed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "slug" in self.fields:
            self.fields["slug"].widget.attrs["readonly"] = True
            self.fields["slug"].help_text = "Stays as it is: readers’ links lead to it."

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if self.instance.pk and slug != self.initial["slug"]:
            raise ValidationError(
                f"It stays “{self.initial['slug']}”: readers’ links lead to it."
            )
        return slug


class LastingSlugs(BaseModelAdmin):
    """Suggests a slug for something new only, and keeps it from then on."""

    form: Any = LastingSlugForm

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)
