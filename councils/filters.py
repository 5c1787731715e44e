"""The questions a reader may ask of the list of councils.

The names and values here are addresses that readers share and programs call: they are
never renamed.
"""

from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from .arrangements import Arrangements
from .choices import CouncilType, Nation, Region
from .models import Council
from .questions import (
    QuestionForm,
    QuestionSet,
    SortFilter,
    VocabularyFilter,
    WordsField,
    WordsFilter,
)


class CouncilFilter(QuestionSet):
    name = WordsFilter(
        method="by_name",
        label="Name or code",
        help_text="Former names, Welsh names and GSS codes count too.",
    )
    existing = VocabularyFilter(
        choices=[("existing", "Existing"), ("abolished", "Abolished")],
        method="by_existence",
        label="Existing or abolished",
    )
    nation = VocabularyFilter(choices=Nation, label="Nation")
    region = VocabularyFilter(choices=Region, label="Region")
    council_type = VocabularyFilter(choices=CouncilType, label="Type of council")
    has_arrangements = VocabularyFilter(
        choices=[
            ("own", "In its own name"),
            ("inherited", "Inherited from a predecessor"),
            ("none", "None recorded"),
        ],
        method="by_arrangements",
        label="Arrangements",
    )
    sort = SortFilter(
        choices=[
            ("name", "Short name, A to Z"),
            ("-name", "Short name, Z to A"),
            ("started", "First day, earliest first"),
            ("-started", "First day, latest first"),
            ("arrangements", "Arrangements, fewest first"),
            ("-arrangements", "Arrangements, most first"),
        ]
    )

    class Meta(QuestionSet.Meta):
        model = Council
        fields: tuple[str, ...] = ()

    @cached_property
    def arrangements(self) -> Arrangements:
        return Arrangements()

    @cached_property
    def today(self):
        return timezone.localdate()

    def in_order(self, queryset):
        return super().in_order(queryset.with_arrangements(self.arrangements))

    def without(self, name):
        questions = super().without(name)
        questions.arrangements = self.arrangements  # read once for all the counts
        return questions

    def counts(self, name):
        """Ask the filter itself where no column holds its values."""
        if name not in ("existing", "has_arrangements"):
            return super().counts(name)
        choice, records = self.filters[name], self.records_without(name)
        return [
            (value, choice.filter(records, [value]).count())
            for value, _ in choice.field.choices
        ]

    def by_name(self, queryset, name, text):
        return queryset.named_like(text)

    def by_existence(self, queryset, name, values):
        """A council that has not begun yet is neither."""
        either = Q(pk__in=[])
        if "existing" in values:
            either |= Q(pk__in=Council.objects.existing_on(self.today))
        if "abolished" in values:
            either |= Q(ended__lt=self.today)
        return queryset.filter(either)

    def by_arrangements(self, queryset, name, values):
        own = Q(pk__in=self.arrangements.own)
        inherited = Q(pk__in=self.arrangements.inherited)
        meanings = {"own": own, "inherited": inherited, "none": ~(own | inherited)}
        either = Q(pk__in=[])
        for value in values:
            either |= meanings[value]
        return queryset.filter(either)


class UnfinishedWordsField(WordsField):
    """A text that is still being typed: without a letter yet, but no mistake."""

    fewest_words = 0


class SuggestionForm(QuestionForm):
    """What a box that offers councils asks."""

    name = UnfinishedWordsField(required=False)
