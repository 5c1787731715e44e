"""What the pages of partnerships say and where their links lead.

What they ought to say comes from tests/brute_force.py, over the shipped fixtures.
"""

import re

import pytest

from partnerships.filters import PartnershipFilter
from tests.brute_force import SHIPPED, folded, in_words, words_of
from tests.factories import (
    AimFactory,
    BriefingFactory,
    CaseStudyFactory,
    CouncilFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SourceFactory,
    SuccessionFactory,
)
from tests.pages import Page, address_of, queries_used, query_of, text_of

LIST = "/partnerships/"
SLUGS = sorted(it.slug for it in SHIPPED.published)


def followed(client, address: str) -> Page:
    """Open a link of the list's page, as a reader would."""
    assert address.startswith((LIST, "?")), address
    query = address.partition("#")[0].partition("?")[2]
    page = Page(client.get(f"{LIST}?{query}"))
    assert page.status == 200, address
    return page


def shown(client, query=None) -> Page:
    return followed(client, address_of(LIST, query or {}))


# ---- A question with a mistake in it

NAMES_OF_FILTERS = [*PartnershipFilter.base_filters, "page"]

# What the summary of errors has to name.
REFUSED = {
    "colour=red": ["“colour”", *NAMES_OF_FILTERS],
    "counsil=dover": ["Did you mean “council”?", *NAMES_OF_FILTERS],
    "status=finished": ["Status", "“finished”", "ongoing, ended, not-known"],
    "function=it": ["Service shared", "“it”", "ict", "not-recorded"],
    "delivery_model=outsourced": ["Delivery model", "lead-authority"],
    "relationship=equal": ["Shape of relationship", "equal-partners"],
    "nation=uk": ["Nation", "england, northern-ireland, scotland, wales"],
    "region=north": ["Region", "yorkshire-and-the-humber"],
    "council_type=parish": ["Type", "non-metropolitan-district"],
    "benefit=money": ["Outcome about", "savings"],
    "result=good": ["Outcome result", "partly-achieved"],
    "confidence=certain": ["confidence", "high, medium, low"],
    "council=atlantis": ["Council", "No council is called “atlantis”"],
    "running_on=2013-13": ["Running on", "“2013-13”", "2012-05-17"],
    "running_on=2011-02-30": ["Running on", "“2011-02-30”"],
    "sort=size": ["Sort by", "“size”", "name", "-started", "evidence"],
    "sort=name&sort=ended": ["Sort by", "once"],
    "q=%26%2B": ["Search words", "letter or digit"],
    "q=a&q=b": ["Search words", "once"],
    "excel=yes": ["“excel”"],
    "page=99": ["“99”", "1 to 2"],
    "page=0": ["“0”", "1 to 2"],
    "page=-1": ["“-1”", "1 to 2"],
    "page=last": ["“last”", "1 to 2"],
    "page=1&page=2": ["page", "1 to 2"],
    "page=2&status=ended": ["“2”", "1 to 1"],
    "%25s=1": ["“%s”", *NAMES_OF_FILTERS],
    "council=50%25": ["“50%”"],
    "council=%25(text)s": ["“%(text)s”"],
    "council=%F0%9F%8F%9B": ["“🏛”"],
}
# What a database would choke on.
HARD = {
    **{f"{name}=%00": f"NUL as {name}" for name in NAMES_OF_FILTERS},
    "council=do%00ver": "NUL within a name",
    "council=" + "+".join("abcdefghij" * 200): "2000 words",
    "q=" + "+".join("abcdefghij" * 200): "2000 words",
    "q=" + "+".join("abcdefghijklmnopqrstu"): "21 words",
    "running_on=" + "9" * 3000: "a long number",
    "running_on=0000": "before the calendar",
    "page=" + "9" * 3000: "a long number",
}


@pytest.mark.parametrize(("query", "said"), REFUSED.items(), ids=REFUSED)
def test_a_mistake_is_named_with_what_is_right(
    registry, client, assert_valid_html, query, said
):
    page = Page(client.get(f"{LIST}?{query}"))
    assert page.status == 400
    assert_valid_html(page.html)
    (error,) = page.errors
    assert not [words for words in said if words not in error]
    assert page.slugs == []
    assert page.csv_link is None
    # The forms lead to the results: here to what is wrong.
    assert page.heading.startswith("There is a problem with the question")
    assert "No arrangements shown" in page.html
    assert text_of(page.tree.find(".//title")).startswith("Error: ")


@pytest.mark.parametrize("query", HARD, ids=HARD.get)
@pytest.mark.parametrize("path", [LIST, "/partnerships.csv"])
def test_what_no_database_takes_is_refused(registry, client, path, query):
    assert client.get(f"{path}?{query}").status_code == 400


def test_twenty_words_are_not_too_many(registry, client):
    text = " ".join(["ict", "shared", "service", "council"] * 5)
    page = shown(client, {"q": [text]})
    assert page.slugs == SHIPPED.slugs({"q": [text]})[:25]


@pytest.mark.parametrize("query", REFUSED)
def test_a_mistake_leads_to_its_field(registry, client, query):
    page = Page(client.get(f"{LIST}?{query}"))
    links = [
        link.get("href")
        for found in page.classed("govuk-error-summary__list")
        for link in found.iter("a")
    ]
    assert not [address for address in links if address.strip("#") not in page.ids]


def test_every_mistake_is_named_at_once(registry, client):
    page = Page(client.get(f"{LIST}?colour=red&status=x&running_on=May&council=atl"))
    for words in ("“colour”", "“x”", "“May”", "“atl”"):
        assert [error for error in page.errors if words in error], words


def value_of(page, name: str) -> str:
    return page.with_id(f"filter-{name}").get("value")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("running_on", "next year"),
        ("council", "atlantis"),
        ("council", "west"),
        ("q", "?!"),
        ("q", "<b>"),
    ],
)
def test_what_was_typed_stays_in_its_box(registry, client, name, typed):
    query = {name: [typed], "colour": ["red"]}
    page = Page(client.get(address_of(LIST, query)))
    assert page.status == 400
    assert value_of(page, name) == typed


def test_what_was_right_is_kept_beside_a_mistake(registry, client):
    right = {
        "status": ["ended", "ongoing"],
        "function": ["ict"],
        "q": ["shared"],
        "sort": ["-started"],
    }
    query = {**right, "council": ["suffolk", "atlantis"], "running_on": ["2013-13"]}
    page = Page(client.get(address_of(LIST, query)))
    assert page.status == 400
    assert {value for value, it in page.options("status").items() if it.is_ticked} == {
        "ended",
        "ongoing",
    }
    assert page.options("function")["ict"].is_ticked
    assert value_of(page, "q") == "shared"
    assert value_of(page, "council") == "atlantis"
    kept = page.tree.findall(".//input[@name='council'][@type='hidden']")
    assert [field.get("value") for field in kept] == ["suffolk"]
    # One link shows the list without the mistakes.
    addresses = [
        address for words, address in page.links.items() if "filters that are" in words
    ]
    (address,) = addresses
    assert followed(client, address).slugs == SHIPPED.slugs(right)
    sorts = page.tree.findall(".//form//*[@name='sort']")
    assert "-started" in {it.get("value") for it in sorts}


def test_a_label_in_an_address_means_its_value(registry, client):
    """A reader who types what the page says is understood."""
    page = shown(client, {"region": ["South East"], "status": ["Ended"]})
    assert page.slugs == SHIPPED.slugs({"region": ["south-east"], "status": ["ended"]})
    assert page.options("region")["south-east"].is_ticked


# ---- A council's name that means several


def candidates(page) -> list[tuple[str, str]]:
    """Return the councils offered, with their addresses."""
    boxes = page.classed("govuk-inset-text")
    links = [link for box in boxes for link in box.iter("a")]
    return [(text_of(link), link.get("href").partition("#")[0]) for link in links]


@pytest.mark.parametrize("text", ["west", "kings", "E0700011", "abertawe powys"])
def test_a_part_of_names_offers_every_council_that_it_fits(registry, client, text):
    fitting = sorted(
        council["name"]
        for council in SHIPPED.councils.values()
        if all(
            any(word in folded(name) for name in council.names)
            for word in words_of(text)
        )
    )
    page = Page(client.get(address_of(LIST, {"council": [text]})))
    assert sorted(name for name, _ in candidates(page)) == fitting
    (error,) = page.errors
    if fitting:
        assert f"“{text}” fits {len(fitting)} councils" in error
    else:
        assert "No council is called" in error


def test_a_part_of_very_many_names_says_how_many_it_leaves_out(registry, client):
    page = Page(client.get(f"{LIST}?council=council"))
    (error,) = page.errors
    fitting = [
        it
        for it in SHIPPED.councils.values()
        if "council" in folded(" ".join(it.names))
    ]
    assert f"fits {len(fitting)} councils" in error
    assert "The first 30 are" in error
    assert len(candidates(page)) == 30


def test_each_candidate_leads_to_that_council_s_arrangements(registry, client):
    query = {"status": ["ended", "ongoing"], "council": ["dover", "kings"]}
    page = Page(client.get(address_of(LIST, {**query, "page": ["2"]})))
    assert page.status == 400
    for name, address in candidates(page):
        asked = query_of(address)
        kept, chosen = asked["council"]
        assert kept == "dover"
        assert SHIPPED.councils[chosen]["name"] == name
        assert asked["status"] == ["ended", "ongoing"]
        assert followed(client, address).slugs == SHIPPED.slugs(asked)[:25]


@pytest.mark.parametrize(
    "text",
    ["taunton-deane", "Taunton Deane", "taunton deane borough council", "E07000190"],
)
def test_a_name_or_a_code_finds_its_council(registry, client, text):
    page = shown(client, {"council": [text]})
    assert page.slugs == ["southwest-one"]
    ((words, _),) = page.chips.items()
    assert words == "Council: Taunton Deane Borough Council"


# ---- No result


EMPTY = [
    {"status": ["ended"], "nation": ["scotland"]},
    {"status": ["ended"], "nation": ["scotland", "wales"], "confidence": ["high"]},
    {"q": ["pathfinder"], "council": ["dover"]},
    {"running_on": ["1999"], "region": ["london"], "function": ["waste"]},
    {"benefit": ["resilience"], "result": ["expected"]},
    {"benefit": ["resilience"], "result": ["expected"], "q": ["nowhere-at-all"]},
    {"q": ["nowhere-at-all"]},
    {"sort": ["-ended"], "council": ["aberdeen"], "delivery_model": ["unknown"]},
]


@pytest.mark.parametrize("query", EMPTY, ids=lambda query: address_of("", query))
def test_an_empty_list_names_each_filter_whose_removal_helps(registry, client, query):
    expected = {}
    for name in query.keys() - {"sort"}:
        rest = {key: values for key, values in query.items() if key != name}
        if number := len(SHIPPED.answer(rest)):
            expected[name] = number
    page = shown(client, query)
    assert page.total == 0
    assert page.slugs == []
    assert page.heading == "No arrangements match"
    offered = {}
    for words, address in page.links.items():
        if not words.startswith("Remove the filter "):
            continue
        (number,) = re.findall(r"to see ([0-9]+) arrangement", words)
        (name,) = query.keys() - query_of(address.partition("#")[0]).keys()
        offered[name] = int(number)
        assert followed(client, address).total == int(number)
    assert offered == expected
    if not expected:
        assert followed(client, page.links["Clear all filters"]).total == 37


def test_one_result_is_one_arrangement(registry, client):
    page = shown(client, {"q": ["lgss"], "status": ["ended"]})
    assert page.heading == "1 arrangement"
    query = {"q": ["lgss"], "status": ["ongoing"], "council": ["milton-keynes"]}
    page = shown(client, query)
    assert any(words.endswith("to see 1 arrangement") for words in page.links)


# ---- Chips, pages and forms keep the rest of the question


def test_each_chip_says_its_filter_and_takes_it_back(registry, client):
    query = {
        "q": ["shared"],
        "status": ["ended", "ongoing"],
        "function": ["ict"],
        "council": ["suffolk"],
        "running_on": ["2012-06"],
        "sort": ["-members"],
    }
    page = shown(client, query)
    said = {
        "Search words: “shared”": ("q", "shared"),
        "Status: Ended": ("status", "ended"),
        "Status: Ongoing when last evidenced": ("status", "ongoing"),
        "Service shared: ICT": ("function", "ict"),
        "Council: Suffolk County Council": ("council", "suffolk"),
        "Running on: June 2012": ("running_on", "2012-06"),
    }
    assert {*page.chips} == {*said}
    for words, (name, value) in said.items():
        rest = {**query, name: [it for it in query[name] if it != value]}
        rest = {name: values for name, values in rest.items() if values}
        address = page.chips[words]
        asked = query_of(address.partition("#")[0])
        assert {name: sorted(values) for name, values in asked.items()} == rest
        assert followed(client, address).slugs == SHIPPED.slugs(rest)[:25]
    assert followed(client, page.links["Clear all filters"]).total == 37


def test_pages_follow_each_other_with_the_filters(registry, client):
    query = {"status": ["ongoing", "ended"], "function": ["ict"], "sort": ["-members"]}
    expected = SHIPPED.slugs(query)
    assert 25 < len(expected) < 37
    first = shown(client, query)
    second = followed(client, first.next_address())
    assert first.slugs + second.slugs == expected
    assert first.heading == f"{len(expected)} arrangements, page 1 of 2"
    assert second.heading == f"{len(expected)} arrangements, page 2 of 2"
    assert second.next_address() is None
    (back,) = second.tree.findall(".//a[@rel='prev']")
    assert query_of(back.get("href").partition("#")[0]) == query
    assert followed(client, back.get("href")).slugs == first.slugs
    # A page's number belongs to one answer: another question starts at its first.
    assert second.csv_link
    for address in (*second.chips.values(), second.csv_link[1]):
        assert "page" not in query_of(address)
    (ordered,) = second.classed("registry-results")
    assert ordered.get("start") == "26"


def fields_of(form) -> dict[str, list[str]]:
    """Return what a browser would send with a form as it stands."""
    found: dict[str, list[str]] = {}
    for field in form.iter("input"):
        is_box = field.get("type") == "checkbox"
        if field.get("value") and (not is_box or field.get("checked") is not None):
            found.setdefault(field.get("name"), []).append(field.get("value"))
    for menu in form.iter("select"):
        for option in menu.iter("option"):
            if option.get("selected") is not None:
                found.setdefault(menu.get("name"), []).append(option.get("value"))
    return found


def test_each_form_sends_the_whole_question_again(registry, client):
    query = {
        "q": ["shared ict"],
        "status": ["ended", "ongoing"],
        "relationship": ["hosted", "equal-partners"],
        "council": ["suffolk", "dover"],
        "running_on": ["2012"],
        "sort": ["-started"],
    }
    page = shown(client, query)
    forms = page.tree.findall(".//form")
    forms = [form for form in forms if form.get("action").startswith(LIST)]
    assert len(forms) == 2
    for form in forms:
        assert form.get("action").partition("#")[0] == LIST
        sent = fields_of(form)
        assert {name: {*values} for name, values in sent.items()} == {
            name: {*values} for name, values in query.items()
        }


def test_a_list_sorted_as_usual_says_so(registry, client):
    menu = shown(client).with_id("filter-sort")
    assert [
        option.get("value") for option in menu if option.get("selected") is not None
    ] == ["name"]
    assert len([*menu]) == 10


# ---- What a row of the list says


def test_rows_name_members_services_and_dates(registry, client):
    rows = shown(client).rows + shown(client, {"page": ["2"]}).rows
    for row, it in zip(rows, SHIPPED.answer({}), strict=True):
        members = [member.council.short_name for member in it.members]
        members += [member["name"] for member in it.others]
        assert f"Members {', '.join(members)} Shared" in row
        shared = ", ".join(function["name"] for function in it.shared)
        assert f"Shared {shared} Run as" in row
        if it.started:
            assert f"Started {in_words(it.started)}" in row
        else:
            assert "Start not known" in row
        if it.ended:
            assert f"ended {in_words(it.ended)}" in row
        if it.status == "ongoing":
            evidence = in_words(it.latest_evidence)
            assert f"Ongoing when last evidenced, {evidence}" in row
        assert ("Named in the abstract" in row) == bool(it.named_in)


# ---- One partnership's page


@pytest.fixture(scope="module")
def opened() -> dict[str, Page]:
    return {}


@pytest.fixture
def detail(shipped_records, db, opened, request):
    """Return a function that opens a shipped record's page, each once for all tests."""

    def open_page(slug: str) -> Page:
        if slug not in opened:
            request.getfixturevalue("registry")
            client = request.getfixturevalue("client")
            opened[slug] = Page(client.get(f"{LIST}{slug}/"))
        assert opened[slug].status == 200
        return opened[slug]

    return open_page


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_says_what_the_record_says(detail, slug):
    it, page = SHIPPED.every[slug], detail(slug)
    text = page.main_text
    assert text_of(next(page.tree.iter("h1"))) == it.name
    whole = [it.summary, it.end_reason, it.gaps, *it.other_names]
    whole += [fact.text for fact in (*it.aims, *it.outcomes, *it.milestones)]
    whole += [function["name"] for function in it.shared]
    missing = [fact for fact in whole if " ".join(fact.split()) not in text]
    assert not missing
    assert not re.search(r"\bNone\b", text)


SIGNS = re.compile(r"See the sources$|sources$")


def known(page, term: str) -> str:
    """Return what the key facts say, without the link to the sources."""
    return SIGNS.sub("", text_of(page.facts[term])).strip()


@pytest.mark.parametrize("slug", SLUGS)
def test_dates_are_as_exact_as_their_source(detail, slug):
    it, page = SHIPPED.every[slug], detail(slug)
    for term, date in {
        "Announced": it.announced,
        "Started": it.started,
        "Newest source seen": it.latest_evidence,
    }.items():
        assert known(page, term) == (in_words(date) if date else "Not known"), term
    if it.status == "ended":
        assert known(page, "Ended") == (in_words(it.ended) if it.ended else "Not known")
    else:
        assert "Ended" not in page.facts
    for source in it.sources:
        said = text_of(page.with_id(f"source-{source.number}"))
        date = in_words(source.published) if source.published else "date not known"
        assert f"{source.publisher}, {date}." in said
    for row, member in members_of(page, it):
        cells = [text_of(cell) for cell in row.iter("td")]
        assert cells[1] == (in_words(member.joined) if member.joined else "Not known")
        if member.left:
            assert cells[2] == in_words(member.left)


def members_of(page, it):
    """Yield each row of the table of members with its record."""
    (body,) = page.tree.iter("tbody")
    yield from zip(body, [*it.members, *it.others], strict=True)


@pytest.mark.parametrize("slug", SLUGS)
def test_members_stand_with_their_roles(detail, slug):
    it, page = SHIPPED.every[slug], detail(slug)
    roles = {
        "lead": "Lead authority",
        "partner": "Partner",
        "supplier": "Supplier",
        "client": "Client",
    }
    for row, member in members_of(page, it):
        name = text_of(next(row.iter("th")))
        council = member.get("council")
        if isinstance(council, dict):
            (link,) = next(row.iter("th")).iter("a")
            assert text_of(link) == council["name"]
            assert link.get("href") == f"/councils/{council.slug}/"
            is_gone = "Abolished" in name or "Went on as" in name
            assert is_gone == bool(council.ended)
        else:
            assert name.startswith(f"{member['name']} Not a council")
        assert text_of(next(row.iter("td"))).startswith(f"{roles[member.role]}: ")


def citations(element) -> list[str]:
    """Return where the footnote signs of a fact lead, by their numbers."""
    signs = [
        it
        for it in element.iter("sup")
        if "registry-cite" in it.get("class", "").split()
    ]
    return [link.get("href") for sign in signs for link in sign.iter("a")]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_fact_leads_to_its_sources_and_each_source_back(detail, slug):
    it, page = SHIPPED.every[slug], detail(slug)
    cited: dict[int, set[str]] = {source.number: set() for source in it.sources}

    def check(element, fact):
        numbers = sorted(number for _, number in fact.sources)
        assert citations(element) == [f"#source-{number}" for number in numbers]
        for number in numbers:
            cited[number].add(f"#{element.get('id')}")
        # Every shipped fact has a source; one without would have to say so.
        assert numbers or "No source recorded" in text_of(element)

    for row, member in members_of(page, it):
        check(row, member)
    for name in ("aim", "outcome", "milestone"):
        for fact in it[f"{name}s"]:
            element = page.with_id(f"{name}-{fact.number}")
            assert " ".join(fact.text.split()) in text_of(element)
            check(element, fact)
    for source in it.sources:
        note = page.with_id(f"source-{source.number}")
        title, *links = note.iter("a")
        back = [link for link in links if link.get("href").startswith("#")]
        assert title.get("href") == source.url
        assert text_of(title) == source.title
        expected = cited[source.number] or {"#facts"}
        assert {link.get("href") for link in back} == expected
    fragments = [link.get("href") for link in page.tree.iter("a")]
    fragments = [it for it in fragments if it.startswith("#")]
    assert not [it for it in fragments if it.removeprefix("#") not in page.ids]


# The registry's own judgement and what it works out cite nothing.
OUR_OWN = {"Shape of the relationship", "Our confidence in this record"}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_key_fact_that_is_known_leads_to_the_sources(detail, slug):
    page = detail(slug)
    for term, description in page.facts.items():
        is_known = known(page, term) != "Not known"
        expected = ["#sources"] if is_known and term not in OUR_OWN else []
        assert citations(description) == expected, term


@pytest.mark.parametrize("slug", SLUGS)
def test_money_says_what_it_covers_beside_its_result(detail, slug):
    it, page = SHIPPED.every[slug], detail(slug)
    covers = {
        "per-year": "a year",
        "total": "in total",
        "not-known": "(a year or in total: not known)",
    }
    results = {
        "achieved": "Achieved",
        "partly-achieved": "Partly achieved",
        "not-achieved": "Not achieved",
        "expected": "Expected: nobody has reported back",
        "unknown": "Not known",
    }
    for outcome in it.outcomes:
        said = text_of(page.with_id(f"outcome-{outcome.number}").find("strong"))
        money = ""
        if outcome.amount is not None:
            money = f", £{outcome.amount:,} {covers[outcome.period]}"
        assert said == f"{results[outcome.result]}{money}."


@pytest.mark.parametrize("slug", SLUGS)
def test_aims_stand_beside_outcomes_of_their_kind(detail, slug):
    it, page = SHIPPED.every[slug], detail(slug)
    pairs = [*page.classed("registry-pair")]
    kinds = {fact.kind for fact in (*it.aims, *it.outcomes)}
    assert len(pairs) == len(kinds)
    for pair in pairs:
        ids = {part.get("id") for part in pair.iter() if part.get("id")}
        aims = {it_.kind for it_ in it.aims if f"aim-{it_.number}" in ids}
        outcomes = {it_.kind for it_ in it.outcomes if f"outcome-{it_.number}" in ids}
        assert len(aims | outcomes) == 1
        assert ("No aim of this kind" in text_of(pair)) == (not aims)
        assert ("No outcome of this kind" in text_of(pair)) == (not outcomes)


@pytest.mark.parametrize("slug", SLUGS)
def test_links_of_the_key_facts_lead_to_lists_with_this_record(detail, slug):
    page = detail(slug)
    addresses = [
        link.get("href")
        for description in page.facts.values()
        for link in description.iter("a")
        if link.get("href").startswith(f"{LIST}?")
    ]
    assert len(addresses) >= 3
    for address in addresses:
        assert slug in SHIPPED.slugs(query_of(address))


def test_a_record_of_which_nothing_is_known_says_so(db, client, assert_valid_html):
    PartnershipFactory(
        slug="bare",
        status="not-known",
        delivery_model="unknown",
        confidence="low",
        summary="Made up.",
    )
    page = Page(client.get(f"{LIST}bare/"))
    assert_valid_html(page.html)
    for term in ("Announced", "Started", "Staff", "Newest source seen"):
        assert known(page, term) == "Not known"
    assert known(page, "Services shared").startswith("Not recorded")
    assert "No source is recorded." in page.main_text
    assert not re.search(r"\bNone\b", page.main_text)
    row = shown(client).rows[0]
    assert "Start not known" in row
    assert not re.search(r"\bNone\b", row)


def test_a_fact_without_a_source_says_so(db, client):
    it = PartnershipFactory(slug="pretend")
    for factory in (MembershipFactory, AimFactory, OutcomeFactory, MilestoneFactory):
        factory(partnership=it)
    page = Page(client.get(f"{LIST}pretend/"))
    assert page.main_text.count("No source recorded") == 4


def test_silence_about_leaving_means_different_things(db, client):
    for status, ended, said in [
        ("ongoing", None, "No leaving recorded"),
        ("ended", "2012-05", "Not recorded; the arrangement ended May 2012"),
        ("ended", None, "Not known"),
        ("not-known", None, "Not known"),
    ]:
        it = PartnershipFactory(status=status, ended=ended)
        MembershipFactory(partnership=it)
        page = Page(client.get(f"{LIST}{it.slug}/"))
        (row,) = page.tree.find(".//tbody")
        assert [text_of(cell) for cell in row.iter("td")][1:3] == ["Not known", said]


def test_a_member_that_is_gone_names_its_heirs_over_a_chain(registry, client):
    page = Page(client.get(f"{LIST}southwest-one/"))
    row = " ".join(text_of(it) for it in next(page.tree.iter("tbody")))
    assert "Taunton Deane Borough Council Abolished 31 March 2019" in row
    assert "Somerset Council" in row


@pytest.mark.parametrize(
    ("publication", "status"),
    [("published", 200), ("draft", 404), ("withdrawn", 410)],
)
def test_only_what_is_published_is_told(db, client, publication, status):
    it = PartnershipFactory(
        slug="pretend",
        name="Hush",
        summary="Whispered.",
        publication=publication,
    )
    MembershipFactory(partnership=it, council=CouncilFactory(name="Quiet Council"))
    response = client.get(f"{LIST}pretend/")
    assert response.status_code == status
    text = response.content.decode()
    is_told = status == 200
    for words in ("Hush", "Whispered.", "Quiet Council"):
        assert (words in text) == is_told


def test_an_address_of_no_record_is_not_found(registry, client):
    assert client.get(f"{LIST}no-such-record/").status_code == 404


# ---- Text is text

MARKUP = "<i>x</i><script>alert('1')</script>&amp;"


def test_no_record_s_text_becomes_markup(db, client, assert_valid_html):
    it = PartnershipFactory.create(
        slug="pretend",
        name=MARKUP,
        summary=MARKUP,
        gaps=MARKUP,
        end_reason=MARKUP,
        status="ended",
    )
    council = CouncilFactory(name=MARKUP, short_name=MARKUP)
    MembershipFactory(partnership=it, council=council)
    OtherMemberFactory(partnership=it, name=MARKUP)
    PartnershipNameFactory(partnership=it, name=MARKUP)
    it.functions.add(ServiceFunctionFactory(name=MARKUP, slug="pretend"))
    source = SourceFactory(partnership=it, title=MARKUP, publisher=MARKUP)
    for factory in (AimFactory, OutcomeFactory, MilestoneFactory):
        factory(partnership=it, text=MARKUP).sources.add(source)
    for address in (
        f"{LIST}pretend/",
        LIST,
        f"{LIST}?council={council.slug}&function=pretend",
    ):
        page = Page(client.get(address))
        assert_valid_html(page.html)
        assert "<i>" not in page.html
        assert "<script>alert" not in page.html
        assert page.main_text.count(MARKUP) >= 4


@pytest.mark.parametrize("name", ["q", "council", "running_on", "status", "sort"])
def test_nothing_typed_becomes_markup(registry, client, assert_valid_html, name):
    typed = "\"'><script>alert(1)</script>"
    for query in ({name: [typed]}, {typed: ["1"]}):
        page = Page(client.get(address_of(LIST, query)))
        assert_valid_html(page.html)
        assert "<script>alert" not in page.html
        assert typed in page.main_text


# ---- Queries


def grow(it):
    """Add a row of every kind to a partnership, with sources and heirs."""
    it.functions.add(ServiceFunctionFactory())
    PartnershipNameFactory(partnership=it)
    source = SourceFactory(partnership=it)
    gone = SuccessionFactory()
    SuccessionFactory(
        predecessor=gone.successor, successor=CouncilFactory(), last_day="2023-03-31"
    )
    for fact in (
        MembershipFactory(partnership=it, council=gone.predecessor, left="2018"),
        MembershipFactory(partnership=it, council=gone.predecessor, joined="2019"),
        OtherMemberFactory(partnership=it),
        AimFactory(partnership=it),
        OutcomeFactory(partnership=it, amount=5, period="total"),
        MilestoneFactory(partnership=it),
    ):
        fact.sources.add(source, SourceFactory(partnership=it))
    briefing = BriefingFactory()
    briefing.names.add(it)


@pytest.mark.parametrize(
    "address",
    [
        LIST,
        f"{LIST}?status=ongoing&running_on=2012&sort=-members",
        f"{LIST}pretend/",
    ],
)
def test_queries_do_not_grow_with_the_registry(db, client, address):
    it = PartnershipFactory.create(slug="pretend")
    CaseStudyFactory(partnership=it)
    grow(it)
    few = queries_used(client, address)
    for _ in range(5):
        grow(it)
        grow(PartnershipFactory.create())
    assert queries_used(client, address) == few


def test_queries_do_not_grow_with_the_councils_asked_for(registry, client):
    """Each council named costs its own look-up, and nothing more."""
    slugs = ["dover", "thanet", "canterbury", "suffolk"]

    def used(number):
        return queries_used(client, address_of(LIST, {"council": slugs[:number]}))

    assert used(4) - used(3) == used(3) - used(2)
