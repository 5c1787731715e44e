"""The closed vocabularies of partnerships. Their values are in addresses and files."""

from django.db import models


class DeliveryModel(models.TextChoices):
    """How the members run the partnership. Closed: pages and filters name each one."""

    LEAD_AUTHORITY = "lead-authority", "Lead authority"
    SHARED_WORKFORCE = "shared-workforce", "Shared workforce"
    JOINT_COMMITTEE = "joint-committee", "Joint committee"
    JOINT_VENTURE = "joint-venture", "Joint venture"
    JOINT_CONTRACT = "joint-contract", "Joint contract"
    PUBLIC_COMPANY = "public-company", "Public-sector company"
    COLLABORATION = "collaboration", "Collaboration"
    UNKNOWN = "unknown", "Not known"

    @property
    def meaning(self) -> str:
        return DELIVERY_MODEL_MEANINGS[self]


DELIVERY_MODEL_MEANINGS = {
    DeliveryModel.LEAD_AUTHORITY: (
        "One member hosts the service and employs its staff, under an agreement with"
        " the others."
    ),
    DeliveryModel.SHARED_WORKFORCE: (
        "The members put their staff or managers together in one team, and each council"
        " stays a body of its own."
    ),
    DeliveryModel.JOINT_COMMITTEE: (
        "Councillors of the members sit on one committee that decides for all of them."
    ),
    DeliveryModel.JOINT_VENTURE: (
        "Members and a private company own and run the service together."
    ),
    DeliveryModel.JOINT_CONTRACT: (
        "The members buy the service together from an outside supplier."
    ),
    DeliveryModel.PUBLIC_COMPANY: (
        "A company that its public-sector members own provides the service."
    ),
    DeliveryModel.COLLABORATION: (
        "The members work together on chosen projects, without one joint service."
    ),
    DeliveryModel.UNKNOWN: "No source seen so far says how it was run.",
}


class Status(models.TextChoices):
    """Where the partnership stood when it was last evidenced, not today."""

    ONGOING = "ongoing", "Ongoing when last evidenced"
    ENDED = "ended", "Ended"
    NOT_KNOWN = "not-known", "Not known"


class StatusInJune2013(models.TextChoices):
    """Where it stood on the date of the Socitm briefing, 5 June 2013."""

    OPERATIONAL = "operational", "Operational"
    IMPLEMENTING = "implementing", "Being set up"
    ENDED = "ended", "Ended"
    NOT_KNOWN = "not-known", "Not known"


class Role(models.TextChoices):
    LEAD = "lead", "Lead authority"
    PARTNER = "partner", "Partner"
    SUPPLIER = "supplier", "Supplier"
    CLIENT = "client", "Client"

    @property
    def meaning(self) -> str:
        return {
            Role.LEAD: "hosts the service or employs its staff",
            Role.PARTNER: "shares the service, and neither leads nor supplies it",
            Role.SUPPLIER: "provides the service to the others for payment",
            Role.CLIENT: "receives the service",
        }[self]


class Ending(models.TextChoices):
    """Whether a member's council has ended or has a last day that lies ahead."""

    ENDED = "ended", "Has ended"
    DUE = "due", "Is due to end"


class Relationship(models.TextChoices):
    """The shape of the relationship, derived from the council members' roles.

    `partnerships.models.days.shapes` holds the one rule; nothing stores it.
    """

    EQUAL_PARTNERS = "equal-partners", "Equal partners"
    HOSTED = "hosted", "Hosted by a lead authority"
    SUPPLIER_AND_CLIENT = "supplier-and-client", "Supplier and client"
    JOINT_SUPPLIER = "joint-supplier", "Served jointly by a supplier"
    NOT_RECORDED = "not-recorded", "Not recorded"

    @property
    def sentence(self) -> str:
        return {
            Relationship.EQUAL_PARTNERS: "The councils share as equal partners.",
            Relationship.HOSTED: (
                "One council leads and hosts the service; the others are its partners."
            ),
            Relationship.SUPPLIER_AND_CLIENT: (
                "One council provides the service and the others receive it as clients."
            ),
            Relationship.JOINT_SUPPLIER: (
                "The councils are all clients of a supplier that they use together or"
                " of a company that they own."
            ),
            Relationship.NOT_RECORDED: (
                "The roles recorded do not show the shape of the relationship."
            ),
        }[self]

    @property
    def rule(self) -> str:
        """The rule in words, as the pages state it."""
        return {
            Relationship.EQUAL_PARTNERS: "every council member is a partner",
            Relationship.HOSTED: "the council members are a lead and partners",
            Relationship.SUPPLIER_AND_CLIENT: (
                "the council members are a lead or a supplier, and clients"
            ),
            Relationship.JOINT_SUPPLIER: "every council member is a client",
            Relationship.NOT_RECORDED: "any other mix of roles",
        }[self]


class MemberKind(models.TextChoices):
    """What a member is that is not a council."""

    COMPANY = "company", "Company"
    POLICE = "police", "Police"
    FIRE = "fire", "Fire and rescue"
    NHS = "nhs", "NHS"
    OTHER = "other", "Other body"


class BenefitKind(models.TextChoices):
    """What an aim or an outcome is about."""

    SAVINGS = "savings", "Savings"
    EFFICIENCY = "efficiency", "Efficiency"
    RESILIENCE = "resilience", "Resilience"
    CAPACITY = "capacity", "Capacity and skills"
    SERVICE_IMPROVEMENT = "service-improvement", "Better service"
    TRANSFORMATION = "transformation", "Transformation"
    NEW_BUSINESS = "new-business", "New business"
    GOVERNANCE = "governance", "Governance"
    STAFFING = "staffing", "Staffing"
    OTHER = "other", "Other"


class Result(models.TextChoices):
    ACHIEVED = "achieved", "Achieved"
    PARTLY_ACHIEVED = "partly-achieved", "Partly achieved"
    NOT_ACHIEVED = "not-achieved", "Not achieved"
    EXPECTED = "expected", "Expected: nobody has reported back"
    UNKNOWN = "unknown", "Not known"


class Period(models.TextChoices):
    """What an amount of money covers. Yearly and total amounts never add up."""

    PER_YEAR = "per-year", "a year"
    TOTAL = "total", "in total"
    NOT_KNOWN = "not-known", "(a year or in total: not known)"


class SourceKind(models.TextChoices):
    """Who speaks: the grade of the evidence, the strongest first."""

    AUDIT = "audit", "Audit or inspection"
    COUNCIL = "council", "A council's own paper or page"
    SECTOR_BODY = "sector-body", "Sector body"
    MEMBER_OR_SUPPLIER = "member-or-supplier", "Another member or the supplier"
    PRESS = "press", "Press"
    OTHER = "other", "Other"


class Confidence(models.TextChoices):
    """The editor's own judgement of the record as a whole."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class Publication(models.TextChoices):
    """Readers see published records; a withdrawn one says that it was withdrawn.

    A record in review waits for somebody who may publish it.
    """

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in-review", "In review"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class SuggestionStatus(models.TextChoices):
    """What the editors have made of a reader's report."""

    NEW = "new", "New"
    BEING_CHECKED = "being-checked", "Being checked"
    ACCEPTED = "accepted", "Accepted"
    PARTLY_ACCEPTED = "partly-accepted", "Partly accepted"
    DECLINED = "declined", "Declined"
    SPAM = "spam", "Not a report"
