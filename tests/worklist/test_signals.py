"""Telling an open case that something has happened: what is offered, by whom, once, and with what came of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deployments.worklist.drafts import draft_of
from flows.disclosure import disclosure
from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.written_contact_transfer import written_contact_transfer
from models.decision_tables.levels import Rag
from models.forms.base import Signal
from models.forms.disclosure import DisclosureWish
from models.forms.tray_signals import RatedAgain
from models.policy.organisation import MailKind
from models.roles import Role
from tasks.durable.ledger import Recorded, recall
from tasks.durable.testing import Office
from tasks.worklist.signalling import what_can_be_told
from tests.procedures.letters import letter, sorted_as
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.procedures.tray_stories import facts_for, on_the_tray
from tests.worklist.browser import Browser, Seen

AtWork = Callable[[str], Browser]


def told(office: Office, ref: str) -> list[Recorded]:
    """What the case was told."""
    with office.council.database.read() as session:
        return [one for one in recall(session, ref) if one.kind == "signalled"]


def offered(office: Office, ref: str, role: Role = Role.TEAM_MANAGER) -> set[str]:
    """What the case can be told, of the product's own signals: other tests define some of their own."""
    can_be = what_can_be_told(office.council, office.case(ref), role)
    return {one.signal.slug() for one in can_be if one.signal.__module__.startswith("models.")}


def send(browser: Browser, page: Seen, **changes: str) -> Seen:
    """Tell the case."""
    return browser.send(page, changes, action="/cases", button="Tell the case")


def test_a_case_is_offered_what_its_procedure_listens_for(office: Office) -> None:
    """Somebody on the tray: all that their case hears; a letter only what every owner reads; the system's own never."""
    tray, contact = on_the_tray(office), office.start(written_contact_transfer, letter())
    assert offered(office, contact) == {"further-message", "person-has-died"}
    assert offered(office, tray) == {
        "allocation-wanted",
        "circumstances-changed",
        "contact-logged",
        "day-agreed",
        "escalation-wanted",
        "further-message",
        "leaving-reported",
        "person-has-died",
        "rated-again",
        "ready-to-wait-again",
        "relevant-person-named",
    }
    assert {one.slug() for one in Signal.every() if not one.by_hand} & offered(office, tray) == set()


def test_a_closed_case_is_told_nothing(at_work: AtWork, office: Office) -> None:
    """Its page says so, and where something new is begun."""
    ref = office.start(written_contact_transfer, letter())
    office.answer(ref, sorted_as(MailKind.COMPLAINT), by="duty-worker")
    browser = at_work("duty-worker")
    seen = browser.get(f"/cases/{ref}/signals")
    assert "This case is closed" in seen.text
    assert offered(office, ref) == set()
    assert browser.get(f"/cases/{ref}/signals/further-message").status == 409


def test_a_change_reaches_the_case_under_the_name_of_who_told_it(at_work: AtWork, office: Office) -> None:
    """The page says what became of it, and the case has it once."""
    ref = on_the_tray(office)
    browser = at_work("duty-worker")
    listed = browser.get(f"/cases/{ref}/signals")
    page = browser.begin(listed.links["A change for somebody on the tray"])
    assert "ring 999 first" in page.text
    seen = send(browser, page, reported_by="carer", what="She fell in the night.", urgent="yes")

    assert seen.path == f"/cases/{ref}"
    assert f"Case {ref} was told: a change for somebody on the tray." in seen.text
    (entry,) = told(office, ref)
    assert (entry.by, entry.step, entry.data["urgent"]) == ("duty-worker", "CircumstancesChanged", True)


def test_the_same_form_sent_twice_is_entered_once(at_work: AtWork, office: Office) -> None:
    """Pressed twice, or sent again from an old page: nothing more happens, and that is said."""
    ref = on_the_tray(office)
    browser = at_work("duty-worker")
    path = f"/cases/{ref}/signals/further-message"
    said = {"sender": "Joan", "subject": "Stairs", "text": "He cannot get upstairs now."}
    pairs = [p for p in browser.begin(path).form("/cases").pairs if p[0] not in said] + [*said.items()]
    browser.post(path, pairs)
    again = browser.post(path, pairs)
    assert "it was not entered twice" in again.text
    (entry,) = told(office, ref)
    assert (entry.data["mail_id"], entry.data["text"]) == ("told by hand", "He cannot get upstairs now.")

    changed = browser.post(path, [*pairs[:-1], ("text", "He cannot get to bed now.")])
    assert changed.status == 409
    assert "He cannot get to bed now." in changed.html
    assert len(told(office, ref)) == 1


def test_sent_before_the_case_was_closed_it_is_still_known(at_work: AtWork, office: Office) -> None:
    """Whoever sends the same again hears that we have it, and not that the case is closed."""
    ref = office.start(written_contact_transfer, letter())
    browser = at_work("duty-worker")
    path = f"/cases/{ref}/signals/further-message"
    said = {"sender": "Joan", "subject": "Stairs", "text": "It has come."}
    pairs = [p for p in browser.begin(path).form("/cases").pairs if p[0] not in said] + [*said.items()]
    browser.post(path, pairs)
    office.answer(ref, sorted_as(MailKind.COMPLAINT), by="duty-worker")

    assert "it was not entered twice" in browser.post(path, pairs).text
    late = browser.post(path, [*pairs[:-1], ("text", "Another.")])
    assert late.status == 409
    assert len(told(office, ref)) == 1


def test_what_is_typed_for_a_case_that_closed_meanwhile_is_kept(at_work: AtWork, office: Office) -> None:
    """It is refused, and stands in their draft."""
    ref = office.start(written_contact_transfer, letter())
    browser = at_work("duty-worker")
    page = browser.begin(f"/cases/{ref}/signals/further-message")
    office.answer(ref, sorted_as(MailKind.COMPLAINT), by="duty-worker")
    refused = send(browser, page, sender="Joan", subject="Stairs", text="It has come.")
    assert (refused.status, told(office, ref)) == (409, [])
    with office.council.database.read() as session:
        kept = draft_of(session, "duty-worker", f"/cases/{ref}/signals/further-message")
    assert kept is not None
    assert ("text", "It has come.") in kept.pairs


def test_whoever_the_case_is_about_is_not_keyed_again(at_work: AtWork, office: Office) -> None:
    """A death: the person stands there chosen already; a day to come is refused at its field."""
    ref = on_the_tray(office)
    browser = at_work("duty-worker")
    page = browser.get(f"/cases/{ref}/signals/person-has-died")
    assert dict(page.form("/cases").pairs)["person"] == "P-104"
    assert "Harold Brisco" in page.text
    day = {"died_on-day": "4", "died_on-month": "1", "died_on-year": "2027"}
    refused = send(browser, page, **day)
    assert refused.status == 422
    assert "It has not come yet" in refused.text
    send(browser, refused, **{"died_on-year": "2026"})
    assert [one.data["person"] for one in told(office, ref)] == ["P-104"]


@pytest.mark.clauses("PWT-48")
def test_what_decides_is_for_managers(at_work: AtWork, office: Office) -> None:
    """A duty worker sees that a manager can, and has no way to do it; a manager has."""
    ref = on_the_tray(office)
    worker, leader = at_work("duty-worker"), at_work("team-leader")
    listed = worker.get(f"/cases/{ref}/signals")
    assert "Only a manager, from team leader upwards, can say this." in listed.text
    assert "Rating somebody on the tray anew" not in listed.links
    assert worker.get(f"/cases/{ref}/signals/rated-again").status == 404
    assert worker.post(f"/cases/{ref}/signals/rated-again", {}).status == 400
    assert "Rating somebody on the tray anew" in leader.get(f"/cases/{ref}/signals").links


@pytest.mark.clauses("GAP-22", "PWT-48")
def test_a_problem_that_only_policy_knows_stands_at_its_field(at_work: AtWork, office: Office) -> None:
    """A colour of one's own wants reasons; what was filled in is still there, and the case has nothing of it."""
    ref = on_the_tray(office)
    browser = at_work("team-leader")
    page = browser.get(f"/cases/{ref}/signals/rated-again")
    facts = {
        "facts.support": "moderate",
        "facts.risk": "moderate",
        "facts.delay_effect": "decline",
        "facts.colour": "Red",
        "facts_changed": "no",
        "reasons": "looked at it",
        "safety_plan": "a neighbour looks in",
    }
    refused = send(browser, page, **facts)
    assert refused.status == 422
    assert 'href="#field-facts-override_reasons"' in refused.html
    assert told(office, ref) == []
    send(browser, refused, **{"facts.override_reasons": "she hides how bad it is"})
    office.hours_pass(0.1)
    assert office.case(ref).colour == Rag.RED


def test_how_somebody_was_rated_is_not_keyed_again(at_work: AtWork, office: Office) -> None:
    """The facts of the last rating stand there; a departure from the tables is judged anew."""
    ref = on_the_tray(office)
    facts = facts_for(Rag.RED, colour=Rag.AMBER, override_reasons="a neighbour is there day and night")
    again = RatedAgain(facts=facts, facts_changed=True, reasons="she fell", safety_plan="")
    office.signal(ref, again, by="team-leader")
    filled = dict(at_work("team-leader").get(f"/cases/{ref}/signals/rated-again").form("/cases").pairs)
    assert (filled["facts.support"], filled["facts.risk"], filled["facts.delay_effect"]) == ("none", "high", "decline")
    assert "facts.colour" not in filled
    assert filled["facts.override_reasons"] == ""


def test_a_case_that_is_not_theirs_is_not_there(at_work: AtWork, office: Office) -> None:
    """Another team's case, and a restricted one, cannot be told anything; nor be found out to exist."""
    tray = on_the_tray(office)
    restricted = office.start(unauthorised_disclosure, FOUND, owner="role-team-manager")
    for path in (f"/cases/{tray}/signals", f"/cases/{tray}/signals/further-message"):
        assert at_work("practitioner-4").get(path).status == 404
    for path in (f"/cases/{restricted}/signals", f"/cases/{restricted}/signals/further-message"):
        assert at_work("duty-worker").get(path).status == 404
    nowhere = at_work("duty-worker").get("/cases/7K3Q-9PXM/signals/further-message")
    assert nowhere.status == 404
    assert told(office, tray) == told(office, restricted) == []


@pytest.mark.parametrize("name", ["nothing", "note-news", "FurtherMessage", "..%2f..", "contact-logged"])
def test_only_what_is_offered_can_be_told(at_work: AtWork, office: Office, name: str) -> None:
    """The system's own messages, and what this procedure does not hear, have no page."""
    ref = office.start(disclosure, DisclosureWish(recipient="x", purpose="y", content="z"))
    assert at_work("duty-worker").get(f"/cases/{ref}/signals/{name}").status == 404


def test_looking_is_noted_before_it_is_shown(at_work: AtWork, office: Office) -> None:
    """The form names whom the case is about: the access log has that somebody opened it."""
    ref = on_the_tray(office)
    at_work("duty-worker").get(f"/cases/{ref}/signals/person-has-died")
    auditor = at_work("auditor").get(f"/audit/access?about={ref}")
    assert "Act on case" in auditor.text
