"""The queues of work: which records wait, why each does, and who is shown that."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Check, LinkCheck, Partnership, Suggestion
from partnerships.queues import BY_SLUG, QUEUES, numbers_waiting
from tests.factories import (
    AimFactory,
    CouncilFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)
from tests.pages import queries_used

# Django's admin templates name variables that not every page has.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

PARTNERSHIPS = [queue for queue in QUEUES if queue.model is Partnership]
LIST = "admin:partnerships_partnership_changelist"
YESTERDAY = timezone.localdate() - timedelta(days=1)


def sound(council_dates=None, **fields):
    """Return a record in no queue."""
    record = PartnershipFactory(**{"latest_evidence": "2024", **fields})
    record.functions.add(ServiceFunctionFactory())
    source = SourceFactory(partnership=record, published="2024")
    council = CouncilFactory(**(council_dates or {}))
    MembershipFactory(partnership=record, council=council).sources.add(source)
    Check.objects.create(partnership=record)
    return record


def sourced(fact):
    fact.sources.add(fact.partnership.sources.first())
    return fact


def member(record):
    return record.memberships.get()


def having(record, **changes):
    for name, value in changes.items():
        setattr(record, name, value)
    record.save()
    return record


def council_of(record, **changes):
    having(member(record).council, **changes)


def forecast(record, published):
    having(record.sources.get(), published=published)
    having(record, latest_evidence=published)
    sourced(OutcomeFactory(partnership=record, result="expected"))


def failing(record):
    url = record.sources.get().url
    LinkCheck.objects.create(url=url, status=404, error="404 Not Found")


def citing_another(record):
    OutcomeFactory(partnership=record).sources.add(SourceFactory())


# By the words of its reason: the queue, and how a sound record comes into it.
TROUBLES = {
    "In review: no change": ("review", lambda r: having(r, publication="in-review")),
    "Draft: no change is": ("drafts", lambda r: having(r, publication="draft")),
    "no source for: Pretend comp": (
        "unsourced",
        lambda r: OtherMemberFactory(partnership=r),
    ),
    "no source for: Madeupshire": (
        "unsourced",
        lambda r: MembershipFactory(partnership=r),
    ),
    "no source for: Savings: Pretend a": (
        "unsourced",
        lambda r: AimFactory(partnership=r),
    ),
    "no source for: Savings: Pretend o": (
        "unsourced",
        lambda r: OutcomeFactory(partnership=r),
    ),
    "no source for: 2012": ("unsourced", lambda r: MilestoneFactory(partnership=r)),
    "before it began on 1 April 2009": (
        "contradictions",
        lambda r: (
            council_of(r, started=date(2009, 4, 1)),
            having(member(r), joined="2008"),
        ),
    ),
    "left 1990, before it began on 1 April 2009": (
        "contradictions",
        lambda r: (
            council_of(r, started=date(2009, 4, 1)),
            having(member(r), joined=None, left="1990"),
            having(r, started=None, status="not-known"),
        ),
    ),
    "joined 2020, after its last day": (
        "contradictions",
        lambda r: (
            council_of(r, ended=date(2019, 3, 31)),
            having(member(r), joined="2020", left="2021"),
            having(r, status="not-known"),
        ),
    ),
    "left April 2019, after its last day": (
        "contradictions",
        lambda r: (
            council_of(r, ended=date(2019, 3, 31)),
            having(member(r), left="2019-04"),
            having(r, status="not-known"),
        ),
    ),
    "began on 1 April 2023, after the arrangement ended, 2021": (
        "contradictions",
        lambda r: (
            council_of(r, started=date(2023, 4, 1)),
            having(r, status="ended", ended="2021"),
        ),
    ),
    "ended on 31 March 2019, before the arrangement started, May 2019": (
        "contradictions",
        lambda r: (
            council_of(r, ended=date(2019, 3, 31)),
            having(r, started="2019-05", status="ended"),
        ),
    ),
    "partner joined after the partnership ended": (
        "contradictions",
        lambda r: (
            having(r, status="ended", ended="2014"),
            having(member(r), joined="2015"),
        ),
    ),
    "supplier left after the partnership ended": (
        "contradictions",
        lambda r: (
            having(r, status="ended", ended="2014-03"),
            sourced(OtherMemberFactory(partnership=r, left="2014-04")),
        ),
    ),
    "supplier left before the partnership started": (
        "contradictions",
        lambda r: (
            having(r, started="2012-06"),
            sourced(OtherMemberFactory(partnership=r, left="2012-05")),
        ),
    ),
    "it ended before it was announced": (
        "contradictions",
        lambda r: having(r, status="ended", ended="2014", announced="2015"),
    ),
    "every council has left": (
        "contradictions",
        lambda r: having(member(r), left=YESTERDAY.isoformat()),
    ),
    "ongoing, but it had ended by 5 June 2013": (
        "contradictions",
        lambda r: having(r, status_in_june_2013="ended"),
    ),
    "it ended July 2013, but had ended by": (
        "contradictions",
        lambda r: having(
            r, status="ended", ended="2013-07", status_in_june_2013="ended"
        ),
    ),
    "it ended 2012, but had not ended by": (
        "contradictions",
        lambda r: having(
            r, status="ended", ended="2012", status_in_june_2013="implementing"
        ),
    ),
    "it started 2014, but was operational": (
        "contradictions",
        lambda r: having(r, started="2014", status_in_june_2013="operational"),
    ),
    "a source of another record is cited": ("contradictions", citing_another),
    "it names no function": ("incomplete", lambda r: r.functions.clear()),
    "it names no council": ("incomplete", lambda r: r.memberships.all().delete()),
    "no check is recorded yet": ("checks", lambda r: r.checks.all().delete()),
    "due for checking since": (
        "checks",
        lambda r: r.checks.update(checked_on=date(2020, 1, 1)),
    ),
    "Test Council ended on 31 March 2019": (
        "ended-members",
        lambda r: council_of(r, ended=date(2019, 3, 31)),
    ),
    "link of source 1 failed on": ("links", failing),
    "no source is of the date of the newest evidence, May 2024": (
        "evidence",
        lambda r: having(r, latest_evidence="2024-05"),
    ),
    "source 2, of January 2025, is newer than the newest evidence, 2024": (
        "evidence",
        lambda r: SourceFactory(partnership=r, published="2025-01"),
    ),
    "by a source of 2012": ("forecasts", lambda r: forecast(r, "2012")),
    "but the arrangement has ended": (
        "forecasts",
        lambda r: (
            having(r, status="ended"),
            sourced(OutcomeFactory(partnership=r, result="expected")),
        ),
    ),
}

# What comes close to a queue, and is in none.
CALM = [
    lambda r: None,
    lambda r: having(member(r), joined="2014"),
    lambda r: (
        having(r, status="ended", ended="2014"),
        having(member(r), left="2014-12-31"),
    ),
    lambda r: having(
        r, status="ended", ended="2013", status_in_june_2013="operational"
    ),
    lambda r: having(r, started="2013-06", status_in_june_2013="operational"),
    lambda r: having(member(r), left=timezone.localdate().isoformat()),
    lambda r: (
        having(member(r), left="2019"),
        sourced(MembershipFactory(partnership=r)),
    ),
    lambda r: (
        council_of(r, ended=date(2019, 3, 31)),
        having(member(r), left="2019-03-31"),
        having(r, status="not-known"),
    ),
    lambda r: (
        council_of(r, ended=date(2019, 3, 31)),
        having(r, status="ended"),
    ),
    lambda r: (
        council_of(r, started=date(2023, 4, 1)),
        having(r, status="ended", ended="2023"),
    ),
    lambda r: (
        council_of(r, ended=date(2019, 3, 31)),
        having(r, status="ended", started="2019"),
    ),
    lambda r: council_of(r, ended=timezone.localdate()),
    lambda r: SourceFactory(partnership=r, published="2024-12-31"),
    lambda r: SourceFactory(partnership=r, published=None),
    lambda r: forecast(r, None),
    lambda r: forecast(r, str(timezone.localdate().year - 4)),
    lambda r: LinkCheck.objects.create(url=r.sources.get().url, status=403),
    lambda r: having(r, publication="withdrawn"),
    lambda r: (
        r.memberships.all().delete(),
        r.checks.all().delete(),
        having(r, publication="withdrawn"),
    ),
]


def reasons_by_queue(record):
    """Return what each queue says of a record that its QuerySet method finds."""
    today = timezone.localdate()
    return {
        queue.slug: list(queue.reasons(row, today))
        for queue in PARTNERSHIPS
        for row in queue.fetched(today)
        if row.pk == record.pk
    }


@pytest.mark.parametrize("words", TROUBLES)
def test_a_record_is_in_the_queue_of_its_trouble_alone_and_with_its_reason(words):
    slug, trouble = TROUBLES[words]
    record = sound()
    trouble(record)
    found = reasons_by_queue(record)
    assert list(found) == [slug]
    (reason,) = found[slug]
    assert words in reason
    assert numbers_waiting([BY_SLUG[slug]])[slug] >= 1


@pytest.mark.parametrize("place", range(len(CALM)))
def test_a_record_without_trouble_is_in_no_queue(place):
    record = sound()
    CALM[place](record)
    assert reasons_by_queue(record) == {}


def test_who_has_a_reason_is_who_is_found(registry):
    """The QuerySet method and the words of each queue hold the same rule."""
    for _, trouble in TROUBLES.values():
        trouble(sound())
    for calm in CALM[:-2]:
        calm(sound())
    today = timezone.localdate()
    everybody = Partnership.objects.kept().for_detail()
    for queue in PARTNERSHIPS:
        found = {row.pk for row in queue.fetched(today)}
        named = {row.pk for row in everybody if [*queue.reasons(row, today)]}
        if queue.slug in {"review", "drafts"}:
            assert found <= named
        else:
            assert found == named, queue.slug
        assert numbers_waiting([queue]) == {queue.slug: len(found)}


def test_a_suggestion_waits_until_it_is_dealt_with():
    now = timezone.now()
    waiting = Suggestion.objects.create(message="Made up.", sent=now - timedelta(12))
    Suggestion.objects.create(message="Made up.", status="accepted")
    assert numbers_waiting([BY_SLUG["suggestions"]]) == {"suggestions": 1}
    (reason,) = BY_SLUG["suggestions"].reasons(waiting, timezone.localdate())
    assert reason == "New: it came 12 days ago"


def test_the_command_tells_work_from_what_is_wrong(capsys):
    record = having(sound(), slug="made-up")
    record.checks.all().delete()
    call_command("check_registry")
    assert capsys.readouterr().out == "Nothing found.\n"
    call_command("check_registry", work=True)
    assert "to do: partnership made-up: due for checking" in capsys.readouterr().out


# ---- The admin's first page


def signed_in(client, django_user_model, *permissions):
    user = django_user_model.objects.create_user("made-up", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def in_trouble():
    for _, trouble in TROUBLES.values():
        trouble(sound())
    Suggestion.objects.create(message="Made up.")


def test_the_first_page_leads_to_each_queue_with_its_number(admin_client):
    in_trouble()
    page = admin_client.get(reverse("admin:index")).text
    numbers = numbers_waiting(QUEUES)
    for queue in QUEUES:
        options = queue.model._meta
        name = f"admin:{options.app_label}_{options.model_name}_changelist"
        address = reverse(name, query={"queue": queue.slug})
        number = numbers[queue.slug]
        assert number
        assert f'<strong>{number}</strong> <a href="{address}">{queue.title}' in page
        found = admin_client.get(address)
        assert found.context["cl"].result_count == number
        today = timezone.localdate()
        for row in queue.fetched(today):
            assert [*queue.reasons(row, today)]
        assert found.text.count('class="field-reasons"') == number


def test_a_list_says_why_a_record_is_in_the_queue(admin_client):
    record = sound()
    OutcomeFactory.create_batch(7, partnership=record)
    page = admin_client.get(reverse(LIST), {"queue": "unsourced"}).text
    assert "Why it is here" in page
    assert page.count("No source for: Savings: Pretend outcome") == 5
    assert "and 2 more" in page
    assert "Why it is here" not in admin_client.get(reverse(LIST)).text


def test_a_queue_that_there_is_not_is_not_answered_with_everything(admin_client):
    sound()
    for typed in ("nonsense", "suggestions"):
        answer = admin_client.get(reverse(LIST), {"queue": typed})
        assert answer.status_code == 302
        assert answer.url.endswith("?e=1")


def test_the_lists_own_counts_agree_with_the_queues(admin_client):
    in_trouble()
    page = admin_client.get(reverse(LIST), {"_facets": "True"}).text
    numbers = numbers_waiting(QUEUES)
    for queue in PARTNERSHIPS:
        assert f"{queue.title} ({numbers[queue.slug]})" in page


@pytest.mark.parametrize(
    ("permissions", "shown"),
    [
        ([], []),
        (["view_suggestion"], ["Suggestions waiting"]),
        (["view_partnership"], [queue.title for queue in PARTNERSHIPS]),
        (["change_partnership"], [queue.title for queue in PARTNERSHIPS]),
        (["view_council"], []),
    ],
)
def test_queues_are_shown_to_those_who_may_see_their_records(
    client, django_user_model, permissions, shown
):
    page = signed_in(client, django_user_model, *permissions).get("/admin/").text
    assert [queue.title for queue in QUEUES if f">{queue.title}<" in page] == shown


def test_queries_do_not_grow_with_the_records(admin_client):
    addresses = [("/admin/", {})]
    addresses += [(reverse(LIST), {"queue": queue.slug}) for queue in PARTNERSHIPS]
    in_trouble()
    few = [queries_used(admin_client, at, **asked) for at, asked in addresses]
    for _ in range(2):
        in_trouble()
    assert [queries_used(admin_client, at, **asked) for at, asked in addresses] == few


# ---- What readers are told


def test_a_record_tells_its_readers_what_the_editors_have_to_look_into(client):
    record = sound()
    failing(record)
    council_of(record, ended=date(2019, 3, 31))
    page = client.get(record.get_absolute_url()).text
    assert "What we have to look into:" in page
    assert "The link of source 1 failed on" in page
    assert "ended on 31 March 2019, and no source says" in page
    assert "This link did not work on" in page
    calm = client.get(sound().get_absolute_url()).text
    assert "What we have to look into:" not in calm
    assert "This link did not work on" not in calm


def test_the_home_page_counts_what_is_due_and_what_fails(client):
    sound()
    failing(sound())
    sound().checks.all().delete()
    draft = having(sound(), publication="draft")
    failing(draft)
    page = " ".join(client.get("/").text.split())
    assert "1 of 3 records are due for checking" in page
    assert "in 1 of 3 a link to a source did not work" in page
