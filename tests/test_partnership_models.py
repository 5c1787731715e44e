"""The rules that the database and the models hold for partnerships and their rows."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from partnerships.models import Membership, Outcome, Partnership, ServiceFunction
from tests.factories import (
    AimFactory,
    CouncilFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db


def refuses(constraint, make):
    """Assert that the database itself refuses, whatever the models think of it."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make()
    # SQLite names the columns of a unique constraint, not the constraint.
    message = str(refusal.value)
    assert constraint in message or "UNIQUE constraint failed" in message


@pytest.mark.parametrize(
    ("factory", "field", "constraint"),
    [
        (PartnershipFactory, "delivery_model", "partnership_delivery_model_in_list"),
        (PartnershipFactory, "status", "partnership_status_in_list"),
        (
            PartnershipFactory,
            "status_in_june_2013",
            "partnership_status_in_june_2013_in_list",
        ),
        (PartnershipFactory, "confidence", "partnership_confidence_in_list"),
        (PartnershipFactory, "publication", "partnership_publication_in_list"),
        (MembershipFactory, "role", "membership_role_in_list"),
        (OtherMemberFactory, "role", "othermember_role_in_list"),
        (OtherMemberFactory, "kind", "othermember_kind_in_list"),
        (AimFactory, "kind", "aim_kind_in_list"),
        (OutcomeFactory, "kind", "outcome_kind_in_list"),
        (OutcomeFactory, "result", "outcome_result_in_list"),
        (SourceFactory, "kind", "source_kind_in_list"),
    ],
)
def test_the_database_keeps_vocabularies_closed(factory, field, constraint):
    row = factory()
    rows = type(row).objects.filter(pk=row.pk)
    refuses(constraint, lambda: rows.update(**{field: "made-up"}))
    refuses(constraint, lambda: rows.update(**{field: ""}))


@pytest.mark.parametrize(
    ("factory", "first", "last", "constraint"),
    [
        (
            PartnershipFactory,
            "started",
            "ended",
            "partnership_ends_after_it_starts",
        ),
        (MembershipFactory, "joined", "left", "membership_ends_after_it_starts"),
        (OtherMemberFactory, "joined", "left", "othermember_ends_after_it_starts"),
    ],
)
def test_an_end_cannot_come_before_a_start(factory, first, last, constraint):
    ended = {"status": "ended"} if factory is PartnershipFactory else {}

    def make(start, end):
        return factory(**{first: start, last: end, **ended})

    refuses(constraint, lambda: make("2012-05", "2012-04"))
    refuses(constraint, lambda: make("2013", "2012-12-31"))
    # Some day of 2012 is before some day of May 2012: nothing is contradicted.
    for start, end in [("2012-05", "2012"), ("2012", "2012-01"), (None, "2012")]:
        make(start, end)
    with pytest.raises(ValidationError) as refusal:
        factory.build(**{first: "2013", last: "2012", **ended}).full_clean()
    assert last in refusal.value.message_dict


def test_an_end_date_means_that_it_ended():
    refuses(
        "partnership_with_an_end_has_ended",
        lambda: PartnershipFactory(status="ongoing", ended="2012"),
    )
    with pytest.raises(ValidationError) as refusal:
        PartnershipFactory.build(status="not-known", ended="2012").full_clean()
    assert "status" in refusal.value.message_dict


@pytest.mark.parametrize(
    "text", ["2011-13", "2011-02-31", "13/2012", "May 2012", "٢٠١٢"]
)
def test_no_write_takes_a_date_that_is_none(text):
    partnership = PartnershipFactory()
    with pytest.raises(ValidationError):
        Partnership.objects.filter(pk=partnership.pk).update(started=text)
    partnership.started = text
    with pytest.raises(ValidationError):
        partnership.save()


def test_a_council_is_a_member_once_at_a_time():
    first = MembershipFactory(joined="2008", left="2010")
    again = {"partnership": first.partnership, "council": first.council}
    refuses(
        "membership_once_per_joining_date",
        lambda: MembershipFactory(**again, joined="2008", left="2009"),
    )
    overlapping = Membership(**again, role="partner", joined="2009", left="2011")
    with pytest.raises(ValidationError) as refusal:
        overlapping.full_clean()
    assert "joined" in refusal.value.message_dict
    Membership(**again, role="partner", joined="2010", left="2011").full_clean()

    MembershipFactory(**again, joined="2012")
    refuses(
        "membership_once_without_leaving_date",
        lambda: MembershipFactory(**again, joined="2014"),
    )


def test_a_council_is_a_member_from_an_unknown_date_once():
    first = MembershipFactory(joined=None, left="2010")
    refuses(
        "membership_once_without_joining_date",
        lambda: MembershipFactory(
            partnership=first.partnership, council=first.council, left="2012"
        ),
    )


@pytest.mark.parametrize(
    ("amount", "period"),
    [(None, "total"), (0, ""), (5, "a-month"), (-1, "total"), (None, "not-known")],
)
def test_money_has_a_known_kind_of_period_and_is_not_negative(amount, period):
    outcome = OutcomeFactory()
    rows = Outcome.objects.filter(pk=outcome.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(amount=amount, period=period)
    outcome.amount, outcome.period = amount, period
    with pytest.raises(ValidationError):
        outcome.full_clean()


@pytest.mark.parametrize(
    ("amount", "period"),
    [(None, ""), (0, "total"), (5, "per-year"), (5, "not-known")],
)
def test_money_with_its_period_is_kept_and_zero_is_not_unknown(amount, period):
    outcome = OutcomeFactory(amount=amount, period=period)
    outcome.full_clean()
    outcome.refresh_from_db()
    assert (outcome.amount, outcome.period) == (amount, period)


def test_staff_cannot_be_below_zero():
    partnership = PartnershipFactory(staff=0)
    rows = Partnership.objects.filter(pk=partnership.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(staff=-1)


@pytest.mark.parametrize("factory", [AimFactory, OutcomeFactory, MilestoneFactory])
def test_a_fact_cites_only_its_own_records_sources(factory):
    fact, foreign = factory(), SourceFactory()
    fact.sources.add(foreign)
    with pytest.raises(ValidationError, match="its own partnership"):
        fact.full_clean()
    fact.sources.set([SourceFactory(partnership=fact.partnership)])
    fact.full_clean()


def test_rows_are_said_once():
    for factory, field in [
        (SourceFactory, "url"),
        (AimFactory, "text"),
        (OutcomeFactory, "text"),
        (OtherMemberFactory, "name"),
        (PartnershipNameFactory, "name"),
    ]:
        row = factory()
        same = {"partnership": row.partnership, field: getattr(row, field)}
        with pytest.raises(IntegrityError), transaction.atomic():
            factory(**same)
        with pytest.raises(IntegrityError), transaction.atomic():
            if hasattr(row, "number"):
                factory(partnership=row.partnership, number=row.number)
            else:
                factory(**same)


@pytest.mark.parametrize(
    "factory",
    [
        PartnershipFactory,
        ServiceFunctionFactory,
        MembershipFactory,
        OtherMemberFactory,
        SourceFactory,
        AimFactory,
        OutcomeFactory,
        MilestoneFactory,
        PartnershipNameFactory,
    ],
)
def test_every_row_is_found_by_its_natural_key(factory):
    factory()
    row = factory()
    assert type(row).objects.get_by_natural_key(*row.natural_key()) == row


def test_a_council_that_was_a_member_cannot_be_deleted():
    membership = MembershipFactory()
    with pytest.raises(ProtectedError):
        membership.council.delete()


def test_a_membership_outside_its_councils_lifetime_says_so():
    council = CouncilFactory(started="2009-04-01", ended="2019-03-31")
    council.refresh_from_db()

    def said(**dates):
        membership = MembershipFactory.build(council=council, **dates)
        membership.clean_fields(exclude=["partnership", "council"])
        return membership.outside_lifetime()

    assert "before it began on 1 April 2009" in said(joined="2008")
    assert "left 2008, before it began on 1 April 2009" in said(left="2008")
    assert "after its last day, 31 March 2019" in said(joined="2019-04")
    assert "left April 2019, after its last day" in said(joined="2010", left="2019-04")
    for joined, left in [("2009", "2019"), ("2009-04-01", "2019-03-31"), (None, None)]:
        assert said(joined=joined, left=left) == ""


def test_a_retired_function_is_offered_only_while_in_use():
    offered, retired, used = ServiceFunctionFactory.create_batch(3)
    ServiceFunction.objects.exclude(pk=offered.pk).update(is_retired=True)
    PartnershipFactory().functions.add(used)
    PartnershipFactory().functions.add(used)
    assert set(ServiceFunction.objects.used_or_offered()) == {offered, used}
    assert ServiceFunction.objects.used_or_offered().count() == 2
    assert retired not in ServiceFunction.objects.used_or_offered()
