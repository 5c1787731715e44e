"""Signing in is refused for a while after too many wrong passwords.

django-axes counts them, for one name from one network, in the database; these
functions tell it what both are, and what to answer. Names that nobody has are locked
like others, so a lock says nothing about who has an account.
"""

import ipaddress
from datetime import datetime
from math import ceil

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from partnerships.models.suggestions import network_of
from partnerships.reports import sender_of


def network(request: HttpRequest) -> str | None:
    """Return the first address of the network that a request came from.

    It is found as for readers' reports. None where a proxy gives no address: all such
    count as one.
    """
    address = network_of(sender_of(request)).partition("/")[0]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def name_tried(request: HttpRequest, credentials: dict | None) -> str:
    """Return the name that was tried, no longer than the table of failures takes."""
    name = (credentials or request.POST).get("username") or ""
    return name[: AccessAttempt._meta.get_field("username").max_length]


def locked_until(name: str, network: str | None) -> datetime:
    """Return when the last failure that keeps a name locked out has been forgotten."""
    last = AccessAttempt.objects.filter(username=name, ip_address=network).first()
    return (last.attempt_time if last else timezone.now()) + get_cool_off()


def locked_out(request: HttpRequest, response, credentials: dict) -> HttpResponse:
    """Say for how long signing in is refused, and what to do meanwhile."""
    until = locked_until(name_tried(request, credentials), network(request))
    seconds = max(ceil((until - timezone.now()).total_seconds()), 1)
    context = {"minutes": ceil(seconds / 60), "most": settings.AXES_FAILURE_LIMIT}
    answer = render(request, "accounts/locked_out.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer
