"""Markdown of editors becomes HTML that can do readers no harm."""

import re

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.prose import (
    broken_links,
    citations,
    in_html,
    in_plain_text,
    numbers_typed,
    placeholders,
    uncited,
)

SOURCES = {1: "/partnerships/made-up/#source-1", 12: "/partnerships/made-up/#source-12"}
FACTS = {"started": "May 2012", "latest_evidence": "about 2013"}
MADE_BY_MARKDOWN = {"p", "ul", "ol", "li", "blockquote", "em", "strong", "br"}
MADE_BY_MARKDOWN |= {"a", "sup", "span"}


def elements(html):
    return html5lib.parseFragment(html, namespaceHTMLElements=False).iter()


def assert_harmless(html):
    """Assert that browsers would find nothing but text, marks and known links."""
    for element in elements(html):
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in MADE_BY_MARKDOWN
        assert set(element.keys()) <= {"href", "class", "start"}
        if address := element.get("href"):
            scheme = re.match("[^/?#]*:", address)
            assert not scheme or scheme[0] in {"http:", "https:", "mailto:"}
            assert not address.startswith("//")
        if name := element.get("class"):
            assert name in {"registry-cite", "govuk-visually-hidden"}


def test_markdown_is_rendered():
    text = "One _two_ **three**\nfour [five](/lessons/).\n\n* six\n* seven\n\n> eight"
    assert in_html(text) == (
        "<p>One <em>two</em> <strong>three</strong>\n"
        'four <a href="/lessons/">five</a>.</p>\n'
        "<ul>\n<li>six</li>\n<li>seven</li>\n</ul>\n"
        "<blockquote>\n<p>eight</p>\n</blockquote>\n"
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<p style='color: red' onclick='alert(1)'>x</p>",
        "<!-- --><svg/onload=alert(1)>",
        "<iframe src=https://evil.example></iframe>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](\x01javascript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](data:image/png;base64,AAAA)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example/)",
        "[x](\\\\evil.example/)",
        "[x](/\\evil.example/)",
        '[x](/ok "><script>alert(1)</script>")',
        "[x](/ok'onmouseover='alert(1))",
        "<javascript:alert(1)>",
        "![x](https://evil.example/track.png)",
        "[x]: javascript:alert(1)\n\n[x]",
        "[1]: javascript:alert(1)\n\nSaid. [1]",
        "{<script>alert(1)</script>}",
        "```html\n<script>alert(1)</script>\n```",
        "    <script>alert(1)</script>",
        "# <b>Heading</b>",
        "<a href='https://ok.example' target=_blank>x</a>",
        "**<b onclick=alert(1)>x</b>**",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_what_is_hostile_is_shown_as_text(hostile):
    html = in_html(f"Before.\n\n{hostile}\n\nAfter.", FACTS, SOURCES)
    assert_harmless(html)
    assert "<p>Before.</p>" in html
    assert "After." in html
    assert not re.search("<(script|img|svg|iframe|b|pre|code|h1)[ >/]", html)


PIECES = [
    *"<>[](){}*_!#`~|\\&;:/\"'=1x \n\t",
    *["href", "script", "javascript:", "https:", "data:", "//", "&#x6a;", "on"],
    *["{started}", "[1]", "<a>", "<!--", "-->"],
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_text_at_all_does_harm(text):
    assert_harmless(in_html(text, FACTS, SOURCES))
    in_plain_text(text, FACTS)


@pytest.mark.parametrize(
    "address",
    ["https://a.example/?q=1", "HTTP://a.example", "mailto:a@b.example", "/x/#y", "#y"],
)
def test_links_lead_to_known_schemes_and_into_the_registry(address):
    html = in_html(f"[x]({address})")
    assert f'<a href="{address}">' in html
    assert broken_links(f"[x]({address})") == []


@pytest.mark.parametrize(
    "text", ["[x](javascript:alert(1))", "[x](//evil.example)", "<vbscript:x>"]
)
def test_a_link_that_leads_nowhere_is_found(text):
    assert len(broken_links(text)) == 1


def test_what_the_record_says_stands_for_a_placeholder():
    text = "It began in {started}, _{latest_evidence}_. Not \\{started}, nor {other}."
    assert in_html(text, FACTS) == (
        "<p>It began in May 2012, <em>about 2013</em>."
        " Not {started}, nor {other}.</p>\n"
    )
    assert placeholders(text) == ["started", "latest_evidence", "other"]


def test_the_words_of_a_record_are_text_and_not_markdown():
    html = in_html("Said: {started}", {"started": "<b>_x_</b> [y](https://y.example)"})
    assert html == "<p>Said: &lt;b&gt;_x_&lt;/b&gt; [y](https://y.example)</p>\n"


def test_a_citation_leads_to_its_source_and_a_lost_one_is_left_out():
    html = in_html("It ended. [1] [12] [7]", {}, SOURCES)
    cited = [e for e in elements(html) if e.tag == "a"]
    assert [link.get("href") for link in cited] == list(SOURCES.values())
    assert ["".join(link.itertext()) for link in cited] == ["Source 1", "Source 12"]
    assert "7" not in html
    assert citations("It ended. [1] [12] [7]") == [1, 12, 7]


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("It began. [1]", []),
        ("One. [1] [12]\n\n  Two [3][4]  ", []),
        ("**It began. [1]**", []),
        ("* One. [1]\n* Two. [2]", []),
        ("One. [1]\n\nSee [2] below.", ["See  below."]),
        ("* One. [1]\n* Two.", ["Two."]),
        ("It began [here](/x/).", ["It began here."]),
        ("{started}", [""]),
        ("", []),
    ],
)
def test_paragraphs_and_points_end_with_their_sources(text, lacking):
    assert uncited(text) == lacking


def test_plain_text_has_the_words_alone():
    text = (
        "It **began** in {started} [1], on _time_. [1] [2]\n\n* And [ended](/x/). [1]"
    )
    assert in_plain_text(text, FACTS) == ("It began in May 2012, on time. And ended.")


def test_numbers_are_those_that_are_typed_in_digits():
    text = "In 2012, {started}, 1,041 of £6m went. [1] [12] [4 more](/y2000/)"
    assert [*numbers_typed(text)] == ["2012", "1041", "6000000", "4"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("£1.3m", {"1300000": "1.3m"}),
        ("£1.3 million a year", {"1300000": "1.3 million"}),
        ("£1.3\nMillion", {"1300000": "1.3 Million"}),
        ("a £1.3-million-pound saving", {"1300000": "1.3-million"}),
        ("£1,300k", {"1300000": "1,300k"}),
        ("**£1.3** mn", {"1300000": "1.3 mn"}),
        ("£0.5m", {"500000": "0.5m"}),
        ("£1.3bn", {"1300000000": "1.3bn"}),
        # Neither is a number of thousands or millions.
        ("6km, 6 km, 6 kind", {"6": "6"}),
        (
            "In 2012, millions were spent, in 2013 more",
            {"2012": "2012", "2013": "2013"},
        ),
        ("£1.2345678m", {"1.2345678m": "1.2345678m"}),
    ],
)
def test_a_number_before_a_word_for_thousands_or_millions_counts_in_full(text, numbers):
    assert numbers_typed(text) == numbers
