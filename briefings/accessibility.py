"""The record of how the pages were tested for accessibility; the statement says it.

The date changes when somebody tests again, never by itself. The browser's tests visit
these addresses at these widths, so the statement cannot name a page that they miss.
"""

from councils.partial_dates import PartialDate

TESTED = PartialDate("2026-11-26")
STANDARD = "Web Content Accessibility Guidelines (WCAG) 2.2, level AA"
WIDTHS = (320, 768, 1280)
PAGES = {
    "the first page": "/",
    "the list of arrangements": "/partnerships/",
    "a question that is refused": "/partnerships/?statuss=ended",
    "a map of arrangements": "/partnerships/map/?status=ended",
    "the record of an arrangement": "/partnerships/ek-services/",
    "the history of a record": "/partnerships/ek-services/history/",
    "the form for a report": "/partnerships/ek-services/report/",
    "a comparison": "/compare/?p=ek-services&p=aylesbury-vale-dacorum",
    "the list of councils": "/councils/",
    "a council": "/councils/dacorum/",
    "arrangements in a reorganisation": "/reorganisation/",
    "the list of case studies": "/case-studies/",
    "a case study": "/case-studies/ek-services/",
    "the list of lessons": "/lessons/",
    "a lesson": "/lessons/make-the-exchange-reciprocal/",
    "the list of delivery models": "/delivery-models/",
    "a delivery model": "/delivery-models/public-company/",
    "the numbers": "/numbers/",
    "the data to take away": "/data/",
    "the dictionary of the data": "/data/dictionary/",
    "the API": "/api/docs/",
    "a briefing": "/briefings/shared-ict-services-more-than-meets-the-eye/",
    "about the registry": "/about/",
    "this statement": "/accessibility/",
    "privacy": "/privacy/",
    "a page that is not there": "/no-such-page/",
}
