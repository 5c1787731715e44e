"""The registry's main pages: the list of partnerships, its file, and each record."""

from collections import Counter, defaultdict
from functools import cached_property
from math import ceil
from operator import attrgetter

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control, never_cache
from django.views.generic import DetailView, FormView, TemplateView, View

from councils.lineage import known_lineage
from councils.models import Council
from councils.notes import fate
from councils.question_views import QuestionCsvMixin, QuestionListView
from councils.versions import kept

from . import comparison, flat_file
from .benefits import benefits
from .choices import Publication, Relationship
from .contrasts import contrast_to
from .exports import PARTNERSHIPS
from .filters import PartnershipFilter, ReorganisationFilter
from .footnotes import footnotes
from .history import public_history
from .models import FormerSlug, Membership, Partnership, ReportCount
from .places import map_of
from .queues import told_to_readers
from .reorganisation_table import reorganisation_table
from .reports import ReportForm, delete_personal_data, sender_of


@kept
def origins() -> tuple[list[Partnership], int]:
    """Return the records that a briefing names, and how many others there are."""
    records = Partnership.objects.published()
    named = list(records.named_in_a_briefing().in_order())
    return named, records.count() - len(named)


class PartnershipListView(QuestionListView):
    queryset = Partnership.objects.published().for_list()
    filterset_class = PartnershipFilter
    template_name = "partnerships/partnership_list.html"
    extra_context = {"relationships": Relationship}

    def get_filterset_kwargs(self, filterset_class):
        return {**super().get_filterset_kwargs(filterset_class), "holds": True}

    def get_context_data(self, **kwargs):
        named, reconstructed = origins()
        return super().get_context_data(
            named=named, reconstructed=reconstructed, **kwargs
        )


class PartnershipCsvView(QuestionCsvMixin, QuestionListView):
    queryset = Partnership.objects.published()
    filterset_class = PartnershipFilter
    table = PARTNERSHIPS

    def lines(self):
        return flat_file.lines(*self.filterset.found_keys)


class LongTableCsvView(PartnershipCsvView):
    """The rows of the list's records, each with its sources."""

    queryset = Partnership.objects.published().for_tables()
    lines = QuestionCsvMixin.lines


class PartnershipCompareView(TemplateView):
    """Two to four records side by side, or what is wrong with the choice, kept."""

    template_name = "partnerships/partnership_compare.html"

    def get(self, request, *args, **kwargs):
        if slugs := comparison.present_slugs(request.GET):
            asked = request.GET.copy()
            asked.setlist("p", slugs)
            return redirect(f"{request.path}?{asked.urlencode()}", permanent=True)
        return super().get(request, *args, **kwargs)

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
            others=comparison.offered(partnerships),
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
    also_allowed = ()

    def get_filterset_kwargs(self, filterset_class):
        return {**super().get_filterset_kwargs(filterset_class), "holds": True}

    def get_paginate_by(self, queryset):
        return max(self.filterset.number, 1)

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


def withdrawn_at(slug: str) -> Partnership | None:
    """Return the withdrawn record that has this address, or had it."""
    return Partnership.objects.filter(
        slug=slug, publication=Publication.WITHDRAWN
    ).first() or FormerSlug.objects.withdrawn_at(slug)


class OfOneRecordMixin(View):
    """A page about one record, which its address names with `slug`.

    A former address leads to the same page of the record that it belongs to now. A
    withdrawn record says that it is, and when and why if its history does.
    """

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            answer = self.moved_or_withdrawn(kwargs["slug"])
            if not answer:
                raise
            # Browsers keep such answers for good unless they are told to ask again,
            # and a merger or a withdrawal may be undone.
            patch_cache_control(answer, no_cache=True)
            return answer

    def moved_or_withdrawn(self, slug):
        if partnership := FormerSlug.objects.partnership_at(slug):
            return redirect(
                self.address_of(partnership),
                permanent=True,
                preserve_request=self.request.method == "POST",
            )
        withdrawn = withdrawn_at(slug)
        if not withdrawn:
            return None
        context = {"withdrawal": withdrawn.changes.withdrawal()}
        return render(self.request, "410.html", context, status=410)

    def address_of(self, partnership):
        """Return the address of this page for another record."""
        page = self.request.resolver_match.view_name
        return reverse(page, args=[partnership.slug])


class PartnershipDetailView(OfOneRecordMixin, DetailView):
    queryset = Partnership.objects.published().for_detail().select_related("case_study")
    template_name = "partnerships/partnership_detail.html"
    extra_context = {"relationships": Relationship}

    def get_context_data(self, **kwargs):
        partnership = self.object
        lineage, today = known_lineage(), timezone.localdate()
        return super().get_context_data(
            members=[
                (member, fate(member.council, lineage, today))
                for member in partnership.memberships.all()
            ],
            benefits=benefits(partnership),
            footnotes=footnotes(partnership),
            problems=told_to_readers(partnership),
            briefings=partnership.named_in_briefings.all(),
            case_study=getattr(partnership, "case_study", None),
            contrast=contrast_to(partnership),
            others=comparison.offered([partnership]),
            **kwargs,
        )


class PartnershipHistoryView(OfOneRecordMixin, DetailView):
    queryset = Partnership.objects.published()
    template_name = "partnerships/partnership_history.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(history=public_history(self.object), **kwargs)


class ReportMixin(OfOneRecordMixin):
    """A page of a report, about the record that its address names or about none."""

    @cached_property
    def partnership(self) -> Partnership | None:
        if "slug" not in self.kwargs:
            return None
        records = Partnership.objects.published().for_detail()
        return get_object_or_404(records, slug=self.kwargs["slug"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(partnership=self.partnership, **kwargs)


# What was typed has to come back with the browser's own button: no `no-store` here.
@method_decorator(cache_control(private=True, no_cache=True), "dispatch")
class ReportView(ReportMixin, FormView):
    form_class = ReportForm
    template_name = "partnerships/report.html"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "partnership": self.partnership}

    def get_initial(self):
        """Take a fact of the record, or a part of the site, from the address."""
        name = "fact" if self.partnership else "about"
        return {"part": self.request.GET.get(name, "")}

    def get(self, request, *args, **kwargs):
        context = self.get_context_data()
        part = context["form"].initial["part"]
        if part not in dict(context["form"].parts):
            raise BadRequest(f"There is no “{part}” here to report something about.")
        return self.render_to_response(context)

    @transaction.atomic
    def form_valid(self, form):
        now = timezone.now()
        if not ReportCount.objects.admit(sender_of(self.request), now):
            return self.too_many(form, now)
        form.save()
        delete_personal_data(now)
        messages.success(self.request, form.instance.reference, extra_tags="report")
        return redirect(
            f"{self.request.resolver_match.view_name}-thanks", **self.kwargs
        )

    def form_invalid(self, form):
        context = self.get_context_data(form=form)
        return self.render_to_response(context, status=400)

    def too_many(self, form, now):
        """Refuse a report until the hour is over, and give back what was written."""
        seconds = 3600 - now.minute * 60 - now.second
        context = self.get_context_data(
            form=form, most=settings.REPORTS_AN_HOUR, minutes=ceil(seconds / 60)
        )
        answer = render(self.request, "429.html", context, status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer


@method_decorator(never_cache, "dispatch")
class ReportThanksView(ReportMixin, TemplateView):
    """The reference of a report just sent, shown once."""

    template_name = "partnerships/report_thanks.html"

    def get_context_data(self, **kwargs):
        told = messages.get_messages(self.request)
        references = [m.message for m in told if m.extra_tags == "report"]
        return super().get_context_data(references=references, **kwargs)


class ReorganisationListView(QuestionListView):
    filterset_class = ReorganisationFilter
    template_name = "partnerships/reorganisation_list.html"

    @cached_property
    def today(self):
        return timezone.localdate()

    @cached_property
    def lineage(self):
        return known_lineage()

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


class ReorganisationCsvView(QuestionCsvMixin, ReorganisationListView):
    @cached_property
    def table(self):
        return reorganisation_table(self.lineage, self.today)
