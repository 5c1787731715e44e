"""One address that a monitor can ask whether the registry can answer readers."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


class HealthMiddleware:
    """Let a monitor ask by the machine's address: it may not know the readers' name.

    Behind what adds the headers of security, before all that looks at the host.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info == reverse("healthz"):
            return healthz(request)
        return self.get_response(request)


@require_safe
@never_cache
def healthz(request):
    """Answer 200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        logger.exception("The database does not answer")
        return HttpResponse("database unavailable\n", "text/plain", 503)
    return HttpResponse("ok\n", "text/plain")
