"""The documentation of the API: a page made from its own description."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from councils.api.reading import refuse_parameters

# A request to show for each operation: its path's values, and its query.
EXAMPLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "/api/v1/partnerships/": ({}, {"status": "ended", "function": "ict"}),
    "/api/v1/partnerships/{slug}/": ({"slug": "ek-services"}, {}),
    "/api/v1/councils/": ({}, {"name": "aylesbury"}),
    "/api/v1/councils/{council}/": ({"council": "E07000004"}, {}),
    "/api/v1/successions/": ({}, {"nation": "england"}),
}


@cache
def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations() -> list[dict[str, Any]]:
    """Return every operation with a request that a reader can follow."""
    found = []
    for path, methods in description()["paths"].items():
        values, query = EXAMPLES.get(path, ({}, {}))
        operation = methods["get"]
        example = path.format(**values)
        if query:
            example = f"{example}?{urlencode(query)}"
        parameters = [
            {**one, "values": values_of(one["schema"])}
            for one in operation.get("parameters", [])
        ]
        found.append(
            {**operation, "path": path, "example": example, "parameters": parameters}
        )
    return found


def values_of(schema: dict[str, Any]) -> str:
    """Say which values a parameter takes, "" where its description does."""
    if "minimum" in schema:
        most = schema.get("maximum")
        return f"{schema['minimum']} to {most}" if most else f"from {schema['minimum']}"
    return ", ".join(schema.get("items", schema).get("enum", []))


@extend_schema(exclude=True)
class DescriptionView(APIView):
    """The API as OpenAPI 3.1."""

    def get(self, request):
        refuse_parameters(request)
        return Response(description())


class DocumentationView(TemplateView):
    template_name = "briefings/api.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(operations=operations(), **kwargs)
