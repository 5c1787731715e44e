"""A record and all its rows on one screen: sources first, for the facts to choose."""

from collections.abc import Iterator
from typing import NamedTuple

from django import forms
from django.contrib.admin.utils import flatten
from django.db.models import Q
from django.utils.text import capfirst

from ..models import ServiceFunction
from .boxes import Boxes, RecordBoxes
from .citing import CitingFormSet, RecordSources, SourceFormSet


class Section(NamedTuple):
    """One section of the form: its title, where it is, and what the way there says."""

    title: str
    anchor: str
    said: list[str]


def sections(adminform, inline_formsets) -> Iterator[Section]:
    """Yield the sections of a record's form, its own fields first."""
    for place, fieldset in enumerate(adminform):
        if fieldset.name:
            has_error = {*flatten(fieldset.fields)} & {*adminform.form.errors}
            said = ["with an error"] if has_error else []
            yield Section(fieldset.name, f"fieldset-0-{place}-heading", said)
    for rows in inline_formsets:
        said = [str(len(rows.formset.initial_forms))]
        if rows.formset.total_error_count():
            said.append("with an error")
        title = capfirst(rows.opts.verbose_name_plural)
        yield Section(title, f"{rows.formset.prefix}-heading", said)


class OneScreenMixin(RecordBoxes):
    """Joins the rows of a record: facts choose sources that are not saved yet."""

    class Media:
        js = [forms.Script("record-form.js", defer=True)]

    def render_change_form(self, request, context, *args, **kwargs):
        shown = sections(context["adminform"], context["inline_admin_formsets"])
        context = {**context, "sections": list(shown)}
        return super().render_change_form(request, context, *args, **kwargs)

    # Django gives no public place between making the form sets and asking them.
    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        facts = [one for one in formsets if isinstance(one, CitingFormSet)]
        for formset in formsets:
            if isinstance(formset, SourceFormSet):
                formset.citing_formsets = facts
                sources = RecordSources(formset)
                for fact in facts:
                    fact.sources = sources
        return formsets, inlines

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name != "functions":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        offered = Q(is_retired=False)
        if record := request.resolver_match.kwargs.get("object_id"):
            own = ServiceFunction.objects.filter(partnerships=record)
            offered |= Q(pk__in=own)
        return db_field.formfield(
            queryset=ServiceFunction.objects.filter(offered).in_order(),
            widget=Boxes(group="Functions", kind="function-boxes"),
        )
