"""The registry's main pages: the list of partnerships, its file, and each record."""

from collections import Counter, defaultdict
from functools import cached_property
from operator import attrgetter

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import urlencode
from django.views.generic import DetailView, TemplateView

from councils.lineage import Lineage
from councils.models import Council
from councils.notes import fate
from councils.questions import QuestionFileMixin, QuestionListView

from . import comparison
from .benefits import benefits
from .choices import Publication, Relationship
from .contrasts import contrast_to
from .exports import PARTNERSHIP_COLUMNS, reorganisation_columns
from .filters import PartnershipFilter, ReorganisationFilter
from .footnotes import footnotes
from .history import public_history
from .models import Membership, Partnership
from .places import map_of


class PartnershipListView(QuestionListView):
    queryset = Partnership.objects.published().for_list()
    filterset_class = PartnershipFilter
    template_name = "partnerships/partnership_list.html"
    extra_context = {"relationships": Relationship}

    def get_context_data(self, **kwargs):
        records = Partnership.objects.published()
        named = list(records.named_in_a_briefing().in_order())
        return super().get_context_data(
            named=named, reconstructed=records.count() - len(named), **kwargs
        )


class PartnershipCsvView(QuestionFileMixin, QuestionListView):
    queryset = Partnership.objects.published().for_export()
    filterset_class = PartnershipFilter
    file_name = "partnerships.csv"
    columns = PARTNERSHIP_COLUMNS


class PartnershipCompareView(TemplateView):
    """Two to four records side by side, or what is wrong with the choice, kept."""

    template_name = "partnerships/partnership_compare.html"

    def get_context_data(self, **kwargs):
        records = Partnership.objects.published()
        chosen = comparison.choice(self.request.GET, records.for_detail())
        partnerships = chosen.partnerships
        rows = [] if chosen.problems else comparison.comparison(partnerships)
        marks = Counter(row.mark for row in rows)
        missing = max(comparison.FEWEST - len(partnerships), 1)
        is_full = len(partnerships) >= comparison.MOST
        return super().get_context_data(
            partnerships=partnerships,
            problems=chosen.problems,
            names_none=chosen.names_none,
            rows=[(row, [*zip(partnerships, row.cells, strict=True)]) for row in rows],
            marks=[(mark, marks[mark]) for mark in comparison.Mark if marks[mark]],
            others=records.others_than(partnerships),
            to_add=range(0 if is_full else missing),
            canonical_query=urlencode([("p", p.slug) for p in partnerships])
            if rows
            else None,
            **kwargs,
        )

    def render_to_response(self, context, **kwargs):
        if context["problems"]:
            kwargs["status"] = 404 if context["names_none"] else 400
        return super().render_to_response(context, **kwargs)


class PartnershipMapView(QuestionListView):
    """The answers to any question of the list on one map, all on one page."""

    queryset = Partnership.objects.published().for_list()
    filterset_class = PartnershipFilter
    template_name = "partnerships/partnership_map.html"

    def get_filterset_kwargs(self, filterset_class):
        return {**super().get_filterset_kwargs(filterset_class), "also_allowed": ()}

    def get_paginate_by(self, queryset):
        return max(queryset.count(), 1)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        arrangements = defaultdict(list)
        for partnership in context["object_list"]:
            for council in {m.council for m in partnership.memberships.all()}:
                arrangements[council].append(partnership)
        councils = sorted(arrangements, key=attrgetter("short_name", "slug"))
        found = map_of(councils)
        numbered = [(p.number, c) for p in found.places for c in p.councils]
        numbered += [(None, council) for council in found.without_point]
        return {
            **context,
            "map": found,
            "rows": [(number, c, arrangements[c]) for number, c in numbered],
            "number_of_councils": len(councils),
        }


class PartnershipDetailView(DetailView):
    queryset = Partnership.objects.exclude(publication=Publication.DRAFT).for_detail()
    template_name = "partnerships/partnership_detail.html"
    extra_context = {"relationships": Relationship}

    def get_context_data(self, **kwargs):
        partnership = self.object
        lineage, today = Lineage(), timezone.localdate()
        return super().get_context_data(
            members=[
                (member, fate(member.council, lineage, today))
                for member in partnership.memberships.all()
            ],
            benefits=benefits(partnership),
            footnotes=footnotes(partnership),
            briefings=partnership.named_in_briefings.all(),
            case_study=getattr(partnership, "case_study", None),
            contrast=contrast_to(partnership),
            others=Partnership.objects.published().others_than([partnership]),
            **kwargs,
        )

    def render_to_response(self, context, **kwargs):
        if self.object.publication == Publication.WITHDRAWN:
            page = render_to_string("410.html", context, self.request)
            return HttpResponse(page, status=410)
        return super().render_to_response(context, **kwargs)


class PartnershipHistoryView(DetailView):
    queryset = Partnership.objects.published()
    template_name = "partnerships/partnership_history.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(history=public_history(self.object), **kwargs)


class ReorganisationListView(QuestionListView):
    filterset_class = ReorganisationFilter
    template_name = "partnerships/reorganisation_list.html"

    @cached_property
    def today(self):
        return timezone.localdate()

    @cached_property
    def lineage(self):
        return Lineage()

    def get_queryset(self):
        members = Membership.objects.of_published().in_reorganisation(self.today)
        return members.select_related("council", "partnership")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["rows"] = [
            (member, self.lineage.holders(member.council, self.today))
            for member in context["object_list"]
        ]
        due = Council.objects.filter(ended__gte=self.today)
        return {**context, "councils_due": due.count()}


class ReorganisationCsvView(QuestionFileMixin, ReorganisationListView):
    file_name = "reorganisation.csv"

    @cached_property
    def columns(self):
        return reorganisation_columns(self.lineage, self.today)
