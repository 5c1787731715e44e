"""What a council's page says of the arrangements that it and others share.

The page belongs to the layer below, which knows nothing of arrangements.
"""

from django import template

from ..co_partners import co_partners
from ..likeness import councils_alike

register = template.Library()
register.simple_tag(co_partners)
register.simple_tag(councils_alike)
