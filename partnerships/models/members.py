"""Who takes part in a partnership, in which role and from when to when."""

from collections.abc import Collection
from datetime import date
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from councils.days import in_words
from councils.folding import Folded
from councils.models import Council
from councils.partial_dates import (
    EarliestDay,
    LatestDay,
    PartialDate,
    PartialDateField,
    day_column,
    is_before,
)

from ..choices import Ending, MemberKind, Publication, Role, Status
from .evidence import Source, sources_of_the_same_record

IN_ORDER_OF_JOINING = [
    models.Case(
        *(
            models.When(role=role, then=place)
            for place, role in enumerate([Role.LEAD, Role.SUPPLIER, Role.PARTNER])
        ),
        default=9,
    ),
    F("joined_earliest").asc(nulls_last=True),
]


class MemberPeriodQuerySet(models.QuerySet):
    def on(self, day: date):
        """Return those whose dates allow that they were members on that day.

        Annotates it as `on_day`. `MemberPeriod.as_at` needs the rows to come with
        arrangements from `PartnershipQuerySet.as_at`.
        """
        return self.filter(
            Q(joined=None) | Q(joined_earliest__lte=day),
            Q(left=None) | Q(left_latest__gte=day),
        ).annotate(on_day=models.Value(day, output_field=models.DateField()))


def _is_sure(day: PartialDate | None) -> bool:
    return day is not None and not day.qualifier


class MemberPeriod(models.Model):
    """One member's time in a partnership, and its role in it."""

    partnership: Any
    anchor: Any
    short_name: Any
    role = models.CharField(max_length=10, choices=Role)
    joined = PartialDateField()
    left = PartialDateField(help_text="The last full day, as exact as the source.")
    joined_earliest = day_column(EarliestDay("joined"))
    left_latest = day_column(LatestDay("left"))

    class Meta:
        abstract = True

    def clean(self):
        if is_before(self.left, self.joined):
            raise ValidationError(
                {
                    "left": "A member cannot leave before it joined,"
                    f" {self.joined.in_words()}: type that date or a later one, or"
                    " correct the date of joining."
                }
            )

    @property
    def role_meaning(self) -> str:
        return Role(self.role).meaning

    @property
    def as_at(self) -> str | None:
        """Say if it was "certainly" or "possibly" a member on the day of `on`, if any.

        Certainly: it had joined by then, and it left on that day or later, or no
        leaving is recorded and the arrangement certainly ran. Doubtful dates make
        nothing certain.
        """
        day = getattr(self, "on_day", None)
        if day is None:
            return None
        had_joined = _is_sure(self.joined) and self.joined.latest <= day
        had_not_left = (
            _is_sure(self.left) and self.left.earliest >= day
            if self.left
            else self.partnership.as_at == "certainly"
        )
        return "certainly" if had_joined and had_not_left else "possibly"

    def overlaps(self, other: "MemberPeriod") -> bool:
        """Return whether no reading of the dates keeps the two periods apart."""
        return not (self.may_end_before(other) or other.may_end_before(self))

    def may_end_before(self, other: "MemberPeriod") -> bool:
        return (
            isinstance(self.left, PartialDate)
            and isinstance(other.joined, PartialDate)
            and self.left.earliest < other.joined.latest
        )


class MembershipQuerySet(MemberPeriodQuerySet):
    def on(self, day: date):
        """The same; a council is nobody's member before it began or after it ended."""
        return (
            super()
            .on(day)
            .filter(
                Q(council__started=None) | Q(council__started__lte=day),
                Q(council__ended=None) | Q(council__ended__gte=day),
            )
        )

    def get_by_natural_key(self, partnership, council, joined):
        return self.get(
            partnership__slug=partnership, council__slug=council, joined=joined
        )

    def in_order(self):
        """Sort leads and suppliers first, then by the day of joining."""
        return self.order_by(
            *IN_ORDER_OF_JOINING, Folded("council__short_name"), "council__slug"
        )

    def of_published(self):
        return self.filter(partnership__publication=Publication.PUBLISHED)

    def in_reorganisation(self, today: date):
        """Return the members of live arrangements whose council ended or is to end.

        Live is every arrangement of which no source says that it ended. A council that
        has ended counts until its leaving is recorded. One that is due to end counts
        unless it leaves before its last day: to leave on that day is to be reorganised.
        Annotates which of the two it is as `ending`.
        """
        has_not_left = Q(left=None) | Q(
            council__ended__gte=today, left_latest__gte=F("council__ended")
        )
        return (
            self.exclude(partnership__status=Status.ENDED)
            .filter(has_not_left, council__ended__isnull=False)
            .annotate(
                ending=models.Case(
                    models.When(
                        council__ended__lt=today, then=models.Value(Ending.ENDED)
                    ),
                    default=models.Value(Ending.DUE),
                    output_field=models.CharField(),
                )
            )
        )

    def by_vesting_day(self, sort: str = "vesting"):
        """Sort by the day on which others took over, the latest first for "-vesting".

        That is the day after the council's last, so the last days give the order.
        """
        day = "-council__ended" if sort == "-vesting" else "council__ended"
        return self.order_by(
            day,
            Folded("council__short_name"),
            Folded("partnership__name"),
            "partnership__slug",
            "pk",
        )


class Membership(MemberPeriod):
    """A council's time in a partnership: the body of that time, not its heir."""

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="memberships"
    )
    council = models.ForeignKey(
        Council, on_delete=models.PROTECT, related_name="memberships"
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="memberships")

    objects = MembershipQuerySet.as_manager()

    # Keys of rows that whoever writes this one compares it with, as they are to be.
    beside: Collection[int] = ()

    class Meta:
        ordering = ["partnership", "joined_earliest", "council"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_in_list"
            ),
            models.CheckConstraint(
                condition=Q(left_latest__gte=F("joined_earliest")),
                name="membership_ends_after_it_starts",
                violation_error_message="A member cannot leave before it joins.",
            ),
            models.UniqueConstraint(
                fields=["partnership", "council", "joined"],
                name="membership_once_per_joining_date",
                violation_error_message=(
                    "This council is already a member from that date."
                ),
            ),
            models.UniqueConstraint(
                fields=["partnership", "council"],
                condition=Q(joined=None),
                name="membership_once_without_joining_date",
                violation_error_message=(
                    "This council is already a member from an unknown date."
                ),
            ),
            # Two periods without an end always overlap; `clean` knows the other cases.
            models.UniqueConstraint(
                fields=["partnership", "council"],
                condition=Q(left=None),
                name="membership_once_without_leaving_date",
                violation_error_message=(
                    "This council is already a member and has not left: say when the"
                    " earlier membership ended."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.council}, {self.get_role_display().lower()}"

    @property
    def anchor(self) -> str:
        """Where it stands on the record's page."""
        return f"member-{self.pk}"

    @property
    def short_name(self) -> str:
        return self.council.short_name

    def natural_key(self):
        return (self.partnership.slug, self.council.slug, self.joined)

    def clean(self):
        super().clean()
        if self.partnership_id and self.council_id:
            others = Membership.objects.filter(
                partnership=self.partnership_id, council=self.council_id
            ).exclude(pk__in=[self.pk, *self.beside])
            if any(self.overlaps(other) for other in others):
                raise ValidationError(
                    {"joined": "This council is already a member at that time."}
                )
        sources_of_the_same_record(self)

    def is_apart_from(self, other: "Membership") -> bool:
        """Return whether one of the two had, without doubt, left before the other came.

        A date marked uncertain or about makes nothing certain.
        """
        return any(
            is_before(left, joined) and not (left.qualifier or joined.qualifier)
            for left, joined in ((self.left, other.joined), (other.left, self.joined))
        )

    def time_with(self, other: "Membership") -> str:
        """Say from when to when the two were members together, as far as is known.

        They began when the second of them joined, and ended when the first one left,
        with the arrangement at the latest.
        """
        arrangement = self.partnership
        joined = [day for day in (self.joined, other.joined) if day]
        left = [day for day in (self.left, other.left, arrangement.ended) if day]
        since, until = "a date not known", ""
        if len(joined) == 2:
            since = max(joined, key=attrgetter("latest")).in_words()
        if left:
            until = f" to {min(left, key=attrgetter('earliest')).in_words()}"
        elif arrangement.status == Status.ENDED:
            until = " to a date not known"
        said = f"from {since}{until}"
        if len(joined) < 2 and arrangement.started:
            said += f"; the arrangement started {arrangement.started.in_words()}"
        return said

    def outside_lifetime(self) -> str:
        """Return how this membership contradicts its council's dates, or "".

        A member was there during the arrangement, whatever dates of its own it has.
        """
        council, arrangement = self.council, self.partnership
        for did, day in (("joined", self.joined), ("left", self.left)):
            if council.started and day and day.latest < council.started:
                return (
                    f"{council} {did} {day.in_words()},"
                    f" before it began on {in_words(council.started)}"
                )
            if council.ended and day and day.earliest > council.ended:
                return (
                    f"{council} {did} {day.in_words()},"
                    f" after its last day, {in_words(council.ended)}"
                )
        started, ended = arrangement.started, arrangement.ended
        if council.started and ended and ended.latest < council.started:
            return (
                f"{council} began on {in_words(council.started)},"
                f" after the arrangement ended, {ended.in_words()}"
            )
        if council.ended and started and started.earliest > council.ended:
            return (
                f"{council} ended on {in_words(council.ended)},"
                f" before the arrangement started, {started.in_words()}"
            )
        return ""


class OtherMemberQuerySet(MemberPeriodQuerySet):
    def get_by_natural_key(self, partnership, name):
        return self.get(partnership__slug=partnership, name=name)

    def in_order(self):
        """Sort suppliers first, then by the day of joining."""
        return self.order_by(*IN_ORDER_OF_JOINING, Folded("name"))


class OtherMember(MemberPeriod):
    """A member that is not a council: a company, the police, the NHS and so on."""

    partnership = models.ForeignKey(
        "partnerships.Partnership",
        on_delete=models.CASCADE,
        related_name="other_members",
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=MemberKind)
    sources = models.ManyToManyField(Source, blank=True, related_name="other_members")

    objects = OtherMemberQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=MemberKind.values), name="othermember_kind_in_list"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="othermember_role_in_list"
            ),
            models.CheckConstraint(
                condition=Q(left_latest__gte=F("joined_earliest")),
                name="othermember_ends_after_it_starts",
                violation_error_message="A member cannot leave before it joins.",
            ),
            models.UniqueConstraint(
                fields=["partnership", "name"], name="othermember_once_per_partnership"
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.get_role_display().lower()}"

    @property
    def anchor(self) -> str:
        """Where it stands on the record's page."""
        return f"other-member-{self.pk}"

    @property
    def short_name(self) -> str:
        return self.name

    def natural_key(self):
        return (self.partnership.slug, self.name)

    def clean(self):
        super().clean()
        sources_of_the_same_record(self)
