"""What every page says of itself: its place among the others, and its address."""

from django import template
from django.shortcuts import resolve_url
from django.template.loader_tags import BLOCK_CONTEXT_KEY

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


@register.inclusion_tag("partials/address.html", takes_context=True)
def public_address(context):
    """Say the page's own address, title and description to those who share it.

    A page that answers questions of its address names them as `canonical_query`; of
    any other page the query says nothing. None means that the page has no address
    worth keeping, such as a question that was refused.
    """
    request, query = context.get("request"), context.get("canonical_query", "")
    if request is None or query is None:
        return {"address": ""}
    path = f"{request.path}?{query}" if query else request.path
    return {
        "address": request.build_absolute_uri(path),
        "title": text_of_block(context, "title"),
        "description": text_of_block(context, "description"),
    }


def text_of_block(context, name: str) -> str:
    """Draw a block of the page once more; a template can name each only once."""
    return context.render_context[BLOCK_CONTEXT_KEY].get_block(name).render(context)
