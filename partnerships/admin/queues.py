"""The queues of work as the lists of the admin show them: which rows, and why each."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Value
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from ..queues import BY_SLUG, QUEUES

# A row with more reasons than this names the first ones and counts the rest.
REASONS = 5


class QueueFilter(admin.SimpleListFilter):
    title = "what needs attention"
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        return [(q.slug, q.title) for q in QUEUES if q.model is model_admin.model]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        if self.value() not in dict(self.lookup_choices):
            raise IncorrectLookupParameters(f"There is no queue “{self.value()}”.")
        queue = BY_SLUG[self.value()]
        rows = queue.fetched(timezone.localdate(), queryset)
        return rows.annotate(queue=Value(queue.slug))


class QueuesMixin(admin.ModelAdmin):
    """Adds the filter by queue, and beside the rows of one why each is there."""

    # The columns that leave the reasons room.
    beside_reasons: tuple[str, ...] = ("status",)

    def get_list_filter(self, request):
        return (QueueFilter, *super().get_list_filter(request))

    def get_list_display(self, request):
        columns = super().get_list_display(request)
        if request.GET.get(QueueFilter.parameter_name) in BY_SLUG:
            return (columns[0], "reasons", *self.beside_reasons)
        return columns

    @admin.display(description="Why it is here")
    def reasons(self, row):
        reasons = list(BY_SLUG[row.queue].reasons(row, timezone.localdate()))
        shown = [capfirst(reason) for reason in reasons[:REASONS]]
        if len(reasons) > REASONS:
            shown.append(f"and {len(reasons) - REASONS} more")
        if len(shown) == 1:
            return shown[0]
        items = format_html_join("", "<li>{}</li>", ([reason] for reason in shown))
        return format_html("<ul>{}</ul>", items)
