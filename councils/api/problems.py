"""Errors of the API as problem details for HTTP APIs (RFC 9457)."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

MEDIA_TYPE = "application/problem+json"


class Gone(exceptions.APIException):
    status_code = HTTPStatus.GONE
    default_detail = "The record was withdrawn."


class Problem(serializers.Serializer):
    """What is wrong; `errors` names each parameter that is, and what would be right."""

    type = serializers.CharField(help_text="Always about:blank: the status says it.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="What is wrong with this request.")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="By parameter, what is wrong with it.",
    )


def problem(error: Exception, context: dict) -> Response | None:
    """Answer an error; None for one that is ours, which is a server error."""
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing at this address.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    status = HTTPStatus(error.status_code)
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": str(error.detail),
    }
    if isinstance(error, exceptions.ValidationError):
        errors = {
            "request" if name == "__all__" else name: [str(one) for one in found]
            for name, found in dict(error.detail).items()
        }
        said = [sentence for found in errors.values() for sentence in found]
        body |= {"detail": " ".join(said), "errors": errors}
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if allowed := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = allowed
    set_rollback()
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)
