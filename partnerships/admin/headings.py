"""What each row of a record holds, said above it so that a closed row is still read."""

from functools import singledispatch

from django import forms
from django.utils.text import Truncator

from ..models import Aim, Membership, Milestone, OtherMember, Outcome


class RowForm(forms.ModelForm):
    """A row of a record that can say what it holds."""

    @property
    def heading(self) -> str:
        """What the row holds, "" for one that is not saved yet."""
        return heading(self.instance) if self.instance.pk else ""


def said(form: forms.ModelForm) -> str:
    """Return a row as a sentence names it."""
    kind = form.instance._meta.verbose_name
    return (
        f"the {kind} “{heading(form.instance)}”"
        if form.instance.pk
        else f"a new {kind}"
    )


@singledispatch
def heading(row) -> str:
    return str(row)


@heading.register
def _(row: Membership) -> str:
    return f"{row.council.short_name} — {time_of(row)}"


@heading.register
def _(row: OtherMember) -> str:
    return f"{row.name} — {time_of(row)}"


def time_of(member: Membership | OtherMember) -> str:
    """Return "lead authority, from 2010 to about 2012", as far as is known."""
    said = member.get_role_display().lower()
    if member.joined:
        said += f", from {member.joined.in_words()}"
    if member.left:
        said += f"{'' if member.joined else ','} to {member.left.in_words()}"
    return said


@heading.register
def _(row: Aim) -> str:
    return f"{row.get_kind_display()} — {shortened(row.text)}"


@heading.register
def _(row: Outcome) -> str:
    result = row.get_result_display().lower()
    money = f", {row.money}" if row.money else ""
    return f"{row.get_kind_display()}, {result}{money} — {shortened(row.text)}"


@heading.register
def _(row: Milestone) -> str:
    return f"{row.happened.in_words()} — {shortened(row.text)}"


def shortened(text: str) -> str:
    return Truncator(text).words(14, truncate=" …")
