"""The weekly review of a whole tray, done on its page: decided, said more about, checked, sent, and asked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from deployments.worklist.tray_answers import ReviewTyped
from flows.pwt_review import pwt_review
from models.cases import Entry, WorkItem
from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.forms.tray_review import AfterLooking
from models.forms.written_contact import FurtherMessage
from models.refs import new_ref
from models.register import Staff
from models.states import WorkItemState
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.tray.weekly_list import ListedCase
from tasks.tray.weekly_opening import open_due_reviews
from tasks.worklist.tray_reviewing import NamedCase
from tests.procedures.tray_stories import on_the_tray, placement
from tests.worklist.answering_stories import item_of
from tests.worklist.browser import Browser, Seen

AtWork = Callable[[str], Browser]
ALLOCATED = {"one_by_one.1.decision": "allocate"}


def a_review(office: Office) -> tuple[str, str]:
    """This week's review of Hazel's tray: its case, and the work item."""
    [case] = open_due_reviews(office.council)
    office.hours_pass(0)
    return case, item_of(office, case, "TrayReviewed")


def reached_before(office: Office, colour: Rag = Rag.GREEN, **changes: Any) -> str:
    """Somebody on Hazel's tray about whom nothing calls for a look by itself."""
    return on_the_tray(office, colour, last_reached_at=office.clock.now(), **changes)


@pytest.fixture
def tray(office: Office) -> list[str]:
    """Harold is Red and looked at by himself; Mei-Ling (Amber) and Leonard (Green) are the rest, in this order."""
    return [
        reached_before(office, Rag.RED, person="P-104"),
        reached_before(office, Rag.AMBER, person="P-105"),
        reached_before(office, person="P-103"),
    ]


def said_of(office: Office, case: str) -> list[tuple[str, str, str]]:
    """What was entered in a case when it was looked at: decision, reasons, by whom."""
    with office.council.database.read() as session:
        return [
            (one.data["decision"], one.data["reasons"], one.by)
            for one in recall(session, case)
            if one.step == "tray-review"
        ]


def answers(office: Office, case: str) -> list[dict[str, Any]]:
    """What was answered in the review."""
    with office.council.database.read() as session:
        return [one.data for one in recall(session, case) if one.kind is EntryKind.ANSWERED]


def filled(browser: Browser, page: Seen, changes: Mapping[str, str | Sequence[str]], button: str = "Continue") -> Seen:
    """The page after something was filled in and a button pressed."""
    return browser.send(page, changes, action="/tray/review", button=button)


def test_the_work_item_leads_to_the_page_made_for_it(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """Everybody is on it by name, those one by one first, with nothing chosen beforehand."""
    _, item = a_review(office)
    seen = at_work("team-leader").get(f"/work-items/{item}")
    assert seen.path == f"/tray/review/{item}"
    assert "One by one: 1" in seen.text
    assert "The rest, as one list: 2" in seen.text
    places = [seen.text.index(one) for one in ("1. Harold Brisco", "2. Mei-Ling Cheung", "3. Leonard")]
    assert places == sorted(places)
    form = seen.form("/tray/review")
    assert "one_by_one.1.decision" in form.names
    assert [name for name, _ in form.pairs if not name.startswith("_") and name != "form_token"] == []


@pytest.mark.clauses("PWT-08")
def test_the_rest_is_looked_through_except_whom_one_ticks(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """Harold still waits, the rest was looked through but for Leonard, who is asked about again by name."""
    case, item = a_review(office)
    browser = at_work("team-leader")
    chosen = {"one_by_one.1.decision": "still-waits", "rest_looked_at": "yes", "rest_except": tray[2]}
    check = filled(browser, browser.get(f"/tray/review/{item}"), chosen)
    assert "Check your answers" in check.text
    assert "1 of the rest was looked through and still waits." in check.text
    assert "1 was not looked at and is asked for again at once." in check.text
    assert answers(office, case) == []

    done = filled(browser, check, {}, "Send your answer")
    assert done.path == f"/work-items/{item}"
    office.hours_pass(0)
    assert [said_of(office, one) for one in tray] == [
        [("still-waits", "", "team-leader")],
        [("still-waits", "", "team-leader")],
        [],
    ]
    again = browser.get(f"/work-items/{item_of(office, case, 'TrayReviewed')}")
    assert "1. Leonard" in again.text
    assert "Harold" not in again.text


@pytest.mark.clauses("PWT-08", "PWT-10")
def test_whoever_is_given_to_a_worker_is_asked_about_on_a_second_page(
    office: Office, at_work: AtWork, tray: list[str]
) -> None:
    """Worker and reasons are wanted there, each problem says about whom; what is sent names case, worker, reasons."""
    case, item = a_review(office)
    browser = at_work("team-leader")
    more = filled(browser, browser.get(f"/tray/review/{item}"), ALLOCATED)
    assert "More about one case" in more.text
    assert "Mei-Ling" not in more.text

    refused = filled(browser, more, {})
    assert refused.status == 422
    assert "1. Harold Brisco: select the worker who is to be asked" in refused.text
    assert "1. Harold Brisco: enter your reasons" in refused.text
    assert {"#field-one_by_one-1-worker", "#field-one_by_one-1-reasons"} <= set(refused.links.values())
    assert answers(office, case) == []

    told = {"one_by_one.1.worker": "practitioner", "one_by_one.1.reasons": "she knows him"}
    check = filled(browser, refused, told)
    assert "The worker is asked to accept them." in check.text
    assert "The reasons: she knows him" in check.text
    filled(browser, check, {}, "Send your answer")
    [said] = answers(office, case)
    [one] = said["one_by_one"]
    assert (one["case"], one["decision"], one["worker"], one["reasons"]) == (
        tray[0],
        AfterLooking.ALLOCATE,
        "practitioner",
        "she knows him",
    )
    office.hours_pass(0)
    assert said_of(office, tray[0]) == [("allocate", "she knows him", "team-leader")]


@pytest.mark.clauses("PWT-48")
def test_one_of_the_rest_is_rated_again(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """Ticked on the list, Leonard has a decision of his own with the facts; the others of the rest are left alone."""
    case, item = a_review(office)
    browser = at_work("team-leader")
    more = filled(browser, browser.get(f"/tray/review/{item}"), {"by_itself": "3"})
    assert "3. Leonard" in more.text
    undecided = filled(browser, more, {})
    assert "select your decision" in undecided.text.lower()
    facts = {
        "one_by_one.3.decision": "rate-again",
        "one_by_one.3.facts.support": "none",
        "one_by_one.3.facts.risk": "high",
        "one_by_one.3.facts.delay_effect": "decline",
        "one_by_one.3.reasons": "he fell",
    }
    check = filled(browser, undecided, facts)
    assert "Their rating is set anew" in check.text
    filled(browser, check, {}, "Send your answer")
    [said] = answers(office, case)
    assert [one["case"] for one in said["one_by_one"]] == [tray[2]]
    assert said["one_by_one"][0]["facts"]["risk"] == "high"
    assert said["rest_looked_at"] is False
    office.hours_pass(0)
    assert said_of(office, tray[1]) == []


def test_what_one_decision_asked_for_is_left_out_of_another(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """A worker was chosen, then it is brought before the strategic manager instead: no worker is sent along."""
    case, item = a_review(office)
    browser = at_work("team-leader")
    more = filled(browser, browser.get(f"/tray/review/{item}"), ALLOCATED)
    told = {"one_by_one.1.worker": "practitioner", "one_by_one.1.reasons": "too long"}
    back = filled(browser, more, told, "Back to the list")
    assert dict(back.form("/tray/review").pairs)["one_by_one.1.decision"] == "allocate"
    more = filled(browser, back, {"one_by_one.1.decision": "escalate"})
    assert dict(more.form("/tray/review").pairs)["one_by_one.1.reasons"] == "too long"
    filled(browser, filled(browser, more, {}), {}, "Send your answer")
    [said] = answers(office, case)
    assert (said["one_by_one"][0]["decision"], said["one_by_one"][0]["worker"]) == ("escalate", None)


def test_nothing_chosen_is_no_review(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """The page says what to do, and nothing is sent."""
    case, item = a_review(office)
    browser = at_work("team-leader")
    refused = filled(browser, browser.get(f"/tray/review/{item}"), {})
    assert refused.status == 422
    assert "Select a decision for at least one case" in refused.text
    assert answers(office, case) == []


def test_what_was_chosen_is_kept(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """Opened again it is filled in, and can be thrown away."""
    _, item = a_review(office)
    browser = at_work("team-leader")
    filled(browser, browser.get(f"/tray/review/{item}"), ALLOCATED | {"by_itself": "2"})
    seen = browser.get(f"/tray/review/{item}")
    assert "It is filled in below and has not been sent." in seen.text
    pairs = seen.forms[[one.names >= {"by_itself"} for one in seen.forms].index(True)].pairs
    assert ("one_by_one.1.decision", "allocate") in pairs
    assert ("by_itself", "2") in pairs
    browser.send(seen, button="Throw it away and start afresh", action="/tray/review")
    assert "has not been sent" not in browser.get(f"/tray/review/{item}").text


def test_whom_the_page_has_no_room_for_was_not_looked_at() -> None:
    """The rest was looked through: those beyond the end of the page are named as left, and come next."""
    refs = [new_ref() for _ in range(3)]
    cases = [NamedCase(number, _listed(ref), None, True) for number, ref in enumerate(refs[:2], start=1)]
    typed = ReviewTyped(cases, [("rest_looked_at", "yes"), ("rest_except", refs[1])], beyond=[refs[2]])
    answer, problems = typed.checked()
    assert problems == ()
    assert sorted(answer["rest_except"]) == sorted(refs[1:])
    assert answer["rest_looked_at"] is True


def _listed(ref: str) -> ListedCase:
    """Somebody Green whom somebody has reached."""
    return ListedCase(ref=ref, person="P-104", colour=Rag.GREEN, days=3, days_on_tray=3, reached=None, missed=0)


def test_sent_twice_it_is_entered_once(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """The second time leads to what became of it."""
    case, item = a_review(office)
    browser = at_work("team-leader")
    check = filled(browser, browser.get(f"/tray/review/{item}"), {"one_by_one.1.decision": "still-waits"})
    filled(browser, check, {}, "Send your answer")
    assert filled(browser, check, {}, "Send your answer").path == f"/work-items/{item}"
    assert len(answers(office, case)) == 1


@pytest.mark.parametrize("who", ["duty-worker", "rowan-team-leader"])
def test_it_is_not_for_those_who_are_not_asked(office: Office, at_work: AtWork, tray: list[str], who: str) -> None:
    """Whoever cannot answer it gets no list of names from here, and can send nothing."""
    case, item = a_review(office)
    browser = at_work(who)
    seen = browser.get(f"/tray/review/{item}")
    assert "Harold" not in seen.text
    assert "Continue" not in [words for one in seen.forms for _, _, words in one.buttons]
    assert browser.get("/tray/review/W-0000").status == 404
    assert answers(office, case) == []


def test_another_form_has_no_review_page(office: Office, at_work: AtWork) -> None:
    """A contact that is asked is not answered here."""
    contact = on_the_tray(office)
    office.days_pass(14)
    assert at_work("team-manager").get(f"/tray/review/{item_of(office, contact, 'ContactReview')}").status == 404


def test_a_restricted_case_on_the_list_has_no_name(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """It is decided about by its reference alone."""
    facts = placement(office, Rag.RED, person="P-108")
    hidden = office.start(pwt_review, facts, owner="staff-head-of-service", restricted=True)
    _, item = a_review(office)
    seen = at_work("team-leader").get(f"/tray/review/{item}")
    assert f"Case {hidden}" in seen.text
    assert "Walter" not in seen.html
    assert "Restricted" in seen.text
    with office.council.database.read() as session:
        items = session.scalars(select(WorkItem).where(WorkItem.id == item)).one()
        assert items.state == WorkItemState.OPEN
        assert session.scalar(select(Entry.no).where(Entry.case_ref == hidden).limit(1))


def test_whoever_comes_second_sees_what_they_had_decided_and_that_it_does_not_count(
    office: Office, at_work: AtWork, tray: list[str]
) -> None:
    """A colleague has answered the review meanwhile: nothing typed is lost, and nobody takes it for entered."""
    case, item = a_review(office)
    first, second = at_work("team-leader"), at_work("team-manager")
    mine, theirs = first.get(f"/work-items/{item}"), second.get(f"/work-items/{item}")
    check = filled(second, theirs, {"one_by_one.1.decision": "still-waits"})
    second.send(check, action="/tray/review", button="Send your answer")

    late = filled(first, mine, {"one_by_one.1.decision": "escalate", "rest_looked_at": "yes"})
    assert late.status == 409
    for words in ("It was answered before you", "What you decided does not count", "1. Harold Brisco", "Escalate"):
        assert words in late.text
    assert "You had looked through the rest" in late.text
    assert len(answers(office, case)) == 1
    ended = first.get(f"/work-items/{item}")
    assert "Escalate" in first.get(ended.links["what you had decided"]).text
    assert "what you had decided" not in second.get(f"/work-items/{item}").links


def test_a_review_that_is_theirs_no_more_shows_what_they_had_decided(
    office: Office, at_work: AtWork, tray: list[str]
) -> None:
    """Given to somebody else while they decided, or out of their sight altogether: kept and shown."""
    case, item = a_review(office)
    browser = at_work("team-leader")
    page = browser.get(f"/work-items/{item}")
    with office.council.database.write() as session:
        session.get_one(WorkItem, item).asked_of = "staff-team-manager"
        session.get_one(Staff, "team-leader").role = "practitioner"
    refused = filled(browser, page, {"one_by_one.1.decision": "escalate"})
    assert "What you decided does not count" in refused.text
    assert "Escalate" in refused.text
    with office.council.database.write() as session:
        session.get_one(Staff, "team-leader").team_id = "rowan"
    gone = browser.get(f"/tray/review/{item}")
    assert (gone.status, "escalate" in gone.text, "Harold" in gone.text) == (404, True, False)
    assert answers(office, case) == []


def test_what_came_since_a_review_was_begun_is_said_on_return(office: Office, at_work: AtWork, tray: list[str]) -> None:
    """The draft knows what they had seen: what is new stands above it."""
    case, item = a_review(office)
    browser = at_work("team-leader")
    form = browser.get(f"/work-items/{item}").form("/tray/review")
    browser.post("/drafts", [*form.pairs, *ALLOCATED.items(), ("_path", f"/tray/review/{item}")])
    office.signal(case, FurtherMessage(mail_id="M-1", sender="Joyce", subject="Stairs", text="She fell again."))
    seen = browser.get(f"/work-items/{item}")
    assert "Something has happened in this review since you opened it" in seen.text
    assert "She fell again" in seen.text
    assert seen.status == 200
