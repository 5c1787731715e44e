"""The API says what the pages and files say, and refuses as they do."""

import csv
import io
import json

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openapi_spec_validator import validate

from briefings.api.documentation import description, operations
from councils.tables import SEPARATOR, Type
from partnerships.dictionary import TABLES
from partnerships.exports import PARTNERSHIPS
from partnerships.filters import PartnershipFilter
from partnerships.long_tables import LONG_TABLES
from partnerships.models import Change, FormerSlug, Partnership
from tests.factories import (
    AimFactory,
    CouncilFactory,
    FormerCodeFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)

V1 = "/api/v1/"
PROBLEM = "application/problem+json"
# More digits than Python reads as a number.
LONG = "9" * 5000
QUESTIONS = [
    "",
    "?status=ended",
    "?function=ict&sort=-started",
    "?nation=scotland&nation=wales&relationship=hosted",
    "?benefit=savings&result=expected&sort=evidence",
    "?council=buckinghamshire",
    "?running_on=2013-06-05",
    "?as_at=2013-06-05&sort=-members",
    "?q=payroll",
]


@pytest.fixture(autouse=True)
def nobody_has_asked_yet():
    cache.clear()


def get(client, path, status=200, **headers):
    response = client.get(f"{V1}{path}", **headers)
    assert response.status_code == status, response.content[:500]
    if status >= 400:
        assert response.headers["Content-Type"] == PROBLEM
        body = response.json()
        assert body["status"] == status
        assert body["title"]
        assert body["detail"]
        return body
    return response.json() if response.content else None


def as_in_the_file(value) -> str:
    if isinstance(value, list):
        return SEPARATOR.join(map(as_in_the_file, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def rows_of(client, address) -> list[dict[str, str]]:
    text = client.get(address).getvalue().decode()
    return [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]


def unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in [*"=+-@\t\r"] else text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_list_is_the_file(registry, client, question):
    """The same records in the same order, and every cell of them."""
    found = get(client, f"partnerships/{question}")
    rows = rows_of(client, f"/partnerships.csv{question}")
    assert found["total"] == len(rows)
    assert rows
    for it, row in zip(found["results"], rows, strict=True):
        assert {name: as_in_the_file(value) for name, value in it.items()} == {
            name: unguarded(text) for name, text in row.items()
        }


@pytest.mark.parametrize("slug", ["ek-services", "aylesbury-vale-dacorum"])
def test_a_whole_record_holds_its_rows_of_every_table(registry, client, slug):
    it = get(client, f"partnerships/{slug}/")
    for table in LONG_TABLES:
        own = [
            row
            for row in rows_of(client, f"/{table.file_name}")
            if row["partnership"] == slug
        ]
        found = it["tables"][table.name.replace("-", "_")]
        assert [
            {name: as_in_the_file(value) for name, value in row.items()}
            for row in found
        ] == [{name: unguarded(text) for name, text in row.items()} for row in own]
    assert it["name"]


def test_councils_and_successions_are_the_files(registry, client):
    for name, question in (
        ("councils", "?name=aylesbury"),
        ("councils", "?nation=wales&existing=existing"),
        ("successions", "?region=south-west"),
    ):
        rows = rows_of(client, f"/{name}.csv{question}")
        found = get(client, f"{name}/{question}")
        assert found["total"] == len(rows) > 0
        columns = {c.name: c for table in TABLES for c in table.columns}
        for it, row in zip(found["results"], rows, strict=True):
            for cell, value in it.items():
                if columns[cell].type != Type.NUMBER:
                    assert as_in_the_file(value) == unguarded(row[cell])


def test_a_council_is_found_by_its_slug_its_code_and_a_former_code(db, client):
    council = CouncilFactory(slug="madeupshire", gss_code="E06999999")
    FormerCodeFactory(council=council, gss_code="E07999999")
    for name in ("madeupshire", "E06999999", "e06999999", "E07999999"):
        assert get(client, f"councils/{name}/")["slug"] == "madeupshire"
    assert "No council" in get(client, "councils/E07999998/", 404)["detail"]


def test_unknown_is_null_and_none_is_zero(db, client):
    PartnershipFactory(slug="made-up", staff=None, status="ended", ended=None)
    it = get(client, "partnerships/made-up/")
    assert it["staff"] is None
    assert it["ended"] is None
    assert it["number_of_aims"] == 0
    assert it["other_names"] == []
    Partnership.objects.update(staff=0, status="ongoing")
    it = get(client, "partnerships/made-up/")
    assert it["staff"] == 0
    assert it["ended"] == "not-applicable"


def test_functions_count_published_arrangements(db, client):
    function = ServiceFunctionFactory(slug="made-up-service")
    for publication in ("published", "published", "draft"):
        PartnershipFactory(publication=publication).functions.add(function)
    (it,) = get(client, "functions/")["results"]
    assert (it["function"], it["number_of_partnerships"]) == ("made-up-service", 2)


def test_case_studies_and_lessons_are_those_of_the_pages(registry, client):
    cases = get(client, "case-studies/")["results"]
    assert {case["partnership"] for case in cases} == {
        "ek-services",
        "aylesbury-vale-dacorum",
    }
    lessons = get(client, "lessons/")["results"]
    assert len(lessons) == 5
    for it in [*cases, *lessons]:
        assert client.get(it["page"]).status_code == 200


# ---- Refusals


@pytest.mark.parametrize(
    "path",
    ["partnerships/?statsu=ended", "councils/?natoin=wales", "functions/?pages=2"],
)
def test_a_misspelt_parameter_is_refused(db, client, path):
    body = get(client, path, 400)
    name = path.partition("?")[2].partition("=")[0]
    assert f"“{name}” is not" in body["detail"]
    assert "page" in body["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("status=over", "status"),
        ("running_on=2011-13", "running_on"),
        ("page=7", "page"),
        ("page=none", "page"),
        ("page_size=0", "page_size"),
        ("page_size=501", "page_size"),
        (f"page={LONG}", "page"),
        (f"page_size={LONG}", "page_size"),
        ("page=1&page=2", "page"),
        ("sort=size", "sort"),
        ("council=nowhere-at-all", "council"),
        ("format=xml", "request"),
    ],
)
def test_a_wrong_value_is_named_beside_its_parameter(db, client, query, parameter):
    assert parameter in get(client, f"partnerships/?{query}", 400)["errors"]


def test_an_address_of_one_record_takes_no_parameters(registry, client):
    body = get(client, "partnerships/ek-services/?status=ended", 400)
    assert "status" in body["errors"]
    assert "lang" in get(client, "openapi.json?lang=cy", 400)["errors"]


@pytest.mark.parametrize("path", ["", "nothing/", "partnerships/no-such-record/"])
def test_an_address_of_nothing_says_so(db, client, path):
    get(client, path, 404)


def test_an_address_without_its_last_slash_leads_to_the_one_with_it(db, client):
    response = client.get(f"{V1}partnerships?status=ended")
    assert response.status_code == 301
    assert response.headers["Location"] == f"{V1}partnerships/?status=ended"
    last = client.get(f"{V1}nothing", follow=True)
    assert (last.status_code, last.headers["Content-Type"]) == (404, PROBLEM)


def test_nothing_can_be_written(registry, client):
    for path in ("partnerships/", "openapi.json"):
        for method in ("post", "put", "patch", "delete"):
            response = getattr(client, method)(f"{V1}{path}")
            assert response.status_code == 405
            assert response.headers["Content-Type"] == PROBLEM


def test_another_form_is_refused(db, client):
    get(client, "partnerships/", 406, headers={"accept": "application/xml"})


def test_a_former_address_leads_on_and_a_withdrawn_record_says_so(db, client):
    record = PartnershipFactory(slug="made-up")
    FormerSlug.objects.create(slug="was-made-up", partnership=record)
    response = client.get(f"{V1}partnerships/was-made-up/")
    assert response.status_code == 301
    assert response.headers["Location"] == f"{V1}partnerships/made-up/"
    Change.objects.begin(record)
    record.publication = "withdrawn"
    record.save()
    Change.objects.record(record, reason="It was made up.")
    body = get(client, "partnerships/made-up/", 410)
    assert "It was made up." in body["detail"]
    get(client, "partnerships/was-made-up/", 410)
    assert get(client, "partnerships/")["total"] == 0


def test_who_asks_too_often_is_told_when_to_ask_again(db, client, settings):
    settings.API_REQUESTS_A_MINUTE = 2
    for _ in range(2):
        get(client, "functions/")
    response = client.get(f"{V1}functions/")
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    assert response.headers["Content-Type"] == PROBLEM
    assert client.get(f"{V1}functions/", REMOTE_ADDR="192.0.2.9").status_code == 200


# ---- Pages, caches and other sites


def test_pages_hold_each_record_once_and_keep_the_filters(registry, client):
    seen, address = [], f"{V1}partnerships/?status=ongoing&page_size=10"
    while address:
        body = client.get(address).json()
        seen += [it["slug"] for it in body["results"]]
        address = body["next"]
    rows = rows_of(client, "/partnerships.csv?status=ongoing")
    assert seen == [row["slug"] for row in rows]
    assert "status=ongoing" in body["previous"]


@pytest.mark.parametrize(
    "path", [f"{V1}partnerships/", "/partnerships.csv", "/data/datapackage.json"]
)
def test_scripts_of_other_sites_may_read_without_cookies(registry, client, path):
    response = client.get(path, headers={"origin": "https://example.org"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert not response.cookies
    page = client.get("/partnerships/", headers={"origin": "https://example.org"})
    assert "Access-Control-Allow-Origin" not in page.headers


def test_scripts_of_other_sites_may_send_an_etag_back_and_no_password(db, client):
    allowed = client.options(
        f"{V1}partnerships/",
        headers={
            "origin": "https://example.org",
            "access-control-request-method": "GET",
            "access-control-request-headers": "if-none-match",
        },
    ).headers["Access-Control-Allow-Headers"]
    assert "if-none-match" in allowed
    assert "authorization" not in allowed


@pytest.mark.parametrize(
    "path",
    ["partnerships/", "partnerships/{}/", "councils/", "successions/", "functions/"],
)
def test_queries_do_not_grow_with_the_records(db, client, path):
    def full_record():
        record = PartnershipFactory()
        record.functions.add(ServiceFunctionFactory())
        source = SourceFactory(partnership=record)
        for factory in (MembershipFactory, AimFactory, OutcomeFactory):
            factory(partnership=record).sources.add(source)
        return record

    def used():
        with CaptureQueriesContext(connection) as queries:
            get(client, path.format(record.slug))
        return len(queries)

    record = full_record()
    few = used()
    for _ in range(3):
        full_record()
        MembershipFactory(partnership=record)
        OutcomeFactory(partnership=record)
    assert used() == few


# ---- Its description


@pytest.fixture
def openapi(db):
    return json.loads(json.dumps(description()))


def test_the_description_is_valid_openapi(client, openapi):
    validate(openapi)
    assert openapi["openapi"] == "3.1.0"
    assert (
        client.get(f"{V1}openapi.json").json()["paths"].keys()
        == openapi["paths"].keys()
    )


def test_the_description_is_made_without_a_warning(db, tmp_path):
    call_command("spectacular", fail_on_warn=True, file=str(tmp_path / "openapi.yaml"))


def test_the_description_and_the_page_say_what_a_parameter_takes(client, openapi):
    operation = openapi["paths"][f"{V1}partnerships/"]["get"]
    by_name = {it["name"]: it for it in operation["parameters"]}
    assert "2013-06-05" in by_name["as_at"]["description"]
    page = client.get("/api/docs/").text
    assert "Results on a page; 100 if not given." in page
    assert "1 to 500" in page
    assert "A year, month or day, such as 2013 or 2013-06-05." in page
    assert "Several values of one filter mean any of them" in page


def test_the_description_declares_every_status(openapi):
    for path, methods in openapi["paths"].items():
        answers = methods["get"]["responses"]
        moved = {"301"} if path.startswith(f"{V1}partnerships/{{") else set()
        assert {*answers} == {
            *("200", "304", "400", "404", "405", "406", "410", "429"),
            *moved,
        }
        assert "content" not in answers["304"]
        assert "Retry-After" in answers["429"]["headers"]


def test_the_description_declares_every_filter_and_column(openapi):
    operation = openapi["paths"][f"{V1}partnerships/"]["get"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert names == {*PartnershipFilter().form.fields, "page", "page_size"}
    schema = openapi["components"]["schemas"]["Partnership"]["properties"]
    assert [*schema] == [column.name for column in PARTNERSHIPS.columns]


def test_the_documentation_shows_each_operation_with_an_example(
    registry, client, openapi
):
    page = client.get("/api/docs/").text
    for path in openapi["paths"]:
        assert f"GET {path}" in page
    for operation in operations():
        assert client.get(operation["example"]).status_code == 200
        assert f'href="{operation["example"]}"' in page.replace("&amp;", "&")
