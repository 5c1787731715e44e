"""What was at a time: the arrangements that ran, and who took part in them."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Coalesce

from councils.partial_dates import PartialDate

from ..choices import Relationship, Role, Status
from .attention import AttentionQuerySet
from .members import MemberPeriodQuerySet, Membership, OtherMember


class DayQuerySet(AttentionQuerySet):
    """Questions about members mean all who ever were, or those of one day."""

    # The day of `as_at`; None asks of everybody who ever was a member.
    _members_on: date | None = None

    def _clone(self):
        clone = super()._clone()
        clone._members_on = self._members_on
        return clone

    def members(self, model=Membership):
        rows = model.objects.all()
        return rows.on(self._members_on) if self._members_on else rows

    def running_on(self, when: PartialDate, annotation: str = "runs"):
        """Return those certainly or possibly running then; annotate which as `runs`.

        Certainly: a start without doubt on or before the whole of that time, and either
        an end without doubt after it or evidence from then or later that it was
        ongoing. Possibly: nothing recorded excludes it. Where the end is not known but
        the status is, a partnership that ended did so before its newest evidence.
        """
        first, last = when.earliest, when.latest
        has_ended_by = Case(
            When(ended__isnull=False, then=F("ended_latest")),
            When(status=Status.ENDED, then=F("latest_evidence_latest")),
        )
        certain_start = Q(started_latest__lte=first) & ~_is_doubtful("started")
        certain_end = Q(ended_earliest__gte=last) & ~_is_doubtful("ended")
        seen_running = Q(
            status=Status.ONGOING, latest_evidence_earliest__gte=last
        ) & ~_is_doubtful("latest_evidence")
        certainly = certain_start & (certain_end | seen_running)
        return (
            self.alias(has_ended_by=has_ended_by)
            .filter(
                Q(started=None) | Q(started_earliest__lte=last),
                Q(has_ended_by=None) | Q(has_ended_by__gte=first),
            )
            .annotate(
                **{
                    annotation: Case(
                        When(certainly, then=Value("certainly")),
                        default=Value("possibly"),
                        output_field=models.CharField(),
                    )
                }
            )
        )

    def with_members_on(self, day: date):
        """Let every later question about members mean those of that day."""
        partnerships = self.all()
        partnerships._members_on = day
        return partnerships

    def as_at(self, day: date):
        """Return those of `running_on`, with the members of that day and no others.

        Annotates `as_at`, and what `with_relationship` and `with_number_of_members`
        say, of that day. Fetches only these members, so ask for rows to fetch before,
        and with their QuerySet: the bare name of a relation fetches all.
        """
        partnerships = (
            self.with_members_on(day)
            .running_on(PartialDate(day.isoformat()), annotation="as_at")
            .with_relationship()
            .with_number_of_members()
        )
        partnerships._prefetch_related_lookups = tuple(
            _of_the_day(lookup, day)
            for lookup in self._prefetch_related_lookups  # type: ignore[attr-defined]
        )
        return partnerships

    def with_relationship(self):
        """Annotate the shape of the relationship, from the council members' roles."""

        def has(role):
            return Exists(self.members().filter(partnership=OuterRef("pk"), role=role))

        return self.annotate(
            relationship=Case(
                *(
                    When(condition, then=Value(shape))
                    for shape, condition in shapes(*map(has, ROLES))
                ),
                default=Value(Relationship.NOT_RECORDED),
                output_field=models.CharField(),
            )
        )

    def with_number_of_members(self):
        """Annotate `number_of_councils`, `number_of_others` and `number_of_members`.

        A council that left and joined again is one member.
        """
        councils = _count(self.members(), Count("council", distinct=True))
        others = _count(self.members(OtherMember), Count("pk"))
        return self.annotate(
            number_of_councils=councils, number_of_others=others
        ).annotate(number_of_members=F("number_of_councils") + F("number_of_others"))


# Those of councils, in the order of the arguments of `shapes`.
ROLES = (Role.LEAD, Role.SUPPLIER, Role.PARTNER, Role.CLIENT)


def shapes(lead, supplier, partner, client) -> list[tuple[Relationship, Any]]:
    """Return each shape of a relationship with the condition for it.

    The arguments say of an arrangement whether any council has this role: as
    conditions, as sets, or as 0 and 1, which all know `&`, `|` and `~`. Each condition
    begins with a role that there has to be, for of numbers `~` alone is never 0. This
    is the only rule; `Relationship.rule` puts it into words.
    """
    return [
        (Relationship.EQUAL_PARTNERS, partner & ~lead & ~supplier & ~client),
        (Relationship.HOSTED, lead & partner & ~supplier & ~client),
        (Relationship.SUPPLIER_AND_CLIENT, client & (lead | supplier) & ~partner),
        (Relationship.JOINT_SUPPLIER, client & ~lead & ~supplier & ~partner),
    ]


def _of_the_day(lookup, day: date):
    """Return what fetches the same rows, members of other days left out."""
    if isinstance(getattr(lookup, "queryset", None), MemberPeriodQuerySet):
        return Prefetch(lookup.prefetch_through, lookup.queryset.on(day))
    return lookup


def _count(rows, count):
    """Return a count of a partnership's rows that no other join can multiply."""
    rows = rows.filter(partnership=OuterRef("pk")).order_by()
    return Coalesce(
        models.Subquery(rows.values("partnership").annotate(n=count).values("n")), 0
    )


def _is_doubtful(field: str) -> Q:
    return Q(**{f"{field}__endswith": "?"}) | Q(**{f"{field}__endswith": "~"})
