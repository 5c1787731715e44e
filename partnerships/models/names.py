"""The other names of partnerships."""

from django.db import models


class PartnershipNameQuerySet(models.QuerySet):
    def get_by_natural_key(self, partnership, name):
        return self.get(partnership__slug=partnership, name=name)


class PartnershipName(models.Model):
    """Another name under which a partnership is known."""

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="other_names"
    )
    name = models.CharField(max_length=120)

    objects = PartnershipNameQuerySet.as_manager()

    class Meta:
        verbose_name = "other name"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "name"], name="partnershipname_once"
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.partnership.slug, self.name)
