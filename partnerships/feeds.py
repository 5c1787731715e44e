"""What is new, as Atom feeds: the public history of many records, newest first."""

import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.timezone import make_aware
from django.views.generic import View

from councils.lineage import known_lineage
from councils.models import Council
from councils.question_views import QuestionFileMixin

from .filters import PartnershipFilter
from .history import Names, differences
from .models import Change, Partnership
from .statistics import date_of_the_data

AUTHOR = "Shared Services Partnership Registry"
MOST = 50
# What XML 1.0 has no way to write. A text pasted from a document may hold some of it,
# and a search in an address anything.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class News(NamedTuple):
    """One change of a record that readers learn of, in the words of its history."""

    change: Change
    # Its number on the page of the history; None for a new record.
    place: int | None
    words: list[str]


def news_of(partnerships) -> Iterator[News]:
    """Yield the newest changes of these records, in four queries whatever they are."""
    newest = list(
        Change.objects.news()
        .filter(partnership__in=partnerships.order_by().values("pk"))
        .select_related("partnership")
        .order_by("-pk")[:MOST]
    )
    before = Change.objects.in_bulk([one.previous for one in newest if one.previous])
    names = Names()
    for change in newest:
        if change.previous is None:
            yield News(change, None, ["Readers see this record for the first time."])
            continue
        old = before[change.previous]
        yield News(
            change,
            change.place,
            [
                f"{one.what}: {one.before or 'not in the record'} → "
                f"{one.after or 'taken out of the record'}"
                for one in differences(old.version, change.version, names)
            ],
        )


def for_xml(text: str) -> str:
    return NOT_IN_XML.sub(" ", text)


class ChangesFeed(Atom1Feed):
    """A feed that, while empty, was updated on the date of the data."""

    def latest_post_date(self):
        if self.items:
            return super().latest_post_date()
        day = date_of_the_data(Partnership.objects.published())
        # Without any date there is no record either.
        first = day.date.earliest if day else datetime(2013, 6, 5)
        return make_aware(datetime.combine(first, time()))


def atom(request, title: str, page: str, partnerships) -> HttpResponse:
    """Answer with the changes of these records; `page` is what shows them to people."""
    host = request.get_host().partition(":")[0]
    feed = ChangesFeed(
        title=for_xml(title),
        link=request.build_absolute_uri(page),
        feed_url=request.build_absolute_uri(request.get_full_path()),
        description=(
            f"The newest {MOST} changes at most, since the registry keeps a history."
        ),
        language="en-GB",
        author_name=AUTHOR,
    )
    for news in news_of(partnerships):
        change, record = news.change, news.change.partnership
        if news.place is None:
            kind, address = "New record", record.get_absolute_url()
        else:
            history = reverse("partnerships:partnership-history", args=[record.slug])
            kind, address = "Changed", f"{history}#change-{news.place}"
        feed.add_item(
            title=for_xml(f"{kind}: {record.name}. {change.reason}"),
            link=request.build_absolute_uri(address),
            # Atom1Feed calls a summary HTML.
            description=for_xml(
                format_html_join("", "<p>{}</p>", ((words,) for words in news.words))
            ),
            unique_id=f"tag:{host},2026:change/{change.pk}",
            pubdate=change.made,
            updateddate=change.made,
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


class PartnershipFeedView(QuestionFileMixin):
    """The changes of what the list shows, by the list's own filters."""

    queryset = Partnership.objects.published()
    filterset_class = PartnershipFilter

    def file(self):
        address = self.filterset.address()
        said = "; ".join(f"{one.label}: {one.words}" for one in self.filterset.answers)
        page = reverse("partnerships:partnership-list")
        return atom(
            self.request,
            f"Changes of arrangements: {said}" if said else "Changes of arrangements",
            f"{page}?{address}" if address else page,
            self.object_list,
        )


class CouncilFeedView(View):
    """The changes of a council's arrangements, its predecessors' among them."""

    def get(self, request, slug):
        council = get_object_or_404(Council, slug=slug)
        councils = known_lineage().with_predecessors([council.pk])
        return atom(
            request,
            f"Changes of the arrangements of {council}",
            council.get_absolute_url(),
            Partnership.objects.published().involving(councils),
        )
