"""Which of the registry's partnerships a briefing names, and how many none does."""

from django.db.models import Count, Exists, OuterRef

from partnerships.models import PartnershipQuerySet
from partnerships.statistics import Share

from .models import Briefing


def named(partnerships: PartnershipQuerySet) -> Share:
    """Count the partnerships that some briefing's source names; the rest are ours."""
    names = Briefing.names.through.objects.filter(partnership=OuterRef("pk"))
    counts = partnerships.order_by().aggregate(
        number=Count("pk", filter=Exists(names)), of=Count("pk")
    )
    return Share(**counts)
