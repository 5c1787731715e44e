"""The environment decides: what each variable changes, and what the pages send.

Settings are read once a process, so each case asks a process of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = [
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "EMAIL_FROM",
    "EMAIL_URL",
    "HTTPS",
    "LOCK_MINUTES",
    "OPERATOR",
    "PROXIES",
    "REPORTS_AN_HOUR",
    "REPORT_EMAIL_DAYS",
    "RESETS_AN_HOUR",
    "SECOND_FACTOR_GROUPS",
    "SESSION_HOURS",
    "SESSION_IDLE_MINUTES",
    "SIGN_IN_FAILURES",
    "TRUST_FORWARDED_PROTO",
]


def python(*arguments, **variables):
    clean = {name: text for name, text in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=clean | {"SECRET_KEY": "k" * 30 + "0123456789abcdefghij"} | variables,
        capture_output=True,
        text=True,
    )


def setting(name, **variables):
    program = f"import json, config.settings as s; print(json.dumps(s.{name}))"
    done = python("-c", program, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_without_a_key_the_registry_refuses_to_start():
    done = python("-c", "import config.settings", SECRET_KEY="")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is not set"
    )


def test_a_developer_needs_no_key():
    assert len(setting("SECRET_KEY", SECRET_KEY="", DEBUG="1")) >= 50


def test_a_switch_that_is_neither_on_nor_off_is_refused():
    done = python("-c", "import config.settings", DEBUG="maybe")
    assert "DEBUG is 'maybe': give it 1 or 0." in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [("PROXIES", "-1", 0), ("REPORTS_AN_HOUR", "0", 1), ("REPORT_EMAIL_DAYS", "x", 1)],
)
def test_a_number_that_makes_no_sense_is_refused(name, value, least):
    done = python("-c", "import config.settings", **{name: value})
    assert f"{name} is '{value}': give a number from {least} on." in done.stderr


def test_this_machine_alone_is_answered_unless_hosts_are_named():
    assert setting("ALLOWED_HOSTS") == ["127.0.0.1", "localhost", "[::1]"]
    named = setting("ALLOWED_HOSTS", ALLOWED_HOSTS="registry.example, www.example")
    assert named == ["registry.example", "www.example"]


@pytest.mark.parametrize(
    "host",
    [
        "https://registry.example",
        "a.example:8443",
        "[::1]:8000",
        "a.example www.a.example",
        "*",
    ],
)
def test_a_host_that_no_reader_could_ask_for_or_any_could_is_refused(host):
    done = python("-c", "import config.settings", ALLOWED_HOSTS=f"b.example,{host}")
    assert f"ALLOWED_HOSTS holds '{host}': give the names" in done.stderr


@pytest.mark.parametrize("host", ["[::1]", "192.0.2.1", ".registry.example"])
def test_every_other_way_to_write_a_host_is_taken(host):
    assert setting("ALLOWED_HOSTS", ALLOWED_HOSTS=host) == [host]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nonsense",
        "mysql://a:secret@db.example/registry",
        "postgresql://a:se#cret@db.example/registry",
        "postgresql://a:secret@db.example:port/registry",
    ],
)
def test_an_address_of_no_database_is_refused_and_not_repeated(address):
    done = python("manage.py", "check", DATABASE_URL=address)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("DATABASE_URL is no database that the registry knows")
    assert "cret" not in line


@pytest.mark.parametrize("port", ["abc", "99999"])
def test_a_mail_server_with_an_impossible_port_is_refused_and_not_repeated(port):
    done = python("manage.py", "check", EMAIL_URL=f"smtp://a:secret@mail:{port}")
    (line,) = done.stderr.splitlines()
    assert line.startswith("EMAIL_URL is no mail server")
    assert "secret" not in line


def test_sqlite_in_the_folder_is_the_default():
    database = setting("DATABASES['default']")
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert Path(database["NAME"]) == ROOT / "registry.sqlite3"


def test_postgresql_connections_are_kept_and_checked():
    address = "postgresql://reader@db.example/registry"
    database = setting("DATABASES['default']", DATABASE_URL=address)
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["CONN_MAX_AGE"] > 0
    assert database["CONN_HEALTH_CHECKS"] is True
    assert "init_command" not in database.get("OPTIONS", {})


def test_a_silent_postgresql_is_waited_for_no_longer_than_a_reader_would():
    address = "postgresql://reader@db.example/registry"
    options = setting("DATABASES['default']['OPTIONS']", DATABASE_URL=address)
    assert 0 < options["connect_timeout"] <= 30
    assert 0 < options["tcp_user_timeout"] <= 30_000
    address += "?connect_timeout=3&sslmode=require"
    options = setting("DATABASES['default']['OPTIONS']", DATABASE_URL=address)
    assert (options["connect_timeout"], options["sslmode"]) == (3, "require")


def test_cookies_travel_over_plain_http_only_without_https():
    assert setting("SESSION_COOKIE_SECURE") is False
    assert setting("SESSION_COOKIE_SECURE", HTTPS="1") is True
    assert setting("CSRF_COOKIE_SECURE", HTTPS="1") is True


def test_behind_https_the_deployment_check_has_nothing_to_say():
    done = python(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level=WARNING",
        HTTPS="1",
        DATABASE_URL="sqlite://:memory:",
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def policy(client, db):
    """Return the Content-Security-Policy of an address, as a dictionary."""

    def ask(address):
        header = client.get(address).headers["Content-Security-Policy"]
        parts = (part.split() for part in header.split(";"))
        return {name: values for name, *values in parts}

    return ask


def test_public_pages_may_load_from_this_host_alone_and_nothing_inline(policy):
    for address in ("/", "/partnerships/", "/councils/", "/no-such-page"):
        found = policy(address)
        assert found.pop("default-src") == ["'none'"]
        assert found.pop("frame-ancestors") == ["'none'"]
        assert found.pop("base-uri") == ["'none'"]
        assert {*map(tuple, found.values())} == {("'self'",)}, address


def test_the_admin_alone_may_use_style_attributes(policy):
    found = policy("/admin/login/")
    assert found["style-src-attr"] == ["'unsafe-inline'"]
    assert found["img-src"] == ["'self'", "data:"]
    assert found["script-src"] == ["'self'"]
    assert found["style-src"] == ["'self'"]
    assert "style-src-attr" not in policy("/administration")


def test_pages_send_no_more_of_an_address_than_their_host_to_others(client, db):
    headers = client.get("/partnerships/").headers
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_server_listens_on_either_kind_of_address():
    program = "from config.gunicorn import bind; print(bind)"
    assert python("-c", program, HOST="::1", PORT="8001").stdout == "[::1]:8001\n"
    assert python("-c", program, HOST="", PORT="8001").stdout == "127.0.0.1:8001\n"
    assert python("-c", program, HOST="192.0.2.1", PORT="80").stdout == "192.0.2.1:80\n"


def test_a_request_by_head_is_no_event_for_the_log():
    program = (
        "import logging.config, config.gunicorn as g;"
        "logging.config.dictConfig(g.logconfig_dict);"
        "logging.getLogger('gunicorn.http.wsgi').warning('body bytes');"
        "logging.getLogger('gunicorn.error').warning('a worker ended')"
    )
    (line,) = python("-c", program).stderr.splitlines()
    assert json.loads(line)["message"] == "a worker ended"
