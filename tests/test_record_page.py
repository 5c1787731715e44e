"""A record's page costs the same however much the record holds."""

import pytest

from tests.factories import (
    AimFactory,
    MembershipFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    SourceFactory,
)
from tests.pages import queries_used

pytestmark = pytest.mark.django_db


def test_a_large_record_costs_as_many_queries_as_a_small_one(client):
    partnership = PartnershipFactory(started="2011")
    source = SourceFactory(partnership=partnership)
    factories = [MembershipFactory, OtherMemberFactory, AimFactory, OutcomeFactory]

    def grow(rows):
        for factory in factories:
            for fact in factory.create_batch(rows, partnership=partnership):
                fact.sources.add(source)

    grow(1)
    few = queries_used(client, partnership.get_absolute_url())
    grow(5)
    PartnershipFactory.create_batch(5)
    assert queries_used(client, partnership.get_absolute_url()) == few
