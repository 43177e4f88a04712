"""A case's page: what it waits for, who owns it, its story in plain words; and nothing for those it is not for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from flows.queued_contact import queued_contact
from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.case_people import CasePerson
from models.cases import Case, Entry
from models.connections import Connections, Worklist
from models.entry_kinds import EntryKind
from models.forms.written_contact import ContactSorting, FurtherMessage
from models.outbox import OutboxMessage
from models.person_messages import MessageKind, PersonMessage, PersonMessageState, SentBy
from models.policy.organisation import MailKind
from models.register import Person
from tasks.audit.erasing import erase_payloads
from tasks.durable.testing import Office
from tasks.worklist.messages import to_staff
from tasks.worklist.story import PAGE, Told, lines_of, story_page, told
from tests.procedures.letters import contact_left_for_return, letter, sorted_as, sorted_contact
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.procedures.tray_stories import on_the_tray, reached
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]


@pytest.fixture
def case(office: Office) -> str:
    """A letter to Tom Garrick about P-103, who is away: it waits for him, and for the day agreed."""
    return contact_left_for_return(office)


def looks(office: Office) -> list[tuple[str, str, str]]:
    """Who looked at what, as the access log has it."""
    with office.council.database.read() as session:
        entries = session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        return [(one.who, one.what, one.about) for one in entries]


def case_paths(ref: str) -> list[str]:
    """Every page of a case that shows what is in it."""
    return [f"/cases/{ref}", f"/cases/{ref}/messages", f"/cases/{ref}/picture"]


# ------------------------------------------------------------------ what it shows


def test_the_page_says_what_the_case_waits_for_and_who_owns_it(case: str, at_work: AtWork) -> None:
    """Each open question with a link, who is asked by name, and the clocks with their time."""
    seen = at_work("duty-worker").get(f"/cases/{case}")

    assert "Belongs to The duty worker" in seen.text
    assert "Asked of Tom Garrick (practitioner-2)" in seen.text
    assert "When the next contact is made: Wednesday 14 January 2026, 8:30am" in seen.text
    assert seen.links["A contact that came while away"].startswith("/work-items/W-")


def test_a_question_that_is_theirs_is_offered_to_be_answered(office: Office, at_work: AtWork) -> None:
    """Whoever may answer sees so; the page says what happens if nobody does."""
    ref = office.start(written_contact_transfer, letter())

    theirs, others = (at_work(who).get(f"/cases/{ref}") for who in ("duty-worker", "information-governance"))

    assert "Answer: sorting the contact" in theirs.links
    assert "Sorting the contact" in others.links
    assert "If nobody has opened it by Monday 5 January 2026, 1pm, the team leader will be told" in theirs.text


def test_what_is_overdue_is_said_in_words(case: str, office: Office, at_work: AtWork) -> None:
    """Colour is never the only mark."""
    office.days_pass(12)
    assert "Overdue" in at_work("duty-worker").get(f"/cases/{case}").text


def test_the_person_stands_there_with_the_id_to_copy_and_the_link_to_the_record(
    case: str, office: Office, desk: Desk
) -> None:
    """Nothing is keyed twice: the record id can be copied, and the recording system opened at the person."""
    address = Worklist(record_address="https://record.example.org/{record_id}/open")
    office.council.connections = Connections(worklist=address)
    browser = Browser(worklist(desk), office, desk)
    browser.is_signed_in_as("duty-worker")

    seen = browser.get(f"/cases/{case}")

    assert "Leonard Peake" in seen.text and "Register id P-103" in seen.text
    assert '<span data-copy="record id">LAS-70444</span>' in seen.html
    assert seen.links["Open the record in the recording system"] == "https://record.example.org/LAS-70444/open"


def test_what_to_beware_of_stands_first(case: str, office: Office, at_work: AtWork) -> None:
    """A death, a rule for safe contact, a message that did not arrive and a case that is stuck, before all else."""
    now = office.clock.now()
    with office.council.database.write() as session:
        person = session.get_one(Person, "P-103")
        person.died_on, person.safe_contact = date(2026, 1, 2), "Never leave a message."
        failed = {"state": PersonMessageState.FAILED, "reason": "the address is unknown", "settled_at": now}
        session.add(PersonMessage(**message_to_somebody(case, now) | failed))

    text = at_work("duty-worker").get(f"/cases/{case}").text

    first = text[: text.index("Belongs to")]
    assert "Leonard Peake (P-103) died on Friday 2 January 2026" in first
    assert "Safe contact, Leonard Peake (P-103): Never leave a message." in first
    assert "1 message has not arrived" in first


def message_to_somebody(case: str, now: object) -> dict[str, object]:
    """What a message to a person outside is made of."""
    return {
        "id": "L-7K3Q9PXM2B",
        "case_ref": case,
        "entry_no": 1,
        "kind": MessageKind.TOLD,
        "person_id": "P-103",
        "sent_by": SentBy.EMAIL,
        "address": "leonard.planted@example.org",
        "subject": "planted subject",
        "body": "planted body",
        "state": PersonMessageState.QUEUED,
        "reason": "",
        "queued_at": now,
        "next_attempt_at": now,
        "attempts": 1,
    }


def test_messages_show_whether_they_arrived(case: str, office: Office, at_work: AtWork) -> None:
    """Messages to people with what became of them; notices to staff with whom, and when they were delivered."""
    now = office.clock.now()
    failed = {"state": PersonMessageState.FAILED, "reason": "the address is unknown", "settled_at": now}
    with office.council.database.write() as session:
        session.add(PersonMessage(**message_to_somebody(case, now) | failed))
    office.digest_goes_out()

    text = at_work("duty-worker").get(f"/cases/{case}/messages").text

    assert "planted subject Did not arrive" in text and "leonard.planted@example.org" in text
    assert "Did not arrive, and is not tried again on Monday 5 January 2026, 9am: the address is unknown" in text
    assert f"contact on return, case {case}" in text
    assert "To Tom Garrick (practitioner-2)" in text and "Delivered on Monday 5 January 2026" in text


def test_notices_are_shown_a_page_at_a_time(case: str, office: Office) -> None:
    """Every notice is on exactly one page, and a page that is not there is the nearest one."""
    with office.council.database.read() as session:
        pages = [to_staff(session, case, number, most=2) for number in range(1, 4)]
        whole = session.scalars(select(OutboxMessage.id).where(OutboxMessage.case_ref == case)).all()
        beyond = to_staff(session, case, 99, most=2)

    assert [len(one.notices) for one in pages] == [2, 2, len(whole) - 4] and pages[0].pages == 3
    assert (pages[0].whole, beyond.number) == (len(whole), 3)
    assert {one.at for page in pages for one in page.notices} <= {one.at for one in pages[0].notices}


def test_cases_that_belong_with_it_are_linked(office: Office, at_work: AtWork) -> None:
    """The case that opened it, those it opened, and others about the same person."""
    ref = office.start(written_contact_transfer, letter())
    office.answer(ref, sorted_as(MailKind.COMPLAINT), by="duty-worker")
    (child,) = office.cases(queued_contact)
    one, other = sorted_contact(office, sorted_as()), on_the_tray(office, person="P-101")
    browser = at_work("duty-worker")

    assert f"Queued contact, case {child}" in browser.get(f"/cases/{ref}").links
    assert f"Written contact transfer, case {ref}" in browser.get(f"/cases/{child}").links
    assert f"Planned work tray, case {other}" in browser.get(f"/cases/{one}").links


def test_a_restricted_case_about_the_same_person_is_not_named(office: Office, at_work: AtWork) -> None:
    """Whoever may not see it does not learn from another case that it is there."""
    ref = sorted_contact(office, sorted_as())
    hidden = office.start(unauthorised_disclosure, FOUND, owner="role-head-of-service")

    assert hidden not in at_work("duty-worker").get(f"/cases/{ref}").html
    assert hidden in at_work("head-of-service").get(f"/cases/{ref}").html


def test_only_managers_have_the_link_to_the_run(case: str, office: Office, at_work: AtWork) -> None:
    """Nobody else has a route to Prefect's pages."""
    with office.council.database.write() as session:
        session.get_one(Case, case).flow_run_id = "0199-run"

    assert at_work("team-manager").get(f"/cases/{case}").links[f"Its run, {case}"].endswith("/runs/flow-run/0199-run")
    assert "flow-run" not in at_work("duty-worker").get(f"/cases/{case}").html


# ------------------------------------------------------------------ its story


def test_the_story_has_every_entry_with_who_and_when(case: str, office: Office, at_work: AtWork) -> None:
    """The recorded text of each entry, the latest first, and who did it by name."""
    html = at_work("duty-worker").get(f"/cases/{case}").html
    with office.council.database.read() as session:
        numbers = [one.entry.no for one in told(session, case)]

    places = [html.index(f'id="entry-{no}"') for no in numbers]
    assert len(numbers) > 20 and places == sorted(places, reverse=True)
    seen = at_work("duty-worker").get(f"/cases/{case}").text
    assert "Dana Whitlock answered: acting while the worker is away (actions taken: rang the supplier" in seen
    assert "9am, by Dana Whitlock (duty-worker); entry 26, answered" in seen


def test_a_clause_stands_beside_its_step_with_what_it_asks_for(case: str, at_work: AtWork) -> None:
    """Why a step was done, in words, without hovering; what the council settled itself as well."""
    assert "Why entry 29 : DUTY-25 DUTY-25 " in at_work("duty-worker").get(f"/cases/{case}").text


def test_what_the_councils_policy_settles_is_explained_too(office: Office, at_work: AtWork) -> None:
    """A step can rest on a gap in the procedures that policy fills."""
    ref = on_the_tray(office)
    text = at_work("team-leader").get(f"/cases/{ref}").text
    assert "GAP-15 Settled by the council's policy: the one clock that counts how long a person waits" in text


def test_names_stand_behind_the_ids_that_an_entry_means(office: Office, at_work: AtWork) -> None:
    """An id of staff or of a person has its name in brackets; a word that only looks like one has not."""
    ref = contact_left_for_return(office, contact_by=date(2026, 1, 14), fallback="ask practitioner-3 or P-104")

    text = at_work("duty-worker").get(f"/cases/{ref}").text

    assert "Noted whom the case is about: P-103 (Leonard Peake)" in text
    assert "Asked practitioner-2 (Tom Garrick): a contact that came while away" in text
    assert "named worker: practitioner-2 (Tom Garrick)" in text
    assert "fallback: ask practitioner-3 or P-104)" in text


def test_the_key_of_a_wait_is_told_in_words(case: str, office: Office, at_work: AtWork) -> None:
    """No hyphens and brackets of the code where the code allows."""
    text = at_work("duty-worker").get(f"/cases/{case}").text
    assert "Waits for next contact: Wednesday 14 January 2026, 8:30am" in text


def test_only_what_people_said_can_be_shown(case: str, at_work: AtWork) -> None:
    """Look-ups of the system are left out, and the whole story is a link away."""
    browser = at_work("duty-worker")
    seen = browser.get(f"/cases/{case}?of=people")

    assert "Dana Whitlock answered: telling the person" in seen.text
    assert "Looked whether the sender gets a receipt" not in seen.text
    assert "Looked whether the sender gets a receipt" in browser.get(seen.links["Show every entry"]).text


def test_a_long_story_is_read_page_by_page(office: Office, at_work: AtWork) -> None:
    """Every entry is on exactly one page, the latest first."""
    ref = on_the_tray(office)
    while office.case(ref).head_no < 2 * PAGE + 10:
        office.days_pass(14)
        office.answer(ref, reached(), by="duty-worker")
    browser, found = at_work("duty-worker"), []
    page = browser.get(f"/cases/{ref}")
    while True:
        found += [int(part.partition('"')[0]) for part in page.html.split('id="entry-')[1:]]
        if "Older entries" not in page.links:
            break
        page = browser.get(page.links["Older entries"])

    assert found == list(range(office.case(ref).head_no, 0, -1))
    assert "Latest entries" in page.links


def test_an_erased_entry_stays_and_says_nothing(office: Office, at_work: AtWork) -> None:
    """When and by whom remain; what it said is nowhere."""
    ref = sorted_contact(office, sorted_as(MailKind.COMPLAINT, where_recorded="planted place"))
    with office.council.database.read() as session:
        answered = next(one.entry.no for one in told(session, ref) if "planted place" in one.text)
    with office.council.change() as change:
        erase_payloads(change, ref, [answered], reason="retention rule 4", by="duty-worker")

    text = at_work("duty-worker").get(f"/cases/{ref}").text

    assert "Erased: what it said was kept no longer than it may be." in text
    assert "planted place" not in text


def test_a_story_is_read_in_a_handful_of_queries(office: Office) -> None:
    """However long it is, only one page of it is read."""
    ref = contact_left_for_return(office)
    with office.council.database.read() as session:
        page = story_page(session, ref, most=5)
    assert sum(len(lines) for _, lines in page.days) == 5
    assert page.whole == office.case(ref).head_no


# ------------------------------------------------------------------ who may see it


@pytest.mark.parametrize("who", ["practitioner-4", "rowan-team-leader", "finance-officer"])
def test_another_teams_staff_do_not_find_the_case(case: str, office: Office, at_work: AtWork, who: str) -> None:
    """It is not there for them: 404, nothing of it on the page, and no look is noted."""
    browser = at_work(who)
    for path in case_paths(case):
        seen = browser.get(path)
        assert seen.status == 404
        assert "Leonard Peake" not in seen.text and "bath seat" not in seen.text
    assert looks(office) == []


def test_an_auditor_reads_no_case(case: str, at_work: AtWork) -> None:
    """An auditor's role sees that the record holds, and never what it says."""
    for path in [*case_paths(case), f"/cases/{case}/export"]:
        assert at_work("auditor").get(path).status == 403


def test_every_look_is_noted(case: str, office: Office, at_work: AtWork) -> None:
    """Who looked at which case, each time."""
    for path in case_paths(case):
        assert at_work("duty-worker").get(path).status == 200
    assert looks(office) == [("duty-worker", "read-case", case)] * 3


def test_a_look_is_noted_before_anything_is_shown(case: str, office: Office, desk: Desk) -> None:
    """A page that fails while it is written has been looked at all the same."""
    broken = desk.templates.overlay()
    broken.filters = {**desk.templates.filters, "moment": lambda _: 1 / 0}
    browser = Browser(worklist(replace(desk, templates=broken)), office, desk)
    browser.is_signed_in_as("duty-worker")

    assert browser.get(f"/cases/{case}").status == 500
    assert looks(office) == [("duty-worker", "read-case", case)]


def test_a_restricted_case_is_not_there_for_others(office: Office, at_work: AtWork) -> None:
    """It looks the same as a case that does not exist; those to whom it belongs see it."""
    hidden = office.start(unauthorised_disclosure, FOUND, owner="role-head-of-service")
    for path in case_paths(hidden):
        seen, nothing = (at_work("duty-worker").get(one) for one in (path, path.replace(hidden, "7K3Q-9PXM")))
        assert (seen.status, seen.text) == (nothing.status, nothing.text) == (404, nothing.text)
        assert at_work("head-of-service").get(path).status == 200


def test_whoever_may_only_answer_does_not_see_the_restricted_case(office: Office, at_work: AtWork) -> None:
    """A duty worker who is asked something by it reads the question, and not the case."""
    hidden = office.start(written_contact_transfer, letter(), restricted=True)
    assert office.waiting_for(hidden)[0].startswith(ContactSorting.name())
    assert at_work("duty-worker").get(f"/cases/{hidden}").status == 404


def test_a_ref_is_read_as_people_type_it(case: str, at_work: AtWork) -> None:
    """Small letters and a missing hyphen are forgiven; what is no ref at all is not found."""
    browser = at_work("duty-worker")
    assert f"Case {case}" in browser.get(f"/cases/{case.replace('-', '').lower()}").text
    assert browser.get("/cases/leonard-peake").status == 404


def test_what_people_wrote_is_text_and_nothing_else(office: Office, at_work: AtWork) -> None:
    """No markup of a letter or an answer comes alive, and nothing turns the direction of writing."""
    hostile = "<script>alert(1)</script>{{ 7777*7 }}\u202e"
    ref = office.start(written_contact_transfer, letter(subject=hostile, text=hostile, sender=hostile))
    office.answer(ref, sorted_as(where_recorded=hostile), by="duty-worker")
    office.signal(ref, FurtherMessage(mail_id="M-REPLY1", sender=hostile, subject=hostile, text=hostile))

    for path in case_paths(ref):
        seen = at_work("duty-worker").get(path)
        assert "<script>alert" not in seen.html and "54439" not in seen.html and "\u202e" not in seen.html
    assert hostile[:-1] in at_work("duty-worker").get(f"/cases/{ref}").text


def test_a_person_who_was_merged_away_is_not_shown(case: str, office: Office, at_work: AtWork) -> None:
    """A case that is about nobody in the register says so."""
    with office.council.database.write() as session:
        for row in session.scalars(select(CasePerson).where(CasePerson.case_ref == case)):
            session.delete(row)
    assert "The case does not say yet whom it is about" in at_work("duty-worker").get(f"/cases/{case}").text


def test_a_role_is_not_taken_for_somebody_of_that_id(office: Office) -> None:
    """The record is true: in an answer "team-leader" is the role, though somebody has that id; a tag is somebody."""
    at = office.clock.now()
    entry = Entry(no=1, at=at, kind=EntryKind.ANSWERED, key="asked", step="X", by="duty-worker", clauses="")
    role = Told(entry, "answered (told: team-leader)", {"told": "team-leader"}, is_erased=False)
    somebody = Told(entry, "answered (told: staff-team-leader)", {"told": "staff-team-leader"}, is_erased=False)

    with office.council.database.read() as session:
        (of_role,), (of_somebody,) = (lines_of(session, "7K3Q-9PXM", [one]) for one in (role, somebody))

    assert of_role.text == "answered (told: team-leader)"
    assert of_somebody.text == "answered (told: staff-team-leader (Marcus Thorne))"


def test_no_address_on_the_page_tells_who_it_is_about(case: str, office: Office, at_work: AtWork) -> None:
    """Links carry references only: no name, record id or NHS number."""
    with office.council.database.read() as session:
        person = session.get_one(Person, "P-103")
        planted = [person.name.split()[-1], person.record_id, person.nhs_number or "none"]
    for path in case_paths(case):
        links = " ".join(at_work("head-of-service").get(path).links.values())
        assert len(links) > 100 and not any(one.lower() in links.lower() for one in planted)
