"""The feeds are valid Atom, and say what the public history says."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree, html

from partnerships.history import public_history
from partnerships.models import Change, Partnership
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    SuccessionFactory,
)

pytestmark = pytest.mark.django_db
FEED = "/partnerships.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
NAMESPACE = 'xmlns="http://relaxng.org/ns/structure/1.0"'
TYPES = 'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'


def element(name: str, content: str, times: str = "") -> str:
    it = f'<element name="{name}">{content}</element>'
    return f"<{times}>{it}</{times}>" if times else it


TEXT = (
    '<optional><attribute name="type"><choice><value>text</value><value>html'
    "</value></choice></attribute></optional><text/>"
)
INSTANT = '<data type="dateTime"/>'
ADDRESS = '<data type="anyURI"/>'
LINK = (
    f'<attribute name="href">{ADDRESS}</attribute>'
    '<optional><attribute name="rel"/></optional>'
    '<optional><attribute name="type"/></optional><empty/>'
)
PERSON = element("name", "<text/>")
# What RFC 4287 asks of a feed that holds its author, and of entries without content.
ENTRY = (
    "<interleave>"
    + "".join(
        [
            element("id", ADDRESS),
            element("title", TEXT),
            element("updated", INSTANT),
            element("published", INSTANT, "optional"),
            element("link", LINK, "oneOrMore"),
            element("summary", TEXT, "optional"),
            element("author", PERSON, "zeroOrMore"),
        ]
    )
    + "</interleave>"
)
GRAMMAR = (
    f'<element name="feed" ns="http://www.w3.org/2005/Atom" {NAMESPACE} {TYPES}>'
    '<optional><attribute name="xml:lang"/></optional><interleave>'
    + "".join(
        [
            element("id", ADDRESS),
            element("title", TEXT),
            element("subtitle", TEXT, "optional"),
            element("updated", INSTANT),
            element("author", PERSON, "oneOrMore"),
            element("link", LINK, "oneOrMore"),
            element("entry", ENTRY, "zeroOrMore"),
        ]
    )
    + "</interleave></element>"
)
IS_ATOM = etree.RelaxNG(etree.fromstring(GRAMMAR))


def feed(client, address=FEED):
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = etree.fromstring(response.content)
    assert IS_ATOM.validate(root), IS_ATOM.error_log
    ids = [it.text for it in root.iter(f"{ATOM}id")]
    assert len({*ids}) == len(ids)
    (own,) = (it for it in root.findall(f"{ATOM}link") if it.get("rel") == "self")
    assert own.get("href") == f"http://testserver{address}"
    updated = [it.findtext(f"{ATOM}updated") for it in entries(root)]
    assert updated == sorted(updated, reverse=True)
    if updated:
        assert root.findtext(f"{ATOM}updated") == updated[0]
    return root


def entries(root):
    return root.findall(f"{ATOM}entry")


def titles(root) -> list[str]:
    return [it.findtext(f"{ATOM}title") for it in entries(root)]


def change(record, reason, **fields):
    Change.objects.begin(record)
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()
    return Change.objects.record(record, reason=reason)


def test_the_grammar_refuses_what_is_no_atom():
    assert not IS_ATOM.validate(
        etree.fromstring('<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id></feed>')
    )


def test_an_empty_feed_is_valid_and_stays_the_same(registry, client):
    first, second = (client.get(FEED).content for _ in range(2))
    assert first == second
    assert entries(feed(client)) == []


def test_a_change_is_an_entry_in_the_words_of_the_history(client):
    record = PartnershipFactory(name="Made-up Sharing", staff=5)
    change(record, "A newer paper counts <more> & better.", staff=7)
    (entry,) = entries(feed(client))
    title = "Changed: Made-up Sharing. A newer paper counts <more> & better."
    assert entry.findtext(f"{ATOM}title") == title
    (told,) = public_history(record)
    (difference,) = told.differences
    summary = f"{difference.what}: {difference.before} → {difference.after}"
    assert entry.findtext(f"{ATOM}summary") == f"<p>{summary}</p>"
    history = f"http://testserver/partnerships/{record.slug}/history/"
    assert linked(entry) == f"{history}#change-1"


def test_a_summary_shows_signs_as_they_were_typed(client):
    record = PartnershipFactory(gaps="")
    change(record, "Read again.", gaps="Staff <5 & <b>no</b> budget.")
    (entry,) = entries(feed(client))
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "html"
    shown = html.fragment_fromstring(summary.text, create_parent="div")
    assert not shown.findall(".//b")
    assert shown.text_content().endswith("→ Staff <5 & <b>no</b> budget.")


def test_what_xml_cannot_hold_breaks_no_feed(client):
    record = PartnershipFactory(gaps="")
    change(record, "Pasted\x0bfrom a paper.", gaps="One\x0cpage\ufffe.")
    (entry,) = entries(feed(client))
    assert entry.findtext(f"{ATOM}title").endswith(". Pasted from a paper.")
    assert "One page ." in entry.findtext(f"{ATOM}summary")
    assert entries(feed(client, f"{FEED}?q=a%01b")) == []


def test_every_public_change_is_an_entry_and_no_other(client):
    record = PartnershipFactory(staff=1)
    for number in range(2, 6):
        change(record, f"Change {number}.", staff=number)
    root = feed(client)
    assert len(entries(root)) == len(public_history(record)) == 4
    assert [title[-9:] for title in titles(root)] == [
        f"Change {number}." for number in (5, 4, 3, 2)
    ]


def test_an_entry_leads_to_its_change_on_the_page_of_the_history(client):
    record = PartnershipFactory(publication="draft", staff=0)
    change(record, "A secret of the draft.", staff=1)
    change(record, "Ready.", publication="published")
    for number in (2, 3):
        change(record, f"Counted {number}.", staff=number)
    change(PartnershipFactory(staff=1), "Elsewhere.", staff=2)
    *changes, new = entries(feed(client))[1:]
    assert linked(new) == f"http://testserver{record.get_absolute_url()}"
    page = html.fromstring(client.get(f"/partnerships/{record.slug}/history/").content)
    for entry, number in zip(changes, (3, 2), strict=True):
        heading = page.get_element_by_id(urlsplit(linked(entry)).fragment)
        assert heading.text_content().strip().endswith(f": Counted {number}.")


def linked(entry) -> str:
    return entry.find(f"{ATOM}link").get("href")


def test_a_first_publication_is_news_and_a_draft_is_not(client, django_user_model):
    record = PartnershipFactory(name="Made-up Sharing", publication="draft", staff=1)
    change(record, "A secret of the draft.", staff=2)
    assert entries(feed(client)) == []
    editor = django_user_model.objects.create_user("pretend-editor")
    Change.objects.begin(record)
    Partnership.objects.update(publication="published")
    Change.objects.record(record, reason="Ready.", by=editor)
    root = feed(client)
    assert titles(root) == ["New record: Made-up Sharing. Ready."]
    text = etree.tostring(root).decode()
    assert "secret" not in text
    assert "pretend-editor" not in text


def test_what_is_withdrawn_leaves_the_feed(client):
    record = PartnershipFactory(staff=1)
    change(record, "Counted again.", staff=2)
    change(record, "It was made up.", publication="withdrawn")
    assert entries(feed(client)) == []


def test_the_feed_takes_the_lists_filters(client):
    for status in ("ended", "ongoing"):
        record = PartnershipFactory(status=status, name=f"Made-up {status}")
        change(record, "Counted.", staff=9)
    root = feed(client, f"{FEED}?status=ended")
    assert titles(root) == ["Changed: Made-up ended. Counted."]
    assert root.findtext(f"{ATOM}title") == "Changes of arrangements: Status: Ended"
    refused = client.get(f"{FEED}?statsu=ended")
    assert refused.status_code == 400
    assert "Did you mean “status”?" in refused.text


def test_a_councils_feed_holds_what_its_predecessors_shared(client):
    old = CouncilFactory(slug="old-madeupshire", ended=date(2019, 3, 31))
    new = CouncilFactory(slug="new-madeupshire", started=date(2019, 4, 1))
    SuccessionFactory(predecessor=old, successor=new, last_day=date(2019, 3, 31))
    record = PartnershipFactory(name="Made-up Sharing")
    MembershipFactory(partnership=record, council=old)
    change(record, "Counted.", staff=9)
    change(PartnershipFactory(), "Elsewhere.", staff=9)
    for slug in ("old-madeupshire", "new-madeupshire"):
        root = feed(client, f"/councils/{slug}/changes.atom")
        assert titles(root) == ["Changed: Made-up Sharing. Counted."]
    assert client.get("/councils/no-such-council/changes.atom").status_code == 404


def test_the_pages_lead_to_their_feeds(client):
    council = CouncilFactory()
    MembershipFactory(council=council)
    page = client.get("/partnerships/?status=ended").text
    assert f'href="{FEED}?status=ended"' in page
    page = client.get(council.get_absolute_url()).text
    assert page.count(f'href="/councils/{council.slug}/changes.atom"') == 2


def test_queries_do_not_grow_with_the_changes(client):
    def used():
        with CaptureQueriesContext(connection) as queries:
            feed(client)
        return len(queries)

    def changed():
        record = PartnershipFactory(staff=1)
        OutcomeFactory(partnership=record)
        change(record, "Counted.", staff=2)

    changed()
    few = used()
    for _ in range(4):
        changed()
    assert used() == few


# ---- modified_since


def slugs(client, day) -> list[str]:
    answer = client.get(f"/api/v1/partnerships/?modified_since={day}")
    assert answer.status_code == 200
    return [it["slug"] for it in answer.json()["results"]]


def test_modified_since_agrees_with_the_feed(client):
    now = timezone.now()
    for place in range(4):
        record = PartnershipFactory(slug=f"made-up-{place}", staff=1)
        made = change(record, "Counted.", staff=2)
        Change.objects.filter(pk=made.pk).update(made=now - timedelta(days=place))
    PartnershipFactory(slug="never-changed")
    for days in range(5):
        day = timezone.localdate(now - timedelta(days=days))
        since = {
            urlsplit(linked(it)).path.split("/")[2]
            for it in entries(feed_of_changes(client))
            if timezone.localdate(datetime.fromisoformat(it.findtext(f"{ATOM}updated")))
            >= day
        }
        assert {*slugs(client, day)} == since
    rows = client.get("/partnerships.csv?modified_since=2000-01-01").getvalue().decode()
    assert str(timezone.localdate(now)) in rows
    assert "never-changed" not in rows


def feed_of_changes(client):
    return etree.fromstring(client.get(FEED).content)


@pytest.mark.parametrize("day", ["2026", "26/11/2026", "2026-13-01", "yesterday"])
def test_a_day_that_is_none_is_refused_beside_its_box(client, day):
    page = client.get("/partnerships/", {"modified_since": day})
    assert page.status_code == 400
    assert "Type a day as year, month and day, such as 2026-11-26." in page.text
    assert f'value="{day}"' in page.text
