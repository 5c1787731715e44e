"""What follows signing in or failing to: the session begins, and the log says so.

One line each, with no password and no address. What people type as their name may be
their password by mistake, so a name is written only where somebody has it.
"""

import logging

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)

from .middleware import begin
from .second_factor import warn_of_unknown_groups

logger = logging.getLogger("accounts")


def listen() -> None:
    """Log what Django and django-axes report; they offer no other place for it."""
    for signal, receiver in (
        (user_logged_in, signed_in),
        (user_logged_out, signed_out),
        (user_login_failed, sign_in_failed),
        (user_locked_out, locked_out),
    ):
        signal.connect(receiver, dispatch_uid=f"accounts.journal.{receiver.__name__}")


def known(name: str | None) -> str:
    """Return a name in quotes if somebody has it, else that nobody has."""
    if name and get_user_model().objects.filter(username=name).exists():
        return f"“{name}”"
    return "a name that nobody has"


def signed_in(sender, request, user, **kwargs):
    begin(request)
    logger.info("“%s” signed in", user)
    warn_of_unknown_groups()


def signed_out(sender, user, **kwargs):
    if user:
        logger.info("“%s” signed out", user)


def sign_in_failed(sender, credentials, **kwargs):
    logger.warning("Signing in failed for %s", known(credentials.get("username")))


def locked_out(sender, username=None, **kwargs):
    logger.warning("Signing in is locked for a while for %s", known(username))
