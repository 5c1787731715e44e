"""What can be done with one record besides editing it, offered above its form."""

from django.contrib import admin


class RecordToolsMixin(admin.ModelAdmin):
    """Offers tools above a record's form; each part of its admin adds its own."""

    change_form_template = "admin/partnerships/partnership/change_form.html"

    def record_tools(self, request, partnership) -> list[tuple[str, str]]:
        """Return the label and the address of each tool that this user may use."""
        return []

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        tools = self.record_tools(request, obj) if obj else []
        context = {**context, "record_tools": tools}
        return super().render_change_form(request, context, add, change, form_url, obj)
