"""Boxes of the admin that send what was typed in them."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models


class Lines(AdminTextareaWidget):
    """Lines as they were typed: a browser ends each with a character more."""

    def value_from_datadict(self, data, files, name):
        sent = super().value_from_datadict(data, files, name)
        return sent and sent.replace("\r\n", "\n")


# Of each kind on a page, for editors without scripts, for whom no button adds one.
EMPTY_ROWS = 1

WHOLE_NUMBER = {
    "widget": forms.TextInput(attrs={"size": 12, "inputmode": "numeric"}),
    "error_messages": {"invalid": "Type digits alone, as in 1200."},
}

# For `formfield_overrides`. Of a number box a browser sends nothing where it reads no
# number, as in "365+", and the form would take that for a box left blank. Phones have
# no minus among the keys for numbers.
AS_TYPED: dict[type[models.Field], dict[str, Any]] = {
    models.IntegerField: WHOLE_NUMBER,
    models.BigIntegerField: WHOLE_NUMBER,
    models.FloatField: {
        "widget": forms.TextInput(attrs={"size": 12}),
        "error_messages": {"invalid": "Type a number, as in 51.5 or -0.12."},
    },
    models.DateField: {
        "error_messages": {"invalid": "Type the day as 2028-04-01 or 01/04/2028."}
    },
    models.TextField: {"widget": Lines},
    # One without its scheme is taken for a secure one.
    models.URLField: {"assume_scheme": "https"},
}
