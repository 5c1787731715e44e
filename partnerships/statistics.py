"""Numbers about many partnerships: a QuerySet in, each number with its denominator."""

from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from councils.choices import NOT_RECORDED
from councils.models import Council
from councils.partial_dates import PartialDate

from .choices import DeliveryModel, Result, Status
from .models import Change, Membership, Outcome, PartnershipQuerySet
from .queues import among


class Share(NamedTuple):
    """A number and what it is a part of, so that no page can print one alone."""

    number: int
    of: int

    def __str__(self):
        return f"{self.number} of {self.of}"

    @property
    def rest(self) -> int:
        return self.of - self.number


class Standing(NamedTuple):
    """Where the partnerships stood when each was last evidenced."""

    ongoing: Share
    ended: Share
    not_known: Share


class Missing(NamedTuple):
    """How many records lack a fact that readers ask for first.

    `forecast` counts those with an outcome that is a forecast nobody has reported on,
    `check` those that are due for checking, `link` those with a link that fails.
    """

    start: Share
    staff: Share
    outcome: Share
    money: Share
    forecast: Share
    check: Share
    link: Share


def standing(partnerships: PartnershipQuerySet) -> Standing:
    return Standing(
        **_shares(
            partnerships,
            ongoing=Q(status=Status.ONGOING),
            ended=Q(status=Status.ENDED),
            not_known=Q(status=Status.NOT_KNOWN),
        )
    )


def standing_by_model(
    partnerships: PartnershipQuerySet,
) -> dict[DeliveryModel, Standing]:
    """Return where those of each delivery model stood, models that none uses too."""
    is_of = {model: Q(delivery_model=model) for model in DeliveryModel}
    counts = partnerships.order_by().aggregate(
        **{
            f"{model}/{status}": Count("pk", filter=condition & Q(status=status))
            for model, condition in is_of.items()
            for status in Status
        }
    )
    found = {}
    for model in DeliveryModel:
        by_status = [counts[f"{model}/{status}"] for status in Status]
        found[model] = Standing(*(Share(n, sum(by_status)) for n in by_status))
    return found


def results(partnerships: PartnershipQuerySet) -> dict[str, Share]:
    """Count the partnerships with an outcome of each result, and those without any.

    One with several outcomes counts under each of their results.
    """
    outcomes = Outcome.objects.filter(partnership=OuterRef("pk"))
    having = {
        str(result): Q(Exists(outcomes.filter(result=result))) for result in Result
    }
    return _shares(partnerships, **having, **{NOT_RECORDED: ~Exists(outcomes)})


def missing(partnerships: PartnershipQuerySet) -> Missing:
    outcomes = Outcome.objects.filter(partnership=OuterRef("pk"))
    return Missing(
        **_shares(
            partnerships,
            start=Q(started=None),
            staff=Q(staff=None),
            outcome=~Exists(outcomes),
            money=~Exists(outcomes.filter(amount__isnull=False)),
            forecast=Q(Exists(outcomes.filter(result=Result.EXPECTED))),
            check=among(partnerships.due_for_checking(timezone.localdate())),
            link=among(partnerships.with_failing_links()),
        )
    )


def _shares(partnerships, **conditions) -> dict[str, Share]:
    """Count the partnerships that meet each condition, in one statement."""
    counts = partnerships.order_by().aggregate(
        of=Count("pk"),
        **{name: Count("pk", filter=which) for name, which in conditions.items()},
    )
    of = counts.pop("of")
    return {name: Share(number, of) for name, number in counts.items()}


def councils_involved(partnerships: PartnershipQuerySet) -> Share:
    """Count the councils that are or were members, out of all in the registry."""
    memberships = Membership.objects.filter(
        council=OuterRef("pk"), partnership__in=partnerships.order_by()
    )
    counts = Council.objects.order_by().aggregate(
        number=Count("pk", filter=Exists(memberships)), of=Count("pk")
    )
    return Share(**counts)


def newest_evidence(partnerships: PartnershipQuerySet) -> PartialDate | None:
    """Return the date of the newest source seen, None if no source has a date.

    Of dates that may end on the same day, the most exact one.
    """
    dated = partnerships.exclude(latest_evidence=None)
    newest = dated.order_by("-latest_evidence_latest", "-latest_evidence_earliest")
    return newest.values_list("latest_evidence", flat=True).first()


class DataDate(NamedTuple):
    """The date of the data, and what it is the date of."""

    date: PartialDate
    is_of_a_change: bool


def date_of_the_data(partnerships: PartnershipQuerySet) -> DataDate | None:
    """Return the day of the newest change that readers can see of any record.

    Before the first change it is the date of the newest source seen: until then the
    records say what they said when they were gathered. None if neither is known. Every
    page carries it, so it costs one query.
    """
    changes = Change.objects.public().filter(partnership__in=partnerships.order_by())
    newest = partnerships.order_by(
        F("latest_evidence_latest").desc(nulls_last=True),
        F("latest_evidence_earliest").desc(nulls_last=True),
    )
    row = newest.values_list(
        "latest_evidence", Subquery(changes.order_by("-pk").values("made")[:1])
    ).first()
    evidence, changed = row or (None, None)
    if changed:
        day = timezone.localtime(changed).date()
        return DataDate(PartialDate(day.isoformat()), is_of_a_change=True)
    return DataDate(evidence, is_of_a_change=False) if evidence else None
