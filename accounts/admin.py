"""Who has which rights, and who may give them: nobody more than they have."""

import logging

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import SUCCESS
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from . import second_factor

logger = logging.getLogger("accounts")

admin.site.site_header = "Shared Services Partnership Registry: editors"
admin.site.site_title = "Registry editors"
admin.site.index_title = "The work on the registry"

# Their pages show the secrets; a colleague's second factor is removed on the page of
# the user, and shown to nobody.
admin.site.unregister([StaticDevice, TOTPDevice])
admin.site.unregister([Group, User])


def permissions_of(user) -> set[int]:
    """Return the permissions that an account has or, once active, would have."""
    if user.is_superuser:
        return {*Permission.objects.values_list("pk", flat=True)}
    given = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return {*given.values_list("pk", flat=True)}


def groups_within(permissions: set[int]):
    """Return the groups that give no permission besides these."""
    beyond = Permission.objects.exclude(pk__in=permissions)
    return Group.objects.exclude(permissions__in=beyond)


class RightsMixin(admin.ModelAdmin):
    """Offers nobody more rights than their own, and writes down who changed which."""

    rights: tuple[str, ...] = ()

    def is_beyond(self, request, obj) -> bool:
        """Return whether an object holds rights that the user lacks."""
        raise NotImplementedError

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and not (obj and self.is_beyond(request, obj))

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and not (obj and self.is_beyond(request, obj))

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if not request.user.is_superuser:
            own = permissions_of(request.user)
            if db_field.name == "groups":
                kwargs["queryset"] = groups_within(own)
            elif db_field.name in {"permissions", "user_permissions"}:
                kwargs["queryset"] = Permission.objects.filter(pk__in=own)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def construct_change_message(self, request, form, formsets, add=False):
        message = super().construct_change_message(request, form, formsets, add)
        details = [*self.changes_of_rights(form)]
        if not details:
            return message
        return [*message, {"changed": {"fields": details}}]

    def changes_of_rights(self, form):
        for name in {*self.rights} & {*form.changed_data}:
            label = form.fields[name].label or name
            before, after = form.initial.get(name), form.cleaned_data[name]
            if isinstance(after, bool):
                yield f"{label}: {'yes' if after else 'no'}"
                continue
            before, after = {*(before or ())}, {*after}
            for words, rows in (("added", after - before), ("removed", before - after)):
                if rows:
                    names = ", ".join(sorted(map(str, rows)))
                    yield f"{label}: {words} {names}"

    def log_addition(self, request, obj, message):
        return self.logged(super().log_addition(request, obj, message), "added")

    def log_change(self, request, obj, message):
        return self.logged(super().log_change(request, obj, message), "changed")

    def log_deletions(self, request, queryset):
        for obj in queryset:
            kind = self.opts.verbose_name
            logger.info("“%s” deleted %s “%s”", request.user, kind, obj)
        return super().log_deletions(request, queryset)

    def logged(self, entry, done: str):
        logger.info(
            "“%s” %s %s “%s”: %s",
            entry.user,
            done,
            self.opts.verbose_name,
            entry.object_repr,
            entry.get_change_message(),
        )
        return entry


@admin.register(Group)
class EditorGroupAdmin(RightsMixin, GroupAdmin):
    rights = ("permissions",)

    def is_beyond(self, request, group):
        if request.user.is_superuser:
            return False
        own = permissions_of(request.user)
        return group.permissions.exclude(pk__in=own).exists()


@admin.register(User)
class EditorAdmin(RightsMixin, UserAdmin):
    change_form_template = "admin/auth/user/editor_change_form.html"
    rights = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")

    def is_beyond(self, request, user):
        if request.user.is_superuser:
            return False
        return user.is_superuser or not (
            permissions_of(user) <= permissions_of(request.user)
        )

    def get_readonly_fields(self, request, obj=None):
        names = ("last_login", "date_joined")
        return names if request.user.is_superuser else (*names, "is_superuser")

    def get_urls(self):
        view = self.admin_site.admin_view(self.remove_second_factor)
        own = path("<int:pk>/second-factor/", view, name="auth_user_second_factor")
        return [own, *super().get_urls()]

    def remove_second_factor(self, request, pk):
        """Ask, then remove what a colleague gives codes with: a phone that is lost."""
        user = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if request.method == "POST":
            if second_factor.remove(user):
                self.log_change(request, user, "Second factor removed.")
                self.message_user(
                    request, f"The second factor of “{user}” is removed.", SUCCESS
                )
            return redirect("admin:auth_user_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Remove second factor",
            "opts": self.opts,
            "original": user,
            "has_device": second_factor.has_device(user),
            "is_owed": second_factor.is_owed(user),
        }
        return render(request, "accounts/remove_second_factor.html", context)
