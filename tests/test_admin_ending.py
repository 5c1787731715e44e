"""To end a record, to withdraw it, and to take either back: each with a reason."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from partnerships.models import Change, FormerSlug, Partnership
from partnerships.models.history import version_of
from tests.factories import (
    CaseStudyFactory,
    CouncilFactory,
    MembershipFactory,
    OtherMemberFactory,
    PartnershipFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db

NEW_SOURCE = {
    "title": "Pretend minutes",
    "publisher": "Pretend Council",
    "kind": "council",
    "url": "https://example.org/minutes",
    "published": "2020-05",
}


def place(page, record):
    return reverse(f"admin:partnerships_partnership_{page}", args=[record.pk])


@pytest.fixture
def record():
    partnership = PartnershipFactory(started="2010", latest_evidence="2015")
    source = SourceFactory(partnership=partnership)
    MembershipFactory(partnership=partnership, joined="2010").sources.add(source)
    MembershipFactory(partnership=partnership, left="2014").sources.add(source)
    OtherMemberFactory(partnership=partnership).sources.add(source)
    return partnership


@pytest.fixture
def ending(record):
    return {
        "ended": "2019-03",
        "end_reason": "The made-up savings never came.",
        "source": record.sources.get().pk,
        "leaving": [
            f"membership-{record.memberships.get(left=None).pk}",
            f"othermember-{record.other_members.get().pk}",
        ],
    }


def test_it_ends_with_date_reason_source_and_members(
    admin_client, admin_user, client, record, ending
):
    answer = admin_client.post(
        place("end", record), {**ending, "source": "", **NEW_SOURCE}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    record.refresh_from_db()
    assert (record.status, record.ended) == ("ended", "2019-03")
    assert record.end_reason == ending["end_reason"]
    assert record.latest_evidence == "2020-05"
    source = record.sources.get(number=2)
    assert source.title == "Pretend minutes"
    assert [*record.memberships.order_by("pk").values_list("left", flat=True)] == [
        "2019-03",
        "2014",
    ]
    member = record.memberships.get(left="2019-03")
    company = record.other_members.get()
    assert company.left == "2019-03"
    for row in (member, company):
        assert source in row.sources.all()
    change = record.changes.first()
    assert change.reason == "It ended. The made-up savings never came."
    assert change.by == admin_user
    page = client.get(record.get_absolute_url()).text
    assert "Ended March 2019" in page
    assert "Pretend minutes" in page


def test_a_new_source_takes_no_number_that_another_had(admin_client, record, ending):
    gone = SourceFactory(partnership=record)
    Change.objects.begin(record)
    gone.delete()
    admin_client.post(place("end", record), {**ending, "source": "", **NEW_SOURCE})
    assert record.sources.get(title="Pretend minutes").number == gone.number + 1


def test_who_left_with_it_is_the_editors_choice(admin_client, record, ending):
    admin_client.post(place("end", record), {**ending, "leaving": []})
    assert record.memberships.filter(left="2019-03").count() == 0
    record.refresh_from_db()
    assert record.status == "ended"


def test_undoing_an_ending_leaves_the_record_as_it_was(admin_client, record, ending):
    before = version_of(record)
    admin_client.post(place("end", record), {**ending, "source": "", **NEW_SOURCE})
    answer = admin_client.post(place("undo_ending", record), {"reason": "It went on."})
    assert answer.status_code == 302
    assert version_of(record) == before
    assert record.changes.first().reason == "It went on."
    # It can end again.
    again = admin_client.post(place("end", record), ending)
    assert again.status_code == 302
    record.refresh_from_db()
    assert record.ended == "2019-03"


def test_undoing_an_ending_keeps_what_changed_since(admin_client, record, ending):
    admin_client.post(place("end", record), {**ending, "source": "", **NEW_SOURCE})
    record.refresh_from_db()
    record.staff = 12
    record.latest_evidence = "2021"
    record.save()
    record.other_members.update(left="2018")
    Change.objects.record(record, reason="Found in a made-up paper.")
    admin_client.post(place("undo_ending", record), {"reason": "It went on."})
    record.refresh_from_db()
    assert (record.status, record.ended, record.end_reason) == ("ongoing", None, "")
    assert (record.staff, record.latest_evidence) == (12, "2021")
    assert record.other_members.get().left == "2018"
    # The company still cites the source, so it stays.
    assert record.sources.filter(title="Pretend minutes").exists()


def test_undoing_an_ending_keeps_what_a_case_study_cites(admin_client, record, ending):
    admin_client.post(place("end", record), {**ending, "source": "", **NEW_SOURCE})
    CaseStudyFactory(partnership=record, analysis="It ended in a test. [2]")
    admin_client.post(place("undo_ending", record), {"reason": "It went on."})
    assert record.sources.filter(title="Pretend minutes").exists()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"ended": ""}, "ended", "required"),
        ({"ended": "03/2019"}, "ended", "Type a year, a month or a day"),
        ({"ended": "2009"}, "ended", "The end cannot come before the start"),
        ({"ended": "2012"}, "ended", "left in 2014, after that"),
        ({"end_reason": " "}, "end_reason", "required"),
        ({"source": ""}, "title", "A new source needs this."),
        ({"title": "Two"}, "title", "not both"),
        ({"source": "", **NEW_SOURCE, "url": "no address"}, "url", "valid URL"),
        ({"source": "", **NEW_SOURCE, "published": "soon"}, "published", "Type a year"),
        ({"leaving": ["membership-0"]}, "leaving", "not one of the available"),
    ],
)
def test_what_is_wrong_comes_back_beside_its_field(
    admin_client, record, ending, change, field, sentence
):
    before = version_of(record)
    answer = admin_client.post(place("end", record), {**ending, **change})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert sentence in " ".join(form.errors[field])
    assert version_of(record) == before
    assert not Change.objects.exists()
    if "end_reason" not in change:
        assert ending["end_reason"] in answer.text


def test_an_address_that_is_there_is_not_added(admin_client, record, ending):
    source = {**NEW_SOURCE, "url": record.sources.get().url}
    answer = admin_client.post(place("end", record), {**ending, "source": "", **source})
    assert answer.status_code == 200
    assert "already has that address" in answer.text
    record.refresh_from_db()
    assert record.status == "ongoing"


def test_a_member_that_was_gone_is_not_given_the_day(admin_client, record, ending):
    gone = MembershipFactory(
        partnership=record, council=CouncilFactory(ended=date(2016, 3, 31))
    )
    leaving = [*ending["leaving"], f"membership-{gone.pk}"]
    answer = admin_client.post(place("end", record), {**ending, "leaving": leaving})
    assert "after its last day, 31 March 2016" in str(answer.context["form"].errors)
    record.refresh_from_db()
    assert record.status == "ongoing"


def test_every_member_that_speaks_against_an_end_is_named_at_once(
    admin_client, record, ending
):
    young = MembershipFactory(
        partnership=record, council=CouncilFactory(started=date(2023, 4, 1))
    )
    stayed = MembershipFactory(partnership=record, joined="2021")
    company = OtherMemberFactory(partnership=record, joined="2020-05")
    gone = [
        MembershipFactory(
            partnership=record, council=CouncilFactory(ended=date(year, 3, 31))
        )
        for year in (2016, 2017)
    ]
    leaving = [*ending["leaving"], *(f"membership-{row.pk}" for row in [young, *gone])]
    answer = admin_client.post(place("end", record), {**ending, "leaving": leaving})
    errors = answer.context["form"].errors
    assert sorted(errors["ended"]) == sorted(
        [
            f"{young} began on 1 April 2023, after that.",
            f"{stayed} joined in 2021, after that.",
            f"{company} joined in May 2020, after that.",
        ]
    )
    assert errors["leaving"] == [
        f"{row.council} left March 2019, after its last day, 31 March {year}: it left"
        " earlier."
        for row, year in zip(gone, (2016, 2017), strict=True)
    ]
    record.refresh_from_db()
    assert record.status == "ongoing"
    assert not record.memberships.filter(left="2019-03").exists()


def test_an_ending_without_a_history_is_not_offered_to_be_undone(admin_client):
    record = PartnershipFactory(status="ended", ended="2012")
    page = admin_client.get(place("change", record))
    labels = [label for label, _ in page.context["record_tools"]]
    assert "Undo the ending" not in labels
    assert "End this arrangement" not in labels
    answer = admin_client.post(place("undo_ending", record), {"reason": "No."})
    assert answer.status_code == 302
    record.refresh_from_db()
    assert record.ended == "2012"


# ---- Withdrawing


def test_a_record_is_withdrawn_with_a_reason_and_comes_back(
    admin_client, admin_user, client, record
):
    answer = admin_client.post(
        place("withdraw", record), {"reason": "Another service."}
    )
    assert answer.status_code == 302
    gone = client.get(record.get_absolute_url())
    assert gone.status_code == 410
    assert "Another service." in gone.text
    assert record.name not in client.get("/partnerships/").text
    answer = admin_client.post(place("bring_back", record), {"reason": "It was right."})
    assert answer.status_code == 302
    assert client.get(record.get_absolute_url()).status_code == 200
    back, away, _ = record.changes.all()
    assert (away.reason, back.reason) == ("Another service.", "It was right.")
    assert away.by == back.by == admin_user


def test_former_addresses_of_a_withdrawn_record_say_why(admin_client, client, record):
    FormerSlug.objects.create(slug="once", partnership=record)
    admin_client.post(place("withdraw", record), {"reason": "Another service."})
    gone = client.get("/partnerships/once/")
    assert gone.status_code == 410
    assert "Another service." in gone.text


def test_withdrawing_and_bringing_back_need_a_reason(admin_client, record):
    for page in ("withdraw", "bring_back"):
        answer = admin_client.post(place(page, record), {"reason": ""})
        assert answer.status_code == 200
        assert answer.context["form"].errors["reason"]
        assert not Change.objects.exists()
        Partnership.objects.update(publication="withdrawn")


def test_a_record_whose_address_leads_on_does_not_come_back(admin_client, record):
    Partnership.objects.filter(pk=record.pk).update(publication="withdrawn")
    FormerSlug.objects.create(slug=record.slug, partnership=PartnershipFactory())
    answer = admin_client.post(place("bring_back", record), {"reason": "Made up."})
    assert answer.status_code == 200
    assert "This address leads to" in answer.text
    record.refresh_from_db()
    assert record.publication == "withdrawn"


@pytest.mark.parametrize("publication", ["draft", "in-review"])
def test_a_draft_is_not_withdrawn(admin_client, record, publication):
    Partnership.objects.update(publication=publication)
    admin_client.post(place("withdraw", record), {"reason": "Made up."})
    record.refresh_from_db()
    assert record.publication == publication


# ---- Who may


RIGHTS = {
    "end": "change_partnership",
    "undo_ending": "change_partnership",
    "withdraw": "publish_partnership",
    "bring_back": "publish_partnership",
}


@pytest.mark.parametrize("page", RIGHTS)
def test_only_who_may_does(client, django_user_model, record, page):
    before = version_of(record)
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    rights = {"view_partnership", "change_partnership"} - {RIGHTS[page]}
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    assert client.get(place(page, record)).status_code == 403
    assert client.post(place(page, record), {"reason": "Made up."}).status_code == 403
    assert version_of(record) == before
    assert client.get(place(page, PartnershipFactory.build(pk=0))).status_code == 403


def test_a_record_that_is_not_there_is_not_found(admin_client):
    for page in RIGHTS:
        nothing = PartnershipFactory.build(pk=0)
        assert admin_client.get(place(page, nothing)).status_code == 404


def test_every_page_of_a_tool_says_what_it_does(admin_client, record):
    for page, publication in [
        ("end", "published"),
        ("withdraw", "published"),
        ("bring_back", "withdrawn"),
    ]:
        Partnership.objects.update(publication=publication)
        answer = admin_client.get(place(page, record))
        assert answer.status_code == 200
        assert record.name in answer.text
        assert "Back, and change nothing" in answer.text
