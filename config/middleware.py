"""Headers and refusals that Django and django-csp do not see to by themselves."""

from django.core.exceptions import BadRequest
from django.db import DataError
from django.urls import reverse

from .errors import bad_request

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
    into an address.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_of_admin(request) and "%00" in request.META.get("QUERY_STRING", ""):
            return self.refuse(request)
        return self.get_response(request)

    def process_exception(self, request, exception):
        if is_of_admin(request) and isinstance(exception, OverflowError | DataError):
            return self.refuse(request)
        return None

    @staticmethod
    def refuse(request):
        said = "The address or the form holds a number or a sign that is not possible."
        return bad_request(request, BadRequest(said))


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
