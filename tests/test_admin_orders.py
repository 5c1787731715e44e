"""A reorganisation is entered once, as its order; every page follows."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from councils.models import Council, ReorganisationOrder, Succession
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    PartnershipFactory,
    SuccessionFactory,
)
from tests.pages import queries_used, seen_at, sent_by

pytestmark = pytest.mark.django_db

ADD = "admin:councils_reorganisationorder_add"
CHANGE = "admin:councils_reorganisationorder_change"
DELETE = "admin:councils_reorganisationorder_delete"
INSTRUMENT = {
    "name": "The Madeupshire (Pretend Changes) Order 2098",
    "number": "S.I. 2098/1",
    "url": "https://example.org/order",
    "vesting_day": "2099-04-01",
}


def posted(*rows, **changes):
    """Return the order's form with rows (predecessor, successor, extent or whole)."""
    form = {**INSTRUMENT, **changes, "successions-TOTAL_FORMS": len(rows)}
    form["successions-INITIAL_FORMS"] = sum("id" in row for row in rows)
    for place, row in enumerate(rows):
        row = {"extent": "whole", **row}
        form |= {f"successions-{place}-{name}": row[name] for name in row}
    return form


def row_of(old, new, extent="whole", **more):
    return {"predecessor": old.pk, "successor": new.pk, "extent": extent, **more}


def state():
    """Return all that an order may change, as the database holds it."""
    councils = Council.objects.order_by("pk").values_list("pk", "started", "ended")
    successions = Succession.objects.order_by("predecessor", "successor").values_list(
        "predecessor", "successor", "last_day", "extent", "order__name"
    )
    return list(councils), list(successions)


def saved(admin_client, *rows, **changes):
    answer = admin_client.post(reverse(ADD), posted(*rows, **changes))
    assert answer.status_code == 302, [
        (formset.non_form_errors(), formset.errors)
        for formset in answer.context["inline_admin_formsets"]
    ]
    return ReorganisationOrder.objects.get(name={**INSTRUMENT, **changes}["name"])


def saved_again(admin_client, order, *rows, **changes):
    address = reverse(CHANGE, args=[order.pk])
    form = posted(*rows, **changes) | seen_at(admin_client, address)
    answer = admin_client.post(address, form)
    assert answer.status_code == 302, answer.context["errors"]


@pytest.fixture
def two():
    return [CouncilFactory(name=f"Pretend {name} Council") for name in ("East", "West")]


@pytest.fixture
def heir():
    return CouncilFactory(name="Pretend New Council", started=None)


def test_an_order_ends_councils_and_begins_their_heir(admin_client, client, two, heir):
    member = MembershipFactory(council=two[0], partnership=PartnershipFactory())
    order = saved(admin_client, *(row_of(old, heir) for old in two))
    for old in two:
        old.refresh_from_db()
        assert old.ended == date(2099, 3, 31)
        succession = Succession.objects.get(predecessor=old)
        assert (succession.successor, succession.order) == (heir, order)
        assert succession.last_day == date(2099, 3, 31)
        succession.full_clean()
    assert ReorganisationOrder.objects.get_by_natural_key(*order.natural_key()) == order
    heir.refresh_from_db()
    assert heir.started == date(2099, 4, 1)
    # Nothing else is edited: each page follows.
    old_page = client.get(two[0].get_absolute_url()).text
    assert "Its last full day will be 31 March 2099" in old_page
    assert heir.name in old_page
    assert order.name in old_page
    assert order.url in old_page
    new_page = client.get(heir.get_absolute_url()).text
    assert "begins on 1 April 2099" in new_page
    assert member.partnership.name in new_page
    assert member.partnership.name in client.get("/reorganisation/").text


def test_deleting_an_order_leaves_everything_as_it_was(admin_client, two, heir):
    before = state()
    order = saved(admin_client, *(row_of(old, heir, "part") for old in two))
    assert state() != before
    page = admin_client.get(reverse(DELETE, args=[order.pk]))
    said = "its last full day, 31 March 2099, is not known again"
    assert f"{two[0]}: {said}" in page.text
    answer = admin_client.post(reverse(DELETE, args=[order.pk]), {"post": "yes"})
    assert answer.status_code == 302
    assert state() == before
    assert not ReorganisationOrder.objects.exists()


def test_a_day_in_another_form_is_refused_with_what_to_type(admin_client, two, heir):
    form = posted(row_of(two[0], heir), vesting_day="1 April 2099")
    answer = admin_client.post(reverse(ADD), form)
    errors = answer.context["adminform"].form.errors
    assert errors == {"vesting_day": ["Type the day as 2028-04-01 or 01/04/2028."]}


def test_what_an_order_says_is_deleted_with_the_order_alone(admin_client, two, heir):
    order = saved(admin_client, *(row_of(old, heir) for old in two))
    before = state()
    succession = order.successions.get(predecessor=two[0])
    address = reverse("admin:councils_succession_delete", args=[succession.pk])
    assert admin_client.post(address, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [succession.pk]}
    address = reverse("admin:councils_succession_changelist")
    admin_client.post(address, {**chosen, "post": "yes"})
    assert state() == before
    for council in (two[0], heir):
        address = reverse("admin:councils_council_change", args=[council.pk])
        form = sent_by(admin_client.get(address))
        [row] = [
            name
            for name in form
            if form[name] == [str(succession.pk)] and name.endswith("-id")
        ]
        form[row.replace("-id", "-DELETE")] = ["on"]
        answer = admin_client.post(address, form)
        assert answer.status_code == 200
        assert f"“{order}” says “{succession}”" in answer.text
    assert state() == before


def test_what_an_order_says_is_changed_in_the_order_alone(admin_client, two, heir):
    order = saved(admin_client, *(row_of(old, heir) for old in two))
    before = state()
    succession = order.successions.get(predecessor=two[0])
    other = str(CouncilFactory(started=date(1974, 4, 1)).pk)
    pages = [
        (reverse("admin:councils_succession_change", args=[succession.pk]), ""),
        (
            reverse("admin:councils_council_change", args=[two[0].pk]),
            "successions_to-0-",
        ),
    ]
    for address, row in pages:
        form = sent_by(admin_client.get(address)) | {f"{row}successor": [other]}
        answer = admin_client.post(address, form)
        assert answer.status_code == 200
        assert f"“{order}” says this" in answer.text
    assert state()[1] == before[1]


def test_deleting_several_orders_from_the_list_undoes_each(admin_client, two, heir):
    before = state()
    order = saved(admin_client, row_of(two[0], heir))
    chosen = {"action": "delete_selected", "_selected_action": [order.pk]}
    address = reverse("admin:councils_reorganisationorder_changelist")
    admin_client.post(address, {**chosen, "post": "yes"})
    assert state() == before


@pytest.mark.parametrize(
    "page, rows",
    [
        ("admin:councils_reorganisationorder_change", "order"),
        ("admin:councils_council_change", "predecessor"),
    ],
)
def test_many_councils_on_a_form_ask_as_much_as_few(admin_client, page, rows):
    order = ReorganisationOrder.objects.create(
        name=INSTRUMENT["name"], url=INSTRUMENT["url"], vesting_day=date(2099, 4, 1)
    )
    whole = {"order": order, "predecessor": CouncilFactory()}
    address = reverse(page, args=[whole[rows].pk])

    def asked_with(number):
        while Succession.objects.filter(**{rows: whole[rows]}).count() < number:
            SuccessionFactory(
                **{rows: whole[rows]}, extent="part", last_day="2099-03-31"
            )
        return queries_used(admin_client, address)

    asked_with(1)  # what a process asks once
    assert asked_with(2) == asked_with(6)


def test_days_and_successions_that_were_known_stay(admin_client):
    known = SuccessionFactory(predecessor__ended=date(2099, 3, 31))
    known.successor.started = date(1974, 4, 1)
    known.successor.save()
    before = state()
    order = saved(admin_client, row_of(known.predecessor, known.successor))
    known.refresh_from_db()
    assert known.order == order
    admin_client.post(reverse(DELETE, args=[order.pk]), {"post": "yes"})
    assert state() == before


def test_another_vesting_day_moves_every_day_of_the_order(admin_client, two, heir):
    order = saved(admin_client, row_of(two[0], heir), row_of(two[1], heir))
    ids = dict(order.successions.values_list("predecessor", "pk"))
    rows = [row_of(old, heir, id=ids[old.pk], order=order.pk) for old in two]
    saved_again(admin_client, order, *rows, vesting_day="2100-04-01")
    councils, successions = state()
    assert {ended for _, _, ended in councils} == {date(2100, 3, 31), None}
    assert {succession[2] for succession in successions} == {date(2100, 3, 31)}
    heir.refresh_from_db()
    assert heir.started == date(2100, 4, 1)


def test_a_row_taken_out_gives_its_council_back(admin_client, two, heir):
    order = saved(admin_client, row_of(two[0], heir), row_of(two[1], heir))
    ids = dict(order.successions.values_list("predecessor", "pk"))
    kept, gone = (row_of(old, heir, id=ids[old.pk], order=order.pk) for old in two)
    gone["DELETE"] = "on"
    saved_again(admin_client, order, kept, gone)
    for council, ended in zip(two, (date(2099, 3, 31), None), strict=True):
        council.refresh_from_db()
        assert council.ended == ended


def test_a_day_that_two_orders_give_stays_until_both_are_gone(admin_client, two, heir):
    old, other_heir = two
    before = state()
    first = saved(admin_client, row_of(old, heir, "part"))
    second = saved(admin_client, row_of(old, other_heir, "part"), name="Second order")
    admin_client.post(reverse(DELETE, args=[first.pk]), {"post": "yes"})
    old.refresh_from_db()
    assert old.ended == date(2099, 3, 31)
    admin_client.post(reverse(DELETE, args=[second.pk]), {"post": "yes"})
    assert state() == before


# ---- What is refused


def refused(admin_client, *rows, **changes):
    """Return the sentences beside each field of each row; nothing may be written."""
    before, logged = state(), LogEntry.objects.count()
    answer = admin_client.post(reverse(ADD), posted(*rows, **changes))
    assert answer.status_code == 200
    assert state() == before
    assert not ReorganisationOrder.objects.filter(name=INSTRUMENT["name"]).exists()
    assert LogEntry.objects.count() == logged
    assert INSTRUMENT["url"] in answer.text
    [inline] = answer.context["inline_admin_formsets"]
    return [
        *inline.formset.non_form_errors(),
        *(
            f"{field}: {sentence}"
            for form in inline.formset.forms
            for field, sentences in form.errors.items()
            for sentence in sentences
        ),
    ]


def test_a_council_taken_over_whole_twice_is_refused(admin_client, two, heir):
    old, other = two
    [said] = refused(admin_client, row_of(old, heir), row_of(old, other))
    assert said.startswith(f"extent: {old} goes to {heir} too")
    saved(admin_client, row_of(old, heir, "part"), name="Another order")
    [said] = refused(admin_client, row_of(old, other))
    assert said.startswith(f"extent: {old} goes to {heir} too")


def test_an_heir_that_ended_before_the_vesting_day_is_refused(admin_client, two):
    gone = CouncilFactory(ended=date(2020, 3, 31))
    [said] = refused(admin_client, row_of(two[0], gone))
    assert said == (
        f"successor: {gone} ended on 31 March 2020, before the vesting day."
    )


def test_an_heir_that_ends_by_the_same_order_is_refused(admin_client, two, heir):
    [said] = refused(admin_client, row_of(two[0], two[1]), row_of(two[1], heir))
    assert said == f"successor: {two[1]} ends by this order itself."


def test_an_heir_that_begins_after_the_vesting_day_is_refused(admin_client, two):
    later = CouncilFactory(started=date(2099, 4, 2))
    [said] = refused(admin_client, row_of(two[0], later))
    assert "began on 2 April 2099, after the vesting day" in said


def test_a_council_that_is_its_own_heir_is_refused(admin_client, two):
    said = refused(admin_client, row_of(two[0], two[0]))
    assert "successor: A council cannot be its own heir." in said


def test_an_end_before_the_start_is_refused(admin_client, heir):
    young = CouncilFactory(started=date(2099, 4, 1))
    [said] = refused(admin_client, row_of(young, heir))
    assert said == (
        f"predecessor: {young} would end on 31 March 2099, before it began on"
        " 1 April 2099."
    )


def test_a_council_whose_known_end_differs_is_refused(admin_client, heir):
    gone = CouncilFactory(ended=date(2098, 3, 31))
    [said] = refused(admin_client, row_of(gone, heir))
    assert said.startswith(
        f"predecessor: The registry knows the last full day of {gone} as 31 March 2098."
    )


def test_a_succession_known_otherwise_is_refused(admin_client):
    known = SuccessionFactory(predecessor__ended=date(2099, 3, 31))
    Council.objects.filter(pk=known.successor_id).update(started=date(1974, 4, 1))
    [said] = refused(admin_client, row_of(known.predecessor, known.successor, "part"))
    assert said.startswith("extent: The registry knew this succession before")


def test_an_order_without_a_row_is_refused(admin_client):
    assert refused(admin_client) == ["Say who takes over from whom."]


@pytest.mark.parametrize("typed", ["0001-01-01", "soon", "", "2099-02-30"])
def test_a_vesting_day_that_is_none_is_refused(admin_client, two, heir, typed):
    assert refused(admin_client, row_of(two[0], heir), vesting_day=typed) == []


def test_a_day_that_an_order_gives_is_changed_in_the_order(admin_client, two, heir):
    order = saved(admin_client, row_of(two[0], heir))
    for council, field in [(two[0], "ended"), (heir, "started")]:
        council.refresh_from_db()
        setattr(council, field, date(2099, 5, 5))
        with pytest.raises(Exception, match=order.name.partition("(")[0]):
            council.full_clean()


def test_an_editor_without_the_right_enters_no_order(client, django_user_model, two):
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    client.force_login(user)
    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(reverse(ADD), posted()).status_code == 403


# ---- Its history


def said_of(row):
    entries = LogEntry.objects.filter(
        object_id=str(row.pk), content_type__model=row._meta.model_name
    )
    return [entry.get_change_message() for entry in entries.order_by("pk")]


def test_history_says_before_and_after_of_the_order_and_its_councils(
    admin_client, two, heir
):
    order = saved(admin_client, row_of(two[0], heir))
    row = order.successions.get()
    saved_again(
        admin_client,
        order,
        row_of(two[0], heir, id=row.pk, order=order.pk),
        vesting_day="2100-04-01",
    )
    admin_client.post(reverse(DELETE, args=[order.pk]), {"post": "yes"})
    added, changed, undone = said_of(order)
    row = f"Added: {two[0]} to {heir}, the whole area."
    assert added == f"Vesting day: 1 April 2099. {row}"
    assert "2099-04-01 before, 2100-04-01 now" in changed
    assert f"vesting day 1 April 2100; {two[0]} to {heir}" in undone
    assert said_of(two[0]) == [
        f"By “{order}”. Last full day: {said}."
        for said in (
            "not known before, 31 March 2099 now",
            "31 March 2099 before, 31 March 2100 now",
            "31 March 2100 before, not known now",
        )
    ]
