"""The two steps of an import: a file for the trial run, a reason for the real one."""

from django import forms
from django.core import signing

from .reading import (
    LARGEST_FILE,
    MEGABYTE,
    MOST_CHANGES,
    MOST_ROWS,
    Row,
    Table,
    Unreadable,
    read_table,
)

SALT = "an import that was tried"
HOUR = 60 * 60
# Below what Django takes in a form without a file, 2.5 MB.
LARGEST_SIGNED = 2_000_000


class FileForm(forms.Form):
    """Takes the file apart. `table` holds what it says, once the form is valid."""

    file = forms.FileField(
        label="File",
        help_text=(
            "CSV in UTF-8, or an Excel workbook (.xlsx), of which the first sheet"
            f" counts. At most {LARGEST_FILE // MEGABYTE} MB and {MOST_ROWS:,} rows, of"
            f" which {MOST_CHANGES:,} may be new or changed."
        ),
        error_messages={"empty": "The file is empty."},
        widget=forms.FileInput(
            attrs={"accept": ".csv,.xlsx"},
        ),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            self.table = read_table(file)
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        return file


class ConfirmForm(forms.Form):
    """Carries what was tried from the one page to the other, and asks why.

    Nothing of it is kept on the server, where another process would not find it and
    somebody else might. It is signed, so that what is written is what was tried, by the
    same user, within the hour; and the report's digest shows what was seen.
    """

    tried = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Reason for this change",
        max_length=300,
        help_text=(
            "Readers see it in the history of each published record that changes,"
            " without your name."
        ),
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    def __init__(self, *args, user, model, **kwargs):
        super().__init__(*args, **kwargs)
        self.salt = f"{SALT}: {model._meta.label}, {user.pk}"

    def sign(self, table: Table, digest: str) -> str:
        """Return the table and what was seen of it. Raises Unreadable if too much."""
        signed = signing.dumps(
            {"columns": table.columns, "rows": table.rows, "digest": digest},
            salt=self.salt,
            compress=True,
        )
        if len(signed) > LARGEST_SIGNED:
            raise Unreadable(
                "There is too much text in this file for one import. Divide it, or"
                " send only the rows that change."
            )
        return signed

    def clean_tried(self):
        try:
            tried = signing.loads(
                self.cleaned_data["tried"], salt=self.salt, max_age=HOUR
            )
        except signing.SignatureExpired as error:
            raise forms.ValidationError(
                "The trial run is more than an hour old. Choose the file again."
            ) from error
        except signing.BadSignature as error:
            raise forms.ValidationError(
                "This is not a trial run of yours. Choose the file again."
            ) from error
        self.table = Table(tried["columns"], [Row(*row) for row in tried["rows"]])
        self.digest = tried["digest"]
        return self.cleaned_data["tried"]
