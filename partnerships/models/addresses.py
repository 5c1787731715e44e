"""The addresses that records have left behind, and where they lead now."""

from django.core.exceptions import ValidationError
from django.db import models

from ..choices import Publication


class FormerSlugQuerySet(models.QuerySet["FormerSlug"]):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def partnership_at(self, slug: str):
        """Return the published record to which a former address leads, None if none.

        A record that was renamed and then merged is found in one step.
        """
        for partnership in self._led_to(slug):
            if partnership.publication == Publication.PUBLISHED:
                return partnership
        return None

    def withdrawn_at(self, slug: str):
        """Return the withdrawn record to which a former address leads, None if none."""
        last = [*self._led_to(slug)][-1:]
        withdrawn = [p for p in last if p.publication == Publication.WITHDRAWN]
        return withdrawn[0] if withdrawn else None

    def _led_to(self, slug: str):
        """Yield the records that an address leads to, one after another."""
        seen = set()
        while slug not in seen:
            seen.add(slug)
            former = self.filter(slug=slug).select_related("partnership").first()
            if not former:
                return
            yield former.partnership
            slug = former.partnership.slug


class FormerSlug(models.Model):
    """A slug that a record had, or that another had until it was merged into this.

    No draft or published record has it: an address is never used again. A record that
    was merged keeps its slug and its history, withdrawn.
    """

    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text="The former address. Readers who ask for it are led here.",
    )
    partnership = models.ForeignKey(
        "partnerships.Partnership",
        on_delete=models.CASCADE,
        related_name="former_slugs",
    )

    objects = FormerSlugQuerySet.as_manager()

    class Meta:
        verbose_name = "former address"
        verbose_name_plural = "former addresses"
        ordering = ["slug"]

    def __str__(self):
        return self.slug

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        if not self.partnership_id:
            return
        others = type(self.partnership).objects.exclude(pk=self.partnership_id)
        live = others.exclude(publication=Publication.WITHDRAWN).filter(slug=self.slug)
        if self.slug == self.partnership.slug:
            raise ValidationError(
                {
                    "slug": "This is the record’s present address: tick “Delete” here,"
                    " for a former one leads to it."
                }
            )
        if other := live.first():
            raise ValidationError(
                {"slug": f"“{other}” has this address: withdraw it first."}
            )
