"""When a session ends, and who has to give a code before it counts."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from .second_factor import is_missing

# A session is written again after so many seconds, not with every page.
FRESH = 60


def is_in_admin(request) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


def begin(request) -> None:
    """Note when a session began: its end is counted from then."""
    request.session["began"] = now()
    put_end_off(request)


def now() -> int:
    return int(timezone.now().timestamp())


def put_end_off(request) -> None:
    """Let the session last for a while from now, but no longer than any may."""
    left = request.session["began"] + settings.SESSION_COOKIE_AGE - now()
    idle = int(settings.SESSION_IDLE.total_seconds())
    request.session["seen"] = now()
    request.session.set_expiry(max(min(idle, left), 1))


class SessionEndMiddleware:
    """Put the end of a session off with each page of the admin.

    The session store refuses what is past its end, so nothing else has to look.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_in_admin(request) and request.user.is_authenticated:
            if "began" not in request.session:
                # From before sessions had an end.
                begin(request)
            elif now() - request.session["seen"] >= FRESH:
                put_end_off(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Let nobody in who still owes a code: in the admin ask for it, elsewhere take
    them for a reader."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SECOND_FACTOR_GROUPS:
            user = request.user
            if not is_in_admin(request):
                request.user = SimpleLazyObject(
                    lambda: AnonymousUser() if is_missing(user) else user
                )
            elif not self.is_open(request) and is_missing(user):
                query = {"next": request.get_full_path()}
                is_page = request.method == "GET"
                name = "accounts:second-factor"
                return redirect(reverse(name, query=query if is_page else None))
        return self.get_response(request)

    def is_open(self, request) -> bool:
        """Return whether the page leads to a session that counts."""
        names = ("second-factor", "second-factor-set-up")
        return request.path_info in {
            reverse("admin:login"),
            reverse("admin:logout"),
            reverse("admin:jsi18n"),
            *(reverse(f"accounts:{name}") for name in names),
        }
