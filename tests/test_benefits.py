"""Aims stand beside the outcomes of their kind, and nothing is lost between them."""

import pytest

from partnerships.benefits import benefits, findings
from partnerships.choices import BenefitKind
from partnerships.models import Partnership
from tests.factories import AimFactory, OutcomeFactory, PartnershipFactory

pytestmark = pytest.mark.django_db


def test_aims_stand_beside_outcomes_of_their_kind():
    record = PartnershipFactory()
    saving = OutcomeFactory(partnership=record, kind="savings")
    aim = AimFactory(partnership=record, kind="savings")
    hope = AimFactory(partnership=record, kind="efficiency")
    surprise = OutcomeFactory(partnership=record, kind="other")
    assert benefits(record) == [
        (BenefitKind.SAVINGS, [aim], [saving]),
        (BenefitKind.EFFICIENCY, [hope], []),
        (BenefitKind.OTHER, [], [surprise]),
    ]


def test_every_aim_and_outcome_of_the_registry_is_shown_once(registry):
    for record in Partnership.objects.all():
        rows = benefits(record)
        aims = [aim for row in rows for aim in row.aims]
        outcomes = [outcome for row in rows for outcome in row.outcomes]
        assert sorted(aim.number for aim in aims) == sorted(
            record.aims.values_list("number", flat=True)
        )
        assert sorted(outcome.number for outcome in outcomes) == sorted(
            record.outcomes.values_list("number", flat=True)
        )


def test_outcomes_are_grouped_by_result_and_their_money_is_listed():
    record = PartnershipFactory()
    fields = {"partnership": record, "kind": "savings"}
    hope = OutcomeFactory(result="expected", amount=5, period="per-year", **fields)
    one = OutcomeFactory(result="achieved", amount=0, period="total", **fields)
    other = OutcomeFactory(result="achieved", **fields)
    found = findings([hope, one, other])
    assert [(finding.result, finding.outcomes) for finding in found] == [
        ("achieved", [one, other]),
        ("expected", [hope]),
    ]
    assert [finding.money for finding in found] == [["£0 in total"], ["£5 a year"]]
