"""Short notes beside a council's name: what became of it, and why a search found it."""

from datetime import date

from django.utils.text import get_text_list

from .days import in_words
from .folding import fold, folded_words
from .lineage import Lineage, Step
from .models import Council


def named(step: Step) -> str:
    return f"{step.council}{'' if step.is_whole else ' (in part)'}"


def fate(council: Council, lineage: Lineage, today: date) -> str:
    """Say how the council ended and who holds its area now, "" if it simply exists.

    A body that went on under another law, and often another name, was not abolished.
    The heirs are those of today, over any number of reorganisations since; those of
    the vesting day while it lies ahead.
    """
    if council.ended is None:
        if council.started is None or council.started <= today:
            return ""
        return f"begins {in_words(council.started)}"
    said, then = f"abolished {in_words(council.ended)}", "now"
    if council.ended >= today:
        said, then = f"to be {said}", "then"
    heirs = lineage.holders(council, today)
    if step := lineage.going_on(council.pk):
        verb = "to go on" if council.ended >= today else "went on"
        said = (
            f"{verb} as {step.successor} from {in_words(step.vesting_day)}, the same"
            " legal body"
        )
        if [heir.council for heir in heirs] == [step.successor]:
            return said
    holders = get_text_list([*map(named, heirs)], "and")
    return f"{said}, {then} {holders}" if holders else said


def found_as(council: Council, text: str) -> str:
    """Say which other name or code answers to the text, "" if its own name does."""
    words = folded_words(text)
    own_name = fold(f"{council.name} {council.short_name}")
    missing = [word for word in words if word not in own_name]
    others = [(code.gss_code, "formerly") for code in council.former_codes.all()]
    others += [(name.name, "also known as") for name in council.other_names.all()]
    others += [(council.name_cy, "Welsh name"), (council.gss_code, "GSS code")]
    reasons = []
    while missing:
        # The name with the most of the words says it best.
        name, phrase = max(
            others, key=lambda other: sum(word in fold(other[0]) for word in missing)
        )
        left = [word for word in missing if word not in fold(name)]
        if left == missing:
            break
        missing = left
        reasons.append(f"{phrase} {name}")
    return "; ".join(reasons)
