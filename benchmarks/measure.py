"""Measure one size on one database; prints a line of JSON for each job.

Started by benchmarks.table with DATABASE_URL of a database that is its own. Jobs take
turns: in each round every job runs beside the bare view, so that what else the machine
does meets both.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import django

ROUNDS = 9
# A job that took longer than this is run in three rounds alone, or not again.
SLOW, VERY_SLOW = 3.0, 30.0
BARE_RUNS = 10
# What a process keeps of pages, in the one job that measures kept ones.
KEPT = 32 * 1024 * 1024
LIMIT = "CSV limit: the database's own"


class Job(NamedTuple):
    """What is measured, what it is measured against, and how often a round runs it."""

    name: str
    run: Callable[[], object]
    against: str = "bare"


def page(client, path: str, **headers) -> Callable[[], object]:
    def get():
        response = client.get(path, headers=headers)
        expected = 304 if headers else 200
        if response.status_code != expected:
            raise RuntimeError(f"{path} answered {response.status_code}")
        return response.getvalue() if response.streaming else response.content

    return get


def pages(client, size: int) -> list[Job]:
    from councils import caching
    from partnerships.catalogue import catalogue

    def job(name, path, **headers):
        return Job(name, page(client, path, **headers))

    def kept(name, path):
        """A page of an address of its own: the other jobs are to find nothing kept."""
        get = page(client, path)

        def run():
            caching.pages.most_bytes = KEPT
            try:
                return get()
            finally:
                caching.pages.most_bytes = 0

        return Job(f"{name}, kept page", run)

    def fetched():
        # Nothing changes here, so there is one catalogue. To call it would be a query.
        held, known.held = known.held, {}
        try:
            return page(client, "/partnerships/")()
        finally:
            known.held = held

    tag = client.get("/partnerships/").headers["ETag"]
    known = catalogue()
    last = -(-size // 25)
    three = "status=ended&function=made-up-1&nation=wales"
    found = [
        job("list", "/partnerships/"),
        Job("list, records fetched", fetched),
        job("list, one filter", "/partnerships/?status=ended"),
        job("list, three filters", f"/partnerships/?{three}"),
        job("list, last page", f"/partnerships/?page={last}"),
        job("list, by evidence", "/partnerships/?sort=-evidence"),
        job("list, text search", "/partnerships/?q=amber+basalt"),
        job("list, unchanged (304)", "/partnerships/", **{"if-none-match": tag}),
        kept("list", "/partnerships/?sort=name"),
        job("record", "/partnerships/made-up-3/"),
        job("council", "/councils/made-up-council-1/"),
        job("case study", "/case-studies/made-up-0/"),
        job("API page", "/api/v1/partnerships/?page_size=25"),
        kept("record", "/partnerships/made-up-4/"),
        kept("council", "/councils/made-up-council-2/"),
        kept("case study", "/case-studies/made-up-0/?kept"),
        kept("API page", "/api/v1/partnerships/?page_size=24"),
    ]
    if size <= 100:  # pages of the whole registry
        found += [
            job("map", "/partnerships/map/"),
            job("numbers", "/numbers/"),
            kept("map", "/partnerships/map/?sort=name"),
            kept("numbers", "/numbers/?sort=name"),
        ]
    return found


def limit() -> Callable[[], object] | None:
    """Return the database's own export of the same columns as CSV.

    None where its program is not there, or is too old for the database.
    """
    from django.db import connection

    from benchmarks.same_columns import sql

    select = sql(connection.vendor)
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        command = ["sqlite3", "-csv", str(given["NAME"]), select]
    else:
        copy = f"\\copy ({select}) TO STDOUT WITH CSV HEADER"
        psql = os.environ.get("PSQL", "psql")
        command = [psql, os.environ["DATABASE_URL"], "-c", copy]

    def export():
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603
        return done.returncode

    try:
        export()
    except (OSError, subprocess.CalledProcessError):
        return None
    return export


def resident() -> float:
    """Return the megabytes that this process has in memory, 0 where nothing tells."""
    told = Path("/proc/self/statm")
    pages = int(told.read_text().split()[1]) if told.exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def drain(client, grown: list[float]) -> Callable[[], object]:
    """Read the whole file as a client does, a chunk at a time.

    Notes by how many megabytes the process grew meanwhile.
    """

    def read():
        before = most = resident()
        length = 0
        for it in client.get("/partnerships.csv").streaming_content:
            length += len(it)
            most = max(most, resident())
        grown.append(most - before)
        return length

    return read


def clock(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def main(size: int, rounds: int = ROUNDS) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from benchmarks.peer import peers
    from benchmarks.synthetic import fill
    from councils import caching
    from partnerships.catalogue import Catalogue

    caching.pages.most_bytes = 0
    settings.ROOT_URLCONF = "benchmarks.urls"
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.API_REQUESTS_A_MINUTE = 10**9
    call_command("migrate", verbosity=0)
    fill(size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    jobs = [*pages(client, size), Job("catalogue made anew", Catalogue)]
    grown: list[float] = []
    if export := limit():
        jobs += [
            Job(LIMIT, export, ""),
            Job("CSV, every column", drain(client, grown), LIMIT),
        ]
    if connection.vendor == "sqlite":
        with peers(str(connection.settings_dict["NAME"]), size) as beside:
            for name, run, peer in beside:
                jobs.append(Job(name, run, peer))
            run_all(jobs, size, rounds, grown)
    else:
        run_all(jobs, size, rounds, grown)


def run_all(jobs: list[Job], size: int, rounds: int, grown: list[float]) -> None:
    """Run the jobs in turns, and print a line for each.

    `grown` is filled while the CSV is read.
    """
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    bare = page(Client(), "/bare/")
    queries = {}
    for job in jobs:
        if job.against != "bare":
            continue
        job.run()  # the first run pays for templates and the catalogue
        with CaptureQueriesContext(connection) as captured:
            job.run()
        queries[job.name] = len(captured)
    taken: dict[str, list[tuple[float, float]]] = {job.name: [] for job in jobs}
    latest: dict[str, float] = {}
    for turn in range(rounds):
        unit = median(clock(bare) for _ in range(BARE_RUNS))
        # What is too slow to run again keeps its last time.
        latest["bare"] = unit
        for job in jobs:
            before = taken[job.name]
            last = before[-1][0] if before else 0.0
            if last > VERY_SLOW or (turn > 2 and last > SLOW):
                continue
            seconds = latest[job.name] = clock(job.run)
            against = latest[job.against] if job.against else seconds
            before.append((seconds, seconds / against))
    for job in jobs:
        ratios = sorted(ratio for _, ratio in taken[job.name])
        line = {
            "database": connection.vendor,
            "size": size,
            "job": job.name,
            "against": job.against,
            "ratio": round(median(ratios), 2),
            "least": round(ratios[0], 2),
            "most": round(ratios[-1], 2),
            "rounds": len(ratios),
            "queries": queries.get(job.name),
            "megabytes": round(max(grown), 1) if job.against == LIMIT else None,
            "milliseconds": round(median(s for s, _ in taken[job.name]) * 1000, 1),
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
