"""Briefings, the cases that they tell and the lessons that they draw."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from councils.folding import Folded
from councils.partial_dates import PartialDateField
from partnerships.benefits import Benefit, benefits
from partnerships.choices import Publication, SourceKind
from partnerships.contrasts import Contrast, contrast_to
from partnerships.models import Partnership, PartnershipQuerySet
from partnerships.turning_points import (
    Afterwards,
    TurningPoint,
    afterwards,
    turning_points,
)

from .. import prose
from ..bearing import Bearing, bearing, problem_with, records_asked_for
from ..choices import Theme
from ..facts import facts_of, numbers_of
from ..rules import problems_of_prose, problems_of_text, refuse


class BriefingQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def with_names(self):
        """Fetch the published partnerships that each one's source names."""
        names = Partnership.objects.published().in_order()
        return self.prefetch_related(Prefetch("names", names))

    def for_detail(self):
        """Fetch what the page of one briefing says."""
        return self.with_names().prefetch_related(
            Prefetch("case_studies", CaseStudy.objects.for_list()),
            Prefetch("lessons", Lesson.objects.with_cases()),
        )


class Briefing(models.Model):
    """A publication that the registry draws on, and what it argues."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120)
    announced = PartialDateField()
    available_from = models.CharField(
        max_length=120, help_text="Who gives out the whole text."
    )
    argument = models.TextField(help_text="In Markdown.")
    arrangements_covered = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="How many arrangements it says that it covers.",
    )
    scope = models.CharField(
        max_length=250,
        blank=True,
        help_text="What an arrangement has to be for the registry to hold it beside"
        " those that the briefing covers.",
    )
    names = models.ManyToManyField(
        Partnership,
        blank=True,
        related_name="named_in_briefings",
        help_text="The partnerships that the source below names.",
    )
    source_title = models.CharField(max_length=250)
    source_publisher = models.CharField(max_length=120)
    source_url = models.URLField("source address", max_length=500)
    source_published = PartialDateField()
    source_kind = models.CharField(max_length=20, choices=SourceKind)

    objects = BriefingQuerySet.as_manager()

    class Meta:
        ordering = [F("announced").desc(nulls_last=True), "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(source_kind__in=SourceKind.values),
                name="briefing_source_kind_in_list",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("briefings:briefing-detail", args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        refuse({"argument": problems_of_text(self.argument)})

    def follow(self, old, new, anchors: dict[str, str]) -> None:
        """Name the record into which one that it names was merged."""
        self.names.remove(old)
        self.names.add(new)

    @property
    def argument_in_html(self) -> SafeString:
        return prose.in_html(self.argument)


class CaseStudyQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(partnership__slug=slug)

    def published(self):
        """Leave out the case studies of records that readers cannot see."""
        return self.filter(partnership__publication=Publication.PUBLISHED)

    def for_list(self):
        """Fetch what one entry of a list says, published ones alone."""
        return (
            self.published()
            .select_related("briefing", "partnership")
            .order_by("briefing", Folded("partnership__name"), "partnership__slug")
        )

    def for_detail(self):
        """Fetch what one page says: the record, the lessons and the other cases."""
        return (
            self.published()
            .select_related("briefing")
            .prefetch_related(
                Prefetch("partnership", Partnership.objects.for_detail()),
                Prefetch("lessons", Lesson.objects.with_cases()),
                Prefetch("lessons_against", Lesson.objects.with_cases()),
                Prefetch("briefing__case_studies", CaseStudy.objects.for_list()),
            )
        )


class CaseStudy(models.Model):
    """A briefing's account of one partnership.

    Dates, members, results and money stay in the partnership's record, from which the
    page shows them; the prose holds what the record has no field for, and pulls a date
    or the number of staff from it by a placeholder.
    """

    PROSE = ("introduction", "beginnings", "obstacles", "analysis")

    briefing = models.ForeignKey(
        Briefing, on_delete=models.PROTECT, related_name="case_studies"
    )
    partnership = models.OneToOneField(
        Partnership, on_delete=models.PROTECT, related_name="case_study"
    )
    title = models.CharField(max_length=200)
    introduction = models.TextField(
        help_text="One or two sentences; lists show it too."
    )
    beginnings = models.TextField("how it began")
    obstacles = models.TextField("why it ended, or what holds it back")
    analysis = models.TextField("what the briefing concludes")

    objects = CaseStudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "case studies"
        ordering = ["briefing", "partnership"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("briefings:case-study-detail", args=[self.partnership.slug])

    def natural_key(self):
        return (self.partnership.slug,)

    def clean(self):
        if not self.partnership_id:
            return
        sources = set(self.partnership.sources.values_list("number", flat=True))
        held = numbers_of(self.partnership)
        refuse(
            {
                field: problems_of_prose(getattr(self, field), sources, held)
                for field in self.PROSE
            }
        )

    @property
    def cites(self) -> set[int]:
        """The numbers of the record's sources on which the prose rests."""
        texts = [getattr(self, field) for field in self.PROSE]
        return {number for text in texts for number in prose.citations(text)}

    def follow(self, old, new, anchors: dict[str, str]) -> None:
        """Go with a record that was merged, and cite the same sources by new numbers.

        Raises ValidationError if the other record lacks a source that is cited.
        """
        numbers = {
            int(place.removeprefix("source-")): int(now.removeprefix("source-"))
            for place, now in anchors.items()
            if place.startswith("source-")
        }
        if lost := sorted(self.cites - {*numbers}):
            raise ValidationError(
                f"The case study “{self}” cites source {lost[0]} of “{old}”, which"
                f" “{new}” would not have."
            )
        for field in self.PROSE:
            setattr(self, field, prose.renumbered(getattr(self, field), numbers))
        self.partnership = new
        self.save()

    @property
    def summary(self) -> str:
        """The introduction in plain text, without its citations."""
        return prose.in_plain_text(self.introduction, facts_of(self.partnership))

    @property
    def story(self) -> dict[str, SafeString]:
        """The prose as HTML, field by field, with the record's own facts."""
        record = self.partnership.get_absolute_url()
        sources = {
            source.number: f"{record}#source-{source.number}"
            for source in self.partnership.sources.all()
        }
        facts = facts_of(self.partnership)
        return {
            field: prose.in_html(getattr(self, field), facts, sources)
            for field in self.PROSE
        }

    @property
    def benefits(self) -> list[Benefit]:
        return benefits(self.partnership)

    @property
    def turning_points(self) -> list[TurningPoint]:
        return turning_points(self.partnership)

    @property
    def afterwards(self) -> Afterwards | None:
        """What the record says of the time since the briefing, if that has a date."""
        day = self.briefing.announced
        return afterwards(self.partnership, day) if day else None

    @cached_property
    def contrast(self) -> Contrast | None:
        return contrast_to(self.partnership)

    @property
    def others(self) -> list["CaseStudy"]:
        """The other published case studies of the briefing, the contrast left out."""
        shown = {self.partnership, self.contrast and self.contrast.partnership}
        studies = self.briefing.case_studies.all()
        return [study for study in studies if study.partnership not in shown]


class LessonQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def with_cases(self):
        """Fetch the published case studies for and against each lesson."""
        return self.order_by("number").prefetch_related(
            Prefetch("cases_for", CaseStudy.objects.for_list()),
            Prefetch("cases_against", CaseStudy.objects.for_list()),
        )

    def for_list(self):
        """Fetch what one entry of the list of lessons says, theme by theme."""
        themes = [
            models.When(theme=theme, then=place) for place, theme in enumerate(Theme)
        ]
        return (
            self.with_cases()
            .select_related("briefing")
            .order_by(models.Case(*themes), "briefing", "number")
        )


class Lesson(models.Model):
    """A pointer that a briefing gives to those who plan to share.

    Its question is a query string of the list of arrangements, so that a lesson counts
    what that list counts.
    """

    briefing = models.ForeignKey(
        Briefing, on_delete=models.PROTECT, related_name="lessons"
    )
    slug = models.SlugField(max_length=80, unique=True)
    number = models.PositiveSmallIntegerField(help_text="Its place in the briefing.")
    theme = models.CharField(max_length=20, choices=Theme)
    point = models.TextField()
    cases_for = models.ManyToManyField(
        CaseStudy,
        blank=True,
        related_name="lessons",
        help_text="The cases that the briefing gives for it.",
    )
    cases_against = models.ManyToManyField(
        CaseStudy,
        blank=True,
        related_name="lessons_against",
        help_text="The cases that speak against it.",
    )
    question = models.CharField(
        "question to the list",
        max_length=250,
        blank=True,
        help_text="What follows “?” in the address of the list of arrangements whose"
        " records bear on it, such as relationship=supplier-and-client. Blank if no"
        " filter truly does.",
    )
    relevance = models.TextField(
        "why these records",
        help_text="Why the arrangements found bear on the lesson, or why no filter"
        " finds any.",
    )

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ["briefing", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "number"], name="lesson_once_per_number"
            ),
            models.CheckConstraint(
                condition=Q(theme__in=Theme.values), name="lesson_theme_in_list"
            ),
        ]

    def __str__(self):
        return self.point

    def get_absolute_url(self):
        return reverse("briefings:lesson-detail", args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        if self.question:
            refuse({"question": problem_with(self.question)})

    @property
    def asked_for(self) -> PartnershipQuerySet:
        """The published partnerships that its question finds, for another query."""
        return records_asked_for(self.question)

    @property
    def bearing(self) -> Bearing | None:
        """The arrangements whose records bear on it; None if no filter finds them."""
        return bearing(self.question) if self.question else None
