"""Reorganisations, each entered once as the order that makes it.

An order's rows are Successions. What it tells of the councils' own days is written
beside them, and it keeps which days nobody knew before, so that it can be taken back.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from ..choices import Extent
from ..days import in_words
from ..partial_dates import LAST_DAY

if TYPE_CHECKING:
    from .councils import Council
    from .successions import Succession


# No council of the registry took over from another before.
EARLIEST = date(1900, 1, 1)
WHICH_CENTURY = "Type a day of this century or the last."


class Contradiction(NamedTuple):
    """Why a row of an order cannot be true: its place, its field and a sentence."""

    place: int
    field: str
    sentence: str


class ReorganisationOrderQuerySet(models.QuerySet):
    def get_by_natural_key(self, name):
        return self.get(name=name)


class ReorganisationOrder(models.Model):
    """A legal instrument by which councils take over from others on one day."""

    name = models.CharField(
        "legal instrument",
        max_length=200,
        unique=True,
        help_text="Its full title, such as the Somerset (Structural Changes) Order"
        " 2022. For one that is planned, the name by which it is announced.",
    )
    number = models.CharField(
        max_length=40,
        blank=True,
        help_text="Such as S.I. 2022/329. Blank until it has one.",
    )
    url = models.URLField(
        "address",
        max_length=500,
        help_text="Where the instrument, or its announcement, can be read.",
    )
    vesting_day = models.DateField(
        validators=[
            MinValueValidator(EARLIEST, WHICH_CENTURY),
            MaxValueValidator(LAST_DAY, WHICH_CENTURY),
        ],
        help_text="The heirs’ first full day. The day before is the last of those that"
        " they take over.",
    )
    gave_last_day = models.ManyToManyField(
        "councils.Council",
        blank=True,
        editable=False,
        related_name="last_day_given_by",
        help_text="The councils whose last full day is known from this order alone.",
    )
    gave_first_day = models.ManyToManyField(
        "councils.Council",
        blank=True,
        editable=False,
        related_name="first_day_given_by",
        help_text="The councils whose first full day is known from this order alone.",
    )

    objects = ReorganisationOrderQuerySet.as_manager()

    class Meta:
        verbose_name = "reorganisation order"
        ordering = ["-vesting_day", "name"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.name,)

    @property
    def last_day(self) -> date:
        """The last full day of the councils that end by it."""
        return self.vesting_day - timedelta(days=1)

    def known_last_day(self, council: "Council") -> date | None:
        """Return a council's last full day as it is known without this order."""
        if self._gave(council.last_day_given_by) and not self._others(
            council.successions_to
        ):
            return None
        return council.ended

    def known_first_day(self, council: "Council") -> date | None:
        """Return a council's first full day as it is known without this order."""
        if self._gave(council.first_day_given_by) and not self._others(
            council.successions_from
        ):
            return None
        return council.started

    def _gave(self, given_by) -> bool:
        return bool(self.pk) and given_by.filter(pk=self.pk).exists()

    def _others(self, successions) -> list["Succession"]:
        """Return those of a council's successions that are not this order's."""
        return [s for s in successions.all() if not self.pk or s.order_id != self.pk]

    def contradictions(self, rows: Sequence["Succession"]) -> Iterator[Contradiction]:
        """Yield what cannot be true of these rows, under this order's vesting day.

        They need not be saved; nothing is written.
        """
        ending = {row.predecessor_id for row in rows}
        for place, row in enumerate(rows):
            for field, sentence in (
                *self._against_the_heir(row, ending),
                *self._against_the_predecessor(row),
                *self._against_other_rows(row, rows[:place]),
            ):
                yield Contradiction(place, field, sentence)

    def _against_the_heir(self, row, ending) -> Iterator[tuple[str, str]]:
        heir = row.successor
        first, last = self.known_first_day(heir), self.known_last_day(heir)
        if row.successor_id in ending:
            yield "successor", f"{heir} ends by this order itself."
        if first and first > self.vesting_day:
            yield (
                "successor",
                f"{heir} began on {in_words(first)}, after the vesting day.",
            )
        if last and last < self.vesting_day:
            yield (
                "successor",
                f"{heir} ended on {in_words(last)}, before the vesting day.",
            )

    def _against_the_predecessor(self, row) -> Iterator[tuple[str, str]]:
        council = row.predecessor
        first, last = self.known_first_day(council), self.known_last_day(council)
        if last and last != self.last_day:
            yield (
                "predecessor",
                f"The registry knows the last full day of {council} as"
                f" {in_words(last)}. This vesting day would make it"
                f" {in_words(self.last_day)}.",
            )
        if first and first > self.last_day:
            yield (
                "predecessor",
                f"{council} would end on {in_words(self.last_day)}, before it began on"
                f" {in_words(first)}.",
            )

    def _against_other_rows(self, row, earlier) -> Iterator[tuple[str, str]]:
        """Refuse a council taken over whole and again, and a pair known otherwise."""
        council = row.predecessor
        others = [other for other in earlier if other.predecessor_id == council.pk]
        for other in self._others(council.successions_to):
            if other.successor_id != row.successor_id:
                others.append(other)
            elif other.order_id:
                yield "successor", f"“{other.order}” says this already."
        for other in others:
            if Extent.WHOLE in {row.extent, other.extent}:
                yield (
                    "extent",
                    f"{council} goes to {other.successor} too: the whole of it cannot"
                    " be taken over twice. Choose the part for each heir.",
                )
        known = council.successions_to.filter(successor=row.successor_id).first()
        if known and (not known.order_id or known.was_known_before_order):
            for field in ("extent", "is_same_legal_body"):
                if getattr(known, field) != getattr(row, field):
                    yield (
                        field,
                        "The registry knew this succession before the order and says"
                        " otherwise. Choose the same here, or correct the succession"
                        " first.",
                    )

    def take_effect(self) -> None:
        """Write what the saved rows tell of the councils' days where none is known.

        Raises nothing for rows with contradictions: ask for those before.
        """
        self.successions.update(last_day=self.last_day)
        rows = self.successions.select_related("predecessor", "successor")
        for council in {row.predecessor for row in rows}:
            if council.ended is None:
                council.ended = self.last_day
                council.save(update_fields=["ended"])
                self.gave_last_day.add(council)
        for council in {row.successor for row in rows}:
            if council.started is None:
                council.started = self.vesting_day
                council.save(update_fields=["started"])
                self.gave_first_day.add(council)

    def take_back_days(self) -> None:
        """Make unknown again the days that are known from this order alone.

        A day that another succession rests on too stays, as known from that one.
        """
        for council in self.gave_last_day.all():
            council.ended = self.known_last_day(council)
            council.save(update_fields=["ended"])
            for other in self._others(council.successions_to)[:1]:
                if other.order:
                    other.order.gave_last_day.add(council)
        for council in self.gave_first_day.all():
            council.started = self.known_first_day(council)
            council.save(update_fields=["started"])
            for other in self._others(council.successions_from)[:1]:
                if other.order:
                    other.order.gave_first_day.add(council)
        self.gave_last_day.clear()
        self.gave_first_day.clear()

    def undo(self) -> None:
        """Delete the order, and leave successions and days as they were before it."""
        self.take_back_days()
        for succession in self.successions.all():
            succession.leave_order()
        self.delete()
