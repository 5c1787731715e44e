"""What editors are told before they delete something, and why something stays."""

import pytest
from django.urls import reverse

from councils.models import ReorganisationOrder, Succession
from partnerships.models import Membership, Partnership, ServiceFunction
from tests.factories import (
    CaseStudyFactory,
    LessonFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
    SuccessionFactory,
)


def page_of(what, row=None):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    args = [] if what == "changelist" else [row.pk]
    return reverse(f"{name}_{what}", args=args)


def asked_to_delete(client, *rows):
    """Return what the list answers to those who choose these rows."""
    chosen = {"action": "delete_selected", "_selected_action": [it.pk for it in rows]}
    return client.post(page_of("changelist", rows[0]), chosen)


@pytest.fixture
def draft(db):
    record = PartnershipFactory(name="Pretend draft", publication="draft")
    record.functions.add(ServiceFunctionFactory())
    outcome = OutcomeFactory(partnership=record, text="Pretend outcome.")
    outcome.sources.add(SourceFactory(partnership=record))
    return record


def test_a_draft_names_its_rows_and_no_mere_links(admin_client, draft):
    for answer in (
        admin_client.get(page_of("delete", draft)),
        asked_to_delete(admin_client, draft),
    ):
        assert "Pretend outcome." in answer.text
        assert " object (" not in answer.text
        assert "relationships" not in answer.text


@pytest.mark.parametrize("field", ["cases_for", "cases_against"])
def test_a_lesson_names_no_mere_links(admin_client, field):
    lesson = LessonFactory()
    getattr(lesson, field).add(CaseStudyFactory(briefing=lesson.briefing))
    answer = admin_client.get(page_of("delete", lesson.briefing))
    assert lesson.point in answer.text
    assert " object (" not in answer.text
    assert " object (" not in admin_client.get(page_of("delete", lesson)).text


def test_a_record_that_readers_saw_says_to_withdraw_it(admin_client, draft):
    seen = PartnershipFactory(name="Pretend seen", publication="published")
    answer = asked_to_delete(admin_client, draft, seen)
    assert "Nothing is deleted" in answer.text
    assert "Pretend seen: readers have seen it. Withdraw it instead." in answer.text
    assert "Pretend draft: " not in answer.text
    assert "permission" not in answer.text
    assert Partnership.objects.count() == 2


def test_a_service_in_use_says_to_retire_it(admin_client):
    used = ServiceFunctionFactory(name="Pretend service")
    PartnershipFactory().functions.add(used)
    answer = asked_to_delete(admin_client, used)
    assert "Pretend service: records share it. Retire it instead." in answer.text
    assert ServiceFunction.objects.exists()


def test_a_succession_of_an_order_names_the_order(admin_client):
    order = ReorganisationOrder.objects.create(
        name="Pretend Order", url="https://example.org/order", vesting_day="2020-04-01"
    )
    succession = SuccessionFactory(order=order)
    answer = asked_to_delete(admin_client, succession)
    assert "Pretend Order says it: take its row out there." in answer.text
    assert Succession.objects.exists()


def test_a_council_of_a_record_names_its_memberships(admin_client):
    """Their own screens cannot delete, which is no lack of the editor's rights."""
    membership = MembershipFactory()
    for answer in (
        admin_client.get(page_of("delete", membership.council)),
        asked_to_delete(admin_client, membership.council),
    ):
        assert "Nothing is deleted" in answer.text
        assert str(membership) in answer.text
        assert "permission" not in answer.text
    assert Membership.objects.exists()


def test_a_draft_with_a_case_study_names_the_case_study(admin_client, draft):
    study = CaseStudyFactory(partnership=draft)
    for answer in (
        admin_client.get(page_of("delete", draft)),
        asked_to_delete(admin_client, draft),
    ):
        assert "Nothing is deleted" in answer.text
        assert study.title in answer.text
    assert Partnership.objects.exists()
