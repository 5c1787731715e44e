"""Which records need an editor's attention: one method for each kind of problem.

The queues of work, `check_registry` and the public pages ask these same methods. Why a
record is among them is said by `partnerships.queues`, in the same terms.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from councils.partial_dates import EarliestDay, LatestDay

from ..choices import Ending, Publication, Result, Status, StatusInJune2013
from .checks import Check
from .evidence import Aim, Milestone, Outcome, Source
from .history import Change
from .members import Membership, OtherMember

# The rows that cite sources.
FACTS: tuple[type[models.Model], ...] = (
    Membership,
    OtherMember,
    Aim,
    Outcome,
    Milestone,
)
# The date of the Socitm briefing, on which `status_in_june_2013` is.
BRIEFING = date(2013, 6, 5)
# After how long a forecast on which nobody has reported counts as long past.
FORECAST = timedelta(days=5 * 365)


class AttentionQuerySet(models.QuerySet):
    """Problems of many partnerships, each a question of its own."""

    def kept(self):
        """Leave out withdrawn records: nobody keeps them right any more."""
        return self.exclude(publication=Publication.WITHDRAWN)

    def in_review(self):
        return self.filter(publication=Publication.IN_REVIEW).with_last_change()

    def drafts(self):
        return self.filter(publication=Publication.DRAFT).with_last_change()

    def with_last_change(self):
        return self.annotate(last_changed=Change.objects.last_made())

    def with_unsourced_facts(self):
        """Return those with a member, aim, outcome or milestone that cites nothing."""
        unsourced = (_of_record(model).filter(sources=None) for model in FACTS)
        return self.filter(_any(map(Exists, unsourced)))

    def with_last_check(self):
        """Annotate `last_checked`, a date, None before the first check."""
        return self.annotate(last_checked=Check.objects.last_made())

    def due_for_checking(self, today: date):
        """Return the published ones whose next check is due, or that had none yet.

        Withdrawn records and drafts are not on the rota: nobody reads them.
        """
        live = today - timedelta(days=settings.CHECK_DAYS_LIVE)
        ended = today - timedelta(days=settings.CHECK_DAYS_ENDED)
        return (
            self.filter(publication=Publication.PUBLISHED)
            .with_last_check()
            .filter(
                Q(last_checked=None)
                | Q(~Q(status=Status.ENDED), last_checked__lte=live)
                | Q(status=Status.ENDED, last_checked__lte=ended)
            )
        )

    def checked_in_time(self, today: date):
        """Return the published ones whose next check lies ahead."""
        due = self.due_for_checking(today).order_by().values("pk")
        return self.filter(publication=Publication.PUBLISHED).exclude(pk__in=due)

    def with_ended_members(self, today: date):
        """Return the live ones with a member council that ended and has not left."""
        members = Membership.objects.in_reorganisation(today).filter(
            ending=Ending.ENDED, partnership=OuterRef("pk")
        )
        return self.filter(Exists(members))

    def with_failing_links(self):
        """Return those with a source whose address led nowhere when last asked."""
        return self.filter(
            Exists(
                Source.objects.with_failing_link().filter(partnership=OuterRef("pk"))
            )
        )

    def with_other_evidence(self):
        """Return those whose newest evidence is not that of their newest source."""
        sources = Source.objects.filter(partnership=OuterRef("pk")).order_by()
        same = sources.filter(published=OuterRef("latest_evidence"))
        newer = sources.alias(first=EarliestDay("published")).filter(
            first__gt=OuterRef("latest_evidence_latest")
        )
        dated = self.exclude(latest_evidence=None)
        return dated.filter(Q(~Exists(same)) | Exists(newer))

    def with_old_forecasts(self, today: date):
        """Return those with an outcome still “expected” though it is long past.

        Long past: the arrangement has ended, or every dated source of the outcome, one
        at least, is older than `FORECAST`.
        """
        dated = Source.objects.filter(outcomes=OuterRef("pk")).exclude(published=None)
        recent = dated.alias(last=LatestDay("published")).filter(
            last__gte=today - FORECAST
        )
        forecasts = _of_record(Outcome).filter(result=Result.EXPECTED)
        return self.filter(
            Q(Exists(forecasts), status=Status.ENDED)
            | Exists(forecasts.filter(Exists(dated), ~Exists(recent)))
        )

    def incomplete(self):
        """Return those that name no function, or no council."""
        functions = self.model.functions.through.objects
        return self.filter(
            ~Exists(functions.filter(partnership=OuterRef("pk")))
            | ~Exists(_of_record(Membership))
        )

    def contradictory(self, today: date):
        """Return those whose fields and rows cannot all be true.

        A date counts by the days that it may be: two dates contradict each other only
        if no reading of them agrees.
        """
        return self.alias(announced_earliest=EarliestDay("announced")).filter(
            Q(ended_latest__lt=F("announced_earliest"))
            | self._at_odds_with_the_briefing()
            | self._left_by_all(today)
            | _any(
                Exists(_out_of_time(_of_record(model)))
                for model in (Membership, OtherMember)
            )
            | Exists(_outside_lifetime(_of_record(Membership)))
            | _any(Exists(_citing_another_record(model)) for model in FACTS)
        )

    def _at_odds_with_the_briefing(self):
        ran = [StatusInJune2013.OPERATIONAL, StatusInJune2013.IMPLEMENTING]
        return (
            Q(status_in_june_2013=StatusInJune2013.ENDED, status=Status.ONGOING)
            | Q(status_in_june_2013=StatusInJune2013.ENDED, ended_earliest__gt=BRIEFING)
            | Q(status_in_june_2013__in=ran, ended_latest__lt=BRIEFING)
            | Q(
                status_in_june_2013=StatusInJune2013.OPERATIONAL,
                started_earliest__gt=BRIEFING,
            )
        )

    def _left_by_all(self, today: date):
        members = _of_record(Membership)
        staying = members.filter(Q(left=None) | Q(left_latest__gte=today))
        return Q(Exists(members), ~Exists(staying), status=Status.ONGOING)


def _of_record(model):
    return model._default_manager.filter(partnership=OuterRef("pk")).order_by()


def _any(conditions):
    """Return a condition that holds where one of these does."""
    found = Q()
    for condition in conditions:
        found |= Q(condition)
    return found


def _out_of_time(members):
    """Return the members whose dates contradict those of their partnership."""
    return members.alias(
        joined_first=EarliestDay("joined"), left_first=EarliestDay("left")
    ).filter(
        Q(joined_first__gt=F("partnership__ended_latest"))
        | Q(left_first__gt=F("partnership__ended_latest"))
        | Q(left_latest__lt=F("partnership__started_earliest"))
    )


def _outside_lifetime(memberships):
    """Return the memberships that `Membership.outside_lifetime` has words for."""
    return memberships.alias(
        joined_last=LatestDay("joined"), left_first=EarliestDay("left")
    ).filter(
        Q(joined_last__lt=F("council__started"))
        | Q(left_latest__lt=F("council__started"))
        | Q(joined_earliest__gt=F("council__ended"))
        | Q(left_first__gt=F("council__ended"))
        | Q(partnership__ended_latest__lt=F("council__started"))
        | Q(partnership__started_earliest__gt=F("council__ended"))
    )


def _citing_another_record(model):
    """Return a record's facts that cite a source of another one."""
    citations = model.sources.through._default_manager
    fact = model._meta.model_name
    return citations.filter(**{f"{fact}__partnership": OuterRef("pk")}).exclude(
        source__partnership=OuterRef("pk")
    )
