"""What is answered from memory is what the records say, after every change of them."""

import random
import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from councils.versions import kept, version
from partnerships import answer_of_sets
from partnerships.catalogue import Catalogue, catalogue
from partnerships.models import (
    Membership,
    Outcome,
    Partnership,
    PartnershipName,
    ServiceFunction,
)
from tests.brute_force import NOT_RECORDED, OFFERED, SORTS
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SuccessionFactory,
)
from tests.test_partnership_filters import asked, in_filterset, in_the_database

WORDS = ["alpha", "beta", "gamma", "delta", "Épsilon"]
DAYS = [None, "2009", "2011-04", "2012-06-15", "2013~", "2014?", "2015-12-31"]
ROLES = ["lead", "supplier", "partner", "client"]


def pick(chance: random.Random, name: str) -> str:
    return chance.choice([it for it in OFFERED[name] if it != NOT_RECORDED])


def councils(chance, number=6):
    made = [
        CouncilFactory(
            slug=f"made-up-{n}",
            short_name=f"{chance.choice(WORDS)} {n}",
            nation=pick(chance, "nation"),
            region=pick(chance, "region"),
            council_type=pick(chance, "council_type"),
        )
        for n in range(number)
    ]
    SuccessionFactory(predecessor=made[0], successor=made[1], last_day="2019-03-31")
    return made


def facts(chance) -> dict:
    status = pick(chance, "status")
    return {
        "name": " ".join(chance.choices(WORDS, k=2)),
        "summary": " ".join(chance.choices(WORDS, k=3)),
        "status": status,
        "delivery_model": pick(chance, "delivery_model"),
        "confidence": pick(chance, "confidence"),
        "started": chance.choice(DAYS[:4]),
        "ended": chance.choice(DAYS[4:]) if status == "ended" else None,
        "latest_evidence": chance.choice(DAYS),
        "publication": chance.choice(["published"] * 4 + ["draft", "withdrawn"]),
    }


def record(chance, number: int) -> Partnership:
    made = PartnershipFactory.create(slug=f"made-up-{number}", **facts(chance))
    rows(chance, made)
    return made


def rows(chance, made: Partnership):
    known = [*made.functions.model.objects.all()]
    made.functions.set(chance.sample(known, chance.randint(0, len(known))))
    for council in chance.sample([*all_councils()], chance.randint(0, 3)):
        MembershipFactory(partnership=made, council=council, role=chance.choice(ROLES))
    for _ in range(chance.randint(0, 3)):
        OutcomeFactory(
            partnership=made,
            kind=pick(chance, "benefit"),
            result=pick(chance, "result"),
        )
    if chance.random() < 0.3:
        OtherMemberFactory(partnership=made)
    if chance.random() < 0.3:
        PartnershipNameFactory(partnership=made, name=chance.choice(WORDS))


def all_councils():
    return Membership._meta.get_field("council").related_model.objects.order_by("slug")


def registry_at_random(chance, number: int):
    councils(chance)
    for n in range(3):
        ServiceFunctionFactory(slug=f"made-up-{n}", name=f"Made-up {WORDS[n]}")
    for n in range(number):
        record(chance, n)


def question(chance) -> dict[str, list[str]]:
    names = [*OFFERED, "q", "council", "running_on", "as_at", "sort"]
    query = {}
    for name in chance.sample(names, chance.randint(0, 3)):
        match name:
            case "q":
                query[name] = [" ".join(chance.choices(WORDS, k=chance.randint(1, 2)))]
            case "council":
                query[name] = [f"made-up-{chance.randrange(6)}"]
            case "running_on":
                query[name] = [chance.choice(["2010", "2012-06", "2014-01-01"])]
            case "as_at":
                query[name] = [chance.choice(["2010-01-01", "2014-06-30"])]
            case "sort":
                query[name] = [chance.choice(["", "-"]) + chance.choice(SORTS)]
            case "function":
                query[name] = [f"made-up-{chance.randrange(3)}"]
            case _:
                query[name] = chance.sample(OFFERED[name], chance.randint(1, 2))
    return query


def check(query):
    """Compare records, order, numbers and counts with the plain reading's."""
    oracle = in_the_database()
    assert in_filterset(query) == oracle.slugs(query), query
    questions = asked(query)
    assert questions.is_valid()
    for name in OFFERED:
        expected = oracle.counts(name, query)
        for option in questions.options(name):
            assert option.records == expected.pop(option.value), (query, name, option)
        assert not any(expected.values()), (query, name)


@settings(max_examples=25)
@given(seed=st.integers(0, 10**9))
def test_any_registry_is_answered_as_in_plain_python(db, seed):
    chance = random.Random(seed)
    with transaction.atomic():
        registry_at_random(chance, chance.randint(0, 14))
        for _ in range(4):
            check(question(chance))
        transaction.set_rollback(True)


# ---- Edits in between


def edit(chance, turn: int):
    """Change something, by one of the ways in which things are changed."""
    there = [*Partnership.objects.order_by("slug")]
    one = chance.choice(there)
    match chance.randrange(9):
        case 0:
            record(chance, 100 + turn)
        case 1:
            for name, value in facts(chance).items():
                setattr(one, name, value)
            one.save()
        case 2:
            Partnership.objects.filter(pk=one.pk).update(
                publication=chance.choice(["published", "draft"])
            )
        case 3:
            one.memberships.all().delete()
        case 4:
            one.functions.set([chance.choice(ServiceFunction.objects.order_by("slug"))])
        case 5:
            Outcome.objects.bulk_create(
                [OutcomeFactory.build(partnership=one, number=500 + turn)]
            )
        case 6:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE councils_council SET region = %s, short_name = %s"
                    " WHERE slug = %s",
                    [
                        pick(chance, "region"),
                        chance.choice(WORDS),
                        f"made-up-{chance.randrange(6)}",
                    ],
                )
        case 7:
            if len(there) > 3:
                one.delete()
        case 8:
            PartnershipName.objects.all().delete()


@pytest.fixture
def watched(transactional_db):
    call_command("migrate", verbosity=0)  # so that emptied tables are watched


def said(rows) -> list[str]:
    """What the list says of each record."""
    row = get_template("partnerships/partials/result.html")
    return [row.render({"partnership": it}) for it in rows]


def check_rows(query):
    """Compare what a list says with records that were fetched just now."""
    found = asked(query, holds=True).found[:25]
    anew = Partnership.objects.for_list().in_bulk([it.pk for it in found])
    assert said(found) == said(anew[it.pk] for it in found), query


@pytest.mark.parametrize("seed", range(3))
def test_every_edit_is_seen_by_the_next_question(watched, seed):
    chance = random.Random(seed)
    registry_at_random(chance, 8)
    made = 0
    for turn in range(25):
        before = catalogue()
        edit(chance, turn)
        query = question(chance)
        check(query)
        check_rows({"sort": ["-name"]})
        made += catalogue() is not before
    assert made > 12
    assert catalogue() is catalogue()


def test_what_is_rolled_back_is_not_kept(watched):
    PartnershipFactory(slug="made-up", status="ongoing")
    assert in_filterset({"status": ["ongoing"]}) == ["made-up"]
    with transaction.atomic():
        Partnership.objects.update(status="ended")
        assert in_filterset({"status": ["ended"]}) == ["made-up"]
        transaction.set_rollback(True)
    assert in_filterset({"status": ["ongoing"]}) == ["made-up"]
    assert in_filterset({"status": ["ended"]}) == []


def test_while_one_thread_makes_it_the_others_ask_the_database(watched):
    """Nobody waits for longer than the patience that it was given."""
    begun, go_on = threading.Event(), threading.Event()

    def build():
        begun.set()
        assert go_on.wait(30)
        return "made"

    slow = kept(build, patience=0.01)
    found = []

    def ask():
        found.append(slow())
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    assert begun.wait(30)
    assert slow() is None
    go_on.set()
    thread.join()
    assert found == ["made"]
    assert slow() == "made"


def test_a_record_that_goes_meanwhile_leaves_the_page_standing(watched):
    for n in range(3):
        PartnershipFactory(slug=f"made-up-{n}", name=f"Made-up {n}")
    found = asked({}).found
    Partnership.objects.filter(slug="made-up-1").delete()
    assert [it.slug for it in found[:25]] == ["made-up-0", "made-up-2"]


def test_a_record_that_a_list_has_shown_is_not_fetched_again(watched):
    for n in range(6):
        PartnershipFactory(slug=f"made-up-{n}", name=f"Made-up {n}", status="ongoing")
    first = asked({}, holds=True).found[:4]
    with CaptureQueriesContext(connection) as queries:
        again = asked({"sort": ["-name"]}, holds=True).found[2:6]
        assert said(again) == said(first[::-1])
    assert {"registry_version"} == {it["sql"].split()[-1] for it in queries}
    of_a_year = asked({"running_on": ["2010"]}, holds=True).found[:4]
    assert {it.runs for it in of_a_year} == {"possibly"}


def test_of_many_records_the_last_ones_that_were_shown_are_held(watched, monkeypatch):
    for n in range(6):
        PartnershipFactory(slug=f"made-up-{n}", name=f"Made-up {n}")
    monkeypatch.setattr(answer_of_sets, "MOST_HELD", 5)

    def shown(first, last):
        found = asked({}, holds=True).found[first:last]
        assert [it.name for it in found] == [f"Made-up {n}" for n in range(first, last)]
        return sorted(it.name for it in catalogue().held.values())

    assert shown(0, 4) == ["Made-up 0", "Made-up 1", "Made-up 2", "Made-up 3"]
    assert shown(3, 6) == ["Made-up 4", "Made-up 5"]
    # Whoever reads the whole registry, for its map, leaves what lists show.
    monkeypatch.setattr(answer_of_sets, "MOST_HELD", 3)
    assert shown(0, 6) == ["Made-up 4", "Made-up 5"]


def test_an_empty_registry_has_a_catalogue(watched):
    made = Catalogue()
    assert (made.pks, made.all, made.matching("alpha")) == ([], 0, 0)
    assert [*made.in_order(0, "-evidence")] == []
    assert version() is not None
