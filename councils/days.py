"""Whole days as people say them; those as exact as a source are partial dates."""

from datetime import date


def in_words(day: date | None) -> str:
    """Return "31 March 2020", "not known" without a day."""
    return f"{day.day} {day:%B %Y}" if day else "not known"
