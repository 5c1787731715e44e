"""Arrangements of councils like a given one: the order, the reasons and the page."""

import json
from collections import defaultdict

import pytest

from councils.arrangements import arrangements_of
from councils.choices import CouncilType, Region
from councils.folding import fold
from councils.lineage import Lineage
from councils.models import Council
from partnerships.likeness import MOST, councils_alike
from partnerships.models import Partnership, ServiceFunction
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SuccessionFactory,
)
from tests.pages import queries_used
from tests.test_councils import BRUTE, FIXTURES, said

pytestmark = pytest.mark.django_db


def alike(council):
    own, inherited = arrangements_of(council, Lineage())
    return councils_alike(council, [*own, *inherited])


def reasons(council):
    return {match.partnership.slug: match.reason for match in alike(council).matches}


# ---- Against plain Python over the fixtures


class Likeness:
    """The rule by hand: one key to sort by, of one member at a time."""

    def __init__(self):
        self.partnerships, self.members = {}, defaultdict(set)
        for row in json.loads((FIXTURES / "partnerships.json").read_text()):
            fields = row["fields"]
            if row["model"] == "partnerships.partnership":
                self.partnerships[fields["slug"]] = fields
            if row["model"] == "partnerships.membership":
                self.members[fields["partnership"][0]].add(fields["council"][0])

    def functions(self, slug):
        return {function for [function] in self.partnerships[slug]["functions"]}

    def to(self, slug):
        """Return the arrangements that are not the council's own, the likest first."""
        council = BRUTE.councils[slug]
        own = BRUTE.own[slug] | BRUTE.inherited(slug)
        shared = set().union(*map(self.functions, own))
        keys = {}
        for partnership in self.partnerships.keys() - own:
            differs = min(
                tuple(
                    BRUTE.councils[member][fact] != council[fact]
                    for fact in ("council_type", "nation", "region")
                )
                for member in self.members[partnership]
            )
            in_common = len(self.functions(partnership) & shared)
            if not all(differs) or in_common:
                name = fold(self.partnerships[partnership]["name"])
                keys[partnership] = (*differs, -in_common, name, partnership)
        return sorted(keys, key=keys.get)


def test_the_order_is_that_of_plain_python(registry):
    likeness, seen = Likeness(), set()
    lineage = Lineage()
    for council in Council.objects.order_by("pk"):
        kind = (council.council_type, council.nation, council.region)
        own, inherited = arrangements_of(council, lineage)
        if kind in seen and not (own or inherited):
            continue  # it has the answer of the last one of its kind
        seen.add(kind)
        expected = likeness.to(council.slug)
        had = [arrangement.partnership for arrangement in [*own, *inherited]]
        functions = ServiceFunction.objects.filter(partnerships__in=had)
        others = Partnership.objects.exclude(pk__in=[one.pk for one in had])
        found = others.like(council, functions).values_list("slug", flat=True)
        assert list(found) == expected
        matches = councils_alike(council, [*own, *inherited]).matches
        assert [match.partnership.slug for match in matches] == expected[:MOST]
        for match in matches:
            assert match.reason
    assert len(seen) > 25


# ---- The rule


@pytest.fixture
def yours():
    """A county of the South East that shares two services."""
    council = CouncilFactory(council_type="county")
    partnership = PartnershipFactory(slug="own")
    for slug in ("alpha", "beta"):
        partnership.functions.add(ServiceFunctionFactory(slug=slug, name=slug.upper()))
    MembershipFactory(council=council, partnership=partnership)
    return council


def other(slug, functions=(), **council):
    fields = {"council_type": "county", **council}
    partnership = PartnershipFactory(slug=slug, name=f"Pretend {slug}")
    partnership.functions.set(ServiceFunction.objects.filter(slug__in=functions))
    MembershipFactory(
        partnership=partnership,
        council=CouncilFactory(name=f"Council of {slug}", **fields),
    )
    return partnership


WALES = {"nation": "wales", "region": "wales"}
WEST = {"region": "south-west"}


def test_type_comes_before_place_and_place_before_services(yours):
    other("e-nation", council_type="unitary", **WEST)
    other("d-region", council_type="unitary")
    other("c-type", ["alpha", "beta"], **WALES)
    other("b-type-nation", ["alpha", "beta"], **WEST)
    other("a-all", [])
    other("f-nothing", council_type="unitary", **WALES)
    other("g-services", ["alpha"], council_type="unitary", **WALES)
    found = Partnership.objects.exclude(slug="own").like(
        yours, ServiceFunction.objects.all()
    )
    assert [partnership.slug for partnership in found] == [
        "a-all",
        "b-type-nation",
        "c-type",
        "d-region",
        "e-nation",
        "g-services",
    ]


def test_more_services_in_common_come_first_then_names(yours):
    other("a-none")
    other("b-one", ["beta"])
    other("c-one", ["alpha"])
    other("d-two", ["alpha", "beta"])
    assert list(reasons(yours)) == ["d-two", "b-one", "c-one", "a-none"]


def test_the_likest_member_stands_for_its_arrangement(yours):
    mixed = other("b-mixed", council_type="unitary", **WALES)
    MembershipFactory(
        partnership=mixed,
        council=CouncilFactory(name="Likest Council", council_type="county"),
    )
    other("a-type-nation", **WEST)
    assert list(reasons(yours)) == ["b-mixed", "a-type-nation"]
    assert reasons(yours)["b-mixed"] == (
        "Likest Council: also a county council in the South East."
    )


def test_one_member_has_to_agree_in_type_and_place(yours):
    """A county elsewhere and a neighbour of another type are no county nearby."""
    mixed = other("a-mixed", **WALES)
    MembershipFactory(partnership=mixed, council=CouncilFactory(council_type="unitary"))
    other("b-type-nation", **WEST)
    assert list(reasons(yours)) == ["b-type-nation", "a-mixed"]


def test_what_the_council_has_or_inherited_is_left_out(yours):
    succession = SuccessionFactory(successor=yours)
    inherited = other("inherited")
    MembershipFactory(partnership=inherited, council=succession.predecessor)
    assert reasons(yours) == {}


def test_a_predecessors_services_count_as_shared(yours):
    succession = SuccessionFactory(successor=yours)
    gamma = ServiceFunctionFactory(slug="gamma", name="GAMMA")
    inherited = MembershipFactory(council=succession.predecessor).partnership
    inherited.functions.add(gamma)
    other("a-none")
    other("b-gamma", ["gamma"])
    assert list(reasons(yours)) == ["b-gamma", "a-none"]
    assert "Services you share or shared too: GAMMA." in reasons(yours)["b-gamma"]


@pytest.mark.parametrize("publication", ["draft", "withdrawn"])
def test_unpublished_arrangements_are_nobodys_like(yours, publication):
    Partnership.objects.filter(pk=other("hidden").pk).update(publication=publication)
    assert reasons(yours) == {}


# ---- The reasons


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "also a county council in the South East."),
        (WEST, "also a county council in England."),
        (WALES, "also a county council."),
        ({"council_type": "unitary"}, "also in the South East."),
        ({"council_type": "unitary", **WEST}, "also in England."),
    ],
)
def test_the_reason_says_what_the_councils_have_in_common(yours, fields, words):
    other("reasoned", **fields)
    assert reasons(yours) == {"reasoned": f"Council of reasoned: {words}"}


def test_the_reason_names_every_member_of_the_same_likeness(yours):
    partnership = other("pair")
    name = "Another Council"
    MembershipFactory(
        partnership=partnership,
        council=CouncilFactory(name=name, council_type="county"),
    )
    MembershipFactory(partnership=partnership, council=CouncilFactory(**WEST))
    [reason] = reasons(yours).values()
    names, _, rest = reason.partition(": ")
    assert set(names.split(" and ")) == {"Council of pair", "Another Council"}
    assert rest == "each also a county council in the South East."


def test_the_reason_names_the_services_in_common_alone(yours):
    other("far", ["beta"], council_type="unitary", **WALES)
    assert reasons(yours)["far"].endswith(". Services you share or shared too: BETA.")


def test_a_match_by_its_services_alone_says_that_its_councils_are_not_alike(yours):
    """Scottish and Welsh councils have few of their like, and read of English ones."""
    other("far", ["beta"], council_type="unitary", **WALES)
    other("near", ["beta"], council_type="unitary", **WEST)
    nobody = "No member council is of your type or in your nation."
    assert reasons(yours)["far"].startswith(nobody)
    assert nobody not in reasons(yours)["near"]


@pytest.mark.parametrize(
    ("kind", "place", "words"),
    [
        ("london-borough", ("england", "london"), "a London borough"),
        ("welsh-principal-area", ("wales", "wales"), "a Welsh principal area"),
        ("unitary", ("england", "london"), "a unitary authority in London"),
        (
            "non-metropolitan-district",
            ("england", "yorkshire-and-the-humber"),
            "a non-metropolitan district in Yorkshire and The Humber",
        ),
        ("sui-generis", ("england", "south-west"), "a council of its own kind in the"),
    ],
)
def test_a_kind_of_council_is_said_in_plain_words(kind, place, words):
    nation, region = place
    fields = {"council_type": kind, "nation": nation, "region": region}
    council = CouncilFactory(**fields)
    other("reasoned", **fields)
    assert f"also {words}" in reasons(council)["reasoned"]


def test_every_type_and_region_can_stand_in_a_sentence():
    for kind in CouncilType:
        assert kind.noun.startswith("a ")
    assert {Region.LONDON.place, Region.EAST_OF_ENGLAND.place} == {
        "London",
        "the East of England",
    }


# ---- The page


def test_a_council_without_arrangements_learns_what_its_like_have_tried(
    client, registry
):
    text = said(client, "/councils/maldon/")
    assert "No arrangement is recorded in this council’s own name." in text
    section = text.partition("Arrangements of councils like yours")[2]
    assert "also a non-metropolitan district in the East of England." in section
    assert "Services you share" not in section
    text = said(client, "/councils/dover/")
    assert (
        "Ended April 2013 Aylesbury Vale District Council: also a non-metropolitan"
        " district in the South East. Services you share or shared too: ICT."
        " Savings Not achieved (1 outcome) Why it ended It did not give" in text
    )


def test_savings_are_told_by_result_and_money_is_listed_with_its_period(client, yours):
    partnership = other("saving")
    for fields in (
        {"result": "expected", "amount": 500, "period": "per-year"},
        {"result": "achieved", "amount": 4000, "period": "total"},
        {"result": "achieved", "amount": 0, "period": "not-known"},
        {"result": "achieved"},
        {"result": "not-achieved", "kind": "resilience"},
    ):
        OutcomeFactory(partnership=partnership, **fields)
    assert (
        "Savings Achieved (3 outcomes: £4,000 in total; £0 (a year or in total: not"
        " known)) Expected: nobody has reported back (1 outcome: £500 a year)"
        in said(client, yours.get_absolute_url())
    )


def test_what_is_not_known_is_said(client, yours):
    Partnership.objects.filter(pk=other("blank").pk).update(status="ended")
    text = said(client, yours.get_absolute_url())
    assert "Savings No outcome about savings is recorded" in text
    assert "Why it ended Not known" in text


def test_the_rule_is_on_the_page(client, yours):
    other("any")
    assert (
        "first those of your type, then those in your nation, then those in your region"
        in said(client, yours.get_absolute_url())
    )


def test_the_link_leads_to_the_number_of_arrangements_that_it_names(client, registry):
    for slug, number in {"maldon": 22, "buckinghamshire": 5, "cardiff": None}.items():
        council = Council.objects.get(slug=slug)
        query = f"council_type={council.council_type}&nation={council.nation}"
        page = client.get(f"/councils/{slug}/").content.decode()
        count = client.get(f"/partnerships/?{query}").context["paginator"].count
        assert number in {count, None}
        link = f'href="/partnerships/?{query.replace("&", "&amp;")}">See '
        assert (link in page) is (count > 0)
        if count > 1:
            assert f"{link}all {count} arrangements of the council type" in page


def test_a_council_with_no_like_is_told_so(client, registry):
    text = said(client, "/councils/antrim/")
    assert "No arrangement of another council of its type, region or nation" in text
    assert "See all arrangements" in text


def test_pages_are_valid_html(client, registry, assert_valid_html):
    for slug in ("somerset", "dover", "antrim", "maldon", "cardiff"):
        assert_valid_html(client.get(f"/councils/{slug}/").content.decode())


def test_queries_do_not_grow_with_the_registry(client, yours):
    def more(number):
        for place in range(number):
            partnership = other(f"more-{number}-{place}", ["alpha"])
            OutcomeFactory(partnership=partnership, amount=5, period="total")
            own = PartnershipFactory()
            own.functions.add(ServiceFunctionFactory())
            MembershipFactory(partnership=own, council=yours)
            MembershipFactory.create_batch(2, partnership=own)

    more(2)
    few = queries_used(client, yours.get_absolute_url())
    more(8)
    assert queries_used(client, yours.get_absolute_url()) == few
