"""The list and Datasette's table, asked over the wire, one request after another."""

import http.client
import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from councils.choices import Nation

ROOT = Path(__file__).resolve().parent.parent
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


@contextmanager
def peers(database: str) -> Iterator[dict[str, Callable[[], object]]]:
    """Serve an SQLite file with both; yields the jobs, none without Datasette."""
    if not DATASETTE.exists():
        yield {}
        return
    ours, theirs = free_port(), free_port()
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "PORT": str(ours),
        "WEB_CONCURRENCY": "1",
    }
    serve = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"]
    settings = [it for name in PATIENT for it in ("--setting", name, "600000")]
    table = f"/{Path(database).stem}/partnerships_partnership?_size=25" + "".join(
        f"&_facet={name}" for name in FACETS
    )
    datasette = [str(DATASETTE), "serve", database, "--port", str(theirs), *settings]
    with served(serve, ours, env), served(datasette, theirs, dict(os.environ)):
        kept = itertools.repeat("/partnerships/")
        jobs = {
            "Datasette, table with 6 facets": asking(theirs, itertools.repeat(table)),
            "list over the wire, kept": asking(ours, kept),
            "list over the wire, made anew": asking(ours, questions()),
        }
        for job in jobs.values():
            job()
        yield jobs
