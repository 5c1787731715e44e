"""Django's command, with the password rules kept where nobody is asked, too."""

import os

from django.contrib.auth import get_user_model
from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError


class Command(createsuperuser.Command):
    def handle(self, *args, **options):
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        if not options["interactive"] and password is not None:
            fields = {
                name: options.get(name)
                or os.environ.get(f"DJANGO_SUPERUSER_{name.upper()}", "")
                for name in ("username", "email")
            }
            try:
                validate_password(password, get_user_model()(**fields))
            except ValidationError as error:
                reasons = " ".join(error.messages)
                raise CommandError(f"DJANGO_SUPERUSER_PASSWORD: {reasons}") from None
        return super().handle(*args, **options)
