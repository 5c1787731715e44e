"""Whole numbers that an address or a form holds as text."""

# Longer ones count nothing here, and Python refuses the longest.
MOST_DIGITS = 9


def whole(text: str) -> int | None:
    """Return the whole number that a text is in plain digits; None if it is none."""
    plain = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if plain else None
