"""Who took over from whom."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from ..choices import Extent
from ..days import in_words
from ..partial_dates import LAST_DAY, likely
from .councils import Council
from .orders import ReorganisationOrder


class SuccessionQuerySet(models.QuerySet):
    def get_by_natural_key(self, predecessor, successor):
        return self.get(predecessor__slug=predecessor, successor__slug=successor)


class Succession(models.Model):
    """One council took over the area of another, or a part of it."""

    predecessor = models.ForeignKey(
        Council, on_delete=models.PROTECT, related_name="successions_to"
    )
    successor = models.ForeignKey(
        Council, on_delete=models.PROTECT, related_name="successions_from"
    )
    last_day = models.DateField(
        validators=[likely], help_text="The predecessor's last full day."
    )
    extent = models.CharField(max_length=5, choices=Extent)
    is_same_legal_body = models.BooleanField(
        help_text="The predecessor went on as the same legal person, often by another"
        " name."
    )
    order = models.ForeignKey(
        ReorganisationOrder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="successions",
        help_text="The order that made it; blank where none is entered.",
    )
    was_known_before_order = models.BooleanField(default=False, editable=False)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        ordering = ["last_day", "predecessor", "successor"]
        constraints = [
            models.CheckConstraint(
                condition=Q(extent__in=Extent.values), name="succession_extent_in_list"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_is_between_two_councils",
                violation_error_message="A council cannot succeed itself.",
            ),
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="succession_once_per_pair"
            ),
            models.CheckConstraint(
                condition=Q(last_day__lte=LAST_DAY),
                name="succession_is_on_a_likely_day",
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} to {self.successor}"

    def clean(self):
        """Refuse days that contradict the councils' own; so no chain becomes a loop."""
        if not (self.predecessor_id and self.successor_id and self.last_day):
            return
        if self.order and self._is_between_others():
            said = f"“{self.order}” says this: change it there, in the order."
            raise ValidationError({"successor": said})
        if self.order and self.last_day != self.order.last_day:
            raise ValidationError(
                {
                    "last_day": f"“{self.order}” gives this day,"
                    f" {in_words(self.order.last_day)}: change it there, in the order."
                }
            )
        if self.predecessor.ended != self.last_day:
            raise ValidationError(
                {
                    "last_day": f"The last day of {self.predecessor} is recorded as"
                    f" {in_words(self.predecessor.ended)}: the two have to be the same"
                    " day."
                }
            )
        if not self.successor.stood_on(self.vesting_day):
            raise ValidationError(
                {"successor": f"{self.successor} did not exist on the day after."}
            )

    def _is_between_others(self) -> bool:
        """Return whether the database knows it as one between other councils."""
        same = {"predecessor": self.predecessor_id, "successor": self.successor_id}
        known = type(self)._default_manager.filter(pk=self.pk)
        return known.exclude(**same).exists()

    @property
    def vesting_day(self) -> date:
        """The successor's first day there: the day after the predecessor's last."""
        return self.last_day + timedelta(days=1)

    def leave_order(self) -> None:
        """Go with the order that made it, or stay if it was known before."""
        if not self.was_known_before_order:
            self.delete()
            return
        self.order, self.was_known_before_order = None, False
        self.save()

    def natural_key(self):
        return (self.predecessor.slug, self.successor.slug)
