"""Readers who take a file slowly, stop or leave hold nobody else up.

Against the server as ./run starts it: its threads, its sockets and its sessions.
"""

import http.client
import os
import socket
import sqlite3
import urllib.request
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.conftest import manage, new_database, served

# One fewer than a process has threads. There is one process, for all readers may come
# to the same one of several.
READERS = 15
# Only to fail where an answer never comes.
PATIENCE = 120
FILE = "/partnerships.csv?status=ongoing&status=ended&status=not-known"
# More than the sockets of both sides hold, and more than one statement fetches.
FILL = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from benchmarks.synthetic import fill
from partnerships.models import Partnership
fill(300)
Partnership.objects.update(gaps="Made up. " * 2500)
"""


@pytest.fixture(scope="module")
def large_database(tmp_path_factory):
    databases = new_database(tmp_path_factory.mktemp("large"))
    address = next(databases)
    manage(os.environ | {"DATABASE_URL": address}, "shell", "-c", FILL)
    yield address
    databases.close()


@pytest.fixture
def start(large_database):
    """Start a server with these variables and return its address."""
    with ExitStack() as servers:
        env = os.environ | {"DATABASE_URL": large_database, "WEB_CONCURRENCY": "1"}
        yield lambda **variables: servers.enter_context(served(env | variables))


@pytest.fixture
def ask_for_the_file(start):
    """Take the first two lines of the file and no more, until told to read on.

    It needs `start`, for a server waits with its end for readers that are still there.
    """
    with ExitStack() as readers:
        yield lambda site: readers.enter_context(closing(Reader(site))).ask()


class Reader:
    def __init__(self, site: str):
        host = urlsplit(site).netloc
        self.connection = http.client.HTTPConnection(host, timeout=PATIENCE)

    def ask(self) -> "Reader":
        self.connection.request("GET", FILE)
        self.response = self.connection.getresponse()
        assert self.response.status == 200
        self.taken = self.response.readline() + self.response.readline()
        return self

    def read_on(self) -> bytes:
        """Return the whole file."""
        return self.taken + self.response.read()

    def close(self):
        self.connection.close()


def read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=PATIENCE) as response:
        return response.read()


def rename(database: str, slug: str, name: str):
    """Write, and then see that nobody is in a transaction, nor in a statement."""
    sql = "UPDATE partnerships_partnership SET name = {} WHERE slug = {}"
    if database.startswith("sqlite"):
        path = database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection:
            connection.execute(sql.format("?", "?"), [name, slug])
            connection.commit()
            # It ends without success while anybody still reads an older state.
            checkpoint = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, *_ = checkpoint.fetchone()
            assert not is_busy
        return
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as it:
        it.execute(f"SET lock_timeout = '{PATIENCE}s'")
        it.execute(sql.format("%s", "%s"), [name, slug])
        connection.commit()
        # As a migration does; every transaction that has read the table bars it.
        it.execute("LOCK TABLE partnerships_partnership IN ACCESS EXCLUSIVE MODE")
        it.execute(
            "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        )
        assert it.fetchall() == []


def test_readers_who_stop_or_leave_hold_nobody_up(
    large_database, start, ask_for_the_file
):
    # A slow machine may need longer than readers are usually waited for.
    site = start(SEND_TIMEOUT="3600")
    whole = read(site + FILE)
    assert whole.count(b"\r\n") == 1 + 300
    first, *others = [ask_for_the_file(site) for _ in range(READERS)]
    slug = first.taken.splitlines()[1].split(b",")[0].decode()
    # The readers' lines of this record have been made; theirs stay as they were.
    rename(large_database, slug, "Made-up and renamed")
    for page in (f"/partnerships/{slug}/", "/partnerships/?q=renamed"):
        assert b"Made-up and renamed" in read(site + page)
    assert first.read_on() == whole
    for reader in others:
        reader.close()
    # With those who have left they are more than there are threads.
    later = [ask_for_the_file(site) for _ in range(READERS)]
    assert b"Made-up and renamed" in later[-1].read_on()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="needs Linux")
def test_a_reader_who_takes_nothing_for_long_is_let_go(start, ask_for_the_file):
    site = start(SEND_TIMEOUT="1")
    whole = read(site + FILE)
    # They hold all threads.
    readers = [ask_for_the_file(site) for _ in range(READERS + 1)]
    assert b"made-up-0" in read(f"{site}/partnerships/made-up-0/")
    files = []
    for reader in readers:
        try:
            files.append(reader.read_on())
        except (ConnectionError, http.client.IncompleteRead):
            continue  # so that nobody takes it for the whole file
    assert len(files) < len(readers)
    assert all(file == whole for file in files)
