"""The councils of the United Kingdom since 2009."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ..choices import CouncilType, Nation, Region
from ..days import in_words
from ..partial_dates import LAST_DAY, likely
from .finding import CouncilQuerySet

gss_code_form = RegexValidator(
    r"^[EWSN][0-9]{8}\Z",
    "Type one letter (E, W, S or N) and eight digits, as in E07000004.",
)


class Council(models.Model):
    """A principal council as it stood from its first to its last full day.

    A change of name, city status or GSS code leaves it the same council; a change of
    tier or a merger makes a new one, joined to the old by a `Succession`.
    """

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, help_text="The official name in full.")
    short_name = models.CharField(max_length=80)
    name_cy = models.CharField("Welsh name", max_length=120, blank=True)
    gss_code = models.CharField(
        "GSS code",
        max_length=9,
        blank=True,
        validators=[gss_code_form],
        help_text="Leave blank if the council never had a nine-character code.",
    )
    council_type = models.CharField(max_length=30, choices=CouncilType)
    nation = models.CharField(max_length=20, choices=Nation)
    region = models.CharField(max_length=30, choices=Region)
    county_area = models.CharField(
        "ceremonial or county area", max_length=60, blank=True
    )
    started = models.DateField(
        "first day",
        null=True,
        blank=True,
        validators=[likely],
        help_text="The start of its present type. Blank if there is no calendar date.",
    )
    ended = models.DateField(
        "last full day",
        null=True,
        blank=True,
        validators=[likely],
        help_text="Usually 31 March, the day before vesting day. Blank if it exists.",
    )
    website = models.URLField(blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    note = models.TextField(
        blank=True, help_text="Where the dates, the codes or the point come from."
    )

    objects = CouncilQuerySet.as_manager()

    class Meta:
        ordering = ["short_name", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(council_type__in=CouncilType.values),
                name="council_type_in_list",
            ),
            models.CheckConstraint(
                condition=Q(nation__in=Nation.values), name="council_nation_in_list"
            ),
            models.CheckConstraint(
                condition=Q(region__in=Region.values), name="council_region_in_list"
            ),
            models.CheckConstraint(
                condition=Q(ended__gte=F("started")),
                name="council_ends_after_it_starts",
                violation_error_message="The last day cannot come before the first.",
            ),
            # Heirs take over on the day after, which has to be one.
            models.CheckConstraint(
                condition=Q(ended__lte=LAST_DAY), name="council_ends_on_a_likely_day"
            ),
            models.UniqueConstraint(
                fields=["gss_code"],
                condition=~Q(gss_code=""),
                name="council_gss_code_is_its_own",
                violation_error_message="Another council has this GSS code.",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                # Asked for by name: a comparison with NULL would let half a point pass.
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(49, 61),
                    longitude__range=(-9, 2),
                ),
                name="council_point_in_the_islands",
                violation_error_message=(
                    "Give both latitude (49 to 61) and longitude (-9 to 2), or neither."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("councils:council-detail", args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        errors = {}
        if self.started and self.ended and self.ended < self.started:
            errors["ended"] = "The last day cannot come before the first day."
        if self.pk:
            given = "“{}” gives this day, {}: change it there, in the order."
            for order in self.first_day_given_by.all():
                if self.started != order.vesting_day:
                    errors["started"] = given.format(order, in_words(order.vesting_day))
            for order in self.last_day_given_by.all():
                if self.ended != order.last_day:
                    errors["ended"] = given.format(order, in_words(order.last_day))
        if errors:
            raise ValidationError(errors)

    @property
    def vesting_day(self) -> date | None:
        """The day on which others take over: the day after the last full one."""
        return self.ended and self.ended + timedelta(days=1)

    def stood_on(self, day: date) -> bool:
        """Return whether it existed on that day, as `existing_on` asks of many."""
        return not (self.started and self.started > day) and not (
            self.ended and self.ended < day
        )
