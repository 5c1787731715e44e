"""The benchmark measures what it says, on records of its own."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from benchmarks.same_columns import sql
from benchmarks.synthetic import fill
from benchmarks.table import table
from partnerships.models import Membership, Partnership
from tests.conftest import ROOT, new_database


def test_it_fills_an_empty_database_with_what_is_obviously_made_up(db):
    fill(12)
    records = Partnership.objects.published()
    assert records.count() == 12
    for record in records.for_tables():
        assert record.name.startswith("Made-up ")
        assert 2 <= record.number_of_councils <= 5
        assert 1 <= len(record.functions.all()) <= 4
        assert all(row.sources.all() for row in record.outcomes.all())
    names = [*records.order_by("pk").values_list("name", flat=True)]
    Membership.objects.all().delete()
    assert len({*names}) == 12


def test_the_limit_makes_the_same_cells(db, client):
    """All but days that no column stores, and what the order of a row's parts tells."""
    fill(40)
    rows = csv.DictReader(
        io.StringIO(client.get("/partnerships.csv").getvalue().decode())
    )
    ours = {row["slug"]: row for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(sql(connection.vendor))
        names = [column[0] for column in cursor.description]
        theirs = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert len(ours) == len(theirs) == 40
    assert names == [*rows.fieldnames]
    for row in theirs:
        for name, cell in row.items():
            mine = ours[row["slug"]][name]
            if not name.startswith("announced"):
                text = "" if cell is None else str(cell)
                assert sorted(mine.split("; ")) == sorted(text.split("; ")), name


def test_it_keeps_away_from_real_records(registry):
    with pytest.raises(ValueError, match="a benchmark gets its own"):
        fill(1)
    assert not Partnership.objects.filter(slug__startswith="made-up").exists()


def test_each_job_has_a_line_with_its_ratio_and_queries(tmp_path):
    databases = new_database(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", "30", "2"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": next(databases)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(it) for it in done.stdout.splitlines() if it[:1] == "{"]
    by_job = {line["job"]: line for line in lines}
    assert {"list", "list, last page", "record", "council", "numbers"} <= {*by_job}
    assert by_job["list, unchanged (304)"]["queries"] == 1
    kept = [line for line in lines if line["job"].endswith(", kept page")]
    assert [line["queries"] for line in kept] == [1] * 7
    assert by_job["list, last page"]["queries"] == by_job["list"]["queries"]
    for line in lines:
        assert line["least"] <= line["ratio"] <= line["most"]
        assert line["rounds"] == 2
    printed = table(lines)
    assert len(printed.splitlines()) == len(lines) + 1
    next(databases, None)
