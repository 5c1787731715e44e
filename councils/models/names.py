"""The other names that a council is known by, and the codes that it had."""

from django.db import models

from .councils import Council, gss_code_form


class CouncilNameQuerySet(models.QuerySet):
    def get_by_natural_key(self, council, name):
        return self.get(council__slug=council, name=name)


class CouncilName(models.Model):
    """Another name of a council: a former one, a short form, or a spelling in use."""

    council = models.ForeignKey(
        Council, on_delete=models.CASCADE, related_name="other_names"
    )
    name = models.CharField(max_length=120)

    objects = CouncilNameQuerySet.as_manager()

    class Meta:
        verbose_name = "other name"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "name"], name="councilname_once_per_council"
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.council.slug, self.name)


class FormerCodeQuerySet(models.QuerySet):
    def get_by_natural_key(self, gss_code):
        return self.get(gss_code=gss_code)


class FormerCode(models.Model):
    """A GSS code that a council no longer has. Closed codes are never used again."""

    council = models.ForeignKey(
        Council, on_delete=models.CASCADE, related_name="former_codes"
    )
    gss_code = models.CharField(
        "GSS code", max_length=9, unique=True, validators=[gss_code_form]
    )

    objects = FormerCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "former GSS code"
        ordering = ["gss_code"]

    def __str__(self):
        return self.gss_code

    def natural_key(self):
        return (self.gss_code,)
