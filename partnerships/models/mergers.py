"""Which record was merged into which, and what came with it."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class MergerQuerySet(models.QuerySet):
    def get_by_natural_key(self, merged):
        return self.get(merged__slug=merged)


class Merger(models.Model):
    """A record that was taken into another, and what has to go to undo that.

    The merged record keeps its own rows, withdrawn. `came` names what the kept one has
    from it: rows, citations, functions, and what followed from other models.
    """

    kept = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="mergers"
    )
    merged = models.OneToOneField(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="merger"
    )
    made = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    came = models.JSONField(editable=False)

    objects = MergerQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kept=models.F("merged")),
                name="merger_is_of_two_records",
            )
        ]

    def __str__(self):
        return f"{self.merged} into {self.kept}"

    def natural_key(self):
        return (self.merged.slug,)
