"""The work done with a keyboard alone, and without scripts: where the focus goes, that it is seen, and no trap."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import Browser, Page, expect

from tests.browser.busy_office import a_busy_office
from tests.browser.conftest import Live
from tests.browser.looking import Looker
from tests.worklist.answering_stories import a_safeguarding_check

PageAs = Callable[..., Page]
LONGEST_WAY = 400
"""Presses of Tab; no page of ours that is in daily use has more places to stop at."""
FOCUSED = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect();
    const label = at.labels && at.labels[0], styles = [at, label].filter(Boolean)
        .flatMap((one) => [getComputedStyle(one), getComputedStyle(one, '::before')]);
    return {
        name: (at.labels && at.labels[0] ? at.labels[0].textContent : at.textContent || at.value || '')
            .trim().replace(/\\s+/g, ' '),
        tag: at.tagName.toLowerCase(),
        top: box.top + window.scrollY,
        inSight: box.bottom > 0 && box.top < window.innerHeight,
        isMarked: styles.some((one) => one.boxShadow !== 'none' || (one.outlineStyle !== 'none'
            && parseFloat(one.outlineWidth) >= 2 && one.outlineColor !== 'rgba(0, 0, 0, 0)')),
    };
}"""


def focused(page: Page) -> dict[str, object]:
    """Where the focus is: its name, its tag, how far down, whether it is seen and marked."""
    found: dict[str, object] = page.evaluate(FOCUSED)
    return found


def tab_to(page: Page, name: str, *, tag: str = "", back: bool = False) -> None:
    """Press Tab until what has that name is reached; everything on the way is seen and marked."""
    passed = []
    for _ in range(LONGEST_WAY):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        at = focused(page)
        if at["tag"] != "body":
            assert at["isMarked"], f"nobody sees that the focus is at {at}"
            assert at["inSight"], f"the focus is out of sight at {at}"
        if str(at["name"]).startswith(name) and (not tag or at["tag"] == tag):
            return
        passed.append(at["name"])
    raise AssertionError(f"{name} was not reached; on the way were {passed}")


def test_a_question_is_answered_with_the_keyboard_alone(live: Live, chromium: Browser) -> None:
    """Sign in, open my day, open the question, be refused, go from the summary to the field, answer and send."""
    case, _ = a_safeguarding_check(live.office)
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=live.address)
    page = context.new_page()
    page.goto("/day")
    tab_to(page, "Find a name")
    page.keyboard.type("Whitlock")
    tab_to(page, "Dana Whitlock")
    page.keyboard.press("Space")
    tab_to(page, "Sign in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My day")).to_be_visible()

    tab_to(page, "The safeguarding check")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The safeguarding check")).to_be_visible()
    tab_to(page, "Send your answer")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    assert focused(page)["tag"] == "a"
    page.keyboard.press("Enter")
    assert focused(page)["tag"] == "input"

    page.goto(page.url)
    tab_to(page, "I have asked myself whether anybody is in danger now")
    page.keyboard.press("Space")
    tab_to(page, "Yes")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    tab_to(page, "What is feared")
    page.keyboard.type("His nephew takes his pension.")
    tab_to(page, "Adult")
    page.keyboard.press("Space")
    tab_to(page, "Yes")  # is anybody in danger: no
    page.keyboard.press("ArrowDown")
    tab_to(page, "Send your answer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    assert any("Triage of duty-worker" in line for line in live.office.waiting_for(case))
    context.close()


def test_the_focus_goes_through_every_page_from_top_to_bottom_and_out_again(live: Live, page_as: PageAs) -> None:
    """No page holds the focus fast, jumps about with it, or hides where it is."""
    busy = a_busy_office(live.office)
    page = page_as("team-manager")
    for path in (
        "/day",
        "/work-items",
        "/unseen",
        "/tray",
        f"/cases/{busy.tray}",
        f"/work-items/{busy.decision}",
        "/start/letter",
    ):
        page.goto(path)
        tops: list[float] = []
        names: list[object] = []
        for _ in range(LONGEST_WAY):
            page.keyboard.press("Tab")
            at = focused(page)
            if at["tag"] == "body" or (names and at["name"] == names[0]):
                break  # out at the end, or in at the top again
            assert at["isMarked"], f"{path}: nobody sees that the focus is at {at}"
            tops.append(float(str(at["top"])))
            names.append(at["name"])
        else:
            raise AssertionError(f"{path} holds the focus: {names[-5:]}")
        assert names[0] == "Skip to main content"
        jumps = [later for earlier, later in pairwise(tops[1:]) if later < earlier - 200]
        assert jumps == [], f"{path}: the focus jumps up the page: {names}"


def test_the_menu_and_the_way_past_it_on_a_telephone(live: Live, page_as: PageAs, look: Looker) -> None:
    """The menu opens and shuts by its button and says so; whoever skips it goes on in the page's own part."""
    page = page_as("team-manager", width=375)
    page.goto("/day")
    work = page.get_by_role("navigation", name="Main").get_by_role("link", name="Work")
    expect(work).to_be_hidden()
    tab_to(page, "Menu")
    page.keyboard.press("Enter")
    expect(work).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_have_attribute("aria-expanded", "true")
    look(page, "menu-open", widths=(375,))
    tab_to(page, "Nobody forgotten")
    tab_to(page, "Menu", back=True)
    page.keyboard.press("Enter")
    expect(work).to_be_hidden()

    page.goto("/day")
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_letter_goes_its_way_without_scripts(live: Live, page_as: PageAs) -> None:
    """Taken in, sorted, taken on and filed by browsers in which no script runs, on a telephone."""
    duty = page_as("duty-worker", width=375, scripts=False)
    duty.goto("/start/letter")
    expect(duty.get_by_role("navigation", name="Main").get_by_role("link", name="Find")).to_be_visible()
    duty.get_by_label("Who wrote").fill("Mrs Gladys Okafor, 4 Mill Lane")
    for name, value in (("Day", "5"), ("Month", "1"), ("Year", "2026")):
        duty.get_by_label(name, exact=True).fill(value)
    duty.get_by_label("What it says").fill("Dear Priya Nair, the bath seat for my mother has not come.")
    duty.get_by_role("button", name="Take in the letter").click()
    expect(duty.get_by_role("alert")).to_contain_text("The letter was taken in as case")
    ref = duty.url.rpartition("/")[2]

    duty.goto("/day")
    duty.get_by_role("link", name="Sorting the contact").click()
    duty.get_by_role("checkbox", name="Named worker").first.check()
    duty.get_by_label("The worker it is addressed to").first.select_option("practitioner")
    duty.get_by_label("The person it is about").fill("P-101")
    duty.get_by_label("What it asks for").first.fill("where the bath seat is")
    duty.get_by_label("Where it is recorded").first.fill("LAS, correspondence, 5 January 2026")
    duty.get_by_role("button", name="See first what it causes").click()
    duty.get_by_role("button", name="Send your answer").click()
    expect(duty.get_by_role("heading", name="Answered")).to_be_visible()

    worker = page_as("practitioner", width=375, scripts=False)
    worker.goto("/day")
    worker.locator("main").get_by_role("link", name=re.compile("contact")).first.click()
    worker.get_by_role("radio", name="Accept").check()
    worker.get_by_role("button", name="Send your answer").click()
    expect(worker.get_by_role("heading", name="Answered")).to_be_visible()

    duty.goto("/day")
    duty.get_by_role("link", name="Filing the original securely").click()
    duty.locator("main [name=filed_at]").fill("locked cabinet 2, January 2026")
    duty.get_by_role("button", name="Send your answer").click()
    assert live.office.outcome_of(ref) == "transferred"
