"""What the catalogue says of few records is what the QuerySets say of them."""

import random

import pytest

from briefings.bearing import count
from briefings.templatetags.lessons import lessons_borne_on_by
from partnerships.catalogue import catalogue
from partnerships.contrasts import contrast_to
from partnerships.likeness import MOST, councils_alike
from partnerships.models import Partnership, ServiceFunction
from partnerships.nearest import contrasting, like, number_in_list
from tests.factories import LessonFactory
from tests.test_catalogue import all_councils, edit, registry_at_random, watched

__all__ = ["watched"]


def check_contrasts(number: int):
    records = Partnership.objects.published().with_relationship()
    for one in records.prefetch_related("functions"):
        rule = records.contrasting_with(one).values_list("pk", flat=True)
        assert contrasting(one, number) == [*rule[:number]]


def check_likes(number: int):
    published = Partnership.objects.published()
    for council in all_councils():
        own = [*published.involving([council.pk]).values_list("pk", flat=True)]
        functions = ServiceFunction.objects.filter(partnerships__in=own).distinct()
        rule = published.exclude(pk__in=own).like(council, functions)
        found = like(council, functions, own, number) or []
        assert found == [*rule.values_list("pk", flat=True)[:number]]


@pytest.mark.parametrize("seed", range(4))
def test_of_any_registry_after_any_edit(watched, seed):
    chance = random.Random(seed)
    registry_at_random(chance, 12)
    for turn in range(6):
        edit(chance, turn)
        catalogue()
        number = chance.choice([1, 3, 50])
        check_contrasts(number)
        check_likes(number)


def test_without_a_catalogue_the_database_answers_the_same(watched):
    registry_at_random(random.Random(7), 15)
    council = all_councils()[0]
    one = Partnership.objects.published().for_detail().order_by("pk")[0]

    def answers():
        alike = councils_alike(council, [])
        matches = [(match.partnership.pk, match.reason) for match in alike.matches]
        contrast = contrast_to(one)
        told = contrast and (contrast.partnership.pk, contrast.reasons)
        return matches, alike.in_list, told, number_in_list(council)

    assert catalogue.if_there() is None
    assert like(council, [], [], MOST) is None
    assert contrasting(one, 1) is None
    before = answers()
    assert catalogue.if_there() is None  # nobody who reads one record makes it
    assert before[0]
    assert catalogue() is catalogue.if_there()
    assert answers() == before
    Partnership.objects.filter(pk=one.pk).update(gaps="Made up.")
    assert catalogue.if_there() is None


def test_a_catalogue_answers_the_question_of_a_lesson_as_the_database_does(watched):
    registry_at_random(random.Random(3), 15)
    questions = {
        LessonFactory(question=question).slug: question
        for question in (
            "status=ended&status=ongoing",
            "relationship=hosted&relationship=equal-partners",
            "benefit=staffing&benefit=capacity&result=achieved&result=expected",
            "as_at=2014-06-30",
            "running_on=2014",
            "q=alpha",
            "status=no-longer-a-status",
        )
    }

    def answers():
        borne_on = [
            [lesson.slug for lesson in lessons_borne_on_by(record)]
            for record in Partnership.objects.order_by("pk")
        ]
        return borne_on, count(questions)

    before = answers()
    assert catalogue.if_there() is None
    assert catalogue()
    assert answers() == before
    borne_on, counted = before
    assert sum(it.share.number for it in counted.values()) == sum(map(len, borne_on))
    found = [it.share.number for it in counted.values()]
    assert found[-1] == 0
    assert all(0 < number < 15 for number in found[:-1]), found
