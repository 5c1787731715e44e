"""Where the rows of all records are found and read; they are kept beside their own."""

from django.contrib import admin

from councils.admin import AS_TYPED
from councils.sheets.admin import SheetsMixin

from ..models import (
    Aim,
    Change,
    FormerSlug,
    Membership,
    Milestone,
    OtherMember,
    Outcome,
    PartnershipName,
    Source,
)
from ..sheets import MembershipResource, OutcomeResource, SourceResource


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that something else writes; here they are found and read."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PartOfRecordAdmin(ReadOnlyAdmin):
    """Rows are kept on their partnership's page; here they are found and read."""

    list_select_related = ["partnership"]


@admin.register(Membership)
class MembershipAdmin(SheetsMixin, PartOfRecordAdmin):
    resource_class = MembershipResource
    list_display = ("council", "partnership", "role", "joined", "left")
    list_select_related = ["partnership", "council"]
    list_filter = ("role", "council__nation")
    search_fields = ("council__name", "partnership__name")


@admin.register(OtherMember)
class OtherMemberAdmin(PartOfRecordAdmin):
    list_display = ("name", "kind", "partnership", "role", "joined", "left")
    list_filter = ("kind", "role")
    search_fields = ("name", "partnership__name")


@admin.register(Source)
class SourceAdmin(SheetsMixin, PartOfRecordAdmin):
    resource_class = SourceResource
    formfield_overrides = AS_TYPED
    list_display = ("title", "publisher", "kind", "published", "partnership")
    list_filter = ("kind",)
    search_fields = ("title", "publisher", "url", "partnership__name")


@admin.register(Aim)
class AimAdmin(PartOfRecordAdmin):
    list_display = ("text", "kind", "partnership")
    list_filter = ("kind",)
    search_fields = ("text", "partnership__name")


@admin.register(Outcome)
class OutcomeAdmin(SheetsMixin, PartOfRecordAdmin):
    resource_class = OutcomeResource
    list_display = ("text", "kind", "result", "amount", "period", "partnership")
    list_filter = ("kind", "result", "period")
    search_fields = ("text", "partnership__name")


@admin.register(Milestone)
class MilestoneAdmin(PartOfRecordAdmin):
    list_display = ("text", "happened", "partnership")
    search_fields = ("text", "partnership__name")


@admin.register(PartnershipName)
class PartnershipNameAdmin(PartOfRecordAdmin):
    list_display = ("name", "partnership")
    search_fields = ("name", "partnership__name")


@admin.register(Change)
class ChangeAdmin(PartOfRecordAdmin):
    """The history is read here; it is written by the changes themselves."""

    list_display = ("partnership", "made", "by", "reason")
    list_select_related = ["partnership", "by"]
    search_fields = ("partnership__name", "reason")
    date_hierarchy = "made"


@admin.register(FormerSlug)
class FormerSlugAdmin(PartOfRecordAdmin):
    list_display = ("slug", "partnership")
    search_fields = ("slug", "partnership__name")
