"""Drawings that pages include, worked out from the record that they show."""

from django import template

from ..models import Partnership
from ..places import LARGE_MARK, Map, map_of
from ..timeline import members_over_time

register = template.Library()
register.simple_tag(members_over_time)


@register.simple_tag
def map_of_members(partnership: Partnership) -> Map:
    """Return the member councils of a partnership from `for_detail` on the map."""
    councils = (member.council for member in partnership.memberships.all())
    return map_of(councils, mark=LARGE_MARK)
