from django.apps import AppConfig
from django.db.backends.signals import connection_created

from .folding import teach_sqlite_to_fold
from .versions import watch


class CouncilsConfig(AppConfig):
    name = "councils"

    def ready(self):
        # Django's documented place for a function of SQLite's; no model is involved.
        connection_created.connect(teach_sqlite_to_fold, dispatch_uid="fold")
        watch(self)
