"""Who shared with a council, how often and when: the rule, the words and the page."""

import json
from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from councils.arrangements import arrangements_of
from councils.lineage import Lineage
from councils.models import Council
from partnerships.co_partners import co_partners
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    PartnershipFactory,
    SuccessionFactory,
)
from tests.test_councils import BRUTE, FIXTURES, said

pytestmark = pytest.mark.django_db


def partners_of(council, lineage=None):
    lineage = lineage or Lineage()
    own, inherited = arrangements_of(council, lineage)
    today = timezone.localdate()
    return co_partners(council, [*own, *inherited], lineage, today)


def in_slugs(partners):
    """Return the slugs of the co-partners, each with those of the arrangements."""
    return {
        partner.council.slug: {shared.partnership.slug for shared in partner.shared}
        for partner in partners
    }


def shared_by(council):
    return in_slugs(partners_of(council))


# ---- Against plain Python over the fixtures


def test_the_shipped_co_partners_are_those_of_plain_python(registry):
    members = defaultdict(list)
    for row in json.loads((FIXTURES / "partnerships.json").read_text()):
        if row["model"] == "partnerships.membership":
            fields = row["fields"]
            council, partnership = fields["council"][0], fields["partnership"][0]
            sure = {
                name: day if day and day[-1].isdigit() else None
                for name, day in fields.items()
                if name in {"joined", "left"}
            }
            first, last = sure["joined"] or "0000", sure["left"] or "9999"
            times = (f"{first}-01-01"[:10], f"{last}-12-31"[:10])
            members[partnership].append((council, *times))

    def expected(slug):
        us, found = {slug, *BRUTE.past(slug)}, defaultdict(set)
        for partnership, rows in members.items():
            for (one, came, went), (other, began, ended) in product(rows, rows):
                is_together = went >= began and ended >= came
                if one in us and other not in {one, slug} and is_together:
                    found[other].add(partnership)
        return found

    lineage, with_any = Lineage(), 0
    for council in Council.objects.all():
        partners = partners_of(council, lineage)
        assert in_slugs(partners) == expected(council.slug)
        frequencies = [len(partner.shared) for partner in partners]
        assert frequencies == sorted(frequencies, reverse=True)
        with_any += bool(partners)
    assert with_any > 80


# ---- Who counts


@pytest.fixture
def pair():
    """Two members of one arrangement."""
    partnership = PartnershipFactory(slug="together")
    one, other = CouncilFactory(slug="one"), CouncilFactory(slug="other")
    for council in (one, other):
        MembershipFactory(council=council, partnership=partnership)
    return one, other


def test_two_members_are_each_others_co_partners(pair):
    one, other = pair
    assert shared_by(one) == {"other": {"together"}}
    assert shared_by(other) == {"one": {"together"}}


def test_the_most_frequent_comes_first(pair):
    one, other = pair
    third = CouncilFactory(slug="third", short_name="Aaa")
    for companions in ([one, other, third], [one, other]):
        partnership = PartnershipFactory()
        for council in companions:
            MembershipFactory(council=council, partnership=partnership)
    assert [
        (partner.council.slug, len(partner.shared)) for partner in partners_of(one)
    ] == [("other", 3), ("third", 1)]


def test_an_heir_has_its_predecessors_co_partners_and_they_have_not_itself(pair):
    one, other = pair
    Council.objects.filter(pk=one.pk).update(ended="2019-03-31")
    heir = CouncilFactory(slug="heir", started=date(2019, 4, 1))
    SuccessionFactory(predecessor=one, successor=heir, last_day="2019-03-31")
    assert shared_by(heir) == {"other": {"together"}}
    [partner] = partners_of(heir)
    assert partner.shared[0].times == [("from a date not known", one)]
    [ended] = partners_of(other)
    assert ended.council == one
    assert ended.fate == f"abolished 31 March 2019, now {heir}"


def test_predecessors_that_shared_with_each_other_are_both_named(pair):
    heir = CouncilFactory(started=date(2019, 4, 1))
    for council in pair:
        Council.objects.filter(pk=council.pk).update(ended="2019-03-31")
        SuccessionFactory(predecessor=council, successor=heir, last_day="2019-03-31")
    assert shared_by(heir) == {"one": {"together"}, "other": {"together"}}


@pytest.mark.parametrize("publication", ["draft", "withdrawn"])
def test_unpublished_arrangements_have_no_co_partners(pair, publication):
    one, _ = pair
    one.partnerships.update(publication=publication)
    assert shared_by(one) == {}


@pytest.mark.parametrize(
    ("left", "joined", "is_together"),
    [
        ("2010", "2011", False),
        ("2010", "2010", True),  # nobody knows which came first
        ("2010-03-31", "2010-04-01", False),
        ("2010-04-01", "2010-04-01", True),
        ("2010", None, True),
        (None, "2011", True),
        ("2010?", "2011", True),  # doubtful dates keep nobody apart
        ("2010", "2011~", True),
    ],
)
def test_members_of_different_times_did_not_share(pair, left, joined, is_together):
    one, other = pair
    one.memberships.update(left=left)
    other.memberships.update(joined=joined)
    assert (shared_by(one) == {"other": {"together"}}) is is_together
    assert (shared_by(other) == {"one": {"together"}}) is is_together


# ---- When


@pytest.mark.parametrize(
    ("own", "other", "arrangement", "words"),
    [
        (
            {"joined": "2008", "left": "2013"},
            {"joined": "2010-05", "left": "2012-03-31"},
            {"status": "ended", "ended": "2013"},
            "from May 2010 to 31 March 2012",
        ),
        # The less exact date may be the later one, or the earlier one.
        (
            {"joined": "2010", "left": "2012"},
            {"joined": "2010-05", "left": "2012-03"},
            {},
            "from 2010 to 2012",
        ),
        ({"joined": "2010"}, {"joined": "2011~"}, {}, "from about 2011"),
        (
            {"joined": "2010"},
            {"joined": "2010"},
            {"status": "ended", "ended": "2014"},
            "from 2010 to 2014",
        ),
        (
            {"joined": "2010"},
            {"joined": "2010"},
            {"status": "ended"},
            "from 2010 to a date not known",
        ),
        ({"joined": "2010"}, {}, {"status": "not-known"}, "from a date not known"),
        (
            {},
            {"left": "2013"},
            {"started": "2012?"},
            "from a date not known to 2013; the arrangement started 2012 (uncertain)",
        ),
    ],
)
def test_the_time_together_is_as_exact_as_its_dates(own, other, arrangement, words):
    partnership = PartnershipFactory(**arrangement)
    one = MembershipFactory(partnership=partnership, **own)
    two = MembershipFactory(partnership=partnership, **other)
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.time_with(two) == two.time_with(one) == words


# ---- The page


def test_the_page_says_who_how_often_when_and_what_became_of_them(client, registry):
    text = said(client, "/councils/buckinghamshire/")
    assert (
        "Dacorum Borough Council 1 arrangement Aylesbury Vale and Dacorum ICT"
        " partnership: with Aylesbury Vale District Council from a date not known to"
        " April 2013; the arrangement started 2012 (uncertain). Ended April 2013."
        in text
    )
    text = said(client, "/councils/dacorum/")
    assert (
        "Aylesbury Vale District Council Abolished 31 March 2020, now Buckinghamshire"
        " Council 1 arrangement" in text
    )
    text = said(client, "/councils/west-oxfordshire/")
    assert "Cotswold District Council 2 arrangements" in text


def test_a_council_without_co_partners_is_told_so(client):
    council = CouncilFactory()
    assert "No other council is recorded as a member beside this one" in said(
        client, council.get_absolute_url()
    )


def test_any_number_of_co_partners_takes_one_query(pair):
    one, _ = pair
    lineage, today = Lineage(), timezone.localdate()

    def queries():
        own, inherited = arrangements_of(one, lineage)
        with CaptureQueriesContext(connection) as captured:
            found = co_partners(one, [*own, *inherited], lineage, today)
        return len(found), len(captured)

    assert queries() == (1, 1)
    for _ in range(5):
        partnership = PartnershipFactory()
        MembershipFactory(council=one, partnership=partnership)
        MembershipFactory.create_batch(3, partnership=partnership)
    assert queries() == (16, 1)
