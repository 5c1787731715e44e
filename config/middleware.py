"""Headers that Django and django-csp do not set by themselves."""

from django.urls import reverse

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
        if request.path_info.startswith(reverse("admin:index")):
            response._csp_update = ADMIN_NEEDS
        return response


class PermissionsPolicyMiddleware:
    """Refuse what no page of the registry asks of a browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = REFUSED
        return response
