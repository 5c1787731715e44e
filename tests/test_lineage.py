"""What councils became and where they came from, over chains, splits and mistakes."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from councils.lineage import Lineage, by_vesting_day
from councils.models import Council, Succession
from tests.factories import CouncilFactory, SuccessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    """North, later joined with South to Middle, later a part of Whole and of Rest."""
    north = CouncilFactory(short_name="North", ended=date(2011, 3, 31))
    south = CouncilFactory(short_name="South", ended=date(2011, 3, 31))
    middle = CouncilFactory(
        short_name="Middle", started=date(2011, 4, 1), ended=date(2019, 3, 31)
    )
    whole = CouncilFactory(short_name="Whole", started=date(2019, 4, 1))
    rest = CouncilFactory(short_name="Rest", started=date(2019, 4, 1))
    SuccessionFactory(predecessor=north, successor=middle)
    SuccessionFactory(predecessor=south, successor=middle)
    SuccessionFactory(predecessor=middle, successor=whole, extent="part")
    SuccessionFactory(predecessor=middle, successor=rest, extent="part")
    return {c.short_name: c for c in (north, south, middle, whole, rest)}


def walked(steps):
    return {(step.council.short_name, step.is_whole) for step in steps}


def test_heirs_are_found_over_a_chain_and_a_split(chain):
    assert walked(Lineage().heirs(chain["North"].pk)) == {
        ("Middle", True),
        ("Whole", False),
        ("Rest", False),
    }


def test_predecessors_are_found_over_a_chain_and_a_split(chain):
    assert walked(Lineage().predecessors(chain["Rest"].pk)) == {
        ("Middle", False),
        ("North", False),
        ("South", False),
    }


def test_a_whole_chain_is_whole(chain):
    lineage = Lineage()
    assert walked(lineage.predecessors(chain["Middle"].pk)) == {
        ("North", True),
        ("South", True),
    }


def test_both_directions_say_the_same(chain):
    lineage = Lineage()
    pks = [council.pk for council in chain.values()]
    forth = {(a, step.council.pk) for a in pks for step in lineage.heirs(a)}
    back = {(step.council.pk, b) for b in pks for step in lineage.predecessors(b)}
    assert forth == back


def test_only_heirs_that_stand_on_the_day_are_asked_for(chain):
    lineage, north = Lineage(), chain["North"].pk

    def on(day):
        return {step.council.short_name for step in lineage.heirs_on(north, day)}

    assert on(date(2011, 3, 31)) == set()
    assert on(date(2011, 4, 1)) == {"Middle"}
    assert on(date(2019, 3, 31)) == {"Middle"}
    assert on(date(2019, 4, 1)) == {"Whole", "Rest"}


def test_an_area_is_held_by_todays_heirs_or_by_those_of_the_vesting_day(chain):
    lineage = Lineage()

    def holders(name, day):
        steps = lineage.holders(chain[name], day)
        return {step.council.short_name for step in steps}

    assert holders("North", date(2010, 6, 1)) == {"Middle"}
    assert holders("North", date(2011, 4, 1)) == {"Middle"}
    assert holders("North", date(2019, 4, 1)) == {"Whole", "Rest"}
    assert holders("Middle", date(2010, 6, 1)) == {"Whole", "Rest"}
    assert holders("Whole", date(2019, 4, 1)) == set()


def test_a_set_of_councils_is_widened_by_their_predecessors(chain):
    lineage = Lineage()
    pk = {name: council.pk for name, council in chain.items()}
    assert lineage.with_predecessors([pk["Whole"]]) == {
        pk[name] for name in ("Whole", "Middle", "North", "South")
    }
    assert lineage.with_predecessors([]) == set()


def test_a_council_with_no_past_has_none():
    alone = CouncilFactory()
    lineage = Lineage()
    assert lineage.heirs(alone.pk) == lineage.predecessors(alone.pk) == []
    assert lineage.before(alone.pk) == lineage.after(alone.pk) == []


def test_a_loop_entered_by_mistake_ends():
    one, other = CouncilFactory.create_batch(2, ended=date(2019, 3, 31))
    SuccessionFactory(predecessor=one, successor=other)
    SuccessionFactory(predecessor=other, successor=one)
    assert walked(Lineage().heirs(one.pk)) == {(other.short_name, True)}


def test_branches_that_meet_again_are_told_whole(chain):
    """Whole and Rest are joined to Later: every step is told, each council once."""
    later = CouncilFactory(short_name="Later", started=date(2027, 4, 1))
    for name in ("Whole", "Rest"):
        chain[name].ended = date(2027, 3, 31)
        chain[name].save()
        SuccessionFactory(predecessor=chain[name], successor=later)
    lineage = Lineage()
    assert walked(lineage.heirs(chain["Middle"].pk)) == {
        ("Whole", False),
        ("Rest", False),
        ("Later", False),
    }
    assert len(lineage.heirs(chain["Middle"].pk)) == 3
    assert len(lineage.all_after(chain["Middle"].pk)) == 4
    assert len(lineage.predecessors(later.pk)) == 5
    assert len(lineage.all_before(later.pk)) == 6


def test_all_successions_take_one_query(chain, django_assert_num_queries):
    with django_assert_num_queries(1):
        lineage = Lineage()
        for council in chain.values():
            lineage.heirs(council.pk)
            lineage.predecessors(council.pk)


def test_steps_are_told_by_the_day_after_the_last(chain):
    days = by_vesting_day(Lineage().all_before(chain["Rest"].pk))
    assert [(day, len(successions)) for day, successions in days] == [
        (date(2011, 4, 1), 2),
        (date(2019, 4, 1), 1),
    ]


def test_a_last_day_other_than_the_council_s_own_is_refused(chain):
    succession = Succession.objects.filter(predecessor=chain["North"]).get()
    succession.last_day = date(2011, 4, 1)
    with pytest.raises(ValidationError, match="31 March 2011"):
        succession.full_clean()
    chain["North"].ended = None
    succession.predecessor = chain["North"]
    with pytest.raises(ValidationError, match="not known"):
        succession.full_clean()


def test_an_heir_that_did_not_exist_is_refused(chain):
    too_late = SuccessionFactory.build(
        predecessor=chain["North"], successor=chain["Whole"]
    )
    with pytest.raises(ValidationError, match="did not exist on the day after"):
        too_late.full_clean()


def test_an_heir_that_stood_before_may_take_over(chain):
    neighbour = CouncilFactory(started=date(1974, 4, 1))
    succession = SuccessionFactory.build(
        predecessor=chain["North"], successor=neighbour, extent="part"
    )
    succession.full_clean()


@pytest.mark.usefixtures("registry")
def test_every_abolished_council_of_the_registry_has_an_heir_that_exists():
    today = date(2023, 4, 1)
    lineage = Lineage()
    orphans = [
        council.slug
        for council in Council.objects.filter(ended__lt=today)
        if not lineage.heirs_on(council.pk, today)
    ]
    assert orphans == []


@pytest.mark.usefixtures("registry")
def test_the_chains_of_the_registry_are_walked_to_their_ends():
    lineage = Lineage()
    by_slug = Council.objects.in_bulk(field_name="slug")

    def steps(walk, slug):
        return {(step.council.slug, step.is_whole) for step in walk(by_slug[slug].pk)}

    assert steps(lineage.heirs, "taunton-deane") == {
        ("somerset-west-taunton", True),
        ("somerset", True),
    }
    assert steps(lineage.heirs, "northamptonshire-county-council") == {
        ("north-northamptonshire", False),
        ("west-northamptonshire", False),
    }
    assert ("taunton-deane", True) in steps(lineage.predecessors, "somerset")
