"""A list as a page and as files: the same questions, the same rows, the same order."""

from collections.abc import Iterator

from django.core.paginator import InvalidPage
from django.http import HttpResponse
from django_filters.views import FilterView

from .csv_export import CHUNK, csv_lines, csv_response
from .questions import sentences
from .tables import Table


class QuestionListView(FilterView):
    """A list page: 200 with the answer, or 400 with what is wrong, everything kept."""

    paginate_by: int | None = 25
    # Parameters that are no filters.
    also_allowed: tuple[str, ...] = ("page",)

    def get_filterset_kwargs(self, filterset_class):
        return {
            "data": self.request.GET,
            "request": self.request,
            "queryset": self.get_queryset(),
            "also_allowed": self.also_allowed,
        }

    def paginate_queryset(self, queryset, page_size):
        if self.filterset.form.errors:  # one mistake at a time: there are no pages yet
            paginator = self.get_paginator(queryset, page_size)
            return paginator, paginator.page(1), queryset, False
        paginator = self.get_paginator(self.filterset.found, page_size)
        try:
            page = paginator.validate_number(self.request.GET.get("page") or 1)
            pages = self.request.GET.getlist("page")
            if len(pages) > 1:
                raise InvalidPage
        except InvalidPage:
            self.filterset.form.add_error(
                None,
                f"“{self.request.GET['page']}” is not a page of this list:"
                f" its pages are 1 to {paginator.num_pages}.",
            )
            page, queryset = 1, queryset.none()
            paginator = self.get_paginator(queryset, page_size)
        page = paginator.page(page)
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {"canonical_query": self.canonical_query(context["page_obj"]), **context}

    def canonical_query(self, page) -> str | None:
        """Return the one query that asks for this page, None for a refused question."""
        if self.filterset.form.errors:
            return None
        changes = {"page": page.number} if page and page.number > 1 else {}
        return self.filterset.address(**changes)

    def render_to_response(self, context, **kwargs):
        if self.filterset.form.errors:
            kwargs["status"] = 400
        return super().render_to_response(context, **kwargs)


class QuestionFileMixin(QuestionListView):
    """The list as a file: same questions, same rows, same order, no pages."""

    paginate_by = None
    also_allowed: tuple[str, ...] = ()

    def errors(self):
        """Return the mistakes in the question, by the name of the parameter."""
        return self.filterset.form.errors

    def file(self):
        """Return the answer to a question without mistakes."""
        raise NotImplementedError

    def render_to_response(self, context, **kwargs):
        if errors := self.errors():
            return HttpResponse(
                "\n".join(["This file was not made.", *sentences(errors), ""]),
                status=400,
                content_type="text/plain; charset=utf-8",
            )
        return self.file()


class QuestionCsvMixin(QuestionFileMixin):
    """The list as a CSV file, or the rows of a long table of its records.

    `excel=yes` puts a UTF-8 signature in front, without which Excel garbles letters;
    the links on pages ask for it, programs should not.
    """

    table: Table
    also_allowed = ("excel",)

    def errors(self):
        errors = super().errors()
        if self.request.GET.get("excel", "yes") != "yes":
            errors["excel"] = ["“excel” takes one value: yes."]
        return errors

    def lines(self) -> Iterator[str] | Iterator[bytes]:
        """Yield the file line by line, so many records in memory at a time."""
        found = self.filterset.found.iterator(chunk_size=CHUNK)
        return csv_lines(self.table.columns, self.table.rows(found))

    def file(self):
        return csv_response(
            self.table, self.lines(), with_signature="excel" in self.request.GET
        )
