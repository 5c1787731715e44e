"""How many empty rows a section of the record's screen offers."""

from django.core.exceptions import BadRequest

from councils.whole_numbers import whole

MOST_ROWS = 20


def rows_offered(request) -> int:
    """Return how many empty rows `?rows=3` asks for in each section, 0 without it.

    For editors without scripts, for whom no button adds one.
    """
    asked = whole(request.GET.get("rows", "0"))
    if asked is None or asked > MOST_ROWS:
        raise BadRequest(f"“rows” takes a number from 0 to {MOST_ROWS}.")
    return asked
