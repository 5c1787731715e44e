"""What pages tell programs about themselves: places, addresses, data, titles."""

from urllib.parse import urljoin

import html5lib
import pytest

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/partnerships/",
    "/partnerships/ek-services/",
    "/partnerships/ek-services/history/",
    "/councils/",
    "/councils/dacorum/",
    "/case-studies/",
    "/case-studies/ek-services/",
    "/briefings/shared-ict-services-more-than-meets-the-eye/",
]
ORIGIN = "http://testserver"


def page_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)


def items(page, kind: str):
    """Return the microdata items of a schema.org type, each as a dictionary."""
    return [
        properties(element, page)
        for element in page.iterfind(f".//*[@itemtype='https://schema.org/{kind}']")
    ]


def properties(element, page):
    found: dict[str, list] = {"type": element.get("itemtype").rpartition("/")[2]}
    waiting = list(element)
    while waiting:
        child = waiting.pop(0)
        name = child.get("itemprop")
        if name:
            found.setdefault(name, []).append(value(child, page))
        if child.get("itemscope") is None:
            waiting = [*child, *waiting]
    return found


def value(element, page):
    """Return a property's value as HTML's microdata defines it, by the element."""
    if element.get("itemscope") is not None:
        return properties(element, page)
    if element.tag == "meta":
        return element.get("content")
    if element.tag in {"a", "link"}:
        return urljoin(f"{ORIGIN}/", element.get("href"))
    if element.tag == "time" and element.get("datetime"):
        return element.get("datetime")
    return " ".join("".join(element.itertext()).split())


# ---- Breadcrumbs


@pytest.mark.parametrize("address", PAGES[1:])
def test_breadcrumbs_lead_back_to_the_start(client, registry, address):
    [trail] = items(page_of(client, address), "BreadcrumbList")
    steps = trail["itemListElement"]
    assert [step["position"] for step in steps] == [
        [str(place)] for place in range(1, len(steps) + 1)
    ]
    assert steps[0]["name"] == ["Home"]
    assert "item" not in steps[-1]
    for step in steps[:-1]:
        page = page_of(client, step["item"][0])
        assert page.find(".//h1") is not None


def test_breadcrumbs_name_the_record_between_its_list_and_its_history(client, registry):
    [trail] = items(
        page_of(client, "/partnerships/ek-services/history/"), "BreadcrumbList"
    )
    assert [(step["name"], step.get("item")) for step in trail["itemListElement"]] == [
        (["Home"], [f"{ORIGIN}/"]),
        (["Arrangements"], [f"{ORIGIN}/partnerships/"]),
        (["EK Services"], [f"{ORIGIN}/partnerships/ek-services/"]),
        (["History"], None),
    ]
