"""The questions a reader may ask of a list; the QuerySets know the answers.

The names and values here are addresses that readers share and programs call: they are
never renamed.
"""

from collections.abc import Sequence
from functools import cached_property

import django_filters as filters
from django import forms
from django.db.models import Count, Exists, OuterRef, Q

from councils.choices import NOT_RECORDED, CouncilType, Nation, Region
from councils.days import in_words
from councils.lineage import known_lineage
from councils.models import Council
from councils.partial_dates import PartialDateFormField
from councils.questions import (
    QuestionSet,
    SortFilter,
    VocabularyFilter,
    WordsFilter,
)
from councils.versions import kept

from .answer_of_sets import AnswerOfSets
from .catalogue import catalogue
from .choices import (
    BenefitKind,
    Confidence,
    DeliveryModel,
    Ending,
    Relationship,
    Result,
    Status,
)
from .models import (
    Membership,
    Partnership,
    PartnershipQuerySet,
    ServiceFunction,
)

NONE_RECORDED = (NOT_RECORDED, "Not recorded")


def or_not_recorded(vocabulary) -> list[tuple[str, str]]:
    return [*vocabulary.choices, NONE_RECORDED]


@kept
def functions() -> list[tuple[str, str]]:
    """Return the functions in use and those still offered, by name."""
    used_or_offered = ServiceFunction.objects.used_or_offered()
    return [*used_or_offered.values_list("slug", "name"), NONE_RECORDED]


class DateFilter(filters.Filter):
    field_class = PartialDateFormField


class DayField(forms.DateField):
    """A day, as YYYY-MM-DD and no other way: 03/04 is two days."""

    widget = forms.TextInput
    input_formats = ("%Y-%m-%d",)
    default_error_messages = {
        "invalid": "Type a day as year, month and day, such as 2026-11-26.",
    }

    def in_words(self, value):
        return [(value.isoformat(), in_words(value))]


class DayFilter(filters.Filter):
    field_class = DayField


class CouncilsField(forms.Field):
    """Councils by slug, or by a name or GSS code that means one council."""

    widget = forms.SelectMultiple
    takes_many = True
    most_offered = 30
    most = 50

    def to_python(self, value):
        texts = dict.fromkeys(filter(None, map(str.strip, value or [])))
        if len(texts) > self.most:
            raise forms.ValidationError(
                f"Ask for at most {self.most} councils at once.",
                params={"text": "", "councils": []},
            )
        councils = {council.pk: council for council in map(self.council, texts)}
        return list(councils.values())

    def council(self, text: str) -> Council:
        called = list(Council.objects.called(text).in_order())
        if not called:
            raise forms.ValidationError(
                "No council is called “%(text)s”: type its name, a former name or its"
                " GSS code.",
                params={"text": text, "councils": []},
            )
        if len(called) > 1:
            offered = called[: self.most_offered]
            slugs = "; ".join(f"{it.slug} for {it}" for it in offered)
            choose = "Choose one of: "
            if len(called) > len(offered):
                choose = f"Type more of the name. The first {len(offered)} are: "
            raise forms.ValidationError(
                f"“%(text)s” fits {len(called)} councils. {choose}{slugs}.",
                code="several",
                params={"text": text, "councils": offered},
            )
        return called[0]

    def in_words(self, value):
        return [(council.slug, str(council)) for council in value]


class CouncilsFilter(filters.Filter):
    field_class = CouncilsField


class PartnershipFilter(QuestionSet):
    """Asked of the published records: the catalogue that answers from memory has all.

    What a list shows and counts is `found` and `number`; `qs` asks the database. If it
    `holds` records of `for_list`, the next list need not fetch them again.
    """

    # Stands first, for the others ask of the members that it leaves.
    as_at = DayFilter(
        method="by_day_of_members",
        label="As at",
        help_text="A day, such as 2013-06-05. Shows the arrangements of that day with"
        " the members that they had then.",
    )
    q = WordsFilter(
        method="by_words",
        label="Search words",
        help_text="Looks in names, summaries, services and councils. Every word has to"
        " be found: HR and others of up to three letters as words of their own.",
    )
    status = VocabularyFilter(choices=Status, label="Status")
    relationship = VocabularyFilter(
        choices=Relationship, method="by_relationship", label="Shape of relationship"
    )
    function = VocabularyFilter(
        choices=functions,
        method="by_function",
        counted_on="functions__slug",
        label="Service shared",
    )
    delivery_model = VocabularyFilter(choices=DeliveryModel, label="Delivery model")
    council = CouncilsFilter(
        method="by_council",
        label="Council",
        help_text="A name, a former name or a GSS code. Its predecessors count too.",
    )
    nation = VocabularyFilter(
        choices=or_not_recorded(Nation),
        method="by_member",
        counted_on="memberships__council__nation",
        label="Nation of a member",
    )
    region = VocabularyFilter(
        choices=or_not_recorded(Region),
        method="by_member",
        counted_on="memberships__council__region",
        label="Region of a member",
    )
    council_type = VocabularyFilter(
        choices=or_not_recorded(CouncilType),
        method="by_member",
        counted_on="memberships__council__council_type",
        label="Type of a member council",
    )
    benefit = VocabularyFilter(
        choices=or_not_recorded(BenefitKind),
        method="by_outcome",
        counted_on="outcomes__kind",
        label="Outcome about",
    )
    result = VocabularyFilter(
        choices=or_not_recorded(Result),
        method="by_outcome",
        counted_on="outcomes__result",
        label="Outcome result",
    )
    confidence = VocabularyFilter(
        choices=Confidence, label="Our confidence in the record"
    )
    running_on = DateFilter(
        method="by_day",
        label="Running on",
        help_text="A year, month or day, such as 2013 or 2013-06-05.",
    )
    modified_since = DayFilter(
        method="by_change",
        label="Changed since",
        help_text="A day, such as 2026-11-26. Finds records that have changed on it or"
        " later.",
    )
    sort = SortFilter(
        choices=[
            ("name", "Name, A to Z"),
            ("-name", "Name, Z to A"),
            ("started", "Started, earliest first"),
            ("-started", "Started, latest first"),
            ("ended", "Ended, earliest first"),
            ("-ended", "Ended, latest first"),
            ("members", "Members, fewest first"),
            ("-members", "Members, most first"),
            ("evidence", "Newest evidence, oldest first"),
            ("-evidence", "Newest evidence, newest first"),
        ]
    )

    class Meta(QuestionSet.Meta):
        model = Partnership
        fields: tuple[str, ...] = ()

    def __init__(self, *args, holds: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.holds = holds

    @property
    def council_typed(self) -> str:
        """The text in the council box that means no council or several."""
        errors = self.form.errors.as_data().get("council", [])
        return errors[0].params["text"] if errors else ""

    @property
    def councils_kept(self) -> list[str]:
        """What the council filter held beside a text that could not be taken."""
        texts = map(str.strip, self.data.getlist("council"))
        return [text for text in texts if text and text != self.council_typed]

    @property
    def candidates(self) -> list[tuple[Council, str]]:
        """The councils that an ambiguous name fits, with the address each leads to."""
        found = []
        for error in self.form.errors.as_data().get("council", []):
            for council in error.params["councils"]:
                data = self.data.copy()
                data.pop("page", None)  # of another list
                data.setlist("council", [*self.councils_kept, council.slug])
                found.append((council, data.urlencode()))
        return found

    def by_words(self, queryset, name, text):
        return queryset.matching(text)

    def by_relationship(self, queryset, name, values):
        return queryset.with_relationship().filter(relationship__in=values)

    def by_function(self, queryset, name, values):
        return queryset.sharing(values, or_none=NOT_RECORDED in values)

    def by_member(self, queryset, name, values):
        return queryset.with_members_in(name, values, or_none=NOT_RECORDED in values)

    def by_council(self, queryset, name, councils):
        """A council stands for its predecessors too: their past is its past."""
        ids = known_lineage().with_predecessors(council.pk for council in councils)
        return queryset.involving(ids) if councils else queryset

    def by_outcome(self, queryset, name, values):
        """Kind and result of one outcome: each filter applies what both ask."""
        asked = {**self.form.cleaned_data, name: values}
        return queryset.reporting(asked.get("benefit"), asked.get("result"))

    @cached_property
    def in_memory(self) -> AnswerOfSets | None:
        """The answer from the catalogue; None where only the database can tell."""
        self.form.is_valid()  # for what it cleans, also of a question with mistakes
        if self.form.cleaned_data.get("as_at"):
            return None
        known = catalogue()
        return known and AnswerOfSets(known, self)

    @property
    def found(self):
        return self.in_memory.found if self.in_memory else self.qs

    @property
    def found_keys(self) -> tuple[PartnershipQuerySet, Sequence[int]]:
        """The records that may be found, and the keys of those that are, in order."""
        if self.in_memory:
            found = self.in_memory.found
            return found.records, [*found.keys()]
        return self.qs, list(self.qs.values_list("pk", flat=True))

    @property
    def number(self):
        return self.in_memory.number if self.in_memory else super().number

    def counts(self, name):
        if self.in_memory:
            return self.in_memory.counts(name)
        return self.counts_in_database(name)

    def counts_in_database(self, name):
        records = self.records_without(name)
        day = self.form.cleaned_data.get("as_at")
        if day:
            records = records.with_members_on(day)
        if day and self.filters[name].method == "by_member":
            return self.counts_of_the_day(name, records, Membership.objects.on(day))
        if name == "relationship":
            records = records.with_relationship()
        for other, column in {"benefit": "kind", "result": "result"}.items():
            asked = self.form.cleaned_data.get(other)
            if asked and name in {"benefit", "result"} - {other}:
                # The same outcome has to be of this kind and of that result.
                same = Q(**{f"outcomes__{column}__in": asked})
                if NOT_RECORDED in asked:
                    same |= Q(outcomes=None)
                records = records.filter(same)
        return self.counted_by(self.filters[name].counted_on, records)

    def counts_of_the_day(self, name, records, members):
        """Count records by these of their members: a join would bring all of them."""
        of_records = members.filter(partnership__in=records)
        yield from of_records.values_list(f"council__{name}").annotate(
            records=Count("partnership", distinct=True)
        )
        theirs = members.filter(partnership=OuterRef("pk"))
        if without := records.filter(~Exists(theirs)).count():
            yield NOT_RECORDED, without

    def by_day(self, queryset, name, when):
        return queryset.running_on(when)

    def by_day_of_members(self, queryset, name, day):
        return queryset.as_at(day)

    def by_change(self, queryset, name, day):
        return queryset.changed_since(day)


class ReorganisationFilter(QuestionSet):
    """Asked of the members that `MembershipQuerySet.in_reorganisation` returns."""

    when = VocabularyFilter(choices=Ending, field_name="ending", label="The council")
    nation = VocabularyFilter(
        choices=Nation, field_name="council__nation", label="Nation of the council"
    )
    region = VocabularyFilter(
        choices=Region, field_name="council__region", label="Region of the council"
    )
    sort = SortFilter(
        choices=[
            ("vesting", "Vesting day, earliest first"),
            ("-vesting", "Vesting day, latest first"),
        ]
    )
    usual_order = "vesting"

    class Meta(QuestionSet.Meta):
        model = Membership
        fields: tuple[str, ...] = ()

    def in_order(self, queryset):
        sort = self.form.cleaned_data.get("sort") or self.usual_order
        return queryset.by_vesting_day(sort)

    def records_without(self, name):
        """Keep the annotation: it holds the values of a filter."""
        return self.queryset.order_by().filter(
            pk__in=self.without(name).qs.values("pk")
        )
