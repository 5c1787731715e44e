"""What the files hold: a dictionary to read, and descriptions for programs."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.generic import TemplateView, View

from councils.questions import QuestionFileMixin
from councils.tables import Table

from .data_changes import DATA_CHANGES
from .dictionary import TABLES, data_package, field
from .exports import PARTNERSHIPS
from .filters import PartnershipFilter
from .long_tables import LONG_TABLES
from .models import Partnership
from .statistics import date_of_the_data
from .workbook import workbook


def address_of(table: Table) -> str:
    """Return the path of a table's file."""
    names = {
        "partnerships": "partnerships:partnership-csv",
        "councils": "councils:council-csv",
        "successions": "councils:successions-csv",
    }
    return reverse(names.get(table.name, f"partnerships:{table.name}-csv"))


class DataView(TemplateView):
    template_name = "partnerships/data.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            tables=[(table, address_of(table)) for table in TABLES], **kwargs
        )


class DictionaryView(TemplateView):
    template_name = "partnerships/dictionary.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            tables=[
                (table, address_of(table), [field(table, c) for c in table.columns])
                for table in TABLES
            ],
            changes=DATA_CHANGES,
            **kwargs,
        )


class DescriptionView(View):
    """The tables described for programs, each by its whole address."""

    describe = staticmethod(data_package)
    content_type = "application/json"

    def get(self, request):
        described = self.describe(
            lambda table: request.build_absolute_uri(address_of(table))
        )
        return JsonResponse(
            described,
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            content_type=self.content_type,
        )


class PartnershipWorkbookView(QuestionFileMixin):
    """The list's records as a workbook, a sheet for each table."""

    queryset = Partnership.objects.published().for_tables()
    filterset_class = PartnershipFilter

    def file(self):
        partnerships = list(self.object_list)
        response = HttpResponse(
            workbook(
                self.told(partnerships),
                [
                    (table, table.rows(partnerships))
                    for table in (PARTNERSHIPS, *LONG_TABLES)
                ],
            ),
            content_type=(
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            ),
        )
        name = "attachment; filename=partnerships.xlsx"
        response.headers["Content-Disposition"] = name
        return response

    def told(self, partnerships) -> list[tuple[str, str]]:
        """Say what the workbook is, so that it can be asked for again."""
        address = self.request.build_absolute_uri(self.request.get_full_path())
        day = date_of_the_data(Partnership.objects.published())
        return [
            ("What it is", "Shared services partnerships of UK councils"),
            ("Address", address),
            *((answer.label, answer.words) for answer in self.filterset.answers),
            ("Arrangements", str(len(partnerships))),
            ("Date of the data", day.date if day else "not known"),
            ("Columns", "The sheet “Dictionary” says what each means."),
            (
                "Empty cells",
                "Not known, none, or a question that does not arise: the dictionary"
                " says which. Dates are as exact as their source.",
            ),
        ]
