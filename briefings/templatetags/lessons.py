"""What the pages of records, which know nothing of lessons, ask about them."""

from django import template
from django.db.models import Count, Q

from partnerships.models import Partnership

from ..bearing import from_memory
from ..models import Lesson

register = template.Library()


@register.simple_tag
def lessons_borne_on_by(partnership: Partnership) -> list[Lesson]:
    """Return the lessons whose question finds the partnership."""
    asking = list(Lesson.objects.exclude(question="").order_by("briefing", "number"))
    answers = {lesson: from_memory(lesson.question) for lesson in asking}
    asked = [lesson for lesson in asking if not answers[lesson]]
    found = Partnership.objects.filter(pk=partnership.pk).aggregate(
        **{
            f"lesson_{lesson.pk}": Count("pk", filter=Q(pk__in=lesson.asked_for))
            for lesson in asked
        }
    )
    return [
        lesson
        for lesson, answer in answers.items()
        if (answer.finds(partnership) if answer else found[f"lesson_{lesson.pk}"])
    ]
