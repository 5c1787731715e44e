"""What readers are told about each delivery model."""

from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.safestring import SafeString

from partnerships.choices import DeliveryModel

from .. import prose
from ..rules import problems_of_text, refuse
from .briefings import Briefing


class DeliveryModelGuideQuerySet(models.QuerySet):
    def get_by_natural_key(self, delivery_model):
        return self.get(delivery_model=delivery_model)

    def for_detail(self):
        """Fetch what the page of one model says."""
        return self.select_related("weighed_by").prefetch_related(
            Prefetch("powers", LegalPower.objects.order_by("number"))
        )


class DeliveryModelGuide(models.Model):
    """What is known of a delivery model beyond what its arrangements show.

    What a briefing weighs is the briefing's own view, and only what its source says.
    """

    WEIGHED = ("tax", "pensions", "control")

    delivery_model = models.CharField(max_length=20, choices=DeliveryModel, unique=True)
    description = models.TextField(
        "what it is", help_text="In Markdown, beyond the one sentence of the list."
    )
    weighed_by = models.ForeignKey(
        Briefing,
        on_delete=models.PROTECT,
        related_name="models_weighed",
        null=True,
        blank=True,
        help_text="The briefing that weighs the model; blank if none does.",
    )
    tax = models.TextField(blank=True, help_text="Blank if the briefing is silent.")
    pensions = models.TextField(
        blank=True, help_text="Blank if the briefing is silent."
    )
    control = models.TextField(blank=True, help_text="Blank if the briefing is silent.")

    objects = DeliveryModelGuideQuerySet.as_manager()

    class Meta:
        ordering = ["delivery_model"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivery_model__in=DeliveryModel.values),
                name="deliverymodelguide_delivery_model_in_list",
            ),
            models.CheckConstraint(
                condition=Q(weighed_by__isnull=False)
                | Q(tax="", pensions="", control=""),
                name="deliverymodelguide_view_has_a_briefing",
                violation_error_message="Say which briefing weighs it.",
            ),
        ]

    def __str__(self):
        return self.get_delivery_model_display()

    def get_absolute_url(self):
        return reverse("briefings:delivery-model-detail", args=[self.delivery_model])

    def natural_key(self):
        return (self.delivery_model,)

    def clean(self):
        fields = ("description", *self.WEIGHED)
        refuse({field: problems_of_text(getattr(self, field)) for field in fields})

    @property
    def description_in_html(self) -> SafeString:
        return prose.in_html(self.description)

    @property
    def weighed(self) -> list[tuple[str, SafeString]]:
        """What the briefing says of each matter, "" where it is silent."""
        return [
            (field.capitalize(), prose.in_html(getattr(self, field)))
            for field in self.WEIGHED
        ]


class LegalPowerQuerySet(models.QuerySet):
    def get_by_natural_key(self, delivery_model, statute, section):
        return self.get(
            guide__delivery_model=delivery_model, statute=statute, section=section
        )


class LegalPower(models.Model):
    """A provision under which councils may run a delivery model, as its text says."""

    guide = models.ForeignKey(
        DeliveryModelGuide, on_delete=models.CASCADE, related_name="powers"
    )
    number = models.PositiveSmallIntegerField(help_text="Its place in the list.")
    statute = models.CharField(max_length=120, help_text="Its title with the year.")
    section = models.CharField(max_length=60, help_text="Such as “section 101”.")
    applies_in = models.CharField(
        max_length=80, blank=True, help_text="Blank if not confirmed."
    )
    text = models.TextField("what it says", help_text="In our words, plain text.")
    url = models.URLField("address of its text", max_length=300)

    objects = LegalPowerQuerySet.as_manager()

    class Meta:
        ordering = ["guide", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["guide", "statute", "section"], name="legalpower_once_per_model"
            ),
            models.UniqueConstraint(
                fields=["guide", "number"], name="legalpower_once_per_number"
            ),
        ]

    def __str__(self):
        return f"{self.statute}, {self.section}"

    def natural_key(self):
        return (self.guide.delivery_model, self.statute, self.section)

    natural_key.dependencies = ["briefings.deliverymodelguide"]  # type: ignore[attr-defined]
