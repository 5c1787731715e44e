"""What was expected, what came of it, and which source says so."""

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, Q, Subquery

from councils.partial_dates import EarliestDay, PartialDateField, day_column

from ..choices import BenefitKind, Period, Result, SourceKind
from .links import LinkCheck


def sources_of_the_same_record(fact):
    """Refuse a fact that cites a source of another partnership."""
    if fact.pk and fact.sources.exclude(partnership=fact.partnership_id).exists():
        raise ValidationError("A fact can only cite its own partnership's sources.")


class NumberedQuerySet(models.QuerySet):
    """Rows that a record keeps in an order of its own, from 1."""

    def get_by_natural_key(self, partnership, number):
        return self.get(partnership__slug=partnership, number=number)

    def next_number(self, partnership) -> int:
        """Return a number that no row of the record has, or had in any kept version.

        Readers cite rows by number, and texts that do outlive the rows.
        """
        had = partnership.last_numbers.get(self.model._meta.label_lower, 0)
        rows = self.filter(partnership=partnership)
        return max([had, *rows.values_list("number", flat=True)]) + 1


class Numbered(models.Model):
    """A row known by its place in the record, which footnotes and fixtures use."""

    number = models.PositiveSmallIntegerField(editable=False)

    objects = NumberedQuerySet.as_manager()

    class Meta:
        abstract = True

    def natural_key(self):
        return (self.partnership.slug, self.number)

    @property
    def anchor(self) -> str:
        """Where it stands on the record's page."""
        return f"{self._meta.model_name}-{self.number}"


class SourceQuerySet(NumberedQuerySet):
    def with_failing_link(self):
        """Return those whose address led nowhere when it was last asked."""
        return self.filter(Exists(LinkCheck.objects.failing().of_a_source()))

    def with_link_failure(self):
        """Annotate why the address fails and when it did, None where it does not."""
        failure = LinkCheck.objects.failing().of_a_source()
        return self.annotate(
            link_failure=Subquery(failure.values("error")),
            link_failed=Subquery(failure.values("checked")),
        )


class Source(Numbered):
    """A document or page that supports facts of one partnership."""

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="sources"
    )
    title = models.CharField(max_length=250)
    publisher = models.CharField(max_length=120)
    url = models.URLField("address", max_length=500)
    published = PartialDateField()
    kind = models.CharField(max_length=20, choices=SourceKind)

    # Where `with_link_failure` annotated them.
    link_failure: str | None
    link_failed: datetime | None

    objects: ClassVar[Any] = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SourceKind.values), name="source_kind_in_list"
            ),
            models.UniqueConstraint(
                fields=["partnership", "number"],
                name="source_once_per_number",
                violation_error_message="Another source has this number.",
            ),
            models.UniqueConstraint(
                fields=["partnership", "url"],
                name="source_once_per_address",
                violation_error_message="This record already has that address.",
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title} ({self.publisher})"


class Aim(Numbered):
    """A benefit that the members said they wanted."""

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="aims"
    )
    kind = models.CharField(max_length=20, choices=BenefitKind)
    text = models.TextField()
    sources = models.ManyToManyField(Source, blank=True, related_name="aims")

    class Meta:
        ordering = ["partnership", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BenefitKind.values), name="aim_kind_in_list"
            ),
            models.UniqueConstraint(
                fields=["partnership", "number"], name="aim_once_per_number"
            ),
            models.UniqueConstraint(
                fields=["partnership", "kind", "text"],
                name="aim_said_once",
                violation_error_message="The record already has this aim.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text}"

    def clean(self):
        sources_of_the_same_record(self)


class Outcome(Numbered):
    """What came of it, or what was forecast and never reported on.

    Money carries what it covers: yearly and total amounts never add up, and an amount
    whose period no source gives says so.
    """

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="outcomes"
    )
    kind = models.CharField(max_length=20, choices=BenefitKind)
    result = models.CharField(max_length=20, choices=Result)
    amount = models.PositiveBigIntegerField(
        "amount in pounds",
        null=True,
        blank=True,
        help_text="Whole pounds. Blank if no source gives one; 0 only for nothing.",
    )
    period = models.CharField(
        max_length=10,
        choices=Period,
        blank=True,
        help_text="What the amount covers. Blank if there is no amount.",
    )
    text = models.TextField()
    sources = models.ManyToManyField(Source, blank=True, related_name="outcomes")

    class Meta:
        ordering = ["partnership", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BenefitKind.values), name="outcome_kind_in_list"
            ),
            models.CheckConstraint(
                condition=Q(result__in=Result.values), name="outcome_result_in_list"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="outcome_amount_not_negative",
                violation_error_message="An amount cannot be below zero.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None, period="")
                | Q(amount__isnull=False, period__in=Period.values),
                name="outcome_money_has_a_period",
                violation_error_message=(
                    "Say what the amount covers: a year, the total, or not known."
                ),
            ),
            models.UniqueConstraint(
                fields=["partnership", "number"], name="outcome_once_per_number"
            ),
            models.UniqueConstraint(
                fields=["partnership", "kind", "text"],
                name="outcome_said_once",
                violation_error_message="The record already has this outcome.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text}"

    @property
    def money(self) -> str:
        """Return "£6,000,000 in total", or "" where no source gives an amount."""
        if self.amount is None:
            return ""
        return f"£{self.amount:,} {self.get_period_display()}"

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude)
        if {"amount", "period"} & {*(exclude or ())}:
            return  # what could not be read contradicts nothing
        if self.amount is None and self.period:
            raise ValidationError({"period": "Leave this blank: there is no amount."})
        if self.amount is not None and not self.period:
            raise ValidationError(
                {"period": "Say what the amount covers: a year, the total, not known."}
            )

    def clean(self):
        sources_of_the_same_record(self)


class Milestone(Numbered):
    """A turning point between the start and the end."""

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="milestones"
    )
    happened = PartialDateField(null=False, blank=False)
    happened_earliest = day_column(EarliestDay("happened"))
    text = models.TextField()
    sources = models.ManyToManyField(Source, blank=True, related_name="milestones")

    class Meta:
        ordering = ["partnership", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "number"], name="milestone_once_per_number"
            ),
        ]

    def __str__(self):
        return f"{self.happened.in_words()}: {self.text}"

    def clean(self):
        sources_of_the_same_record(self)
