"""The rows of a record, beside it on one screen."""

from django.contrib import admin

from councils.admin import SECURE_ADDRESSES

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
from .forms import (
    MembershipForm,
    NumberedFactFormSet,
    NumberedFormSet,
    OwnSourcesForm,
    OwnSourcesFormSet,
)


class NameInline(admin.TabularInline):
    model = PartnershipName
    extra = 0


class FormerSlugInline(admin.TabularInline):
    model = FormerSlug
    extra = 0


class MembershipInline(admin.StackedInline):
    model = Membership
    form = MembershipForm
    formset = OwnSourcesFormSet
    autocomplete_fields = ("council",)
    fields = ("council", ("role", "joined", "left"), "sources")
    extra = 0


class OtherMemberInline(admin.StackedInline):
    model = OtherMember
    form = OwnSourcesForm
    formset = OwnSourcesFormSet
    fields = (("name", "kind"), ("role", "joined", "left"), "sources")
    extra = 0


class SourceInline(admin.StackedInline):
    model = Source
    formfield_overrides = SECURE_ADDRESSES
    formset = NumberedFormSet
    fields = ("title", ("publisher", "kind", "published"), "url")
    extra = 0


class AimInline(admin.StackedInline):
    model = Aim
    form = OwnSourcesForm
    formset = NumberedFactFormSet
    fields = ("kind", "text", "sources")
    extra = 0


class OutcomeInline(admin.StackedInline):
    model = Outcome
    form = OwnSourcesForm
    formset = NumberedFactFormSet
    fields = (("kind", "result"), ("amount", "period"), "text", "sources")
    extra = 0


class MilestoneInline(admin.StackedInline):
    model = Milestone
    form = OwnSourcesForm
    formset = NumberedFactFormSet
    fields = ("happened", "text", "sources")
    extra = 0
