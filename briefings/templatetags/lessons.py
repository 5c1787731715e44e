"""What the pages of records, which know nothing of lessons, ask about them."""

from django import template
from django.db.models import Count, Q

from partnerships.models import Partnership

from ..models import Lesson

register = template.Library()


@register.simple_tag
def lessons_borne_on_by(partnership: Partnership) -> list[Lesson]:
    """Return the lessons whose question finds the partnership."""
    asking = list(Lesson.objects.exclude(question="").order_by("briefing", "number"))
    found = Partnership.objects.filter(pk=partnership.pk).aggregate(
        **{
            f"lesson_{lesson.pk}": Count("pk", filter=Q(pk__in=lesson.asked_for))
            for lesson in asking
        }
    )
    return [lesson for lesson in asking if found[f"lesson_{lesson.pk}"]]
