"""Councils are matched as a person would, by the W3C's reconciliation protocol."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema import validate

from councils.reconciling import Names
from partnerships.models import Membership

SERVICE = "/reconcile/"
TEXT = {"type": "string"}
TYPES = {
    "type": "array",
    "items": {"type": "object", "required": ["id"], "properties": {"id": TEXT}},
}
# What version 0.2 of the specification asks of each answer.
CANDIDATES = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "name", "score"],
                    "properties": {
                        "id": TEXT,
                        "name": TEXT,
                        "description": TEXT,
                        "score": {"type": "number"},
                        "match": {"type": "boolean"},
                        "type": TYPES,
                    },
                },
            }
        },
    },
}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": TEXT,
        "schemaSpace": TEXT,
        "documentation": TEXT,
        "defaultTypes": TYPES,
        "view": {
            "type": "object",
            "required": ["url"],
            "properties": {"url": {"type": "string", "pattern": r"\{\{id\}\}"}},
        },
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {
                "url": {"type": "string", "pattern": r"\{\{id\}\}"},
                "width": {"type": "integer"},
                "height": {"type": "integer"},
            },
        },
        "suggest": {"type": "object"},
        "extend": {"type": "object"},
    },
}
INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"


def only(name, kind, *more):
    return {
        "type": "object",
        "required": [name, *more],
        "additionalProperties": False,
        "properties": {name: kind, **dict.fromkeys(more, TEXT)},
    }


EXTENSION = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {
            "type": "array",
            "items": {"type": "object", "required": ["id", "name"]},
        },
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {
                        "oneOf": [
                            only("str", TEXT),
                            only("int", {"type": "integer"}),
                            only("float", {"type": "number"}),
                            only("date", {"type": "string", "pattern": INSTANT}),
                            only("id", TEXT, "name"),
                        ]
                    },
                },
            },
        },
    },
}
SUGGESTED = {
    "type": "object",
    "required": ["result"],
    "properties": {
        "result": {
            "type": "array",
            "items": {"type": "object", "required": ["id", "name"]},
        }
    },
}


@pytest.fixture
def names(registry):
    return Names()


def ask(client, queries, method="post"):
    response = getattr(client, method)(SERVICE, {"queries": json.dumps(queries)})
    assert response.status_code == 200, response.content
    validate(response.json(), CANDIDATES)
    return response.json()


def best(names, text, **more):
    found = names.candidates(text, **more)
    return (found[0].council.slug, found[0].is_certain) if found else None


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Aylesbury Vale District Council", "aylesbury-vale"),
        ("Aylesbury Vale DC", "aylesbury-vale"),
        ("  DACORUM  borough council", "dacorum"),
        ("London Borough of Camden", "camden"),
        ("LB Camden", "camden"),
        ("Hammersmith & Fulham", "hammersmith-and-fulham"),
        ("Royal Borough of Windsor and Maidenhead", "windsor-and-maidenhead"),
        ("Cyngor Gwynedd", "gwynedd"),
        ("Ynys Mon", "isle-of-anglesey"),
        ("Shepway", "folkestone-hythe"),
        ("City of Bristol", "bristol"),
        ("City of London", "city-of-london"),
        ("Buckinghamshire County Council", "buckinghamshire-county-council"),
        ("Buckinghamshire Council", "buckinghamshire"),
        ("E07000004", "aylesbury-vale"),
        ("e07000099", "north-hertfordshire"),
        ("dacorum", "dacorum"),
    ],
)
def test_a_name_or_code_that_means_one_council_matches_it(names, text, slug):
    assert best(names, text) == (slug, True)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Dacorm", "dacorum"),
        ("Kings Lynn", "kings-lynn-and-west-norfolk"),
        ("Ailesbury Vale", "aylesbury-vale"),
        ("Buckinghamshire", "buckinghamshire"),
    ],
)
def test_a_slip_or_a_name_of_several_is_left_to_a_person(names, text, slug):
    assert best(names, text) == (slug, False)


@pytest.mark.parametrize("text", ["", "Council", "the council of", "Zzyzx", "?!"])
def test_what_means_no_council_matches_none(names, text):
    assert best(names, text) is None


def test_the_members_of_the_records_are_found_as_they_are_spelt(names):
    """Every official, short and other name of every member of the 37."""
    wrong, certain, asked = [], 0, 0
    for member in Membership.objects.select_related("council"):
        council = names.councils[member.council.slug]
        others = map(str, council.other_names.all())
        for text in {council.name, council.short_name, *others}:
            asked += 1
            slug, is_certain = best(names, text)
            certain += is_certain
            if slug != council.slug:
                wrong.append(text)
                # The county and the council that took its name are both "Dorset".
                assert not is_certain
    assert sorted(wrong) == ["Dorset", "Somerset"]
    assert certain / asked > 0.98


def test_types_and_properties_decide_between_councils_of_one_name(names):
    assert best(names, "Buckinghamshire", types=["county"]) == (
        "buckinghamshire-county-council",
        True,
    )
    found = names.candidates(
        "Buckinghamshire", properties=[("gss_code", ["E06000060"])]
    )
    assert found[0].council.slug == "buckinghamshire"
    assert found[0].is_certain
    contradicted = names.candidates("Dacorum", properties=[("nation", ["wales"])])
    assert (contradicted[0].score, contradicted[0].is_certain) == (75, False)
    agreed = names.candidates("Dacorum", properties=[("nation", ["England"])])
    assert agreed[0].is_certain


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_batch_is_answered_by_its_names(registry, client, method):
    asked = {
        "q0": {"query": "Aylesbury Vale"},
        "q1": {"query": "Buckinghamshire", "type": "county", "limit": 1},
        "q2": {"properties": [{"pid": "gss_code", "v": "E07000096"}]},
        "q3": {"query": "Zzyzx"},
    }
    found = ask(client, asked, method)
    assert [*found] == [*asked]
    assert found["q0"]["result"][0]["description"] == (
        "Non-metropolitan district, South East; abolished 31 March 2020, now"
        " Buckinghamshire Council"
    )
    assert [it["id"] for it in found["q1"]["result"]] == [
        "buckinghamshire-county-council"
    ]
    assert found["q2"]["result"][0]["id"] == "dacorum"
    assert found["q3"]["result"] == []


def test_a_batch_costs_the_same_queries_however_long(registry, client):
    def used(number):
        with CaptureQueriesContext(connection) as queries:
            ask(client, {f"q{n}": {"query": "Dacorum"} for n in range(number)})
        return len(queries)

    assert used(1) == used(50)


def test_tools_may_ask_without_a_token_from_any_site(registry):
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        SERVICE,
        {"queries": json.dumps({"q0": {"query": "Dacorum"}})},
        headers={"origin": "https://example.org"},
    )
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies


@pytest.mark.parametrize(
    ("queries", "status"),
    [
        ("no json", 400),
        ("[]", 400),
        ('{"q0": 1}', 400),
        ('{"q0": {}}', 400),
        ('{"q0": {"query": 5}}', 400),
        ('{"q0": {"query": "a", "limit": 0}}', 400),
        ('{"q0": {"query": "a", "type": "city"}}', 400),
        ('{"q0": {"query": "a", "properties": 1}}', 400),
        (json.dumps({f"q{n}": {"query": "a"} for n in range(51)}), 413),
        ("[" * 100_000, 400),
        (json.dumps({"q0": {"query": "a" * 201}}), 400),
        (json.dumps({"q0": {"query": "\0 \ud800"}}), 200),
        (json.dumps({"\0 \ud800": {"query": "a"}}), 200),
    ],
)
def test_what_cannot_be_answered_says_why(registry, client, queries, status):
    response = client.post(SERVICE, {"queries": queries})
    assert response.status_code == status
    if status != 200:
        assert response.json()["message"].endswith(".")


def test_an_unknown_parameter_is_refused(registry, client):
    response = client.get(SERVICE, {"querys": "{}"})
    assert response.status_code == 400
    assert "“querys” is not known here" in response.json()["message"]


# ---- The rest of the protocol


def test_the_manifest_leads_to_every_service(registry, client):
    manifest = client.get(SERVICE).json()
    validate(manifest, MANIFEST)
    for name in ("view", "preview"):
        address = manifest[name]["url"].replace("{{id}}", "dacorum")
        assert client.get(address.removeprefix("http://testserver")).status_code == 200
    for service in manifest["suggest"].values():
        assert service["service_url"] == "http://testserver"
        found = client.get(service["service_path"], {"prefix": "d"}).json()
        validate(found, SUGGESTED)
        assert found["result"]
    proposal = manifest["extend"]["propose_properties"]
    proposed = client.get(proposal["service_path"], {"type": "council", "limit": 3})
    assert len(proposed.json()["properties"]) == 3
    long = client.get(proposal["service_path"], {"limit": "9" * 5000})
    assert len(long.json()["properties"]) > 3


def test_a_script_of_another_site_gets_what_it_can_call(registry, client):
    response = client.get(SERVICE, {"callback": "tool.take"})
    assert response.headers["Content-Type"].startswith("application/javascript")
    text = response.content.decode()
    assert text.startswith("/**/tool.take({")
    assert text.endswith(");")
    for callback in ("alert(1)//", "a b", "<script>"):
        refused = client.get(SERVICE, {"callback": callback})
        assert refused.status_code == 400
        assert callback not in refused.content.decode()


def test_matched_councils_are_given_their_facts(registry, client):
    asked = {
        "ids": ["aylesbury-vale", "no-such-council"],
        "properties": [
            {"id": name}
            for name in ("gss_code", "ended", "successors", "latitude", "name_cy")
        ],
    }
    found = client.get(SERVICE, {"extend": json.dumps(asked)}).json()
    validate(found, EXTENSION)
    row = found["rows"]["aylesbury-vale"]
    assert row["gss_code"] == [{"str": "E07000004"}]
    assert row["ended"] == [{"date": "2020-03-31T00:00:00Z"}]
    heir = {"id": "buckinghamshire", "name": "Buckinghamshire Council"}
    assert row["successors"] == [heir]
    assert row["name_cy"] == []
    assert found["rows"]["no-such-council"]["gss_code"] == []
    strange = json.dumps({**asked, "ids": ["\0", "\ud800"]})
    rows = client.get(SERVICE, {"extend": strange}).json()["rows"]
    assert [row["ended"] for row in rows.values()] == [[], []]
    asked["properties"] = [{"id": "colour"}]
    refused = client.get(SERVICE, {"extend": json.dumps(asked)})
    assert refused.status_code == 400
    assert "gss_code" in refused.json()["message"]


def test_the_preview_may_stand_in_a_frame_and_no_other_page(registry, client):
    preview = client.get("/reconcile/preview/aylesbury-vale/")
    assert "now Buckinghamshire Council" in preview.text
    assert "X-Frame-Options" not in preview.headers
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]
    page = client.get("/councils/aylesbury-vale/")
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
