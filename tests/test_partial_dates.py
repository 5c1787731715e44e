"""Dates as exact as their source: read, refused, said, and stored on the database."""

import calendar
import copy
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from councils.partial_dates import PartialDate, PartialDateField, is_before
from partnerships.models import Milestone, Partnership
from tests.factories import PartnershipFactory


@st.composite
def partial_dates(draw):
    """Draw a text, and the first and the last day that it may mean."""
    day = draw(st.dates())
    qualifier = draw(st.sampled_from(["", "?", "~"]))
    last = calendar.monthrange(day.year, day.month)[1]
    return draw(
        st.sampled_from(
            [
                (
                    f"{day.year:04}{qualifier}",
                    day.replace(month=1, day=1),
                    day.replace(month=12, day=31),
                ),
                (
                    f"{day.year:04}-{day.month:02}{qualifier}",
                    day.replace(day=1),
                    day.replace(day=last),
                ),
                (f"{day.isoformat()}{qualifier}", day, day),
            ]
        )
    )


@given(partial_dates())
def test_a_date_knows_the_days_that_it_may_mean(drawn):
    text, first, last = drawn
    partial = PartialDate(text)
    assert (partial, partial.earliest, partial.latest) == (text, first, last)


@given(partial_dates())
def test_the_database_keeps_the_text_and_finds_the_same_days(one_partnership, drawn):
    text, first, last = drawn
    one_partnership.update(started=text)
    stored = one_partnership.get()
    assert isinstance(stored.started, PartialDate)
    assert stored.started == text
    assert (stored.started_earliest, stored.started_latest) == (first, last)


@pytest.fixture
def one_partnership(db):
    PartnershipFactory(started=None, ended=None)
    return Partnership.objects.all()


@pytest.mark.parametrize("year", ["1900", "2000", "2011", "2012", "2100"])
def test_february_has_the_days_of_its_year(one_partnership, year):
    one_partnership.update(started=f"{year}-02")
    days = 29 if year in ("2000", "2012") else 28
    assert one_partnership.get().started_latest == date(int(year), 2, days)


@pytest.mark.django_db
def test_an_unknown_date_stays_unknown():
    partnership = PartnershipFactory(started=None)
    partnership.refresh_from_db()
    assert partnership.started is None
    assert partnership.started_earliest is None
    assert partnership.started_latest is None


REFUSED = [
    "2011-13",
    "2011-00",
    "2011-02-00",
    "2011-02-30",
    "2011-02-31",
    "2013-02-29",
    "2011-2",
    "2011-02-1",
    "13/2012",
    "02/2011",
    "1 May 2012",
    "May 2012",
    "12",
    "0000",
    "20111",
    "-2011",
    "2011-",
    "2011 -02",
    "٢٠١١",
    "２０１１",
    "²011",
    "?",
    "~",
    "2011??",
    "2011?~",
    "2011~?",
    "?2011",
    "2011?-02",
    "2011!",
    "2011\n",
    "2011\x00",
    "",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"2012, 2012-05 or 2012-05-17"):
        PartialDate(text)


# A field takes spaces away, and an empty text is an unknown date.
@pytest.mark.parametrize(
    "text", [text for text in REFUSED if text.strip() == text != ""]
)
def test_a_field_refuses_it_with_the_way_to_type_it(text):
    with pytest.raises(ValidationError, match="2012, 2012-05 or 2012-05-17"):
        PartialDateField().clean(text, None)


@pytest.mark.django_db
def test_nothing_else_reaches_the_database():
    partnership = PartnershipFactory()
    partnership.started = "2011-13"
    with pytest.raises(ValidationError):
        partnership.save()
    with pytest.raises(ValidationError):
        Partnership.objects.filter(started="13/2012").exists()


def test_a_required_date_is_required():
    with pytest.raises(ValidationError):
        Milestone._meta.get_field("happened").clean("", None)


def test_a_form_takes_spaces_around_a_date_and_an_empty_one_as_unknown():
    field = PartialDateField()
    assert field.clean(" 2011-02 ", None) == PartialDate("2011-02")
    assert field.formfield().clean(" 2011-02 ") == "2011-02"
    assert field.formfield().clean("") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2011", "2011"),
        ("2011-02", "February 2011"),
        ("2011-02-07", "7 February 2011"),
        ("2012~", "about 2012"),
        ("2012-05~", "about May 2012"),
        ("2012?", "2012 (uncertain)"),
        ("2012-05-17?", "17 May 2012 (uncertain)"),
    ],
)
def test_it_is_said_as_exactly_as_it_is_known(text, words):
    assert PartialDate(text).in_words() == words


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2011", "2012", True),
        ("2011-12", "2012", True),
        ("2011", "2011-05", False),
        ("2011-05", "2011", False),
        ("2011-05-01", "2011-05-02", True),
        ("2011-05-02", "2011-05-02", False),
        ("2012", "2011", False),
    ],
)
def test_before_means_before_on_every_reading(one, other, expected):
    assert is_before(PartialDate(one), PartialDate(other)) is expected


@given(partial_dates(), partial_dates())
def test_no_two_dates_are_each_before_the_other(one, other):
    a, b = PartialDate(one[0]), PartialDate(other[0])
    assert not (is_before(a, b) and is_before(b, a))


def test_nothing_is_before_or_after_an_unknown_date():
    assert not is_before(None, PartialDate("2012"))
    assert not is_before(PartialDate("2011"), None)


@given(partial_dates())
def test_copies_are_dates_too(drawn):
    partial = PartialDate(drawn[0])
    other = copy.deepcopy(partial)  # the same way as pickling and caching
    assert other == partial
    assert (other.earliest, other.latest) == (partial.earliest, partial.latest)
    assert other.qualifier == partial.qualifier


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2011", "in 2011"),
        ("2011-02", "in February 2011"),
        ("2011-02-17", "on 17 February 2011"),
        ("2012?", "in 2012 (uncertain)"),
    ],
)
def test_a_date_after_a_verb_has_its_preposition(text, words):
    assert PartialDate(text).when_in_words() == words


@pytest.mark.parametrize("text", ["0211", "1799-12-31", "2200", "9999-12-31?"])
def test_a_year_that_is_a_slip_of_the_pen_is_refused_beside_its_field(text):
    record = PartnershipFactory.build(started=text)
    with pytest.raises(ValidationError) as refused:
        record.clean_fields()
    (sentence,) = refused.value.message_dict["started"]
    assert sentence.startswith(f"“{text}” is not between 1800 and 2199")


@pytest.mark.parametrize("text", ["1800", "2199-12-31", "2012~"])
def test_a_likely_year_is_kept(text):
    PartialDateField().clean(text, None)
