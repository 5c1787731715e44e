"""Lessons and delivery models count what the list counts, and say what is not known."""

import html5lib
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from briefings.choices import Theme
from briefings.models import DeliveryModelGuide, LegalPower, Lesson
from partnerships.choices import DeliveryModel
from partnerships.models import Partnership
from partnerships.problems import every_problem
from tests.factories import (
    BriefingFactory,
    CaseStudyFactory,
    DeliveryModelGuideFactory,
    LegalPowerFactory,
    LessonFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
)
from tests.pages import queries_used, seen_at
from tests.pages import text_of as words

pytestmark = pytest.mark.django_db

ASKING = {
    "make-the-exchange-reciprocal": "relationship=supplier-and-client",
    "weigh-a-public-company": "delivery_model=public-company",
}
MODELS = [f"/delivery-models/{model}/" for model in DeliveryModel]


def main_of(response):
    text = response.content.decode()
    return html5lib.parse(text, namespaceHTMLElements=False).find(".//main")


def text_of(response):
    return words(main_of(response))


def listed(client, address):
    """Return the arrangements that the list finds at an address."""
    response = client.get(address)
    assert response.status_code == 200, address
    return list(response.context["filter"].qs)


def assert_each_number_is_the_lists(client, page):
    """Follow each "3 of 5" of a page and count what the list shows."""
    followed = 0
    for item in page.iterfind(".//*[a]"):
        link = item.find("a")
        address = link.get("href")
        if address.startswith("/partnerships/?"):
            number = words(item).replace("the ", "").split(" of ")[0].split()[-1]
            if number.isdigit():
                assert len(listed(client, address)) == int(number), address
                followed += 1
    return followed


# ---- Pages


@pytest.mark.parametrize(
    "page",
    ["/lessons/", "/delivery-models/", *MODELS, *(f"/lessons/{s}/" for s in ASKING)],
)
def test_every_page_answers_in_valid_html(client, registry, assert_valid_html, page):
    response = client.get(page)
    assert response.status_code == 200
    assert_valid_html(response.content.decode())


def test_pages_answer_when_the_registry_is_empty(client):
    assert "There are no lessons yet." in text_of(client.get("/lessons/"))
    assert "Lead authority" in text_of(client.get("/delivery-models/"))
    for page in MODELS:
        assert "0 of the 0 arrangements" in text_of(client.get(page))


def test_an_unknown_lesson_or_model_is_not_found(client, registry):
    assert client.get("/lessons/none/").status_code == 404
    assert client.get("/delivery-models/none/").status_code == 404


def test_header_and_home_lead_there(client, registry):
    for page in ["/", "/lessons/", "/delivery-models/"]:
        text = client.get(page).content.decode()
        assert text.count('href="/lessons/"') >= 2
        assert text.count('href="/delivery-models/"') >= 2


def test_markdown_and_words_of_editors_do_no_harm(client):
    bad = "<script>alert(1)</script>"
    lesson = LessonFactory(point=bad, relevance=bad)
    briefing = BriefingFactory(title=bad)
    guide = DeliveryModelGuideFactory(
        delivery_model="joint-committee",
        weighed_by=briefing,
        **dict.fromkeys(["description", "tax", "pensions", "control"], bad),
    )
    LegalPowerFactory(guide=guide, statute=bad, section=bad, text=bad, applies_in=bad)
    for page in ["/lessons/", lesson.get_absolute_url(), guide.get_absolute_url()]:
        text = client.get(page).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


# ---- Lessons


def test_the_briefings_lessons_ask_what_bears_on_them_and_nothing_else(registry):
    asked = {lesson.slug: lesson.question for lesson in Lesson.objects.all()}
    assert {slug: question for slug, question in asked.items() if question} == ASKING
    assert len(asked) == 5
    assert all(lesson.relevance for lesson in Lesson.objects.all())
    assert not any(lesson.cases_against.exists() for lesson in Lesson.objects.all())


@pytest.mark.parametrize(("slug", "question"), ASKING.items())
def test_a_lessons_numbers_are_the_lists(client, registry, slug, question):
    page = main_of(client.get(f"/lessons/{slug}/"))
    found = listed(client, f"/partnerships/?{question}")
    ended = [partnership for partnership in found if partnership.status == "ended"]
    assert f"{len(found)} of the 37 arrangements" in words(page)
    assert f"{len(ended)} of {len(found)} ended" in words(page)
    assert assert_each_number_is_the_lists(client, page) >= 4
    shown = [
        link.get("href")
        for link in page.iterfind(".//li[@class='registry-result']/h4/a")
    ]
    assert shown == [partnership.get_absolute_url() for partnership in found]
    index = main_of(client.get("/lessons/"))
    assert (
        f"{len(found)} of 37 arrangements bear on it;"
        f" {len(ended)} of {len(found)} ended."
    ) in words(index)


def test_lessons_stand_theme_by_theme(client):
    briefing = BriefingFactory()
    for theme in reversed(Theme):
        LessonFactory(briefing=briefing, theme=theme, point=f"On {theme}.")
    page = main_of(client.get("/lessons/"))
    assert [words(h2) for h2 in page.iterfind(".//h2")] == [t.label for t in Theme]


def test_a_lesson_that_no_filter_serves_says_so(client):
    lesson = LessonFactory(relevance="No field says it.")
    for page in ["/lessons/", lesson.get_absolute_url()]:
        assert "No filter finds the records that bear on" in text_of(client.get(page))
    assert "No field says it." in text_of(client.get(lesson.get_absolute_url()))


def test_cases_for_and_against_are_told_apart(client):
    case, counter = CaseStudyFactory(), CaseStudyFactory()
    hidden = CaseStudyFactory(partnership__publication="draft")
    lesson = LessonFactory()
    page = main_of(client.get(lesson.get_absolute_url()))
    assert words(page).count("None recorded") == 2
    lesson.cases_for.set([case, hidden])
    lesson.cases_against.set([counter, hidden])
    page = main_of(client.get(lesson.get_absolute_url()))
    sides = {
        words(side.find("h2")): [link.get("href") for link in side.iterfind(".//a")]
        for side in page.iterfind(".//section[@class='registry-pair__side']")
    }
    assert sides == {
        "Cases that the briefing gives for it": [case.get_absolute_url()],
        "Cases against it": [counter.get_absolute_url()],
    }
    index = text_of(client.get("/lessons/"))
    assert f"A case for it: {case.title} A case against it: {counter.title}" in index
    assert hidden.title not in index


def test_numbers_follow_the_records_that_readers_see(client):
    lesson = LessonFactory(question="delivery_model=joint-venture")

    def said():
        text = text_of(client.get("/lessons/"))
        return text[text.index("lesson 1.") : text.index("See also")]

    PartnershipFactory(delivery_model="joint-committee")
    PartnershipFactory(delivery_model="joint-venture", publication="draft")
    PartnershipFactory(delivery_model="joint-venture", publication="withdrawn")
    assert "0 of 1 arrangements bear on it; 0 of 0 ended." in said()
    one = PartnershipFactory(delivery_model="joint-venture", status="ended")
    assert "1 of 2 arrangements bears on it; 1 of 1 ended." in said()
    for kind in ("savings", "resilience"):
        OutcomeFactory(partnership=one, kind=kind, result="achieved")
    OutcomeFactory(partnership=one, result="expected")
    text = text_of(client.get(lesson.get_absolute_url()))
    assert "Achieved 1 of 1" in text
    assert "Partly achieved 0 of 1" in text
    assert "No outcome is recorded 0 of 1" in text
    assert "achieved (2); expected: nobody has reported back (1)" in text


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("relationsip=supplier-and-client", "Did you mean “relationship”?"),
        ("relationship=unfair", "“unfair” is not a value of this filter"),
        ("?relationship=hosted", "“?relationship” is not a filter"),
        ("running_on=2013-02-31", "is not a day in the calendar"),
        ("council=nowhere", "No council is called “nowhere”"),
        ("relationship=hosted&page=2", "“page” is not a filter"),
        ("relationship=hosted&sort=name", "leave the order out"),
        ("relationship=", "This asks for nothing"),
        ("sort=name", "This asks for nothing"),
        ("nonsense", "“nonsense” is not a filter"),
    ],
)
def test_a_question_that_the_list_would_refuse_is_refused(question, reason):
    lesson = LessonFactory()
    lesson.question = question
    with pytest.raises(ValidationError) as refused:
        lesson.full_clean()
    assert list(refused.value.message_dict) == ["question"]
    assert reason in " ".join(refused.value.message_dict["question"])


def test_a_question_that_no_longer_can_be_asked_breaks_no_page(client):
    lesson = LessonFactory(question="function=ended-service")
    PartnershipFactory(slug="made-up")
    for page in ["/lessons/", lesson.get_absolute_url(), "/partnerships/made-up/"]:
        assert client.get(page).status_code == 200
    problems = [problem.reason for problem in every_problem()]
    assert any("“ended-service” is not a value" in reason for reason in problems)


def test_a_record_names_the_lessons_that_it_bears_on(client, registry):
    for slug, question in ASKING.items():
        address = f"/lessons/{slug}/"
        found = listed(client, f"/partnerships/?{question}")
        for partnership in Partnership.objects.published():
            page = client.get(partnership.get_absolute_url()).content.decode()
            assert (f'href="{address}"' in page) == (partnership in found), partnership


def test_a_theme_outside_the_vocabulary_is_refused_by_the_database():
    lesson = LessonFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Lesson.objects.filter(pk=lesson.pk).update(theme="gossip")


# ---- Delivery models


def test_every_record_is_counted_under_one_model(client, registry):
    page = main_of(client.get("/delivery-models/"))
    rows = page.findall(".//li[@class='registry-result']")
    assert [words(row.find("h2")) for row in rows] == DeliveryModel.labels
    total = 0
    for row, model in zip(rows, DeliveryModel, strict=True):
        address = f"/partnerships/?delivery_model={model}"
        found = listed(client, address)
        ended = sum(partnership.status == "ended" for partnership in found)
        assert row.find("p/a").get("href") == address
        assert words(row.find("p/a")).split()[0] == str(len(found))
        assert f"{ended} of {len(found)} ended" in words(row)
        total += len(found)
    assert total == Partnership.objects.published().count() == 37


@pytest.mark.parametrize("model", DeliveryModel)
def test_a_models_numbers_are_the_lists(client, registry, model):
    page = main_of(client.get(f"/delivery-models/{model}/"))
    found = listed(client, f"/partnerships/?delivery_model={model}")
    assert f"{len(found)} of the 37 arrangements" in words(page)
    assert assert_each_number_is_the_lists(client, page) >= 2
    shown = page.findall(".//li[@class='registry-result']")
    assert len(shown) == len(found)


def test_the_law_is_linked_and_its_absence_said(client, registry):
    without = []
    for guide in DeliveryModelGuide.objects.all():
        page = main_of(client.get(guide.get_absolute_url()))
        for power in guide.powers.all():
            assert power.url.startswith("https://www.legislation.gov.uk/")
            link = next(
                a for a in page.iterfind(".//dt/a") if a.get("href") == power.url
            )
            assert words(link).startswith(power.statute)
        if not guide.powers.exists():
            without.append(guide.delivery_model)
            assert "Not recorded: we have confirmed none" in words(page)
    assert without == ["joint-venture"]


def test_only_the_model_that_the_briefing_weighs_is_weighed(client, registry):
    for model in DeliveryModel:
        text = text_of(client.get(f"/delivery-models/{model}/"))
        weighs = "No briefing that we have seen weighs them" not in text
        assert ("no VAT and no corporation tax" in text) == (model == "public-company")
        assert weighs == (model in {"public-company", "unknown"})


def test_where_the_briefing_is_silent_the_page_says_so(client):
    guide = DeliveryModelGuideFactory(
        weighed_by=BriefingFactory(title="Pretend briefing"), tax="**None** is due."
    )
    LegalPowerFactory(guide=guide)
    text = text_of(client.get(guide.get_absolute_url()))
    assert "Tax None is due." in text
    assert "Pensions The briefing’s source is silent" in text
    assert "Where in the UK it applies: not confirmed" in text


def test_a_view_without_its_briefing_is_refused():
    guide = DeliveryModelGuideFactory()
    guide.tax = "None is due."
    with pytest.raises(ValidationError, match="Say which briefing weighs it"):
        guide.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        guide.save()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Since {started}.", "Nothing stands for {started} here"),
        ("As said. [1]", "Nothing can be cited here"),
        ("[x](javascript:alert(1))", "leads nowhere"),
    ],
)
def test_text_on_no_record_can_pull_and_cite_nothing(text, reason):
    guide = DeliveryModelGuideFactory(weighed_by=BriefingFactory())
    for field in ("description", "tax"):
        setattr(guide, field, text)
        with pytest.raises(ValidationError) as refused:
            guide.full_clean()
        assert reason in refused.value.message_dict[field][0]


# ---- Queries


@pytest.mark.parametrize(
    "page",
    [
        "/lessons/",
        "/lessons/asking/",
        "/delivery-models/",
        "/delivery-models/joint-venture/",
        "/partnerships/first/",
    ],
)
def test_queries_do_not_grow_with_the_registry(client, page):
    briefing = BriefingFactory()

    def more(number, **fields):
        for _ in range(number):
            record = PartnershipFactory(delivery_model="joint-venture", **fields)
            record.functions.add(ServiceFunctionFactory())
            MembershipFactory(partnership=record)
            OutcomeFactory(partnership=record)
            lesson = LessonFactory(
                briefing=briefing, question="delivery_model=joint-venture"
            )
            case = CaseStudyFactory(briefing=briefing, partnership=record)
            for each in Lesson.objects.all():
                each.cases_for.add(case)
        return lesson

    lesson = more(1, slug="first")
    Lesson.objects.filter(pk=lesson.pk).update(slug="asking")
    guide = DeliveryModelGuideFactory(delivery_model="joint-venture")
    LegalPowerFactory(guide=guide)

    few = queries_used(client, page)
    more(5)
    LegalPowerFactory.create_batch(4, guide=guide)
    assert queries_used(client, page) == few


# ---- Fixtures and the admin


def test_rows_are_known_by_natural_keys(registry):
    for model in (Lesson, DeliveryModelGuide, LegalPower):
        for row in model.objects.all():
            assert model.objects.get_by_natural_key(*row.natural_key()) == row


@pytest.mark.ignore_template_errors
def test_a_wrong_question_is_refused_beside_its_field(admin_client):
    lesson = LessonFactory()
    address = reverse("admin:briefings_lesson_change", args=[lesson.pk])
    form = {
        "briefing": lesson.briefing.pk,
        "number": 1,
        "theme": "balance",
        "slug": lesson.slug,
        "point": lesson.point,
        "relevance": lesson.relevance,
    }
    form |= seen_at(admin_client, address)
    refused = admin_client.post(address, form | {"question": "result=acheived"})
    shown = refused.context["adminform"].form
    assert list(shown.errors) == ["question"]
    assert shown["question"].value() == "result=acheived"
    accepted = admin_client.post(address, form | {"question": "result=achieved"})
    assert accepted.status_code == 302
    lesson.refresh_from_db()
    assert (lesson.question, lesson.theme) == ("result=achieved", "balance")


@pytest.mark.ignore_template_errors
def test_editors_keep_a_model_with_its_powers(admin_client):
    guide = DeliveryModelGuideFactory()
    address = reverse("admin:briefings_deliverymodelguide_change", args=[guide.pk])
    form = {
        "delivery_model": "joint-committee",
        "description": "Councillors decide *together*.",
        "powers-TOTAL_FORMS": 1,
        "powers-INITIAL_FORMS": 0,
        "powers-0-guide": guide.pk,
        "powers-0-number": 1,
        "powers-0-statute": "Pretend Powers Act 1901",
        "powers-0-section": "section 3",
        "powers-0-text": "A council may pretend.",
        "powers-0-url": "https://example.org/act",
    }
    form |= seen_at(admin_client, address)
    refused = admin_client.post(address, form | {"description": "Since {started}."})
    assert list(refused.context["adminform"].form.errors) == ["description"]
    assert admin_client.post(address, form).status_code == 302
    text = text_of(admin_client.get(guide.get_absolute_url()))
    assert "Councillors decide together." in text
    assert "Pretend Powers Act 1901, section 3" in text
