"""The public history says what changed in a record and its rows, and why, not who."""

import pytest
from django.urls import reverse

from partnerships.history import public_history
from partnerships.models import Change, Partnership
from tests.factories import (
    AimFactory,
    CouncilFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    partnership = PartnershipFactory(started="2010")
    source = SourceFactory(partnership=partnership)
    MembershipFactory(partnership=partnership).sources.add(source)
    OutcomeFactory(partnership=partnership, result="expected").sources.add(source)
    Change.objects.begin(partnership)
    return partnership


def changed(partnership, reason="Found in a made-up paper."):
    Change.objects.record(partnership, reason=reason)
    newest = public_history(partnership)[0]
    assert newest.reason == reason
    return [difference[:3] for difference in newest.differences]


def test_a_field_shows_before_and_after_in_words(record):
    Partnership.objects.update(started="2010-05", staff=5, status="not-known")
    assert changed(record) == [
        ("status", "Ongoing when last evidenced", "Not known"),
        ("started", "2010", "May 2010"),
        ("staff", "not known", "5"),
    ]


def test_a_fact_that_becomes_unknown_says_so(record):
    Partnership.objects.update(started=None)
    assert changed(record) == [("started", "2010", "not known")]


def test_rows_that_come_change_and_go_are_shown(record):
    member = record.memberships.get()
    joined = CouncilFactory(name="Newshire Test Council")
    MembershipFactory(partnership=record, council=joined, joined="2012")
    record.outcomes.update(result="achieved")
    AimFactory(partnership=record, text="Save made-up money.")
    member.delete()
    differences = changed(record)
    assert ("outcome 1, result", "Expected: nobody has reported back", "Achieved") in (
        differences
    )
    added = {what: after for what, before, after in differences if before is None}
    assert set(added) == {"member Newshire Test Council", "aim 1"}
    assert "Save made-up money." in added["aim 1"]
    assert "joined: 2012" in added["member Newshire Test Council"]
    taken = [what for what, _, after in differences if after is None]
    assert taken == [f"member {member.council.name}"]


def test_the_sources_and_functions_of_a_record_are_followed(record):
    record.functions.add(ServiceFunctionFactory(name="Made-up service"))
    record.outcomes.get().sources.clear()
    assert changed(record) == [
        ("functions", "not known", "Made-up service"),
        ("outcome 1, sources", "1", "not known"),
    ]


def test_a_save_that_changes_nothing_leaves_no_trace(record):
    assert Change.objects.record(record, reason="Nothing.") is None
    assert public_history(record) == []


def test_what_a_draft_said_is_not_public(record, client):
    draft = PartnershipFactory(publication="draft", summary="A made-up secret.")
    Change.objects.begin(draft)
    Partnership.objects.filter(pk=draft.pk).update(summary="Another secret.")
    Change.objects.record(draft, reason="A secret reason.")
    address = reverse("partnerships:partnership-history", args=[draft.slug])
    assert client.get(address).status_code == 404
    Partnership.objects.filter(pk=draft.pk).update(
        summary="Said in public.", publication="published"
    )
    Change.objects.record(draft, reason="Published.")
    assert public_history(draft) == []
    assert "secret" not in client.get(address).text


def test_the_page_says_why_and_not_who(record, client, admin_user):
    Partnership.objects.update(staff=0)
    Change.objects.record(record, reason="A <made-up> reason.", by=admin_user)
    page = client.get(reverse("partnerships:partnership-history", args=[record.slug]))
    assert "A &lt;made-up&gt; reason." in page.text
    assert admin_user.username not in page.text


def test_the_queries_of_a_history_do_not_grow(record, django_assert_num_queries):
    for staff in range(12):
        Partnership.objects.update(staff=staff)
        Change.objects.record(record, reason="Counted again.")
    with django_assert_num_queries(3):
        assert len(public_history(record)) == 12
