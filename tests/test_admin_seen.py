"""Two editors at one page that is no record: neither loses what the other saved."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse

from briefings.models import Briefing, CaseStudy, Lesson
from councils.admin.seen import Opened, SeenMixin
from councils.admin.theirs import key_of
from councils.models import Council, ReorganisationOrder
from councils.sealing import sealed, unsealed
from partnerships.admin.together import TogetherMixin
from partnerships.models import Partnership, ServiceFunction, Suggestion
from tests.factories import (
    BriefingFactory,
    CaseStudyFactory,
    CouncilFactory,
    LessonFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
    SuccessionFactory,
)
from tests.pages import Page, queries_used, sent_by
from tests.test_groups import signed_in

pytestmark = pytest.mark.django_db


def address(row):
    return reverse(
        f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk]
    )


def opened(client, row) -> dict[str, list[str]]:
    return sent_by(client.get(address(row)))


@pytest.fixture
def ada(client):
    user = get_user_model().objects.create_superuser("ada", first_name="Ada")
    client.force_login(user)
    return client


@pytest.fixture
def bob(admin_client):
    return admin_client


def saved(client, row, form):
    answer = client.post(address(row), form)
    assert answer.status_code == 302, answer.context["errors"]


def held(client, row, form):
    """Send a form that has to wait; return the page, and the form as it came back."""
    answer = client.post(address(row), form)
    assert answer.status_code == 409
    return answer, sent_by(answer)


@pytest.fixture
def study():
    study = CaseStudyFactory()
    SourceFactory(partnership=study.partnership)
    return study


def test_what_each_of_two_changed_stays(ada, bob, study):
    form = opened(bob, study)
    saved(ada, study, opened(ada, study) | {"title": ["Ada’s title"]})
    page, again = held(bob, study, form | {"analysis": ["Bob’s. [1]"]})
    said = page.context["adminform"].form.non_field_errors()[0]
    assert said.startswith("Saved since you opened this, by Ada on ")
    assert ": title. Nothing of yours is saved yet." in said
    study.refresh_from_db()
    assert (study.title, study.analysis) != ("Ada’s title", "Bob’s. [1]")
    assert (again["title"], again["analysis"]) == (["Ada’s title"], ["Bob’s. [1]"])
    saved(bob, study, again)
    study.refresh_from_db()
    assert (study.title, study.analysis) == ("Ada’s title", "Bob’s. [1]")


def test_where_both_changed_the_same_the_second_decides(ada, bob, study):
    form = opened(bob, study)
    saved(ada, study, opened(ada, study) | {"title": ["Ada’s title"]})
    page, again = held(bob, study, form | {"title": ["Bob’s title"]})
    errors = page.context["adminform"].form.errors
    assert errors["title"] == ["Saved meanwhile: Ada’s title"]
    assert again["title"] == ["Bob’s title"]
    assert CaseStudy.objects.get().title == "Ada’s title"
    saved(bob, study, again)
    assert CaseStudy.objects.get().title == "Bob’s title"


def test_lines_that_a_browser_sends_are_those_that_were_shown(ada, bob, study):
    CaseStudy.objects.update(introduction="One. [1]\n\nTwo. [1]")

    def as_sent(client):
        sent = opened(client, study)
        return sent | {"introduction": ["One. [1]\r\n\r\nTwo. [1]"]}

    form = as_sent(bob)
    changed = {"introduction": ["One. [1]\r\n\r\nThree. [1]"]}
    saved(ada, study, as_sent(ada) | changed)
    assert CaseStudy.objects.get().introduction == "One. [1]\n\nThree. [1]"
    page, again = held(bob, study, form | {"title": ["Bob’s title"]})
    said = page.context["adminform"].form.errors
    assert list(said) == ["__all__"]
    assert ": introduction. Nothing" in said["__all__"][0]
    assert again["introduction"] == ["One. [1]\n\nThree. [1]"]


def test_what_no_form_sends_is_not_taken_for_typed(ada, bob):
    council = CouncilFactory(note="One.\r\nTwo. ")
    form = opened(bob, council) | {"website": ["https://example.org/bob"]}
    saved(ada, council, opened(ada, council) | {"note": ["Ada’s."]})
    _, again = held(bob, council, form)
    assert (again["note"], again["website"]) == (["Ada’s."], form["website"])


def test_a_field_that_was_not_there_when_the_form_was_opened(ada, bob, study):
    form = opened(bob, study)
    version, entry = unsealed(form["seen"][0], study)
    del version[key_of(study)]["analysis"]
    seen = sealed(Opened(version, entry), study)
    _, again = held(bob, study, form | {"seen": [seen]})
    saved(bob, study, again)


def test_a_third_save_meanwhile_is_seen_too(ada, bob, study):
    form = opened(bob, study) | {"analysis": ["Bob’s. [1]"]}
    saved(ada, study, opened(ada, study) | {"title": ["Ada’s first title"]})
    _, again = held(bob, study, form)
    saved(ada, study, opened(ada, study) | {"title": ["Ada’s second title"]})
    _, last = held(bob, study, again)
    assert (last["title"], last["analysis"]) == (["Ada’s second title"], ["Bob’s. [1]"])


def test_both_typed_the_same(ada, bob, study):
    form = opened(bob, study) | {"title": ["One title"]}
    saved(ada, study, form)
    page, again = held(bob, study, form)
    assert list(page.context["adminform"].form.errors) == ["__all__"]
    saved(bob, study, again)


def test_an_error_is_said_beside_what_was_saved_meanwhile(ada, bob, study):
    form = opened(bob, study) | {"analysis": ["Without a source."]}
    saved(ada, study, opened(ada, study) | {"title": ["Ada’s title"]})
    page, again = held(bob, study, form)
    assert set(page.context["adminform"].form.errors) == {"__all__", "analysis"}
    assert again["analysis"] == ["Without a source."]
    saved(bob, study, again | {"analysis": ["With one. [1]"]})


# ---- Rows


@pytest.fixture
def briefing():
    briefing = BriefingFactory()
    for number in range(1, 5):
        LessonFactory(
            briefing=briefing, number=number, slug=f"made-up-{number}", point="Old."
        )
    return briefing


def points():
    return dict(Lesson.objects.order_by("number").values_list("number", "point"))


def test_rows_of_both_stay(ada, bob, briefing):
    """Ada deletes, changes and adds one, Bob changes another and adds his own."""
    form = opened(bob, briefing)
    theirs = opened(ada, briefing) | {
        "lessons-0-DELETE": ["on"],
        "lessons-1-point": ["Ada’s second."],
    }
    saved(ada, briefing, theirs)
    LessonFactory(briefing=briefing, number=5, slug="ada-5", point="Ada’s fifth.")
    new = {
        "number": "6",
        "slug": "bob-6",
        "theme": form["lessons-0-theme"][0],
        "point": "Bob’s sixth.",
        "relevance": "Made up.",
    }
    mine = form | {"lessons-2-point": ["Bob’s third."], "lessons-TOTAL_FORMS": ["5"]}
    mine |= {f"lessons-4-{name}": [value] for name, value in new.items()}
    page, again = held(bob, briefing, mine)
    said = page.context["adminform"].form.non_field_errors()[0]
    assert "lesson deleted (" in said
    assert "point: Old." in said
    assert "lesson “Ada’s fifth.”, new" in said
    assert "lesson “Ada’s second.”: point" in said
    assert page.context["errors"] == [[said]]
    saved(bob, briefing, again)
    assert {
        lesson.number: lesson.point
        for lesson in Lesson.objects.filter(briefing=briefing)
    } == {
        2: "Ada’s second.",
        3: "Bob’s third.",
        4: "Old.",
        5: "Ada’s fifth.",
        6: "Bob’s sixth.",
    }


def test_a_row_that_was_deleted_while_it_was_changed_becomes_a_new_one(
    ada, bob, briefing
):
    form = opened(bob, briefing) | {"lessons-0-point": ["Bob’s first."]}
    saved(ada, briefing, opened(ada, briefing) | {"lessons-0-DELETE": ["on"]})
    assert 1 not in points()
    _, again = held(bob, briefing, form)
    assert again["lessons-INITIAL_FORMS"] == ["3"]
    saved(bob, briefing, again)
    assert points() == {1: "Bob’s first.", 2: "Old.", 3: "Old.", 4: "Old."}


def test_a_row_that_both_deleted_is_gone(ada, bob, briefing):
    form = opened(bob, briefing) | {"lessons-0-DELETE": ["on"]}
    saved(ada, briefing, form)
    _, again = held(bob, briefing, form)
    saved(bob, briefing, again)
    assert list(points()) == [2, 3, 4]


def test_both_changed_one_row(ada, bob, briefing):
    study = CaseStudyFactory(briefing=briefing)
    form = opened(bob, briefing) | {"lessons-0-point": ["Bob’s first."]}
    saved(
        ada,
        briefing,
        opened(ada, briefing)
        | {
            "lessons-0-point": ["Ada’s first."],
            "lessons-0-cases_for": [str(study.pk)],
        },
    )
    page, again = held(bob, briefing, form)
    [rows] = page.context["inline_admin_formsets"]
    assert rows.formset.errors[0] == {"point": ["Saved meanwhile: Ada’s first."]}
    saved(bob, briefing, again)
    lesson = Lesson.objects.get(number=1)
    assert (lesson.point, list(lesson.cases_for.all())) == ("Bob’s first.", [study])


def test_two_rows_that_change_places_come_back(bob, briefing):
    form = opened(bob, briefing)
    numbers = {"lessons-0-number": ["2"], "lessons-1-number": ["1"]}
    answer = bob.post(address(briefing), form | numbers | {"title": ["Bob’s title"]})
    assert answer.status_code == 200
    [said] = answer.context["adminform"].form.non_field_errors()
    assert said.startswith("Two rows would say the same thing")
    again = sent_by(answer)
    assert again["lessons-0-number"] == ["2"]
    assert Briefing.objects.get().title != "Bob’s title"
    saved(bob, briefing, again | {"lessons-0-number": ["7"]})
    assert sorted(points()) == [1, 3, 4, 7]


def test_the_order_of_choices_is_no_change(ada, bob, briefing):
    names = [PartnershipFactory(name=f"Pretend {letter}") for letter in "AB"]
    briefing.names.set(names)
    form = opened(bob, briefing)
    Partnership.objects.filter(pk=names[0].pk).update(name="Pretend C")
    saved(bob, briefing, form)


def test_rows_of_an_order_are_judged_together(ada, bob):
    """Each gives one council to an heir of their own: the whole cannot go twice."""
    old, other = CouncilFactory(), CouncilFactory()
    heirs = [CouncilFactory(started=None) for _ in range(2)]
    order = ReorganisationOrder.objects.create(
        name="Pretend Order", url="https://example.org/", vesting_day="2099-04-01"
    )
    SuccessionFactory(
        order=order, predecessor=other, successor=heirs[0], last_day="2099-03-31"
    )

    def with_heir(client, heir):
        form = opened(client, order)
        place = int(form["successions-INITIAL_FORMS"][0])
        row = {"predecessor": old.pk, "successor": heir.pk, "extent": "whole"}
        return form | {f"successions-{place}-{name}": [row[name]] for name in row}

    form = with_heir(bob, heirs[1])
    saved(ada, order, with_heir(ada, heirs[0]))
    _, again = held(bob, order, form)
    assert again["successions-INITIAL_FORMS"] == ["2"]
    refused = bob.post(address(order), again)
    assert refused.status_code == 200
    assert "cannot be taken over twice" in " ".join(refused.text.split())
    assert old.successions_to.get().successor == heirs[0]


# ---- Councils, services, and what is gone


def test_dates_choices_and_boxes_to_tick(ada, bob):
    council, function = CouncilFactory(), ServiceFunctionFactory()
    form = opened(bob, council) | {"note": ["Bob’s note."]}
    theirs = {"ended": ["2019-03-31"], "region": ["london"]}
    saved(ada, council, opened(ada, council) | theirs)
    page, again = held(bob, council, form | {"region": ["north-west"]})
    errors = page.context["adminform"].form.errors
    assert errors["region"] == ["Saved meanwhile: London"]
    saved(bob, council, again)
    now = Council.objects.get(pk=council.pk)
    assert (str(now.ended), now.region, now.note) == (
        "2019-03-31",
        "north-west",
        "Bob’s note.",
    )

    form = opened(bob, function) | {"name": ["Bob’s name"]}
    saved(ada, function, opened(ada, function) | {"is_retired": ["on"]})
    _, again = held(bob, function, form)
    assert again["is_retired"] == ["on"]
    saved(bob, function, again)
    now = ServiceFunction.objects.get(pk=function.pk)
    assert (now.name, now.is_retired) == ("Bob’s name", True)


@pytest.mark.parametrize(
    "factory", [BriefingFactory, CouncilFactory, LessonFactory, ServiceFunctionFactory]
)
def test_an_address_that_readers_have_stays(bob, factory):
    row = factory()
    page = bob.get(address(row))
    assert "Stays as it is" in page.text
    answer = bob.post(address(row), sent_by(page) | {"slug": ["elsewhere"]})
    assert list(answer.context["adminform"].form.errors) == ["slug"]
    assert f"stays “{row.slug}”" in answer.text
    answer = bob.post(address(row), sent_by(page))
    assert answer.status_code == 302, answer.context["errors"]


def test_the_address_of_a_lesson_stays_on_its_briefing_s_page(bob, briefing):
    form = opened(bob, briefing) | {"lessons-2-slug": ["elsewhere"]}
    answer = bob.post(address(briefing), form)
    [rows] = answer.context["inline_admin_formsets"]
    assert [list(each) for each in rows.formset.errors] == [[], [], ["slug"], [], []]


@pytest.mark.parametrize("name", ["WASTE", "Pretend-Waste"])
def test_a_service_is_not_called_as_another_is(bob, name):
    ServiceFunctionFactory(slug="pretend-waste", name="Waste")
    other = ServiceFunctionFactory(slug="refuse", name="Pretend refuse")
    form = opened(bob, other)
    answer = bob.post(address(other), form | {"name": [name]})
    errors = answer.context["adminform"].form.errors
    assert errors == {"name": ["This means “Waste” already."]}
    saved(bob, other, form | {"name": ["Pretend waste"]})


def test_what_was_typed_about_something_deleted_makes_a_new_one(bob, briefing):
    form = opened(bob, briefing) | {"title": ["Bob’s title"]}
    Lesson.objects.all().delete()
    Briefing.objects.all().delete()
    page = bob.post(address(briefing), form)
    assert page.status_code == 410
    add = reverse("admin:briefings_briefing_add")
    tree = Page(page).tree
    [sent] = [form for form in tree.iter("form") if form.get("action") == add]
    typed: dict[str, list[str]] = {}
    for field in sent.iter("input"):
        typed.setdefault(field.get("name"), []).append(field.get("value"))
    answer = bob.post(add, typed)
    assert answer.status_code == 302, answer.context["errors"]
    assert Briefing.objects.get().title == "Bob’s title"
    assert Lesson.objects.count() == 4


def test_what_was_typed_about_a_deleted_report_can_be_copied(bob):
    report = Suggestion.objects.create(part_in_words="The registry", message="Made up.")
    form = opened(bob, report) | {"note": ["Found in the <minutes>."]}
    there = address(report)
    report.delete()
    page = bob.post(there, form)
    assert page.status_code == 410
    assert dict(page.context["in_words"]) == {
        "Status": "New",
        "Editor’s note": "Found in the <minutes>.",
    }
    assert "Found in the &lt;minutes&gt;." in page.text
    assert "Save it as a new" not in page.text


def test_what_was_typed_about_a_case_that_readers_see_now_can_be_copied(study):
    Partnership.objects.update(publication="draft")
    client = signed_in("Editor")
    form = opened(client, study) | {"analysis": ["Typed. [1]"]}
    Partnership.objects.update(publication="published")
    page = client.post(address(study), form)
    assert page.status_code == 403
    said = dict(page.context["in_words"])
    assert said["What the briefing concludes"] == "Typed. [1]"


def test_rows_that_were_typed_are_said_in_words(bob, briefing, rf):
    form = opened(bob, briefing) | {"lessons-1-point": ["Bob’s <second>."]}
    request = rf.post("/", form)
    request.user = get_user_model().objects.get(username="admin")
    said = dict(admin.site.get_model_admin(Briefing).typed_in_words(request))
    assert said["Lesson 2, Point"] == "Bob’s <second>."
    assert said["Lesson 2, Theme"] == briefing.lessons.all()[1].get_theme_display()
    assert not [label for label in said if "FORMS" in label or "prefix" in label]


def test_a_council_that_was_typed_is_said_in_words(bob):
    name = CouncilFactory().other_names.create(name="Made-up name")
    form = opened(bob, name) | {"council-typed": ["Typed <Council>"]}
    there = address(name)
    name.delete()
    said = bob.post(there, form).context["in_words"]
    assert ("Council", "Typed <Council>") in said


def test_a_council_that_was_deleted_keeps_its_heir_in_the_form(bob):
    council = CouncilFactory(ended="2019-03-31")
    heir = CouncilFactory(started="2019-04-01")
    row = {"successor": heir.pk, "last_day": "2019-03-31", "extent": "whole"}
    form = opened(bob, council) | {"successions_to-TOTAL_FORMS": ["1"]}
    form |= {f"successions_to-0-{name}": [str(row[name])] for name in row}
    form |= {"successions_to-0-predecessor": [str(council.pk)]}
    there = address(council)
    council.delete()
    page = bob.post(there, form)
    typed = dict(page.context["typed"])
    assert typed["successions_to-0-successor"] == str(heir.pk)
    assert "successions_to-0-predecessor" not in typed


@pytest.mark.parametrize("seen", [[], ["made up"]])
def test_a_form_says_what_it_was_opened_with(bob, study, seen):
    form = opened(bob, study) | {"title": ["Blind"], "seen": seen}
    answer = bob.post(address(study), form)
    assert answer.status_code == 400
    assert CaseStudy.objects.get().title == study.title


def test_no_page_of_the_registry_is_saved_unseen(rf, admin_user):
    request = rf.get("/admin/")
    request.user = admin_user
    for model, pages in admin.site._registry.items():
        if model.__module__.startswith(("councils", "partnerships", "briefings")):
            is_safe = isinstance(pages, SeenMixin | TogetherMixin)
            assert is_safe or not pages.has_change_permission(request), model


def test_many_rows_are_opened_with_as_many_queries_as_few(bob, briefing):
    queries_used(bob, address(briefing))  # what a process asks once
    few = queries_used(bob, address(briefing))
    for number in range(5, 9):
        LessonFactory(briefing=briefing, number=number)
    assert queries_used(bob, address(briefing)) == few


@pytest.mark.django_db(transaction=True)
def test_a_lesson_and_its_briefing_are_saved_at_once(ada, bob):
    """One goes and the other waits; where only one connection writes, in turns."""
    for number in range(6):
        briefing = BriefingFactory()
        lesson = LessonFactory(briefing=briefing, slug=f"made-up-{number}")
        forms = {
            (ada, address(briefing)): opened(ada, briefing) | {"title": ["Ada’s"]},
            (bob, address(lesson)): opened(bob, lesson) | {"relevance": ["Bob’s."]},
        }
        forms[ada, address(briefing)] |= {"lessons-0-point": ["Ada’s point."]}
        assert sorted(answers(forms)) == [302, 409]


def answers(forms) -> list[int]:
    """Send forms at once; return the status of each answer."""
    if connection.vendor == "sqlite":
        return [
            client.post(there, form).status_code
            for (client, there), form in forms.items()
        ]
    start = threading.Barrier(len(forms))

    def send(whose) -> int:
        client, there = whose
        try:
            start.wait(timeout=10)
            return client.post(there, forms[whose]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        return list(pool.map(send, forms, timeout=30))
