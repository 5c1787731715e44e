"""What a first visit costs an old laptop: bytes over the wire, and pages that jump."""

import pytest

pytestmark = pytest.mark.browser

MOST_BYTES = 60_000
PAGES = {
    "home": "/",
    "list": "/partnerships/",
    "record": "/partnerships/ek-services/",
    "case study": "/case-studies/ek-services/",
    "council": "/councils/buckinghamshire/",
    "map": "/partnerships/map/",
    "numbers": "/numbers/",
    "dictionary": "/data/dictionary/",
    "API": "/api/docs/",
}
SHIFTS = """
() => new Promise((resolve) => {
  let sum = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  });
  observer.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})
"""


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_first_visit_is_light_and_nothing_jumps(browser, site, address, width):
    with browser.new_context(viewport={"width": width, "height": 800}) as visit:
        page = visit.new_page()
        wire = visit.new_cdp_session(page)
        wire.send("Network.enable")
        sizes, kinds = {}, {}
        wire.on(
            "Network.responseReceived",
            lambda it: kinds.update({it["requestId"]: it["type"]}),
        )
        wire.on(
            "Network.loadingFinished",
            lambda it: sizes.update({it["requestId"]: it["encodedDataLength"]}),
        )
        page.goto(f"{site}{address}", wait_until="networkidle")
        assert sum(kind == "Stylesheet" for kind in kinds.values()) == 1
        assert len(sizes) >= 3
        assert sum(sizes.values()) <= MOST_BYTES, sizes
        assert page.evaluate(SHIFTS) == 0
