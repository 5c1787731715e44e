"""Councils for OpenRefine and others: the Reconciliation Service API, version 0.2."""

import json
import re
from datetime import date
from typing import Any

from csp.decorators import csp_replace
from django.core.validators import slug_re
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import DetailView, View

from .arrangements import Arrangements
from .choices import CouncilType
from .exports import COUNCILS, CouncilRow
from .lineage import Lineage, known_lineage
from .models import Council
from .reconciling import Names, description
from .tables import Type
from .whole_numbers import whole

TYPE = {"id": "council", "name": "Council"}
# Whoever matches more names asks again: OpenRefine sends ten at a time.
MOST_QUERIES, MOST_IDS, MOST_CANDIDATES, LONGEST = 50, 500, 25, 200
MOST_BYTES = 200_000
MATCHED_BY = ("gss_code", "nation", "region", "council_type")
LEADING_TO_COUNCILS = ("predecessors", "successors")
# The columns that a spreadsheet may be given for its councils.
PROPERTIES = {c.name: c for c in COUNCILS.columns if c.name != "slug"}
CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)


class Refused(Exception):
    """A question that cannot be answered, with the status that says so."""

    def __init__(self, message: str, status: int = 400):
        super().__init__(message)
        self.status = status


def named(council_type: str) -> dict[str, str]:
    return {"id": council_type, "name": str(CouncilType(council_type).label)}


def types_of(council: Council) -> list[dict[str, str]]:
    return [TYPE, named(council.council_type)]


def title(name: str) -> str:
    """Return "GSS code" of gss_code, as people read it."""
    words = (
        name.replace("_", " ").replace("gss", "GSS").replace("name cy", "Welsh name")
    )
    return words[:1].upper() + words[1:]


class ServiceView(View):
    """One answer of the service as JSON, wrapped for a script where it asks so."""

    def dispatch(self, request, *args, **kwargs):
        callback = request.GET.get("callback", "")
        try:
            if callback and not CALLBACK.fullmatch(callback):
                callback = ""
                raise Refused("callback is not the name of a function.")
            body, status = super().dispatch(request, *args, **kwargs), 200
        except Refused as refusal:
            body, status = {"status": "error", "message": str(refusal)}, refusal.status
        if isinstance(body, HttpResponse):
            return body
        if callback:
            # A comment first, so that no other reader takes the name for its content.
            text = f"/**/{callback}({json.dumps(body)});"
            kind = "application/javascript; charset=utf-8"
            return HttpResponse(text, content_type=kind, status=status)
        return JsonResponse(body, status=status)

    @cached_property
    def lineage(self) -> Lineage:
        return known_lineage()

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    def describe(self, council: Council) -> str:
        return description(council, self.lineage, self.today)

    def json_of(self, text: str) -> dict[str, Any]:
        if len(text) > MOST_BYTES:
            raise Refused(f"Send at most {MOST_BYTES} letters at once.", 413)
        try:
            asked = json.loads(text)
        except (ValueError, RecursionError):
            raise Refused("This is not JSON.") from None
        if not isinstance(asked, dict):
            raise Refused("An object of JSON is asked for.")
        return asked


@method_decorator(csrf_exempt, name="dispatch")  # It changes nothing.
class ReconcileView(ServiceView):
    """The manifest, a batch of questions, or values for councils already matched."""

    def get(self, request):
        return self.answer(request.GET)

    def post(self, request):
        return self.answer(request.POST)

    def answer(self, asked):
        if "queries" in asked:
            return self.reconcile(self.json_of(asked["queries"]))
        if "extend" in asked:
            return self.extend(self.json_of(asked["extend"]))
        if wrong := {*asked} - {"callback"}:
            raise Refused(
                f"“{min(wrong)}” is not known here: ask with queries or extend."
            )
        return self.manifest()

    def manifest(self):
        site = self.request.build_absolute_uri("/").rstrip("/")
        preview = reverse("councils:reconcile-preview", args=["ID"])

        def service(name):
            return {"service_url": site, "service_path": reverse(f"councils:{name}")}

        return {
            "versions": ["0.2"],
            "name": "Councils of the Shared Services Partnership Registry",
            "identifierSpace": f"{site}{reverse('councils:council-list')}",
            "schemaSpace": f"{site}{reverse('councils:council-csv')}",
            "documentation": f"{site}/data/#reconcile",
            "defaultTypes": [TYPE],
            "view": {"url": f"{site}/councils/{{{{id}}}}/"},
            "preview": {
                "url": f"{site}{preview.replace('ID', '{{id}}')}",
                "width": 420,
                "height": 180,
            },
            "suggest": {
                "entity": service("reconcile-entities"),
                "property": service("reconcile-properties"),
                "type": service("reconcile-types"),
            },
            "extend": {
                "propose_properties": service("reconcile-proposal"),
                "property_settings": [],
            },
        }

    def reconcile(self, queries):
        if len(queries) > MOST_QUERIES:
            raise Refused(f"Ask at most {MOST_QUERIES} questions at once.", 413)
        asked = {name: Question(name, query) for name, query in queries.items()}
        names = Names()
        return {
            name: {"result": [self.candidate(it) for it in question.answer(names)]}
            for name, question in asked.items()
        }

    def candidate(self, found):
        return {
            "id": found.council.slug,
            "name": found.council.name,
            "description": self.describe(found.council),
            "type": types_of(found.council),
            "score": found.score,
            "match": found.is_certain,
        }

    def extend(self, asked):
        ids, wanted = asked.get("ids"), asked.get("properties")
        if not (is_list_of(ids, str) and is_list_of(wanted, dict)):
            raise Refused(
                "extend holds ids, texts, and properties, objects with an id."
            )
        if len(ids) > MOST_IDS:
            raise Refused(f"Ask for at most {MOST_IDS} councils at once.", 413)
        names = [one.get("id") for one in wanted]
        for name in names:
            if not isinstance(name, str) or name not in PROPERTIES:
                raise Refused(
                    f"“{name}” is no property. They are: {', '.join(PROPERTIES)}."
                )
        councils = Council.objects.for_list().with_arrangements(Arrangements())
        # No other text is a council's, and PostgreSQL refuses some that JSON takes.
        slugs = filter(slug_re.match, ids)
        found = {it.slug: it for it in councils.filter(slug__in=slugs)}
        every = {it.slug: it for it in self.related(found, names)}
        return {
            "meta": [self.meta(name) for name in names],
            "rows": {
                slug: {
                    name: self.values(found.get(slug), name, every) for name in names
                }
                for slug in ids
            },
        }

    def related(self, found, names):
        """Return the councils that came before and after those, by their names."""
        if not {*names} & {*LEADING_TO_COUNCILS}:
            return []
        steps = [
            council
            for one in found.values()
            for council in (
                *(s.predecessor for s in self.lineage.before(one.pk)),
                *(s.successor for s in self.lineage.after(one.pk)),
            )
        ]
        return steps

    def meta(self, name):
        meta = {"id": name, "name": title(name)}
        return {**meta, "type": TYPE} if name in LEADING_TO_COUNCILS else meta

    def values(self, council, name, every):
        """Return a property's values; none where nothing is known or there is none."""
        if council is None:
            return []
        column = PROPERTIES[name]
        value = column.value(CouncilRow(council, self.lineage))
        values = value if column.is_list else [value]
        return [as_value(one, column, name, every) for one in values if one is not None]


def as_value(value, column, name, every) -> dict[str, Any]:
    if name in LEADING_TO_COUNCILS:
        return {"id": value, "name": every[value].name}
    if column.type == Type.DATE:
        return {"date": f"{value.isoformat()}T00:00:00Z"}
    if column.type == Type.INTEGER:
        return {"int": value}
    return {"float": value} if column.type == Type.NUMBER else {"str": str(value)}


def is_list_of(value, kind) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


class Question:
    """One question of a batch, refused with its name where it is not to be read."""

    def __init__(self, name: str, asked: Any):
        self.name = name
        if not isinstance(asked, dict):
            raise self.refused("is not an object")
        text = asked.get("query", "")
        if not isinstance(text, str) or len(text) > LONGEST:
            raise self.refused(f"has no query of at most {LONGEST} letters")
        limit = asked.get("limit", 5)
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            raise self.refused("has a limit that is not a whole number from 1")
        types = asked.get("type") or []
        types = [types] if isinstance(types, str) else types
        known = {TYPE["id"], *CouncilType.values}
        if not is_list_of(types, str) or not {*types} <= known:
            raise self.refused(f"has a type that is none of {', '.join(sorted(known))}")
        self.text, self.types = text, types
        self.limit = min(limit, MOST_CANDIDATES)
        self.properties = [*self.read(asked.get("properties", []))]
        if not text.strip():
            codes = [v for name, values in self.properties for v in values]
            if not codes:
                raise self.refused("asks nothing: it needs a query or properties")
            # Without a name, a code may still name a council.
            named_by = [v for n, v in self.properties if n == "gss_code"]
            self.text = named_by[0][0] if named_by else ""

    def read(self, properties):
        if not is_list_of(properties, dict):
            raise self.refused("has properties that are not a list of objects")
        for one in properties:
            # Others may be mapped by whoever asks; they say nothing of a council.
            if one.get("pid") in MATCHED_BY:
                values = one.get("v")
                values = values if isinstance(values, list) else [values]
                texts = [v.get("id") if isinstance(v, dict) else v for v in values]
                texts = [str(text) for text in texts if text not in (None, "")]
                if texts:
                    yield one["pid"], texts

    def refused(self, why: str) -> Refused:
        return Refused(f"Question {self.name} {why}.")

    def answer(self, names: Names):
        found = names.candidates(
            self.text, types=self.types, properties=self.properties
        )
        return found[: self.limit]


class EntitiesView(ServiceView):
    """Councils whose names begin as somebody types."""

    def get(self, request):
        prefix = request.GET.get("prefix", "")[:LONGEST]
        found = Council.objects.named_like(prefix).in_order()[:10] if prefix else []
        return {
            "result": [
                {
                    "id": council.slug,
                    "name": council.name,
                    "description": self.describe(council),
                    "notable": types_of(council),
                }
                for council in found
            ]
        }


class PropertiesView(ServiceView):
    def get(self, request):
        prefix = request.GET.get("prefix", "").lower()
        return {
            "result": [
                {"id": name, "name": title(name), "description": column.meaning}
                for name, column in PROPERTIES.items()
                if prefix in title(name).lower() or prefix in name
            ]
        }


class TypesView(ServiceView):
    def get(self, request):
        prefix = request.GET.get("prefix", "").lower()
        types = [TYPE, *map(named, CouncilType)]
        return {"result": [it for it in types if prefix in it["name"].lower()]}


class ProposalView(ServiceView):
    """What may be fetched for councils, whatever their type."""

    def get(self, request):
        limit = request.GET.get("limit", "")
        most = whole(limit)
        if most is None:
            most = len(PROPERTIES)
        proposed = [{"id": name, "name": title(name)} for name in PROPERTIES]
        asked = request.GET.get("type") or TYPE["id"]
        return {"type": asked, "properties": proposed[:most], "limit": most}


@method_decorator(xframe_options_exempt, name="dispatch")
@method_decorator(csp_replace({"frame-ancestors": ["*"]}), name="dispatch")
class PreviewView(DetailView):
    """A small page about one council, for the frame of the tool that asks."""

    queryset = Council.objects.all()
    template_name = "councils/preview.html"

    def get_context_data(self, **kwargs):
        told = description(self.object, known_lineage(), timezone.localdate())
        return super().get_context_data(description=told, **kwargs)
