"""What caches may keep: until the registry changes, whoever changes it."""

import gzip
import json
import os
import subprocess
import sys
from contextvars import Context
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from councils import caching
from councils.versions import kept, reading, version
from partnerships.models import Partnership
from tests.conftest import OUR_APPS, ROOT, new_database
from tests.factories import (
    CaseStudyFactory,
    CouncilFactory,
    LessonFactory,
    MembershipFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
)

PAGES = [
    "/",
    "/partnerships/",
    "/partnerships/?status=ongoing&sort=-started",
    "/partnerships/made-up/",
    "/partnerships/made-up/history/",
    "/partnerships/map/",
    "/partnerships.csv",
    "/partnerships.csv?excel=yes",
    "/memberships.csv",
    "/partnerships.xlsx",
    "/partnerships.atom",
    "/data/",
    "/data/dictionary/",
    "/data/datapackage.json",
    "/data/registry.zip",
    "/numbers/",
    "/councils/",
    "/councils/made-up/",
    "/councils.csv",
    "/reorganisation/",
    "/case-studies/",
    "/lessons/",
    "/delivery-models/",
    "/api/docs/",
    "/api/v1/partnerships/",
    "/api/v1/partnerships/made-up/",
    "/api/v1/councils/",
    "/reconcile/",
    "/accessibility/",
    "/sitemap.xml",
]


@pytest.fixture
def records(transactional_db):
    """Made-up records of a registry that has been as it is for an hour."""
    call_command("migrate", verbosity=0)  # what was flushed before had no triggers
    council = CouncilFactory(slug="made-up")
    record = PartnershipFactory(slug="made-up")
    MembershipFactory(partnership=record, council=council)
    record.functions.add(ServiceFunctionFactory())
    CaseStudyFactory(partnership=record)
    LessonFactory()
    let_time_pass()
    return record


def let_time_pass():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_version SET changed = changed - 3600")


@pytest.fixture(autouse=True)
def started_long_ago(monkeypatch):
    monkeypatch.setattr(caching, "STARTED", caching.STARTED - 86400)
    monkeypatch.setattr(caching, "pages", caching.Pages(most_bytes=0))


def body(response) -> bytes:
    return response.getvalue() if response.streaming else response.content


def test_an_unchanged_answer_is_not_made_again(records, client):
    for staff, page in enumerate(PAGES):
        let_time_pass()
        check_that_it_is_kept_until_a_change(client, page, staff)


def check_that_it_is_kept_until_a_change(client, page, staff):
    first = client.get(page)
    assert first.status_code == 200, page
    assert first.headers["Cache-Control"] == "public, no-cache", page
    tag = first.headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        again = client.get(page, headers={"if-none-match": tag})
    assert (again.status_code, body(again)) == (304, b""), page
    assert len(queries) == 1
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    since = first.headers["Last-Modified"]
    assert client.get(page, headers={"if-modified-since": since}).status_code == 304
    # The same bytes as long as it has the same name.
    assert body(client.get(page)) == body(first), page

    Partnership.objects.update(staff=staff)
    changed = client.get(page, headers={"if-none-match": tag})
    assert changed.status_code == 200, page
    assert changed.headers["ETag"] != tag, page
    # Of the second in which it changed nothing is said: more may happen in it.
    assert "Last-Modified" not in changed.headers


def test_a_process_keeps_the_page_that_it_made(records, client, monkeypatch):
    monkeypatch.setattr(caching, "pages", caching.Pages(most_bytes=10**6))
    pages = ("/partnerships/", "/partnerships/made-up/", "/councils/")
    for page in (*pages, "/api/v1/partnerships/"):
        first = client.get(page)
        with CaptureQueriesContext(connection) as queries:
            again = client.get(page)
        assert len(queries) == 1
        assert body(again) == body(first)
        assert dict(again.headers) == dict(first.headers)
        Partnership.objects.update(name=f"Made-up and seen on {page}")
        assert body(client.get("/partnerships/")).count(page.encode())


def test_a_kept_answer_of_the_api_is_no_other_kinds(records, client, monkeypatch):
    monkeypatch.setattr(caching, "pages", caching.Pages(most_bytes=10**6))
    for _ in range(2):
        assert client.get("/api/v1/councils/").status_code == 200
        refused = client.get("/api/v1/councils/", headers={"accept": "text/html"})
        assert refused.status_code == 406


def test_only_answers_that_took_work_count_against_a_limit(
    records, client, monkeypatch, settings
):
    monkeypatch.setattr(caching, "pages", caching.Pages(most_bytes=10**6))
    settings.API_REQUESTS_A_MINUTE = 1
    sender = {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(3):
        assert client.get("/api/v1/councils/", **sender).status_code == 200
    assert client.get("/api/v1/functions/", **sender).status_code == 429
    assert client.get("/api/v1/functions/", **sender).status_code == 429


def test_no_more_is_kept_than_was_said(records, client, monkeypatch):
    pages = caching.Pages(most_bytes=1_000_000)
    monkeypatch.setattr(caching, "pages", pages)
    for number in range(40):
        client.get(f"/partnerships/?q=nothing-like-{number}")
    assert 0 < pages.bytes <= 1_000_000
    # Short answers weigh what is kept around them, names as long as their words.
    names = [(number, "a" * 1000) for number in range(400)]
    for name in names:
        pages.keep(name, HttpResponse(b"short"))
    assert 0 < sum(pages.get(name) is not None for name in names) < 200
    pages.keep(("long",), HttpResponse(b"." * 200_000))
    assert pages.get(("long",)) is None


def test_each_address_has_a_name_of_its_own(records, client):
    tags = [client.get(page).headers["ETag"] for page in PAGES]
    assert len({*tags}) == len(PAGES)
    other = client.get("/partnerships/", headers={"if-none-match": tags[0]})
    assert other.status_code == 200


def test_a_page_is_another_tomorrow_and_after_an_update(records, client, monkeypatch):
    tag = client.get("/councils/").headers["ETag"]
    tomorrow = timezone.localdate() + timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "localdate", lambda *_: tomorrow)
        assert client.get("/councils/").headers["ETag"] != tag
    assert client.get("/councils/").headers["ETag"] == tag
    caching.build.cache_clear()
    monkeypatch.setenv("OPERATOR", "Made-up Council")
    assert client.get("/councils/").headers["ETag"] != tag


def test_last_modified_is_when_the_registry_changed(records, client):
    day = timezone.localtime() - timedelta(hours=1)
    said = parsedate_to_datetime(client.get("/councils/").headers["Last-Modified"])
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    assert abs(said - max(day, midnight)) < timedelta(minutes=5)


@pytest.mark.parametrize(
    "page", ["/partnerships/nowhere/", "/partnerships/?statsu=x", "/nowhere/"]
)
def test_a_refusal_is_asked_for_each_time(records, client, page):
    response = client.get(page)
    assert response.status_code in (400, 404)
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert "ETag" not in response.headers


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("/partnerships/?statuss=ended", 400),
        ("/partnerships.csv?statuss=ended", 400),
        ("/partnerships.csv?status=finished", 400),
        ("/api/v1/partnerships/?statuss=ended", 400),
        ("/partnerships/nothing-like-it/", 404),
        ("/no-such-page/", 404),
        ("/partnerships/made-up", 301),
    ],
)
@pytest.mark.parametrize("name", ["if-modified-since", "if-none-match"])
def test_what_was_never_answered_is_not_unchanged(records, client, page, status, name):
    let_time_pass()
    asked = {"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT", "if-none-match": "*"}
    answer = client.get(page, headers={name: asked[name]})
    assert answer.status_code == status


def test_what_is_public_is_compressed_and_nothing_else(records, client):
    asked = {"accept-encoding": "gzip"}
    for page in ("/partnerships/", "/partnerships.csv", "/data/registry.zip"):
        plain, packed = client.get(page), client.get(page, headers=asked)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body(packed)) == body(plain)
        assert packed.headers["ETag"] == plain.headers["ETag"]
        for response in (plain, packed):
            assert "Accept-Encoding" in response.headers["Vary"]
        tag = packed.headers["ETag"]
        again = client.get(page, headers={**asked, "if-none-match": tag})
        assert again.status_code == 304
        assert "Accept-Encoding" in again.headers["Vary"]
    for page in ("/report/", "/admin/login/", "/healthz"):
        response = client.get(page, headers=asked)
        assert response.status_code == 200
        assert "Content-Encoding" not in response.headers


# ---- Nothing of anybody's own


@pytest.mark.parametrize(
    "page", ["/admin/", "/admin/login/", "/report/", "/partnerships/made-up/report/"]
)
def test_what_is_somebodys_own_may_not_be_kept(records, admin_client, client, page):
    for reader in (client, admin_client):
        response = reader.get(page, follow=True)
        said = response.headers["Cache-Control"]
        assert "private" in said
        assert "public" not in said
        assert "ETag" not in response.headers


def test_an_editor_gets_what_every_reader_gets(records, admin_client, client):
    for page in PAGES:
        theirs, ours = admin_client.get(page), client.get(page)
        assert theirs.headers["ETag"] == ours.headers["ETag"]
        assert "cookie" not in theirs.headers.get("Vary", "").lower()
        assert not theirs.cookies
        assert body(theirs) == body(ours), page


# ---- Whoever writes


def test_every_table_that_readers_see_is_watched(records):
    unread = {"Suggestion", "ReportCount"}
    for app in OUR_APPS:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            is_watched = model.__name__ not in unread
            assert has_triggers(model._meta.db_table) == is_watched, model


def has_triggers(table: str) -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass"
                " AND tgname IN ('registry_changed', 'registry_emptied')",
                [table],
            )
            return cursor.fetchone()[0] == 2
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
            " AND tbl_name = %s AND sql LIKE '%%registry_version%%'",
            [table],
        )
        return cursor.fetchone()[0] == 3


def by_saving(record):
    record.staff = 7
    record.save()


def by_updating(record):
    Partnership.objects.update(staff=8)


def by_many_rows(record):
    Partnership.objects.bulk_create(
        [PartnershipFactory.build(), PartnershipFactory.build()]
    )


def by_a_relation(record):
    record.functions.clear()


def by_deleting(record):
    record.memberships.all().delete()


def by_hand(record):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partnerships_partnership SET staff = 9")


def by_loading(record):
    rows = serializers.serialize("json", [record])
    file = ROOT / f"made-up-{os.getpid()}.json"
    file.write_text(rows)
    try:
        call_command("loaddata", file, verbosity=0)
    finally:
        file.unlink()


def by_migrating(record):
    call_command("migrate", verbosity=0)


@pytest.mark.parametrize(
    "write",
    [
        by_saving,
        by_updating,
        by_many_rows,
        by_a_relation,
        by_deleting,
        by_hand,
        by_loading,
        by_migrating,
    ],
    ids=lambda write: write.__name__,
)
def test_whoever_writes_makes_a_new_version(records, write):
    before = version()
    write(records)
    after = version()
    assert after.token != before.token
    assert 0 <= after.age < 60
    assert version() == after or version().age > after.age


def test_what_is_rolled_back_was_never_a_version(records):
    before = version().token
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        records.staff = 5
        records.save()
        raise ZeroDivisionError
    assert version().token == before


def test_inside_a_transaction_nothing_is_kept(records):
    with transaction.atomic():
        assert version() is None


# ---- What a process keeps


def test_a_result_is_kept_until_the_registry_changes(records):
    made = []

    @kept
    def number_of_records():
        made.append(1)
        return Partnership.objects.count()

    assert [number_of_records() for _ in range(3)] == [1, 1, 1]
    assert len(made) == 1
    PartnershipFactory()
    assert number_of_records() == 2
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        PartnershipFactory()
        assert number_of_records() == 3
        raise ZeroDivisionError
    assert number_of_records() == 2


def test_a_page_asks_once_which_state_it_is_of(records, client, monkeypatch):
    monkeypatch.setattr(caching.pages, "most_bytes", 0)
    for _ in range(2):  # the first one builds what is kept
        with CaptureQueriesContext(connection) as queries:
            client.get("/partnerships/")
    asked = [it["sql"] for it in queries if "registry_version" in it["sql"]]
    assert len(asked) == 1


def test_whoever_began_before_a_change_takes_what_is_kept_since(records):
    made = []

    @kept
    def number_of_records():
        made.append(1)
        return Partnership.objects.count()

    with reading(version()):
        PartnershipFactory()
        assert Context().run(number_of_records) == 2
        assert number_of_records() == 2
        assert number_of_records.if_there() is None
    assert number_of_records() == 2
    assert len(made) == 1


def test_what_is_built_of_something_kept_is_no_older_than_its_name(records):
    @kept
    def number_of_records():
        return Partnership.objects.count()

    @kept
    def in_words():
        return f"{number_of_records()} records"

    with reading(version()):
        assert number_of_records() == 1
        PartnershipFactory()
        assert in_words() == "2 records"
    assert in_words() == "2 records"


WRITE = """
from partnerships.models import Partnership
Partnership.objects.update(staff=31)
"""
SERVE = """
import json, sys
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
client = Client()
for line in sys.stdin:
    page, tag = json.loads(line)
    response = client.get(page, headers={"if-none-match": tag} if tag else {})
    text = response.content.decode()
    print(json.dumps([response.status_code, response.headers["ETag"], text]))
    sys.stdout.flush()
"""
MAKE = """
from tests.factories import PartnershipFactory
PartnershipFactory(slug="made-up", staff=12)
"""


def test_another_process_sees_a_change_at_once(tmp_path):
    databases = new_database(tmp_path)
    env = os.environ | {
        "DATABASE_URL": next(databases),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    def start(*arguments, **pipes):
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=env,
            text=True,
            **pipes,
        )

    def run(*arguments):
        assert start(*arguments, "--verbosity=0").wait() == 0

    run("migrate")
    run("shell", "-c", MAKE)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    page = "/api/v1/partnerships/made-up/"
    with start("shell", "--verbosity=0", "-c", SERVE, **pipes) as server:

        def get(tag=""):
            server.stdin.write(json.dumps([page, tag]) + "\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())

        status, tag, text = get()
        assert (status, json.loads(text)["staff"]) == (200, 12)
        assert get(tag)[0] == 304
        run("shell", "-c", WRITE)
        status, other, text = get(tag)
        assert (status, json.loads(text)["staff"]) == (200, 31)
        assert other != tag
        server.stdin.close()
        assert server.wait() == 0
    next(databases, None)
