"""Two editors at one record: nothing of either is lost, whatever both did."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from councils.sealing import sealed
from partnerships.admin.together import opened_with
from partnerships.models import Change, Outcome, Partnership, Source
from partnerships.together import THEIRS, YOURS, TwoVersions, seen_now
from tests.factories import (
    AimFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)
from tests.test_admin_partnerships import ROWS

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    record = PartnershipFactory(publication="draft", latest_evidence="2014")
    record.functions.add(ServiceFunctionFactory())
    source = SourceFactory(partnership=record)
    MembershipFactory(partnership=record).sources.add(source)
    for number in (1, 2, 3):
        OutcomeFactory(partnership=record, number=number).sources.add(source)
    return record


def address(record):
    return reverse("admin:partnerships_partnership_change", args=[record.pk])


def form_of(record):
    """Return what a browser would post of a record's form, all rows included."""
    seen = sealed(opened_with(record), record)
    record = Partnership.objects.get(pk=record.pk)
    fields = ("name", "slug", "summary", "publication", "delivery_model", "status")
    form = {name: getattr(record, name) for name in fields}
    form |= {
        "latest_evidence": record.latest_evidence or "",
        "status_in_june_2013": record.status_in_june_2013,
        "confidence": record.confidence,
        "functions": [function.pk for function in record.functions.all()],
        "staff": "" if record.staff is None else record.staff,
        "seen": seen,
    }
    columns = {
        "sources": ("title", "publisher", "kind", "url"),
        "memberships": ("council_id", "role"),
        "outcomes": ("kind", "result", "text"),
        "aims": ("kind", "text"),
    }
    for name in ROWS:
        rows = list(getattr(record, name).order_by("pk"))
        form[f"{name}-TOTAL_FORMS"] = form[f"{name}-INITIAL_FORMS"] = len(rows)
        for place, row in enumerate(rows):
            start = f"{name}-{place}-"
            form |= {f"{start}id": row.pk, f"{start}partnership": record.pk}
            for column in columns.get(name, ()):
                form[start + column.removesuffix("_id")] = getattr(row, column)
            if hasattr(row, "sources"):
                form[f"{start}sources"] = [source.pk for source in row.sources.all()]
    return form


def decide(client, answer, choices, **more):
    """Answer the page that shows two versions; the presets hold where not chosen."""
    form = answer.context["form"]
    chosen = {
        name: field.initial for name, field in form.fields.items() if name != "reason"
    }
    carried = {name: answer.context[name] for name in ("seen", "yours")}
    return client.post(
        answer.request["PATH_INFO"], {**chosen, **choices, **carried, **more}
    )


def asked(answer):
    """Return what the page asks: for each label the preset and the two versions."""
    return {
        field.label: (field.initial, *(words for _, words in field.choices))
        for name, field in answer.context["form"].fields.items()
        if name != "reason"
    }


def named(answer, label):
    fields = answer.context["form"].fields
    return next(name for name, field in fields.items() if field.label == label)


def test_a_save_over_the_same_version_is_saved(admin_client, record):
    answer = admin_client.post(address(record), {**form_of(record), "staff": "5"})
    assert answer.status_code == 302, answer.context["errors"]
    assert Partnership.objects.get().staff == 5


def test_the_form_carries_the_version_it_shows(admin_client, record):
    page = admin_client.get(address(record))
    assert f'name="seen" value="{page.context["seen"]}"' in page.text


def test_the_second_save_is_refused_and_shows_both(admin_client, admin_user, record):
    form = form_of(record)
    Change.objects.begin(record)
    Partnership.objects.update(staff=7, name="Renamed by Ada")
    Change.objects.record(record, reason="Ada’s reason.", by=admin_user)
    answer = admin_client.post(
        address(record), {**form, "staff": "5", "summary": "Rewritten by Bob."}
    )
    assert answer.status_code == 409
    assert "Ada’s reason." in answer.text
    assert asked(answer) == {
        "name": (THEIRS, "Saved now: Renamed by Ada", f"Yours: {record.name}"),
        "summary": (YOURS, f"Saved now: {record.summary}", "Yours: Rewritten by Bob."),
        "staff": ("", "Saved now: 7", "Yours: 5"),
    }
    now = Partnership.objects.get()
    assert (now.name, now.staff, now.summary) == ("Renamed by Ada", 7, record.summary)

    without = decide(admin_client, answer, {})
    assert without.status_code == 409
    assert "both of you changed it" in without.text
    assert Partnership.objects.get().summary == record.summary

    done = decide(admin_client, answer, {named(answer, "staff"): YOURS})
    assert done.status_code == 302
    now = Partnership.objects.get()
    assert (now.name, now.staff, now.summary) == (
        "Renamed by Ada",
        5,
        "Rewritten by Bob.",
    )
    assert Change.objects.count() == 3
    assert Change.objects.first().by == admin_user


def test_rows_are_compared_too(admin_client, record):
    """Each took a row away, each changed one, and each added a source and cited it."""
    form = form_of(record)
    first, second, third = record.outcomes.order_by("number")
    pks = [first.pk, second.pk, third.pk]
    first.delete()
    Outcome.objects.filter(pk=second.pk).update(text="Theirs.")
    theirs = SourceFactory(partnership=record, number=2, title="Their paper")
    third.sources.add(theirs)
    form |= {
        "outcomes-0-text": "Changed by you.",
        "outcomes-2-DELETE": "on",
        "outcomes-1-result": "not-achieved",
        "sources-TOTAL_FORMS": 2,
        "sources-1-title": "Your paper",
        "sources-1-publisher": "You",
        "sources-1-kind": "press",
        "sources-1-url": "https://example.org/yours",
        "aims-TOTAL_FORMS": 1,
        "aims-0-kind": "savings",
        "aims-0-text": "Your aim.",
    }
    answer = admin_client.post(address(record), form)
    assert answer.status_code == 409
    presets = {label: preset for label, (preset, *_) in asked(answer).items()}
    assert presets == {
        "outcome 1": "",
        "outcome 2, text": THEIRS,
        "outcome 2, result": YOURS,
        "outcome 3": "",
        "source 2": THEIRS,
        "source 3": YOURS,
        "aim 1": YOURS,
    }
    done = decide(
        admin_client,
        answer,
        {named(answer, "outcome 1"): YOURS, named(answer, "outcome 3"): THEIRS},
    )
    assert done.status_code == 302
    outcomes = record.outcomes.order_by("number")
    assert [(row.text, row.result) for row in outcomes] == [
        ("Changed by you.", "achieved"),
        ("Theirs.", "not-achieved"),
        (third.text, "achieved"),
    ]
    assert [row.pk for row in outcomes] == pks
    assert [source.number for source in outcomes[2].sources.all()] == [1, 2]
    titles = [source.title for source in Source.objects.order_by("number")]
    assert titles[1:] == ["Their paper", "Your paper"]
    assert record.aims.get().text == "Your aim."


def test_a_mistake_in_the_second_save_comes_first_and_loses_nothing(
    admin_client, record
):
    form = {**form_of(record), "started": "13/2012", "gaps": "Kept as typed."}
    Partnership.objects.update(staff=7)
    answer = admin_client.post(address(record), form)
    assert answer.status_code == 200
    assert "Type a year, a month or a day" in answer.text
    assert "Kept as typed." in answer.text
    assert f'name="seen" value="{form["seen"]}"' in answer.text
    assert Partnership.objects.get().staff == 7
    again = admin_client.post(address(record), {**form, "started": "2012"})
    assert again.status_code == 409
    assert Partnership.objects.get().started is None


def test_a_third_save_meanwhile_asks_again(admin_client, record):
    form = {**form_of(record), "staff": "5"}
    Partnership.objects.update(staff=7)
    answer = admin_client.post(address(record), form)
    Partnership.objects.update(staff=8)
    again = decide(admin_client, answer, {named(answer, "staff"): YOURS})
    assert again.status_code == 409
    assert asked(again)["staff"] == ("", "Saved now: 8", "Yours: 5")
    assert Partnership.objects.get().staff == 8


def test_two_who_typed_the_same_are_told_so(admin_client, record):
    form = {**form_of(record), "staff": "5"}
    Partnership.objects.update(staff=5)
    answer = admin_client.post(address(record), form, follow=True)
    assert "already says all that you typed" in answer.text
    assert Change.objects.count() == 0


def test_a_published_record_wants_the_reason_there_too(admin_client, record):
    Partnership.objects.update(publication="published")
    record.refresh_from_db()
    AimFactory(partnership=record).sources.add(record.sources.get())
    form = {**form_of(record), "staff": "5", "reason": "Counted."}
    Partnership.objects.update(gaps="Theirs.")
    answer = admin_client.post(address(record), form)
    assert answer.context["form"].initial["reason"] == "Counted."
    assert decide(admin_client, answer, {}).status_code == 409
    assert Partnership.objects.get().staff is None
    assert decide(admin_client, answer, {}, reason="Both.").status_code == 302
    assert Change.objects.first().reason == "Both."


def test_what_was_typed_survives_that_a_reviewer_published_meanwhile(
    client, django_user_model, record
):
    editor = django_user_model.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editor"))
    client.force_login(editor)
    form = {**form_of(record), "summary": "Rewritten by the editor."}
    Partnership.objects.update(publication="published")
    answer = client.post(address(record), form)
    assert answer.status_code == 409
    assert "Yours: Rewritten by the editor." in answer.text
    assert "Save what is chosen" not in answer.text
    assert decide(client, answer, {}, reason="Mine.").status_code == 403
    now = Partnership.objects.get()
    assert (now.publication, now.summary) == ("published", record.summary)


@pytest.mark.parametrize("seen", [None, "", "made-up", "of another"])
def test_a_form_that_does_not_say_what_it_was_opened_with_is_refused(
    admin_client, record, seen
):
    form = {**form_of(record), "staff": "5"}
    del form["seen"]
    if seen == "of another":
        other = PartnershipFactory()
        seen = sealed(opened_with(other), other)
    if seen is not None:
        form["seen"] = seen
    answer = admin_client.post(address(record), form)
    assert answer.status_code == 400
    assert Partnership.objects.get(pk=record.pk).staff is None


def test_the_choice_of_a_source_that_was_left_out_is_refused(admin_client, record):
    form = form_of(record)
    theirs = SourceFactory(partnership=record, number=2)
    record.outcomes.first().sources.add(theirs)
    answer = admin_client.post(address(record), {**form, "staff": "5"})
    refused = decide(admin_client, answer, {named(answer, "source 2"): YOURS})
    assert refused.status_code == 409
    assert "cites source 2, which is not there" in refused.text
    assert Partnership.objects.get().staff is None
    assert record.sources.count() == 2


def test_all_theirs_and_all_yours_give_back_the_two_versions(record):
    before = seen_now(record)
    Partnership.objects.update(staff=1)
    record.outcomes.first().delete()
    theirs = seen_now(record)
    two = TwoVersions(theirs, theirs, before)
    choices = list(two.choices())
    assert two.chosen({choice.name: THEIRS for choice in choices}) == theirs
    mine = two.chosen({choice.name: YOURS for choice in choices})
    assert [row["fields"] for row in mine] == [row["fields"] for row in before]


def test_rows_that_change_places_are_refused_in_words(admin_client, record):
    """Each is judged alone, so only the database sees that the two collide."""
    form = form_of(record)
    first, second, _ = record.outcomes.order_by("pk")
    form |= {"outcomes-0-text": second.text, "outcomes-1-text": first.text}
    answer = admin_client.post(address(record), form)
    assert answer.status_code in {200, 400}
    texts = [outcome.text for outcome in record.outcomes.order_by("pk")[:2]]
    assert texts == [first.text, second.text]


def test_rows_that_change_places_come_back_as_they_were_sent(admin_client, record):
    """The database refuses the first of them, before the second has moved on."""
    first, second = record.outcomes.order_by("number")[:2]
    form = form_of(record)
    places = {form[f"outcomes-{n}-id"]: n for n in range(3)}
    one, other = places[first.pk], places[second.pk]
    form[f"outcomes-{one}-kind"] = form[f"outcomes-{other}-kind"] = first.kind
    Outcome.objects.filter(pk=second.pk).update(kind=first.kind)
    form |= {"seen": form_of(record)["seen"], "summary": "Typed with care."}
    form[f"outcomes-{one}-text"], form[f"outcomes-{other}-text"] = (
        second.text,
        first.text,
    )
    page = admin_client.post(address(record), form)
    assert page.status_code == 200
    assert "Two rows would say the same thing" in page.text
    assert "Typed with care." in page.text
    texts = Outcome.objects.order_by("number").values_list("text", flat=True)
    assert [*texts][:2] == [first.text, second.text]
