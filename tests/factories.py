"""Made-up records. Each has a name that no real body has."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from briefings.models import (
    Briefing,
    CaseStudy,
    DeliveryModelGuide,
    LegalPower,
    Lesson,
)
from councils.models import Council, CouncilName, FormerCode, Succession
from partnerships.models import (
    Aim,
    Membership,
    Milestone,
    OtherMember,
    Outcome,
    Partnership,
    PartnershipName,
    ServiceFunction,
    Source,
)


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


class PartnershipFactory(DjangoModelFactory):
    class Meta:
        model = Partnership

    name = factory.Sequence(lambda n: f"Pretend partnership {n}")
    slug = factory.Sequence(lambda n: f"pretend-partnership-{n}")
    summary = "Made up for a test."
    delivery_model = "joint-committee"
    status = "ongoing"
    confidence = "high"
    publication = "published"


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    partnership = factory.SubFactory(PartnershipFactory)
    number = factory.LazyAttribute(
        lambda source: source.partnership.sources.count() + 1
    )
    title = factory.Sequence(lambda n: f"Pretend paper {n}")
    publisher = "Pretend Press"
    url = factory.Sequence(lambda n: f"https://example.org/paper-{n}")
    kind = "press"


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    partnership = factory.SubFactory(PartnershipFactory)
    council = factory.SubFactory(CouncilFactory)
    role = "partner"


class AimFactory(DjangoModelFactory):
    class Meta:
        model = Aim

    partnership = factory.SubFactory(PartnershipFactory)
    number = factory.LazyAttribute(lambda aim: aim.partnership.aims.count() + 1)
    kind = "savings"
    text = factory.Sequence(lambda n: f"Pretend aim {n}")


class OutcomeFactory(DjangoModelFactory):
    class Meta:
        model = Outcome

    partnership = factory.SubFactory(PartnershipFactory)
    number = factory.LazyAttribute(lambda row: row.partnership.outcomes.count() + 1)
    kind = "savings"
    result = "achieved"
    text = factory.Sequence(lambda n: f"Pretend outcome {n}")


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    partnership = factory.SubFactory(PartnershipFactory)
    number = factory.LazyAttribute(lambda row: row.partnership.milestones.count() + 1)
    happened = "2012"
    text = factory.Sequence(lambda n: f"Pretend turning point {n}")


class OtherMemberFactory(DjangoModelFactory):
    class Meta:
        model = OtherMember

    partnership = factory.SubFactory(PartnershipFactory)
    name = factory.Sequence(lambda n: f"Pretend company {n}")
    kind = "company"
    role = "supplier"


class PartnershipNameFactory(DjangoModelFactory):
    class Meta:
        model = PartnershipName

    partnership = factory.SubFactory(PartnershipFactory)
    name = factory.Sequence(lambda n: f"Pretend other name {n}")


class ServiceFunctionFactory(DjangoModelFactory):
    class Meta:
        model = ServiceFunction

    slug = factory.Sequence(lambda n: f"pretend-service-{n}")
    name = factory.Sequence(lambda n: f"Pretend service {n}")


class BriefingFactory(DjangoModelFactory):
    class Meta:
        model = Briefing

    slug = factory.Sequence(lambda n: f"pretend-briefing-{n}")
    title = factory.Sequence(lambda n: f"Pretend briefing {n}")
    publisher = "Pretend Society"
    available_from = "Pretend Society"
    argument = "Sharing is pretended."
    source_title = "Pretend abstract"
    source_publisher = "Pretend Press"
    source_url = "https://example.org/abstract"
    source_kind = "press"


class CaseStudyFactory(DjangoModelFactory):
    class Meta:
        model = CaseStudy

    briefing = factory.SubFactory(BriefingFactory)
    partnership = factory.SubFactory(PartnershipFactory)
    title = factory.LazyAttribute(lambda study: f"Case of {study.partnership.name}")
    introduction = "It was pretended. [1]"
    beginnings = "It began in a test. [1]"
    obstacles = "Nothing was real. [1]"
    analysis = "Nothing follows. [1]"


class LessonFactory(DjangoModelFactory):
    class Meta:
        model = Lesson

    briefing = factory.SubFactory(BriefingFactory)
    slug = factory.Sequence(lambda n: f"pretend-lesson-{n}")
    number = factory.LazyAttribute(lambda lesson: lesson.briefing.lessons.count() + 1)
    theme = "aims"
    point = factory.Sequence(lambda n: f"Pretend lesson {n}.")
    relevance = "It bears on nothing real."


class DeliveryModelGuideFactory(DjangoModelFactory):
    class Meta:
        model = DeliveryModelGuide

    delivery_model = "joint-committee"
    description = "Councillors pretend together."


class LegalPowerFactory(DjangoModelFactory):
    class Meta:
        model = LegalPower

    guide = factory.SubFactory(DeliveryModelGuideFactory)
    number = factory.LazyAttribute(lambda power: power.guide.powers.count() + 1)
    statute = factory.Sequence(lambda n: f"Pretend Powers Act {1900 + n}")
    section = "section 1"
    text = "A council may pretend."
    url = "https://example.org/act"
