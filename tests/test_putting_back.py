"""A field, a row or a whole version can be put back, which is itself a change."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.urls import reverse

from partnerships.admin.versions import version_after
from partnerships.models import Change, Outcome, Partnership
from partnerships.models.history import version_of
from partnerships.putting_back import write
from tests.factories import (
    AimFactory,
    CaseStudyFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    record = PartnershipFactory(started="2010", latest_evidence="2014")
    record.functions.add(ServiceFunctionFactory())
    source = SourceFactory(partnership=record)
    MembershipFactory(partnership=record, joined="2011").sources.add(source)
    OutcomeFactory(partnership=record).sources.add(source)
    PartnershipNameFactory(partnership=record)
    Change.objects.begin(record)
    return record


def changed(record, reason="Changed for a test."):
    return Change.objects.record(record, reason=reason)


def put_back_address(record, change, difference=None):
    address = reverse(
        "admin:partnerships_partnership_put_back", args=[record.pk, change.pk]
    )
    return f"{address}?difference={difference}" if difference else address


def confirm(client, address, reason="It was right before."):
    page = client.get(address)
    assert page.status_code == 200, page.context["refusal"]
    return client.post(address, {"reason": reason, "current": page.context["current"]})


def test_every_shipped_record_can_be_put_back_whole(registry):
    """All rows go and come back with their citations."""
    for record in Partnership.objects.all():
        Change.objects.begin(record)
        first = record.changes.get()
        for name in ("outcomes", "aims", "memberships", "other_members", "sources"):
            getattr(record, name).all().delete()
        write(record, version_after(record, first, place=None))
        assert version_of(record) == first.version


def test_writing_what_is_there_keeps_every_row(record):
    keyed = version_of(record, with_keys=True)
    write(record, version_of(record))
    assert version_of(record, with_keys=True) == keyed


def test_two_rows_can_change_places(record):
    second = OutcomeFactory(partnership=record, text="Second.")
    second.sources.set(record.sources.all())
    version = version_of(record, with_keys=True)
    first, second = record.outcomes.order_by("number")
    Outcome.objects.filter(pk=first.pk).update(number=9)
    Outcome.objects.filter(pk=second.pk).update(number=1)
    Outcome.objects.filter(pk=first.pk).update(number=2)
    write(record, version)
    assert version_of(record, with_keys=True) == version


def test_a_published_record_is_not_put_back_to_a_claim_without_a_source(record):
    record.outcomes.get().sources.clear()
    unsourced = version_of(record)
    record.outcomes.get().sources.add(record.sources.get())
    version = version_of(record)
    with pytest.raises(ValidationError, match="no source for"):
        write(record, unsourced)
    assert version_of(record) == version


def test_a_version_that_contradicts_itself_writes_nothing(record):
    version = version_of(record)
    twice = next(row for row in version if "council" in row["fields"])
    fields = {**twice["fields"], "joined": "2012"}
    with pytest.raises(ValidationError, match="contradict"):
        write(record, [*version, {**twice, "fields": fields}])
    assert version_of(record) == version


def test_one_field_is_put_back_with_a_reason(admin_client, admin_user, record):
    Partnership.objects.update(started="2012", staff=5)
    change = changed(record)
    answer = confirm(admin_client, put_back_address(record, change, 1))
    assert answer.status_code == 302
    record.refresh_from_db()
    assert (record.started, record.staff) == ("2010", 5)
    newest = Change.objects.first()
    assert (newest.reason, newest.by) == ("It was right before.", admin_user)
    assert Change.objects.count() == 3


def test_a_row_that_was_taken_away_comes_back_with_its_sources(admin_client, record):
    text = record.outcomes.get().text
    record.outcomes.all().delete()
    change = changed(record)
    assert confirm(admin_client, put_back_address(record, change, 1)).status_code == 302
    outcome = record.outcomes.get()
    assert outcome.text == text
    assert outcome.sources.count() == 1


def test_a_row_that_came_goes_again(admin_client, record):
    AimFactory(partnership=record)
    change = changed(record)
    assert confirm(admin_client, put_back_address(record, change, 1)).status_code == 302
    assert not record.aims.exists()


def test_a_whole_version_comes_back_but_not_its_address_nor_its_publication(
    admin_client, record
):
    first = Change.objects.get()
    Partnership.objects.update(slug="new-address", name="New name", staff=3)
    record.memberships.update(role="lead")
    record.outcomes.all().delete()
    changed(record)
    assert confirm(admin_client, put_back_address(record, first)).status_code == 302
    now = Partnership.objects.get()
    assert (now.slug, now.name, now.staff) == ("new-address", record.name, None)
    assert record.memberships.get().role == "partner"
    assert record.outcomes.count() == 1


def test_no_reason_puts_nothing_back(admin_client, record):
    Partnership.objects.update(started="2012")
    change = changed(record)
    answer = confirm(admin_client, put_back_address(record, change, 1), reason=" ")
    assert answer.status_code == 400
    assert "Say why" in answer.text
    assert Partnership.objects.get().started == "2012"


def test_a_record_that_changed_meanwhile_is_looked_at_again(admin_client, record):
    Partnership.objects.update(started="2012")
    address = put_back_address(record, changed(record), 1)
    page = admin_client.get(address)
    Partnership.objects.update(staff=9)
    answer = admin_client.post(
        address, {"reason": "Because.", "current": page.context["current"]}
    )
    assert answer.status_code == 400
    assert "has changed meanwhile" in answer.text
    assert Partnership.objects.get().started == "2012"


def test_what_cannot_be_put_back_says_why(admin_client, record):
    record.outcomes.update(text="Changed.")
    change = changed(record)
    record.outcomes.all().delete()
    changed(record)
    answer = admin_client.get(put_back_address(record, change, 1))
    assert answer.status_code == 400
    assert "The row is no longer there" in answer.text


def test_a_row_without_its_source_is_refused(admin_client, record):
    record.outcomes.all().delete()
    change = changed(record)
    record.sources.all().delete()
    changed(record)
    answer = confirm(admin_client, put_back_address(record, change, 1))
    assert answer.status_code == 400
    assert "cites source 1, which is not there" in answer.text
    assert not record.outcomes.exists()


def test_a_source_that_a_case_study_cites_stays(admin_client, record):
    SourceFactory(partnership=record)
    change = changed(record)
    CaseStudyFactory(partnership=record, analysis="It says so. [2]")
    answer = confirm(admin_client, put_back_address(record, change, 1))
    assert answer.status_code == 400
    assert "cites source 2" in answer.text
    assert record.sources.count() == 2


def test_a_published_record_is_not_put_back_to_a_claim_without_its_source(
    admin_client, record
):
    outcome = record.outcomes.get()
    cited = list(outcome.sources.all())
    outcome.sources.clear()
    changed(record)
    outcome.sources.set(cited)
    change = changed(record)
    answer = confirm(admin_client, put_back_address(record, change, 1))
    assert answer.status_code == 400
    assert "no source for: Savings: Pretend outcome" in answer.text
    assert record.outcomes.get().sources.count() == 1


@pytest.mark.parametrize("difference", ["0", "2", "x", "-1"])
def test_a_difference_that_is_none_is_refused(admin_client, record, difference):
    Partnership.objects.update(started="2012")
    address = put_back_address(record, changed(record), difference)
    assert admin_client.get(address).status_code == 400


def test_a_change_of_another_record_is_not_found(admin_client, record):
    other = PartnershipFactory()
    address = put_back_address(other, Change.objects.get())
    assert admin_client.get(address).status_code == 404


def test_the_history_says_who_when_why_before_and_after(
    admin_client, admin_user, record
):
    Partnership.objects.update(started="2012-05", slug="new-address")
    record.outcomes.all().delete()
    Change.objects.record(record, reason="A made-up <reason>.", by=admin_user)
    address = reverse("admin:partnerships_partnership_history", args=[record.pk])
    page = admin_client.get(address).text
    for words in (
        f"{admin_user}: A made-up &lt;reason&gt;.",
        "Before: 2010",
        "After: May 2012",
        "Outcome 1",
        "taken away",
        "The record before its first change.",
    ):
        assert words in page
    change = Change.objects.first()
    # An address is not put back, so the first of three has no link.
    assert put_back_address(record, change, 1) not in page
    assert put_back_address(record, change, 2) in page
    assert put_back_address(record, change, 3) in page


def test_who_may_only_look_sees_the_history_and_puts_nothing_back(
    client, django_user_model, record
):
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_partnership"))
    client.force_login(viewer)
    Partnership.objects.update(started="2012")
    change = changed(record)
    address = reverse("admin:partnerships_partnership_history", args=[record.pk])
    page = client.get(address)
    assert "Before: 2010" in page.text
    assert "Put" not in page.text
    for method in (client.get, client.post):
        assert method(put_back_address(record, change, 1)).status_code == 403
    # Nor do they learn which changes there are.
    address = put_back_address(record, change)
    change.delete()
    assert client.get(address).status_code == 403


def test_the_queries_of_the_history_do_not_grow(
    admin_client, record, django_assert_max_num_queries
):
    for staff in range(15):
        Partnership.objects.update(staff=staff)
        changed(record)
    address = reverse("admin:partnerships_partnership_history", args=[record.pk])
    with django_assert_max_num_queries(8):
        admin_client.get(address)
