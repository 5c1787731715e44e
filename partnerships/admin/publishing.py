"""Who may show a record to readers, and what it needs before they see it."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.text import capfirst

from councils.admin import DeletingMixin

from ..choices import Publication
from ..publishing import PUBLISH, UNSEEN, Lack, lacks, states_after

FOR_REVIEWERS = "Readers see or saw this record, so only a reviewer changes it."


class NotReady(Exception):
    """A record lacks what readers need; undoes what has been saved of it."""

    def __init__(self, links: list[str]):
        super().__init__(f"{len(links)} facts are missing")
        self.links = links


class PublishingForm(forms.ModelForm):
    """Offers the states that this user may choose, and says what a record lacks."""

    may_publish = False
    links_to_lacks: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields.get("publication")
        if isinstance(field, forms.ChoiceField):
            states = states_after(self.instance.publication, self.may_publish)
            field.choices = [(state.value, state.label) for state in states]
            field.error_messages["invalid_choice"] = (
                f"You may choose: {', '.join(state.label for state in states)}."
            )

    def clean(self):
        cleaned = super().clean()
        if self.links_to_lacks:
            opening = (
                "This record cannot be published yet, and nothing was saved."
                " Mend each of these:"
            )
            self.add_error("publication", [opening, *self.links_to_lacks])
        return cleaned


class PublishingMixin(DeletingMixin, admin.ModelAdmin):
    """Publishing and withdrawing are for those with the permission, and rule-bound.

    The rule looks at the record as saved, with all its rows, and a refusal undoes the
    save. The form is then shown once more as it was sent.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotReady as refusal:
            request.links_to_lacks = refusal.links
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.may_publish = request.user.has_perm(PUBLISH)
        form.links_to_lacks = getattr(request, "links_to_lacks", [])
        return form

    def get_fieldsets(self, request, obj=None):
        """Say to those who only read a record why, and ask them for no reason."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        (name, first), *others = fieldsets
        fields = [field for field in first["fields"] if field != "reason"]
        says = {} if obj.publication in UNSEEN else {"description": FOR_REVIEWERS}
        return [(name, {**first, "fields": fields, **says}), *others]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.instance.publication == Publication.PUBLISHED:
            saved = type(form.instance).objects.get(pk=form.instance.pk)
            if lacking := [*lacks(saved)]:
                raise NotReady(links_to(lacking, formsets))

    def has_change_permission(self, request, obj=None):
        """What readers see or saw is changed by those who may publish."""
        is_open = obj is None or obj.publication in UNSEEN
        return (is_open or request.user.has_perm(PUBLISH)) and (
            super().has_change_permission(request, obj)
        )

    def why_it_stays(self, obj):
        if was_ever_public(obj):
            return "readers have seen it. Withdraw it instead."
        return ""

    def get_deleted_objects(self, objs, request):
        """A draft goes with its rows, whose own screens cannot delete."""
        objects, counts, needed, protected = super().get_deleted_objects(objs, request)
        for relation in self.opts.related_objects:
            needed.discard(relation.related_model._meta.verbose_name)
        return objects, counts, needed, protected

    def get_view_on_site_url(self, obj=None):
        """Offer no way to a page that readers do not have."""
        if obj and obj.publication != Publication.PUBLISHED:
            return None
        return super().get_view_on_site_url(obj)


def was_ever_public(partnership) -> bool:
    return (
        partnership.publication not in UNSEEN or partnership.changes.public().exists()
    )


def links_to(lacking: list[Lack], formsets) -> list[str]:
    """Say what is lacking, down the page, as links to the fields that would hold it."""
    forms = {
        form.instance: form
        for formset in formsets
        for form in formset.forms
        if form.instance.pk
    }
    places = {row: place for place, row in enumerate(forms)}
    links: list[str] = []
    for lack in sorted(lacking, key=lambda lack: places.get(lack.row, -1)):
        if lack.row in forms:
            # Only the group around a fact's boxes can take the focus.
            anchor = f"boxes_{forms[lack.row][lack.field].auto_id}"
        elif lack.field == "sources":
            anchor = "sources-group"
        else:
            anchor = f"id_{lack.field}"
        link = format_html('<a href="#{}">{}</a>', anchor, capfirst(lack.words))
        links.append(link)
    return links
