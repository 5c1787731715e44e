"""The list and Datasette's table, asked over the wire, one request after another."""

import http.client
import itertools
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.same_columns import sql
from councils.choices import Nation

ROOT = Path(__file__).resolve().parent.parent
SERVE = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"]
DATASETTE = ROOT / ".venv-bench" / "bin" / "datasette"
FACETS = (
    "status",
    "delivery_model",
    "confidence",
    "publication",
    "status_in_june_2013",
    "started",
)
# Limits that no table here reaches: a facet that was given up would be no work.
PATIENT = ("facet_time_limit_ms", "sql_time_limit_ms")
# Datasette makes a view again for every 1,000 rows of it: more rows take it for ever.
MOST_STREAMED = 10_000
Peer = tuple[str, Callable[[], object], str]
SECONDS_TO_START = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(command: list[str], port: int, env: dict[str, str]) -> Iterator[None]:
    server = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(SECONDS_TO_START * 10):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


def asking(port: int, paths: Iterator[str]) -> Callable[[], object]:
    """Return a job that asks for the next path."""

    def ask():
        path = next(paths)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return body

    return ask


def questions() -> Iterator[str]:
    """Yield lists of nearly all records, none twice: each has to be made."""
    every = Nation.values
    nations = [it for n in (2, 3, 4) for it in itertools.combinations(every, n)]
    sorts = ("name", "started", "ended", "members", "evidence")
    for sort, descending, some in itertools.product(sorts, ("", "-"), nations):
        asked = "".join(f"&nation={nation}" for nation in some)
        yield f"/partnerships/?sort={descending}{sort}{asked}"


def add_view(database: str) -> None:
    """Give the benchmark's own file the flat table as a view."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP VIEW IF EXISTS flat")
        connection.execute(f"CREATE VIEW flat AS {sql('sqlite')}")


@contextmanager
def peers(database: str, size: int) -> Iterator[list[Peer]]:
    """Serve an SQLite file with both; yields the jobs, none without Datasette."""
    if not DATASETTE.exists():
        yield []
        return
    add_view(database)
    ours, theirs = free_port(), free_port()
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "PORT": str(ours),
        "WEB_CONCURRENCY": "1",
    }
    settings = [it for name in PATIENT for it in ("--setting", name, "600000")]
    settings += ["--setting", "max_csv_mb", "0"]  # any number of them
    name = Path(database).stem
    table = f"/{name}/partnerships_partnership?_size=25" + "".join(
        f"&_facet={name}" for name in FACETS
    )
    stream = f"/{name}/flat.csv?_stream=on&_size=max"
    datasette = [str(DATASETTE), "serve", database, "--port", str(theirs), *settings]
    with served(SERVE, ours, env), served(datasette, theirs, dict(os.environ)):

        def always(port: int, path: str):
            return asking(port, itertools.repeat(path))

        page, file = "Datasette, table with 6 facets", "Datasette, stream of a view"
        jobs = [
            (page, always(theirs, table), ""),
            ("list over the wire, kept", always(ours, "/partnerships/"), page),
            ("list over the wire, made anew", asking(ours, questions()), page),
        ]
        if size <= MOST_STREAMED:
            jobs += [
                (file, always(theirs, stream), ""),
                ("CSV over the wire", always(ours, "/partnerships.csv"), file),
            ]
        for _, job, _ in jobs:
            job()
        yield jobs
