"""The addresses of the records for search engines, with the day each last changed."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse

from .models import Change, Partnership


def records():
    """Return the published records, each with the day of its `last_change` or None."""
    return Partnership.objects.published().annotate(
        last_change=Change.objects.public().last_made()
    )


class PartnershipSitemap(Sitemap):
    """The published records. One that never changed has no date of a change."""

    def items(self):
        return records().in_order()

    def lastmod(self, partnership):
        return partnership.last_change


class PartnershipListSitemap(Sitemap):
    """The list, which changes with the newest change of any record."""

    def items(self):
        return ["partnerships:partnership-list"]

    def location(self, name):
        return reverse(name)

    def lastmod(self, name):
        return records().aggregate(newest=Max("last_change"))["newest"]
