"""The work that waits for the editor who has signed in, on the admin's first page."""

from django import template
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.urls import reverse

from ..queues import QUEUES, numbers_waiting

register = template.Library()


@register.inclusion_tag("admin/partnerships/queues.html", takes_context=True)
def queues_of_work(context):
    """Show each queue whose records this user may see, with its number and its list."""
    request = context["request"]
    visible = [queue for queue in QUEUES if may_see(request, queue.model)]
    numbers = numbers_waiting(visible)
    return {
        "queues": [
            (queue, numbers[queue.slug], address_of_list(queue)) for queue in visible
        ]
    }


def may_see(request, model) -> bool:
    try:
        return admin.site.get_model_admin(model).has_view_permission(request)
    except NotRegistered:
        return False


def address_of_list(queue) -> str:
    options = queue.model._meta
    name = f"admin:{options.app_label}_{options.model_name}_changelist"
    return reverse(name, query={"queue": queue.slug})
