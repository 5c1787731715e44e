"""Readers see no claim without its source, and only what may be shown is shown."""

import copy

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.urls import reverse

from partnerships.choices import Publication
from partnerships.importing import import_records
from partnerships.models import Change, Partnership
from partnerships.problems import every_problem
from partnerships.publishing import lacks, states_after
from tests import pages
from tests.factories import (
    AimFactory,
    CaseStudyFactory,
    CouncilFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)
from tests.pages import Page, text_of
from tests.test_admin_partnerships import posted
from tests.test_importing import RECORD

# Django's admin templates name variables that not every page has.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ADD = "/admin/partnerships/partnership/add/"
FACTS = {
    "memberships": MembershipFactory,
    "other_members": OtherMemberFactory,
    "aims": AimFactory,
    "outcomes": OutcomeFactory,
    "milestones": MilestoneFactory,
}


def change_page(partnership) -> str:
    return reverse("admin:partnerships_partnership_change", args=[partnership.pk])


def sent_by(client, partnership) -> dict:
    """Return what the record's form sends when nothing on it is touched."""
    return pages.sent_by(client.get(change_page(partnership)))


def links_in(answer) -> dict[str, str]:
    """Return the sentences beside the publication field, and where each leads."""
    page = Page(answer)
    (row,) = page.classed("field-publication")
    return {text_of(link): link.get("href") for link in row.iter("a")}


@pytest.fixture
def draft():
    """A draft that may be published: one fact of every kind, each with its source."""
    draft = PartnershipFactory(publication="draft", latest_evidence="2012~")
    draft.functions.add(ServiceFunctionFactory())
    source = SourceFactory(partnership=draft)
    for make in FACTS.values():
        make(partnership=draft).sources.add(source)
    return draft


@pytest.fixture
def editor(client, django_user_model):
    """Sign in somebody who may edit all of a record, and not publish it."""
    user = django_user_model.objects.create_user("pretend-editor", is_staff=True)
    may = Permission.objects.filter(content_type__app_label="partnerships")
    user.user_permissions.set(may.exclude(codename="publish_partnership"))
    client.force_login(user)
    return client


# ---- The rule


def test_the_shipped_records_may_be_published(registry):
    records = Partnership.objects.published().for_detail()
    assert len(records) == 37
    assert {
        record.slug: [*lacks(record)] for record in records if [*lacks(record)]
    } == {}


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_needs_a_source(draft, name):
    assert [*lacks(draft)] == []
    fact = getattr(draft, name).get()
    fact.sources.clear()
    (lack,) = lacks(draft)
    assert (lack.row, lack.field) == (fact, "sources")
    assert str(fact) in lack.words


@pytest.mark.parametrize(
    ("field", "unsaid"), [("summary", " "), ("latest_evidence", None)]
)
def test_a_record_needs_a_summary_and_evidence_for_its_status(draft, field, unsaid):
    setattr(draft, field, unsaid)
    (lack,) = lacks(draft)
    assert (lack.row, lack.field) == (None, field)


def test_a_status_without_any_source_has_no_evidence():
    draft = PartnershipFactory(publication="draft", latest_evidence="2012")
    assert [lack.field for lack in lacks(draft)] == ["sources"]


def test_the_rule_asks_as_many_questions_of_many_facts_as_of_few(
    draft, django_assert_max_num_queries
):
    for _ in range(3):
        for make in FACTS.values():
            make(partnership=draft).sources.add(draft.sources.get())
    detail = Partnership.objects.for_detail().get(pk=draft.pk)
    with django_assert_max_num_queries(0):
        assert [*lacks(detail)] == []


# ---- The form


def test_a_sourced_draft_is_published(admin_client, draft):
    form = {**sent_by(admin_client, draft), "publication": "published"}
    answer = admin_client.post(change_page(draft), {**form, "reason": "All sourced."})
    assert answer.status_code == 302, answer.context["errors"]
    draft.refresh_from_db()
    assert draft.publication == "published"


def test_each_missing_fact_is_named_beside_the_field_and_leads_to_its_own(
    admin_client, draft
):
    for name in FACTS:
        getattr(draft, name).get().sources.clear()
    form = sent_by(admin_client, draft)
    form |= {"publication": "published", "reason": "Too early.", "latest_evidence": ""}
    form["gaps"] = "Typed a minute ago."
    answer = admin_client.post(change_page(draft), form)
    assert answer.status_code == 200
    links = links_in(answer)
    facts = {f"No source for: {getattr(draft, name).get()}": name for name in FACTS}
    assert links == {
        "No date of the newest evidence for its status": "#id_latest_evidence",
        **{words: f"#boxes_id_{name}-0-sources" for words, name in facts.items()},
    }
    page = Page(answer)
    assert {link.removeprefix("#") for link in links.values()} <= page.ids
    assert "Typed a minute ago." in page.html
    stored = Partnership.objects.get()
    assert (stored.publication, stored.gaps) == ("draft", "")
    assert not Change.objects.exists()


def test_a_new_record_is_refused_with_its_rows_kept(admin_client):
    council = CouncilFactory()
    form = {
        "name": "Made-up new record",
        "slug": "made-up-new-record",
        "summary": "Made up for a test.",
        "publication": "published",
        "reason": "Too early.",
        "functions": [ServiceFunctionFactory().pk],
        "delivery_model": "lead-authority",
        "status": "ongoing",
        "latest_evidence": "2014~",
        "status_in_june_2013": "not-known",
        "confidence": "low",
    }
    rows = {
        "memberships": [
            {"council": council.pk, "role": "lead", "joined": "2012?"},
            {"council": CouncilFactory().pk, "role": "partner"},
        ],
        "aims": [{"kind": "savings", "text": "A made-up aim, typed at length."}],
    }
    answer = admin_client.post(ADD, posted(form, **rows))
    assert answer.status_code == 200
    assert [*links_in(answer).values()] == [
        "#sources-group",
        "#boxes_id_memberships-0-sources",
        "#boxes_id_memberships-1-sources",
        "#boxes_id_aims-0-sources",
    ]
    assert {"sources-group", "id_memberships-1-sources"} <= Page(answer).ids
    assert 'value="2012?"' in answer.text
    assert "typed at length" in answer.text
    assert not Partnership.objects.exists()


def test_a_published_record_cannot_lose_a_source(admin_client, draft):
    Partnership.objects.update(publication="published")
    draft.refresh_from_db()
    form = {**sent_by(admin_client, draft), "outcomes-0-sources": []}
    answer = admin_client.post(change_page(draft), {**form, "reason": "A slip."})
    assert [*links_in(answer).values()] == ["#boxes_id_outcomes-0-sources"]
    assert draft.outcomes.get().sources.count() == 1


def test_a_fact_taken_away_needs_no_source(admin_client, draft):
    draft.outcomes.get().sources.clear()
    form = sent_by(admin_client, draft)
    form |= {"publication": "published", "reason": "The rest is sourced."}
    form["outcomes-0-DELETE"] = "on"
    assert admin_client.post(change_page(draft), form).status_code == 302
    draft.refresh_from_db()
    assert draft.publication == "published"


# ---- Who may do what


@pytest.mark.parametrize("state", Publication)
def test_an_address_that_readers_know_always_answers(state):
    seen = {Publication.PUBLISHED, Publication.WITHDRAWN}
    after = {*states_after(state, may_publish=True)}
    assert state in after
    assert after <= seen if state in seen else Publication.WITHDRAWN not in after
    assert not seen & {*states_after(state, may_publish=False)}


@pytest.mark.parametrize("asked", ["published", "withdrawn"])
@pytest.mark.parametrize("state", ["draft", "in-review"])
def test_an_editor_cannot_publish_or_withdraw(editor, draft, state, asked):
    Partnership.objects.update(publication=state)
    form = sent_by(editor, draft)
    answer = editor.post(
        change_page(draft), {**form, "publication": asked, "reason": "Forged."}
    )
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["publication"] == [
        "You may choose: Draft, In review."
    ]
    assert Partnership.objects.get().publication == state
    answer = editor.post(ADD, {**form, "publication": asked, "slug": "another"})
    assert answer.context["adminform"].form.errors["publication"]
    assert Partnership.objects.count() == 1


def test_an_editor_sends_a_draft_to_review_and_takes_it_back(editor, draft):
    for state in ("in-review", "draft"):
        form = {**sent_by(editor, draft), "publication": state}
        assert editor.post(change_page(draft), form).status_code == 302
        assert Partnership.objects.get().publication == state


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_an_editor_only_reads_what_readers_see_or_saw(editor, draft, state):
    form = {**sent_by(editor, draft), "name": "Forged"}
    Partnership.objects.update(publication=state)
    page = editor.get(change_page(draft))
    assert page.status_code == 200
    assert "only a reviewer changes it" in page.text
    assert 'name="_save"' not in page.text
    assert 'class="form-row field-reason"' not in page.text
    assert 'name="memberships-0-council"' not in page.text
    # What was typed while it was a draft is shown again, and not saved.
    assert editor.post(change_page(draft), form).status_code == 409
    opened_now = {**form, "seen": page.context["seen"]}
    assert editor.post(change_page(draft), opened_now).status_code == 403
    delete = f"{ADD[:-4]}{draft.pk}/delete/"
    assert editor.post(delete, {"post": "yes"}).status_code == 403
    stored = Partnership.objects.get()
    assert (stored.name, stored.publication) == (draft.name, state)


def test_withdrawing_wants_a_reason_and_readers_read_it(admin_client, draft):
    Partnership.objects.update(publication="published")
    form = {**sent_by(admin_client, draft), "publication": "withdrawn"}
    refused = admin_client.post(change_page(draft), form)
    assert refused.context["adminform"].form.errors["reason"]
    assert Partnership.objects.get().publication == "published"

    why = "It turned out to be made up."
    answer = admin_client.post(change_page(draft), {**form, "reason": why})
    assert answer.status_code == 302
    gone = admin_client.get(draft.get_absolute_url())
    assert gone.status_code == 410
    assert why in gone.text


def test_a_withdrawn_record_comes_back_only_with_its_sources(admin_client, draft):
    Partnership.objects.update(publication="withdrawn")
    draft.aims.get().sources.clear()
    form = {**sent_by(admin_client, draft), "publication": "published"}
    form["reason"] = "It was real after all."
    answer = admin_client.post(change_page(draft), form)
    assert [*links_in(answer).values()] == ["#boxes_id_aims-0-sources"]
    form["aims-0-sources"] = [draft.sources.get().pk]
    assert admin_client.post(change_page(draft), form).status_code == 302


def test_a_draft_is_deleted_with_its_rows(editor, draft):
    Change.objects.begin(draft)
    answer = editor.post(f"{ADD[:-4]}{draft.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert not Partnership.objects.exists()


def test_a_record_that_readers_saw_is_never_deleted(admin_client, draft):
    Partnership.objects.update(publication="published")
    Change.objects.begin(draft)
    # As older registries allowed.
    Partnership.objects.update(publication="draft")
    for client_address in (f"{ADD[:-4]}{draft.pk}/delete/",):
        assert admin_client.post(client_address, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [draft.pk]}
    admin_client.post(f"{ADD[:-4]}", {**chosen, "post": "yes"})
    assert Partnership.objects.exists()


def test_a_draft_with_a_case_study_is_not_deleted(admin_client, draft):
    CaseStudyFactory(partnership=draft)
    admin_client.post(f"{ADD[:-4]}{draft.pk}/delete/", {"post": "yes"})
    assert Partnership.objects.exists()


def test_only_a_published_record_offers_its_page(admin_client, draft):
    assert "View on site" not in admin_client.get(change_page(draft)).text
    Partnership.objects.update(publication="published")
    assert "View on site" in admin_client.get(change_page(draft)).text


# ---- The import and the check


@pytest.fixture
def known():
    CouncilFactory(slug="made-up")
    CouncilFactory(slug="invented")
    ServiceFunctionFactory(slug="made-up-service")


def test_an_import_publishes_nothing_that_lacks_a_fact(known):
    record = copy.deepcopy(RECORD) | {"latest_evidence": None}
    (report,) = import_records([record], publication=Publication.PUBLISHED)
    assert report.result == "refused"
    assert report.problems == [
        "cannot be published: no date of the newest evidence for its status"
    ]
    assert not Partnership.objects.exists()
    (report,) = import_records([record])
    assert report.result == "added"


def test_the_check_names_what_a_published_record_lacks(draft):
    draft.aims.get().sources.clear()
    Partnership.objects.update(publication="published", latest_evidence=None)
    found = [reason for _, reason in every_problem()]
    assert found == [
        f"no source for: {draft.aims.get()}",
        "no date of the newest evidence for its status",
    ]
    with pytest.raises(CommandError, match="2 found"):
        call_command("check_registry")
    Partnership.objects.update(publication="in-review")
    assert len([*every_problem()]) == 1
