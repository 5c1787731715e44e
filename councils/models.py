"""The councils of the United Kingdom since 2009, and who took over from whom."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse

from .choices import CouncilType, Extent, Nation, Region
from .days import in_words
from .folding import MOST_WORDS, Folded, fold, folded_words, holding, part_of
from .orders import ReorganisationOrder
from .partial_dates import LAST_DAY, likely

gss_code_form = RegexValidator(
    r"^[EWSN][0-9]{8}\Z",
    "Type one letter (E, W, S or N) and eight digits, as in E07000004.",
)


class CouncilQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def in_order(self, sort: str = "name"):
        """Sort by a key of SORTS, or by its reverse with "-" before it.

        Unknown values come last both ways. Short names break ties, the same on every
        database, and of two bodies with one name the newer comes first. To sort by
        arrangements, count them first: `with_arrangements`.
        """
        column = SORTS[sort.removeprefix("-")]
        by = column.desc if sort.startswith("-") else column.asc
        return self.order_by(
            by(nulls_last=True),
            Folded("short_name"),
            F("ended").desc(nulls_first=True),
            "slug",
        )

    def for_list(self):
        """Fetch the other names and codes that a row or a file gives."""
        return self.prefetch_related("other_names", "former_codes")

    def best_first(self, text: str, day: date):
        """Sort suggestions for a text that is still being typed.

        First the names that begin with it, then those in which a word does, then the
        others; of each, the councils of that day before the abolished ones.
        """
        typed = fold(text)
        begins = Case(
            When(short_name__folded__startswith=typed, then=Value(0)),
            When(short_name__folded__contains=f" {typed}", then=Value(1)),
            default=Value(2),
        )
        is_gone = Case(When(ended__lt=day, then=Value(1)), default=Value(0))
        return self.order_by(begins, is_gone, Folded("short_name"), "slug")

    def existing_on(self, day: date):
        """Return the councils that stood on that day; `ended` is the last full day."""
        return self.filter(Q(started=None) | Q(started__lte=day)).filter(
            Q(ended=None) | Q(ended__gte=day)
        )

    def named_like(self, text: str):
        """Return the councils in whose names and codes every word of the text occurs.

        Former and other names, Welsh names and former GSS codes count; accents,
        capitals and apostrophes do not. None for more than `MOST_WORDS`.
        """
        words = folded_words(text)
        councils = self.none() if len(words) > MOST_WORDS else self
        for word in words[:MOST_WORDS]:
            councils = councils.filter(_named(word, part_of))
        return councils

    def with_word(self, word: str):
        """Return the councils in whose names and codes a search finds a folded word."""
        return self.filter(_named(word, holding))

    def called(self, text: str):
        """Return the councils that a typed name or code means, none for no text.

        A slug means one council. Otherwise codes are asked, then whole names, then
        parts of names, until one answers. Two bodies of one name are both meant.
        """
        typed = " ".join(text.split())
        # PostgreSQL refuses NUL.
        if not 0 < len(folded_words(typed)) <= MOST_WORDS or "\0" in typed:
            return self.none()
        code, name = typed.upper(), fold(typed)
        ways = [
            Q(slug=typed),
            Q(gss_code=code) | _has(FormerCode, gss_code=code),
            Q(name__folded=name)
            | Q(short_name__folded=name)
            | Q(name_cy__folded=name)
            | _has(CouncilName, name__folded=name),
        ]
        for way in ways:
            found = self.filter(way)
            if found.exists():
                return found
        return self.named_like(typed)

    def with_arrangements(self, arrangements):
        """Annotate `own_arrangements` and `inherited_arrangements`, two numbers.

        `arrangements` is an `arrangements.Arrangements`, which knows them.
        """
        return self.annotate(
            own_arrangements=_number(arrangements.own),
            inherited_arrangements=_number(arrangements.inherited),
        )


def _has(model, *condition: Q, **fields):
    """Return the condition that a council has such a row of another name or code."""
    return Exists(model.objects.filter(*condition, council=OuterRef("pk"), **fields))


def _named(word: str, holds: Callable[[str, str], Q]):
    """Return the condition that any name or code of a council holds a word."""
    return (
        holds("name", word)
        | holds("short_name", word)
        | holds("name_cy", word)
        | holds("gss_code", word)
        | _has(CouncilName, holds("name", word))
        | _has(FormerCode, holds("gss_code", word))
    )


def _number(found: dict[int, set[int]]):
    """Return the size of each council's set, 0 where there is none."""
    sizes = defaultdict(list)
    for council_id, members in found.items():
        sizes[len(members)].append(council_id)
    return Case(
        *(When(pk__in=ids, then=Value(size)) for size, ids in sizes.items()),
        default=Value(0),
        output_field=models.IntegerField(),
    )


SORTS: dict[str, F | models.Expression] = {
    "name": Folded("short_name"),
    "started": F("started"),
    "arrangements": F("own_arrangements") + F("inherited_arrangements"),
}


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


class CouncilNameQuerySet(models.QuerySet):
    def get_by_natural_key(self, council, name):
        return self.get(council__slug=council, name=name)


class CouncilName(models.Model):
    """Another name of a council: a former one, a short form, or a spelling in use."""

    council = models.ForeignKey(
        Council, on_delete=models.CASCADE, related_name="other_names"
    )
    name = models.CharField(max_length=120)

    objects = CouncilNameQuerySet.as_manager()

    class Meta:
        verbose_name = "other name"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "name"], name="councilname_once_per_council"
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.council.slug, self.name)


class FormerCodeQuerySet(models.QuerySet):
    def get_by_natural_key(self, gss_code):
        return self.get(gss_code=gss_code)


class FormerCode(models.Model):
    """A GSS code that a council no longer has. Closed codes are never used again."""

    council = models.ForeignKey(
        Council, on_delete=models.CASCADE, related_name="former_codes"
    )
    gss_code = models.CharField(
        "GSS code", max_length=9, unique=True, validators=[gss_code_form]
    )

    objects = FormerCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "former GSS code"
        ordering = ["gss_code"]

    def __str__(self):
        return self.gss_code

    def natural_key(self):
        return (self.gss_code,)


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
