"""Editors find a council by any of its names, and are told what contradicts what."""

import pytest
from django.urls import reverse

from councils.models import Council, Succession
from tests.factories import (
    CouncilFactory,
    CouncilNameFactory,
    FormerCodeFactory,
    SuccessionFactory,
)
from tests.pages import seen_at

pytestmark = pytest.mark.django_db

INLINES = ("other_names", "former_codes", "successions_to", "successions_from")


def form_of(council, **changes):
    """Return what the form of a council sends when nothing but these is changed."""
    fields = [field for field in Council._meta.fields if field.name != "id"]
    data = {field.name: getattr(council, field.name) or "" for field in fields}
    for name in INLINES:
        data |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    return data | changes


@pytest.fixture
def council():
    council = CouncilFactory(name="Testford Council", name_cy="Cyngor Prawf")
    CouncilNameFactory(council=council, name="Oldford")
    FormerCodeFactory(council=council, gss_code="E07999999")
    CouncilFactory(name="Elsewhere Council")
    return council


@pytest.mark.parametrize("text", ["testford", "prawf", "oldford", "e07999999"])
def test_a_council_is_found_by_any_name_or_code(admin_client, council, text):
    listed = admin_client.get(reverse("admin:councils_council_changelist"), {"q": text})
    assert list(listed.context["cl"].result_list) == [council]
    offered = admin_client.get(
        reverse("admin:autocomplete"),
        {
            "term": text,
            "app_label": "councils",
            "model_name": "succession",
            "field_name": "successor",
        },
    )
    assert [row["text"] for row in offered.json()["results"]] == ["Testford Council"]


@pytest.mark.parametrize("end", ["predecessor", "successor"])
def test_a_succession_is_found_by_either_council(admin_client, end):
    succession = SuccessionFactory()
    SuccessionFactory()
    CouncilNameFactory(council=getattr(succession, end), name="Oldford")
    listed = admin_client.get(
        reverse("admin:councils_succession_changelist"), {"q": "oldford"}
    )
    assert list(listed.context["cl"].result_list) == [succession]


def test_the_form_shows_names_codes_and_successions_both_ways(admin_client):
    middle = CouncilFactory(ended="2019-03-31")
    before = SuccessionFactory(
        predecessor=CouncilFactory(ended="2009-03-31"), successor=middle
    )
    after = SuccessionFactory(predecessor=middle)
    url = reverse("admin:councils_council_change", args=[middle.pk])
    page = admin_client.get(url).content.decode()
    for text in ("What became of it", "Where it came from"):
        assert text in page
    for council in (before.predecessor, after.successor):
        assert council.name in page


def test_a_reorganisation_is_entered_on_the_page_of_the_council(admin_client, council):
    heir = CouncilFactory(started="2019-04-01")
    url = reverse("admin:councils_council_change", args=[council.pk])
    row = {
        "successions_to-TOTAL_FORMS": "1",
        "successions_to-0-predecessor": council.pk,
        "successions_to-0-successor": heir.pk,
        "successions_to-0-last_day": "2019-03-31",
        "successions_to-0-extent": "whole",
    }
    row |= seen_at(admin_client, url)
    response = admin_client.post(url, form_of(council, ended="2019-03-31", **row))
    assert response.status_code == 302
    assert Succession.objects.get(predecessor=council).successor == heir

    council.refresh_from_db()
    row |= seen_at(admin_client, url)
    row["successions_to-0-last_day"] = "2019-04-01"
    row["successions_to-0-successor"] = CouncilFactory().pk
    response = admin_client.post(url, form_of(council, **row))
    assert response.status_code == 200
    assert "is recorded as 31 March 2019" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ended": "1900-01-01"}, "The last day cannot come before the first day."),
        ({"gss_code": "E123"}, "Type one letter (E, W, S or N) and eight digits"),
        ({"latitude": "51.5"}, "Give both latitude (49 to 61) and longitude"),
        ({"slug": "taken"}, "readers’ links lead to it"),
    ],
)
def test_a_contradiction_is_refused_and_nothing_typed_is_lost(
    admin_client, council, change, sentence
):
    CouncilFactory(slug="taken")
    url = reverse("admin:councils_council_change", args=[council.pk])
    response = admin_client.post(
        url,
        form_of(council, note="Typed a minute ago.", **change)
        | seen_at(admin_client, url),
    )
    assert response.status_code == 200
    page = response.content.decode()
    assert sentence in page
    assert "Typed a minute ago." in page


def test_an_address_is_suggested_for_a_new_council_only(admin_client, council):
    add = admin_client.get(reverse("admin:councils_council_add"))
    change = admin_client.get(
        reverse("admin:councils_council_change", args=[council.pk])
    )
    assert add.context["adminform"].prepopulated_fields
    assert not change.context["adminform"].prepopulated_fields
