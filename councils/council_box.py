"""The box in which an editor finds a council by any of its names and codes.

With scripts it offers councils while one types; without, a name or a code is typed.
"""

from datetime import date

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import get_text_list

from .lineage import Lineage, known_lineage
from .models import Council
from .notes import found_as


def lifetime(started: date | None, ended: date | None) -> str:
    """Return "1974-04-01 to 2020-03-31", or "since 1974-04-01" while it stands."""
    if ended:
        return f"{started or 'a date not known'} to {ended}"
    return f"since {started or 'a date not known'}"


class CouncilLabels:
    """Says which body a name means: its dates, and who came after it.

    Two queries, however many councils are asked for.
    """

    @cached_property
    def _lineage(self) -> Lineage:
        return known_lineage()

    @cached_property
    def _councils(self) -> dict[str, Council]:
        return {str(council.pk): council for council in Council.objects.all()}

    def of(self, council: Council) -> str:
        """Return "Taunton Deane, 1974-04-01 to 2019-03-31, then ..."."""
        label = f"{council.short_name}, {lifetime(council.started, council.ended)}"
        heirs = [s.successor.short_name for s in self._lineage.after(council.pk)]
        return f"{label}, then {get_text_list(heirs, 'and')}" if heirs else label

    def of_key(self, key: str) -> str | None:
        """Return the label of the council that a form names, None if it is none."""
        council = self._councils.get(key)
        return self.of(council) if council else None


class CouncilBoxView(AutocompleteJsonView):
    """Answers the box: the councils that a text may mean, the likeliest first."""

    def process_request(self, request):
        options = self.admin_site.get_model_admin(Council)
        return request.GET.get("term", ""), options, None, "id"

    def get_queryset(self):
        self.labels = CouncilLabels()
        text = self.term.replace("\0", "")
        found = Council.objects.named_like(text).for_list()
        return found.best_first(text, timezone.localdate())

    def serialize_result(self, obj, to_field_name):
        because = found_as(obj, self.term)
        label = self.labels.of(obj)
        return {"id": str(obj.pk), "text": f"{label} ({because})" if because else label}


class CouncilSelect(AutocompleteSelect):
    """A list that is filled while one types, beside a plain box without scripts."""

    url_name = "%s:councils_council_box"
    labels: CouncilLabels | None = None

    def optgroups(self, name, value, attrs=None):
        labels = self.labels or CouncilLabels()
        options = []
        if not self.is_required:
            options.append(self.create_option(name, "", "", False, 0))
        for key in value:
            if label := labels.of_key(key):
                options.append(self.create_option(name, key, label, True, 1))
        return [(None, options, 0)]

    def render(self, name, value, attrs=None, renderer=None):
        is_key = isinstance(value, int) or str(value or "").isdecimal()
        return format_html(
            '{}<noscript><div class="council-typed"><label for="{id}-typed">{} name or'
            ' code</label> <input type="text" name="{}-typed" id="{id}-typed"'
            ' value="{}" class="vTextField"></div></noscript>',
            super().render(name, value, attrs, renderer),
            "Change it: type another" if is_key else "Type its",
            name,
            "" if is_key else value or "",
            id=(attrs or {}).get("id", f"id_{name}"),
        )

    def value_from_datadict(self, data, files, name):
        typed = data.get(f"{name}-typed", "").strip()
        return typed or super().value_from_datadict(data, files, name)


class CouncilField(forms.ModelChoiceField):
    """One council: chosen from the list, or typed as a name or code of its own."""

    def label_from_instance(self, obj):
        return CouncilLabels().of(obj)

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip() or value.isdecimal():
            return super().to_python(value)
        found = list(self.meant(value).best_first(value, timezone.localdate()))
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                f"No council has the name or code “{value}”. Type its official name, a"
                " former name or a GSS code.",
                code="unknown_council",
            )
        labels = CouncilLabels()
        names = "; ".join(
            f"{self.short_form(council)} for {labels.of(council)}"
            for council in found[:8]
        )
        more = f"; and {len(found) - 8} more" if len(found) > 8 else ""
        raise ValidationError(
            f"“{value}” may mean {len(found)} councils. Type {names}{more}.",
            code="several_councils",
        )

    def meant(self, text):
        """Return the councils that a typed text may mean, whatever its capitals."""
        return self.queryset.called(text, is_slug_a_name=True)

    def short_form(self, council: Council) -> str:
        """Return what to type for this council alone: its slug if that will do."""
        ways = (council.slug, council.gss_code, council.name)
        return next((way for way in ways if len(self.meant(way)) == 1), council.name)


class CouncilBoxes(BaseModelAdmin):
    """Asks in the box for each council that a form or its rows name."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model is Council:
            widget = CouncilSelect(db_field, self.admin_site)
            # All rows of the form read the same labels.
            widget.labels = CouncilLabels()
            kwargs |= {"form_class": CouncilField, "widget": widget}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
