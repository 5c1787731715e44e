"""The partnership list answers every question as plain Python does over the fixtures.

The oracle is tests/brute_force.py. What the QuerySets, the page and the file say is
compared with it, never with each other alone.
"""

import csv
import io
import json
from itertools import combinations, pairwise

import pytest
from django.core import serializers
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from councils.models import Council, CouncilName, FormerCode, Succession
from partnerships.filters import PartnershipFilter
from partnerships.models import (
    Aim,
    Membership,
    Milestone,
    OtherMember,
    Outcome,
    Partnership,
    PartnershipName,
    ServiceFunction,
    Source,
)
from tests.brute_force import NOT_RECORDED, OFFERED, SHIPPED, SORTS, Registry
from tests.factories import (
    CouncilFactory,
    FormerCodeFactory,
    MembershipFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SuccessionFactory,
)
from tests.pages import Page, address_of, query_of

LIST, FILE = "/partnerships/", "/partnerships.csv"

WORDS = [
    "ict",
    "ICT shared",
    "kings",
    "suffolk",
    "Children's",
    "childrens",
    "payroll HR",
    "hr",
    "EK",
    "ys",
    "sir",
    "E07",
    "Eilean",
    "Sir Fynwy",
    "E07000004",
    "E0700",
    "Bath & North",
    "Taunton",
    "memorandum of understanding",
    "lgss",
    "a",
    "2011",
    "nowhere-at-all",
    "co-operation",
    "Argyll BUTE pathfinder",
]
DAYS = sorted(
    {
        known
        for it in SHIPPED.published
        for known in (it.started, it.ended, it.latest_evidence, it.announced)
        if known
    }
    | {str(year) for year in range(1999, 2028)}
    | {"2013-06-05", "2013-06", "2012-12-31", "2013-01-01", "2012-02-29", "2020-11-30"}
)
FOUND = [slug for slug in SHIPPED.councils if SHIPPED.answer({"council": [slug]})]
COUNCILS = sorted({*FOUND, *[*SHIPPED.councils][::50]})
WHOLE_DAYS = sorted(
    {day.rstrip("?~") for day in DAYS if len(day.rstrip("?~")) == 10}
    | {f"{year}-04-01" for year in range(1999, 2028, 2)}
    | {"2009-03-31", "2019-03-31", "2021-03-31", "2023-03-31"}
)
ONE_VALUE = {"q": WORDS, "running_on": DAYS, "as_at": WHOLE_DAYS}
SORT_VALUES = [*SORTS, *(f"-{sort}" for sort in SORTS)]


def every_value(name: str) -> list[str]:
    if name == "council":
        return COUNCILS
    return ONE_VALUE.get(name) or SHIPPED.values(name)


def in_the_database() -> Registry:
    """Return the oracle over what the database holds, by way of the fixtures' form."""
    rows = []
    for model in (
        ServiceFunction,
        Council,
        CouncilName,
        FormerCode,
        Succession,
        Partnership,
        PartnershipName,
        Membership,
        OtherMember,
        Source,
        Aim,
        Outcome,
        Milestone,
    ):
        rows += json.loads(
            serializers.serialize(
                "json",
                model.objects.order_by("pk"),
                use_natural_foreign_keys=True,
                use_natural_primary_keys=True,
            )
        )
    return Registry(rows)


# ---- What the registry answers


def asked(query, **kwargs) -> PartnershipFilter:
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(name, values)
    queryset = Partnership.objects.published().for_list()
    return PartnershipFilter(data, queryset=queryset, **kwargs)


def in_filterset(query) -> list[str]:
    """Ask the database and the catalogue; return what both answer."""
    questions = asked(query)
    assert questions.is_valid(), questions.errors
    slugs = [*questions.qs.values_list("slug", flat=True)]
    found = questions.found
    assert [it.slug for it in found[:100]] == slugs
    assert questions.number == len(found) == len(slugs)
    return slugs


def pages(client, query):
    """Walk the list from its first page by its own links, as a reader would."""
    address = address_of(LIST, query)
    while address:
        response = client.get(address.partition("#")[0])
        assert response.status_code == 200, address
        page = Page(response)
        yield page
        following = page.next_address()
        address = following and f"{LIST}{following}"


def in_file(client, query) -> list[str]:
    response = client.get(address_of(FILE, query))
    assert response.status_code == 200
    text = response.getvalue().decode()
    return [row["slug"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def check_everywhere(client, registry: Registry, query):
    """Compare rows, order, numbers, chips and counts with the oracle's."""
    expected = registry.slugs(query)
    assert in_filterset(query) == expected
    assert in_file(client, query) == expected
    shown = [*pages(client, query)]
    assert [slug for page in shown for slug in page.slugs] == expected
    for page in shown:
        assert page.total == len(expected)
        assert len(page.chips) == sum(
            len(values) for name, values in query.items() if name != "sort"
        )
    words, address = shown[0].csv_link or ("", "")
    if expected:
        number = f"these {len(expected)} arrangements"
        if len(expected) == 1:
            number = "this arrangement"
        assert words == f"Download {number} (CSV)"
        assert address.startswith(f"{FILE}?")
        asked_again = {name: {*values} for name, values in query_of(address).items()}
        assert asked_again.pop("excel") == {"yes"}
        assert asked_again == {name: {*values} for name, values in query.items()}
    else:
        assert not words
    check_counts(shown[0], registry, query)


def check_counts(page, registry: Registry, query):
    for name in OFFERED:
        offered = page.options(name)
        expected = {
            value: count
            for value, count in registry.counts(name, query).items()
            if value != NOT_RECORDED or count or value in query.get(name, [])
        }
        assert {value: it.number for value, it in offered.items()} == expected, name
        assert [*offered] == [*expected], f"the order of the options of {name}"
        ticked = {value for value, it in offered.items() if it.is_ticked}
        assert ticked == {*query.get(name, [])}


# ---- Questions of a single value


@pytest.mark.parametrize("name", [*OFFERED, "q", "running_on", "as_at", "council"])
def test_each_value_of_a_filter_finds_what_it_should(registry, name):
    for value in every_value(name):
        assert in_filterset({name: [value]}) == SHIPPED.slugs({name: [value]}), value


def test_the_oracle_has_something_to_find():
    """A filter that finds nothing, or everything, would prove little."""
    every = len(SHIPPED.published)
    assert every == 37
    for name in (*OFFERED, "q", "running_on", "as_at", "council"):
        sizes = {len(SHIPPED.answer({name: [value]})) for value in every_value(name)}
        assert len(sizes - {0, every}) > 1, name


@pytest.mark.parametrize("sort", SORT_VALUES)
def test_each_way_to_sort_keeps_the_unknown_last(registry, client, sort):
    query = {"sort": [sort]}
    expected = SHIPPED.slugs(query)
    assert in_filterset(query) == expected
    assert Page(client.get(address_of(LIST, query))).slugs == expected[:25]
    known = [
        it.sort_value(sort.removeprefix("-")) is not None
        for it in SHIPPED.answer(query)
    ]
    assert known == sorted(known, reverse=True)


def test_an_unasked_list_shows_all_in_order_of_name(registry, client):
    check_everywhere(client, SHIPPED, {})


@pytest.mark.parametrize("name", [*OFFERED, "q", "running_on", "as_at", "council"])
def test_page_and_file_agree_on_a_single_value(registry, client, name):
    """Of the value with the fullest answer short of all."""
    sizes = {value: len(SHIPPED.answer({name: [value]})) for value in every_value(name)}
    some = [value for value in sizes if 0 < sizes[value] < len(SHIPPED.published)]
    check_everywhere(client, SHIPPED, {name: [max(some, key=sizes.get)]})


# ---- Questions of several values and filters


@st.composite
def queries(draw):
    """Ask of a few filters at once, mostly what is true of some one record."""
    record = draw(st.sampled_from(SHIPPED.published))
    true_of_it = {
        **{name: sorted(record.facts(name)) for name in OFFERED},
        "q": [*{word for text in record.texts[:1] for word in text.split()} & {*WORDS}],
        "council": [member.council.slug for member in record.members],
        "running_on": [known for known in (record.started, record.ended) if known],
        "as_at": [day for day in WHOLE_DAYS if record.runs(day)],
    }
    names = draw(st.lists(st.sampled_from(sorted(true_of_it)), unique=True, max_size=5))
    query = {}
    for name in names:
        values = st.sampled_from(every_value(name))
        if true_of_it[name] and draw(st.integers(0, 3)):
            values = st.sampled_from(true_of_it[name])
        most = 1 if name in ONE_VALUE else 3
        query[name] = draw(st.lists(values, min_size=1, max_size=most, unique=True))
    if draw(st.booleans()):
        query["sort"] = [draw(st.sampled_from(SORT_VALUES))]
    return query


@settings(max_examples=10)
@given(query=queries())
def test_page_and_file_agree_with_plain_python(registry, client, query):
    check_everywhere(client, SHIPPED, query)


@settings(max_examples=100)
@given(query=queries())
def test_the_questions_agree_with_plain_python(registry, query):
    assert in_filterset(query) == SHIPPED.slugs(query)


@settings(max_examples=30)
@given(
    kinds=st.lists(st.sampled_from(OFFERED["benefit"]), unique=True, max_size=3),
    results=st.lists(st.sampled_from(OFFERED["result"]), unique=True, max_size=3),
)
def test_kind_and_result_meet_in_one_outcome(registry, kinds, results):
    query = {"benefit": kinds, "result": results}
    query = {name: values for name, values in query.items() if values}
    questions = asked(query)
    assert questions.is_valid()
    assert in_filterset(query) == SHIPPED.slugs(query)
    for name in ("benefit", "result"):
        counts = {option.value: option.records for option in questions.options(name)}
        expected = SHIPPED.counts(name, query)
        assert counts == {value: expected[value] for value in counts}
        assert not any(expected[value] for value in expected.keys() - counts)


# ---- Records that no shipped one is like


@pytest.fixture
def odd(db) -> Registry:
    """Made-up records at the edges, and the oracle over them."""
    make = PartnershipFactory.create
    first, second = ServiceFunctionFactory(name="Ébène"), ServiceFunctionFactory()
    ServiceFunctionFactory(name="Retired, unused", is_retired=True)
    retired = ServiceFunctionFactory(name="retired, in use", is_retired=True)
    chain = [
        CouncilFactory(slug=f"chain-{n}", short_name=f"Chain {n}", nation="wales")
        for n in range(3)
    ]
    for old, new in pairwise(chain):
        SuccessionFactory(predecessor=old, successor=new, last_day="2019-03-31")
    split = CouncilFactory(slug="split", council_type="county", region="north-east")
    for n in range(2):
        half = CouncilFactory(slug=f"split-{n}", region="north-east")
        SuccessionFactory(
            predecessor=split, successor=half, extent="part", last_day="2009-03-31"
        )
    FormerCodeFactory(council=split, gss_code="E10009999")

    unknown = {
        "delivery_model": "unknown",
        "status": "not-known",
        "confidence": "low",
    }
    make(slug="bare", name="Bare", **unknown)
    nobody = make(slug="no-councils", name="no councils")
    OtherMemberFactory(partnership=nobody, role="partner")
    make(slug="twin-b", name="Twins", started="2012~").functions.add(first, second)
    make(slug="twin-a", name="TWINS", started="2012-12-31").functions.add(retired)
    accents = make(slug="accents", name="Ynys Môn & Zoë’s “ÅNGSTRÖM”", started="2012")
    quotes = make(slug="quotes", name="""O'Brien "quoted", and comma""", **unknown)
    make(
        slug="formula",
        name="=SUM(A1:A9)",
        summary="+44 @you -1",
        ended="2012-06",
        status="ended",
    )
    make(
        slug="html",
        name="<b>Bold</b> & <script>alert(1)</script>",
        ended="2012?",
        status="ended",
        started="2010-02",
    )
    PartnershipNameFactory(partnership=accents, name="100% sure_thing")

    rejoined = make(
        slug="rejoined",
        name="Rejoined",
        started="2010-06-30",
        latest_evidence="2014-02",
    )
    again = chain[0]
    MembershipFactory(partnership=rejoined, council=again, left="2012", role="lead")
    MembershipFactory(partnership=rejoined, council=again, joined="2014", role="client")
    MembershipFactory(partnership=rejoined, council=split, role="client")
    MembershipFactory(partnership=accents, council=chain[1])
    MembershipFactory(partnership=quotes, council=split, role="client")

    OutcomeFactory(partnership=accents, kind="savings", result="expected")
    OutcomeFactory(partnership=accents, kind="staffing", result="achieved")
    OutcomeFactory.create_batch(3, partnership=quotes, kind="savings")
    ended = {"status": "ended", "started": "2001"}
    make(slug="ended-by-evidence", latest_evidence="2012-03", **ended)
    make(slug="ended-some-time", **ended)

    for publication in ("draft", "withdrawn"):
        hidden = make(
            slug=f"hidden-{publication}",
            name="Bare hidden",
            publication=publication,
            started="2011",
        )
        hidden.functions.add(first)
        MembershipFactory(partnership=hidden, council=chain[0], role="lead")
        OutcomeFactory(partnership=hidden)
        OtherMemberFactory(partnership=hidden)
    return in_the_database()


ODD_QUESTIONS = [
    {"q": ["zoes angstrom"]},
    {"q": ["100 sure"]},
    {"q": ["retired"]},
    {"q": ["ebene"]},
    {"q": ["E10009999"]},
    {"q": ["script"]},
    {"q": ["hidden"]},
    {"function": [NOT_RECORDED]},
    {"nation": [NOT_RECORDED, "wales"]},
    {"region": [NOT_RECORDED], "council_type": [NOT_RECORDED]},
    {"benefit": [NOT_RECORDED]},
    {"result": [NOT_RECORDED, "achieved"]},
    {"benefit": ["savings"], "result": ["achieved"]},
    {"benefit": ["savings", NOT_RECORDED], "result": ["achieved", NOT_RECORDED]},
    {"benefit": [NOT_RECORDED], "result": ["achieved"]},
    {"relationship": [NOT_RECORDED]},
    {"relationship": ["supplier-and-client", "equal-partners"]},
    {"council": ["chain-2"]},
    {"council": ["chain-1"]},
    {"council": ["chain-0"]},
    {"council": ["split-1", "chain-1"]},
    {"council": ["split-0"], "status": ["ongoing"]},
    {"running_on": ["2012"]},
    {"running_on": ["2012-12-31"]},
    {"running_on": ["2013?"], "benefit": [NOT_RECORDED]},
    {"as_at": ["2013-06-05"]},
    {"as_at": ["2014-01-01"], "council": ["chain-0"]},
    {"as_at": ["2012-12-31"], "nation": ["wales"]},
    {"as_at": ["2009-03-31"], "council_type": ["county"]},
    {"as_at": ["2009-04-01"], "region": [NOT_RECORDED, "wales"]},
    {"as_at": ["2013-01-01"], "relationship": ["joint-supplier", "hosted"]},
    {"as_at": ["2012-07-01"], "q": ["chain"], "running_on": ["2014"]},
    {"as_at": ["2012-07-01"], "sort": ["-members"]},
    {"sort": ["-started"]},
    {"sort": ["ended"]},
    {"sort": ["-ended"], "status": ["ended", "not-known"]},
    {"sort": ["members"]},
    {"sort": ["-members"]},
    {"sort": ["-evidence"], "running_on": ["2012"]},
    {"sort": ["-name"]},
]


def test_odd_records_are_found_as_in_plain_python(odd):
    for query in ODD_QUESTIONS:
        assert in_filterset(query) == odd.slugs(query), query


@pytest.fixture(params=["from memory", "from the database"])
def source(request, monkeypatch):
    """Let lists answer from the catalogue, or as while another thread makes it."""
    if request.param == "from the database":
        monkeypatch.setattr("partnerships.filters.catalogue", lambda: None)


@pytest.mark.parametrize(
    "query", [{}, *ODD_QUESTIONS[::3]], ids=lambda query: address_of("", query)
)
def test_odd_records_are_found_shown_and_counted_alike(source, odd, client, query):
    check_everywhere(client, odd, query)


def as_at(client, file: str, day: str) -> list[dict]:
    text = client.get(f"/{file}.csv?as_at={day}").getvalue().decode()
    return [*csv.DictReader(io.StringIO(text, newline=""))]


@pytest.mark.parametrize("day", WHOLE_DAYS[::3])
def test_files_say_how_sure_arrangements_and_members_of_a_day_are(
    registry, client, day
):
    expected = SHIPPED.answer({"as_at": [day]})
    rows = as_at(client, "partnerships", day)
    assert [(it["slug"], it["as_at"]) for it in rows] == [
        (it.slug, it.then) for it in expected
    ]
    assert [
        int(it["number_of_councils"]) + int(it["number_of_other_members"])
        for it in rows
    ] == [it.number_of_members for it in expected]
    assert [it["relationship"] for it in rows] == [it.shape for it in expected]
    assert [
        (it["partnership"], it["council"], it["as_at"])
        for it in as_at(client, "memberships", day)
    ] == [
        (it.slug, member.council.slug, member.then)
        for it in expected
        for member in it.members
    ]
    assert [
        (it["partnership"], it["name"], it["as_at"])
        for it in as_at(client, "other-members", day)
    ] == [
        (it.slug, member.name, member.then) for it in expected for member in it.others
    ]


@pytest.mark.parametrize("name", OFFERED)
def test_each_value_finds_the_odd_records_that_it_should(odd, name):
    for value in odd.values(name):
        assert in_filterset({name: [value]}) == odd.slugs({name: [value]}), value


def test_what_is_not_published_is_neither_shown_nor_counted(registry, client):
    """Records like the published ones, down to their members, change nothing."""
    for partnership in Partnership.objects.all():
        twin = PartnershipFactory.create(
            name=partnership.name,
            status="ended",
            publication="draft" if partnership.pk % 2 else "withdrawn",
        )
        twin.functions.set(partnership.functions.all())
        for member in partnership.memberships.all():
            MembershipFactory(partnership=twin, council=member.council, joined="2010")
        OutcomeFactory(partnership=twin)
    for query in ({}, {"function": ["ict"], "status": ["ended"], "q": ["suffolk"]}):
        check_everywhere(client, SHIPPED, query)


# ---- Rules by example: what the oracle itself has to hold to

ROLE_SHAPES = {
    ("partner",): "equal-partners",
    ("lead", "partner"): "hosted",
    ("client", "lead"): "supplier-and-client",
    ("client", "supplier"): "supplier-and-client",
    ("client", "lead", "supplier"): "supplier-and-client",
    ("client",): "joint-supplier",
}


@pytest.mark.parametrize(
    "roles",
    [
        roles
        for size in range(5)
        for roles in combinations(["client", "lead", "partner", "supplier"], size)
    ],
    ids="-".join,
)
def test_the_shape_follows_from_the_roles_of_councils_alone(db, roles):
    partnership = PartnershipFactory()
    for role in roles * 2:
        MembershipFactory(partnership=partnership, role=role)
    OtherMemberFactory(partnership=partnership, role="supplier")
    shape = ROLE_SHAPES.get(roles, NOT_RECORDED)
    assert in_filterset({"relationship": [shape]}) == [partnership.slug]
    others = [value for value in OFFERED["relationship"] if value != shape]
    assert in_filterset({"relationship": others}) == []


# Asked of 2012-06, unless the case says otherwise.
RUNNING = {
    "certain, seen later": ("certainly", {"started": "2012-05", "seen": "2012-07"}),
    "started that day": ("certainly", {"started": "2012-06-01", "seen": "2013"}),
    "started that month": ("possibly", {"started": "2012-06", "seen": "2013"}),
    "started after": ("", {"started": "2012-07-01", "seen": "2013"}),
    "started that year": ("possibly", {"started": "2012", "seen": "2013"}),
    "started the year before": ("certainly", {"started": "2011", "seen": "2013"}),
    "start uncertain": ("possibly", {"started": "2011?", "seen": "2013"}),
    "start about then": ("possibly", {"started": "2011~", "seen": "2013"}),
    "start not known": ("possibly", {"seen": "2013"}),
    "seen on its last day": ("certainly", {"started": "2011", "seen": "2012-06-30"}),
    "seen that month": ("possibly", {"started": "2011", "seen": "2012-06"}),
    "seen earlier": ("possibly", {"started": "2011", "seen": "2012-05"}),
    "seen about then": ("possibly", {"started": "2011", "seen": "2013~"}),
    "never seen": ("possibly", {"started": "2011"}),
    "ended after": ("certainly", {"started": "2011", "ended": "2012-07"}),
    "ended on its last day": ("certainly", {"started": "2011", "ended": "2012-06-30"}),
    "ended during it": ("possibly", {"started": "2011", "ended": "2012-06-29"}),
    "ended that month": ("possibly", {"started": "2011", "ended": "2012-06"}),
    "ended on its first day": ("possibly", {"started": "2011", "ended": "2012-06-01"}),
    "ended the day before": ("", {"started": "2011", "ended": "2012-05-31"}),
    "ended that year": ("possibly", {"started": "2011", "ended": "2012"}),
    "end uncertain": ("possibly", {"started": "2011", "ended": "2014?"}),
    "ended before evidence": (
        "",
        {"started": "2011", "status": "ended", "seen": "2012-05"},
    ),
    "ended before later evidence": (
        "possibly",
        {"started": "2011", "status": "ended", "seen": "2014"},
    ),
    "ended at no known time": ("possibly", {"started": "2011", "status": "ended"}),
    "status not known": (
        "possibly",
        {"started": "2011", "status": "not-known", "seen": "2014"},
    ),
    "nothing known": ("possibly", {"status": "not-known"}),
}


@pytest.mark.parametrize(("runs", "known"), RUNNING.values(), ids=RUNNING)
def test_running_then_is_certain_or_possible_or_ruled_out(db, client, runs, known):
    known = {"status": "ended" if "ended" in known else "ongoing", **known}
    known["latest_evidence"] = known.pop("seen", None)
    PartnershipFactory(slug="pretend", **known)
    questions = asked({"running_on": ["2012-06"]})
    assert [it.runs for it in questions.qs] == [runs] * bool(runs)


def test_page_and_file_say_whether_it_ran_certainly_or_possibly(db, client):
    PartnershipFactory(name="A", started="2012-05", latest_evidence="2012-07")
    PartnershipFactory(name="B", started="2012-06~", latest_evidence="2012-07")
    query = {"running_on": ["2012-06"]}
    certain, possible = Page(client.get(address_of(LIST, query))).rows
    assert "Certainly running in June 2012" in certain
    assert "Possibly running in June 2012" in possible
    file = client.get(address_of(FILE, query)).getvalue().decode()
    rows = csv.DictReader(io.StringIO(file, newline=""))
    assert [row["running_on"] for row in rows] == ["certainly", "possibly"]
    # Nobody asked: nothing is said.
    assert "running" not in " ".join(Page(client.get(LIST)).rows)
    file = client.get(FILE).getvalue().decode()
    rows = csv.DictReader(io.StringIO(file, newline=""))
    assert [row["running_on"] for row in rows] == ["", ""]


# Of 2012-06-15, in an arrangement that certainly ran then, unless the case says so.
MEMBER_THEN = {
    "joined before": ("certainly", {"joined": "2012-05"}),
    "joined that day": ("certainly", {"joined": "2012-06-15"}),
    "joined that month": ("possibly", {"joined": "2012-06"}),
    "joined the day after": (None, {"joined": "2012-06-16"}),
    "joining not known": ("possibly", {}),
    "joined about then": ("possibly", {"joined": "2010~"}),
    "left that day": ("certainly", {"joined": "2010", "left": "2012-06-15"}),
    "left the day before": (None, {"joined": "2010", "left": "2012-06-14"}),
    "left that month": ("possibly", {"joined": "2010", "left": "2012-06"}),
    "left later": ("certainly", {"joined": "2010", "left": "2013"}),
    "left later, in doubt": ("possibly", {"joined": "2010", "left": "2013?"}),
    "council had ended": (None, {"joined": "2010", "council__ended": "2012-06-14"}),
    "council's last day": (
        "certainly",
        {"joined": "2010", "council__ended": "2012-06-15"},
    ),
    "council not begun": (None, {"council__started": "2012-06-16"}),
    "council's first day": ("possibly", {"council__started": "2012-06-15"}),
}


@pytest.mark.parametrize(("then", "known"), MEMBER_THEN.values(), ids=MEMBER_THEN)
@pytest.mark.parametrize("ran", ["certainly", "possibly"])
def test_a_member_then_is_certain_or_possible_or_none(db, ran, then, known):
    record = PartnershipFactory(
        slug="pretend",
        started="2009",
        latest_evidence="2014" if ran == "certainly" else None,
    )
    MembershipFactory(partnership=record, **known)
    (found,) = asked({"as_at": ["2012-06-15"]}).qs
    assert found.as_at == ran
    if ran == "possibly" and "left" not in known and then:
        then = "possibly"
    assert [it.as_at for it in found.memberships.all()] == [then] * bool(then)
    assert found.number_of_members == bool(then)


def test_the_list_names_the_members_of_the_day(db, client):
    record = PartnershipFactory(started="2009", latest_evidence="2014")
    for name, known in {
        "Early": {"joined": "2009", "left": "2011-03-31"},
        "Sure": {"joined": "2010"},
        "Unsure": {},
    }.items():
        MembershipFactory(
            partnership=record, council=CouncilFactory(short_name=name), **known
        )
    (row,) = Page(client.get(f"{LIST}?as_at=2012-06-15")).rows
    assert "Certainly running on 15 June 2012" in row
    assert "Members on that day Sure, Unsure (possibly) Shared" in " ".join(row.split())
    (row,) = Page(client.get(f"{LIST}?as_at=2008-06-15&running_on=2012")).rows or [""]
    assert not row


def test_a_successor_finds_the_arrangements_of_every_body_before_it(registry):
    """Taunton Deane became Somerset in two steps; Northamptonshire was divided."""
    assert "southwest-one" in in_filterset({"council": ["somerset"]})
    for heir in ("north-northamptonshire", "west-northamptonshire"):
        assert "lgss" in in_filterset({"council": [heir]})
    # A predecessor is not answerable for its heirs.
    assert in_filterset({"council": ["taunton-deane"]}) == ["southwest-one"]


def test_a_council_that_joined_again_is_one_member(db, client):
    council = CouncilFactory()
    twice = PartnershipFactory(slug="twice", name="B")
    MembershipFactory(partnership=twice, council=council, left="2010")
    MembershipFactory(partnership=twice, council=council, joined="2012")
    pair = PartnershipFactory(slug="pair", name="A")
    MembershipFactory.create_batch(2, partnership=pair)
    assert in_filterset({"sort": ["members"]}) == ["twice", "pair"]
    assert in_filterset({"council": [council.slug]}) == ["twice"]
    page = Page(client.get(LIST))
    assert page.options("nation")["england"].number == 2


def test_equal_names_stand_in_the_order_of_their_addresses(db):
    for slug, name in [("c", "Élan"), ("a", "elan"), ("b", "ELAN"), ("d", "elam")]:
        PartnershipFactory(slug=slug, name=name)
    assert in_filterset({}) == ["d", "a", "b", "c"]
    assert in_filterset({"sort": ["-name"]}) == ["a", "b", "c", "d"]
    assert in_filterset({"sort": ["-started"]}) == ["d", "a", "b", "c"]


def test_a_council_named_often_is_looked_for_once(client, db):
    CouncilFactory(slug="made-up")

    def asked(number):
        query = "&".join(["council=made-up"] * number)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/partnerships.csv?{query}").status_code == 200
        return len(queries)

    asked(1)  # what a process asks once
    assert asked(100) == asked(1)
    many = "&".join(f"council=made-up-{n}" for n in range(51))
    answer = client.get(f"/partnerships.csv?{many}")
    assert answer.status_code == 400
    assert "at most 50 councils" in answer.text


def test_a_slug_means_itself_whatever_another_value_is_called(client, db):
    shared = ServiceFunctionFactory(slug="made-up", name="Shared")
    ServiceFunctionFactory(slug="other", name="made-up")
    PartnershipFactory().functions.add(shared)
    page = Page(client.get("/partnerships/?function=made-up"))
    assert page.total == 1
