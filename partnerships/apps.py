from django.apps import AppConfig

from councils.versions import watch


class PartnershipsConfig(AppConfig):
    name = "partnerships"

    def ready(self):
        watch(self, unread=frozenset({"Suggestion", "ReportCount"}))
