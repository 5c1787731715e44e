"""The ZIP holds what the list shows, says what it is, and can be repeated."""

import csv
import io
import json
import subprocess
import sys
import zipfile

import pandas
import pytest

from partnerships.data_views import address_of
from partnerships.dictionary import TABLES
from partnerships.models import Partnership
from tests.factories import PartnershipFactory

ZIP = "/data/registry.zip"
CHECKS = [
    ["sha256sum", "--check", "--strict", "SHA256SUMS"],
    [sys.executable, "-m", "frictionless", "validate", "datapackage.json"],
]


def taken(client, query="") -> bytes:
    response = client.get(f"{ZIP}{query}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    return response.content


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("query", ["", "?status=ended&sort=-started", "?q=payroll"])
def test_it_holds_the_tables_that_the_addresses_give(registry, client, query):
    files = opened(taken(client, query))
    for table in TABLES:
        of_councils = table.name in {"councils", "successions"}
        address = f"{address_of(table)}{'' if of_councils else query}"
        assert files[table.file_name] == client.get(address).getvalue()


def test_it_says_what_was_asked_and_how_much_it_holds(registry, client):
    files = opened(taken(client, "?status=ended&sort=-started"))
    readme = files["README.txt"].decode()
    assert f"Address: http://testserver{ZIP}?status=ended&sort=-started\n" in readme
    assert "  Status: Ended\n  Order: -started\n" in readme
    package = json.loads(files["datapackage.json"])
    for resource in package["resources"]:
        frame = pandas.read_csv(io.BytesIO(files[resource["path"]]))
        assert len(frame) == resource["rows"]
        assert len(files[resource["path"]]) == resource["bytes"]
        assert f"  {resource['path']}: {len(frame)}\n" in readme
    assert f"Data: {package['version']}\n" in readme
    columns = [*csv.DictReader(io.StringIO(files["dictionary.csv"].decode()))]
    assert len(columns) == sum(len(table.columns) for table in TABLES)


def test_the_checksums_and_the_package_hold(registry, client, tmp_path):
    """Judged by sha256sum and frictionless, not by code of ours."""
    content = taken(client)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    for command in CHECKS:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    # Cut at the end of a row, a file still looks whole.
    table = tmp_path / "outcomes.csv"
    table.write_bytes(b"".join(table.read_bytes().splitlines(keepends=True)[:-1]))
    for command in CHECKS:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 1
        assert "outcomes" in done.stdout
    sums = (tmp_path / "SHA256SUMS").read_text().splitlines()
    named = {line.split("  ")[1] for line in sums}
    there = {path.name for path in tmp_path.iterdir()}
    assert named == there - {"SHA256SUMS"}


def test_the_same_question_is_the_same_bytes_until_a_cell_changes(registry, client):
    first, second = (client.get(f"{ZIP}?status=ended") for _ in range(2))
    assert first.content == second.content
    name = first.headers["Content-Disposition"]
    # One that the question does not find: the data are others all the same.
    Partnership.objects.filter(status="ongoing").update(staff=12345)
    third = client.get(f"{ZIP}?status=ended")
    assert third.headers["Content-Disposition"] != name
    assert client.get("/data/").context["name"] in third.headers["Content-Disposition"]


def test_a_download_cut_short_does_not_open(registry, client):
    content = taken(client)
    for length in (len(content) // 2, len(content) - 1):
        with pytest.raises(zipfile.BadZipFile):
            opened(content[:length])


def test_what_is_asked_wrongly_is_refused(db, client):
    for query in ("?statsu=ended", "?status=over", "?page=1"):
        assert client.get(f"{ZIP}{query}").status_code == 400


def test_no_record_is_a_zip_of_headers_that_says_so(db, client):
    PartnershipFactory(publication="draft")
    files = opened(taken(client))
    assert "  partnerships.csv: 0\n" in files["README.txt"].decode()
    assert files["partnerships.csv"].count(b"\r\n") == 1
