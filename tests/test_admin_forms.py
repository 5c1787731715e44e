"""Every tool and form of the admin takes what is sent, or refuses it kindly."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import URLResolver, get_resolver, reverse

from partnerships.models import Change, Partnership
from tests.factories import (
    BriefingFactory,
    CouncilFactory,
    DeliveryModelGuideFactory,
    MembershipFactory,
    PartnershipFactory,
)
from tests.pages import sent_by

pytestmark = pytest.mark.django_db

# More digits than the key of any database has, and than Python reads.
NUMBERS = ["9" * 26, "9" * 5000]
DJANGOS_OWN = re.compile(r"/<path:object_id>/(change/|delete/|history/|)$|^admin/r/")


def routes(patterns, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def tools() -> list[str]:
    """Return the addresses of the admin's tools for one row, where its key stands."""
    return [
        route
        for route in routes(get_resolver().url_patterns)
        if route.startswith("admin/")
        and re.search(r"<(int|path):", route)
        and not DJANGOS_OWN.search(route)
    ]


@pytest.mark.parametrize("number", NUMBERS, ids=len)
@pytest.mark.parametrize("route", tools())
def test_a_tool_finds_no_row_by_a_number_that_none_has(admin_client, route, number):
    record = PartnershipFactory()
    keys = [record.pk, Change.objects.record(record, reason="Made up.").pk]
    for place in range(route.count("<")):
        address = f"/{route}"
        for key in [*keys[:place], number, *keys[place + 1 :]]:
            address = re.sub("<[^>]+>", str(key), address, count=1)
        for method in (admin_client.get, admin_client.post):
            # Django leads from a row that it does not find to the admin's first page.
            assert method(address).status_code in {302, 404}


@pytest.mark.parametrize(
    "question",
    [
        "partnership/?status=%00",
        "partnership/?name=x%00",
        "change/?partnership=99999999999999999999",
        "suggestion/?sent__year=99999999999999999999",
    ],
)
def test_a_list_is_never_asked_what_no_database_knows(admin_client, question):
    answer = admin_client.get(f"/admin/partnerships/{question}")
    # What a database can be asked all the same finds nothing, or the whole list again.
    assert answer.status_code in {200, 302, 400}


@pytest.mark.parametrize("chosen", ["abc", "9" * 26, "²", "a\0"])
def test_a_list_does_nothing_with_a_row_that_cannot_be(admin_client, chosen):
    sent = {"action": "delete_selected", "_selected_action": chosen}
    answer = admin_client.post("/admin/councils/council/", sent)
    # What a database can be asked all the same is nothing that could be deleted.
    assert answer.status_code in {200, 302, 400}


def test_a_choice_with_a_number_that_no_database_knows(admin_client):
    address = reverse("admin:partnerships_partnership_add")
    sent = sent_by(admin_client.get(address)) | {"functions": ["9" * 26]}
    answer = admin_client.post(address, sent)
    assert answer.status_code in {200, 400}
    assert not Partnership.objects.exists()


def test_a_row_that_passes_for_a_saved_one(admin_client):
    record = MembershipFactory().partnership
    address = reverse("admin:partnerships_partnership_change", args=[record.pk])
    counts = ["memberships-TOTAL_FORMS", "memberships-INITIAL_FORMS"]
    sent = sent_by(admin_client.get(address)) | {key: ["2"] for key in counts}
    sent |= {"memberships-1-council": [CouncilFactory().pk]}
    answer = admin_client.post(address, sent)
    assert answer.status_code == 200
    assert "This field is required." in answer.text
    assert record.memberships.count() == 1


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m._meta.label)
def test_a_button_that_no_form_has(admin_client, model):
    """“Save as new” shows a refused form as that of a saved object, with none there."""
    page = f"{model._meta.app_label}_{model._meta.model_name}"
    answer = admin_client.post(reverse(f"admin:{page}_add"), {"_saveasnew": "1"})
    assert answer.status_code in {200, 400, 403}


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m._meta.label)
def test_boxes_send_what_was_typed(admin_client, model):
    page = f"{model._meta.app_label}_{model._meta.model_name}"
    # Of a number box a browser sends nothing where it reads no number.
    assert 'type="number"' not in admin_client.get(reverse(f"admin:{page}_add")).text


def test_a_window_that_does_not_close_by_itself_says_that_it_saved(
    admin_client, assert_valid_html
):
    named = {"name": "Pretend group", "_popup": "1"}
    answer = admin_client.post(reverse("admin:auth_group_add"), named)
    assert_valid_html(answer.text)
    assert "It is saved" in answer.text
    assert "Pretend group" in answer.text  # what the script hands to the form


@pytest.mark.parametrize(
    "factory", [BriefingFactory, CouncilFactory, DeliveryModelGuideFactory]
)
def test_without_scripts_each_kind_of_row_has_an_empty_one_that_bars_nothing(
    admin_client, factory
):
    shown = factory()
    name = f"{shown._meta.app_label}_{shown._meta.model_name}"
    address = reverse(f"admin:{name}_change", args=[shown.pk])
    page = admin_client.get(address)
    for rows in page.context["inline_admin_formsets"]:
        assert len(rows.formset.extra_forms) == 1, rows.formset.prefix
    assert admin_client.post(address, sent_by(page)).status_code == 302
    for rows in admin_client.get(address).context["inline_admin_formsets"]:
        assert not rows.formset.initial_forms
