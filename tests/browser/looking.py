"""Looking at a page as it stands: the accessibility rules, no sideways scrolling on a telephone, and a picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 375)


class Looker:
    """Looks at pages of one test; each look has a name."""

    def __init__(self, test: str) -> None:
        self._folder = PICTURES / re.sub(r"[^A-Za-z0-9_-]+", "-", test)

    def __call__(self, page: Page, name: str, *, widths: tuple[int, ...] = WIDTHS) -> None:
        """Hold a page against every rule at every width, and keep its pictures."""
        before = page.viewport_size
        self._folder.mkdir(parents=True, exist_ok=True)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=self._folder / f"{name}-{width}.png", full_page=True)
            broken = violations(page)
            assert broken == [], f"{page.url} at {width}: {broken}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{page.url} scrolls sideways at {width}: it is {wide} wide"
        if before:
            page.set_viewport_size(before)


def nobody_is_at_risk(page: Page) -> None:
    """Answer the question that comes before some forms, where it has come."""
    if page.url.partition("?")[0].endswith("/safeguarding"):
        page.get_by_label("No", exact=True).check()
        page.get_by_role("button", name="Continue").click()


def violations(page: Page) -> list[str]:
    """What breaks an accessibility rule, in short."""
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(found => found.violations)", RULES
    )
    return [
        f"{one['id']}: {one['help']} ({'; '.join(str(node['target']) for node in one['nodes'][:3])})" for one in found
    ]
