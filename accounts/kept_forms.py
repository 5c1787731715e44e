"""What was typed into a form of the admin is kept when the session ended meanwhile.

The answer to such a form is the page that signs in. It carries what was typed, sealed,
and so does every wrong password after it. Once the user is in, it waits in the session,
behind the second factor too, for its user to send it or to throw it away.
"""

from typing import NamedTuple

from django.conf import settings
from django.contrib import admin
from django.core import signing
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.csrf import csrf_failure

SALT = "accounts.kept_forms"
# As long as somebody may look for their password; then the browser's Back is left.
LASTS = 12 * 60 * 60
IN_SESSION = "kept_form"
# Those of accounts hold passwords, which are kept nowhere.
APPS = ("briefings_", "councils_", "partnerships_")
# Buttons, beside which nothing is typed.
NO_FORMS = ("_changelist", "_delete")


class KeptForm(NamedTuple):
    """An address of the admin, and what was sent to it as a query string."""

    address: str
    typed: str

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The names and values in the form's order, for hidden fields."""
        return [
            (name, value)
            for name, values in QueryDict(self.typed).lists()
            for value in values
        ]


def to_keep(request) -> KeptForm | None:
    """Return what a request typed, None if that is not kept."""
    if request.method != "POST" or request.FILES:
        return None
    page = request.resolver_match
    name = page.url_name or ""
    is_of_records = page.namespace == "admin" and name.startswith(APPS)
    if not is_of_records or name.endswith(NO_FORMS):
        return None
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    return KeptForm(request.get_full_path(), typed.urlencode())


def sealed(form: KeptForm) -> str:
    return signing.dumps(form, salt=SALT, compress=True)


def unsealed(text: str) -> KeptForm | None:
    """Return the form, None where the text is too old or not ours."""
    try:
        return KeptForm(*signing.loads(text, salt=SALT, max_age=LASTS))
    except signing.BadSignature:
        return None


class KeptFormMiddleware:
    """Has a form that met no session signed in for, and goes on with it after that."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method != "POST" or not request.user.is_authenticated:
            return response
        if getattr(request, "is_refused", False):  # it may be forged
            return response
        if request.path_info == reverse("admin:login"):
            if form := unsealed(request.POST.get("kept", "")):
                request.session[IN_SESSION] = form
                return redirect("accounts:kept-form")
        elif IN_SESSION in request.session:
            address, _ = request.session[IN_SESSION]
            # Sent: saved, or shown again with what is wrong in it.
            if request.get_full_path() == address:
                del request.session[IN_SESSION]
        return response

    def process_view(self, request, view, arguments, named):
        """After the check against forged requests, so that only our forms are kept."""
        form = to_keep(request)
        if form and not request.user.is_authenticated:
            return sign_in_for(request, form)
        return None


def sign_in_for(request, form: KeptForm):
    """Return the page that signs in, with the form that waits for it."""
    # The page, not an attempt to sign in with what was typed for a record.
    request.method = "GET"
    page = {"kept": sealed(form), "app_path": reverse("admin:login")}
    answer = admin.site.login(request, page | {"next": form.address})
    answer.status_code = 403
    return answer


def form_refused(request, reason=""):
    """Answer a form whose token is not that of its browser.

    So is a form after somebody signed in from another tab. A browser says from which
    site it sends: one from elsewhere is never kept, as it may be forged.
    """
    request.is_refused = True
    own = request.build_absolute_uri("/")[:-1]
    is_ours = request.headers.get("Origin") in [own, *settings.CSRF_TRUSTED_ORIGINS]
    form = to_keep(request) if is_ours else None
    if not form:
        return csrf_failure(request, reason)
    if not request.user.is_authenticated:
        return sign_in_for(request, form)
    request.session[IN_SESSION] = form
    return redirect("accounts:kept-form")
