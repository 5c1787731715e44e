"""What people type to sign in, and what is refused beside its field."""

from django import forms
from django.contrib.auth.forms import PasswordResetForm

from . import second_factor


class CodeForm(forms.Form):
    """A code besides the password; `device` is what took it."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false"}
        ),
        error_messages={"required": "Type the code."},
    )

    def __init__(self, *args, check, **kwargs):
        super().__init__(*args, **kwargs)
        self.check = check

    def clean_code(self):
        typed = self.cleaned_data["code"]
        try:
            self.device = self.check(typed)
        except second_factor.Refused as refusal:
            raise forms.ValidationError(str(refusal), code="refused") from None
        return typed


class ResetForm(PasswordResetForm):
    """Asks for the e-mail address; whether anybody has it is never said."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Type your e-mail address.",
            "invalid": "Type an address like name@example.org.",
        },
    )
