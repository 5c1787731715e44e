"""The home page, the briefings and the case studies say what the records say."""

import re
import shutil
from io import StringIO

import html5lib
import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.serializers.base import DeserializationError

from briefings.facts import FACTS
from briefings.models import Briefing, CaseStudy, DeliveryModelGuide, Lesson
from briefings.prose import numbers_typed, placeholders
from councils.models import Council
from partnerships.models import Outcome, Partnership
from tests.factories import (
    AimFactory,
    BriefingFactory,
    CaseStudyFactory,
    LessonFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    SourceFactory,
)
from tests.pages import queries_used
from tests.pages import text_of as words

pytestmark = pytest.mark.django_db


def tree(response):
    return html5lib.parse(response.content.decode(), namespaceHTMLElements=False)


def text_of(response):
    return words(tree(response).find(".//main"))


def links(element):
    return [link.get("href") for link in element.iterfind(".//a[@href]")]


def case_study_with_everything(briefing, **partnership):
    """Make a case study that teaches a lesson, with a source behind each fact."""
    study = CaseStudyFactory(
        briefing=briefing, partnership=PartnershipFactory(**partnership)
    )
    record = study.partnership
    source = SourceFactory(partnership=record)
    for make in (MembershipFactory, AimFactory, OutcomeFactory):
        make(partnership=record).sources.add(source)
    LessonFactory(briefing=briefing).cases_for.add(study)
    briefing.names.add(record)
    return study


# ---- Pages


def test_every_page_answers_in_valid_html(client, registry, assert_valid_html):
    pages = ["/", "/case-studies/"]
    pages += [briefing.get_absolute_url() for briefing in Briefing.objects.all()]
    pages += [study.get_absolute_url() for study in CaseStudy.objects.all()]
    assert len(pages) == 5
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        assert_valid_html(response.content.decode())


def test_every_link_of_ours_leads_to_a_page(client, registry):
    for start in ["/", "/case-studies/", "/case-studies/ek-services/"]:
        for address in set(links(tree(client.get(start)))):
            if address.startswith("/"):
                assert client.get(address).status_code == 200, address


def test_pages_answer_when_the_registry_is_empty(client):
    home = text_of(client.get("/"))
    assert "0 arrangements" in home
    assert "Newest source seen: not known" in home
    assert "our own reconstruction" not in home
    assert "There are no case studies yet" in text_of(client.get("/case-studies/"))


@pytest.mark.parametrize(
    "page", ["/", "/case-studies/", "/case-studies/first/", "/briefings/only/"]
)
def test_queries_do_not_grow_with_the_registry(client, page):
    briefing = BriefingFactory(slug="only")
    case_study_with_everything(briefing, slug="first")
    case_study_with_everything(briefing)

    few = queries_used(client, page)
    first = Partnership.objects.get(slug="first")
    for _ in range(6):
        case_study_with_everything(briefing)
        lesson = LessonFactory(briefing=briefing)
        lesson.cases_for.set(CaseStudy.objects.all())
        source = SourceFactory(partnership=first)
        for make in (MembershipFactory, AimFactory, OutcomeFactory):
            make(partnership=first).sources.set([source, first.sources.first()])
    assert queries_used(client, page) == few


@pytest.mark.parametrize("publication", ["draft", "withdrawn"])
def test_what_is_not_published_shows_nowhere(client, publication):
    briefing = BriefingFactory(slug="only")
    shown = case_study_with_everything(briefing, slug="shown")
    hidden = case_study_with_everything(
        briefing, slug="hidden", name="Hush-hush", publication=publication
    )
    for lesson in Lesson.objects.all():
        lesson.cases_for.set([shown, hidden])
    status = {"draft": 404, "withdrawn": 410}[publication]
    assert client.get("/case-studies/hidden/").status_code == status
    for page in ["/", "/case-studies/", "/case-studies/shown/", "/briefings/only/"]:
        response = client.get(page)
        assert response.status_code == 200
        assert "Hush-hush" not in response.content.decode()
        assert "hidden" not in " ".join(links(tree(response)))


def test_text_is_escaped(client):
    bad = "<script>alert(1)</script>"
    briefing = BriefingFactory(
        slug="only", title=bad, publisher=bad, argument=bad, scope=bad, source_title=bad
    )
    study = case_study_with_everything(
        briefing, slug="case", name=bad, gaps=bad, end_reason=bad, status="ended"
    )
    CaseStudy.objects.update(**dict.fromkeys(["title", *CaseStudy.PROSE], f"{bad} [1]"))
    for row in [*study.partnership.aims.all(), *study.partnership.outcomes.all()]:
        type(row).objects.update(text=bad)
    study.partnership.sources.update(title=bad, publisher=bad)
    study.partnership.memberships.get().council.__class__.objects.update(name=bad)
    Lesson.objects.update(point=bad)
    for page in ["/", "/case-studies/", "/case-studies/case/", "/briefings/only/"]:
        text = client.get(page).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


# ---- The home page's numbers


def figures(response):
    """Return the big figures of the home page by the words under them."""
    found = {}
    for item in tree(response).iterfind(".//li[@class='registry-number']"):
        found[words(item.find("a"))] = words(item.find("span"))
    return found


def missing(response):
    """Return the lines about what is missing: (number of, how many, link or None)."""
    box = tree(response).find(".//section[@class='registry-box']")
    lines = {}
    for row in box.iterfind(".//div"):
        link = row.find(".//a")
        number, of = words(row.find("dt")).split(" of ")
        address = None if link is None else link.get("href")
        lines[words(row.find("dd"))] = (int(number), int(of), address)
    return lines


def test_the_home_page_counts_what_the_records_say(client, registry):
    response = client.get("/")
    records = list(Partnership.objects.prefetch_related("outcomes", "memberships"))
    of = len(records)

    def count(condition):
        return sum(map(bool, map(condition, records)))

    assert figures(response) == {
        "arrangements": f"{of}",
        "ended": f"{count(lambda p: p.status == 'ended')} of {of}",
        "ongoing when last evidenced": (
            f"{count(lambda p: p.status == 'ongoing')} of {of}"
        ),
        "not known whether ended": (
            f"{count(lambda p: p.status == 'not-known')} of {of}"
        ),
    }
    assert [line[:2] for line in missing(response).values()] == [
        (count(lambda p: p.status == "not-known"), of),
        (count(lambda p: p.started is None), of),
        (count(lambda p: p.staff is None), of),
        (count(lambda p: not p.outcomes.all()), of),
        (count(lambda p: all(o.amount is None for o in p.outcomes.all())), of),
        (count(lambda p: any(o.result == "expected" for o in p.outcomes.all())), of),
    ]
    councils = {m.council_id for p in records for m in p.memberships.all()}
    text = text_of(response)
    assert f"{len(councils)} of the {Council.objects.count()} councils" in text
    assert f"Download CSV ({of} rows)" in text


def test_each_linked_number_is_the_number_of_results(client, registry):
    response = client.get("/")
    linked = [line for line in missing(response).values() if line[2]]
    assert len(linked) == 3
    for number, _, address in linked:
        assert client.get(address).context["paginator"].count == number
    for item in tree(response).iterfind(".//li[@class='registry-number']"):
        number = int(words(item.find("span")).split()[0])
        results = client.get(item.find("a").get("href"))
        assert results.context["paginator"].count == number


def test_the_numbers_follow_the_records(client, registry):
    before = figures(client.get("/"))
    record = Partnership.objects.filter(status="ended", staff=None).first()
    record.status, record.ended, record.staff = "ongoing", None, 12
    record.latest_evidence = "2031-05-04"
    record.save()
    response = client.get("/")
    after = figures(response)
    ended, of = map(int, before["ended"].split(" of "))
    assert after["ended"] == f"{ended - 1} of {of}"
    assert after["arrangements"] == before["arrangements"]
    assert "Newest source seen: 4 May 2031" in text_of(response)


def test_ended_ones_stand_beside_ongoing_ones(client, registry):
    found = list(figures(client.get("/")))
    assert found.index("ended") < found.index("ongoing when last evidenced")


def test_the_search_box_asks_the_list(client, registry):
    form = tree(client.get("/")).find(".//main//form")
    assert form.get("method", "get") == "get"
    name = form.find(".//input").get("name")
    results = client.get(form.get("action"), {name: "aylesbury"})
    assert "Aylesbury Vale and Dacorum ICT partnership" in text_of(results)


# ---- Which records a briefing names


def test_the_other_35_are_called_our_reconstruction(client, registry):
    for page in ["/", Briefing.objects.get().get_absolute_url()]:
        text = text_of(client.get(page))
        assert "says that it covers 37 arrangements" in text
        assert (
            "names 2 of the 37 in the registry: Aylesbury Vale and Dacorum ICT"
            " partnership and EK Services." in text
        )
        assert "The other 35 are our own reconstruction from the public record" in text
        assert "must not be taken for Socitm’s own list." in text


@pytest.mark.parametrize(
    ("named", "unnamed", "said", "unsaid"),
    [
        (2, 1, "The other 1 is our own", "All"),
        (0, 1, "It is our own", "The other"),
        (0, 4, "All 4 are our own", "The other"),
        (3, 0, "names 3 of the 3 in the registry", "our own reconstruction"),
    ],
)
def test_the_sentence_holds_whatever_the_numbers(client, named, unnamed, said, unsaid):
    briefing = BriefingFactory()
    briefing.names.set(PartnershipFactory.create_batch(named))
    PartnershipFactory.create_batch(unnamed)
    PartnershipFactory(publication="draft")
    text = text_of(client.get("/"))
    assert said in text
    assert unsaid not in text


def test_a_record_named_twice_counts_once(client):
    record = PartnershipFactory()
    PartnershipFactory()
    for briefing in BriefingFactory.create_batch(2):
        briefing.names.add(record)
    text = text_of(client.get("/"))
    assert "The registry holds 2 arrangements." in text
    assert "The other 1 is our own" in text


# ---- Case studies


def test_every_fact_leads_to_a_source_that_exists(client, registry):
    for study in CaseStudy.objects.all():
        record = study.partnership
        page = tree(client.get(study.get_absolute_url())).find(".//main")
        address = record.get_absolute_url()
        ids = {e.get("id") for e in tree(client.get(address)).iterfind(".//*[@id]")}
        cited = [link for link in links(page) if link.startswith(f"{address}#")]
        assert cited
        assert {link.partition("#")[2] for link in cited} <= ids

        prose = [
            paragraph
            for block in page.iterfind(".//div[@class='registry-prose']")
            for paragraph in block.iterfind("p")
        ]
        sides = [
            fact
            for side in page.iterfind(".//section[@class='registry-pair__side']")
            for fact in side.iterfind("p")
            if not re.search("^(No aim|Nobody reported back)", words(fact))
        ]
        members = page.findall(".//tbody/tr")
        assert len(prose) >= 4
        assert len(sides) == record.aims.count() + record.outcomes.count()
        assert len(members) == record.memberships.count()
        points = page.findall(".//ol[@class='registry-timeline']/li")
        assert len(points) >= 3
        for point in points:
            assert any(f"{address}#source" in link for link in links(point))
        for fact in [*prose, *sides, *members]:
            assert any(f"{address}#source-" in link for link in links(fact)), words(
                fact
            )
        for row in page.findall(".//dl/div"):
            if words(row.find("dt")) not in {"Record", "Shape of the relationship"}:
                assert (
                    f"{address}#sources" in links(row)
                    or row.find(".//span[@class='registry-unknown']") is not None
                ), words(row)


def test_the_page_shows_the_record_of_today(client, registry):
    address = "/case-studies/aylesbury-vale-dacorum/"
    record = Partnership.objects.get(slug="aylesbury-vale-dacorum")
    text = text_of(client.get(address))
    assert "Started 2012 (uncertain)" in text
    assert "Staff Not known" in text
    assert "Why it ended" in text
    record.started, record.staff = "2012-06-01", 41
    record.status, record.ended = "ongoing", None
    record.save()
    text = text_of(client.get(address))
    assert "Started 1 June 2012" in text
    assert "Staff 41" in text
    assert "What holds it back" in text


def test_the_prose_types_no_figure_and_pulls_some_from_the_record(registry):
    pulled = set()
    for study in CaseStudy.objects.all():
        for field in CaseStudy.PROSE:
            text = getattr(study, field)
            assert not numbers_typed(text)
            assert "£" not in text
            pulled.update(placeholders(text))
    assert pulled == {"announced", "started", "ended", "staff"}
    assert pulled <= set(FACTS)


def test_the_prose_says_what_the_record_says_today(client, registry):
    address = "/case-studies/aylesbury-vale-dacorum/"
    assert "The plan of May 2012 was for" in text_of(client.get(address))
    record = Partnership.objects.filter(slug="aylesbury-vale-dacorum")
    record.update(announced="2012-05-17", ended=None)
    text = text_of(client.get(address))
    assert "The plan of 17 May 2012 was for" in text
    assert "the date on record for it is not known." in text
    for page in ["/", "/case-studies/"]:
        assert "The plan of 17 May 2012" in text_of(client.get(page))


def test_aims_stand_beside_outcomes_of_their_kind(client):
    study = case_study_with_everything(BriefingFactory(), slug="case")
    record = study.partnership
    AimFactory(partnership=record, kind="resilience", text="Stay up.")
    OutcomeFactory(
        partnership=record, result="expected", amount=250000, period="per-year"
    )
    OutcomeFactory(partnership=record, kind="other", result="unknown", text="A thing.")
    page = tree(client.get("/case-studies/case/"))
    pairs = [words(pair) for pair in page.findall(".//div[@class='registry-pair']")]
    assert "Expected: nobody has reported back, £250,000 a year." in pairs[0]
    assert "Achieved." in pairs[0]
    assert "No amount is recorded." in pairs[0]
    assert "Stay up." in pairs[1]
    assert "Nobody reported back: no source seen says what came of it" in pairs[1]
    assert "No aim of this kind is recorded" in pairs[2]
    assert "Not known. A thing." in pairs[2]


def test_the_contrasting_case_is_one_step_away_with_its_reason(client, registry):
    page = tree(client.get("/case-studies/aylesbury-vale-dacorum/"))
    contrast = page.find(".//section[@aria-labelledby='contrast']")
    found = ["/partnerships/ek-services/", "/case-studies/ek-services/"]
    assert links(contrast)[:2] == found
    reasons = [words(reason) for reason in contrast.iterfind(".//li")]
    assert reasons == [
        "Shared by both: ICT.",
        "This one ended; that one was ongoing when last evidenced, 2025.",
        "The shape of the relationship differs:"
        " supplier and client here, equal partners there.",
    ]
    assert "/partnerships/aylesbury-vale-dacorum/" in links(page)


def after_the_briefing(client, study):
    """Return the words of the page between two of its headings."""
    text = text_of(client.get(study.get_absolute_url()))
    start = text.index("What happened after the briefing")
    return text[start : text.index("What we do not know", start)]


def test_later_facts_stand_with_the_dates_of_their_sources(client, registry):
    later = after_the_briefing(client, CaseStudy.objects.get(title__startswith="EK"))
    assert "1 February 2018 Staffing: achieved. 235 staff moved to Civica" in later
    assert "20 January 2018; 1 February 2018 Savings: achieved" in later
    assert "proving elusive" not in later
    assert "Newest source seen: 2025." in later


def test_nothing_is_made_up_about_the_time_after_the_briefing(client, registry):
    study = CaseStudy.objects.get(title__startswith="Aylesbury")
    later = after_the_briefing(client, study)
    assert "Not known: no fact of the record is dated later" in later
    assert "Newest source seen: 5 June 2013." in later
    study.briefing.announced = None
    study.briefing.save()
    assert "The date of the briefing is not known" in after_the_briefing(client, study)


def test_a_case_study_with_nothing_in_its_record_says_so(client):
    briefing = BriefingFactory(announced="2013")
    CaseStudyFactory(briefing=briefing, partnership=PartnershipFactory(slug="bare"))
    text = text_of(client.get("/case-studies/bare/"))
    assert "Neither an aim nor an outcome is recorded" in text
    assert "No date is known." in text
    assert "There is no such case: too little is known" in text
    assert "None of the briefing’s lessons" in text


def test_a_lesson_that_a_case_speaks_against_says_so(client):
    study = case_study_with_everything(BriefingFactory(), slug="case")
    LessonFactory(point="Never pretend.").cases_against.add(study)
    assert "This case speaks against: Never pretend." in text_of(
        client.get("/case-studies/case/")
    )


def test_lessons_lead_to_the_cases_given_for_them(client, registry):
    taught = {
        lesson.slug: [case.partnership.slug for case in lesson.cases_for.all()]
        for lesson in Lesson.objects.all()
    }
    assert taught == {
        "be-clear-about-aims": [],
        "share-interests-or-problems": [],
        "make-the-exchange-reciprocal": ["aylesbury-vale-dacorum"],
        "fit-the-business-model": ["ek-services"],
        "weigh-a-public-company": [],
    }
    lesson = Lesson.objects.get(slug="fit-the-business-model")
    assert lesson.point in text_of(client.get("/case-studies/ek-services/"))
    other = client.get("/case-studies/aylesbury-vale-dacorum/")
    assert lesson.point not in text_of(other)


@pytest.mark.parametrize(
    ("prose", "reason"),
    [
        ("Said by nobody.", "End each paragraph with the numbers"),
        ("Well sourced. [1]\n\nSaid by nobody.", "End each paragraph with the numbers"),
        ("* A point. [1]\n* Another.", "“Another.…” has none."),
        ("Badly sourced. [1] [7]", "The record has no source 7."),
        ("It had {stuff}. [1]", "Nothing stands for {stuff}."),
        ("It had 365 staff. [1]", "The record holds 365: write {staff}."),
        ("It had 1,041. [1]", "The record holds 1,041: leave it out"),
        ("It saved £1,300,000. [1]", "The record holds 1,300,000: leave it out"),
        ("It saved £1.3m. [1]", "The record holds 1.3m: leave it out"),
        ("It saved £1.3 million. [1]", "The record holds 1.3 million: leave it out"),
        ("It saved £1,300k. [1]", "The record holds 1,300k: leave it out"),
        ("It began in May 2012. [1]", "write {announced} or {started}."),
        ("Somebody left in 2014. [1]", "The record holds 2014: leave it out"),
        ("[Here](javascript:alert(1)). [1]", "leads nowhere"),
    ],
)
def test_prose_that_could_disagree_with_the_record_is_refused(prose, reason):
    dates = {"announced": "2012-05", "started": "2012", "staff": 365}
    study = case_study_with_everything(BriefingFactory(), **dates)
    record = study.partnership
    for amount in (1041, 1300000):
        OutcomeFactory(partnership=record, amount=amount, period="total")
    MembershipFactory(partnership=record, left="2014-02")
    study.obstacles = (
        "It had 12 desks, {staff} staff, no end by 2099, £1.3bn, £1.4m, £1,300 and £1.3"
        " thousand. [1]"
    )
    study.full_clean()
    study.obstacles = prose
    with pytest.raises(ValidationError) as refused:
        study.full_clean()
    assert list(refused.value.message_dict) == ["obstacles"]
    assert reason in refused.value.message_dict["obstacles"][0]


def test_prose_survives_the_loss_of_a_source(client):
    study = case_study_with_everything(BriefingFactory(), slug="case")
    study.partnership.sources.all().delete()
    response = client.get("/case-studies/case/")
    assert "It began in a test." in text_of(response)
    assert "#source-1" not in response.content.decode()


# ---- Loading the registry


def load():
    said = StringIO()
    call_command("load_registry", stdout=said)
    return said.getvalue()


def our_models():
    for app in ("councils", "partnerships", "briefings"):
        yield from apps.get_app_config(app).get_models()


def written():
    """Return the whole registry as text."""
    return [
        serializers.serialize("json", model.objects.order_by("pk"))
        for model in our_models()
    ]


def test_an_empty_registry_is_loaded_whole():
    assert load() == (
        "Loaded 499 councils and 37 partnerships.\n"
        "Made release 1.0.0 of the published data.\n"
    )
    assert Briefing.objects.count() == 1
    assert CaseStudy.objects.count() == 2
    assert Lesson.objects.count() == 5


def test_a_registry_from_before_the_guides_is_given_them_alone(registry):
    DeliveryModelGuide.objects.all().delete()
    Partnership.objects.first().delete()
    others = Briefing.objects.count(), Partnership.objects.count()
    assert load() == "Loaded the guides to delivery models, and nothing else.\n"
    assert DeliveryModelGuide.objects.count() == 7
    assert (Briefing.objects.count(), Partnership.objects.count()) == others


def test_a_registry_whose_briefing_is_gone_starts_without_the_guides(registry):
    for model in (DeliveryModelGuide, CaseStudy, Lesson, Briefing):
        model.objects.all().delete()
    assert "their briefing is gone" in load()
    assert not DeliveryModelGuide.objects.exists()


def test_loading_twice_changes_nothing(registry):
    before = written()
    assert load() == "The registry holds data already: nothing was loaded.\n"
    assert written() == before
    call_command("loaddata", "briefings", verbosity=0)
    assert written() == before


def test_an_edit_survives_the_next_start(registry):
    Partnership.objects.filter(slug="ek-services").update(staff=1)
    Outcome.objects.filter(partnership__slug="ek-services").delete()
    load()
    record = Partnership.objects.get(slug="ek-services")
    assert record.staff == 1
    assert not record.outcomes.exists()


def test_one_record_of_an_editor_is_enough_to_leave_all_alone():
    PartnershipFactory()
    load()
    assert Partnership.objects.count() == 1
    assert not Council.objects.exists()


def test_a_load_that_fails_half_way_leaves_nothing(settings, tmp_path):
    for fixture in settings.FIXTURE_DIRS[0].glob("*.json"):
        shutil.copy(fixture, tmp_path)
    (tmp_path / "briefings.json").write_text('[{"model": "briefings.none"}]')
    settings.FIXTURE_DIRS = [tmp_path]
    with pytest.raises(DeserializationError):
        load()
    assert not any(model.objects.exists() for model in our_models())
