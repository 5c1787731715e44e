"""A record's page costs the same however much the record holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    AimFactory,
    MembershipFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db


def test_a_large_record_costs_as_many_queries_as_a_small_one(client):
    partnership = PartnershipFactory(started="2011")
    source = SourceFactory(partnership=partnership)
    factories = [MembershipFactory, OtherMemberFactory, AimFactory, OutcomeFactory]

    def grow(rows):
        for factory in factories:
            for fact in factory.create_batch(rows, partnership=partnership):
                fact.sources.add(source)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(partnership.get_absolute_url()).status_code == 200
        return len(found)

    grow(1)
    few = queries()
    grow(5)
    PartnershipFactory.create_batch(5)
    assert queries() == few
