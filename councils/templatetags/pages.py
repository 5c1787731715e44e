"""What every page says of itself: its place among the others, and its address."""

from django import template
from django.shortcuts import resolve_url

register = template.Library()


@register.inclusion_tag("partials/breadcrumbs.html")
def breadcrumbs(*above, here: str):
    """Say where a page is: its name, after the pages above it, the home page first.

    `above` alternates names and where they lead: a URL's name, an address or a model
    instance. `{% breadcrumbs "Councils" "councils:council-list" here=council %}`.
    """
    names, places = above[::2], above[1::2]
    return {
        "above": [
            (name, resolve_url(place))
            for name, place in zip(names, places, strict=True)
        ],
        "here": here,
    }
