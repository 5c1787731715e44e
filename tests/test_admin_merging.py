"""Two records become one with all their citations, and two again, by the admin."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from briefings.models import CaseStudy
from partnerships.models import (
    Change,
    FormerSlug,
    Merger,
    Partnership,
    PartnershipName,
    Suggestion,
)
from partnerships.models.history import version_of
from tests.factories import (
    AimFactory,
    BriefingFactory,
    CaseStudyFactory,
    CouncilFactory,
    LessonFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SourceFactory,
)
from tests.pages import queries_used
from tests.test_admin_one_screen import as_sent

pytestmark = pytest.mark.django_db


def filled(partnership, council, url, text):
    """Give a record one row of each kind, all resting on its second source."""
    SourceFactory(partnership=partnership)
    source = SourceFactory(partnership=partnership, url=url)
    for row in (
        MembershipFactory(partnership=partnership, council=council),
        OtherMemberFactory(partnership=partnership, name="Pretend Ltd"),
        AimFactory(partnership=partnership, text=text),
        OutcomeFactory(partnership=partnership, text=text, result="expected"),
        MilestoneFactory(partnership=partnership, text=text),
    ):
        row.sources.add(source)
    partnership.functions.add(ServiceFunctionFactory())
    return partnership


@pytest.fixture
def council():
    return CouncilFactory()


@pytest.fixture
def kept(council):
    record = PartnershipFactory(slug="one", name="Pretend one", latest_evidence="2014")
    return filled(record, council, "https://example.org/same", "Said alike.")


@pytest.fixture
def merged(council):
    record = PartnershipFactory(
        slug="other", name="Pretend other", latest_evidence="2014"
    )
    PartnershipNameFactory(partnership=record, name="Pretend third")
    filled(record, council, "https://example.org/same", "Said alike.")
    MembershipFactory(partnership=record).sources.add(record.sources.first())
    outcome = OutcomeFactory(
        partnership=record, text="Said once.", amount=5, period="total"
    )
    outcome.sources.add(*record.sources.all())
    return record


def address(kept, merged):
    page = reverse("admin:partnerships_partnership_merge", args=[kept.pk])
    return f"{page}?other={merged.pk}"


def choices(admin_client, kept, merged, **changes):
    """Return what the page sends when nothing but these is chosen."""
    form = admin_client.get(address(kept, merged)).context["form"]
    data = {
        name: form.get_initial_for_field(form.fields[name], name)
        for name in form.fields
    }
    return {**data, "reason": "One service, found twice.", **changes}


def merge(admin_client, kept, merged, **changes):
    data = choices(admin_client, kept, merged, **changes)
    answer = admin_client.post(address(kept, merged), data)
    assert answer.status_code == 302, answer.context["form"].errors
    return Merger.objects.get(merged=merged)


def undo(admin_client, merged, reason="They were two after all."):
    page = reverse("admin:partnerships_partnership_undo_merge", args=[merged.pk])
    return admin_client.post(page, {"reason": reason})


def versions(*records):
    """Return all that the records say, without the keys of rows."""
    return [version_of(record) for record in records]


def cited(row):
    return [source.url for source in row.sources.order_by("number")]


def test_the_page_shows_both_and_proposes_duplicates(admin_client, kept, merged):
    page = admin_client.get(address(kept, merged))
    form = page.context["form"]
    proposed = {
        kind: {row.pk: form.fields[f"{kind}-{row.pk}"].initial for row in rows}
        for kind, rows in form.merged.items()
    }
    for kind in ("memberships", "other_members", "aims", "outcomes", "milestones"):
        same = getattr(kept, kind).get()
        assert [*proposed[kind].values()].count(same.pk) == 1, kind
    assert [*proposed["sources"].values()] == ["take", kept.sources.last().pk]
    assert "Said once." in page.text
    assert "£5 in total" in page.text


def test_rows_join_with_their_citations(admin_client, client, kept, merged):
    merger = merge(admin_client, kept, merged)
    assert Merger.objects.get_by_natural_key(*merger.natural_key()) == merger
    new = merged.sources.get(number=1).url
    assert [s.number for s in kept.sources.order_by("number")] == [1, 2, 3]
    assert kept.sources.get(number=3).url == new
    assert kept.memberships.count() == 2
    assert kept.outcomes.count() == 2
    for kind in ("other_members", "aims", "milestones"):
        assert getattr(kept, kind).count() == 1, kind
    outcome = kept.outcomes.get(text="Said once.")
    assert (outcome.number, outcome.money) == (2, "£5 in total")
    assert cited(outcome) == ["https://example.org/same", new]
    assert kept.functions.count() == 2
    names = set(kept.other_names.values_list("name", flat=True))
    assert names == {"Pretend other", "Pretend third"}
    # No row cites a source of another record.
    for kind in ("memberships", "other_members", "aims", "outcomes", "milestones"):
        for row in getattr(kept, kind).all():
            row.full_clean()
            assert row.sources.exists()
    assert client.get("/partnerships/one/").status_code == 200


def test_a_row_that_joins_takes_no_number_that_another_had(admin_client, kept, merged):
    gone = SourceFactory(partnership=kept)
    Change.objects.begin(kept)
    gone.delete()
    merge(admin_client, kept, merged)
    assert [*kept.sources.values_list("number", flat=True)] == [1, 2, 4]


def test_citations_join_on_a_row_that_both_have(admin_client, kept, merged):
    aim = merged.aims.get()
    aim.sources.set([merged.sources.get(number=1)])
    merge(admin_client, kept, merged)
    assert cited(kept.aims.get()) == [
        "https://example.org/same",
        merged.sources.get(number=1).url,
    ]


def test_the_old_address_leads_on_and_the_lists_forget_it(
    admin_client, client, kept, merged
):
    FormerSlug.objects.create(slug="older", partnership=merged)
    merge(admin_client, kept, merged)
    for slug in ("other", "older"):
        answer = client.get(f"/partnerships/{slug}/")
        assert (answer.status_code, answer.headers["Location"]) == (
            301,
            "/partnerships/one/",
        )
    assert "/partnerships/other/" not in client.get("/partnerships/").text
    file = client.get("/partnerships.csv").getvalue().decode()
    assert "/partnerships/one/" in file
    assert "/partnerships/other/" not in file


def test_undoing_leaves_both_records_as_they_were(admin_client, client, kept, merged):
    # Joined, it is given a citation of a source that came and of one that was there.
    merged.aims.get().sources.add(merged.sources.get(number=1))
    kept.aims.get().sources.set([kept.sources.get(number=1)])
    before = versions(kept, merged)
    merge(admin_client, kept, merged)
    assert versions(kept, merged) != before
    assert undo(admin_client, merged).status_code == 302
    assert versions(kept, merged) == before
    assert not FormerSlug.objects.exists()
    assert not Merger.objects.exists()
    for slug in ("one", "other"):
        assert client.get(f"/partnerships/{slug}/").status_code == 200


def test_every_address_of_a_record_leads_to_it_again_after_an_undo(
    admin_client, client, kept, merged
):
    FormerSlug.objects.create(slug="older", partnership=merged)
    FormerSlug.objects.create(slug="of-the-kept", partnership=kept)
    merge(admin_client, kept, merged)
    Partnership.objects.filter(pk=merged.pk).update(slug="newer")
    undo(admin_client, merged)
    assert client.get("/partnerships/newer/").status_code == 200
    for slug, leads_to in (
        ("other", "newer"),
        ("older", "newer"),
        ("of-the-kept", "one"),
    ):
        answer = client.get(f"/partnerships/{slug}/")
        assert answer.headers["Location"] == f"/partnerships/{leads_to}/"


def test_a_merged_record_keeps_the_address_that_leads_on(
    admin_client, client, kept, merged
):
    merge(admin_client, kept, merged)
    form = reverse("admin:partnerships_partnership_change", args=[merged.pk])
    data = as_sent(admin_client.get(form))
    answer = admin_client.post(form, {**data, "slug": "newer", "reason": "Made up."})
    assert answer.context["adminform"].form.errors["slug"] == [
        "This record was merged into “Pretend one”, and its address leads there: undo"
        " the merger first."
    ]
    answer = admin_client.post(form, {**data, "gaps": "Much.", "reason": "Made up."})
    assert answer.status_code == 302
    location = client.get("/partnerships/other/").headers["Location"]
    assert location == "/partnerships/one/"


def test_a_record_merges_again_after_an_undo(admin_client, kept, merged):
    def merged_rows():
        merge(admin_client, kept, merged)
        return [
            (kind, str(row), cited(row))
            for kind in ("memberships", "other_members", "aims", "outcomes")
            for row in getattr(kept, kind).order_by("pk")
        ]

    first = merged_rows()
    undo(admin_client, merged)
    assert merged_rows() == first
    # Since the first merger, 3 may be cited elsewhere for the source that had it then.
    assert [*kept.sources.values_list("number", flat=True)] == [1, 2, 4]


def test_both_histories_tell_of_it_with_the_reason(
    admin_client, admin_user, kept, merged
):
    merge(admin_client, kept, merged)
    undo(admin_client, merged)
    for record in (kept, merged):
        _, joined, parted = record.changes.order_by("pk")
        assert joined.reason == "One service, found twice."
        assert parted.reason == "They were two after all."
        assert joined.by == parted.by == admin_user


# ---- What follows


def test_what_pointed_to_the_merged_record_follows_and_returns(
    admin_client, client, kept, merged
):
    study = CaseStudyFactory(partnership=merged, introduction="Said twice. [1] [2]")
    lesson = LessonFactory(briefing=study.briefing)
    lesson.cases_for.add(study)
    study.briefing.names.add(merged)
    member = merged.memberships.first()
    reports = [
        Suggestion.objects.create(partnership=merged, part=part, message="Made up.")
        for part in (
            "",
            "facts",
            "aim-1",
            f"member-{member.pk}",
            "source-1",
        )
    ]
    merge(admin_client, kept, merged)
    study.refresh_from_db()
    assert study.partnership == kept
    assert study.introduction == "Said twice. [3] [2]"
    study.full_clean()
    assert [*study.briefing.names.all()] == [kept]
    assert (
        client.get("/case-studies/other/").headers["Location"] == "/case-studies/one/"
    )
    assert client.get("/case-studies/one/").status_code == 200
    assert lesson.slug in client.get("/lessons/").text
    parts = [*kept.suggestions.order_by("pk").values_list("part", flat=True)]
    same = kept.memberships.get(council=member.council)
    assert parts == ["", "facts", "aim-1", f"member-{same.pk}", "source-3"]

    undo(admin_client, merged)
    study = CaseStudy.objects.get()
    assert study.partnership == merged
    assert study.introduction == "Said twice. [1] [2]"
    assert [*study.briefing.names.all()] == [merged]
    for report in reports:
        part = report.part
        report.refresh_from_db()
        assert (report.partnership, report.part) == (merged, part)


def test_what_the_kept_record_had_itself_stays_with_it(admin_client, kept, merged):
    briefing = BriefingFactory()
    briefing.names.add(kept, merged)
    own = Suggestion.objects.create(partnership=kept, message="Made up.")
    merge(admin_client, kept, merged)
    undo(admin_client, merged)
    own.refresh_from_db()
    assert own.partnership == kept
    assert {*briefing.names.all()} == {kept, merged}


def test_prose_edited_since_is_kept_on_undoing(admin_client, kept, merged):
    study = CaseStudyFactory(partnership=merged, analysis="First thought. [1]")
    merge(admin_client, kept, merged)
    CaseStudy.objects.update(analysis="Second thought. [3]")
    undo(admin_client, merged)
    study.refresh_from_db()
    assert study.analysis == "Second thought. [1]"


# ---- What is refused


def refused(admin_client, kept, merged, sentence, **changes):
    data = choices(admin_client, kept, merged, **changes)
    before = versions(kept, merged)
    answer = admin_client.post(address(kept, merged), data)
    assert answer.status_code == 200
    assert sentence in answer.text
    assert versions(kept, merged) == before
    assert not FormerSlug.objects.exists()
    assert not Merger.objects.exists()
    assert not Change.objects.exists()
    return answer


def test_it_needs_a_reason(admin_client, kept, merged):
    refused(admin_client, kept, merged, "Say why", reason="")


def test_a_source_that_is_cited_cannot_be_left_out(admin_client, kept, merged):
    source = merged.sources.get(number=1)
    sentence = "It is cited for"
    answer = refused(
        admin_client, kept, merged, sentence, **{f"sources-{source.pk}": "leave"}
    )
    assert answer.context["form"].errors[f"sources-{source.pk}"]


def test_a_second_row_cannot_be_the_same_as_one(admin_client, kept, merged):
    same = kept.outcomes.get().pk
    chosen = {f"outcomes-{row.pk}": same for row in merged.outcomes.all()}
    refused(admin_client, kept, merged, "Another row is the same", **chosen)


def test_a_duplicate_is_not_taken_over_as_another_row(admin_client, kept, merged):
    council = kept.memberships.get().council
    for kind, which, sentence in [
        ("aims", {}, "The record already has this aim."),
        ("memberships", {"council": council}, "already a member"),
        ("sources", {"number": 2}, "This record already has that address."),
    ]:
        row = getattr(merged, kind).get(**which)
        refused(admin_client, kept, merged, sentence, **{f"{kind}-{row.pk}": "take"})


def test_two_case_studies_do_not_become_one(admin_client, kept, merged):
    for record in (kept, merged):
        CaseStudyFactory(partnership=record)
    refused(admin_client, kept, merged, "Both records have a case study")


def test_a_case_study_keeps_its_sources(admin_client, kept, merged):
    CaseStudyFactory(partnership=merged, introduction="Said. [1]")
    source = merged.sources.get(number=1)
    for row in [*merged.memberships.all(), *merged.outcomes.all()]:
        row.sources.remove(source)
    chosen = {f"sources-{source.pk}": "leave"}
    refused(admin_client, kept, merged, "cites source 1", **chosen)


def test_a_record_changed_meanwhile_is_shown_again(admin_client, kept, merged):
    data = choices(admin_client, kept, merged)
    Partnership.objects.filter(pk=merged.pk).update(staff=77)
    answer = admin_client.post(address(kept, merged), data)
    assert answer.status_code == 200
    assert "changed meanwhile" in answer.text
    assert not Merger.objects.exists()
    data["seen"] = answer.context["form"]["seen"].value()
    assert admin_client.post(address(kept, merged), data).status_code == 302


def test_readers_never_lose_a_record_to_a_draft(admin_client, kept, merged):
    Partnership.objects.filter(pk=kept.pk).update(publication="draft")
    assert admin_client.get(address(kept, merged)).status_code == 404
    assert admin_client.get(address(merged, kept)).status_code == 200


def test_a_record_that_is_merged_or_unknown_is_not_offered(admin_client, kept, merged):
    merge(admin_client, kept, merged)
    third = PartnershipFactory(latest_evidence="2014")
    SourceFactory(partnership=third)
    assert admin_client.get(address(third, merged)).status_code == 404
    for other in ("0", "x", kept.pk):
        page = reverse("admin:partnerships_partnership_merge", args=[kept.pk])
        assert admin_client.get(f"{page}?other={other}").status_code == 404
    page = admin_client.get(
        reverse("admin:partnerships_partnership_merge", args=[third.pk])
    )
    assert [*page.context["candidates"]] == [kept]


def test_undoing_is_refused_while_later_work_rests_on_it(admin_client, kept, merged):
    merge(admin_client, kept, merged)
    AimFactory(partnership=kept, text="Later.").sources.add(kept.sources.get(number=3))
    before = versions(kept, merged)
    answer = undo(admin_client, merged)
    assert "cites source 3 since" in answer.text
    assert versions(kept, merged) == before
    assert Merger.objects.exists()


def test_undoing_is_refused_while_a_case_study_rests_on_it(admin_client, kept, merged):
    CaseStudyFactory(partnership=kept)
    merge(admin_client, kept, merged)
    CaseStudy.objects.update(analysis="Learnt from the other. [3]")
    before = versions(kept, merged)
    answer = undo(admin_client, merged)
    assert "The case study" in answer.text
    assert "cites source 3" in answer.text
    assert versions(kept, merged) == before


def test_the_second_of_two_mergers_is_undone_first(admin_client, kept, merged):
    third = PartnershipFactory(slug="third", latest_evidence="2014")
    SourceFactory(partnership=third)
    merge(admin_client, kept, merged)
    merge(admin_client, third, kept)
    assert "was merged since" in undo(admin_client, merged).text
    assert undo(admin_client, kept).status_code == 302
    assert undo(admin_client, merged).status_code == 302


def test_undoing_needs_a_reason(admin_client, kept, merged):
    merge(admin_client, kept, merged)
    assert undo(admin_client, merged, reason="").status_code == 200
    assert Merger.objects.exists()


@pytest.mark.parametrize("rights", [[], ["change_partnership"], ["merge_partnership"]])
def test_only_who_may_merge_does(client, django_user_model, kept, merged, rights):
    from django.contrib.auth.models import Permission

    user = django_user_model.objects.create_user("editor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    for page in ("merge", "undo_merge"):
        place = reverse(f"admin:partnerships_partnership_{page}", args=[kept.pk])
        assert client.get(place).status_code == 403
        assert client.post(place, {"reason": "Made up."}).status_code == 403
    if rights == ["change_partnership"]:
        form = reverse("admin:partnerships_partnership_change", args=[kept.pk])
        assert "Merge another record" not in client.get(form).text


def test_the_tools_stand_above_the_forms_of_both(admin_client, kept, merged):
    def tools(record):
        form = reverse("admin:partnerships_partnership_change", args=[record.pk])
        return [label for label, _ in admin_client.get(form).context["record_tools"]]

    assert "Merge another record into this one" in tools(kept)
    merge(admin_client, kept, merged)
    assert "Undo the merger of Pretend other" in tools(kept)
    assert "Undo the merger" in tools(merged)
    assert "Bring back to readers" not in tools(merged)


def test_a_merged_record_comes_back_by_undoing_alone(admin_client, kept, merged):
    merge(admin_client, kept, merged)
    page = reverse("admin:partnerships_partnership_bring_back", args=[merged.pk])
    answer = admin_client.post(page, {"reason": "Made up."}, follow=True)
    assert "is not possible for this record" in answer.text
    merged.refresh_from_db()
    assert merged.publication == "withdrawn"


def test_the_page_asks_as_much_of_many_rows_as_of_few(admin_client, kept, merged):
    few = queries_used(admin_client, address(kept, merged))
    for record in (kept, merged):
        for _ in range(8):
            for factory in (MembershipFactory, AimFactory, OutcomeFactory):
                factory(partnership=record).sources.add(record.sources.first())
    assert queries_used(admin_client, address(kept, merged)) == few


def test_names_and_functions_are_the_editors_choice(admin_client, kept, merged):
    merge(admin_client, kept, merged, names=[], functions=[])
    assert not PartnershipName.objects.filter(partnership=kept).exists()
    assert kept.functions.count() == 1


def test_a_merger_of_a_record_with_itself_is_no_merger(kept):
    with pytest.raises(ValidationError):
        Merger(kept=kept, merged=kept, came={"rows": []}).full_clean()
