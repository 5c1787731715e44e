"""A record and all its rows on one screen: sources first, for the facts to choose."""

from django import forms
from django.db.models import Q

from ..models import ServiceFunction
from .boxes import Boxes, RecordBoxes
from .citing import CitingFormSet, RecordSources, SourceFormSet


class OneScreenMixin(RecordBoxes):
    """Joins the rows of a record: facts choose sources that are not saved yet."""

    class Media:
        js = [forms.Script("record-form.js", defer=True)]

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
