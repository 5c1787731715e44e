"""The published records as they were: a small SQLite database that filters can ask.

A release keeps one beside its files. While `reading` it, every QuerySet of the thread
answers from it, so that an old release takes the same filters as the list of today. It
lives in memory: no file, no lock, and nothing that a second process could disturb.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler

from councils.models import (
    Council,
    CouncilName,
    FormerCode,
    ReorganisationOrder,
    Succession,
)

from .models import (
    Change,
    Partnership,
    PartnershipName,
    ServiceFunction,
    Source,
)
from .models.attention import FACTS

ALIAS = "snapshot"
IN_MEMORY = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
# Each takes some hundred kilobytes.
KEPT_READY = 8

_alias: ContextVar[str | None] = ContextVar("alias", default=None)


class SnapshotRouter:
    """Sends questions to the snapshot that is being read, if there is one."""

    def db_for_read(self, model, **hints):
        return _alias.get()


@contextmanager
def reading(snapshot: bytes) -> Iterator[None]:
    """Answer every question of this thread from a snapshot, until the block ends."""
    with _connected(_up_to_date(snapshot)):
        token = _alias.set(ALIAS)
        try:
            yield
        finally:
            _alias.reset(token)


@contextmanager
def _connected(content: bytes | None = None) -> Iterator[BaseDatabaseWrapper]:
    """Give this thread a connection of its own, that no setting has to name."""
    handler = ConnectionHandler({"default": {}, ALIAS: IN_MEMORY})
    connection = handler.create_connection(ALIAS)
    connection.ensure_connection()
    connections[ALIAS] = connection
    try:
        if content:
            connection.connection.deserialize(content)
        yield connection
    finally:
        del connections[ALIAS]
        # SQLite's own `close` keeps a database in memory open.
        BaseDatabaseWrapper.close(connection)


@lru_cache(maxsize=KEPT_READY)
def _up_to_date(snapshot: bytes) -> bytes:
    """Return the database with the migrations since it was made."""
    content = zlib.decompress(snapshot)
    with _connected(content) as connection:
        executor = MigrationExecutor(connection)
        targets = executor.loader.graph.leaf_nodes()
        if executor.migration_plan(targets):
            executor.migrate(targets)
            content = connection.connection.serialize()
    return content


def snapshot_of_published() -> bytes:
    """Return all that filters ask of the published records, and nothing of others."""
    rows = [list(queryset) for queryset in _published_rows()]
    with _connected() as connection:
        with connection.schema_editor() as editor:
            for model in apps.get_models():
                if model._meta.managed and not model._meta.proxy:
                    editor.create_model(model)
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in MigrationLoader(None).disk_migrations:
            recorder.record_applied(app, name)
        for records in rows:
            if records:
                model = type(records[0])
                model._base_manager.using(ALIAS).bulk_create(records)
        return zlib.compress(connection.connection.serialize())


def _published_rows():
    """Yield QuerySets, those that others point to first."""
    for model in (Council, CouncilName, FormerCode, ReorganisationOrder, Succession):
        yield model._base_manager.order_by("pk")
    yield ServiceFunction.objects.used_or_offered().order_by("pk")
    published = Partnership.objects.published()
    yield published.order_by("pk")
    yield Partnership.functions.through.objects.filter(partnership__in=published)
    for model in (PartnershipName, Source, *FACTS):
        yield model._base_manager.filter(partnership__in=published).order_by("pk")
    for model in FACTS:
        owner = {f"{model._meta.model_name}__partnership__in": published}
        yield model.sources.through.objects.filter(**owner)
    yield [seen_only(c) for c in Change.objects.filter(partnership__in=published)]


def seen_only(change: Change) -> Change:
    """Leave of a change when it was, and whether readers could see the record then.

    Its place among the others tells what is news; nothing else is asked of it.
    """
    publication = change.version[0]["fields"]["publication"]
    return Change(
        pk=change.pk,
        partnership_id=change.partnership_id,
        made=change.made,
        version=[{"fields": {"publication": publication}}],
    )
