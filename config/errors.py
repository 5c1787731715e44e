"""The page for an address that the registry refuses."""

from django.core.exceptions import BadRequest
from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def bad_request(request, exception):
    """Say what was wrong, in plain text where a machine asked for a file.

    Only a view's own BadRequest is repeated: Django's messages about suspicious
    requests may give away more than a reader should know.
    """
    message = str(exception) if isinstance(exception, BadRequest) else ""
    if "." in request.path.rpartition("/")[2]:
        text = f"{message or 'Bad request'}\n"
        return HttpResponseBadRequest(text, content_type="text/plain; charset=utf-8")
    return render(request, "400.html", {"message": message}, status=400)
