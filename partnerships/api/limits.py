"""How much one network may ask of the API; nothing of it is written down."""

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle

from ..models.suggestions import network_of
from ..reports import sender_of


class NetworkThrottle(SimpleRateThrottle):
    """Counts the answers made for a network in the memory of one server process.

    What is unchanged or kept takes no work, comes before this and does not count.
    """

    scope = "network"

    def get_rate(self):
        return f"{settings.API_REQUESTS_A_MINUTE}/min"

    def get_cache_key(self, request, view):
        network = network_of(sender_of(request))
        return self.cache_format % {"scope": self.scope, "ident": network}
