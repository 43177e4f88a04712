"""Answers that name somebody by an id: nobody is mistaken for somebody else by a slip of the finger."""

from __future__ import annotations

from collections.abc import Callable

from flows.written_contact_transfer import written_contact_transfer
from models.entry_kinds import EntryKind
from tasks.durable.testing import Office
from tests.procedures.letters import letter
from tests.worklist.answering_stories import a_safeguarding_check, entries_of, item_of
from tests.worklist.browser import Browser, Seen

AtWork = Callable[[str], Browser]
EDITH = "P-101, Edith Tilling, born 12 April 1938"
SORTED = {
    "kinds": "named-worker",
    "about_person": "P-101",
    "named_worker": "practitioner",
    "action_indicated": "chase the bath seat",
    "where_recorded": "case note 4711",
}


def a_letter(office: Office) -> tuple[str, str]:
    """A letter that duty is to sort: the case, and the work item."""
    case = office.start(written_contact_transfer, letter())
    return case, item_of(office, case, "ContactSorting")


def sent(browser: Browser, page: Seen, answers: dict[str, str]) -> Seen:
    """The form of the page sent, with whatever it has that sends it."""
    page.forms = [max(page.forms, key=lambda one: len(one.names))]
    return browser.send(page, answers, button="Send your answer")


def test_whom_an_id_names_is_read_before_the_answer_is_sent(office: Office, at_work: AtWork) -> None:
    """An id was typed: who that is stands there, and only then it is sent."""
    case, item = a_letter(office)
    browser = at_work("duty-worker")
    checking = sent(browser, browser.get(f"/work-items/{item}"), SORTED)
    assert EDITH in checking.text
    assert entries_of(office, case, EntryKind.ANSWERED) == []

    assert "Answered" in sent(browser, checking, {}).text
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1


def test_what_was_read_out_of_a_letter_is_proposed_and_not_chosen(office: Office, at_work: AtWork) -> None:
    """A name stands beside the form; who it is, is for a person to say."""
    _, item = a_letter(office)
    page = at_work("duty-worker").get(f"/work-items/{item}")
    assert "Perhaps addressed to" in page.text
    form = dict(max(page.forms, key=lambda one: len(one.names)).pairs)
    assert (form["about_person"], form["named_worker"]) == ("", "")


def test_another_id_is_read_again(office: Office, at_work: AtWork) -> None:
    """Who has read one name and then types another id has not read that one's."""
    case, item = a_letter(office)
    browser = at_work("duty-worker")
    checking = sent(browser, browser.get(f"/work-items/{item}"), SORTED)
    again = sent(browser, checking, {"about_person": "P-110"})
    assert "P-110, Per Lindqvist" in again.text
    assert entries_of(office, case, EntryKind.ANSWERED) == []


def test_a_form_that_is_shown_again_says_who_stands_in_it(office: Office, at_work: AtWork) -> None:
    """Refused for something else, the form has the name beside the id that was typed."""
    _, item = a_letter(office)
    browser = at_work("duty-worker")
    refused = sent(browser, browser.get(f"/work-items/{item}"), SORTED | {"action_indicated": ""})
    assert refused.status == 422
    assert f"Below stands {EDITH}" in refused.text


def test_what_the_case_asks_next_stands_below_the_answer(office: Office, at_work: AtWork) -> None:
    """Duty has checked that nobody is in danger and goes on with the same person's triage."""
    case, item = a_safeguarding_check(office)
    browser = at_work("duty-worker")
    checks = {"nine_nine_nine_considered": "yes", "concern": "no"}
    sent(browser, browser.get(f"/work-items/{item}"), checks)
    office.hours_pass(0)
    assert browser.get(f"/work-items/{item}").links["Triage"] == f"/work-items/{item_of(office, case, 'Triage')}"
