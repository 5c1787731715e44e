"""What readers are told: Socitm's briefings, their case studies and their lessons."""

from django.db import models
from django.urls import reverse

from councils.partial_dates import PartialDateField
from partnerships.choices import SourceKind
from partnerships.models import Partnership


class SluggedQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


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

    objects = SluggedQuerySet.as_manager()

    class Meta:
        ordering = ["-announced", "slug"]
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


class CaseStudyQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(partnership__slug=slug)

    def published(self):
        """Leave out the case studies of records that readers cannot see."""
        return self.filter(partnership__in=Partnership.objects.published())


class CaseStudy(models.Model):
    """A briefing's account of one partnership; the figures stay in its record."""

    briefing = models.ForeignKey(
        Briefing, on_delete=models.PROTECT, related_name="case_studies"
    )
    partnership = models.OneToOneField(
        Partnership, on_delete=models.PROTECT, related_name="case_study"
    )
    title = models.CharField(max_length=200)
    introduction = models.TextField(help_text="One or two sentences for lists.")
    beginnings = models.TextField("how it began", help_text="One paragraph a line.")
    course = models.TextField("what happened", help_text="One paragraph a line.")
    analysis = models.TextField(
        "what the briefing concludes", help_text="One paragraph a line."
    )

    objects = CaseStudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "case studies"
        ordering = ["partnership"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("briefings:case-study-detail", args=[self.partnership.slug])

    def natural_key(self):
        return (self.partnership.slug,)


class Lesson(models.Model):
    """A pointer that a briefing gives to those who plan to share."""

    briefing = models.ForeignKey(
        Briefing, on_delete=models.PROTECT, related_name="lessons"
    )
    slug = models.SlugField(max_length=80, unique=True)
    number = models.PositiveSmallIntegerField(help_text="Its place in the briefing.")
    point = models.TextField()
    cases = models.ManyToManyField(CaseStudy, blank=True, related_name="lessons")

    objects = SluggedQuerySet.as_manager()

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
