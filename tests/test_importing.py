"""Records come in whole and checked, or not at all, and every refusal says where."""

import copy
import json

import pytest
from django.core.management import CommandError, call_command

from partnerships.importing import import_records
from partnerships.models import Aim, Change, Outcome, Partnership, Source
from tests.factories import CouncilFactory, ServiceFunctionFactory

pytestmark = pytest.mark.django_db

RECORD = {
    "slug": "made-up-and-invented",
    "name": "Made-up and Invented shared service",
    "also_known_as": ["The made-up service"],
    "summary": "Two made-up councils share a made-up service.",
    "functions": ["made-up-service"],
    "delivery_model": "lead-authority",
    "status": "ended",
    "status_in_june_2013": "not-known",
    "latest_evidence": "2014~",
    "announced": None,
    "started": "2010-05",
    "ended": "2012?",
    "end_reason": None,
    "staff": None,
    "councils": [
        {
            "council": "made-up",
            "role": "lead",
            "joined": "2010-05",
            "left": None,
            "sources": [1],
        },
        {
            "council": "invented",
            "role": "client",
            "joined": None,
            "left": None,
            "sources": [0, 1],
        },
    ],
    "other_members": [
        {
            "name": "Made-up Ltd",
            "kind": "company",
            "role": "supplier",
            "joined": None,
            "left": "2011",
            "sources": [0],
        }
    ],
    "aims": [{"kind": "savings", "text": "Save made-up money.", "sources": [0]}],
    "outcomes": [
        {
            "kind": "savings",
            "result": "expected",
            "amount_gbp": 5000,
            "period": None,
            "text": "A made-up forecast.",
            "sources": [0],
        },
        {
            "kind": "savings",
            "result": "achieved",
            "amount_gbp": 0,
            "period": "per year",
            "text": "A made-up nothing.",
            "sources": [1],
        },
        {
            "kind": "staffing",
            "result": "unknown",
            "amount_gbp": None,
            "period": None,
            "text": "A made-up silence.",
            "sources": [1],
        },
    ],
    "sources": [
        {
            "title": "Made-up paper",
            "publisher": "Made-up publisher",
            "url": "https://example.org/paper",
            "published": None,
            "kind": "council",
        },
        {
            "title": "Made-up article",
            "publisher": "Made-up press",
            "url": "https://example.org/article",
            "published": "2012-02",
            "kind": "press",
        },
    ],
    "confidence": "low",
    "gaps": None,
}


@pytest.fixture(autouse=True)
def known():
    CouncilFactory(slug="made-up")
    CouncilFactory(slug="invented")
    ServiceFunctionFactory(slug="made-up-service")


def changed(**changes):
    return {**copy.deepcopy(RECORD), **changes}


def test_a_record_comes_in_whole():
    (report,) = import_records([RECORD])
    assert report.result == "added", report
    partnership = Partnership.objects.get()
    assert partnership.publication == "draft"
    assert partnership.ended == "2012?"
    assert partnership.end_reason == ""
    assert partnership.staff is None
    assert [str(name) for name in partnership.other_names.all()] == [
        "The made-up service"
    ]
    assert [
        (m.council.slug, m.role, m.joined, [s.number for s in m.sources.all()])
        for m in partnership.memberships.order_by("council__slug")
    ] == [("invented", "client", None, [1, 2]), ("made-up", "lead", "2010-05", [2])]
    assert partnership.other_members.get().left == "2011"
    assert list(Source.objects.values_list("number", "published")) == [
        (1, None),
        (2, "2012-02"),
    ]
    assert Aim.objects.get().sources.get().number == 1
    # An amount of no known period, a nothing a year, and no amount at all.
    assert list(Outcome.objects.values_list("number", "amount", "period")) == [
        (1, 5000, "not-known"),
        (2, 0, "per-year"),
        (3, None, ""),
    ]


def wrong(path, value):
    """Return the record with one value replaced or, for None, taken out."""
    record = copy.deepcopy(RECORD)
    *way, last = path
    at = record
    for step in way:
        at = at[step]
    at[last] = value
    return record


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("text", "record 0: the record: is not an object"),
        ({"slug": "made-up-x"}, "“name” is missing"),
        (changed(surprise=1), "the record: “surprise” is not known"),
        (changed(staff="365"), "“staff” has to be a number or null"),
        (changed(staff=True), "“staff” has to be a number or null"),
        (changed(staff=-1), "the record.staff:"),
        (changed(councils=None), "“councils” has to be a list"),
        (changed(delivery_model="magic"), "the record.delivery_model:"),
        (changed(started="2011-13"), "the record.started: “2011-13”"),
        (changed(ended="2009"), "the record.ended: The end cannot come before"),
        (changed(slug="Not a slug"), "the record.slug:"),
        (changed(functions=["magic"]), "functions[0]: there is no function “magic”"),
        (wrong(["councils", 1, "council"], "atlantis"), "no council “atlantis”"),
        (wrong(["councils", 1, "council"], "made-up"), "councils[1]"),
        (wrong(["councils", 0, "role"], "king"), "councils[0].role:"),
        (wrong(["councils", 0, "joined"], "13/2012"), "councils[0].joined:"),
        (wrong(["councils", 0, "sources"], [2]), "councils[0].sources: there is no"),
        (wrong(["councils", 0, "sources"], [-1]), "counted from 0"),
        (wrong(["councils", 0, "sources"], ["0"]), "there is no source '0'"),
        (wrong(["aims", 0, "sources"], []), "aims[0].sources: names no source"),
        (wrong(["aims", 0, "kind"], "magic"), "aims[0].kind:"),
        (wrong(["outcomes", 0, "result"], "magic"), "outcomes[0].result:"),
        (wrong(["outcomes", 0, "period"], "a week"), "outcomes[0].period:"),
        (wrong(["outcomes", 2, "period"], "total"), "outcomes[2].period:"),
        (wrong(["outcomes", 0, "amount_gbp"], -5), "outcomes[0].amount:"),
        (wrong(["outcomes", 0, "amount_gbp"], 1.5), "outcomes[0]: “amount_gbp” has"),
        (wrong(["sources", 0, "url"], "not an address"), "sources[0].url:"),
        (wrong(["sources", 1, "url"], "https://example.org/paper"), "sources[1]"),
        (wrong(["other_members", 0, "kind"], "king"), "other_members[0].kind:"),
        (wrong(["other_members", 0], "king"), "other_members[0]: is not an object"),
    ],
)
def test_a_refusal_says_where_and_why_and_writes_nothing(record, says):
    sound = changed(slug="made-up-sound", name="Made-up sound service")
    reports = import_records([record, sound])
    assert [report.result for report in reports] == ["refused", "added"]
    problems = "\n".join(f"{reports[0].record}: {p}" for p in reports[0].problems)
    assert says in problems
    assert not Partnership.objects.exists()
    assert not Source.objects.exists()


def test_every_problem_of_a_record_is_reported_at_once():
    record = wrong(["aims", 0, "kind"], "magic")
    record["councils"][0]["role"] = "king"
    record["functions"] = ["magic"]
    (report,) = import_records([record])
    assert len(report.problems) == 3


def test_sound_records_are_written_beside_refused_ones_only_when_asked():
    sound = changed(slug="made-up-sound", name="Made-up sound service")
    import_records([changed(staff="x"), sound], keep_going=True)
    assert Partnership.objects.get().slug == "made-up-sound"


def test_a_record_that_is_here_is_left_alone():
    import_records([RECORD])
    Partnership.objects.update(name="An editor’s better name")
    (report,) = import_records([RECORD])
    assert report.result == "left alone"
    assert Partnership.objects.get().name == "An editor’s better name"


def test_the_same_record_twice_in_one_file_comes_in_once():
    first, second = import_records([RECORD, RECORD])
    assert (first.result, second.result) == ("added", "left alone")


def test_contradictions_across_rows_are_said_and_let_in():
    record = wrong(["councils", 1, "left"], "2013-06")
    (report,) = import_records([record])
    assert report.result == "added"
    assert any("left after the partnership ended" in doubt for doubt in report.doubts)


def test_the_command_reports_each_record(tmp_path, capsys):
    file = tmp_path / "records.json"
    file.write_text(json.dumps([RECORD]))
    call_command("import_records", file, trial=True)
    assert "nothing was written" in capsys.readouterr().out
    assert not Partnership.objects.exists()
    call_command("import_records", file, publish=True)
    assert "made-up-and-invented: added" in capsys.readouterr().out
    record = Partnership.objects.get()
    assert record.publication == "published"
    (news,) = Change.objects.news()
    assert (news.partnership, news.previous) == (record, None)


@pytest.mark.parametrize(
    ("content", "says"),
    [("{", "is not JSON"), ("{}", "holds no list"), ("\udcff", "is not JSON in UTF-8")],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(tmp_path, content, says):
    file = tmp_path / "records.json"
    file.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(CommandError, match=says):
        call_command("import_records", file)


def test_a_missing_file_is_said():
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_records", "no-such-file.json")


def test_a_refused_file_ends_the_command_with_an_error(tmp_path, capsys):
    file = tmp_path / "records.json"
    file.write_text(json.dumps([changed(staff="x")]))
    with pytest.raises(CommandError, match=r"1 refused\. Nothing was written"):
        call_command("import_records", file)
    assert "“staff” has to be a number or null" in capsys.readouterr().out
