"""Editors find, add and change what readers are told, and are stopped in time."""

import pytest
from django.urls import reverse

from briefings.models import Briefing, CaseStudy, Lesson
from tests.factories import (
    BriefingFactory,
    CaseStudyFactory,
    LessonFactory,
    SourceFactory,
)
from tests.pages import queries_used, seen_at

MODELS = ["briefing", "casestudy", "lesson"]


@pytest.mark.parametrize("model", MODELS)
def test_editors_find_add_and_open_each_kind(admin_client, registry, model):
    found = admin_client.get(
        reverse(f"admin:briefings_{model}_changelist"), {"q": "ict"}
    )
    assert found.status_code == 200
    assert admin_client.get(reverse(f"admin:briefings_{model}_add")).status_code == 200
    row = {"briefing": Briefing, "casestudy": CaseStudy, "lesson": Lesson}[model]
    first = row.objects.first()
    page = admin_client.get(reverse(f"admin:briefings_{model}_change", args=[first.pk]))
    assert page.status_code == 200


def test_a_case_study_shows_the_numbers_of_its_sources(admin_client, registry):
    study = CaseStudy.objects.get(partnership__slug="aylesbury-vale-dacorum")
    page = admin_client.get(
        reverse("admin:briefings_casestudy_change", args=[study.pk])
    )
    for source in study.partnership.sources.all():
        assert f"[{source.number}] " in page.content.decode()


def test_prose_without_a_source_is_refused_beside_its_field(admin_client):
    study = CaseStudyFactory()
    SourceFactory(partnership=study.partnership)
    fields = ["briefing", "partnership", "title", *CaseStudy.PROSE]
    form = {name: getattr(study, name) for name in fields}
    form |= {"briefing": study.briefing.pk, "partnership": study.partnership.pk}
    address = reverse("admin:briefings_casestudy_change", args=[study.pk])
    form |= seen_at(admin_client, address)
    refused = admin_client.post(address, form | {"analysis": "Typed for nothing."})
    assert refused.status_code == 200
    form_shown = refused.context["adminform"].form
    assert list(form_shown.errors) == ["analysis"]
    assert form_shown["analysis"].value() == "Typed for nothing."
    accepted = admin_client.post(address, form | {"analysis": "It has a source. [1]"})
    assert accepted.status_code == 302
    study.refresh_from_db()
    assert study.analysis == "It has a source. [1]"


def test_an_impossible_date_is_refused_beside_its_field(admin_client):
    briefing = BriefingFactory()
    address = reverse("admin:briefings_briefing_change", args=[briefing.pk])
    shown = admin_client.get(address).context["adminform"].form
    form = {name: shown[name].value() for name in shown.fields if shown[name].value()}
    form |= {"lessons-TOTAL_FORMS": 0, "lessons-INITIAL_FORMS": 0}
    form |= seen_at(admin_client, address)
    refused = admin_client.post(address, form | {"announced": "2013-02-30"})
    assert list(refused.context["adminform"].form.errors) == ["announced"]
    assert (
        admin_client.post(address, form | {"announced": "2013-02"}).status_code == 302
    )
    briefing.refresh_from_db()
    assert briefing.announced == "2013-02"


def test_cases_are_chosen_in_boxes_however_many_lessons_there_are(admin_client):
    briefing = BriefingFactory()
    study = CaseStudyFactory(briefing=briefing)
    address = reverse("admin:briefings_briefing_change", args=[briefing.pk])

    def asked_with(number):
        while briefing.lessons.count() < number:
            lesson = LessonFactory(briefing=briefing)
            lesson.cases_for.add(study)
        return queries_used(admin_client, address)

    asked_with(1)  # what a process asks once
    assert asked_with(2) == asked_with(6)
    page = admin_client.get(address).text
    assert page.count(f'name="lessons-5-cases_for" value="{study.pk}"') == 1
