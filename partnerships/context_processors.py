"""What every page says about the data that it was made from."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from councils.versions import kept

from .models import Partnership
from .statistics import DataDate, date_of_the_data


def data_date(request: HttpRequest) -> dict:
    """Give pages `data_date`, at the cost of one short query where a page says it.

    It is empty where no date is known. An answer that shows none, such as a file or
    a page of the admin, asks nothing.
    """
    return {"data_date": SimpleLazyObject(lambda: date_of_published() or ())}


@kept
def date_of_published() -> DataDate | None:
    return date_of_the_data(Partnership.objects.published())
