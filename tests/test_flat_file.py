"""The flat table that the database makes is the one that the columns declare."""

import os
import random
import tracemalloc
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

from benchmarks.synthetic import fill
from councils.csv_export import csv_lines
from councils.tables import Type
from partnerships import flat_file, spool
from partnerships.exports import PARTNERSHIPS
from partnerships.filters import PartnershipFilter
from partnerships.models import Change, Membership, Partnership
from tests.factories import (
    AimFactory,
    BriefingFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipNameFactory,
    SourceFactory,
)
from tests.pages import address_of
from tests.test_catalogue import (
    DAYS,
    ROLES,
    all_councils,
    question,
    registry_at_random,
)

# What a cell may do to a file, to SQL or to a spreadsheet.
NASTY = [
    "=1+1",
    "+44 20",
    "-5",
    "@made-up",
    "\tTab",
    "\rReturn",
    'a "quoted" word',
    "one, two",
    "one; two",
    "two\nlines",
    "two\r\nlines",
    "100 % and %s and {}",
    "back\\slash",
    "it's O’Made-up",
    "Ynys Môn 北京 🙂",
    " spaces ",
    "",
]


def nasty(chance: random.Random, most: int = 120) -> str:
    return (chance.choice(NASTY) + chance.choice(["", " made up"]))[:most]


def spoil(chance: random.Random, one: Partnership):
    """Give a record facts and rows of every kind, with text of every kind."""
    one.name = nasty(chance) or "Made up"
    one.summary, one.gaps = nasty(chance), nasty(chance)
    one.end_reason = nasty(chance)
    one.staff = chance.choice([None, 0, 12])
    one.announced = chance.choice(DAYS)
    one.status_in_june_2013 = chance.choice(["operational", "not-known"])
    one.save()
    for number in range(chance.randint(0, 3)):
        text = f"{nasty(chance, 80)} {number}"
        PartnershipNameFactory(partnership=one, name=text)
        AimFactory(
            partnership=one, kind=chance.choice(["savings", "resilience"]), text=text
        )
        SourceFactory(partnership=one, url=f"https://example.org/{number}?a=%20,b;c")
        OutcomeFactory(
            partnership=one,
            text=text,
            result=chance.choice(["achieved", "expected", "unknown"]),
            amount=chance.choice([0, 5, 10**12]),
            period=chance.choice(["per-year", "total", "not-known"]),
        )
        OtherMemberFactory(
            partnership=one,
            name=text,
            role=chance.choice(ROLES),
            joined=chance.choice(DAYS[:4]),
        )
    MilestoneFactory(partnership=one)
    again(chance, one)
    for reason in range(chance.randint(0, 3)):
        one.gaps = f"{one.gaps}."
        one.save()
        Change.objects.record(one, reason=f"Made up {reason}")


def again(chance, one: Partnership):
    """Let a council leave and come back, or join at no known date."""
    council = chance.choice([*all_councils()])
    if not one.memberships.filter(council=council).exists():
        left, back = chance.choice([("2010", "2011"), ("2012?", "2013-04")])
        for joined, until in ((chance.choice([None, "2009"]), left), (back, None)):
            MembershipFactory(
                partnership=one,
                council=council,
                role=chance.choice(ROLES),
                joined=joined,
                left=until,
            )


def declared(query) -> str:
    """Return the file as the columns fill it, record by record."""
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(name, values)
    records = Partnership.objects.published().for_export()
    questions = PartnershipFilter(data, queryset=records)
    assert questions.is_valid(), questions.errors
    return "".join(csv_lines(PARTNERSHIPS.columns, questions.qs))


@pytest.fixture
def long(monkeypatch):
    """Let a file of a few records be made as one of very many is."""
    monkeypatch.setattr(flat_file, "FIRST", 2)
    monkeypatch.setattr(flat_file, "CHUNK", 3)
    monkeypatch.setattr(spool, "TOGETHER", 2)
    # Some of the lines, but not all, go to the file.
    monkeypatch.setattr(spool, "WAITING", 3000)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**9))
def test_every_cell_of_any_registry(db, client, seed):
    every_cell(client, seed)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**9))
def test_every_cell_of_any_registry_in_a_long_file(db, client, long, seed):
    every_cell(client, seed)


def every_cell(client, seed):
    chance = random.Random(seed)
    with transaction.atomic():
        registry_at_random(chance, chance.randint(0, 9))
        for one in Partnership.objects.order_by("pk"):
            spoil(chance, one)
        for announced in chance.sample(["2012", "2013", "2014-05"], 3):
            briefing = BriefingFactory(announced=announced)
            named = Partnership.objects.order_by("slug")[: chance.randint(0, 9)]
            briefing.names.set(named)
        for query in ({}, *(question(chance) for _ in range(4))):
            address = address_of("/partnerships.csv", query)
            response = client.get(address)
            assert response.status_code == 200, response.content
            assert response.getvalue().decode() == declared(query), query
        transaction.set_rollback(True)


@pytest.mark.parametrize("is_long", [False, True])
def test_the_shipped_registry(registry, client, request, is_long):
    if is_long:
        request.getfixturevalue("long")
    for query in ({}, {"as_at": ["2013-06-05"]}, {"running_on": ["2012"]}):
        response = client.get(address_of("/partnerships.csv", query))
        assert response.getvalue().decode() == declared(query)


def test_a_record_that_goes_meanwhile_is_left_out(registry, client, monkeypatch):
    monkeypatch.setattr(flat_file, "FIRST", 10)
    monkeypatch.setattr(flat_file, "CHUNK", 10)
    response = client.get("/partnerships.csv")
    chunks = iter(response)
    begun = next(chunks) + next(chunks)
    slugs = [*Partnership.objects.in_order().values_list("slug", flat=True)]
    Partnership.objects.filter(slug=slugs[15]).update(publication="draft")
    rest = b"".join(chunks)
    whole = (begun + rest).decode()
    assert f"\r\n{slugs[14]}," in whole
    assert f"\r\n{slugs[15]}," not in whole


def test_no_column_of_a_vocabulary_could_need_a_quote():
    """These are written as they are, with neither quotes nor guard."""
    closed = [it for it in PARTNERSHIPS.columns if it.values]
    assert closed
    for column in closed:
        assert column.type == Type.TEXT
        for value in column.values.values:
            assert value.replace("-", "").isalnum()
            assert value[0].isalpha()


def test_the_database_is_asked_as_often_for_many_records_as_for_one(
    db, django_assert_num_queries
):
    registry_at_random(random.Random(1), 2)
    for _ in range(2):
        pks = [*Partnership.objects.values_list("pk", flat=True)]
        with django_assert_num_queries(1):
            [*flat_file.lines(Partnership.objects.all(), pks)]
        MembershipFactory.create_batch(20)


def test_a_full_disk_does_not_spoil_the_connection(db):
    fill(600)  # more than a socket holds: the server has to be let finish
    table = flat_file.FlatTable(Partnership.objects.published())
    pks = [*Partnership.objects.published().values_list("pk", flat=True)]

    def take(key, line):
        raise OSError("Made-up disk is full")

    with pytest.raises(OSError, match="Made-up disk is full"):
        table.read(pks, take)
    if connection.vendor == "postgresql":
        status = connection.connection.info.transaction_status
        assert status == TRANSACTION_STATUS_INTRANS  # the test's own; nothing goes on
    assert table.text(pks).count(b"\r\n") >= len(pks)


def test_many_records_take_no_more_memory_than_few(db, monkeypatch):
    monkeypatch.setattr(flat_file, "FIRST", 50)
    monkeypatch.setattr(flat_file, "CHUNK", 50)
    monkeypatch.setattr(spool, "TOGETHER", 50)
    monkeypatch.setattr(spool, "WAITING", 10_000)
    fill(600)
    records = Partnership.objects.published()
    # Dense: for others another statement is made, and that takes memory once.
    pks = [*records.order_by("pk").values_list("pk", flat=True)]

    def most_bytes(number):
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        assert sum(map(len, flat_file.lines(records, pks[:number]))) > 1000 * number
        return tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        most_bytes(600)  # what the first one imports, compiles and folds stays
        assert most_bytes(600) < most_bytes(200) * 1.5
    finally:
        tracemalloc.stop()


def files_without_a_name() -> list[str]:
    open_files = [*Path("/proc/self/fd").iterdir()]
    places = [os.readlink(it) for it in open_files if it.exists() or it.is_symlink()]
    return [place for place in places if place.endswith("(deleted)")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chunk", [2, 1])
def test_a_reader_who_leaves_keeps_nothing_open(client, monkeypatch, chunk):
    monkeypatch.setattr(flat_file, "FIRST", 1)
    monkeypatch.setattr(flat_file, "CHUNK", chunk)
    monkeypatch.setattr(spool, "TOGETHER", 1)
    before = files_without_a_name()
    MembershipFactory.create_batch(3)
    response = client.get("/partnerships.csv?excel=yes")
    chunks = iter(response)
    for _ in range(4):  # signature, header, the first record and what follows
        next(chunks)
    assert (files_without_a_name() != before) == (chunk == 1)
    assert not connection.in_atomic_block
    # With a cursor or a transaction still open SQLite would refuse this, and
    # PostgreSQL would wait.
    with connection.schema_editor() as editor:
        editor.execute("CREATE TABLE made_up (id integer)")
        editor.execute("DROP TABLE made_up")
    assert Membership.objects.count() == 3
    response.close()
    assert files_without_a_name() == before
