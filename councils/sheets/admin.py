"""Import, export and templates of a table, offered above its list."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import slugify

from .forms import ConfirmForm, FileForm
from .reading import Unreadable
from .reports import Report, trial, write
from .resources import TableResource

if TYPE_CHECKING:
    from .writing import SheetFile

KINDS = {"csv": "CSV", "xlsx": "Excel"}


class SheetsMixin(admin.ModelAdmin):
    """Needs `resource_class`, the rows of the table as a file says them."""

    resource_class: type[TableResource]
    change_list_template = "admin/sheets/change_list.html"
    import_template = "admin/sheets/import.html"

    def get_urls(self):
        view, name = self.admin_site.admin_view, self.sheet_url_name
        return [
            path("import/", view(self.import_view), name=name("import")),
            path("export/<str:kind>/", view(self.export_view), name=name("export")),
            path(
                "template/<str:kind>/", view(self.template_view), name=name("template")
            ),
            *super().get_urls(),
        ]

    def sheet_url_name(self, action: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{action}"

    def sheet_address(self, action: str, *args: str) -> str:
        return reverse(f"admin:{self.sheet_url_name(action)}", args=args)

    # ---- Who may

    def has_import_permission(self, request) -> bool:
        """Return whether the user may add and change rows; on a page or by a file."""
        return all(
            request.user.has_perm(
                f"{self.opts.app_label}.{action}_{self.opts.model_name}"
            )
            for action in ("add", "change")
        )

    def changelist_view(self, request, extra_context=None):
        query = request.GET.urlencode()
        tools = [
            (f"Export to {name}", f"{self.sheet_address('export', kind)}?{query}")
            for kind, name in KINDS.items()
        ]
        if self.has_import_permission(request):
            tools.insert(0, ("Import", self.sheet_address("import")))
        return super().changelist_view(
            request, {**(extra_context or {}), "sheet_tools": tools}
        )

    # ---- Out

    def export_view(self, request, kind):
        """Return the list, as it is searched and filtered, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        asked.pop("p", None)
        request.GET = asked
        try:
            listed = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise BadRequest("The list does not have such a filter.") from error
        resource = self.resource_class()
        records = resource.get_queryset().filter(pk__in=listed.values("pk"))
        from .writing import table_file  # openpyxl is heavy, and rarely needed

        return self.as_download(table_file(resource, records, self.known(kind)))

    def template_view(self, request, kind):
        if not self.has_import_permission(request):
            raise PermissionDenied
        from .writing import template_file

        file = template_file(self.resource_class(), self.known(kind))
        return self.as_download(file, "-template")

    def known(self, kind: str) -> str:
        if kind not in KINDS:
            raise BadRequest(f"Ask for one of: {', '.join(KINDS)}.")
        return kind

    def as_download(self, file: "SheetFile", suffix: str = "") -> HttpResponse:
        name = slugify(str(self.opts.verbose_name_plural)) + suffix
        return HttpResponse(
            file.content,
            content_type=file.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}.{file.ending}"',
                "Cache-Control": "no-store",
            },
        )

    # ---- In

    def import_view(self, request):
        """Try a file and show what it would do; then, confirmed, do it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method == "POST" and "tried" in request.POST:
            return self.confirmed(request)
        if request.method == "POST":
            return self.tried(request)
        return self.import_page(request, file_form=FileForm())

    def tried(self, request):
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.import_page(request, file_form=form)
        try:
            report = trial(self.resource_class, form.table, request.user)
            confirm_form = self.confirm_form(request, form.table, report)
        except Unreadable as error:
            form.add_error("file", str(error))
            return self.import_page(request, file_form=form)
        return self.import_page(
            request, file_form=FileForm(), report=report, confirm_form=confirm_form
        )

    def confirm_form(self, request, table, report: Report, reason: str = ""):
        """Return the form that asks to write, None where nothing can be written."""
        if not report.can_be_written:
            return None
        form = ConfirmForm(user=request.user, model=self.model)
        form.initial = {"tried": form.sign(table, report.digest), "reason": reason}
        return form

    def confirmed(self, request):
        form = ConfirmForm(request.POST, user=request.user, model=self.model)
        form.is_valid()
        if "tried" in form.errors:
            file_form = FileForm(request.POST, {})
            file_form.errors["file"] = form.errors["tried"]
            return self.import_page(request, file_form=file_form)
        if form.errors:
            report = trial(self.resource_class, form.table, request.user)
            if report.digest == form.digest:
                return self.import_page(
                    request, file_form=FileForm(), report=report, confirm_form=form
                )
            return self.changed_meanwhile(request, form, report)
        report = write(
            self.resource_class,
            form.table,
            request.user,
            reason=form.cleaned_data["reason"],
            seen=form.digest,
        )
        if report.digest != form.digest:
            return self.changed_meanwhile(request, form, report)
        messages.success(
            request,
            f"Imported: {len(report.added)} added, {len(report.changed)} changed,"
            f" {len(report.unchanged)} unchanged.",
        )
        return HttpResponseRedirect(self.sheet_address("changelist"))

    def changed_meanwhile(self, request, form, report: Report):
        reason = form.cleaned_data.get("reason", "")
        return self.import_page(
            request,
            file_form=FileForm(),
            report=report,
            confirm_form=self.confirm_form(request, form.table, report, reason),
            changed_meanwhile=True,
        )

    def import_page(self, request, **context):
        resource = self.resource_class()
        context = {
            **self.admin_site.each_context(request),
            "title": f"Import {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "columns": resource.get_export_headers(),
            "templates": [
                (name, self.sheet_address("template", kind))
                for kind, name in KINDS.items()
            ],
            "list_address": self.sheet_address("changelist"),
            "report": None,
            "confirm_form": None,
            "changed_meanwhile": False,
            **context,
        }
        return TemplateResponse(request, self.import_template, context)
