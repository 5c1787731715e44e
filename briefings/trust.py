"""What readers want to know before they rely on the registry."""

from django.conf import settings
from django.views.generic import TemplateView

from . import accessibility
from .views import ProvenanceMixin


class AboutView(ProvenanceMixin, TemplateView):
    template_name = "briefings/about.html"


class AccessibilityView(TemplateView):
    template_name = "briefings/accessibility.html"
    extra_context = {
        "tested": accessibility.TESTED,
        "standard": accessibility.STANDARD,
        "widths": accessibility.WIDTHS,
        "pages": accessibility.PAGES,
    }


class PrivacyView(TemplateView):
    template_name = "briefings/privacy.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            operator=settings.OPERATOR,
            email_days=settings.REPORT_EMAIL_DAYS,
            session_hours=settings.SESSION_COOKIE_AGE // 3600,
            idle_minutes=int(settings.SESSION_IDLE.total_seconds()) // 60,
            lock_minutes=int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60,
            csrf_days=settings.CSRF_COOKIE_AGE // 86400,
            **kwargs,
        )
