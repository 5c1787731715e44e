"""The lists' own questions, asked of the API, and its answers page by page."""

from django.core.paginator import InvalidPage
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

from ..choices import NOT_RECORDED
from ..questions import QuestionForm, SortField, VocabularyField, takes_many
from ..whole_numbers import whole

PAGES = ("page", "page_size")


class QuestionBackend(BaseFilterBackend):
    """Filters by a view's `filterset_class`, as the list does, and refuses as it does.

    A view without one knows the parameters of pages alone.
    """

    def filter_queryset(self, request, queryset, view):
        if view.filterset_class:
            questions = view.filterset_class(
                request.query_params, queryset=queryset, also_allowed=PAGES
            )
            form = questions.form
            queryset = questions.queryset.none() if form.errors else questions.found
        else:
            form = QuestionForm(request.query_params)
            form.also_allowed = PAGES
        if form.errors:
            raise ValidationError(dict(form.errors))
        return queryset

    def get_schema_operation_parameters(self, view):
        if not view.filterset_class:
            return []
        fields = view.filterset_class().form.fields
        return [parameter(name, field) for name, field in fields.items()]


def parameter(name, field) -> dict:
    """Describe a filter as a parameter of OpenAPI."""
    schema: dict = {"type": "string"}
    if isinstance(field, VocabularyField | SortField):
        values = [str(value) for value, _ in field.widget.choices if value]
        # Functions are a table, not a vocabulary: editors add to it.
        if name != "function":
            schema["enum"] = values
        elif NOT_RECORDED in values:
            schema["description"] = f"A service’s slug, or {NOT_RECORDED}."
    if takes_many(field):
        schema = {"type": "array", "items": schema}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"{field.label}. {field.help_text}".strip(),
        "schema": schema,
        "explode": True,
        "style": "form",
    }


class Pages(PageNumberPagination):
    """Pages with a total, and links that keep the filters."""

    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"

    def get_page_size(self, request):
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        size = whole(text)
        if size and size <= self.max_page_size:
            return size
        raise ValidationError(
            {
                "page_size": [
                    f"“{text}” is not a size of a page: it is a whole number from 1 to"
                    f" {self.max_page_size}."
                ]
            }
        )

    def paginate_queryset(self, queryset, request, view=None):
        for name in PAGES:
            if len(request.query_params.getlist(name)) > 1:
                raise ValidationError({name: [f"Give “{name}” once."]})
        self.request = request
        paginator = self.django_paginator_class(queryset, self.get_page_size(request))
        text = request.query_params.get("page", "1")
        try:
            # The paginator refuses None as it refuses a page that is not there.
            self.page = paginator.page(whole(text))
        except InvalidPage as error:
            raise ValidationError(
                {
                    "page": [
                        f"“{text}” is not a page of this list: its pages are 1 to"
                        f" {paginator.num_pages}."
                    ]
                }
            ) from error
        return list(self.page)

    def get_paginated_response(self, data):
        return Response(
            {
                "total": self.page.paginator.count,
                "pages": self.page.paginator.num_pages,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {
            "total": {"type": "integer", "description": "Results on all pages."},
            "pages": {"type": "integer", "description": "How many pages there are."},
            "next": link,
            "previous": link,
            "results": schema,
        }
        return {
            "type": "object",
            "required": list(properties),
            "properties": properties,
        }

    def get_schema_operation_parameters(self, view):
        def number(name, words, most=None):
            schema = {"type": "integer", "minimum": 1}
            if most:
                schema["maximum"] = most
            return {
                "name": name,
                "in": "query",
                "required": False,
                "description": words,
                "schema": schema,
            }

        return [
            number("page", "A page of the list, from 1."),
            number(
                "page_size",
                f"Results on a page; {self.page_size} if not given.",
                self.max_page_size,
            ),
        ]
