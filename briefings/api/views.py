"""What readers are told, for programs: case studies and lessons."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from councils.api.reading import Reading, described

from ..choices import Theme
from ..models import CaseStudy, Lesson

SLUGS = {"type": "array", "items": {"type": "string"}}


class CaseStudySerializer(serializers.Serializer):
    """What a briefing tells of one partnership; its facts are in the record."""

    partnership = serializers.SlugField(
        source="partnership.slug", help_text="The arrangement that it tells of."
    )
    briefing = serializers.SlugField(
        source="briefing.slug", help_text="The briefing that tells it."
    )
    title = serializers.CharField(help_text="Its title.")
    summary = serializers.CharField(help_text="What it is about, in plain text.")
    page = serializers.CharField(
        source="get_absolute_url", help_text="The path of its page in the registry."
    )


@described("briefings", "List case studies", "Accounts of single arrangements.")
class CaseStudyList(Reading, ListAPIView):
    queryset = CaseStudy.objects.for_list()
    serializer_class = CaseStudySerializer


@extend_schema_field({"type": "string", "enum": list(Theme.values)})
class ThemeField(serializers.CharField):
    pass


@extend_schema_field(SLUGS)
class CasesField(serializers.Field):
    """The arrangements of case studies, by slug."""

    def to_representation(self, value):
        return [case.partnership.slug for case in value.all()]


class LessonSerializer(serializers.Serializer):
    """A pointer that a briefing gives to those who plan to share."""

    slug = serializers.SlugField(help_text="Its slug.")
    briefing = serializers.SlugField(
        source="briefing.slug", help_text="The briefing that gives it."
    )
    number = serializers.IntegerField(help_text="Its place in the briefing.")
    theme = ThemeField(help_text="What it is about.")
    point = serializers.CharField(help_text="The lesson in our words.")
    cases_for = CasesField(help_text="Arrangements whose cases speak for it.")
    cases_against = CasesField(help_text="Arrangements whose cases speak against it.")
    question = serializers.CharField(
        help_text="The query of the list of arrangements that bear on it; empty if"
        " no filter does."
    )
    relevance = serializers.CharField(help_text="Why these bear on it, or why none.")
    page = serializers.CharField(
        source="get_absolute_url", help_text="The path of its page in the registry."
    )


@described("briefings", "List lessons", "What briefings advise, theme by theme.")
class LessonList(Reading, ListAPIView):
    queryset = Lesson.objects.for_list()
    serializer_class = LessonSerializer
