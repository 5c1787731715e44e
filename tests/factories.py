"""Made-up records. Each has a name that no real body has."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from councils.models import Council, CouncilName, FormerCode, Succession


class CouncilFactory(DjangoModelFactory):
    class Meta:
        model = Council

    short_name = factory.Sequence(lambda n: f"Madeupshire {n}")
    name = factory.LazyAttribute(lambda council: f"{council.short_name} Test Council")
    slug = factory.Sequence(lambda n: f"madeupshire-{n}")
    gss_code = factory.Sequence(lambda n: f"E99{n:06}")
    council_type = "unitary"
    nation = "england"
    region = "south-east"
    started = date(1974, 4, 1)


class CouncilNameFactory(DjangoModelFactory):
    class Meta:
        model = CouncilName

    council = factory.SubFactory(CouncilFactory)
    name = factory.Sequence(lambda n: f"Oldnameshire {n}")


class FormerCodeFactory(DjangoModelFactory):
    class Meta:
        model = FormerCode

    council = factory.SubFactory(CouncilFactory)
    gss_code = factory.Sequence(lambda n: f"E98{n:06}")


class SuccessionFactory(DjangoModelFactory):
    class Meta:
        model = Succession

    predecessor = factory.SubFactory(CouncilFactory, ended=date(2019, 3, 31))
    successor = factory.SubFactory(CouncilFactory, started=date(2019, 4, 1))
    last_day = factory.SelfAttribute("predecessor.ended")
    extent = "whole"
    is_same_legal_body = False
