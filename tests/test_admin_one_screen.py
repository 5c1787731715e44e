"""One screen holds a record and all its rows; nothing typed there is lost."""

import html
import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from councils.council_box import CouncilField
from councils.models import Council, Succession
from partnerships.models import Membership, Partnership, Source
from tests.factories import (
    AimFactory,
    CaseStudyFactory,
    CouncilFactory,
    CouncilNameFactory,
    FormerCodeFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
    SuccessionFactory,
)
from tests.pages import queries_used
from tests.test_admin_partnerships import ADD, posted


@pytest.fixture
def record(db):
    return {
        "name": "Pretend shared service",
        "slug": "pretend-shared-service",
        "summary": "Made up for a test.",
        "publication": "draft",
        "functions": [ServiceFunctionFactory().pk],
        "delivery_model": "public-company",
        "status": "ongoing",
        "status_in_june_2013": "not-known",
        "confidence": "low",
    }


PAPER = {
    "title": "Made-up paper",
    "publisher": "Made-up publisher",
    "kind": "council",
    "url": "https://example.org/paper",
}
OTHER_PAPER = {**PAPER, "title": "Other paper", "url": "https://example.org/other"}
OUTCOME = {"kind": "savings", "result": "expected", "text": "Hoped for."}


def change_of(partnership) -> str:
    return reverse("admin:partnerships_partnership_change", args=[partnership.pk])


def as_sent(page) -> dict:
    """Return the form of a page as a browser without scripts sends it."""
    data: dict = {}

    def note(name, value):
        data.setdefault(html.unescape(name), []).append(html.unescape(value))

    text = page.text
    for tag in re.findall(r"<input [^>]*>", text):
        named = re.search(r'\bname="([^"]*)"', tag)
        kind = re.search(r'\btype="([^"]*)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if named and kind and kind[1] not in {"submit", "checkbox"}:
            note(named[1], value[1] if value else "")
        elif (
            named and kind and kind[1] == "checkbox" and re.search(r"\bchecked\b", tag)
        ):
            note(named[1], value[1] if value else "on")
    for name, body in re.findall(
        r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL
    ):
        note(name, body)
    for name, body in re.findall(
        r'<select name="([^"]*)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        for value in re.findall(r'<option value="([^"]*)"[^>]*\bselected\b', body):
            note(name, value)
    return data


def errors_of(page, prefix: str) -> list[dict]:
    formset = formset_of(page, prefix)
    return [dict(errors) for errors in formset.errors]


def formset_of(page, prefix: str):
    return next(
        inline.formset
        for inline in page.context["inline_admin_formsets"]
        if inline.formset.prefix == prefix
    )


# ---- Sources that are not saved yet


def test_every_kind_of_fact_cites_a_source_typed_on_the_same_screen(
    admin_client,
    record,
):
    new = {"sources": ["row-1"]}
    answer = admin_client.post(
        reverse(ADD),
        posted(
            record,
            sources=[PAPER, OTHER_PAPER],
            memberships=[{"council": CouncilFactory().pk, "role": "lead", **new}],
            other_members=[
                {"name": "Made-up Ltd", "kind": "company", "role": "client", **new}
            ],
            aims=[{"kind": "savings", "text": "One.", "sources": ["row-0", "row-1"]}],
            outcomes=[{**OUTCOME, **new}],
            milestones=[{"happened": "2012-05", "text": "Begun.", **new}],
        ),
    )
    assert answer.status_code == 302, answer.context["errors"]
    partnership = Partnership.objects.get()
    other = partnership.sources.get(title="Other paper")
    for rows in ("memberships", "other_members", "outcomes", "milestones"):
        assert list(getattr(partnership, rows).get().sources.all()) == [other], rows
    assert partnership.aims.get().sources.count() == 2
    # What is kept in the history has the citations too.
    last = partnership.changes.first().version
    cited = [row["fields"].get("sources") for row in last]
    assert [partnership.slug, 2] in next(filter(None, cited))


def test_a_saved_fact_takes_a_new_source_beside_a_saved_one(admin_client, record):
    partnership = PartnershipFactory(publication="draft")
    source = SourceFactory(partnership=partnership)
    outcome = OutcomeFactory(partnership=partnership)
    outcome.sources.add(source)
    saved = {"id": source.pk, "partnership": partnership.pk, **PAPER}
    row = {"id": outcome.pk, "partnership": partnership.pk, **OUTCOME}
    answer = admin_client.post(
        change_of(partnership),
        posted(
            record,
            partnership,
            sources=[saved, OTHER_PAPER],
            outcomes=[{**row, "sources": [source.pk, "row-1"]}],
        ),
    )
    assert answer.status_code == 302, answer.context["errors"]
    assert [one.number for one in outcome.sources.all()] == [1, 2]


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("row-1", "“New source 2” is empty: type it under Sources"),
        ("row-2", "“New source 3: Other paper” is marked to be deleted"),
        ("row-3", "is not a source of this record"),
        ("row-x", "is not a source of this record"),
        ("99999999999999999999", "is not a source of this record"),
        ("\0", "is not a source of this record"),
    ],
)
def test_what_is_no_source_is_refused_beside_the_fact(
    admin_client,
    record,
    chosen,
    sentence,
):
    removed = {**OTHER_PAPER, "DELETE": "on"}
    answer = admin_client.post(
        reverse(ADD),
        posted(
            record,
            sources=[PAPER, {}, removed],
            outcomes=[{**OUTCOME, "sources": [chosen]}],
        ),
    )
    assert sentence in errors_of(answer, "outcomes")[0]["sources"][0]
    assert not Partnership.objects.exists()
    assert not Source.objects.exists()


def test_a_source_of_another_record_is_refused(admin_client, record):
    foreign = SourceFactory()
    answer = admin_client.post(
        reverse(ADD),
        posted(record, outcomes=[{**OUTCOME, "sources": [foreign.pk]}]),
    )
    assert errors_of(answer, "outcomes")[0]["sources"]
    assert Partnership.objects.get() == foreign.partnership


@pytest.mark.parametrize("with_its_fact", [False, True])
def test_a_cited_source_is_deleted_only_once_nothing_cites_it(
    admin_client,
    record,
    with_its_fact,
):
    partnership = PartnershipFactory(publication="draft")
    source = SourceFactory(partnership=partnership)
    outcome = OutcomeFactory(partnership=partnership, text="Pretend result.")
    outcome.sources.add(source)
    saved = {"id": source.pk, "partnership": partnership.pk, **PAPER, "DELETE": "on"}
    row = {"id": outcome.pk, "partnership": partnership.pk, **OUTCOME}
    cites = {**row, "sources": [source.pk]}
    answer = admin_client.post(
        change_of(partnership),
        posted(record, partnership, sources=[saved], outcomes=[cites]),
    )
    said = " ".join(formset_of(answer, "sources").non_form_errors())
    assert "is not deleted: it is the source of the outcome “Savings" in said
    assert "Hoped for." in said
    assert list(outcome.sources.all()) == [source]

    left = {**cites, "DELETE": "on"} if with_its_fact else row
    answer = admin_client.post(
        change_of(partnership),
        posted(record, partnership, sources=[saved], outcomes=[left]),
    )
    assert answer.status_code == 302, answer.context["errors"]
    assert not partnership.sources.exists()
    assert partnership.outcomes.exists() is not with_its_fact


def test_a_source_that_a_case_study_cites_is_not_deleted(admin_client, record):
    partnership = PartnershipFactory(publication="draft")
    source = SourceFactory(partnership=partnership)
    study = CaseStudyFactory(partnership=partnership, title="Made-up case")
    saved = {"id": source.pk, "partnership": partnership.pk, **PAPER, "DELETE": "on"}
    form = posted(record, partnership, sources=[saved])
    answer = admin_client.post(change_of(partnership), form)
    said = " ".join(formset_of(answer, "sources").non_form_errors())
    assert "it is the source of the case study “Made-up case”" in said
    assert partnership.sources.exists()

    for field in study.PROSE:
        setattr(study, field, "Nothing is said. [2]")
    study.save()
    admin_client.post(change_of(partnership), form)
    assert not partnership.sources.exists()


@pytest.mark.parametrize("in_one_save", [True, False])
def test_the_number_of_a_deleted_row_is_never_that_of_another(
    admin_client, record, in_one_save
):
    partnership = PartnershipFactory(publication="draft")
    own = {"partnership": partnership.pk}
    sources = [
        {"id": row.pk, **own, **PAPER, "url": row.url}
        for row in SourceFactory.create_batch(3, partnership=partnership)
    ]
    aim = AimFactory(partnership=partnership)
    gone = {
        "sources": [*sources[:2], {**sources[2], "DELETE": "on"}],
        "aims": [{"id": aim.pk, **own, "kind": aim.kind, "text": "1", "DELETE": "on"}],
    }
    new = {
        "sources": [OTHER_PAPER, {**PAPER, "url": "https://example.org/third"}],
        "aims": [{"kind": "savings", "text": "Another."}],
    }
    if in_one_save:
        saves = [{kind: gone[kind] + new[kind] for kind in new}]
    else:
        saves = [gone, {**new, "sources": [*sources[:2], *new["sources"]]}]
    for rows in saves:
        answer = admin_client.post(
            change_of(partnership), posted(record, partnership, **rows)
        )
        assert answer.status_code == 302, answer.context["errors"]
    numbers = partnership.sources.order_by("number").values_list("number", flat=True)
    assert [*numbers] == [1, 2, 4, 5]
    assert partnership.aims.get().number == 2


def test_boxes_for_numbers_send_what_was_typed(admin_client, record):
    partnership = PartnershipFactory(staff=12)
    OutcomeFactory(partnership=partnership)
    page = admin_client.get(change_of(partnership)).text
    # Of a number box a browser sends nothing where it reads no number.
    assert 'type="number"' not in page
    form = posted(record, partnership) | {"staff": "365+"}
    answer = admin_client.post(change_of(partnership), form)
    assert answer.context["adminform"].form.errors["staff"] == [
        "Type digits alone, as in 1200."
    ]
    assert 'value="365+"' in answer.text


def test_the_way_to_a_section_says_that_it_has_an_error(admin_client, record):
    partnership = PartnershipFactory()
    form = posted(record, partnership) | {"staff": "1,200", "started": "1066"}
    answer = admin_client.post(change_of(partnership), form)
    said = {one.title: one.said for one in answer.context["sections"]}
    with_error = [title for title in said if "with an error" in said[title]]
    assert with_error == ["What is shared, and how", "Dates and status"]


def test_an_amount_that_is_no_number_says_nothing_of_its_period(admin_client, record):
    row = {**OUTCOME, "amount": "£4m", "period": "total"}
    answer = admin_client.post(reverse(ADD), posted(record, outcomes=[row]))
    assert errors_of(answer, "outcomes") == [
        {"amount": ["Type digits alone, as in 1200."]}
    ]


def test_two_new_sources_of_one_address_are_refused(admin_client, record):
    answer = admin_client.post(reverse(ADD), posted(record, sources=[PAPER, PAPER]))
    assert answer.status_code == 200
    assert "correct the duplicate data" in " ".join(
        formset_of(answer, "sources").non_form_errors()
    )
    assert not Source.objects.exists()


# ---- Nothing typed is lost


def test_an_error_in_one_row_keeps_everything_else(admin_client, record):
    council = CouncilFactory()
    sent = posted(
        {**record, "started": "2012~"},
        sources=[PAPER, OTHER_PAPER],
        memberships=[
            {"council": council.pk, "role": "lead", "sources": ["row-1"]},
            {"council-typed": "Nowhere", "role": "client", "sources": ["row-0"]},
        ],
        aims=[{"kind": "other", "text": "Kept.", "sources": ["row-0", "row-1"]}],
        outcomes=[{**OUTCOME, "amount": "some", "sources": ["row-1"]}],
        milestones=[{"happened": "13/2012", "text": "Kept too."}],
    )
    answer = admin_client.post(reverse(ADD), sent)
    assert answer.status_code == 200
    assert not Partnership.objects.exists()
    assert errors_of(answer, "outcomes")[0]["amount"]
    kept = as_sent(answer)
    for name, value in sent.items():
        values = [str(one) for one in (value if isinstance(value, list) else [value])]
        assert kept[name] == values, name
    assert "Read as about 2012." in answer.text

    # Sent again with the mistakes put right, it is all there.
    kept["outcomes-0-amount"] = ["1000"]
    kept["outcomes-0-period"] = ["total"]
    kept["milestones-0-happened"] = ["2012"]
    kept["memberships-1-council-typed"] = [CouncilFactory().name]
    answer = admin_client.post(reverse(ADD), kept)
    assert answer.status_code == 302, answer.context["errors"]
    partnership = Partnership.objects.get()
    assert partnership.memberships.count() == 2
    assert partnership.aims.get().sources.count() == 2
    assert partnership.outcomes.get().sources.get().title == "Other paper"


def test_rows_for_editors_without_scripts(admin_client):
    page = admin_client.get(reverse(ADD), {"rows": "3"})
    for prefix in ("sources", "memberships", "outcomes", "milestones"):
        assert len(formset_of(page, prefix).forms) == 3
    for value in ("row-0", "row-1", "row-2"):
        assert f'value="{value}"' in page.text
    for wrong in ("many", "-1", "1000", "٣", "9" * 5000):
        assert admin_client.get(reverse(ADD), {"rows": wrong}).status_code == 400


# ---- Councils


@pytest.fixture
def reorganised(db):
    """Return a council, its heir, and the heir of the heir."""
    old = CouncilFactory(
        name="Oldtown District Council",
        short_name="Oldtown",
        started="1974-04-01",
        ended="2019-03-31",
    )
    middle = CouncilFactory(
        name="Middletown Council",
        short_name="Middletown",
        started="2019-04-01",
        ended="2023-03-31",
    )
    new = CouncilFactory(
        name="Newtown Council", short_name="Newtown", started="2023-04-01", ended=None
    )
    SuccessionFactory(predecessor=old, successor=middle, last_day="2019-03-31")
    SuccessionFactory(predecessor=middle, successor=new, last_day="2023-03-31")
    CouncilNameFactory(council=old, name="Bôrough of Tèst")
    FormerCodeFactory(council=old, gss_code="E07999999")
    return old, middle, new


def offered(client, text) -> list[str]:
    answer = client.get(reverse("admin:councils_council_box"), {"term": text})
    return [row["text"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    "text", ["oldtown", "OLDTOWN DIST", "borough of test", "e07999999"]
)
def test_the_council_box_shows_dates_and_heir(admin_client, reorganised, text):
    (found,) = offered(admin_client, text)
    assert found.startswith("Oldtown, 1974-04-01 to 2019-03-31, then Middletown")


def test_the_council_box_says_why_it_found_what_it_offers(admin_client, reorganised):
    assert "formerly E07999999" in offered(admin_client, "e07999999")[0]


@pytest.mark.parametrize("text", ["\0", "a " * 400, "%", "' OR 1=1"])
def test_the_council_box_answers_any_text(admin_client, reorganised, text):
    assert isinstance(offered(admin_client, text), list)


def test_the_council_box_is_closed_to_strangers(client, reorganised):
    assert client.get(reverse("admin:councils_council_box")).status_code == 302


def test_the_council_box_asks_as_much_for_many_as_for_few(admin_client, registry):
    address = reverse("admin:councils_council_box")

    def queries(text):
        with CaptureQueriesContext(
            connection,
        ) as used:
            assert admin_client.get(address, {"term": text}).status_code == 200
        return len(used)

    assert queries("aylesbury") == queries("borough")


def test_the_shipped_aylesbury_vale(admin_client, registry):
    assert offered(admin_client, "aylesbury")[0] == (
        "Aylesbury Vale, 1974-04-01 to 2020-03-31, then Buckinghamshire"
    )


@pytest.mark.parametrize("typed", ["oldtown", "E07999999", "borough of test"])
def test_a_council_typed_without_scripts_is_found(
    admin_client,
    record,
    reorganised,
    typed,
):
    row = {"council-typed": typed, "role": "lead", "joined": "2010"}
    answer = admin_client.post(reverse(ADD), posted(record, memberships=[row]))
    assert answer.status_code == 302, errors_of(answer, "memberships")
    assert Membership.objects.get().council == reorganised[0]


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ("Nowhere", ["No council has the name or code “Nowhere”."]),
        ("town", ["may mean 3 councils", "Oldtown, 1974-04-01 to 2019-03-31"]),
    ],
)
def test_a_typed_name_that_means_none_or_several_is_refused(
    admin_client,
    record,
    reorganised,
    typed,
    sentences,
):
    row = {"council-typed": typed, "role": "lead"}
    answer = admin_client.post(reverse(ADD), posted(record, memberships=[row]))
    (said,) = errors_of(answer, "memberships")[0]["council"]
    for sentence in sentences:
        assert sentence in said
    assert f'value="{typed}"' in answer.text
    assert not Partnership.objects.exists()


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("typed", ["Somerset", "somerset", " SOMERSET"])
def test_a_name_of_several_councils_asks_whatever_its_capitals(
    admin_client, record, typed
):
    row = {"council-typed": typed, "role": "lead"}
    answer = admin_client.post(reverse(ADD), posted(record, memberships=[row]))
    (said,) = errors_of(answer, "memberships")[0]["council"]
    assert said == (
        f"“{typed.strip()}” may mean 2 councils. Type E06000066 for Somerset, since"
        " 2023-04-01; somerset-county-council for Somerset, 1974-04-01 to 2023-03-31,"
        " then Somerset."
    )
    for short, slug in [
        ("E06000066", "somerset"),
        ("somerset-county-council", "somerset-county-council"),
    ]:
        assert typed_council(short).slug == slug


def typed_council(text):
    return CouncilField(Council.objects.all()).to_python(text)


@pytest.mark.usefixtures("registry")
def test_every_council_of_a_shared_name_has_a_short_form_of_its_own():
    box = CouncilField(Council.objects.all())
    names = Counter(Council.objects.values_list("short_name", flat=True))
    shared = [name for name, number in names.items() if number > 1]
    assert shared
    for council in Council.objects.filter(short_name__in=shared):
        short = box.short_form(council)
        assert short in {council.slug, council.gss_code}
        assert typed_council(short) == council


@pytest.mark.parametrize(
    ("which", "dates", "sentences"),
    [
        (
            0,
            {"joined": "2020"},
            [
                "joined 2020, after its last day, 31 March 2019.",
                "Middletown Council took over on 1 April 2019",
            ],
        ),
        (
            0,
            {"joined": "2024"},
            [
                "Middletown Council took over on 1 April 2019",
                "Newtown Council stood in 2024",
            ],
        ),
        (
            0,
            {"joined": "2010", "left": "2020"},
            ["left 2020, after its last day", "end this membership by the day before"],
        ),
        (
            1,
            {"joined": "2018"},
            [
                "before it began on 1 April 2019.",
                "Before it came Oldtown District Council",
            ],
        ),
        (1, {"left": "2018"}, ["left 2018, before it began on 1 April 2019."]),
    ],
)
def test_a_membership_outside_a_lifetime_names_the_heir_and_the_day(
    admin_client,
    record,
    reorganised,
    which,
    dates,
    sentences,
):
    row = {"council": reorganised[which].pk, "role": "lead", **dates}
    answer = admin_client.post(reverse(ADD), posted(record, memberships=[row]))
    (said,) = errors_of(answer, "memberships")[0]["council"]
    for sentence in sentences:
        assert sentence in said
    assert not Membership.objects.exists()


def test_a_membership_of_a_time_when_no_heir_stood_names_the_first(
    admin_client, record, reorganised
):
    old, middle, _ = reorganised
    Succession.objects.filter(predecessor=middle).delete()
    row = {"council": old.pk, "role": "lead", "joined": "2024"}
    answer = admin_client.post(reverse(ADD), posted(record, memberships=[row]))
    (said,) = errors_of(answer, "memberships")[0]["council"]
    assert said.endswith(
        "Middletown Council took over on 1 April 2019: choose the body of the time."
    )


@pytest.mark.parametrize(
    ("which", "record_dates", "sentences"),
    [
        (
            0,
            {"started": "2020"},
            [
                "ended on 31 March 2019, before the arrangement started, 2020.",
                "Middletown Council took over on 1 April 2019: choose the body",
            ],
        ),
        (
            1,
            {"status": "ended", "ended": "2018"},
            [
                "began on 1 April 2019, after the arrangement ended, 2018.",
                "Before it came Oldtown District Council",
            ],
        ),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_council_of_another_time_than_the_arrangement_is_refused(
    admin_client,
    record,
    reorganised,
    which,
    record_dates,
    sentences,
    is_new,
):
    partnership = None if is_new else PartnershipFactory(publication="draft")
    address = reverse(ADD) if is_new else change_of(partnership)
    row = {"council": reorganised[which].pk, "role": "lead"}
    answer = admin_client.post(
        address, posted({**record, **record_dates}, partnership, memberships=[row])
    )
    (said,) = errors_of(answer, "memberships")[0]["council"]
    for sentence in sentences:
        assert sentence in said
    assert not Membership.objects.exists()


def test_a_year_that_the_council_shares_with_the_arrangement_is_no_contradiction(
    admin_client, record, reorganised
):
    rows = [{"council": council.pk, "role": "lead"} for council in reorganised[:2]]
    dated = {**record, "started": "2019", "status": "ended", "ended": "2019"}
    answer = admin_client.post(reverse(ADD), posted(dated, memberships=rows))
    assert answer.status_code == 302, errors_of(answer, "memberships")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"joined": "2010"}, {"joined": "2010"}),
        ({"joined": "2010", "left": "2014"}, {"joined": "2012"}),
        # The first may have left within 2010, before the second came; but the
        # database tells the two memberships of a council by their day of joining.
        ({"joined": "2010", "left": "2010-06"}, {"joined": "2010", "left": "2012"}),
    ],
)
def test_a_council_twice_on_one_screen_is_refused_beside_the_second_row(
    admin_client, record, first, second
):
    council = CouncilFactory()
    row = {"council": council.pk, "role": "lead"}
    answer = admin_client.post(
        reverse(ADD), posted(record, memberships=[row | first, row | second])
    )
    assert errors_of(answer, "memberships") == [
        {},
        {
            "council": [
                f"{council} is on this page twice for the same time: delete one of the"
                " two rows. If it left and came back, give the first row the day it"
                " left and the second the day it joined again."
            ]
        },
    ]
    assert not formset_of(answer, "memberships").non_form_errors()
    assert "which must be unique" not in answer.text
    assert not Membership.objects.exists()


def test_a_council_may_leave_and_come_back_on_one_screen(admin_client, record):
    membership = MembershipFactory(partnership__publication="draft")
    partnership, council = membership.partnership, membership.council.pk
    first = {
        "id": membership.pk,
        "partnership": partnership.pk,
        "council": council,
        "role": "partner",
        "left": "2011",
    }
    again = {"council": council, "role": "partner", "joined": "2013"}
    answer = admin_client.post(
        change_of(partnership),
        posted(record, partnership, memberships=[first, again]),
    )
    assert answer.status_code == 302, errors_of(answer, "memberships")
    assert partnership.memberships.count() == 2


# ---- Long forms


FACTS: list = [
    MembershipFactory,
    OtherMemberFactory,
    AimFactory,
    OutcomeFactory,
    MilestoneFactory,
]


def with_rows(partnership, number: int):
    for _ in range(number):
        source = SourceFactory(partnership=partnership)
        for factory in FACTS:
            factory(partnership=partnership).sources.add(source)


def test_the_queries_of_the_form_do_not_grow_with_its_rows(admin_client):
    partnership = PartnershipFactory()
    with_rows(partnership, 2)
    queries_used(admin_client, change_of(partnership))
    few = queries_used(admin_client, change_of(partnership))
    with_rows(partnership, 18)
    assert queries_used(admin_client, change_of(partnership)) == few


def test_a_record_of_many_rows_and_boxes_is_saved(admin_client, record):
    partnership = PartnershipFactory(publication="draft")
    with_rows(partnership, 20)
    for outcome in partnership.outcomes.all():
        outcome.sources.set(partnership.sources.all())
    for aim in partnership.aims.all():
        aim.sources.set(partnership.sources.all())
    sent = as_sent(admin_client.get(change_of(partnership)))
    assert sum(map(len, sent.values())) > 1000
    sent |= {"summary": ["Changed."], "functions": [ServiceFunctionFactory().pk]}
    answer = admin_client.post(change_of(partnership), sent)
    assert answer.status_code == 302, answer.context["errors"]
    partnership.refresh_from_db()
    assert partnership.summary == "Changed."
    assert partnership.outcomes.last().sources.count() == 20


def test_a_row_says_what_it_holds_and_long_sections_begin_closed(admin_client):
    council = CouncilFactory(short_name="Pretendshire")
    partnership = PartnershipFactory()
    MembershipFactory(
        partnership=partnership, council=council, role="lead", joined="2010"
    )
    address = change_of(partnership)
    few = admin_client.get(address).text
    assert "Pretendshire — lead authority, from 2010" in few
    assert "<details open>" in few.partition('id="memberships-0"')[2][:200]
    with_rows(partnership, 5)
    many = admin_client.get(address).text
    assert "<details>" in many.partition('id="memberships-0"')[2][:200]
    assert 'href="#memberships-heading"' in many
    assert 'id="memberships-heading"' in many


def test_a_retired_function_is_offered_to_its_own_record_alone(admin_client):
    used, _ = ServiceFunctionFactory.create_batch(2, is_retired=True)
    partnership = PartnershipFactory()
    partnership.functions.add(used)
    for address, offered in [
        (reverse(ADD), []),
        (change_of(PartnershipFactory()), []),
        (change_of(partnership), [used]),
    ]:
        form = admin_client.get(address).context["adminform"].form
        assert list(form.fields["functions"].queryset) == offered


# ---- Dates


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2012", "2012"),
        ("2012-05", "May 2012"),
        ("2012-05-17", "17 May 2012"),
        ("2012?", "2012 (uncertain)"),
        ("2012~", "about 2012"),
    ],
)
def test_a_date_is_accepted_and_read_back_as_typed(admin_client, record, typed, words):
    dated = {**record, "started": typed, "gaps": ""}
    answer = admin_client.post(reverse(ADD), {**posted(dated), "_continue": ""})
    partnership = Partnership.objects.get()
    assert partnership.started == typed
    page = admin_client.get(answer["Location"])
    assert f'value="{typed}"' in page.text
    assert f"Read as {words}." in page.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("13/2012", "there is no month 13"),
        ("2011-13", "there is no month 13"),
        ("2011-02-31", "February 2011 has 28 days"),
        ("2012-5", "For May 2012 type “2012-05”"),
        ("May 2012", "For May 2012 type “2012-05”"),
        ("17/05/2012", "For 17 May 2012 type “2012-05-17”"),
        ("17th May 2012", "For 17 May 2012 type “2012-05-17”"),
        ("c. 2012", "For about 2012 type “2012~”"),
        ("2012-5?", "For May 2012 (uncertain) type “2012-05?”"),
        ("last spring", "is not a date. Type a year"),
    ],
)
@pytest.mark.parametrize(
    ("rows", "field"),
    [(None, "started"), ("milestones", "happened")],
)
def test_another_date_is_refused_with_what_to_type(
    admin_client,
    record,
    typed,
    sentence,
    rows,
    field,
):
    if rows:
        form = posted(record, **{rows: [{"text": "Begun.", field: typed}]})
    else:
        form = posted({**record, field: typed})
    answer = admin_client.post(reverse(ADD), form)
    errors = (
        errors_of(answer, rows)[0] if rows else answer.context["adminform"].form.errors
    )
    assert list(errors) == [field]
    assert sentence in errors[field][0]
    assert (
        "Type a year, a month or a day as 2012, 2012-05 or 2012-05-17"
        in errors[field][0]
    )
    assert f'value="{html.escape(typed)}"' in answer.text
    assert not Partnership.objects.exists()


@pytest.mark.parametrize("rows", ["memberships", "other_members"])
def test_leaving_before_joining_is_refused_beside_the_leaving(
    admin_client,
    record,
    rows,
):
    row = {
        "memberships": {"council": CouncilFactory().pk},
        "other_members": {"name": "Made-up Ltd", "kind": "company"},
    }[rows]
    row |= {"role": "client", "joined": "2013-05", "left": "2012"}
    answer = admin_client.post(reverse(ADD), posted(record, **{rows: [row]}))
    (errors,) = errors_of(answer, rows)
    assert list(errors) == ["left"]
    assert (
        "before it joined, May 2013: type that date or a later one" in errors["left"][0]
    )
    assert not Partnership.objects.exists()
