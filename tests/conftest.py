"""What the tests share: the shipped records, a real browser and a real server.

- `registry` puts the shipped records into a test's database. A test that does not
  ask for it starts empty, for records of its own making.
- `site` is the address of the registry served as ./run serves it, with the shipped
  records in a database of its own; `page` is a tab of Chromium that fails the test
  when the page logs an error or breaks its Content-Security-Policy.
- `assert_accessible(page)` and `assert_valid_html(text)` judge a page.

Browser tests are marked `browser` and need no database fixture: `site` has its own.
"""

import io
import os
import secrets
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import html5lib
import hypothesis
import psycopg2
import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

# The served registry refuses to start without one.
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))

ROOT = Path(__file__).resolve().parent.parent
OUR_APPS = ["councils", "partnerships", "briefings"]
EDITOR = {"username": "editor", "password": secrets.token_urlsafe(12)}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

hypothesis.settings.register_profile(
    "registry",
    deadline=None,  # the first example pays for imports and caches
    derandomize=True,  # the same commit gives the same answer
    # Examples of one test share its database; ours only read it.
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("registry")


def pytest_configure(config):
    from django.conf import settings

    # The manifest names files that only collectstatic makes, and whitenoise lists
    # a folder for every test client. The browser meets both, through `site`.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
    # Tests that sign in by name and password need no request; those of the lock-out
    # turn it on.
    settings.AXES_ENABLED = False
    # Strong hashes are slow by design.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name.startswith("test_admin"):
            # Django's admin templates name variables that not every page has.
            item.add_marker(pytest.mark.ignore_template_errors)


# ---- The shipped records


def our_models():
    for app in OUR_APPS:
        yield from apps.get_app_config(app).get_models(include_auto_created=True)


def copy_of(model) -> str:
    return f"shipped_{model._meta.db_table}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """End the sessions that threads of tests left open, or no database can go."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def shipped_records(django_db_setup, django_db_blocker):
    """Load the fixtures once and keep a copy of each table beside it.

    Loading takes seconds, taking the copies into use milliseconds. Nothing that
    empties Django's tables between tests knows the copies.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_registry", stdout=io.StringIO())
        with connection.cursor() as cursor:
            for statement in statements_that_keep_copies():
                cursor.execute(statement)
        tables = [model._meta.db_table for model in our_models()]
        connection.check_constraints()  # what waits for the end bars the emptying
        statements = connection.ops.sql_flush(no_style(), tables, reset_sequences=True)
        connection.ops.execute_sql_flush(statements)


def statements_that_keep_copies():
    is_postgresql = connection.vendor == "postgresql"
    if is_postgresql:
        yield "CREATE SCHEMA shipped"
    for model in our_models():
        table = model._meta.db_table
        if is_postgresql:
            yield f"CREATE TABLE shipped.{table} (LIKE {table} INCLUDING ALL)"
            yield copying(model, table, f"shipped.{table}")
        else:
            yield f"CREATE TABLE {copy_of(model)} AS SELECT * FROM {table}"
    if is_postgresql:
        yield "SET LOCAL search_path TO shipped"
        yield from connection.ops.sequence_reset_sql(no_style(), [*our_models()])
        yield "SET LOCAL search_path TO DEFAULT"


def copying(model, source: str, target: str) -> str:
    columns = ", ".join(
        connection.ops.quote_name(field.column)
        for field in model._meta.local_concrete_fields
        if not field.generated
    )
    return f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {source}"


@pytest.fixture
def registry(shipped_records, db):
    """Put the shipped records into this test's database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Rows inserted and rolled back by a thousand tests would stay in the files
            # and slow every query down.
            cursor.execute("SET LOCAL search_path TO shipped, public")
            return
        for model in our_models():
            cursor.execute(copying(model, copy_of(model), model._meta.db_table))


# ---- The registry as it is served


def new_database(folder: Path):
    """Return the address of an empty database of the kind under test."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    given = dj_database_url.parse(address)
    parameters = {
        "dbname": given["NAME"],
        "user": given["USER"],
        "password": given["PASSWORD"],
        "host": given["HOST"],
        "port": given["PORT"],
        **given.get("OPTIONS", {}),
    }
    name = f"registry_site_{secrets.token_hex(4)}"
    server = psycopg2.connect(**{k: v for k, v in parameters.items() if v})
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    before, _, after = address.partition("?")
    try:
        yield f"{before.rpartition('/')[0]}/{name}?{after}".rstrip("?")
    finally:  # also where it is closed, or its test fails
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


@pytest.fixture(scope="session")
def site_database(tmp_path_factory):
    yield from new_database(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def site(site_database):
    """Serve the shipped registry as ./run does, and return its address."""
    env = os.environ | {
        "DATABASE_URL": site_database,
        "DJANGO_SUPERUSER_USERNAME": EDITOR["username"],
        "DJANGO_SUPERUSER_PASSWORD": EDITOR["password"],
        "DJANGO_SUPERUSER_EMAIL": "editor@example.org",
        # So that a test can send reports from a network of its own.
        "PROXIES": "1",
        "WEB_CONCURRENCY": "1",
        # More than the tests send.
        "API_REQUESTS_A_MINUTE": "100000",
    }
    manage(env, "migrate", "--noinput")
    manage(env, "load_registry")
    manage(env, "createsuperuser", "--noinput")
    with served(env) as address:
        # The first page of each kind pays for imports and templates; not a test.
        for path in ("/", "/admin/login/"):
            urllib.request.urlopen(address + path).read()
        yield address


def manage(env: dict[str, str], *arguments: str):
    subprocess.run(
        [sys.executable, "manage.py", *arguments, "--verbosity=0"],
        cwd=ROOT,
        env=env,
        check=True,
    )


@contextmanager
def served(env: dict[str, str]) -> Iterator[str]:
    """Start the server as ./run does, and yield its address without a slash."""
    # Not collected here: the other database's tests may be reading them.
    if not (ROOT / "staticfiles").is_dir():
        pytest.fail("The style sheet is not built: start ./run or ./run test once.")
    with subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"],
        cwd=ROOT,
        env=env | {"HOST": "127.0.0.1", "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout
            line = server.stdout.readline()
            address = next(word for word in line.split() if word.startswith("http"))
            yield address.rstrip("/")
        finally:
            server.terminate()


# ---- A browser


@pytest.fixture(scope="session")
def browser():
    """Start Chromium: the one that CHROMIUM names, or one on the PATH."""
    from playwright.sync_api import expect, sync_playwright

    # A machine that also runs the other database's tests may be slow.
    expect.set_options(timeout=30_000)

    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    named = os.environ.get("CHROMIUM")
    programs = filter(None, map(shutil.which, [named] if named else names))
    program = next(programs, None)
    if not program:
        pytest.fail("Browser tests need Chromium: install it, or name it in CHROMIUM.")
    # Playwright keeps an event loop in this thread, which Django takes for an
    # asynchronous caller of its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    arguments = ["--disable-background-networking", "--disable-component-update"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def console_errors():
    """Hold what `page` logged as an error; a test that expects some clears it."""
    errors: list[str] = []
    yield errors
    assert errors == []


@pytest.fixture
def new_page(browser, site, console_errors):
    """Open tabs with options of Playwright's contexts, such as no scripts."""
    contexts = []

    def open_tab(**options):
        context = browser.new_context(base_url=site, **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: console_errors.append(str(error)))
        tab.on("console", note)
        context.on("request", note_request)
        return tab

    def note(message):
        if message.type in {"error", "warning"}:
            console_errors.append(message.text)

    def note_request(request):
        if not request.url.startswith((f"{site}/", "data:", "blob:")):
            console_errors.append(f"a request to another host: {request.url}")

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page):
    """A tab as wide as a laptop's, with scripts."""
    return new_page(viewport={"width": 1280, "height": 900})


@pytest.fixture
def page_without_scripts(new_page):
    return new_page(java_script_enabled=False)


@pytest.fixture
def editor_page(page):
    """A tab in which an editor with every right has signed in."""
    page.goto("/admin/login/")
    page.fill("#id_username", EDITOR["username"])
    page.fill("#id_password", EDITOR["password"])
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    return page


@pytest.fixture(scope="session")
def assert_accessible():
    """Return a function that fails with every rule of axe that a page breaks."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}}

    def judge(page):
        found = Axe().run(page, options=options).response["violations"]
        broken = [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]
        assert not broken, "\n".join([page.url, *broken])

    return judge


@pytest.fixture(scope="session")
def assert_valid_html():
    """Return a function that fails where HTML's grammar is broken."""

    def judge(text: str):
        html5lib.HTMLParser(strict=True).parse(text)

    return judge
