"""`check_registry` finds what the rules of single rows cannot, and says whose."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from councils.models import Council
from partnerships.models import Membership, Outcome, Partnership, Source
from partnerships.problems import every_problem
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SourceFactory,
    SuccessionFactory,
)


def test_the_shipped_records_have_no_problem(registry, capsys):
    call_command("check_registry")
    assert capsys.readouterr().out == "Nothing found.\n"


def sound_partnership(**fields):
    partnership = PartnershipFactory(latest_evidence="2010", **fields)
    partnership.functions.add(ServiceFunctionFactory())
    source = SourceFactory(partnership=partnership)
    MembershipFactory(partnership=partnership).sources.add(source)
    return partnership


def reasons():
    return [f"{problem.record}: {problem.reason}" for problem in every_problem()]


@pytest.fixture
def sound(db):
    partnership = sound_partnership(slug="made-up", started="2008")
    assert reasons() == []
    return partnership


def test_a_fact_without_a_source_is_found(sound):
    OutcomeFactory(partnership=sound, text="It saved made-up money.")
    (reason,) = reasons()
    (reason,) = reasons()
    assert reason.startswith("partnership made-up: no source for:")
    assert "It saved made-up money." in reason


def test_a_source_of_another_record_is_found(sound):
    foreign = SourceFactory(partnership=sound_partnership())
    OutcomeFactory(partnership=sound).sources.add(foreign)
    assert any("a source of another record" in reason for reason in reasons())


def test_a_member_outside_its_councils_lifetime_is_found(sound):
    council = sound.memberships.get().council
    Council.objects.filter(pk=council.pk).update(
        started="1974-04-01", ended="2009-03-31"
    )
    SuccessionFactory(
        predecessor=council,
        successor=CouncilFactory(started="2009-04-01"),
        last_day="2009-03-31",
    )
    Membership.objects.update(joined="2008", left="2009-05")
    Partnership.objects.update(status="not-known")
    (reason,) = reasons()
    assert "left May 2009, after its last day, 31 March 2009" in reason


def test_a_member_that_stays_after_the_end_is_found(sound):
    Partnership.objects.update(status="ended", ended="2010")
    Membership.objects.update(left="2011")
    (reason,) = reasons()
    assert "left after the partnership ended" in reason


def test_an_end_before_the_start_is_refused_by_the_row(sound):
    assert not reasons()
    Partnership.objects.update(announced="2012", status="ended", ended="2010")
    (reason,) = reasons()
    assert reason == "partnership made-up: it ended before it was announced"


def test_a_row_that_its_model_refuses_is_found(sound):
    Outcome.objects.filter(pk=OutcomeFactory(partnership=sound, number=1).pk).update(
        text=""
    )
    Source.objects.update(url="not an address")
    found = reasons()
    assert "outcome made-up/1: text: This field cannot be blank." in found
    assert any(reason.startswith("source made-up/") for reason in found)


def test_two_records_of_one_name_are_found(sound):
    sound_partnership(slug="made-up-twin", name=sound.name.upper())
    assert any("it has the name" in reason for reason in reasons())


def test_another_name_that_is_a_records_own_is_found(sound):
    PartnershipNameFactory(partnership=sound_partnership(), name=sound.name)
    assert any("it has the name" in reason for reason in reasons())


def test_a_succession_on_another_day_than_the_councils_end_is_found(sound):
    succession = SuccessionFactory()
    type(succession).objects.update(last_day="2019-03-30")
    assert any("its last day is not that of" in reason for reason in reasons())


def test_an_ended_council_without_an_heir_is_found(sound):
    council = CouncilFactory(ended="2019-03-31")
    assert f"council {council.slug}: it ended and nobody succeeded it" in reasons()


def test_a_council_that_is_to_end_may_have_no_known_heir_yet(sound):
    CouncilFactory(ended=timezone.localdate() + timedelta(days=400))
    assert reasons() == []


def test_the_command_names_the_record_and_ends_with_an_error(sound, capsys):
    OutcomeFactory(partnership=sound)
    with pytest.raises(CommandError, match="1 found"):
        call_command("check_registry")
    assert "partnership made-up: no source for:" in capsys.readouterr().out
