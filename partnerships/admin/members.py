"""The councils of a record: which body of which time, and how it is chosen."""

from operator import attrgetter

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.text import get_text_list

from councils.days import in_words
from councils.lineage import Lineage

from ..models import Membership
from .citing import CitingForm, CitingFormSet


class MembershipForm(CitingForm):
    """Refuses a membership before its council began or after its last day.

    A membership without dates is refused too if its arrangement's are the others.
    """

    class Meta:
        help_texts = {
            "council": "Any of its names, or a GSS code, former ones too. Choose the"
            " body of the time, not its heir."
        }

    def __init__(self, *args, beside=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.beside = beside

    def validate_constraints(self):
        """Leave the rules about two rows to the form set, which has both as typed."""
        exclude = {*self._get_validation_exclusions(), "partnership"}
        try:
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)

    def clean(self):
        cleaned = super().clean()
        if {"partnership", "council"} <= cleaned.keys():
            named = ("partnership", "council", "joined", "left")
            membership = Membership(**{name: cleaned.get(name) for name in named})
            if contradiction := membership.outside_lifetime():
                self.add_error("council", f"{contradiction}.{instead(membership)}")
        return cleaned


def instead(membership: Membership) -> str:
    """Say which council was there at the time of a membership outside its lifetime."""
    council, lineage = membership.council, Lineage()
    arrangement = membership.partnership
    came_later = council.started and any(
        day and day.latest < council.started
        for day in (membership.joined, membership.left, arrangement.ended)
    )
    if came_later:
        names = [
            succession.predecessor.name for succession in lineage.before(council.pk)
        ]
        before = get_text_list(names, "and")
        return f" Before it came {before}: choose one of that time." if before else ""
    successions = lineage.after(council.pk)
    if not successions or council.ended is None:
        return ""
    names = [succession.successor.name for succession in successions]
    heirs = get_text_list(names, "and")
    said = f" {heirs} took over on {in_words(successions[0].vesting_day)}"
    beginnings = [day for day in (membership.joined, arrangement.started) if day]
    began = max(beginnings, key=attrgetter("earliest"), default=None)
    if not began or began.earliest <= council.ended:
        return f"{said}: end this membership by the day before, and add the heir’s own."
    heirs_then = lineage.heirs_on(council.pk, began.earliest)
    later = get_text_list([step.council.name for step in heirs_then], "and")
    if later and later != heirs:
        said += f", and {later} stood {began.when_in_words()}"
    return f"{said}: choose the body of the time."


class MembershipFormSet(CitingFormSet):
    """Compares the memberships of one council with each other, as they are typed."""

    @cached_property
    def _saved(self) -> list[int]:
        return [row.pk for row in self.get_queryset()]

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "beside": self._saved}

    def validate_unique(self):
        """Leave it to `clean`, which names the council and says what to do."""

    def clean(self):
        super().clean()
        kept: list[Membership] = []
        for form in self.forms:
            if self._should_delete_form(form) or not form.cleaned_data.get("council"):
                continue
            row = form.instance
            twins = [one for one in kept if one.council_id == row.council_id]
            is_twice = any(
                row.overlaps(twin) or row.joined == twin.joined for twin in twins
            )
            if not form.errors and is_twice:
                form.add_error(
                    "council",
                    f"{row.council} is on this page twice for the same time: delete one"
                    " of the two rows. If it left and came back, give the first row the"
                    " day it left and the second the day it joined again.",
                )
            elif not form.errors and not row.left and self._still_open(form):
                form.add_error(
                    "left",
                    f"Another membership of {row.council} is to end by the same save."
                    " Save that first, then take this date away.",
                )
            kept.append(row)

    def _still_open(self, form) -> bool:
        """Return whether another row has no end yet when this one is saved.

        The database allows one for each council; rows are saved in their order.
        """
        later = self.initial_forms[self.forms.index(form) + 1 :]
        return form in self.initial_forms and any(
            other.initial.get("council") == form.instance.council_id
            and other.initial.get("left") is None
            for other in later
        )
