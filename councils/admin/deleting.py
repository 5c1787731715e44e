"""What deleting takes along, in words that editors know, and why something stays."""

from django.apps import apps
from django.contrib import admin
from django.utils.text import capfirst


class DeletingMixin(admin.ModelAdmin):
    """Says of what is not deleted why it stays, and names no rows that only link."""

    def why_it_stays(self, obj) -> str:
        """Return why nobody deletes this object, "" where it may be deleted."""
        return ""

    def has_delete_permission(self, request, obj=None):
        is_free = obj is None or not self.why_it_stays(obj)
        return is_free and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs, request):
        said, counts, needed, users = super().get_deleted_objects(objs, request)
        links = [model._meta for model in models_of_links()]
        openings = tuple(f"{capfirst(opts.verbose_name)}: " for opts in links)
        for opts in links:
            counts.pop(opts.verbose_name_plural, None)
        stays = [f"{obj}: {why}" for obj in objs if (why := self.why_it_stays(obj))]
        if stays:
            needed.discard(self.opts.verbose_name)
        return without(openings, said), counts, needed, [*stays, *users]


def models_of_links():
    """Return the models whose rows only say that two others belong together."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.auto_created]


def without(openings: tuple[str, ...], said: list) -> list:
    """Return a list of lines and lists without the lines that open so."""
    lines = [without(openings, it) if isinstance(it, list) else it for it in said]
    return [it for it in lines if it and not str(it).startswith(openings)]
