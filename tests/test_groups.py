"""Who may do what: every group, every address of the admin, and what is written."""

import io
from datetime import date
from itertools import pairwise

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, reverse

from briefings.models import Briefing, CaseStudy, Lesson
from councils.models import ReorganisationOrder
from partnerships.models import (
    Change,
    Check,
    FormerSlug,
    LinkCheck,
    Merger,
    Partnership,
    Release,
    Suggestion,
)
from tests.factories import (
    AimFactory,
    CaseStudyFactory,
    CouncilNameFactory,
    DeliveryModelGuideFactory,
    FormerCodeFactory,
    LegalPowerFactory,
    LessonFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SourceFactory,
    SuccessionFactory,
)

# Django's admin templates name variables that not every page has.
from tests.pages import seen_at

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ANYBODY, READER, STAFF = "anybody", "a reader with an account", "staff in no group"
GROUPS = ["Viewer", "Editor", "Reviewer", "Administrator"]
NOBODY = "nobody"
RANKS = [ANYBODY, READER, STAFF, *GROUPS, NOBODY]
OURS = ["councils", "partnerships", "briefings"]
STANDARD = ["changelist", "add", "history", "change", "delete"]

# ---- The matrix: from which group on somebody may do what

MOST = {"view": "Viewer", "add": "Reviewer", "change": "Reviewer", "delete": "Reviewer"}
WRITTEN_BY_EDITORS = {**MOST, "add": "Editor", "change": "Editor", "delete": "Editor"}
READ_ONLY = {"view": "Viewer", "add": NOBODY, "change": NOBODY, "delete": NOBODY}
MATRIX = {
    "partnership": WRITTEN_BY_EDITORS,
    "casestudy": WRITTEN_BY_EDITORS,
    "servicefunction": {**MOST, "add": "Editor"},
    "suggestion": {**MOST, "view": "Editor", "add": NOBODY, "change": "Editor"},
    "user": dict.fromkeys(MOST, "Administrator"),
    "group": dict.fromkeys(MOST, "Administrator"),
    # Rows are changed on the page of what they are a part of.
    **dict.fromkeys(
        (
            "membership",
            "othermember",
            "source",
            "aim",
            "outcome",
            "milestone",
            "partnershipname",
            "change",
            "formerslug",
            "legalpower",
            "check",
            "linkcheck",
            "merger",
            "release",
        ),
        READ_ONLY,
    ),
}
# Those of the records that readers see or saw, and of their case studies.
SEEN = {
    "partnership": {"change": "Reviewer", "delete": NOBODY},
    "casestudy": {"change": "Reviewer", "delete": "Reviewer"},
}

# The admin's other addresses, each with its arguments and who may open it. A new one
# has to be added here.
OTHERS: dict[str, tuple[list, str]] = {
    "index": ([], STAFF),
    "login": ([], ANYBODY),
    "password_change": ([], STAFF),
    "password_change_done": ([], STAFF),
    "jsi18n": ([], STAFF),
    "app_list": (["partnerships"], "Viewer"),
    "view_on_site": ([0, 0], STAFF),
    # Asked for nothing, it refuses everybody: see the test of its own.
    "autocomplete": ([], NOBODY),
    "auth_user_password_change": ([0], "Administrator"),
    "auth_user_second_factor": ([0], "Administrator"),
    "councils_council_box": ([], "Viewer"),
    **{
        f"{table}_{action}": (arguments, first if action != "export" else "Viewer")
        for table, first in {
            "councils_council": "Reviewer",
            "partnerships_partnership": "Editor",
            "partnerships_membership": "Editor",
            "partnerships_outcome": "Editor",
            "partnerships_source": "Editor",
        }.items()
        for action, arguments in {
            "import": [],
            "export": ["csv"],
            "template": ["csv"],
        }.items()
    },
    # Of a record that readers see.
    "partnerships_partnership_put_back": ([0, 0], "Reviewer"),
    "partnerships_partnership_checks": ([0], "Viewer"),
    **{
        f"partnerships_partnership_{tool}": ([0], "Reviewer")
        for tool in (
            "end",
            "undo_ending",
            "withdraw",
            "bring_back",
            "merge",
            "undo_merge",
        )
    },
    # The last: it ends the session of who asks.
    "logout": ([], ANYBODY),
}


def may(who: str, first: str) -> bool:
    return RANKS.index(who) >= RANKS.index(first)


def first_who_may(action: str, model, row=None) -> str:
    name = model._meta.model_name
    rule = MATRIX.get(name, MOST)
    record = getattr(row, "partnership", row)
    if name in SEEN and record and record.publication in {"published", "withdrawn"}:
        rule = {**rule, **SEEN[name]}
    return rule[action]


# ---- The registry, with rows of each kind, and the people


@pytest.fixture
def rows(db):
    """Make rows of every model of the admin, with records in each state."""
    # First come those that nothing holds back from being deleted.
    ServiceFunctionFactory()
    DeliveryModelGuideFactory(delivery_model="lead-authority")
    for state in ("draft", "in-review", "published", "withdrawn"):
        record = PartnershipFactory(slug=state, publication=state)
        record.functions.add(ServiceFunctionFactory())
        source = SourceFactory(partnership=record)
        for make in (
            MembershipFactory,
            OtherMemberFactory,
            AimFactory,
            OutcomeFactory,
            MilestoneFactory,
        ):
            make(partnership=record).sources.add(source)
        PartnershipNameFactory(partnership=record)
        Change.objects.begin(record)
        FormerSlug.objects.create(slug=f"was-{state}", partnership=record)
    for state in ("draft", "published"):
        CaseStudyFactory(partnership=PartnershipFactory(publication=state))
    LessonFactory()
    LegalPowerFactory()
    SuccessionFactory()
    CouncilNameFactory()
    FormerCodeFactory()
    Suggestion.objects.create(message="Made up.", part_in_words="The whole record")
    ReorganisationOrder.objects.create(
        name="Pretend Order",
        url="https://example.org/order",
        vesting_day=date(2030, 4, 1),
    )
    draft = Partnership.objects.get(slug="draft")
    Check.objects.create(partnership=draft)
    LinkCheck.objects.create(url="https://example.org/paper", status=200)
    Merger.objects.create(kept=draft, merged=PartnershipFactory(), came={})
    Release.objects.create(number="1.0.0", size=0)
    User.objects.create_user("pretend-colleague")
    return {
        model: [*model._default_manager.order_by("pk")[: 4 if name in SEEN else 1]]
        for model in admin.site._registry
        for name in [model._meta.model_name]
    }


def signed_in(who: str) -> Client:
    client = Client()
    if who != ANYBODY:
        name = who.replace(" ", "-")
        user = User.objects.create_user(name, is_staff=may(who, STAFF))
        if who in GROUPS:
            user.groups.add(Group.objects.get(name=who))
        client.force_login(user)
    return client


@pytest.fixture(params=RANKS[:-1])
def who(request):
    return request.param


@pytest.fixture
def client(who, rows):
    # The rows are there before the person who asks, who is none of them.
    return signed_in(who)


def everything() -> str:
    """Return all that a write could change: the registry, and who may do what."""
    written = io.StringIO()
    call_command("dumpdata", *OURS, "auth.user", "auth.group", stdout=written)
    return written.getvalue()


def ask(client, method: str, address: str, data=None):
    """Ask as `client`, and undo what the answer wrote."""
    with transaction.atomic():
        answer = getattr(client, method)(address, data or {})
        transaction.set_rollback(True)
    return answer


def is_refused(who: str, answer) -> bool:
    if may(who, STAFF):
        return answer.status_code == 403
    if answer.status_code == 403:  # to sign in and then send what was typed
        return 'name="kept"' in answer.text
    return answer.status_code == 302 and "/admin/login/" in answer.url


def address_of(model, action: str, row=None) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}"
    return reverse(name, args=[row.pk] if row else [])


# ---- Walk every address


def names_in(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names_in(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_the_matrix_knows_every_address_of_the_admin():
    standard = {
        f"{model._meta.app_label}_{model._meta.model_name}_{action}"
        for model in admin.site._registry
        for action in STANDARD
    }
    names = {*names_in(admin.site.urls[0])}
    assert names >= standard
    assert names - standard == {*OTHERS}


def test_there_is_a_row_of_every_model_to_try(rows):
    assert [model for model, some in rows.items() if not some] == []


def test_pages_open_to_those_who_may_read_them(client, who, rows):
    wrong = []
    for model, some in rows.items():
        tried = [("changelist", None, "view"), ("add", None, "add")]
        for row in some:
            tried += [("change", row, "view"), ("history", row, "view")]
            tried += [("delete", row, "delete")]
        for action, row, needed in tried:
            address = address_of(model, action, row)
            first = first_who_may(needed, model, row)
            answer = ask(client, "get", address)
            opened = answer.status_code == 200
            if not (opened if may(who, first) else is_refused(who, answer)):
                wrong.append((address, first, answer.status_code))
    assert wrong == []


def test_what_is_sent_is_taken_from_those_who_may_write(client, who, rows):
    before = everything()
    wrong = []
    for model, some in rows.items():
        tried = [("add", None, {})]
        for row in some:
            tried += [("change", row, {"a": "b"}), ("delete", row, {"post": "yes"})]
        for action, row, data in tried:
            address = address_of(model, action, row)
            first = first_who_may(action, model, row)
            if may(who, first):
                answer = ask(client, "post", address, data)
                # An empty form comes back with its errors, or does not say what its
                # editor saw. A delete is done, or says what stands in its way.
                is_right = answer.status_code in {200, 302, 400}
            else:
                answer = client.post(address, data)
                is_right = is_refused(who, answer)
            if not is_right:
                wrong.append((address, first, answer.status_code))
    assert wrong == []
    assert everything() == before


def test_no_action_of_a_list_deletes_what_its_user_may_not(client, who, rows):
    before = everything()
    for model, some in rows.items():
        for row in some:
            if not may(who, first_who_may("delete", model, row)):
                chosen = {"action": "delete_selected", "_selected_action": [row.pk]}
                client.post(address_of(model, "changelist"), {**chosen, "post": "yes"})
    assert everything() == before


def test_other_addresses_of_the_admin_ask_who_is_there(client, who, rows):
    before = everything()
    wrong = []
    for name, (arguments, first) in OTHERS.items():
        if name.startswith("auth_user_"):
            arguments = [User.objects.get(username="pretend-colleague").pk]
        if name.startswith("partnerships_partnership_") and 0 in arguments:
            record = Partnership.objects.get(slug="published")
            arguments = [record.pk, record.changes.get().pk][: len(arguments)]
        address = reverse(f"admin:{name}", args=arguments)
        for method in ("get", "post"):
            if name.endswith("_checks") and method == "post":
                first = "Editor"
            if may(who, first):
                answer = ask(client, method, address)
                is_right = not (first != ANYBODY and is_refused(who, answer))
            else:
                answer = getattr(client, method)(address)
                # A list of an app of which one may see nothing is not there.
                is_right = is_refused(who, answer) or answer.status_code in (404, 405)
            if not is_right:
                wrong.append((address, method, answer.status_code))
    assert wrong == []
    assert everything() == before


def test_a_box_that_suggests_rows_asks_who_may_read_them(client, who, rows):
    for app, model, field in (
        ("partnerships", "membership", "council"),
        ("briefings", "casestudy", "partnership"),
    ):
        asked = {"app_label": app, "model_name": model, "field_name": field}
        answer = client.get(reverse("admin:autocomplete"), {**asked, "term": "p"})
        assert (answer.status_code == 200) == may(who, "Viewer")


# ---- The groups themselves


def codenames(group: str) -> set[str]:
    permissions = Group.objects.get(name=group).permissions
    return {*permissions.values_list("codename", flat=True)}


@pytest.mark.parametrize(("lower", "higher"), [*pairwise(GROUPS)])
def test_each_group_may_all_that_the_one_below_may(lower, higher):
    assert codenames(lower) < codenames(higher)


def test_the_groups_know_every_model_of_ours():
    """A model that comes later needs a migration that says who may do what with it."""
    known = codenames("Reviewer")
    for model in admin.site._registry:
        if model._meta.app_label in OURS:
            assert f"view_{model._meta.model_name}" in known, model


def test_reviewers_publish_and_merge():
    special = {"publish_partnership", "merge_partnership"}
    assert special <= codenames("Reviewer")
    assert not special & codenames("Editor")


def test_an_editor_writes_case_studies_of_unseen_records_alone(rows):
    client = signed_in("Editor")
    seen, draft = (
        SourceFactory(partnership__publication=state).partnership
        for state in ("published", "draft")
    )
    form = {
        "briefing": Briefing.objects.first().pk,
        "title": "A pretended case",
        **dict.fromkeys(CaseStudy.PROSE, "Pretended prose. [1]"),
    }
    address = reverse("admin:briefings_casestudy_add")
    answer = client.post(address, {**form, "partnership": seen.pk})
    says = ["Readers see or saw this record: a reviewer writes its case study."]
    assert answer.context["adminform"].form.errors["partnership"] == says
    assert client.post(address, {**form, "partnership": draft.pk}).status_code == 302
    study = CaseStudy.objects.get(title="A pretended case")
    address = address_of(CaseStudy, "change", study)
    form |= seen_at(client, address)
    answer = client.post(address, {**form, "partnership": seen.pk})
    assert answer.context["adminform"].form.errors["partnership"] == says
    study.refresh_from_db()
    assert study.partnership == draft


def test_what_readers_see_at_once_is_read_by_editors(rows):
    address = address_of(Lesson, "change", Lesson.objects.first())
    for who, is_offered in {"Editor": False, "Reviewer": True}.items():
        page = signed_in(who).get(address).text
        assert ('name="_save"' in page) == is_offered
