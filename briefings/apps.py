from django.apps import AppConfig

from councils.versions import watch


class BriefingsConfig(AppConfig):
    name = "briefings"

    def ready(self):
        watch(self)
