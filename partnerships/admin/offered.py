"""How many empty rows a section of the record's screen offers."""

from django.core.exceptions import BadRequest

MOST_ROWS = 20


def rows_offered(request) -> int:
    """Return how many empty rows `?rows=3` asks for in each section, 0 without it.

    For editors without scripts, for whom no button adds one.
    """
    asked = request.GET.get("rows", "0")
    if not (asked.isascii() and asked.isdecimal() and int(asked) <= MOST_ROWS):
        raise BadRequest(f"“rows” takes a number from 0 to {MOST_ROWS}.")
    return int(asked)
