"""What a command says where the settings or the database are wrong: one sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import dj_database_url
import pytest
from django.db import DataError, OperationalError, ProgrammingError

from config.command_line import advice
from tests.conftest import new_database

ROOT = Path(__file__).resolve().parent.parent


def manage(*arguments, **variables):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "k" * 50} | variables,
        capture_output=True,
        text=True,
    )


def sentence(done) -> str:
    """Return the one line that a refusal consists of."""
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).splitlines()
    return line


@pytest.fixture
def empty_database(tmp_path):
    yield from new_database(tmp_path)


@pytest.mark.parametrize(
    "command", ["clearsessions", "delete_personal_data", "check_registry"]
)
def test_a_command_for_a_database_without_tables_says_which_it_asked(
    command, empty_database
):
    """So a timer that lacks DATABASE_URL does not go unnoticed."""
    name = dj_database_url.parse(empty_database)["NAME"]
    said = sentence(manage(command, DATABASE_URL=empty_database))
    assert said.startswith(f"The database {name} is not at the code’s version.")
    assert "DATABASE_URL" in said


def test_a_first_user_cannot_be_made_in_a_database_without_tables(tmp_path):
    address = f"sqlite:///{tmp_path / 'registry.sqlite3'}"
    first = {
        "DJANGO_SUPERUSER_USERNAME": "first",
        "DJANGO_SUPERUSER_EMAIL": "first@example.org",
        "DJANGO_SUPERUSER_PASSWORD": "gracious-lemon-harbour",
    }
    done = manage("createsuperuser", "--noinput", DATABASE_URL=address, **first)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "is not at the code’s version" in line


@pytest.mark.parametrize("command", ["migrate", "check_registry"])
def test_a_database_that_is_away_is_named_without_its_password(command):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        address = f"postgresql://a:secret@127.0.0.1:{port}/registry"
        said = sentence(manage(command, DATABASE_URL=address))
    assert said.startswith("The database registry does not answer: connection to")
    assert said.endswith("Look at DATABASE_URL.")
    assert "secret" not in said


def test_a_database_in_no_folder_is_named():
    said = sentence(manage("migrate", DATABASE_URL="sqlite:////no/such/r.sqlite3"))
    assert said.startswith("The database /no/such/r.sqlite3 does not answer")


def test_a_setting_that_no_connection_has_is_named():
    address = "postgresql://a:secret@db.example/registry?sslmod=require"
    said = sentence(manage("check_registry", DATABASE_URL=address))
    assert said.startswith("The database registry does not answer: invalid dsn")
    assert "sslmod" in said
    assert "secret" not in said


def test_a_wrong_setting_is_one_sentence():
    said = sentence(manage("check", HTTPS="maybe"))
    assert said == "HTTPS is 'maybe': give it 1 or 0."


def test_where_it_failed_is_shown_on_demand(tmp_path):
    address = f"sqlite:///{tmp_path / 'registry.sqlite3'}"
    done = manage("release", "--traceback", DATABASE_URL=address)
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("fault", [ProgrammingError, OperationalError, DataError])
def test_a_fault_of_the_code_keeps_its_traceback(fault, db):
    assert advice(fault("near “nonsense”"), command="release") is None
