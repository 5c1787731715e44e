"""Headers and refusals that Django and django-csp do not see to by themselves."""

import logging

from django.core.exceptions import BadRequest
from django.db import DataError
from django.urls import reverse

from .errors import bad_request

logger = logging.getLogger("django.request")

ADMIN_NEEDS = {
    "style-src-attr": ["'unsafe-inline'"],
    "img-src": ["data:"],
}

REFUSED = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class AdminContentSecurityPolicyMiddleware:
    """Loosen the policy for the admin alone.

    Django's admin writes style attributes and draws some icons from data: URLs.
    It still runs no inline script and no inline style element.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if is_of_admin(request):
            response._csp_update = ADMIN_NEEDS
        return response


class ImpossibleValueMiddleware:
    """Refuse in the admin what no database can be asked for.

    Its lists and forms pass on a number of thirty digits, or NUL, that somebody wrote
    into an address. The log holds where it failed: it may be a mistake of ours.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not is_of_admin(request) or not is_impossible(exception):
            return None
        logger.warning("Refused as impossible: %s", request.path, exc_info=exception)
        said = "The address or the form holds a number or a sign that is not possible."
        return bad_request(request, BadRequest(said))


def is_impossible(exception: Exception) -> bool:
    """Return whether a database, or the field before it, could not take a value."""
    if isinstance(exception, ValueError):
        return any(part in str(exception) for part in ("NUL", "expected a number"))
    return isinstance(exception, OverflowError | DataError)


def is_of_admin(request) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


class PermissionsPolicyMiddleware:
    """Refuse what no page of the registry asks of a browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = REFUSED
        return response
