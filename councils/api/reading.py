"""What every view of the API does: it reads, pages, refuses and describes itself."""

from http import HTTPStatus

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response
from rest_framework.views import APIView

from ..questions import QuestionSet
from .problems import MEDIA_TYPE, Problem

REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.GONE,
    HTTPStatus.TOO_MANY_REQUESTS,
)


NOT_MODIFIED = (
    "The answer is the one whose ETag was sent as If-None-Match, or has not changed"
    " since If-Modified-Since."
)
RETRY_AFTER = {
    "description": "For how many seconds to wait.",
    "schema": {"type": "integer", "minimum": 1},
}


class Described(AutoSchema):
    """Adds to each operation what it answers without a body, or by refusing."""

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        for status in REFUSALS:
            bodies[str(int(status))] = {
                **self._get_response_for_code(Problem, str(int(status)), [MEDIA_TYPE]),
                "description": status.phrase,
            }
        bodies["304"] = {"description": NOT_MODIFIED}
        bodies["429"]["headers"] = {"Retry-After": RETRY_AFTER}
        return bodies


def described(tag: str, summary: str, words: str, responses=None, **path: str):
    """Say of a view what its one operation is for, and what its path holds."""
    parameters = [
        OpenApiParameter(name, str, OpenApiParameter.PATH, description=meaning)
        for name, meaning in path.items()
    ]
    return extend_schema_view(
        get=extend_schema(
            tags=[tag],
            summary=summary,
            description=words,
            parameters=parameters,
            **({"responses": responses} if responses else {}),
        )
    )


def refuse_parameters(request):
    if request.query_params:
        raise ValidationError(
            {
                name: [f"“{name}” is not known here: this address takes none."]
                for name in request.query_params
            }
        )


class Reading(GenericAPIView):
    """One answer to a request for reading.

    `rows` makes what is shown from the records of one page. An address of one record
    takes no parameters.
    """

    filterset_class: type[QuestionSet] | None = None

    def rows(self, records):
        return records

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.is_of_one():
            refuse_parameters(request)

    def filter_queryset(self, queryset):
        return queryset if self.is_of_one() else super().filter_queryset(queryset)

    def is_of_one(self) -> bool:
        return not isinstance(self, ListModelMixin)

    def list(self, request, *args, **kwargs):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = [*self.rows(page)]
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


@extend_schema(exclude=True)
class NothingHere(APIView):
    """Any other address of the API."""

    def get(self, request, **kwargs) -> Response:
        raise NotFound("There is nothing at this address of the API.")
