"""The arrangement itself."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property

from councils.models import Council
from councils.partial_dates import (
    EarliestDay,
    LatestDay,
    PartialDateField,
    day_column,
    is_before,
)

from ..choices import (
    Confidence,
    DeliveryModel,
    Publication,
    Relationship,
    Status,
    StatusInJune2013,
)
from .addresses import FormerSlug
from .checks import OnTheRota
from .days import ROLES, shapes
from .functions import ServiceFunction
from .members import Membership, OtherMember
from .questions import PartnershipQuerySet


class Partnership(OnTheRota, models.Model):
    """An arrangement in which public bodies share services, at least one a council."""

    # Addresses under /partnerships/ that are no record's.
    TAKEN = ("map",)

    slug = models.SlugField(
        max_length=80, unique=True, help_text="Its address. Never change a public one."
    )
    name = models.CharField(max_length=120)
    summary = models.TextField()
    functions = models.ManyToManyField(ServiceFunction, related_name="partnerships")
    councils = models.ManyToManyField(
        Council, through=Membership, related_name="partnerships"
    )
    delivery_model = models.CharField(max_length=20, choices=DeliveryModel)
    status = models.CharField(
        max_length=10, choices=Status, help_text="As of the newest evidence."
    )
    status_in_june_2013 = models.CharField(
        "status on 5 June 2013",
        max_length=15,
        choices=StatusInJune2013,
        default=StatusInJune2013.NOT_KNOWN,
        help_text="The date of the Socitm briefing.",
    )
    latest_evidence = PartialDateField(help_text="The date of the newest source seen.")
    announced = PartialDateField()
    started = PartialDateField()
    ended = PartialDateField(help_text="The last full day, as exact as the source.")
    end_reason = models.TextField("reason for ending", blank=True)
    staff = models.PositiveIntegerField(
        null=True, blank=True, help_text="Blank if no source gives a number."
    )
    confidence = models.CharField(max_length=10, choices=Confidence)
    gaps = models.TextField(
        "what we do not know", blank=True, help_text="Readers see this."
    )
    publication = models.CharField(
        max_length=10, choices=Publication, default=Publication.DRAFT
    )
    started_earliest = day_column(EarliestDay("started"))
    started_latest = day_column(LatestDay("started"))
    ended_earliest = day_column(EarliestDay("ended"))
    ended_latest = day_column(LatestDay("ended"))
    latest_evidence_earliest = day_column(EarliestDay("latest_evidence"))
    latest_evidence_latest = day_column(LatestDay("latest_evidence"))

    # What `running_on` and `as_at` of the QuerySet annotate; a list asks every record.
    runs: str | None = None
    as_at: str | None = None

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        ordering = ["name", "slug"]
        permissions = [
            ("publish_partnership", "Can publish and withdraw partnerships"),
            ("merge_partnership", "Can merge partnerships"),
        ]
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{field}__in": vocabulary.values}),
                    name=f"partnership_{field}_in_list",
                )
                for field, vocabulary in {
                    "delivery_model": DeliveryModel,
                    "status": Status,
                    "status_in_june_2013": StatusInJune2013,
                    "confidence": Confidence,
                    "publication": Publication,
                }.items()
            ),
            models.CheckConstraint(
                condition=Q(ended_latest__gte=F("started_earliest")),
                name="partnership_ends_after_it_starts",
                violation_error_message="The end cannot come before the start.",
            ),
            models.CheckConstraint(
                condition=Q(ended=None) | Q(status=Status.ENDED),
                name="partnership_with_an_end_has_ended",
                violation_error_message="A partnership with an end date has ended.",
            ),
            models.CheckConstraint(
                condition=Q(staff=None) | Q(staff__gte=0),
                name="partnership_staff_not_negative",
                violation_error_message="The number of staff cannot be below zero.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("partnerships:partnership-detail", args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        errors = {}
        if self.slug in self.TAKEN:
            errors["slug"] = "Another page of the registry has this address."
        if is_before(self.ended, self.started):
            errors["ended"] = (
                f"The end cannot come before the start, {self.started.in_words()}: type"
                " that date or a later one, or correct the start."
            )
        if self.ended and self.status != Status.ENDED:
            errors["status"] = "There is an end date: choose “Ended”."
        if self.publication != Publication.WITHDRAWN:
            former = FormerSlug.objects.exclude(partnership=self.pk)
            if other := former.filter(slug=self.slug).first():
                errors["slug"] = f"This address leads to “{other.partnership}” now."
        if errors:
            raise ValidationError(errors)

    # What follows asks nothing where the members and functions have been fetched. An
    # annotation of the same name takes its place.
    @cached_property
    def relationship(self) -> str:
        """What `PartnershipQuerySet.with_relationship` says of many."""
        found = {member.role for member in self.memberships.all()}
        has = [int(role in found) for role in ROLES]
        fitting = (shape for shape, is_it in shapes(*has) if is_it)
        return next(fitting, Relationship.NOT_RECORDED)

    @property
    def members(self) -> list[Membership | OtherMember]:
        """The councils, then the others that take part or took part."""
        return [*self.memberships.all(), *self.other_members.all()]

    @cached_property
    def number_of_councils(self) -> int:
        return len({member.council_id for member in self.memberships.all()})

    @cached_property
    def number_of_others(self) -> int:
        return len(self.other_members.all())

    @cached_property
    def number_of_members(self) -> int:
        """What `PartnershipQuerySet.with_number_of_members` says of many."""
        return self.number_of_councils + self.number_of_others

    @cached_property
    def members_in_words(self) -> str:
        """Name the members, with the doubt that the day of `as_at` leaves of some."""
        return ", ".join(
            f"{member.short_name} (possibly)"
            if member.as_at == "possibly"
            else member.short_name
            for member in self.members
        )

    @cached_property
    def functions_in_words(self) -> str:
        return ", ".join(map(str, self.functions.all()))

    @cached_property
    def last_numbers(self) -> dict[str, int]:
        """The highest number of each kind of row in all kept versions of the record."""
        found: dict[str, int] = defaultdict(int)
        for version in self.changes.values_list("version", flat=True):
            for row in version:
                number = row["fields"].get("number", 0)
                found[row["model"]] = max(number, found[row["model"]])
        return found

    @property
    def shape(self) -> Relationship:
        return Relationship(self.relationship)

    @property
    def delivery_model_meaning(self) -> str:
        return DeliveryModel(self.delivery_model).meaning

    def status_in_words(self) -> str:
        """Say the status with the date that it rests on, never as of today."""
        evidence = (
            self.latest_evidence.in_words()
            if self.latest_evidence
            else "date not known"
        )
        if self.status == Status.ONGOING:
            return f"Ongoing when last evidenced, {evidence}"
        if self.ended:
            return f"Ended {self.ended.in_words()}"
        if self.status == Status.ENDED:
            return f"Ended, date not known; newest evidence {evidence}"
        return f"Not known; newest evidence {evidence}"

    def missing_facts(self) -> list[str]:
        """Name the facts that no source seen so far gives."""
        return [
            words
            for is_missing, words in [
                (not self.announced, "when it was announced"),
                (not self.started, "when it started"),
                (self.status == Status.ENDED and not self.ended, "when it ended"),
                (self.status == Status.NOT_KNOWN, "whether it still runs"),
                (
                    self.status == Status.ENDED and not self.end_reason,
                    "why it ended",
                ),
                (self.delivery_model == DeliveryModel.UNKNOWN, "how it was run"),
                (self.staff is None, "how many staff it had"),
                (not self.aims.all(), "what the members wanted from it"),
                (not self.outcomes.all(), "what came of it"),
            ]
            if is_missing
        ]
