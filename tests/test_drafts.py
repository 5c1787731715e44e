"""A record that readers may not see changes not one letter of what readers see."""

import re

import pytest
from django.urls import URLResolver, get_resolver, reverse

from briefings.models import Briefing, CaseStudy, Lesson
from briefings.numbers import RECIPES
from councils.models import Council
from partnerships.choices import DeliveryModel
from partnerships.long_tables import LONG_TABLES
from partnerships.models import (
    Change,
    FormerSlug,
    Partnership,
    ServiceFunction,
    Suggestion,
)
from tests.factories import (
    AimFactory,
    CaseStudyFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    SourceFactory,
)

SECRET = "Zzyzxford"
HIDDEN, WAS, RETIRED = "zzyzxford", "zzyzxford-was", "zzyzxford-service"
UNSEEN = ["draft", "in-review"]
# What these say depends on no record.
NOT_OF_RECORDS = {
    "healthz",
    "briefings:robots",
    "partnerships:data-package",
    "partnerships:data-csvw",
    # Made before, and never changed.
    "partnerships:release-zip",
    "councils:successions-csv",
    "briefings:recipe",
    "councils:reconcile",
    "councils:reconcile-entities",
    "councils:reconcile-properties",
    "councils:reconcile-types",
    "councils:reconcile-proposal",
    "councils:reconcile-preview",
    "api:schema",
    "api:nothing-here",
    "api:successions",
}
LIST = [
    "",
    f"q={SECRET}",
    f"function={RETIRED}",
    "function=ict&status=ongoing",
    "delivery_model=joint-committee",
    "relationship=hosted&sort=-evidence",
    "council=aylesbury-vale",
    "nation=england&council_type=district",
    "benefit=savings&result=expected",
    "running_on=2012",
    "as_at=2013-06-05",
    "sort=-members",
]


def slugs(rows, name="slug") -> list[list[str]]:
    return [[slug] for slug in rows.values_list(name, flat=True)]


@pytest.fixture
def pages(registry) -> dict[str, tuple]:
    """Return, for each public address by name, its arguments and its questions."""
    # Those that a hidden record would be held beside, or had a member in common with.
    records = [["aylesbury-vale-dacorum"], ["ek-services"], [HIDDEN], [WAS]]
    councils = [*slugs(members()), ["buckinghamshire"]]
    return {
        "healthz": ([[]], [""]),
        "councils:council-list": ([[]], ["", "name=aylesbury", f"name={SECRET}"]),
        "councils:council-csv": ([[]], [""]),
        "councils:council-suggest": ([[]], ["name=aylesbury", f"name={SECRET}"]),
        "councils:council-detail": (councils, [""]),
        "partnerships:partnership-list": ([[]], LIST),
        "partnerships:partnership-csv": ([[]], LIST),
        "partnerships:partnership-xlsx": ([[]], LIST[:2]),
        "partnerships:release-zip": ([["1.0.0"]], LIST[:2]),
        "partnerships:partnership-zip": ([[]], LIST[:2]),
        "partnerships:changes-feed": ([[]], LIST[:2]),
        "partnerships:council-feed": (slugs(members()), [""]),
        **{
            f"partnerships:{table.name}-csv": ([[]], ["", f"q={SECRET}"])
            for table in LONG_TABLES
        },
        "api:docs": ([[]], [""]),
        "api:schema": ([[]], [""]),
        "api:nothing-here": ([[]], [""]),
        "api:partnerships": ([[]], ["", f"q={SECRET}", *LIST[3:6]]),
        "api:partnership": (records, [""]),
        "api:functions": ([[]], [""]),
        "api:councils": ([[]], ["name=aylesbury"]),
        "api:council": (slugs(members()), [""]),
        "api:successions": ([[]], ["nation=wales"]),
        "api:case-studies": ([[]], [""]),
        "api:lessons": ([[]], [""]),
        "partnerships:data": ([[]], [""]),
        "partnerships:data-dictionary": ([[]], [""]),
        "partnerships:data-package": ([[]], [""]),
        "partnerships:data-csvw": ([[]], [""]),
        "councils:successions-csv": ([[]], [""]),
        "councils:reconcile": ([[]], ["", 'queries={"q0":{"query":"Northampton"}}']),
        "councils:reconcile-entities": ([[]], ["prefix=ayl"]),
        "councils:reconcile-properties": ([[]], [""]),
        "councils:reconcile-types": ([[]], [""]),
        "councils:reconcile-proposal": ([[]], [""]),
        "councils:reconcile-preview": (slugs(members()), [""]),
        "partnerships:partnership-map": ([[]], LIST[:4]),
        "partnerships:partnership-compare": (
            [[]],
            ["", "p=ek-services", f"p=ek-services&p={HIDDEN}", f"p={HIDDEN}&p={WAS}"],
        ),
        "partnerships:partnership-detail": (records, [""]),
        "partnerships:partnership-history": (records, [""]),
        "partnerships:partnership-report": (records, [""]),
        "partnerships:partnership-report-thanks": (records, [""]),
        "partnerships:report": ([[]], [""]),
        "partnerships:report-thanks": ([[]], [""]),
        "partnerships:reorganisation-list": (
            [[]],
            ["", "when=ended"],
        ),
        "partnerships:reorganisation-csv": ([[]], [""]),
        "briefings:home": ([[]], [""]),
        "briefings:briefing-detail": (slugs(Briefing.objects), [""]),
        "briefings:case-study-list": ([[]], [""]),
        "briefings:case-study-detail": (
            [*slugs(CaseStudy.objects, "partnership__slug"), [HIDDEN], [WAS]],
            [""],
        ),
        "briefings:lesson-list": ([[]], [""]),
        "briefings:lesson-detail": (slugs(Lesson.objects), [""]),
        "briefings:delivery-model-list": ([[]], [""]),
        "briefings:delivery-model-detail": ([[it] for it in DeliveryModel], [""]),
        "briefings:numbers": ([[]], ["", "status=ended"]),
        "briefings:recipe": ([[it] for it in RECIPES], [""]),
        "briefings:about": ([[]], [""]),
        "briefings:accessibility": ([[]], [""]),
        "briefings:privacy": ([[]], [""]),
        "briefings:sitemap": ([[]], [""]),
        "briefings:robots": ([[]], [""]),
    }


def members():
    return Council.objects.filter(slug__in=["aylesbury-vale", "northampton"])


def names_of_public_pages() -> set[str]:
    def names(resolver, namespace=""):
        for pattern in resolver.url_patterns:
            if not isinstance(pattern, URLResolver):
                yield f"{namespace}{pattern.name}"
            # Before the admin's door and behind it nothing is public.
            elif str(pattern.pattern) != "admin/":
                inside = f"{pattern.namespace}:" if pattern.namespace else namespace
                yield from names(pattern, inside)

    return {*names(get_resolver())}


def addresses(pages):
    for name, (arguments, questions) in pages.items():
        for some in arguments:
            for question in questions:
                yield f"{reverse(name, args=some)}?{question}".rstrip("?")


def read(client, addresses) -> dict[str, tuple[int, str]]:
    """Return each address with its status and text, but for what is new each time."""
    found = {}
    for address in addresses:
        answer = client.get(address)
        text = answer.getvalue().decode(errors="backslashreplace")
        # The token of a form, and the time at which it was opened.
        text = re.sub(r'<input type="hidden"[^>]*>', "", text)
        found[address] = answer.status_code, text
    return found


@pytest.fixture
def retired(registry):
    """A service that only a hidden record shares; it is offered to nobody."""
    return ServiceFunction.objects.create(
        slug=RETIRED, name=f"{SECRET} service", is_retired=True
    )


@pytest.fixture
def draft(retired):
    """A record of which every fact would show somewhere, and all that points to it."""
    record = PartnershipFactory(
        slug=HIDDEN,
        name=f"{SECRET} shared service",
        summary=f"{SECRET} was shared.",
        publication="draft",
        announced="2010",
        started="2011",
        latest_evidence="2099-12-31",
        staff=9999,
        confidence="low",
        gaps=f"{SECRET} is not known.",
    )
    record.functions.set([retired, ServiceFunction.objects.get(slug="ict")])
    source = SourceFactory(partnership=record, title=f"{SECRET} paper")
    PartnershipNameFactory(partnership=record, name=f"Old {SECRET}")
    facts = [
        *(MembershipFactory(partnership=record, council=c) for c in members()),
        OtherMemberFactory(partnership=record, name=f"{SECRET} Ltd"),
        AimFactory(partnership=record, text=f"{SECRET} was to save."),
        OutcomeFactory(
            partnership=record,
            text=f"{SECRET} saved.",
            amount=999_999_999,
            period="total",
            result="expected",
        ),
        MilestoneFactory(partnership=record, text=f"{SECRET} turned."),
    ]
    for fact in facts:
        fact.sources.add(source)
    FormerSlug.objects.create(slug=WAS, partnership=record)
    Suggestion.objects.create(
        partnership=record, message=f"{SECRET} is wrong.", part_in_words="The whole"
    )
    study = CaseStudyFactory(
        partnership=record,
        briefing=Briefing.objects.get(),
        title=f"The case of {SECRET}",
        introduction=f"{SECRET} shared. [1]",
    )
    for lesson in Lesson.objects.all():
        lesson.cases_for.add(study)
        lesson.cases_against.add(study)
    Briefing.objects.get().names.add(record)
    Change.objects.begin(record)
    return record


def become(state: str):
    """Change a record's publication as the admin would."""
    record = Partnership.objects.get(slug=HIDDEN)
    Partnership.objects.filter(pk=record.pk).update(publication=state)
    Change.objects.record(record, reason=f"Now {state}.")


def test_every_public_page_is_read(pages):
    assert names_of_public_pages() == {*pages}


def test_a_hidden_record_changes_no_page(client, pages, request):
    everywhere = [*addresses(pages)]
    own = {
        address
        for address in everywhere
        if {HIDDEN, WAS} & {*address.partition("?")[0].split("/")}
    }
    before = read(client, everywhere)
    assert {before[address][0] for address in own} == {404}
    request.getfixturevalue("draft")

    for state in UNSEEN:
        become(state)
        after = read(client, everywhere)
        assert [it for it in everywhere if after[it] != before[it]] == [], state

    # Published, it shows on nearly every page, or the rest would prove nothing.
    become("published")
    after = read(client, everywhere)
    same = {it for it in everywhere if after[it] == before[it]}
    unmoved = {name for name in pages if {*addresses({name: pages[name]})} <= same}
    assert unmoved == NOT_OF_RECORDS

    become("withdrawn")
    after = read(client, everywhere)
    assert [it for it in everywhere if after[it] != before[it] and it not in own] == []
    assert {after[address][0] for address in own} == {410}
    assert not any(SECRET in after[address][1] for address in own)


@pytest.mark.parametrize("state", UNSEEN)
@pytest.mark.parametrize("who", ["anybody", "an editor"])
def test_a_hidden_record_answers_as_an_unknown_one_does(
    client, draft, django_user_model, state, who
):
    """Not 403, which would say that there is something."""
    become(state)
    if who == "an editor":
        client.force_login(django_user_model.objects.create_superuser("pretend-editor"))
    for page in ("", "history/", "report/", "report/thanks/"):
        for method in ("get", "head", "post"):
            answers = [
                getattr(client, method)(f"/partnerships/{slug}/{page}")
                for slug in (HIDDEN, WAS, "never-was-anything")
            ]
            assert len({answer.status_code for answer in answers}) == 1, (page, method)
            assert len({answer.getvalue() for answer in answers}) == 1
            if method == "get":
                assert answers[0].status_code == 404
    assert client.get(f"/case-studies/{HIDDEN}/").status_code == 404
