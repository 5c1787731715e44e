"""The rota: who checked a record, when it is due again, and who may mark it."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Change, Check, Partnership
from tests.factories import PartnershipFactory, SourceFactory
from tests.pages import queries_used

# Django's admin templates name variables that not every page has.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LIST = "admin:partnerships_partnership_changelist"
TODAY = timezone.localdate()


def checked(days_ago, **fields):
    record = PartnershipFactory(**fields)
    Check.objects.create(
        partnership=record, checked_on=TODAY - timedelta(days=days_ago)
    )
    return record


def due():
    return {*Partnership.objects.due_for_checking(TODAY)}


@pytest.fixture(autouse=True)
def intervals(settings):
    settings.CHECK_DAYS_LIVE, settings.CHECK_DAYS_ENDED = 100, 300


@pytest.mark.parametrize(
    ("status", "days"), [("ongoing", 100), ("not-known", 100), ("ended", 300)]
)
def test_a_record_is_due_when_its_interval_is_over(status, days):
    checked(days - 1, status=status)
    overdue = checked(days, status=status)
    assert due() == {overdue}


def test_the_interval_is_a_setting(settings):
    checked(10)
    assert due() == set()
    settings.CHECK_DAYS_LIVE = 10
    assert len(due()) == 1


def test_the_latest_check_counts():
    record = checked(400)
    assert due() == {record}
    Check.objects.create(partnership=record)
    Check.objects.create(partnership=record, checked_on=date(2020, 1, 1))
    assert due() == set()
    assert Partnership.objects.with_last_check().get().last_checked == TODAY


def test_only_what_readers_see_is_on_the_rota():
    for publication in ("draft", "in-review", "withdrawn"):
        PartnershipFactory(publication=publication)
    assert due() == set()
    assert due() | {PartnershipFactory()} == due()


# ---- What readers see


def test_readers_see_since_when_a_record_is_due(client):
    record = checked(150)
    since = TODAY - timedelta(days=50)
    page = client.get(record.get_absolute_url()).text
    assert f"due for checking since {since:%-d %B %Y}" in page


def test_readers_see_that_no_check_is_recorded(client):
    page = client.get(PartnershipFactory().get_absolute_url()).text
    assert "Due for checking since it was entered: no check is recorded yet" in page


def test_readers_see_the_day_of_a_check_and_not_who_made_it(client, admin_user):
    record = checked(5)
    Check.objects.update(by=admin_user, note="Asked the made-up council.")
    page = client.get(record.get_absolute_url()).text
    day = TODAY - timedelta(days=5)
    assert f"{day:%-d %B %Y}" in page
    assert "due for checking" not in page.lower()
    assert admin_user.get_username() not in page
    assert "Asked the made-up council." not in page


# ---- Marking


def checks_of(record):
    return reverse("admin:partnerships_partnership_checks", args=[record.pk])


def form_of(record):
    return reverse("admin:partnerships_partnership_change", args=[record.pk])


@pytest.fixture
def record():
    return PartnershipFactory()


@pytest.fixture
def staff(client, django_user_model):
    """Return a client signed in as somebody with these permissions."""

    def sign_in(*permissions, client=client):
        user = django_user_model.objects.create_user("made-up", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client.force_login(user)
        return client

    return sign_in


def test_one_click_marks_a_record_as_checked(staff, record):
    client = staff("change_partnership")
    assert f'action="{checks_of(record)}"' in client.get(form_of(record)).text
    answer = client.post(checks_of(record), {"note": "Both made-up papers."})
    assert (answer.status_code, answer.url) == (302, form_of(record))
    check = record.checks.get()
    assert (check.checked_on, check.note) == (TODAY, "Both made-up papers.")
    assert check.by.get_username() == "made-up"
    assert LogEntry.objects.get().change_message == "Marked as checked."
    page = client.get(form_of(record)).text
    assert f"Checked on {TODAY:%-d %B %Y} by made-up." in page
    assert f"Next due on {TODAY + timedelta(days=100):%-d %B %Y}." in page


def test_a_check_is_no_part_of_the_public_history(staff, record):
    staff("change_partnership").post(checks_of(record))
    assert record.checks.count() == 1
    assert not Change.objects.exists()


def test_a_check_outlives_whoever_made_it(staff, record, django_user_model):
    staff("change_partnership").post(checks_of(record))
    django_user_model.objects.all().delete()
    assert record.checks.get().by is None


def test_a_note_that_is_too_long_comes_back_and_marks_nothing(staff, record):
    client = staff("change_partnership")
    note = "a" * 301
    answer = client.post(checks_of(record), {"note": note})
    assert answer.status_code == 400
    assert "at most 300 characters" in answer.text
    assert f'value="{note}"' in answer.text
    assert not Check.objects.exists()


@pytest.mark.parametrize(
    ("permissions", "seen", "marked"),
    [
        ([], 403, 403),
        (["view_council"], 403, 403),
        (["view_partnership"], 200, 403),
        (["change_partnership"], 200, 302),
    ],
)
def test_marking_needs_the_right_to_change_the_record(
    staff, record, permissions, seen, marked
):
    client = staff(*permissions)
    assert client.get(checks_of(record)).status_code == seen
    assert client.post(checks_of(record)).status_code == marked
    assert Check.objects.count() == (marked == 302)


def test_a_viewer_is_offered_no_button(staff, record):
    client = staff("view_partnership")
    for address in (form_of(record), checks_of(record)):
        assert "Mark as checked" not in client.get(address).text


def test_a_visitor_is_asked_to_sign_in(client, record):
    answer = client.get(checks_of(record))
    assert answer.status_code == 302
    assert answer.url.startswith("/admin/login/")
    answer = client.post(checks_of(record))
    assert answer.status_code == 403
    assert 'action="/admin/login/"' in answer.text
    assert not Check.objects.exists()


def test_a_click_from_another_site_marks_nothing(staff, record):
    client = staff("change_partnership", client=Client(enforce_csrf_checks=True))
    assert client.post(checks_of(record)).status_code == 403
    assert not Check.objects.exists()


def test_to_look_at_the_checks_marks_nothing(staff, record):
    SourceFactory(partnership=record, title="Made-up minutes")
    page = staff("change_partnership").get(checks_of(record)).text
    assert "Made-up minutes" in page
    assert "No check is recorded yet." in page
    assert not Check.objects.exists()


def test_a_record_that_there_is_not_is_said(staff):
    answer = staff("change_partnership").post(
        reverse("admin:partnerships_partnership_checks", args=[404])
    )
    assert answer.status_code == 302
    assert not Check.objects.exists()


# ---- From the list


def marking(*records, **form):
    return {
        "action": "mark_as_checked",
        "_selected_action": [record.pk for record in records],
        **form,
    }


def test_records_are_marked_from_the_list(staff):
    first, second, other = PartnershipFactory.create_batch(3)
    client = staff("change_partnership")
    form = marking(first, second, note="A made-up round.")
    answer = client.post(reverse(LIST), form, follow=True)
    assert "2 records are marked as checked." in answer.text
    assert {c.partnership for c in Check.objects.all()} == {first, second}
    assert {c.note for c in Check.objects.all()} == {"A made-up round."}
    assert not other.checks.exists()


def test_a_viewer_marks_nothing_from_the_list(staff, record):
    client = staff("view_partnership")
    client.post(reverse(LIST), marking(record))
    assert not Check.objects.exists()


def test_a_note_too_long_for_the_list_is_said_and_marks_nothing(staff, record):
    client = staff("change_partnership")
    form = marking(record, note="a" * 301)
    answer = client.post(reverse(LIST), form, follow=True)
    assert not Check.objects.exists()
    assert "300 characters" in answer.text


def test_the_list_is_filtered_by_the_state_of_the_check(admin_client):
    never, overdue, fine = PartnershipFactory(), checked(500), checked(1)
    draft = PartnershipFactory(publication="draft")
    for state, rows in {
        "due": {never, overdue},
        "in-time": {fine},
        "never": {never, draft},
    }.items():
        page = admin_client.get(reverse(LIST), {"check": state})
        assert {*page.context["cl"].queryset} == rows, state
    answer = admin_client.get(reverse(LIST), {"check": "nonsense"})
    assert (answer.status_code, answer.url[-4:]) == (302, "?e=1")


def test_the_checks_of_a_list_cost_no_query_for_each_record(admin_client):
    checked(1)
    few = queries_used(admin_client, reverse(LIST))
    for days in range(20):
        checked(days)
    assert queries_used(admin_client, reverse(LIST)) == few
