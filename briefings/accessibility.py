"""The record of how the pages were tested for accessibility; the statement says it.

The date changes when somebody tests again, never by itself. The browser's tests visit
these addresses at these widths, so the statement cannot name a page that they miss.
"""

from councils.partial_dates import PartialDate

TESTED = PartialDate("2026-11-23")
STANDARD = "Web Content Accessibility Guidelines (WCAG) 2.2, level AA"
WIDTHS = (320, 768, 1280)
PAGES = {
    "the first page": "/",
    "the list of arrangements": "/partnerships/",
    "a list that answers no question": "/partnerships/?statuss=ended",
    "the record of an arrangement": "/partnerships/ek-services/",
    "its history": "/partnerships/ek-services/history/",
    "the form for a report": "/partnerships/ek-services/report/",
    "the list of councils": "/councils/",
    "a council": "/councils/dacorum/",
    "the list of case studies": "/case-studies/",
    "a case study": "/case-studies/ek-services/",
    "a briefing": "/briefings/shared-ict-services-more-than-meets-the-eye/",
    "about the registry": "/about/",
    "this statement": "/accessibility/",
    "privacy": "/privacy/",
    "a page that is not there": "/no-such-page/",
}
