"""What readers are told: briefings, case studies, lessons and delivery models."""

from .briefings import Briefing, CaseStudy, Lesson
from .delivery_models import DeliveryModelGuide, LegalPower

__all__ = ["Briefing", "CaseStudy", "DeliveryModelGuide", "LegalPower", "Lesson"]
