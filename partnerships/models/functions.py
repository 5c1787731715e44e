"""The services that councils share."""

from django.core.exceptions import ValidationError
from django.db import models

from councils.folding import Folded, fold

from ..choices import Publication


class ServiceFunctionQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def in_order(self):
        """Sort by name, the same on every database."""
        return self.order_by(Folded("name"), "slug")

    def used_or_offered(self):
        """Leave out the retired functions that no published partnership uses."""
        used = self.model.partnerships.through.objects.filter(
            servicefunction=models.OuterRef("pk"),
            partnership__publication=Publication.PUBLISHED,
        )
        return self.filter(models.Q(is_retired=False) | models.Exists(used)).in_order()


class ServiceFunction(models.Model):
    """A council service such as ICT or waste. Editors may add one.

    A function that a partnership uses is retired, never deleted: its address and its
    records stay.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60, unique=True)
    is_retired = models.BooleanField(
        default=False, help_text="No longer offered for new records."
    )

    objects = ServiceFunctionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        """Refuse a name or slug that means another function in a filter or a file."""
        others = type(self)._default_manager.exclude(pk=self.pk)
        taken = {
            fold(word): other for other in others for word in (other.slug, other.name)
        }
        errors = {
            field: f"This means “{taken[fold(word)]}” already."
            for field, word in (("slug", self.slug), ("name", self.name))
            if fold(word) in taken
        }
        if errors:
            raise ValidationError(errors)
