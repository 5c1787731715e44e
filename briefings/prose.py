"""Markdown that editors write, as HTML that readers may be shown.

Raw HTML never passes: the renderer knows none, so that a tag is shown as it was typed,
and a sanitiser behind it lets through only what the renderer makes. Links lead to
http, https and mailto addresses, or into the registry.

Two things are more than Markdown. `[1]` cites source 1 of the record, at the end of a
paragraph or of a point in a list. `{started}` stands for what the record says, so that
prose and record cannot disagree.
"""

import re
from collections.abc import Iterator, Mapping

import nh3
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

CITATION = re.compile(r"\[([0-9]{1,4})\](?!\()")
PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")
# How many zeros a word after a number stands for: "£13m" is "£13,000,000".
ZEROS = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}
NUMBER = re.compile(
    r"(?P<whole>[0-9](?:[0-9,]*[0-9])?)"
    rf"(?:(?:\.(?P<part>[0-9]+))?[\s-]?(?P<scale>{'|'.join(ZEROS)})\b)?",
    re.IGNORECASE,
)
SCHEME = re.compile(r"[^/?#]*:")
SCHEMES = {"http", "https", "mailto"}


class Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Return whether a link may lead there: a known scheme, or a path of ours."""
        if scheme := SCHEME.match(url):
            return scheme[0].partition(":")[0].lower() in SCHEMES
        return not url.replace("\\", "/").startswith("//")


def _cite(state: StateInline, silent: bool) -> bool:
    return _push(state, silent, "cite", CITATION)


def _fact(state: StateInline, silent: bool) -> bool:
    return _push(state, silent, "fact", PLACEHOLDER)


def _push(state: StateInline, silent: bool, kind: str, pattern: re.Pattern) -> bool:
    """Take what the pattern finds here for one token of its own kind."""
    found = pattern.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push(kind, "", 0).content = found[1]
    state.pos = found.end()
    return True


def _cite_in_html(self, tokens, index, options, env) -> str:
    """Link a citation to its source; leave out one that the record lost."""
    number = int(tokens[index].content)
    if number not in env["sources"]:
        return ""
    return format_html(
        '<sup class="registry-cite"><a href="{}">'
        '<span class="govuk-visually-hidden">Source </span>{}</a></sup>',
        env["sources"][number],
        number,
    )


def _fact_in_html(self, tokens, index, options, env) -> str:
    return escape(_words(tokens[index], env["facts"]))


def _words(token: Token, facts: Mapping[str, str]) -> str:
    """Say a fact, or show a placeholder that stands for none as it was typed."""
    return facts.get(token.content, f"{{{token.content}}}")


def _renderer() -> Markdown:
    # Headings, images, code and tables stay out: a page gives prose its headings, and
    # what looks like one of them is shown as typed.
    markdown = Markdown("zero")
    markdown.enable(
        ["blockquote", "list", "newline", "escape", "emphasis", "link", "autolink"]
    )
    markdown.inline.ruler.before("link", "cite", _cite)
    markdown.inline.ruler.before("link", "fact", _fact)
    markdown.add_render_rule("cite", _cite_in_html)
    markdown.add_render_rule("fact", _fact_in_html)
    return markdown


MARKDOWN = _renderer()
# Only what the renderer makes.
BLOCKS = {"p", "ul", "ol", "li", "blockquote"}
SANITISER = nh3.Cleaner(
    tags=BLOCKS | {"em", "strong", "a", "br", "sup", "span"},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    allowed_classes={"sup": {"registry-cite"}, "span": {"govuk-visually-hidden"}},
    url_schemes=SCHEMES,
    link_rel=None,
)


def in_html(
    text: str,
    facts: Mapping[str, str] | None = None,
    sources: Mapping[int, str] | None = None,
) -> SafeString:
    """Render Markdown, with the words of each fact and the address of each source."""
    env = {"facts": facts or {}, "sources": sources or {}}
    return mark_safe(SANITISER.clean(MARKDOWN.render(text, env)))  # noqa: S308


def in_plain_text(text: str, facts: Mapping[str, str] | None = None) -> str:
    """Return the words alone, without citations, on one line."""
    words = []
    for block in _blocks(text):
        for token in block:
            if token.type == "fact":
                words.append(_words(token, facts or {}))
            else:
                words.append(_text(token))
        words.append(" ")
    joined = " ".join("".join(words).split())
    return re.sub(r" ([.,;:])", r"\1", joined)


def _text(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content if token.type == "text" else ""


def _blocks(text: str) -> Iterator[list[Token]]:
    """Yield the parts of each paragraph and of each point in a list."""
    for token in MARKDOWN.parse(text):
        if token.type == "inline":
            yield token.children or []


def numbers_typed(text: str) -> dict[str, str]:
    """Return the numbers of a text in plain digits, each as it is typed there.

    "6,000" and "6k" are "6000". Citations are none.
    """
    return {
        _in_digits(number): number[0]
        for block in _blocks(text)
        for number in NUMBER.finditer("".join(map(_text, block)))
    }


def _in_digits(number: re.Match) -> str:
    whole, part = number["whole"].replace(",", ""), number["part"] or ""
    if not number["scale"]:
        return whole
    zeros = ZEROS[number["scale"].lower()]
    if len(part) > zeros:
        return number[0]  # no whole number
    return f"{whole}{part:0<{zeros}}".lstrip("0") or "0"


def placeholders(text: str) -> list[str]:
    return [
        token.content
        for block in _blocks(text)
        for token in block
        if token.type == "fact"
    ]


def citations(text: str) -> list[int]:
    """Return the numbers of all sources cited, in order."""
    return [
        int(token.content)
        for block in _blocks(text)
        for token in block
        if token.type == "cite"
    ]


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Return the text with its citations renumbered; others stay as they are."""

    def new(citation: re.Match) -> str:
        number = int(citation[1])
        return f"[{numbers.get(number, number)}]"

    return CITATION.sub(new, text)


def uncited(text: str) -> list[str]:
    """Return the paragraphs, and points of lists, that do not end with a citation."""
    found = []
    for block in _blocks(text):
        said = [part for part in block if part.content.strip() and not part.nesting]
        if said and said[-1].type != "cite":
            found.append("".join(map(_text, block)).strip())
    return found


def broken_links(text: str) -> list[str]:
    """Return what was meant as a link and is none, such as one to a script."""
    found = re.compile(r"\]\([^)\s]*\)?|<[a-zA-Z][a-zA-Z0-9+.-]*:[^\s>]*>")
    return [
        link
        for block in _blocks(text)
        for token in block
        for link in found.findall(_text(token))
    ]
