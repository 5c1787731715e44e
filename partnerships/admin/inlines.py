"""The rows of a record, beside it on one screen."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import TextField

from councils.council_box import CouncilBoxes

from ..models import (
    Aim,
    FormerSlug,
    Membership,
    Milestone,
    OtherMember,
    Outcome,
    PartnershipName,
    Source,
)
from .boxes import RecordBoxes
from .citing import (
    CitingForm,
    CitingFormSet,
    NumberedCitingFormSet,
    SourceFormSet,
)
from .headings import RowForm
from .members import MembershipForm, MembershipFormSet
from .offered import rows_offered


class RecordRows(RecordBoxes, admin.StackedInline):
    """Rows under headings that say what they hold; long sections begin closed."""

    template = "admin/partnerships/partnership/rows.html"
    form = RowForm

    # More rows than these begin closed.
    OPEN = 5

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Make the box of a text as high as the texts are: a sentence or two."""
        if isinstance(db_field, TextField):
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_extra(self, request, obj=None, **kwargs):
        return rows_offered(request)


class FactRows(RecordRows):
    """Rows that choose their sources among the record's."""

    form = CitingForm
    formset = CitingFormSet

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("sources")


class SourceInline(RecordRows):
    model = Source
    formset = SourceFormSet
    fields = ("title", ("publisher", "kind", "published"), "url")


class MembershipInline(CouncilBoxes, FactRows):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    fields = ("council", ("role", "joined", "left"), "sources")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("council")


class OtherMemberInline(FactRows):
    model = OtherMember
    fields = (("name", "kind"), ("role", "joined", "left"), "sources")


class AimInline(FactRows):
    model = Aim
    formset = NumberedCitingFormSet
    fields = ("kind", "text", "sources")


class OutcomeInline(FactRows):
    model = Outcome
    formset = NumberedCitingFormSet
    fields = (("kind", "result"), ("amount", "period"), "text", "sources")


class MilestoneInline(FactRows):
    model = Milestone
    formset = NumberedCitingFormSet
    fields = ("happened", "text", "sources")


class NameInline(RecordRows):
    model = PartnershipName


class FormerSlugInline(RecordRows):
    model = FormerSlug
