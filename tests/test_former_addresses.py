"""Every address that a record ever had still answers, and says where the record is."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from councils.sealing import sealed
from partnerships.admin.together import opened_with
from partnerships.models import Change, FormerSlug, Partnership
from partnerships.problems import every_problem
from tests.factories import (
    CaseStudyFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db

PAGES = ["partnership-detail", "partnership-history", "partnership-report"]


def led_to(client, address):
    answer = client.get(address)
    assert answer.status_code == 301
    # Without a word of ours browsers keep it for good, also once it is undone.
    assert "no-cache" in answer.headers["Cache-Control"]
    return answer.headers["Location"]


@pytest.mark.parametrize("page", PAGES)
def test_a_former_address_leads_to_the_same_page_of_its_record(client, page):
    record = PartnershipFactory(slug="new")
    FormerSlug.objects.create(slug="old", partnership=record)
    old, new = (reverse(f"partnerships:{page}", args=[slug]) for slug in ("old", "new"))
    assert led_to(client, old) == new
    assert client.get(new).status_code == 200


def test_a_case_study_follows_its_record(client):
    study = CaseStudyFactory(partnership=PartnershipFactory(slug="new"))
    FormerSlug.objects.create(slug="old", partnership=study.partnership)
    assert led_to(client, "/case-studies/old/") == "/case-studies/new/"
    # A record without a study took the other one in.
    study.delete()
    assert led_to(client, "/case-studies/old/") == "/partnerships/new/"


def test_a_report_to_a_former_address_keeps_what_was_sent(client):
    FormerSlug.objects.create(slug="old", partnership=PartnershipFactory())
    assert client.post("/partnerships/old/report/").status_code == 308


def test_a_merged_record_leads_to_the_one_that_holds_its_facts(client):
    merged = PartnershipFactory(slug="merged", publication="withdrawn")
    FormerSlug.objects.create(slug="merged", partnership=PartnershipFactory(slug="one"))
    # It had been renamed before: both of its addresses lead on in one step.
    FormerSlug.objects.create(slug="first", partnership=merged)
    for slug in ("first", "merged"):
        assert led_to(client, f"/partnerships/{slug}/") == "/partnerships/one/"


def test_a_former_address_betrays_no_draft(client):
    draft = PartnershipFactory(slug="secret", publication="draft")
    FormerSlug.objects.create(slug="old", partnership=draft)
    assert client.get("/partnerships/old/").status_code == 404


def test_addresses_that_lead_to_each_other_end_in_a_page(client):
    one = PartnershipFactory(slug="one", publication="withdrawn")
    other = PartnershipFactory(slug="other", publication="withdrawn")
    FormerSlug.objects.create(slug="one", partnership=other)
    FormerSlug.objects.create(slug="other", partnership=one)
    assert client.get("/partnerships/one/").status_code == 410


def test_an_address_in_use_is_no_former_address():
    record, other = PartnershipFactory(slug="one"), PartnershipFactory(slug="other")
    for slug, reason in [("one", "present address"), ("other", "withdraw it first")]:
        with pytest.raises(ValidationError, match=reason):
            FormerSlug(slug=slug, partnership=record).full_clean()
    Partnership.objects.filter(pk=other.pk).update(publication="withdrawn")
    FormerSlug(slug="other", partnership=record).full_clean()


def test_no_new_record_takes_a_former_address():
    FormerSlug.objects.create(slug="old", partnership=PartnershipFactory())
    with pytest.raises(ValidationError, match="This address leads to"):
        PartnershipFactory.build(slug="old").clean()


def test_the_check_finds_addresses_that_lead_astray():
    live = PartnershipFactory(slug="live")
    draft = PartnershipFactory(slug="draft", publication="draft")
    FormerSlug.objects.create(slug="live", partnership=live)
    FormerSlug.objects.create(slug="lost", partnership=draft)
    found = {record: reason for record, reason in every_problem()}
    assert "present address" in found["former address live"]
    assert found["former address lost"] == "it leads to no published record"


# ---- Withdrawn records


@pytest.mark.parametrize("page", PAGES)
def test_a_withdrawn_record_says_when_and_why(client, assert_valid_html, page):
    record = PartnershipFactory(slug="gone", name="Pretend and gone")
    Change.objects.begin(record)
    Partnership.objects.update(publication="withdrawn")
    Change.objects.record(record, reason="It was <i>another</i> service.")
    Partnership.objects.update(summary="Tidied up since.")
    Change.objects.record(record, reason="Work on it since.")
    withdrawals = Change.objects.filter(reason__startswith="It was")
    withdrawals.update(made=datetime(2024, 5, 6, 12, tzinfo=UTC))
    answer = client.get(reverse(f"partnerships:{page}", args=["gone"]))
    assert answer.status_code == 410
    assert "no-cache" in answer.headers["Cache-Control"]
    assert_valid_html(answer.text)
    assert "6 May 2024" in answer.text
    assert "It was &lt;i&gt;another&lt;/i&gt; service." in answer.text
    assert "Work on it since" not in answer.text


def test_a_withdrawn_record_without_a_history_says_so(client):
    PartnershipFactory(slug="gone", publication="withdrawn")
    answer = client.get("/partnerships/gone/")
    assert answer.status_code == 410
    assert "When and why is not recorded." in answer.text


def test_what_was_said_of_a_draft_stays_out_of_its_withdrawal(client):
    record = PartnershipFactory(slug="gone", publication="draft")
    Change.objects.begin(record)
    Partnership.objects.update(publication="withdrawn")
    Change.objects.record(record, reason="A secret reason.")
    assert "secret" not in client.get("/partnerships/gone/").text


def test_a_draft_and_an_unknown_record_are_not_found(client):
    PartnershipFactory(slug="draft", publication="draft")
    for slug in ("draft", "never-was"):
        for page in PAGES:
            address = reverse(f"partnerships:{page}", args=[slug])
            assert client.get(address).status_code == 404, address


# ---- What editors do


def evidenced(slug, **fields):
    """Make a record that may be published."""
    record = PartnershipFactory(slug=slug, latest_evidence="2012", **fields)
    SourceFactory(partnership=record)
    return record


def saved(admin_client, partnership, former=(), **changes):
    """Save a record's form in the admin with a change and rows of former addresses."""
    names = ["name", "slug", "summary", "publication", "delivery_model", "status"]
    names += ["status_in_june_2013", "confidence", "latest_evidence"]
    form = {name: getattr(partnership, name) for name in names}
    form |= {"functions": [ServiceFunctionFactory().pk], "reason": "A pretended one."}
    rows = ["other_names", "sources", "memberships", "other_members", "aims"]
    for prefix in [*rows, "outcomes", "milestones"]:
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    form |= {"former_slugs-TOTAL_FORMS": len(former), "former_slugs-INITIAL_FORMS": 0}
    form |= {f"former_slugs-{place}-slug": slug for place, slug in enumerate(former)}
    form |= {"seen": sealed(opened_with(partnership), partnership)}
    address = "admin:partnerships_partnership_change"
    address = reverse(address, args=[partnership.pk])
    form["seen"] = admin_client.get(address).context["seen"]
    return admin_client.post(address, {**form, **changes})


@pytest.mark.parametrize("former", [[], ["first"]])
def test_a_public_record_that_is_renamed_keeps_its_old_address(admin_client, former):
    record = evidenced("first")
    answer = saved(admin_client, record, former, slug="second")
    assert answer.status_code == 302, answer.context["errors"]
    assert led_to(admin_client, "/partnerships/first/") == "/partnerships/second/"


def test_a_draft_leaves_no_address_behind(admin_client):
    draft = evidenced("typo", publication="draft")
    assert saved(admin_client, draft, slug="right").status_code == 302
    assert not FormerSlug.objects.exists()


def test_an_editor_merges_one_record_into_another(admin_client):
    record, merged = evidenced("one"), evidenced("other")
    refused = saved(admin_client, record, ["other"])
    assert refused.status_code == 200
    assert "withdraw it first" in refused.text
    assert saved(admin_client, merged, publication="withdrawn").status_code == 302
    assert saved(admin_client, record, ["other"]).status_code == 302
    assert led_to(admin_client, "/partnerships/other/") == "/partnerships/one/"
    # It cannot come back to the address that leads elsewhere now.
    merged.refresh_from_db()
    back = saved(admin_client, merged, publication="published")
    assert "This address leads to" in back.text
