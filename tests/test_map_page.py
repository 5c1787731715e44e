"""The map of any list of arrangements: the same questions, every council named."""

import re

import pytest
from django.core.exceptions import ValidationError

from tests.factories import CouncilFactory, MembershipFactory, PartnershipFactory
from tests.pages import queries_used

pytestmark = pytest.mark.django_db
MAP = "/partnerships/map/"


def flat(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def table(answer):
    return [
        re.sub(r"<[^>]*>", " ", row).split()
        for row in re.findall(r"<tr.*?</tr>", flat(answer))[1:]
    ]


def test_the_map_takes_the_questions_of_the_list(client, assert_valid_html):
    here = CouncilFactory(name="Ay Council", short_name="Ay", latitude=51, longitude=0)
    there = CouncilFactory(name="Bee Council", short_name="Bee")
    ended = PartnershipFactory(name="Gone", status="ended")
    MembershipFactory(partnership=ended, council=here, joined="2010", left="2011")
    MembershipFactory(partnership=ended, council=here, joined="2012")
    MembershipFactory(partnership=ended, council=there)
    MembershipFactory(council__short_name="Elsewhere")
    MembershipFactory(partnership__publication="draft", partnership__status="ended")
    answer = client.get(MAP, {"status": "ended"})
    page = flat(answer)
    assert_valid_html(answer.content.decode())
    assert "1 arrangement" in page
    assert page.count('class="registry-map__mark"') == 1
    rows = [" ".join(row) for row in table(answer)]
    assert rows == [
        "1 Ay Council Unitary authority, South East Gone",
        "Not on the map: the registry has no point for it Bee Council"
        " Unitary authority, South East Gone",
    ]
    assert 'href="/partnerships/?status=ended"' in page


def test_the_list_offers_the_map_of_its_results(client):
    PartnershipFactory(status="ended")
    PartnershipFactory.create_batch(2)
    assert (
        'href="/partnerships/map/?status=ongoing&amp;sort=-name">Map of these 2'
        in flat(client.get("/partnerships/", {"status": "ongoing", "sort": "-name"}))
    )
    page = flat(client.get("/partnerships/", {"status": "not-known"}))
    assert "Map of" not in page


def test_no_record_may_take_the_address_of_the_map():
    with pytest.raises(ValidationError) as refused:
        PartnershipFactory.build(slug="map").full_clean()
    assert "slug" in refused.value.message_dict


@pytest.mark.parametrize("query", ["status=endd", "statuss=ended", "page=2"])
def test_a_question_with_a_mistake_is_refused_with_its_reason(
    client, query, assert_valid_html
):
    MembershipFactory()
    answer = client.get(f"{MAP}?{query}")
    assert answer.status_code == 400
    page = flat(answer)
    assert_valid_html(answer.content.decode())
    assert "There is a problem with the question" in page
    assert "“" + query.partition("=")[2] + "”" in page or "is not a filter" in page
    assert "registry-map" not in page


def test_no_result_says_what_to_take_back(client, assert_valid_html):
    MembershipFactory(partnership__status="ended")
    answer = client.get(MAP, {"status": "ongoing"})
    assert answer.status_code == 200
    assert_valid_html(answer.content.decode())
    assert "No arrangements match" in flat(answer)
    assert "Remove the filter" in flat(answer)


def test_the_map_shows_all_results_on_one_page(client):
    for number in range(30):
        MembershipFactory(council__latitude=50 + number / 3, council__longitude=-4)
    answer = client.get(MAP)
    assert len(table(answer)) == 30
    assert "page 1 of" not in flat(answer)


def test_the_map_costs_as_many_queries_for_many_as_for_few(client):
    MembershipFactory.create_batch(2, council__latitude=51, council__longitude=0)
    few = queries_used(client, MAP)
    MembershipFactory.create_batch(20, council__latitude=52, council__longitude=0)
    assert queries_used(client, MAP) == few


def test_every_shipped_council_is_on_the_map_or_said_not_to_be(client, registry):
    answer = client.get(MAP)
    rows = table(answer)
    found = re.search(r"([0-9]+) councils\.", flat(answer))
    assert found is not None
    assert len(rows) == int(found[1]) > 50
    assert all(row[0].isdigit() or row[0] == "Not" for row in rows)
