"""One ZIP of all tables, and releases that stay as they were."""

import hashlib
import io
import sqlite3
import zipfile
import zlib
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from councils.models import Council
from partnerships.archive import Written
from partnerships.archive import readme as readme_of
from partnerships.data_views import address_of
from partnerships.dictionary import TABLES
from partnerships.long_tables import LONG_TABLES
from partnerships.models import Change, Partnership, Release
from partnerships.releasing import Kind, Line, compared, next_number
from partnerships.snapshots import ALIAS, reading, snapshot_of_published
from tests.brute_force import OFFERED
from tests.factories import MembershipFactory, OutcomeFactory, PartnershipFactory

OLD = "/data/1.0.0/registry.zip"
NEW = "/data/registry.zip"
QUERIES = [
    "",
    "?status=ended&sort=-members",
    "?council=buckinghamshire",
    "?running_on=2012-06",
    "?q=ict&nation=england&result=expected",
]


def zip_of(client, address) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.content


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def release() -> str:
    told = io.StringIO()
    call_command("release", stdout=told)
    return told.getvalue()


def record(partnership, reason):
    Change.objects.record(partnership, reason=reason)


# ---- One ZIP


@settings(max_examples=12)
@given(
    chosen=st.dictionaries(
        st.sampled_from(["status", "relationship", "nation", "benefit", "running_on"]),
        st.integers(0, 50),
        max_size=3,
    ),
    sort=st.sampled_from(["", "-name", "-members", "evidence"]),
)
def test_the_zip_holds_what_each_file_of_the_list_holds(registry, client, chosen, sort):
    """Of today and of a release without changes since: the filters mean the same."""
    offered = {**OFFERED, "running_on": ["2012", "2013-06-05", "1999"]}
    pairs = [
        f"{name}={offered[name][n % len(offered[name])]}" for name, n in chosen.items()
    ]
    query = "?" + "&".join([*pairs, f"sort={sort}"])
    found = [files_of(zip_of(client, f"{address}{query}")) for address in (NEW, OLD)]
    for table in TABLES:
        asked = query if table.name in {"partnerships", *NAMES_OF_LONG} else ""
        expected = client.get(f"{address_of(table)}{asked}").getvalue()
        for files in found:
            assert files[table.file_name] == expected, table.name


@pytest.mark.parametrize("query", ["?as_at=2013-06-05", "?as_at=2019-04-01&q=suffolk"])
def test_the_zip_is_as_at_a_day_and_a_release_says_that_it_cannot(
    registry, client, query
):
    files = files_of(zip_of(client, f"{NEW}{query}"))
    for table in TABLES:
        asked = query if table.name in {"partnerships", *NAMES_OF_LONG} else ""
        expected = client.get(f"{address_of(table)}{asked}").getvalue()
        assert files[table.file_name] == expected, table.name
    refused = client.get(f"{OLD}{query}")
    assert refused.status_code == 400
    assert "as_at: A release keeps its cells as they were" in refused.text


NAMES_OF_LONG = {table.name for table in LONG_TABLES}


def test_a_misspelt_filter_is_refused(registry, client):
    response = client.get(f"{OLD}?statsu=ended")
    assert response.status_code == 400
    assert "Did you mean “status”?" in response.text


@pytest.mark.parametrize("page", ["?page=2", "?excel=yes"])
def test_a_release_has_no_pages(registry, client, page):
    assert client.get(f"{OLD}{page}").status_code == 400


def test_a_release_that_was_never_made_is_not_found(registry, client):
    for number in ("9.9.9", "%00", "latest", "1.0.0%0A"):
        assert client.get(f"/data/{number}/registry.zip").status_code == 404


def test_queries_do_not_grow_with_the_records(db, client):
    def used():
        with CaptureQueriesContext(connection) as queries:
            zip_of(client, NEW)
        return len(queries)

    def more(number):
        for _ in range(number):
            partnership = PartnershipFactory()
            MembershipFactory(partnership=partnership)
            OutcomeFactory(partnership=partnership)

    more(2)
    few = used()
    more(4)
    assert used() == few


# ---- Releases


def test_one_number_is_one_state_of_the_data(registry, client):
    def named():
        return client.get(NEW).headers["Content-Disposition"]

    assert 'filename="registry-1.0.0.zip"' in named()
    first = zip_of(client, NEW)
    Partnership.objects.filter(slug="ek-services").update(staff=1)
    changed = named()
    assert "registry-1.0.0+" in changed
    Partnership.objects.filter(slug="ek-services").update(staff=2)
    assert named() not in ("registry-1.0.0.zip", changed)
    assert "Made release 1.0.1" in release()
    assert 'filename="registry-1.0.1.zip"' in named()
    assert zip_of(client, NEW) != first


def test_a_release_stays_as_it_was_and_so_do_its_answers(registry, client):
    """After edits, a rename, a withdrawal, new records and councils that change."""
    before = [zip_of(client, f"{OLD}{query}") for query in QUERIES]
    assert b"ek-services" in before[0]
    Partnership.objects.filter(slug="ek-services").update(publication="withdrawn")
    Partnership.objects.filter(slug="aylesbury-vale-dacorum").update(
        slug="made-up-slug", status="ongoing", started="1990", ended=None
    )
    Council.objects.filter(slug="buckinghamshire").update(slug="made-up-council")
    PartnershipFactory(name="Pretend sharing", status="ended")
    assert [zip_of(client, f"{OLD}{query}") for query in QUERIES] == before
    assert b"ek-services" not in files_of(zip_of(client, NEW))["partnerships.csv"]
    release()
    assert [zip_of(client, f"{OLD}{query}") for query in QUERIES] == before


def test_the_checksum_on_the_page_is_the_file_s(registry, client):
    made = Release.objects.get()
    content = zip_of(client, OLD)
    assert hashlib.sha256(content).hexdigest() == made.checksum
    assert len(content) == made.size
    page = client.get("/data/").text
    assert made.checksum in page
    assert f'href="{OLD}"' in page
    assert "37 arrangements, 499 councils." in page


def test_the_form_of_a_zip_is_this(registry, client):
    """Whoever changes it changes checksums that readers have written down."""
    with zipfile.ZipFile(io.BytesIO(zip_of(client, OLD))) as archive:
        names = [*(table.file_name for table in TABLES), "dictionary.csv"]
        others = ["datapackage.json", "LICENCE.txt", "README.txt", "SHA256SUMS"]
        assert archive.namelist() == sorted([*names, *others])
        for member in archive.infolist():
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert (member.compress_type, member.create_system) == (0, 3)
        readme = archive.read("README.txt").decode()
    assert "Data: 1.0.0\nDate of the data: " in readme
    assert f"Address: {OLD}\n" in readme
    table = Written("made-up.csv", b"", 2)
    text = readme_of("1.0.0", [table], OLD, [("Status", "Ended")], "2013")
    assert (
        hashlib.sha256(text.encode()).hexdigest()
        == "f1322807c6a65d880052787a3c3f6c52619c087d2d5b99da93141d82276b35ff"
    )


def test_a_release_says_what_changed_and_why(registry, client):
    ek = Partnership.objects.get(slug="ek-services")
    Change.objects.begin(ek)
    Partnership.objects.filter(pk=ek.pk).update(staff=321)
    record(ek, "The accounts say so.")
    Partnership.objects.filter(slug="aylesbury-vale-dacorum").update(
        publication="withdrawn"
    )
    PartnershipFactory(slug="pretend-sharing", name="Pretend sharing")
    PartnershipFactory(slug="pretend-draft", publication="draft")
    told = release()
    assert "Made release 1.1.0" in told
    assert "changed: partnerships: ek-services, staff: " in told
    assert "→ “321”" in told
    assert "added: partnerships: pretend-sharing\n" in told
    assert "removed: partnerships: aylesbury-vale-dacorum\n" in told
    assert f"reason: {ek.name}, " in told
    assert "The accounts say so." in told
    assert "pretend-draft" not in told
    page = client.get("/data/").text
    assert "The accounts say so." in page
    assert "Nothing has changed since 1.1.0" in release()
    assert Release.objects.count() == 2


@pytest.mark.parametrize(
    ("kinds", "number"),
    [
        ([Kind.CHANGED, Kind.REASON, Kind.REMOVED], "1.4.3"),
        ([Kind.CHANGED, Kind.ADDED], "1.5.0"),
        ([Kind.COLUMN_ADDED], "1.5.0"),
        ([Kind.ADDED, Kind.COLUMN_REMOVED], "2.0.0"),
    ],
)
def test_the_gravest_change_gives_the_number(kinds, number):
    assert next_number("1.4.2", [Line(kind, "") for kind in kinds]) == number


def test_columns_that_come_and_go_are_told():
    before = [["council", "made_up", "name"], ["a", "1", "A"], ["b", "1", "B"]]
    after = [["council", "name", "new"], ["b", "Bee", "2"], ["c", "C", "2"]]
    found = [tuple(line) for line in compared("made-up", before, after)]
    assert (Kind.COLUMN_REMOVED, "made-up: made_up") in found
    assert (Kind.COLUMN_ADDED, "made-up: new") in found


# ---- Snapshots


def test_an_old_database_is_brought_to_the_code_s_version(registry, client):
    """As after a change of the models: here a migration that is missing from it."""
    made = Release.objects.get()
    before = zip_of(client, f"{OLD}?council=dacorum")
    content = zlib.decompress(bytes(made.snapshot))
    old = sqlite_of(content)
    # What 0006 and 0007 of this app made, and what followed from them.
    for table in ("partnerships_release", "partnerships_merger"):
        old.execute(f"DROP TABLE {table}")
    old.execute(
        "DELETE FROM django_migrations WHERE (app = 'partnerships' AND name >= '0006')"
        " OR (app = 'briefings' AND name >= '0004')"
    )
    old.commit()
    made.snapshot = zlib.compress(old.serialize())
    made.save()
    assert zip_of(client, f"{OLD}?council=dacorum") == before
    with reading(made.snapshot):
        assert not Release.objects.exists()  # its table is there again


def sqlite_of(content):
    database = sqlite3.connect(":memory:")
    database.deserialize(content)
    return database


def test_reading_ends_with_its_block(registry):
    made = Release.objects.get()
    Partnership.objects.filter(slug="ek-services").update(name="Renamed")
    with reading(bytes(made.snapshot)):
        assert Partnership.objects.get(slug="ek-services").name != "Renamed"
    assert Partnership.objects.get(slug="ek-services").name == "Renamed"
    with pytest.raises(ZeroDivisionError), reading(bytes(made.snapshot)):
        1 / 0  # noqa: B018
    assert Partnership.objects.get(slug="ek-services").name == "Renamed"
    assert ALIAS not in connections.settings


def test_a_snapshot_holds_nothing_that_readers_do_not_see(registry, django_user_model):
    editor = django_user_model.objects.create_user("pretend-editor")
    seen = PartnershipFactory(name="Pretend seen")
    Change.objects.record(seen, reason="Published.", by=editor)
    hidden = PartnershipFactory(name="Zzyzxford", publication="draft")
    MembershipFactory(partnership=hidden)
    Change.objects.record(hidden, reason="Zzyzxford written.", by=editor)
    content = zlib.decompress(snapshot_of_published())
    assert b"Pretend seen" in content
    assert b"Zzyzxford" not in content
    assert b"pretend-editor" not in content
    with reading(zlib.compress(content)):
        assert [*Change.objects.values_list("by", flat=True)] == [None]


def test_the_day_of_a_release_is_on_the_page(registry, client):
    made = Release.objects.get().made.date()
    assert f"{made.day} {made:%B %Y}" in client.get("/data/").text
    assert made <= date.today()
