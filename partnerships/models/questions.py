"""The questions that readers ask of many partnerships."""

from datetime import date, datetime, time

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from councils.choices import NOT_RECORDED
from councils.folding import MOST_WORDS, Folded, folded_words, holding
from councils.models import Council

from ..choices import Publication, Relationship, Status
from .days import DayQuerySet
from .evidence import Aim, Milestone, Outcome, Source
from .functions import ServiceFunction
from .history import Change
from .members import Membership, OtherMember
from .names import PartnershipName


class PartnershipQuerySet(DayQuerySet):
    """Every question about many partnerships.

    Questions about members, functions and outcomes are subqueries: a join would repeat
    a partnership for each row that matches. After `as_at` they mean the members of that
    day and no others.
    """

    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def published(self):
        """Leave out drafts and withdrawn records: every public page starts here."""
        return self.filter(publication=Publication.PUBLISHED)

    def names(self):
        """Return the slugs and names, by name, for a box to choose from."""
        return self.in_order().values_list("slug", "name")

    def named_in_a_briefing(self):
        """Return those that a briefing's source names; the rest are reconstructed."""
        names = self.model.named_in_briefings.through.objects
        return self.filter(pk__in=names.values("partnership"))

    def matching(self, text: str):
        """Return the partnerships in which every word of the text occurs somewhere.

        One of fewer than `SHORTEST_PART` letters has to be a word of its own there.
        It looks in names, other names, the summary, functions, and the names and codes
        of member councils, former ones included. None for more words than `MOST_WORDS`.
        """
        words = folded_words(text)
        partnerships = self.none() if len(words) > MOST_WORDS else self
        for word in words[:MOST_WORDS]:
            partnerships = partnerships.filter(
                holding("name", word)
                | holding("summary", word)
                | Exists(
                    PartnershipName.objects.filter(
                        holding("name", word), partnership=OuterRef("pk")
                    )
                )
                | Exists(
                    ServiceFunction.objects.filter(
                        holding("name", word), partnerships=OuterRef("pk")
                    )
                )
                | Exists(
                    self.members().filter(
                        partnership=OuterRef("pk"),
                        council__in=Council.objects.with_word(word),
                    )
                )
            )
        return partnerships

    def sharing(self, functions, or_none=False):
        """Return those that share any of these functions, or that record none."""
        used = ServiceFunction.objects.filter(partnerships=OuterRef("pk"))
        return self.filter(
            Exists(used.filter(slug__in=functions)) | _none(used, or_none)
        )

    def with_members_in(self, field, values, or_none=False):
        """Return those with a member council whose `field` is one of the values."""
        members = self.members().filter(partnership=OuterRef("pk"))
        return self.filter(
            Exists(members.filter(**{f"council__{field}__in": values}))
            | _none(members, or_none)
        )

    def involving(self, councils):
        """Return the partnerships with any of these councils, each once."""
        memberships = self.members().filter(council__in=councils)
        return self.filter(Exists(memberships.filter(partnership=OuterRef("pk"))))

    def reporting(self, benefits=(), results=()):
        """Return those with one outcome of these kinds and with these results.

        Kind and result have to meet in the same outcome. An empty list asks nothing;
        "not-recorded" asks for partnerships without any outcome.
        """
        outcomes = Outcome.objects.filter(partnership=OuterRef("pk"))
        wanted = outcomes
        if benefits:
            wanted = wanted.filter(kind__in=benefits)
        if results:
            wanted = wanted.filter(result__in=results)
        or_none = all(NOT_RECORDED in asked for asked in (benefits, results) if asked)
        return self.filter(
            Exists(wanted) | _none(outcomes, or_none and bool(benefits or results))
        )

    def like(self, council, functions):
        """Return those that resemble what a council is and what it shares.

        This is the whole rule, and templates/partnerships/partials/alike.html states
        it: an arrangement's likest member decides, by the first row of LIKENESS in
        which it is the council's like; then comes the number of these functions that
        the arrangement shares. Leaves out those that have neither.
        """
        members = Membership.objects.filter(partnership=OuterRef("pk"))
        alike = [
            When(
                Exists(
                    members.filter(
                        **{f"council__{fact}": getattr(council, fact) for fact in facts}
                    )
                ),
                then=Value(place),
            )
            for place, facts in enumerate(LIKENESS)
        ]
        uses = self.model.functions.through.objects.filter(
            partnership=OuterRef("pk"), servicefunction__in=functions
        )
        number = uses.values("partnership").annotate(n=Count("pk")).values("n")
        return (
            self.alias(
                likeness=Case(*alike, default=Value(len(LIKENESS))),
                in_common=Coalesce(models.Subquery(number), 0),
            )
            .filter(Q(likeness__lt=len(LIKENESS)) | Q(in_common__gt=0))
            .order_by("likeness", "-in_common", Folded("name"), "slug")
        )

    def contrasting_with(self, partnership):
        """Return those to hold beside a record, the best first.

        Each shares a function with it and differs: one ended and the other was ongoing
        when last evidenced, or the shapes of the relationship differ, both known. Those
        that differ both ways come first, then those with most functions in common, then
        the newest evidence; names and slugs break ties.
        templates/partnerships/partials/contrast.html states it.
        """
        outcomes, shapes = contrary(partnership)
        uses = self.model.functions.through.objects
        own = uses.filter(partnership=partnership).values("servicefunction")
        in_common = uses.filter(partnership=OuterRef("pk"), servicefunction__in=own)
        number_in_common = in_common.values("partnership").annotate(n=Count("pk"))
        has_other_outcome = Q(status__in=outcomes)
        has_other_shape = Q(relationship__in=shapes)
        has_both = has_other_outcome & has_other_shape
        return (
            self.exclude(pk=partnership.pk)
            .filter(Exists(in_common))
            .with_relationship()
            .filter(has_other_outcome | has_other_shape)
            .order_by(
                # PostgreSQL refuses to sort by what is the same for all.
                *([_holds(has_both).desc()] if outcomes and shapes else []),
                models.Subquery(number_in_common.values("n")).desc(),
                F("latest_evidence_latest").desc(nulls_last=True),
                Folded("name"),
                "slug",
            )
        )

    def changed_since(self, day: date):
        """Return those of which readers have learnt anything new on that day or later.

        A record that was published then is new as a whole.
        """
        midnight = timezone.make_aware(datetime.combine(day, time()))
        news = Change.objects.news().filter(
            partnership=OuterRef("pk"), made__gte=midnight
        )
        return self.filter(Exists(news))

    def in_order(self, sort: str = "name"):
        """Sort by a key of SORTS, or by its reverse with "-" before it.

        Unknown values come last both ways; names and slugs break ties, so that a list
        has one order on every database.
        """
        key = sort.removeprefix("-")
        column = SORTS[key]
        by = column.desc if sort.startswith("-") else column.asc
        rows = self.with_number_of_members() if key == "members" else self
        return rows.order_by(by(nulls_last=True), Folded("name"), "slug")

    def for_list(self):
        """Fetch what one row of the list says."""
        return self.prefetch_related(
            Prefetch("functions", ServiceFunction.objects.in_order()),
            "named_in_briefings",
            Prefetch(
                "memberships",
                Membership.objects.in_order().select_related("council"),
            ),
            Prefetch("other_members", OtherMember.objects.in_order()),
        )

    def for_numbers(self):
        """Fetch what the page of numbers counts."""
        return self.prefetch_related(
            "functions",
            Prefetch(
                "memberships",
                Membership.objects.in_order().select_related("council"),
            ),
            "outcomes",
        )

    def for_export(self):
        """Fetch what one row of the flat CSV says."""
        rows = self.for_list().annotate(modified=Change.objects.last_news())
        return rows.prefetch_related(
            "other_names",
            Prefetch("aims", Aim.objects.order_by("number")),
            Prefetch("outcomes", Outcome.objects.order_by("number")),
            Prefetch("sources", Source.objects.order_by("number")),
        )

    def for_tables(self):
        """Fetch what the rows of every table say, with the sources of each."""
        return (
            self.for_detail()
            .annotate(modified=Change.objects.last_news())
            .prefetch_related("named_in_briefings")
        )

    def for_detail(self):
        """Fetch what one partnership's page says, with the sources of each fact."""
        cited = Prefetch("sources", Source.objects.order_by("number"))
        return self.with_last_check().prefetch_related(
            Prefetch("functions", ServiceFunction.objects.in_order()),
            "other_names",
            Prefetch("sources", Source.objects.with_link_failure().order_by("number")),
            Prefetch(
                "memberships",
                Membership.objects.in_order()
                .select_related("council")
                .prefetch_related(cited),
            ),
            Prefetch(
                "other_members",
                OtherMember.objects.in_order().prefetch_related(cited),
            ),
            *(
                Prefetch(name, model.objects.order_by("number").prefetch_related(cited))
                for name, model in {
                    "aims": Aim,
                    "outcomes": Outcome,
                    "milestones": Milestone,
                }.items()
            ),
        )


def contrary(partnership) -> tuple[set[Status], set[Relationship]]:
    """Return the statuses and the shapes that differ from a record's, both known."""
    statuses = {Status.ENDED, Status.ONGOING} - {partnership.status}
    shapes = {*Relationship} - {partnership.shape, Relationship.NOT_RECORDED}
    return (
        set() if partnership.status == Status.NOT_KNOWN else statuses,
        set() if partnership.shape == Relationship.NOT_RECORDED else shapes,
    )


def _holds(condition: Q) -> Case:
    """Return the condition as a column."""
    return Case(
        When(condition, then=Value(True)),
        default=Value(False),
        output_field=models.BooleanField(),
    )


def _none(rows, is_asked: bool):
    """Return the condition that there are no such rows, or one that never holds."""
    return ~Exists(rows) if is_asked else Q(pk__in=[])


SORTS: dict[str, F | Folded] = {
    "name": Folded("name"),
    "started": F("started_earliest"),
    "ended": F("ended_latest"),
    "members": F("number_of_members"),
    "evidence": F("latest_evidence_latest"),
}

# In which facts two councils are each other's like, the likest first.
LIKENESS: list[tuple[str, ...]] = [
    ("council_type", "nation", "region"),
    ("council_type", "nation"),
    ("council_type",),
    ("nation", "region"),
    ("nation",),
]
