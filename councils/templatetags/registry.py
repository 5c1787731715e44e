"""What the list pages say about a `QuestionSet` that a template cannot ask itself."""

from django import template

from ..questions import Answer, Option, QuestionSet

register = template.Library()


@register.simple_tag
def options(questions: QuestionSet, name: str) -> list[Option]:
    """Return the options of the filter called `name`, with their counts."""
    return questions.options(name)


@register.filter
def chosen(found: list[Option]) -> list[Option]:
    return [option for option in found if option.is_chosen]


@register.simple_tag
def query(
    questions: QuestionSet, without: Answer | None = None, drop: str = "", **changes
) -> str:
    """Return the questions as "?..." for a link, "" if nothing is asked.

    `without` takes one answer back, `drop` a whole filter; `changes` sets parameters.
    """
    if drop:
        changes[drop] = None
    address = questions.address(without, **changes)
    return f"?{address}" if address else ""


@register.simple_tag
def asking(questions: QuestionSet, *pairs: str) -> str:
    """Return "?..." of the questions with more of them: names and values in turn."""
    changes = dict(zip(pairs[::2], map(str, pairs[1::2]), strict=True))
    return f"?{questions.address(None, **changes)}"


@register.filter
def percent(share: float) -> str:
    return f"{share:.0%}"


@register.filter
def pounds(amount: float) -> str:
    return f"£{amount:,.0f}"


@register.filter
def whole(number: float) -> str:
    """Return the number to the nearest whole, as programs write it."""
    return f"{number:.0f}"
