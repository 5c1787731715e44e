"""Why a text that an editor wrote is refused, in words to stand beside its field."""

from django.core.exceptions import ValidationError

from . import prose
from .facts import FACTS


def refuse(problems: dict[str, list[str]]) -> None:
    """Raise a ValidationError that says each problem beside its field, if any."""
    found = {field: reasons for field, reasons in problems.items() if reasons}
    if found:
        raise ValidationError(found)


def problems_of_text(text: str) -> list[str]:
    """Return what is wrong with Markdown that rests on no record."""
    return [
        *broken_links(text),
        *(
            f"Nothing stands for {{{name}}} here: there is no record."
            for name in prose.placeholders(text)
        ),
        *(
            f"Nothing can be cited here: take out [{number}]."
            for number in prose.citations(text)
        ),
    ]


def problems_of_prose(text: str, sources: set[int], held: dict[str, str]) -> list[str]:
    """Return what is wrong with prose on a record with these sources and numbers."""
    known = ", ".join(f"{{{name}}}" for name in FACTS)
    return [
        *(
            "End each paragraph with the numbers of its sources in the record, as in"
            f" [1] [2]: “{words[:40]}…” has none."
            for words in prose.uncited(text)
        ),
        *(
            f"The record has no source {number}."
            for number in prose.citations(text)
            if number not in sources
        ),
        *(
            f"Nothing stands for {{{name}}}. The placeholders are: {known}."
            for name in prose.placeholders(text)
            if name not in FACTS
        ),
        *(
            f"The record holds {typed}: {held[number]}."
            for number, typed in prose.numbers_typed(text).items()
            if number in held
        ),
        *broken_links(text),
    ]


def broken_links(text: str) -> list[str]:
    return [
        f"“{link}” leads nowhere: a link takes an http, https or mailto address, or"
        " one of the registry such as /lessons/."
        for link in prose.broken_links(text)
    ]
