from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may edit: signing in, second factors, and what is logged about both.

    Users, groups and permissions are Django's own.
    """

    name = "accounts"

    def ready(self):
        from . import journal

        journal.listen()
