"""A form whose object somebody has deleted meanwhile: what was typed is kept."""

import re

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms.models import _get_foreign_key
from django.template.response import TemplateResponse


class DeletedMixin(admin.ModelAdmin):
    """Offers what was typed about an object that is gone."""

    def show_what_was_typed(self, request):
        """Offer a form whose object somebody has deleted as that of a new one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return TemplateResponse(
            request,
            "admin/deleted.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": f"Somebody has deleted this {self.opts.verbose_name}",
                "typed": self.typed_for_a_new_one(request),
            },
            status=410,
        )

    def typed_for_a_new_one(self, request) -> list[tuple[str, str]]:
        """Return the names and values of a form as if nothing of it had been saved."""
        keys = {"id"} | {
            inline_key(inline, self.model)
            for inline in self.get_inline_instances(request)
        }
        gone = re.compile(rf"csrfmiddlewaretoken|seen|yours|\w+-\d+-({'|'.join(keys)})")
        return [
            (name, "0" if name.endswith("-INITIAL_FORMS") else value)
            for name, values in request.POST.lists()
            if not gone.fullmatch(name)
            for value in values
        ]


def inline_key(inline, parent: type[models.Model]) -> str:
    """Return the name of the field by which an inline's rows belong to their page."""
    return _get_foreign_key(parent, inline.model, inline.fk_name).name
