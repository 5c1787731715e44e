"""Which state the registry is in: one row that the database itself changes.

Triggers on every table that public pages read give the row a new token with each
transaction that writes to one of them, whoever writes: the admin, an import, loaddata,
a shell, SQL by hand. What is kept in memory or in a reader's cache is kept for one
token; so a change is seen by the next request of every server process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import update_wrapper
from threading import Lock
from typing import Any, NamedTuple

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, router
from django.db.models.signals import post_migrate

# PostgreSQL writes the row when the transaction ends: a writer that held it for longer
# would make all others wait. Random, for a number could come again after a rollback.
POSTGRESQL = """
CREATE TABLE IF NOT EXISTS registry_version
    (token varchar(32) NOT NULL, changed bigint NOT NULL);
INSERT INTO registry_version
    SELECT '', 0 WHERE NOT EXISTS (SELECT 1 FROM registry_version);
CREATE OR REPLACE FUNCTION registry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('registry.changed_in', true)
        IS DISTINCT FROM txid_current()::text
    THEN
        PERFORM set_config('registry.changed_in', txid_current()::text, true);
        UPDATE registry_version SET
            token = md5(random()::text || clock_timestamp()::text),
            changed = extract(epoch FROM clock_timestamp())::bigint;
    END IF;
    RETURN NULL;
END $$;
UPDATE registry_version SET
    token = md5(random()::text || clock_timestamp()::text),
    changed = extract(epoch FROM clock_timestamp())::bigint;
"""
POSTGRESQL_TABLE = """
DROP TRIGGER IF EXISTS registry_changed ON {table};
CREATE CONSTRAINT TRIGGER registry_changed AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_changed();
DROP TRIGGER IF EXISTS registry_emptied ON {table};
CREATE TRIGGER registry_emptied AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION registry_changed();
"""
SQLITE_CHANGE = (
    "UPDATE registry_version SET token = lower(hex(randomblob(16))),"
    " changed = CAST(strftime('%s', 'now') AS integer)"
)
SQLITE = [
    "CREATE TABLE IF NOT EXISTS registry_version"
    " (token text NOT NULL, changed integer NOT NULL)",
    "INSERT INTO registry_version"
    " SELECT '', 0 WHERE NOT EXISTS (SELECT 1 FROM registry_version)",
    SQLITE_CHANGE,
]
NOW = {
    "postgresql": "extract(epoch FROM clock_timestamp())::bigint",
    "sqlite": "CAST(strftime('%s', 'now') AS integer)",
}


class Version(NamedTuple):
    """A state of the registry.

    `changed` is when it came about and `age` how long ago that is by the same clock,
    both in whole seconds, the first since 1970.
    """

    token: str
    changed: int
    age: int


_read_before: ContextVar[Version | None] = ContextVar("read_before", default=None)


@contextmanager
def reading(state: Version) -> Iterator[None]:
    """Let all that is asked meanwhile be of this state, or a newer one."""
    token = _read_before.set(state)
    try:
        yield
    finally:
        _read_before.reset(token)


def version() -> Version | None:
    """Return the state that the database is in, None where nothing is to be kept.

    What a transaction reads may never be committed, and a release is read from another
    database than the one that has the version. Read the version first and then what it
    is of: the other way round an old state could pass for the new one. A request reads
    it once: what it keeps under that name may be newer, but never older.
    """
    council = apps.get_model("councils", "Council")
    is_elsewhere = router.db_for_read(council) != DEFAULT_DB_ALIAS
    if connection.in_atomic_block or is_elsewhere:
        return None
    return _read_before.get() or newest()


def newest() -> Version:
    now = NOW[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT token, changed, {now} - changed FROM registry_version"  # noqa: S608
        )
        return Version(*cursor.fetchone())


NOTHING = (None, None)


class Kept:
    """What a function returns, kept for as long as the registry stays as it is.

    One thread of a process builds; others that need the same wait for it, or get None
    after `patience` seconds if that is not negative. Those that need nothing of it go
    on. Whoever gets the result must not change it.
    """

    def __init__(self, build: Callable[[], Any], patience: float = -1):
        self.build = build
        self.patience = patience
        self._lock = Lock()
        self._last: tuple[str | None, Any] = NOTHING
        update_wrapper(self, build, updated=())

    def __call__(self) -> Any:
        now = version()
        if now is None:
            return self.build()
        if not self._lock.acquire(timeout=self.patience):
            return None
        try:
            # A request that began before a change takes what others keep since, or two
            # states would be built by turns.
            if not self._is_of(now) and not self._is_of(now := newest()):
                self._last = NOTHING  # two would not fit into memory where one does
                with reading(now):  # or what it is built of could be older
                    self._last = (now.token, self.build())
            return self._last[1]
        finally:
            self._lock.release()

    def _is_of(self, state: Version) -> bool:
        return self._last[0] == state.token

    def __deepcopy__(self, memo) -> "Kept":
        return self  # a filter holds it, and filters are copied for each question

    def if_there(self) -> Any:
        """Return the result if this process has it already, or else None."""
        now, last = version(), self._last
        return last[1] if now and last[0] == now.token else None


# A decorator too.
kept = Kept


def watch(app: AppConfig, unread: frozenset[str] = frozenset()):
    """Let every change of the app's tables give the registry a new version.

    `unread` names the models that no public page reads. The triggers are made anew
    after each `migrate`, for SQLite loses those of a table that a migration rewrites.
    """

    def make_triggers(sender, using, **kwargs):
        there = connections[using].introspection.table_names()
        tables = {
            model._meta.db_table
            for model in app.get_models(include_auto_created=True)
            if model._meta.object_name not in unread
        }
        with connections[using].cursor() as cursor:
            for statement in statements(
                connections[using].vendor, sorted(tables.intersection(there))
            ):
                cursor.execute(statement)

    post_migrate.connect(make_triggers, sender=app, weak=False)


def statements(vendor: str, tables: list[str]) -> list[str]:
    if vendor == "postgresql":
        return [POSTGRESQL, *(POSTGRESQL_TABLE.format(table=it) for it in tables)]
    return SQLITE + [
        statement
        for table in tables
        for what in ("INSERT", "UPDATE", "DELETE")
        for statement in (
            f"DROP TRIGGER IF EXISTS {table}_{what}",
            f"CREATE TRIGGER {table}_{what} AFTER {what} ON {table}"
            f" BEGIN {SQLITE_CHANGE}; END",
        )
    ]
