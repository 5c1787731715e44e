"""What readers are told: Socitm's briefings, their case studies and their lessons."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch
from django.urls import reverse

from councils.folding import Folded
from councils.partial_dates import PartialDateField
from partnerships.benefits import Benefit, benefits
from partnerships.choices import SourceKind
from partnerships.models import Partnership, Source

CITATIONS = re.compile(r"(?:\s*\[[0-9]+\])+$")


class Paragraph(NamedTuple):
    """One line of prose, and the numbers in brackets that it ended with."""

    words: str
    cited: list[int]


def in_paragraphs(text: str) -> list[Paragraph]:
    """Split prose at its line ends: "It ended. [1] [2]" cites sources 1 and 2."""
    paragraphs = []
    for line in filter(None, map(str.strip, text.splitlines())):
        words = CITATIONS.sub("", line)
        cited = re.findall("[0-9]+", line[len(words) :])
        paragraphs.append(Paragraph(words, [int(number) for number in cited]))
    return paragraphs


class CitedParagraph(NamedTuple):
    words: str
    sources: list[Source]


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
    argument = models.TextField(help_text="One paragraph a line.")
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

    @property
    def paragraphs(self) -> list[str]:
        return [paragraph.words for paragraph in in_paragraphs(self.argument)]

    def natural_key(self):
        return (self.slug,)


class CaseStudyQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(partnership__slug=slug)

    def published(self):
        """Leave out the case studies of records that readers cannot see."""
        return self.filter(partnership__in=Partnership.objects.published())

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
                Prefetch("briefing__case_studies", CaseStudy.objects.for_list()),
            )
        )


class CaseStudy(models.Model):
    """A briefing's account of one partnership.

    Dates, members, results and money stay in the partnership's record, from which the
    page shows them; the prose holds what the record has no field for.
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
        numbers = set(self.partnership.sources.values_list("number", flat=True))
        errors = {}
        for field in self.PROSE:
            for words, cited in in_paragraphs(getattr(self, field)):
                if not cited:
                    errors[field] = (
                        "End each paragraph with the numbers of its sources in the"
                        f" record, as in [1] [2]: “{words[:40]}…” has none."
                    )
                elif missing := set(cited) - numbers:
                    errors[field] = f"The record has no source {min(missing)}."
        if errors:
            raise ValidationError(errors)

    @property
    def summary(self) -> str:
        """The introduction without its citations."""
        return " ".join(words for words, _ in in_paragraphs(self.introduction))

    @property
    def story(self) -> dict[str, list[CitedParagraph]]:
        """The prose, field by field, each paragraph with its sources in the record."""
        sources = {source.number: source for source in self.partnership.sources.all()}
        return {
            field: [
                CitedParagraph(words, [sources[n] for n in cited if n in sources])
                for words, cited in in_paragraphs(getattr(self, field))
            ]
            for field in self.PROSE
        }

    @property
    def benefits(self) -> list[Benefit]:
        return benefits(self.partnership)

    @property
    def others(self) -> list["CaseStudy"]:
        """The published case studies of the same briefing, to hold beside this one."""
        return [study for study in self.briefing.case_studies.all() if study != self]


class LessonQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def with_cases(self):
        """Fetch the published case studies that teach each lesson."""
        return self.order_by("number").prefetch_related(
            Prefetch("cases", CaseStudy.objects.for_list())
        )


class Lesson(models.Model):
    """A pointer that a briefing gives to those who plan to share."""

    briefing = models.ForeignKey(
        Briefing, on_delete=models.PROTECT, related_name="lessons"
    )
    slug = models.SlugField(max_length=80, unique=True)
    number = models.PositiveSmallIntegerField(help_text="Its place in the briefing.")
    point = models.TextField()
    cases = models.ManyToManyField(CaseStudy, blank=True, related_name="lessons")

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ["briefing", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "number"], name="lesson_once_per_number"
            )
        ]

    def __str__(self):
        return self.point

    def natural_key(self):
        return (self.slug,)
