"""A name is found however it is typed, by the same rule in Python and the database."""

import pytest
from django.db.models import TextField, Value
from hypothesis import given
from hypothesis import strategies as st

from councils.folding import Folded, fold, folded_words
from councils.models import Council
from tests.factories import CouncilFactory

# Every Latin letter with its accents, loose accents, and what stands between words.
LATIN = "".join(
    map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x1E00, 0x1F00)])
)
TEXTS = st.text(alphabet=st.sampled_from(LATIN + "\u0301\u0302\u0308\u2019\u2013"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ynys Môn", "ynys mon"),
        ("King's Lynn", "kings lynn"),
        ("King’s Lynn", "kings lynn"),
        ("Stoke-on-Trent", "stoke-on-trent"),
        ("CYNGOR SIR DDINBYCH", "cyngor sir ddinbych"),
        ("Ŵyr", "wyr"),
        ("", ""),
    ],
)
def test_accents_capitals_and_apostrophes_do_not_count(text, folded):
    assert fold(text) == folded


def test_punctuation_separates_words():
    assert folded_words("Armagh City, Banbridge & Craigavon") == [
        "armagh",
        "city",
        "banbridge",
        "craigavon",
    ]
    assert folded_words(" ?&- _ ") == []


@given(TEXTS)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_the_database_folds_as_python_does(one_council, text):
    assert one_council.values_list(
        Folded(Value(text, output_field=TextField())), flat=True
    ).get() == fold(text)


@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_the_database_sorts_by_code_point(two_councils, texts):
    first, second = two_councils
    first.name, second.name = texts[0], texts[1]
    Council.objects.bulk_update([first, second], ["name"])
    in_order = Council.objects.order_by(Folded("name")).values_list("name", flat=True)
    assert [fold(name) for name in in_order] == sorted(map(fold, texts[:2]))


@pytest.fixture
def one_council(db):
    CouncilFactory()
    return Council.objects.all()


@pytest.fixture
def two_councils(db):
    return CouncilFactory.create_batch(2)


@pytest.mark.django_db
def test_what_is_null_stays_null():
    CouncilFactory()
    empty = Value(None, output_field=TextField())
    assert Council.objects.values_list(Folded(empty), flat=True).get() is None
