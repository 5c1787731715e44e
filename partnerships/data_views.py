"""What the files hold: a dictionary to read, and descriptions for programs."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView, View

from councils.question_views import QuestionFileMixin
from councils.tables import Table

from .answers import answer_of
from .archive import archive, name_of_the_data
from .data_changes import DATA_CHANGES
from .dictionary import TABLES, data_package, field
from .exports import PARTNERSHIPS
from .filters import PartnershipFilter
from .long_tables import LONG_TABLES
from .models import Partnership, Release
from .releasing import Kind
from .snapshots import reading
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


def grouped(changes) -> list[tuple[str, list[str]]]:
    """Return the lines of a change log under the name of their kind."""
    found = [
        (kind.label, [words for of, words in changes if of == kind]) for kind in Kind
    ]
    return [(label, lines) for label, lines in found if lines]


class DataView(TemplateView):
    template_name = "partnerships/data.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            tables=[(table, address_of(table)) for table in TABLES],
            name=name_of_the_data(),
            releases=[
                (release, grouped(release.changes))
                for release in Release.objects.newest_first()
            ],
            **kwargs,
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


class TakenAwayView(QuestionFileMixin):
    """The list's records with all that hangs on them, in one file."""

    queryset = Partnership.objects.published().for_tables()
    filterset_class = PartnershipFilter

    def address(self) -> str:
        return self.request.build_absolute_uri(self.request.get_full_path())

    def in_words(self) -> list[tuple[str, str]]:
        """Return each filter that was asked and its value, and the order if chosen."""
        said = [(answer.label, answer.words) for answer in self.filterset.answers]
        if sort := self.filterset.form.cleaned_data.get("sort"):
            said.append(("Order", sort))
        return said

    def date_of_the_data(self) -> str:
        day = date_of_the_data(Partnership.objects.published())
        return str(day.date) if day else "not known"


def as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


class PartnershipArchiveView(TakenAwayView):
    """Every table as one ZIP, with its dictionary, checksums and what was asked."""

    def made(self) -> tuple[str, bytes]:
        """Return the name of the data, and the ZIP."""
        return archive(
            self.object_list,
            address=self.address(),
            in_words=self.in_words(),
            date=self.date_of_the_data(),
        )

    def file(self):
        name, content = self.made()
        return as_file(content, "application/zip", f"registry-{name}.zip")


class ReleaseArchiveView(PartnershipArchiveView):
    """The same of a release: its files, chosen and sorted by its own records."""

    def get(self, request, *args, **kwargs):
        self.release = get_object_or_404(Release, number=kwargs["number"])
        with reading(bytes(self.release.snapshot)):
            return super().get(request, *args, **kwargs)

    def errors(self):
        errors = super().errors()
        if self.filterset.form.cleaned_data.get("as_at"):
            errors["as_at"] = [
                "A release keeps its cells as they were and cannot take members out of"
                " them. Ask “running_on” for the arrangements of a day, or"
                f" {reverse('partnerships:partnership-zip')} for its members too."
            ]
        return errors

    def address(self):
        """Leave the host out and write filters in one way: the bytes depend on it."""
        return f"{self.request.path}?{self.filterset.address()}".removesuffix("?")

    def made(self):
        content = answer_of(
            self.release,
            self.object_list,
            address=self.address(),
            in_words=self.in_words(),
        )
        return self.release.number, content


class PartnershipWorkbookView(TakenAwayView):
    """A workbook with a sheet for each table."""

    def file(self):
        partnerships = list(self.object_list)
        tables = [
            (table, table.rows(partnerships)) for table in (PARTNERSHIPS, *LONG_TABLES)
        ]
        told = [
            ("What it is", "Shared services partnerships of UK councils"),
            ("Address", self.address()),
            *self.in_words(),
            ("Arrangements", str(len(partnerships))),
            ("Date of the data", self.date_of_the_data()),
            ("Columns", "The sheet “Dictionary” says what each means."),
            (
                "Empty cells",
                "Not known, none, or a question that does not arise: the dictionary"
                " says which. Dates are as exact as their source.",
            ),
        ]
        return as_file(
            workbook(told, tables),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "partnerships.xlsx",
        )
