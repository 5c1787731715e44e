"""The addresses of the councils for search engines."""

from django.contrib.sitemaps import Sitemap

from .models import Council


class CouncilSitemap(Sitemap):
    """Every council. Nothing records when one changed, so none has a date."""

    def items(self):
        return Council.objects.in_order()
