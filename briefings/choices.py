"""The closed vocabulary of what readers are told. Its values are in addresses."""

from django.db import models


class Theme(models.TextChoices):
    """What a lesson is about."""

    AIMS = "aims", "Aims"
    PARTNERS = "partners", "Choice of partners"
    BALANCE = "balance", "Balance between the partners"
    BUSINESS_MODEL = "business-model", "Business model"
