"""The one list: who waits on the council in any procedure, and who is nobody looking after?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from deployments.example_council import example_policy
from flows.follow_up import follow_up
from flows.pwt_review import pwt_review
from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.undelivered_notice import undelivered_notice
from flows.written_contact_transfer import written_contact_transfer
from models.cases import Case, WorkItem
from models.decision_tables.levels import Rag
from models.durations import calendar_days
from models.forms.alarms import UndeliveredNoticeFacts
from models.forms.base import CaseFacts, reaching_forms
from models.forms.breach import BreachFound
from models.forms.follow_up import (
    FollowUpAgreement,
    FollowUpBy,
    FollowUpFacts,
    FollowUpReport,
    FollowUpWanted,
)
from models.forms.handover import HandoverReply
from models.forms.house import HowItGoesOn, MessageRead, StepAttention
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_signals import LeavingReported
from models.forms.while_away import FollowUp, PersonTold
from models.forms.written_contact import FurtherMessage
from models.mail import InboundMail, MailState
from models.outbox import OutboxMessage
from models.policy.gaps.tray_exits import LeavingReason
from models.policy.organisation import MailKind
from models.tray import SeenWaiting
from tasks.case_people import about_person
from tasks.database import Database
from tasks.durable import after, first_of, procedure, signal
from tasks.durable.testing import Office
from tasks.intake import keep_mail, take_up
from tasks.leavers import move_what_leavers_left
from tasks.tray.artifact import trays_by_team
from tasks.unseen.cases import somebody_waits
from tasks.unseen.lines import Beware, Line, OneList, one_list
from tasks.unseen.morning import tell_of_the_one_list
from tests.procedures.letters import letter, sorted_as
from tests.procedures.tray_stories import on_the_tray, placement, reached

MAIL = b"From: tom@example.org\nTo: duty@wenbridge.example.org\nSubject: bath seat\n\nIt has not come.\n"


@pytest.fixture
def office(council_database: Database) -> Office:
    """The example council's office, where the recording system shows nobody as waiting."""
    with council_database.write() as session:
        session.execute(delete(SeenWaiting))
    return Office(council_database, example_policy())


@pytest.fixture
def shown(office: Office) -> str:
    """Somebody whom the recording system shows as waiting on Rowan's tray, and of whom we have no case."""
    since = {"waiting_since": date(2025, 12, 8), "first_shown_at": office.clock.now(), "gone_at": None}
    with office.council.database.write() as session:
        session.add(SeenWaiting(person_id="P-121", team_id="rowan", **since))
    return "P-121"


def listed(office: Office, at: datetime | None = None) -> OneList:
    """The one list at a moment, or now."""
    with office.council.database.read() as session:
        return one_list(session, at or office.clock.now())


def names(office: Office, at: datetime | None = None) -> list[str]:
    """Who stands on it, worst first."""
    return [line.name for line in listed(office, at).lines]


def line_of(office: Office, name: str, at: datetime | None = None) -> Line:
    """One line of it."""
    return next(line for line in listed(office, at).lines if line.name == name)


def a_follow_up(office: Office, person: str | None = "P-101", **changes: Any) -> str:
    """A check on 14 January that the practitioner is asked to agree to."""
    wanted = FollowUpWanted(what="calls", on=date(2026, 1, 14), by=FollowUpBy.RESPONSIBLE, wishes="by telephone")
    facts = {"wanted": wanted, "about_person": person, "responsible": "staff-practitioner", "done_so_far": "stopped"}
    return office.start(follow_up, FollowUpFacts.model_validate(facts | changes))


# ------------------------------------------------------------------ who stands on it


def test_everybody_who_waits_stands_on_it_whatever_the_procedure(office: Office) -> None:
    """Somebody on the tray, somebody whose follow-up nobody has agreed to, and a letter nobody has sorted."""
    on_the_tray(office, Rag.RED, last_reached_at=office.clock.now())
    a_follow_up(office)
    office.hours_pass(1)
    letter_case = office.start(written_contact_transfer, letter())

    assert names(office) == ["P-104", "P-101", letter_case]
    unsorted = line_of(office, letter_case)
    assert (unsorted.person, unsorted.owners, unsorted.last_reached_at) == (None, ("role-duty-worker",), None)
    assert [(one.name, one.of) for one in unsorted.cases[0].questions] == [("ContactSorting", "role-duty-worker")]


def test_one_person_has_one_line_with_all_their_cases(office: Office) -> None:
    """On the tray and waiting for a follow-up: one line, the earliest date of both, both owners."""
    tray, check = on_the_tray(office, Rag.AMBER), a_follow_up(office, "P-104")

    (line,) = listed(office).lines
    assert [one.ref for one in line.cases] in ([tray, check], [check, tray])
    assert set(line.owners) == {"staff-team-leader", "role-duty-worker"}
    assert line.next_date == next(one for one in line.cases if one.ref == check).next_date
    assert line.colour is Rag.AMBER


def test_a_handover_that_nobody_accepted_says_so_and_still_belongs_to_the_sender(office: Office) -> None:
    """The practitioner is asked to take it on; until then it is duty's, and is overdue when she is silent."""
    a_follow_up(office)
    line = line_of(office, "P-101")
    assert line.owners == ("role-duty-worker",)
    (question,) = line.cases[0].questions
    assert (question.name, question.of) == ("FollowUpAgreement", "staff-practitioner")


def test_a_case_that_does_not_know_whom_it_is_about_is_about_those_of_the_case_that_opened_it(office: Office) -> None:
    """The queue that a letter about P-101 was sent to; somebody else's share of a letter is not about P-101."""
    case = office.start(written_contact_transfer, letter())
    office.answer(case, sorted_as(MailKind.COMPLAINT, about_person="P-101"), by="duty-worker")
    (line,) = listed(office).lines
    assert (line.person, [one.procedure for one in line.cases]) == ("P-101", ["queued-contact"])


def test_another_persons_share_of_a_letter_is_not_about_the_first_of_them(office: Office) -> None:
    """A letter about P-101 and somebody not known yet: the other's case is about nobody known."""
    case = office.start(written_contact_transfer, letter())
    both = sorted_as(MailKind.COMPLAINT, about_person="P-101", also_about=[{"kinds": [MailKind.COMPLAINT]}])
    office.answer(case, both, by="duty-worker")
    assert sorted(line.person or "nobody known" for line in listed(office).lines) == ["P-101", "nobody known"]


def test_a_question_of_the_house_is_awaited_until_it_is_answered(office: Office) -> None:
    """A further message came: the owner reads it by the time it is wanted, and on the day before nobody had."""
    case = office.start(written_contact_transfer, letter())
    came = FurtherMessage(mail_id="M-2", sender="Tom", subject="Re", text="It has come.")
    office.signal(case, came)
    office.hours_pass(1)
    before = office.clock.now()
    asked = {"ContactSorting", "MessageRead"}
    assert {one.name for one in line_of(office, case).cases[0].questions} == asked

    office.hours_pass(1)
    office.answer(case, MessageRead(what_follows="noted"), by="duty-worker")
    assert {one.name for one in line_of(office, case).cases[0].questions} == {"ContactSorting"}
    assert {one.name for one in line_of(office, case, before).cases[0].questions} == asked


def test_alarms_of_the_house_are_left_out(office: Office) -> None:
    """A notice that reached nobody has a case, and no person waits in it."""
    facts = UndeliveredNoticeFacts(message_id="N-1", recipient="team-hazel", about_case=None, subject="Answer")
    office.start(undelivered_notice, facts)
    assert names(office) == []
    assert not somebody_waits("undelivered-notice")
    assert somebody_waits("written-contact-transfer")
    assert somebody_waits("a-procedure-of-another-version")


def test_a_restricted_case_is_counted_and_nothing_of_it_is_told(office: Office) -> None:
    """Neither whom it is about nor that somebody was reached in it."""
    office.start(
        unauthorised_disclosure, BreachFound(found_at=office.clock.now(), what_happened="a letter went astray")
    )
    place = placement(office, Rag.AMBER, person="P-101", last_reached_at=office.clock.now())
    office.start(pwt_review, place, owner="staff-team-leader", restricted=True)
    a_follow_up(office)

    found = listed(office)
    assert ([line.name for line in found.lines], found.restricted) == (["P-101"], 2)
    assert line_of(office, "P-101").last_reached_at is None


def test_nothing_that_anybody_wrote_stands_on_it(office: Office) -> None:
    """Letters, circumstances and what a question is about stay in the ledger; so they do in Prefect's tables."""
    office.start(written_contact_transfer, letter(sender="Canary <canary@example.org>", text="Canary in the bath"))
    on_the_tray(office, Rag.RED, circumstances="Canary", safety_plan="Canary", last_reached_at=office.clock.now())
    case = on_the_tray(office, Rag.AMBER, person="P-101")
    said = LeavingReported(reason=LeavingReason.MOVE, told_by="Canary", details="Canary")
    office.signal(case, said, by="duty-worker")
    office.today_is("2026-01-13 10:00")

    assert len(listed(office).lines) == 3
    assert "anary" not in repr(listed(office))
    assert "anary" not in repr(trays_by_team(office.council))


# ------------------------------------------------------------------ when they were last reached


def test_only_really_reaching_somebody_counts(office: Office) -> None:
    """A follow-up at which nobody was there does not; one that happened does."""
    case = a_follow_up(office, responsible=None)
    office.today_is("2026-01-14 10:00")
    office.answer(case, FollowUpReport(happened=False, what_came_of_it="no answer"), by="duty-worker")
    assert line_of(office, "P-101").last_reached_at is None

    office.today_is("2026-01-15 10:00")
    happened = FollowUpReport(happened=True, what_came_of_it="well", note_id="n", again_on=date(2026, 2, 1))
    office.answer(case, happened, by="duty-worker")
    assert line_of(office, "P-101").last_reached_at == office.clock.now()


def test_reaching_somebody_in_a_closed_case_counts_for_the_person(office: Office) -> None:
    """They were followed up in January, and wait for something else in February."""
    case = a_follow_up(office, responsible=None)
    office.today_is("2026-01-14 10:00")
    office.answer(case, FollowUpReport(happened=True, what_came_of_it="well", note_id="n"), by="duty-worker")
    followed_up = office.clock.now()
    office.today_is("2026-02-01 10:00")
    a_follow_up(office, wanted=FollowUpWanted(what="x", on=date(2026, 2, 9), by=FollowUpBy.DUTY, wishes="y"))
    assert line_of(office, "P-101").last_reached_at == followed_up


def test_on_the_tray_it_counts_what_was_known_when_they_were_placed_and_every_contact_since(office: Office) -> None:
    """Reached before the case was opened; then reached by a contact on the tray, also after they have left it."""
    before = office.clock.now() - timedelta(days=3)
    case = on_the_tray(office, Rag.AMBER, last_reached_at=before)
    assert line_of(office, "P-104").last_reached_at == before
    office.today_is("2026-01-16 10:00")
    office.answer(case, reached(), by="duty-worker")
    contacted = office.clock.now()
    office.signal(case, LeavingReported(reason=LeavingReason.MOVE, told_by="neighbour"))
    office.answer(case, LeavingConfirmed(leaves=True, what_was_discussed="so"), by="team-leader")
    a_follow_up(office, "P-104")
    assert line_of(office, "P-104").last_reached_at == contacted


@pytest.mark.parametrize(
    ("form", "reaches"),
    [
        (FollowUpReport(happened=True, what_came_of_it="x", note_id="n"), True),
        (FollowUpReport(happened=False, what_came_of_it="x"), False),
        (PersonTold(reached=True, how="x", nothing_outstanding=True), True),
        (PersonTold(reached=False, how="x"), False),
        (FollowUp(in_touch=True, what_was_done="x"), True),
        (FollowUp(in_touch=False, what_was_done="x"), False),
    ],
)
def test_forms_say_whether_somebody_was_reached(form: Any, reaches: bool) -> None:
    """Each form that can tell it is known by name, and tells it of each answer."""
    assert form.reached_the_person is reaches
    assert form.name() in reaching_forms()
    assert "PersonToBeTold" not in reaching_forms()  # a letter that was sent is a message, and nobody was reached


# ------------------------------------------------------------------ whom nobody looks after


def test_overdue_and_red_come_first_then_never_reached_then_the_longest_ago(office: Office) -> None:
    """A missed Amber stands before a Red that is not due; of two Greens who was never reached comes first."""
    now = office.clock.now()
    on_the_tray(office, Rag.AMBER, person="P-101")  # due on the 19th
    on_the_tray(office, Rag.GREEN, person="P-102", last_reached_at=now)
    on_the_tray(office, Rag.GREEN, person="P-103")
    office.today_is("2026-01-19 18:00")
    on_the_tray(office, Rag.RED, person="P-104", last_reached_at=office.clock.now())

    assert names(office) == ["P-101", "P-104", "P-103", "P-102"]
    assert [line.beware for line in listed(office).lines] == [(Beware.OVERDUE,), (), (), ()]


def test_an_unanswered_question_is_overdue_from_when_an_answer_was_wanted(office: Office) -> None:
    """The letter was to be sorted within four working hours."""
    case = office.start(written_contact_transfer, letter())
    office.today_is("2026-01-05 12:59")
    assert line_of(office, case).beware == ()
    office.today_is("2026-01-05 13:00")
    assert line_of(office, case).beware == (Beware.OVERDUE,)


class Nothing(CaseFacts):
    """Nothing."""


out_of_order: set[str] = set()
"""Whom nothing can be done for, as the code does not fit."""


class Somebody(CaseFacts):
    """Whom a case is about."""

    person: str


@procedure(follows="no document: it fails while that is wanted")
def stands_still(somebody: Somebody) -> None:
    """Wait for something, in a case about somebody."""
    about_person(somebody.person)
    if somebody.person in out_of_order:
        raise RuntimeError
    first_of(after("a-month", calendar_days(28)))


def test_case_that_needs_attention_is_looked_after_by_nobody_until_somebody_has_seen_to_it(office: Office) -> None:
    """None of its clocks runs: it stands among the worst, also when asked for that day later."""
    on_the_tray(office, Rag.RED, person="P-104", last_reached_at=office.clock.now())
    out_of_order.add("P-102")
    case = office.start(stands_still, Somebody(person="P-102"))
    office.days_pass(1)
    parked_at = office.clock.now()
    assert names(office) == ["P-102", "P-104"]
    assert Beware.NEEDS_ATTENTION in line_of(office, "P-102").beware

    office.hours_pass(1)
    out_of_order.clear()
    office.answer(case, StepAttention(how=HowItGoesOn.RETRY), by="team-manager")
    assert (names(office), line_of(office, "P-102").beware) == (["P-104", "P-102"], ())
    assert Beware.NEEDS_ATTENTION in line_of(office, "P-102", parked_at).beware


@procedure(follows="no document: it waits for a message and for nothing else")
def waits_without_a_date(_: Nothing) -> None:
    """Wait for something that may never come."""
    first_of(signal(FurtherMessage))


def test_who_waits_without_any_date_is_looked_after_by_nobody(office: Office) -> None:
    """A case that only waits for a message that may never come."""
    case = office.start(waits_without_a_date, Nothing())
    assert line_of(office, case).beware == (Beware.NO_DATE,)


def test_limits_of_waiting_are_nobodys_visit(office: Office) -> None:
    """On the tray the next date is the next contact, though day 21 comes first."""
    on_the_tray(office, Rag.GREEN, requested_at=office.clock.now() - timedelta(days=10))
    due = line_of(office, "P-104").next_date
    assert due is not None
    assert due.date() == date(2026, 2, 2)


# ------------------------------------------------------------------ shown elsewhere, and mail


def test_who_is_shown_as_waiting_and_is_not_ours_stands_on_it(office: Office, shown: str) -> None:
    """The recording system shows them on Rowan's tray; once they are on ours, or gone from theirs, they are not."""
    line = line_of(office, shown)
    assert (line.beware, line.cases, line.shown[0].team) == ((Beware.NOT_OURS,), (), "rowan")
    before = office.clock.now()
    office.days_pass(1)

    on_the_tray(office, Rag.AMBER, person=shown, team="rowan")
    assert line_of(office, shown).shown == ()
    assert line_of(office, shown, before).beware == (Beware.NOT_OURS,)


def test_whom_only_the_recording_system_shows_stands_between_red_and_amber(office: Office, shown: str) -> None:
    """Nobody knows how they are; a missed Red is worse, a missed Amber is not."""
    on_the_tray(office, Rag.RED, person="P-101", last_reached_at=office.clock.now())
    on_the_tray(office, Rag.AMBER, person="P-102")
    office.today_is("2026-01-20 10:00")
    assert names(office) == ["P-101", shown, "P-102"]


def test_shown_as_waiting_and_another_matter_of_ours_is_one_line_that_says_both(office: Office, shown: str) -> None:
    """A follow-up does not keep anybody on a tray."""
    a_follow_up(office, shown)
    line = line_of(office, shown)
    assert (len(line.cases), line.beware) == (1, (Beware.NOT_OURS,))


def test_a_restricted_case_on_the_tray_is_ours_though_it_is_not_shown(office: Office, shown: str) -> None:
    """They do not stand there as forgotten because their case is not told of."""
    place = placement(office, Rag.AMBER, person=shown)
    office.start(pwt_review, place, owner="staff-team-leader", restricted=True)
    assert names(office) == []


def test_whom_the_extract_no_longer_shows_is_off_the_list_and_on_that_of_the_day_before(
    office: Office, shown: str
) -> None:
    """Gone from the recording system's tray since; they were shown as waiting until then."""
    office.days_pass(1)
    with office.council.database.write() as session:
        session.execute(update(SeenWaiting).values(gone_at=office.clock.now()))
    assert names(office) == []
    assert names(office, office.clock.now() - timedelta(hours=1)) == [shown]


def test_a_message_that_nothing_has_looked_at_stands_on_it_until_something_has(office: Office) -> None:
    """The machine was away over the weekend: on Saturday it lay there, and on Monday we still say so of Saturday."""
    mail_id = keep_mail(office.council, MAIL, None, [])
    saturday = datetime(2026, 1, 10, 12, tzinfo=UTC)
    office.today_is("2026-01-12 09:00")
    assert line_of(office, mail_id).beware == (Beware.NOT_LOOKED_AT,)
    taken = take_up(office.council, mail_id)

    assert (names(office), names(office, saturday)) == ([taken.case_ref], [mail_id])


def test_a_message_put_aside_is_the_case_in_which_somebody_looks_at_it(office: Office) -> None:
    """What no machine could read is not listed twice."""
    mail_id = keep_mail(office.council, b"\x00", None, [])
    take_up(office.council, mail_id)
    with office.council.database.read() as session:
        assert session.scalar(select(InboundMail.state)) == MailState.QUARANTINED
    (line,) = listed(office).lines
    assert line.cases[0].procedure == "unreadable-message"


# ------------------------------------------------------------------ the past


def test_a_past_day_gives_the_answer_that_it_gave_then(office: Office, shown: str) -> None:
    """Whatever is answered, handed over, moved by policy, closed or imported since, each evening is told again."""
    evenings: dict[datetime, OneList] = {}

    def evening() -> None:
        office.today_is(f"{office.clock.now():%Y-%m-%d} 22:00")
        evenings[office.clock.now()] = listed(office)

    check, tray = a_follow_up(office), on_the_tray(office, Rag.AMBER)
    contact = office.start(written_contact_transfer, letter())
    evening()
    office.today_is("2026-01-06 10:00")
    office.answer(check, FollowUpAgreement(reply=HandoverReply.ACCEPT), by="practitioner")
    office.answer(contact, sorted_as(MailKind.COMPLAINT, about_person="P-102"), by="duty-worker")
    evening()
    office.today_is("2026-01-14 09:00")
    office.answer(check, FollowUpReport(happened=True, what_came_of_it="well", note_id="n"), by="practitioner")
    evening()
    office.today_is("2026-01-20 10:00")
    evening()
    office.leaves("practitioner")
    office.leaves("team-leader")
    office.today_is("2026-01-21 10:00")
    office.answer(tray, reached(), by="duty-worker")
    with office.council.database.write() as session:
        session.execute(update(SeenWaiting).values(gone_at=office.clock.now()))
    evening()
    office.today_is("2026-03-01 10:00")

    assert len(evenings) == 5
    assert len({tuple(one.lines) for one in evenings.values()}) == 5
    for moment, then in evenings.items():
        assert listed(office, moment) == then


def test_the_rows_that_say_how_things_stand_now_change_no_answer(office: Office) -> None:
    """Owner, colour, due time and who is asked could say anything: the ledger is asked."""
    on_the_tray(office, Rag.AMBER)
    a_follow_up(office)
    before = listed(office)
    with office.council.database.write() as session:
        session.execute(update(Case).values(owner="role-systems", colour="Green", next_due=None, awaiting="x"))
        session.execute(update(WorkItem).values(due=None, asked_of="role-systems", assignee="practitioner"))
    assert listed(office) == before


def test_somebody_asked_in_the_place_of_a_leaver_is_named_from_then_on(office: Office) -> None:
    """The practitioner has left: the leader of her team is asked; on the day before, she was."""
    a_follow_up(office)
    before = office.clock.now()
    office.hours_pass(1)
    office.leaves("practitioner")
    move_what_leavers_left(office.council)
    (now,), (then,) = (line_of(office, "P-101", at).cases[0].questions for at in (None, before))
    assert (now.of, then.of) == ("staff-team-leader", "staff-practitioner")


# ------------------------------------------------------------------ the morning's word


@pytest.fixture
def told(office: Office) -> Iterator[Any]:
    """The notices of the one list: recipient, team, how many."""

    def look() -> list[tuple[str, str, int]]:
        with office.council.database.read() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.recipient)).all()
        mine = [one for one in rows if one.notice["where"] == "one-list"]
        assert all(one.case_ref is None and one.interruption is None for one in mine)
        return [(one.recipient, one.notice["team"], one.notice["how_many"]) for one in mine]

    yield look


def test_managers_hear_each_working_morning_how_many_nobody_looks_after(office: Office, told: Any) -> None:
    """Two on Hazel's tray are overdue: its leader and its manager hear of two, once, with the next digest."""
    on_the_tray(office, Rag.AMBER, person="P-101")
    on_the_tray(office, Rag.AMBER, person="P-102")
    on_the_tray(office, Rag.GREEN, person="P-103")
    office.today_is("2026-01-20 07:45")

    assert tell_of_the_one_list(office.council) == {"hazel": 2}
    assert tell_of_the_one_list(office.council) == {}
    assert told() == [("staff-team-leader", "hazel", 2), ("staff-team-manager", "hazel", 2)]
    office.today_is("2026-01-20 08:45")
    text = office.inbox("staff-team-leader")[-1].body
    assert "Check: people nobody may be looking after, 2 in all" in text
    assert "Team: hazel" in text
    assert "the list of everybody who waits (pathways unseen)" in text


def test_duty_hears_of_what_no_team_owns_and_a_team_of_whom_only_the_extract_shows(
    office: Office, shown: str, told: Any
) -> None:
    """An unsorted letter is duty's; somebody shown on Rowan's tray and unknown to us is Rowan's."""
    office.start(written_contact_transfer, letter())
    office.today_is("2026-01-06 07:45")
    assert tell_of_the_one_list(office.council) == {"duty": 1, "rowan": 1}
    assert told() == [("staff-duty-team-leader", "duty", 1), ("staff-rowan-team-leader", "rowan", 1)]


def test_nobody_is_told_when_everybody_is_looked_after_nor_on_closed_days(office: Office, told: Any) -> None:
    """All have their dates on Tuesday; on Saturday nobody is there to read it."""
    on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-06 07:45")
    assert tell_of_the_one_list(office.council) == {}
    office.today_is("2026-01-24 07:45")
    assert line_of(office, "P-104").beware
    assert tell_of_the_one_list(office.council) == {}
    assert told() == []
