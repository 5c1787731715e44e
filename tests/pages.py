"""Read a page as its reader does: what it counts, shows, offers, links and costs."""

from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import html5lib
from django.db import connection
from django.test.utils import CaptureQueriesContext


def text_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


class Option(NamedTuple):
    number: int
    is_ticked: bool


class Page:
    """A page's HTML, answered questions about it."""

    def __init__(self, response):
        self.status = response.status_code
        self.html = response.getvalue().decode()
        self.tree = html5lib.parse(self.html, namespaceHTMLElements=False)
        self.parents = {child: it for it in self.tree.iter() for child in it}

    def classed(self, name: str, tag: str = "*"):
        """Yield the elements that have this class."""
        for element in self.tree.iter(None if tag == "*" else tag):
            if name in element.get("class", "").split():
                yield element

    def with_id(self, name: str):
        found = self.tree.findall(f".//*[@id='{name}']")
        assert len(found) == 1, f"{len(found)} elements have the id {name}"
        return found[0]

    @property
    def links(self) -> dict[str, str]:
        return {text_of(a): a.get("href") for a in self.tree.iter("a")}

    @property
    def heading(self) -> str:
        return text_of(self.with_id("results"))

    @property
    def total(self) -> int:
        """The number of results that the heading states."""
        if self.heading.startswith("No "):
            return 0
        return int(self.heading.split()[0])

    @property
    def slugs(self) -> list[str]:
        rows = self.classed("registry-result__heading")
        return [row.find("a").get("href").strip("/").split("/")[-1] for row in rows]

    @property
    def rows(self) -> list[str]:
        """The text of each result."""
        return [text_of(row) for row in self.classed("registry-result")]

    @property
    def chips(self) -> dict[str, str]:
        """What each active filter says, and the address without it."""
        chips = self.classed("registry-chip")
        return {
            text_of(chip).removeprefix("Remove filter "): chip.get("href")
            for chip in chips
        }

    @property
    def csv_link(self) -> tuple[str, str] | None:
        """The words and the address of the link to the file, None without one."""
        for words, address in self.links.items():
            if words.startswith("Download"):
                return words, address
        return None

    def options(self, name: str) -> dict[str, Option]:
        """Return the options of a filter with the counts beside them."""
        found = {}
        for box in self.tree.findall(f".//input[@type='checkbox'][@name='{name}']"):
            item = self.parents[box]
            count = next(
                text_of(it)
                for it in item.iter("span")
                if "registry-count" in it.get("class", "")
            )
            found[box.get("value")] = Option(int(count), box.get("checked") is not None)
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """The descriptions of the page's list of facts, by their terms."""
        return {
            text_of(row.find("dt")): row.find("dd")
            for row in self.classed("registry-facts__row")
        }

    @property
    def ids(self) -> set[str]:
        return {it.get("id") for it in self.tree.iter() if it.get("id")}

    def next_address(self) -> str | None:
        for link in self.tree.findall(".//a[@rel='next']"):
            return link.get("href")
        return None

    @property
    def errors(self) -> list[str]:
        """The sentences of the summary of errors."""
        lists = self.classed("govuk-error-summary__list")
        return [text_of(item) for found in lists for item in found.iter("li")]

    @property
    def main_text(self) -> str:
        return text_of(self.with_id("main-content"))


def queries_used(client, address: str, **asked) -> int:
    """Return how many queries an answer takes, read to its end."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address, asked)
        assert response.status_code == 200
        response.getvalue()
    return len(queries)


def sent_by(page) -> dict[str, list[str]]:
    """Return what a browser would send of the form on a page of the admin."""
    tree = Page(page).tree
    [form] = [
        form for form in tree.iter("form") if form.get("id", "").endswith("_form")
    ]
    sent: dict[str, list[str]] = {}

    def add(field, value):
        sent.setdefault(field.get("name"), []).append(value or "")

    for field in form.iter("input"):
        kind = field.get("type")
        if kind in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                add(field, field.get("value", "on"))
        elif kind != "submit":
            add(field, field.get("value"))
    for field in form.iter("textarea"):
        add(field, (field.text or "").removeprefix("\n"))
    for field in form.iter("select"):
        options = list(field.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None]
        if not chosen and field.get("multiple") is None:
            chosen = options[:1]
        for one in chosen:
            add(field, one.get("value"))
    return {name: values for name, values in sent.items() if name}


def seen_at(client, address: str) -> dict[str, str]:
    """Return what a form of the admin says of the version it is opened with."""
    return {"seen": client.get(address).context["seen"]}


def query_of(address: str) -> dict[str, list[str]]:
    """Return the questions that an address asks."""
    return parse_qs(urlsplit(address).query)


def address_of(path: str, query: dict[str, list[str]]) -> str:
    return f"{path}?{urlencode(query, doseq=True)}"
