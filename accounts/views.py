"""Signing in with a code, a form that waited for it, and a new password by e-mail.

All of it under the admin.
"""

import logging

from axes.utils import reset as unlock
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import views
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import RedirectURLMixin
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView
from django_otp import login as session_counts
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from partnerships.models import ReportCount
from partnerships.reports import sender_of

from . import second_factor
from .forms import CodeForm, ResetForm
from .kept_forms import IN_SESSION, KeptForm

logger = logging.getLogger("accounts")


class AdminPageMixin:
    """A page in the admin's frame that is no page of a model."""

    title = ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **{**admin.site.each_context(self.request), "title": self.title, **kwargs}
        )


def note(user, message: str) -> None:
    """Keep in a user's history, and in the log, what they did with their account."""
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, message, single_object=True)
    logger.info("“%s”: %s", user, message)


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class CodeView(LoginRequiredMixin, AdminPageMixin, RedirectURLMixin, FormView):
    """A page that takes a code; then the session counts, and the user goes on."""

    form_class = CodeForm

    def get_default_redirect_url(self):
        return reverse("admin:index")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            # Nothing else of the admin is open before the session counts.
            has_permission=False,
            is_nav_sidebar_enabled=False,
            next=self.get_redirect_url(),
            **kwargs,
        )


class SecondFactorView(CodeView):
    template_name = "accounts/second_factor.html"
    title = "Type your code"

    def dispatch(self, request, *args, **kwargs):
        user = request.user
        if user.is_authenticated:
            if user.is_verified() or not second_factor.is_owed(user):
                return redirect(self.get_success_url())
            if not second_factor.has_device(user):
                query = {"next": self.get_redirect_url()}
                return redirect(reverse("accounts:second-factor-set-up", query=query))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        user = self.request.user
        check = lambda code: second_factor.check(user, code)  # noqa: E731
        return {**super().get_form_kwargs(), "check": check}

    def form_valid(self, form):
        session_counts(self.request, form.device)
        left = len(second_factor.backup_codes(self.request.user))
        if not isinstance(form.device, TOTPDevice):
            messages.warning(
                self.request,
                f"You have used a backup code: {left} left. Make new ones, or set up"
                " a new phone, under “Second factor”.",
            )
        return super().form_valid(form)


class SetUpView(CodeView):
    """Set an authenticator up: the first one, or a new one by who has given a code."""

    template_name = "accounts/second_factor_set_up.html"
    title = "Set up your second factor"
    # Kept in the session until a code shows that the app has it.
    kept = "second_factor_key"

    def dispatch(self, request, *args, **kwargs):
        user = request.user
        if user.is_authenticated:
            if not second_factor.is_owed(user):
                return redirect("admin:index")
            if second_factor.has_device(user) and not user.is_verified():
                return redirect("accounts:second-factor")
            # Changed only on the way to a page that shows it.
            self.key = request.session.setdefault(self.kept, random_hex())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        address = TOTPDevice(user=self.request.user, key=self.key).config_url
        return super().get_context_data(
            address=address,
            drawing=second_factor.drawing(address),
            key=second_factor.in_words(self.key),
            is_new=not self.request.user.is_verified(),
            **kwargs,
        )

    def get_form_kwargs(self):
        def check(code):
            return second_factor.set_up(self.request.user, self.key, code)

        return {**super().get_form_kwargs(), "check": check}

    def form_valid(self, form):
        del self.request.session[self.kept]
        session_counts(self.request, form.device)
        user = self.request.user
        note(user, "Second factor set up.")
        query = {"next": self.get_redirect_url()}
        return redirect(reverse("accounts:backup-codes", query=query))


@method_decorator(never_cache, name="dispatch")
class BackupCodesView(
    LoginRequiredMixin, AdminPageMixin, RedirectURLMixin, TemplateView
):
    """The codes for the day the phone is lost; a POST makes new ones."""

    template_name = "accounts/backup_codes.html"
    title = "Backup codes"

    def dispatch(self, request, *args, **kwargs):
        user = request.user
        if user.is_authenticated and not user.is_verified():
            return redirect("admin:index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            codes=second_factor.backup_codes(self.request.user),
            next=self.get_redirect_url() or reverse("admin:index"),
            **kwargs,
        )

    def post(self, request):
        second_factor.new_backup_codes(request.user)
        note(request.user, "New backup codes made.")
        messages.success(request, "These are new. The old codes no longer work.")
        return redirect("accounts:backup-codes")


@method_decorator(never_cache, name="dispatch")
class KeptFormView(LoginRequiredMixin, AdminPageMixin, TemplateView):
    """The form that waits: its user sends it where it was to go, or throws it away."""

    template_name = "accounts/kept_form.html"
    title = "What you typed is kept"

    def get_context_data(self, **kwargs):
        if IN_SESSION not in self.request.session:
            raise Http404("No form waits.")
        form = KeptForm(*self.request.session[IN_SESSION])
        name = QueryDict(form.typed).get("name", "")
        return super().get_context_data(form=form, name=name, **kwargs)

    def post(self, request):
        request.session.pop(IN_SESSION, None)
        messages.success(request, "What you had typed is thrown away.")
        return redirect("admin:index")


class ThenDo(HttpResponseRedirect):
    """Do something once the answer is on its way, so that its time tells nothing."""

    def __init__(self, address: str, action):
        super().__init__(address)
        self.action = action

    def close(self):
        self.action()
        super().close()


class PasswordResetView(AdminPageMixin, views.PasswordResetView):
    """Sends a link to an address, if somebody who may sign in has it."""

    form_class = ResetForm
    title = "Choose a new password"
    success_url = reverse_lazy("password_reset_done")
    template_name = "registration/password_reset_form.html"
    # One person needs few, and a mailbox is not to be filled by others.
    most_to_one_address = 3

    def form_valid(self, form):
        now = timezone.now()
        if not ReportCount.objects.admit(
            sender_of(self.request),
            now,
            of="accounts.resets",
            most=settings.RESETS_AN_HOUR,
        ):
            minutes = 60 - now.minute
            form.add_error(
                None,
                "Too many new passwords were asked for from your network. You can ask"
                f" again in {minutes} minute{'' if minutes == 1 else 's'}.",
            )
            answer = self.form_invalid(form)
            answer.status_code = 429
            answer.headers["Retry-After"] = str(minutes * 60)
            return answer
        return ThenDo(str(self.success_url), lambda: self.send(form, now))

    def send(self, form, now):
        is_admitted = ReportCount.objects.admit(
            form.cleaned_data["email"].casefold(),
            now,
            of="accounts.resets.to",
            most=self.most_to_one_address,
        )
        if is_admitted:
            super().form_valid(form)
        ReportCount.objects.delete_old(now)


class PasswordResetDoneView(AdminPageMixin, views.PasswordResetDoneView):
    title = "Look into your mailbox"


class PasswordResetConfirmView(AdminPageMixin, views.PasswordResetConfirmView):
    title = "Choose a new password"
    success_url = reverse_lazy("password_reset_complete")

    def form_valid(self, form):
        answer = super().form_valid(form)
        # Who reads the mailbox of an account need not wait for its lock to end.
        unlock(username=self.user.get_username())
        note(self.user, "New password chosen by e-mail.")
        return answer


class PasswordResetCompleteView(AdminPageMixin, views.PasswordResetCompleteView):
    title = "Your new password is set"
