"""The pages for an address that the registry refuses, and for its own troubles."""

import sys

from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import server_error

AWAY = "The registry cannot reach its records just now. Try again in a few minutes."
RETRY_AFTER = "120"


@requires_csrf_token
def bad_request(request, exception):
    """Say what was wrong, in plain text where a machine asked for a file.

    Only a view's own BadRequest is repeated: Django's messages about suspicious
    requests may give away more than a reader should know.
    """
    message = str(exception) if isinstance(exception, BadRequest) else ""
    if is_file(request):
        text = f"{message or 'Bad request'}\n"
        return HttpResponseBadRequest(text, content_type="text/plain; charset=utf-8")
    return render(request, "400.html", {"message": message}, status=400)


def fault(request):
    """Tell a database that is away, full or being restored from a fault of the code.

    It passes, so search engines and programs are asked to come again (503) instead of
    being told that the page is broken.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": "Service Unavailable", "status": 503}
        kind = "application/problem+json"
        answer = JsonResponse(body | {"detail": AWAY}, status=503, content_type=kind)
    elif is_file(request):
        plain = "text/plain; charset=utf-8"
        answer = HttpResponse(f"{AWAY}\n", content_type=plain, status=503)
    else:
        # Without the request: what else a page shows would ask the database.
        context = {"message": AWAY, "sent": request.method == "POST"}
        answer = HttpResponse(render_to_string("503.html", context), status=503)
    answer.headers["Retry-After"] = RETRY_AFTER
    answer.headers["Cache-Control"] = "no-store"
    return answer


def is_file(request) -> bool:
    return "." in request.path.rpartition("/")[2]
