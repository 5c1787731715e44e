"""Editors keep a record on one screen; what they type wrong comes back beside it."""

import pytest
from django.urls import reverse

from councils.models import Council, ReorganisationOrder
from councils.sealing import sealed
from partnerships.admin.together import opened_with
from partnerships.models import (
    Change,
    Check,
    FormerSlug,
    LinkCheck,
    Membership,
    Merger,
    Partnership,
    ReportCount,
    ServiceFunction,
    Suggestion,
)
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
    SuccessionFactory,
)

ROWS: dict[str, list[dict]] = {
    "other_names": [],
    "sources": [],
    "memberships": [],
    "other_members": [],
    "aims": [],
    "outcomes": [],
    "milestones": [],
    "former_slugs": [],
}


@pytest.fixture
def record(db):
    return {
        "name": "Made-up shared service",
        "slug": "made-up-shared-service",
        "summary": "Made up for a test.",
        "publication": "draft",
        "functions": [ServiceFunctionFactory().pk],
        "delivery_model": "lead-authority",
        "status": "ongoing",
        "latest_evidence": "2014~",
        "status_in_june_2013": "not-known",
        "confidence": "low",
    }


def posted(record, opened=None, **rows):
    """Return the form of the record with these rows; a saved one has an id.

    The form of a saved record tells with which version of it it was opened.
    """
    form = dict(record)
    if opened:
        form["seen"] = sealed(opened_with(opened), opened)
    for name, new in {**ROWS, **rows}.items():
        form[f"{name}-TOTAL_FORMS"] = len(new)
        form[f"{name}-INITIAL_FORMS"] = sum(bool(row.get("id")) for row in new)
        for place, row in enumerate(new):
            for field, value in row.items():
                form[f"{name}-{place}-{field}"] = value
    return form


ADD = "admin:partnerships_partnership_add"


def test_one_screen_adds_a_record_with_all_its_rows(admin_client, record):
    council = CouncilFactory()
    source = {
        "title": "Made-up paper",
        "publisher": "Made-up publisher",
        "kind": "council",
        "url": "https://example.org/paper",
    }
    answer = admin_client.post(
        reverse(ADD),
        posted(
            record,
            sources=[source, {**source, "url": "https://example.org/other"}],
            memberships=[{"council": council.pk, "role": "lead", "joined": "2012?"}],
            other_members=[
                {"name": "Made-up Ltd", "kind": "company", "role": "client"}
            ],
            aims=[
                {"kind": "savings", "text": "One."},
                {"kind": "other", "text": "Two."},
            ],
            outcomes=[{"kind": "savings", "result": "expected", "text": "Hoped."}],
            milestones=[{"happened": "2012-05", "text": "Begun."}],
        ),
    )
    assert answer.status_code == 302, answer.context["errors"]
    partnership = Partnership.objects.get()
    assert partnership.memberships.get().joined == "2012?"
    assert [source.number for source in partnership.sources.all()] == [1, 2]
    assert [aim.number for aim in partnership.aims.all()] == [1, 2]
    assert partnership.outcomes.get().amount is None
    assert partnership.milestones.get().happened == "2012-05"


def test_a_new_row_takes_the_next_number(admin_client, record):
    partnership = PartnershipFactory(publication="draft")
    SourceFactory(partnership=partnership)
    last = SourceFactory(partnership=partnership, number=7)
    kept = [
        {
            "id": source.pk,
            "partnership": partnership.pk,
            "title": source.title,
            "publisher": source.publisher,
            "kind": source.kind,
            "url": source.url,
        }
        for source in partnership.sources.all()
    ]
    new = {**kept[0], "id": "", "url": "https://example.org/new"}
    answer = admin_client.post(
        reverse("admin:partnerships_partnership_change", args=[partnership.pk]),
        posted(record, partnership, sources=[*kept, new]),
    )
    assert answer.status_code == 302, answer.context["errors"]
    numbers = [source.number for source in partnership.sources.all()]
    assert numbers == [1, 7, last.number + 1]


@pytest.mark.parametrize("typed", ["13/2012", "2011-13", "2011-02-31"])
def test_a_wrong_date_comes_back_beside_its_field(admin_client, record, typed):
    answer = admin_client.post(
        reverse(ADD), posted({**record, "started": typed, "gaps": "Kept as typed."})
    )
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert "Type a year, a month or a day" in form.errors["started"][0]
    assert f'value="{typed}"' in answer.text
    assert "Kept as typed." in answer.text
    assert not Partnership.objects.exists()


def test_an_end_before_the_start_comes_back_beside_the_end(admin_client, record):
    dates = {"started": "2013", "ended": "2012", "status": "ended"}
    answer = admin_client.post(reverse(ADD), posted({**record, **dates}))
    form = answer.context["adminform"].form
    assert form.errors["ended"] == [
        "The end cannot come before the start, 2013: type that date or a later one, or"
        " correct the start."
    ]
    assert not Partnership.objects.exists()


def test_a_member_outside_its_councils_lifetime_is_refused(admin_client, record):
    council = CouncilFactory(started="2009-04-01")
    row = {"council": council.pk, "role": "lead", "joined": "2008"}
    answer = admin_client.post(reverse(ADD), posted(record, memberships=[row]))
    assert "before it began on 1 April 2009" in answer.text
    assert not Membership.objects.exists()


def test_a_published_record_changes_only_with_a_reason(
    admin_client, admin_user, record
):
    partnership = SourceFactory().partnership
    address = reverse("admin:partnerships_partnership_change", args=[partnership.pk])
    form = {**record, "publication": "published"}
    answer = admin_client.post(address, posted(form, partnership))
    assert answer.context["adminform"].form.errors["reason"]
    assert partnership.changes.count() == 0

    reason = "A made-up paper says so."
    answer = admin_client.post(address, posted({**form, "reason": reason}, partnership))
    assert answer.status_code == 302, answer.context["errors"]
    before, after = partnership.changes.order_by("pk")
    assert (after.reason, after.by) == (reason, admin_user)
    assert before.version[0]["fields"]["name"] == partnership.name
    assert after.version[0]["fields"]["name"] == record["name"]


def test_a_fact_is_offered_its_own_records_sources_alone(admin_client):
    partnership = PartnershipFactory()
    MilestoneFactory(partnership=partnership)
    own, foreign = SourceFactory(partnership=partnership), SourceFactory()
    page = admin_client.get(
        reverse("admin:partnerships_partnership_change", args=[partnership.pk])
    )
    formset = next(
        inline.formset
        for inline in page.context["inline_admin_formsets"]
        if inline.formset.prefix == "milestones"
    )
    offered = [
        value for value, label in formset.forms[0]["sources"].field.widget.choices
    ]
    assert offered == [str(own.pk)]
    assert str(foreign.pk) not in offered


def test_a_function_in_use_cannot_be_deleted(admin_client):
    used, unused = ServiceFunctionFactory.create_batch(2)
    PartnershipFactory().functions.add(used)
    for function, status in [(used, 403), (unused, 302)]:
        address = reverse(
            "admin:partnerships_servicefunction_delete", args=[function.pk]
        )
        assert admin_client.post(address, {"post": "yes"}).status_code == status
    chosen = {
        "action": "delete_selected",
        "_selected_action": [used.pk],
        "post": "yes",
    }
    admin_client.post(reverse("admin:partnerships_servicefunction_changelist"), chosen)
    assert ServiceFunction.objects.get() == used


def test_a_partnership_is_found_by_a_member_and_a_former_name(admin_client):
    membership = MembershipFactory()
    PartnershipFactory()
    membership.council.other_names.create(name="Wâs-Call’d")
    page = admin_client.get(
        reverse("admin:partnerships_partnership_changelist"), {"q": "was-calld"}
    )
    assert [row.pk for row in page.context["cl"].queryset] == [
        membership.partnership.pk
    ]


def test_the_council_box_finds_former_names(admin_client):
    council = CouncilFactory()
    council.other_names.create(name="Oncewas")
    answer = admin_client.get(
        reverse("admin:autocomplete"),
        {
            "term": "oncewas",
            "app_label": "partnerships",
            "model_name": "membership",
            "field_name": "council",
        },
    )
    found = [int(row["id"]) for row in answer.json()["results"]]
    assert [Council.objects.get(pk=pk) for pk in found] == [council]


@pytest.mark.parametrize(
    "page",
    [
        "admin:partnerships_partnership_changelist",
        "admin:councils_council_changelist",
        "admin:councils_succession_changelist",
    ],
)
def test_more_words_than_any_name_has_find_nothing(admin_client, page):
    MembershipFactory(council=SuccessionFactory().predecessor)
    answer = admin_client.get(reverse(page), {"q": "a " * 1900})
    assert answer.status_code == 200
    assert not answer.context["cl"].queryset


def test_every_list_and_form_of_the_admin_opens(admin_client, registry):
    from django.contrib import admin

    Change.objects.begin(Partnership.objects.first())
    Check.objects.create(partnership=Partnership.objects.first())
    LinkCheck.objects.create(url="https://example.org/made-up")
    MilestoneFactory(partnership=Partnership.objects.first())
    OtherMemberFactory(partnership=Partnership.objects.first())
    FormerSlug.objects.create(slug="was", partnership=Partnership.objects.first())
    Suggestion.objects.create(message="Made up.", part_in_words="The whole record")
    kept, merged = Partnership.objects.all()[:2]
    Merger.objects.create(kept=kept, merged=merged, came={})
    ReorganisationOrder.objects.create(
        name="Made-up order", url="https://example.org/", vesting_day="2099-04-01"
    )
    for model, options in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found = admin_client.get(reverse(f"{name}_changelist"), {"q": "a"})
        assert found.status_code == 200, model
        if model._meta.app_label in {"councils", "partnerships", "briefings"}:
            assert options.search_fields, model
            row = model.objects.first()
            page = admin_client.get(reverse(f"{name}_change", args=[row.pk]))
            assert page.status_code == 200, model


def test_every_model_of_ours_is_in_the_admin():
    from django.apps import apps
    from django.contrib import admin

    # Counts of reports an hour say nothing to an editor, and go when the hour is over.
    left_out = {ReportCount}
    for app in ("councils", "partnerships", "briefings"):
        for model in {*apps.get_app_config(app).get_models()} - left_out:
            assert admin.site.is_registered(model), model
