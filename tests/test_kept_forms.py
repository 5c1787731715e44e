"""What was typed into a form is not lost when its session or its record is gone."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.kept_forms import IN_SESSION
from partnerships.models import Partnership
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)
from tests.pages import Page
from tests.test_accounts import LOGIN, PASSWORD, staff
from tests.test_together import address, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
KEPT = reverse("accounts:kept-form")


@pytest.fixture
def record():
    record = PartnershipFactory(
        name="Made-up Partnership", publication="draft", latest_evidence="2014"
    )
    record.functions.add(ServiceFunctionFactory())
    source = SourceFactory(partnership=record)
    MembershipFactory(partnership=record).sources.add(source)
    OutcomeFactory(partnership=record, number=1).sources.add(source)
    return record


@pytest.fixture
def editor(client):
    user = staff()
    user.is_superuser = True
    user.save()
    client.force_login(user)
    return client


def hidden(page, action=None) -> dict[str, list[str]]:
    """Return what the hidden fields of a page's form would send."""
    forms = [
        form
        for form in Page(page).tree.iter("form")
        if action is None or form.get("action") == action
    ]
    sent: dict[str, list[str]] = {}
    for field in forms[-1 if action is None else 0].iter("input"):
        if field.get("type") == "hidden":
            sent.setdefault(field.get("name"), []).append(field.get("value"))
    return sent


def sign_in_again(client, page, password=PASSWORD):
    (kept,) = hidden(page, LOGIN)["kept"]
    answer = {"username": "editor", "password": password, "kept": kept}
    return client.post(LOGIN, {**answer, "next": reverse("admin:index")})


def test_a_form_whose_session_ended_is_sent_after_signing_in_again(editor, record):
    form = {**form_of(record), "summary": "Typed for an <hour> & “more”."}
    Session.objects.all().delete()
    page = editor.post(address(record), form)
    assert page.status_code == 403
    assert "What you typed is kept" in page.text
    page = sign_in_again(editor, page, "not the password")
    assert page.status_code == 200
    assert "What you typed is kept" in page.text
    answer = sign_in_again(editor, page)
    assert answer.headers["Location"] == KEPT
    assert Partnership.objects.get().summary == record.summary

    page = editor.get(KEPT)
    assert "Made-up Partnership" in page.text
    answer = editor.post(address(record), hidden(page, address(record)))
    assert answer.status_code == 302
    assert Partnership.objects.get().summary == "Typed for an <hour> & “more”."
    assert editor.get(KEPT).status_code == 404


@pytest.mark.parametrize("tool", ["end", "merge", "withdraw", "checks"])
def test_what_was_typed_for_a_tool_of_a_record_is_kept(editor, record, tool):
    Session.objects.all().delete()
    tool = reverse(f"admin:partnerships_partnership_{tool}", args=[record.pk])
    page = editor.post(f"{tool}?with=2", {"reason": "Typed for an hour."})
    assert page.status_code == 403
    sign_in_again(editor, page)
    sent = hidden(editor.get(KEPT), f"{tool}?with=2")
    assert sent["reason"] == ["Typed for an hour."]


def test_a_button_is_not_pressed_for_who_signs_in_again(editor, record):
    Session.objects.all().delete()
    for name, of in (("changelist", []), ("delete", [record.pk])):
        button = reverse(f"admin:partnerships_partnership_{name}", args=of)
        assert editor.post(button, {"post": "yes"}).status_code == 302


def stale(form, origin="http://testserver"):
    """Return a form as a tab sends it that was opened before another signed in."""
    return {
        "data": {**form, "csrfmiddlewaretoken": "a" * 64},
        "headers": {"Origin": origin},
    }


@pytest.fixture
def strict(editor):
    """Return a browser that has signed in, and is asked for its token."""
    editor.handler.enforce_csrf_checks = True
    editor.get(LOGIN)
    return editor


def test_a_form_opened_before_another_tab_signed_in_is_kept(strict, record):
    form = {**form_of(record), "summary": "Typed for an hour."}
    answer = strict.post(address(record), **stale(form))
    assert answer.headers["Location"] == KEPT
    sent = hidden(strict.get(KEPT), address(record))
    assert sent["summary"] == ["Typed for an hour."]
    assert sent["csrfmiddlewaretoken"] != ["a" * 64]
    assert strict.post(address(record), sent).status_code == 302
    assert Partnership.objects.get().summary == "Typed for an hour."
    assert strict.get(KEPT).status_code == 404


def test_a_form_that_is_sent_twice_from_such_a_tab_is_kept(strict, record):
    for _ in range(2):
        answer = strict.post(address(record), **stale(form_of(record)))
        assert answer.headers["Location"] == KEPT
        assert strict.get(KEPT).status_code == 200


def test_a_form_that_waits_is_not_thrown_away_by_another_site(strict, record):
    strict.post(address(record), **stale(form_of(record)))
    forged = stale({}, "https://forged.example")
    assert strict.post(address(record), **forged).status_code == 403
    assert strict.get(KEPT).status_code == 200


def test_another_site_puts_no_form_there(strict, record):
    elsewhere = Client()
    page = elsewhere.post(address(record), {"name": "Planted"})
    (kept,) = hidden(page, LOGIN)["kept"]
    forged = stale({"kept": kept}, "https://forged.example")
    assert strict.post(LOGIN, **forged).status_code == 403
    assert IN_SESSION not in strict.session


def test_a_form_opened_before_another_tab_signed_in_and_out_is_kept(strict, record):
    Session.objects.all().delete()
    page = strict.post(address(record), **stale(form_of(record)))
    assert page.status_code == 403
    assert hidden(page, LOGIN)["kept"]


@pytest.mark.parametrize("origin", ["https://forged.example", "null"])
def test_a_form_from_another_site_is_never_kept(strict, record, origin):
    answer = strict.post(address(record), **stale(form_of(record), origin))
    assert answer.status_code == 403
    assert "The form could not be sent" in answer.text
    assert IN_SESSION not in strict.session


def test_a_kept_form_is_thrown_away(editor, record):
    Session.objects.all().delete()
    sign_in_again(editor, editor.post(address(record), form_of(record)))
    assert IN_SESSION in editor.session
    assert editor.post(KEPT).headers["Location"] == reverse("admin:index")
    assert editor.get(KEPT).status_code == 404
    assert Partnership.objects.get().summary == record.summary


def test_a_form_that_is_not_ours_is_not_kept(client):
    staff()
    answer = client.post(
        LOGIN, {"username": "editor", "password": PASSWORD, "kept": "made:up"}
    )
    assert answer.status_code == 302
    assert IN_SESSION not in client.session


def test_passwords_are_not_kept(editor):
    Session.objects.all().delete()
    answer = editor.post(reverse("admin:auth_user_add"), {"password1": "secret-word"})
    assert answer.status_code == 302
    answer = editor.post(reverse("admin:password_change"), {"old_password": "secret"})
    assert answer.status_code == 302


def test_who_has_signed_in_sees_only_their_own_kept_form(editor, client):
    assert client.get(KEPT).status_code == 404
    client.logout()
    assert client.get(KEPT).headers["Location"].startswith(LOGIN)


def test_a_form_whose_record_was_deleted_makes_a_new_one(editor, record):
    council = CouncilFactory(name="Madeupshire")
    form = form_of(record)
    form |= {
        "sources-TOTAL_FORMS": 2,
        "sources-1-title": "A source typed just now",
        "sources-1-publisher": "Made up",
        "sources-1-kind": "press",
        "sources-1-url": "https://example.org/just-now",
        "memberships-TOTAL_FORMS": 2,
        "memberships-1-council": council.pk,
        "memberships-1-role": "partner",
        "memberships-1-sources": ["row-1"],
    }
    Partnership.objects.all().delete()
    page = editor.post(address(record), form)
    assert page.status_code == 410
    assert "Somebody has deleted it" in page.text
    assert not Partnership.objects.exists()

    add = reverse("admin:partnerships_partnership_add")
    answer = editor.post(add, hidden(page, add))
    assert answer.status_code == 302, answer.context["errors"]
    saved = Partnership.objects.get()
    assert (saved.name, saved.slug) == (record.name, record.slug)
    cited = {
        str(row.council): [source.title for source in row.sources.all()]
        for row in saved.memberships.all()
    }
    assert cited["Madeupshire"] == ["A source typed just now"]
    assert len(cited) == 2
    assert all(cited.values())
    assert [source.number for source in saved.sources.order_by("number")] == [1, 2]
    assert saved.outcomes.get().sources.get().number == 1


def test_a_deleted_record_is_shown_to_nobody_who_may_not_add_one(client, record):
    form = form_of(record)
    client.force_login(staff())
    Partnership.objects.all().delete()
    page = client.post(address(record), form)
    assert page.status_code == 403
    assert not re.search("Made-up Partnership", page.text)
