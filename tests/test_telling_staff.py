"""Telling staff without wearing them out: what interrupts, digests, quiet hours, withdrawal, and the budget."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from deployments.example_council import example_policy
from flows.undelivered_notice import undelivered_notice
from models.entry_kinds import EntryKind
from models.forms.house import NoticeUndelivered
from models.notices import Interruption, Verb
from models.outbox import Delivery, OutboxMessage, OutboxState
from models.policy import Policy
from models.register import Staff
from models.roles import Role
from tasks.alarms import alarm_for
from tasks.database import Database
from tasks.durable import ask, decision, first_of, procedure, signal, staff, team, tell
from tasks.durable.asking import Asked
from tasks.durable.testing import Office
from tasks.telling.budget import loads_on
from tasks.telling.configuration import load_configuration
from tasks.telling.delivering import deliver_due
from tasks.telling.mailbox_service import SentMessage, forget_all, put_in_order, put_out_of_order, remembered
from tasks.telling.timetable import count_late
from tests.durable.lending import (
    FOLDING,
    ChairChosen,
    ChairReturned,
    RampBuilt,
    WheelchairLoan,
    ledger,
)

DUTY, LEADER = Role.DUTY_WORKER, Role.TEAM_LEADER
"""Monday 5 January 2026, 9am; digests at 08:45 and 13:30; quiet from six in the evening to eight in the morning."""


def asking(whom: Any, *, urgent: bool = False) -> Any:
    """A procedure that asks somebody once."""

    @procedure(follows="Lending wheelchairs")
    def asking_somebody(loan: WheelchairLoan) -> None:
        ask(ChairChosen, of=whom, urgent=urgent)

    return asking_somebody


def telling(
    whom: Asked | Sequence[Asked], what: str, *, urgent: bool = False, interrupts: Interruption | None = None
) -> Any:
    """A procedure that tells somebody something and ends."""

    @procedure(follows="Lending wheelchairs")
    def telling_somebody(loan: WheelchairLoan) -> None:
        tell(whom, Verb.CONTACT, what, urgent=urgent, interrupts=interrupts)

    return telling_somebody


def times(office: Office, tag: str) -> list[str]:
    """When a recipient was told something, in London."""
    with office.council.database.read() as session:
        at = session.scalars(select(Delivery.at).where(Delivery.recipient == tag, Delivery.outcome == "delivered"))
        return [f"{moment:%m-%d %H:%M}" for moment in sorted(set(at))]  # January: London is UTC


# ------------------------------------------------------------------ what interrupts, and what waits


def test_what_need_not_interrupt_waits_for_the_digest(office: Office) -> None:
    """Two questions asked in the morning come in one message at half past one."""
    one, two = (office.start(asking(DUTY), WheelchairLoan()) for _ in range(2))
    assert office.inbox(DUTY) == []

    office.digest_goes_out()

    (message,) = office.inbox(DUTY)
    assert times(office, "role-duty-worker") == ["01-05 13:30"]
    assert set(message.about.split(", ")) == {one, two}
    assert message.subject == "2 notices"


def test_urgent_work_interrupts_those_asked_from_the_start(office: Office) -> None:
    """Whoever is to acknowledge it within half an hour has heard of it."""
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())

    (message,) = office.inbox(DUTY)
    assert (message.about, message.is_digest) == (case, False)


def test_urgent_work_nobody_acknowledges_is_told_to_those_asked_and_the_first_above(office: Office) -> None:
    """After half an hour both hear of it at once, and the story names both."""
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())
    office.hours_pass(0.5)

    assert "Nobody has opened it yet." in office.inbox(DUTY)[-1].body
    assert "Nobody has opened it yet." in office.inbox(LEADER)[-1].body
    assert not office.inbox(LEADER)[-1].is_digest
    assert "Told the team leader and the duty worker that nobody has opened" in office.story_of(case)[-1]
    assert office.inbox("on-call-manager") == []


def test_urgent_work_that_somebody_has_taken_does_not_interrupt_any_more(office: Office) -> None:
    """Acknowledged and unanswered, it goes up the ladder with the digests: everybody it has reached by then hears."""
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())
    office.take(case, ChairChosen, by="duty-worker")
    office.hours_pass(4)

    for above in (LEADER, Role.TEAM_MANAGER, Role.STRATEGIC_MANAGER):
        assert office.inbox(above) == []
    office.digest_goes_out()
    for above in (LEADER, Role.TEAM_MANAGER, Role.STRATEGIC_MANAGER):
        (message,) = office.inbox(above)
        assert message.is_digest
        assert "Nobody has answered it in time." in message.body


def test_safeguarding_work_interrupts_once_it_is_not_acknowledged(office: Office) -> None:
    """What is asked of the safeguarding team and lies unopened for four office hours does not wait for a digest."""
    office.start(asking(team("safeguarding")), WheelchairLoan())
    assert office.inbox("team-safeguarding") == []
    office.hours_pass(4)

    assert [message.is_digest for message in office.inbox("team-safeguarding")] == [False]
    assert [message.is_digest for message in office.inbox(LEADER)] == [False]


@pytest.mark.parametrize("reason", list(Interruption))
def test_reason_that_policy_does_not_list_waits_for_the_digest(
    council_database: Database, reason: Interruption
) -> None:
    """Each council says what may interrupt; the same notice goes out at once where its reason is listed."""
    policy = example_policy()
    others = tuple(one for one in Interruption if one is not reason)
    calm = policy.model_copy(update={"notices": policy.notices.model_copy(update={"interrupt_for": others})})
    for settings, at_once in ((calm, False), (policy, True)):
        office = Office(council_database, settings)
        case = office.start(telling(DUTY, "red-contact", interrupts=reason), WheelchairLoan())
        assert [message.about for message in office.inbox(DUTY)] == ([case] if at_once else [])
        office.digest_goes_out()
        assert case in "".join(message.about for message in office.inbox(DUTY))


def test_a_message_that_reached_nobody_interrupts(office: Office) -> None:
    """The alarm does not wait for a digest."""
    office.cannot_reach("role-duty-worker")
    office.start(telling(DUTY, "red-contact", interrupts=Interruption.ON_CALL), WheelchairLoan())
    office.hours_pass(4)

    (alarm,) = office.cases(undelivered_notice)
    (message,) = office.inbox("team-manager")
    assert (message.about, message.is_digest) == (alarm, False)
    with office.council.database.read() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.case_ref == alarm)).one()
    assert row.interruption == Interruption.REACHED_NOBODY


# ------------------------------------------------------------------ digests


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2026-01-05 08:44", "01-05 08:45"),
        ("2026-01-05 08:45", "01-05 13:30"),
        ("2026-01-05 13:31", "01-06 08:45"),
        ("2026-01-09 22:00", "01-12 08:45"),
        ("2026-01-10 10:00", "01-12 08:45"),
    ],
)
def test_digest_goes_out_at_its_times_on_working_days(council_database: Database, asked: str, told: str) -> None:
    """What comes up on Friday night or at the weekend is read on Monday morning."""
    office = Office(council_database, example_policy(), today=asked)
    office.start(asking(DUTY), WheelchairLoan())
    office.days_pass(4)
    assert times(office, "role-duty-worker")[0] == told


def test_digest_due_on_a_closed_day_waits_for_the_next_open_day(office: Office) -> None:
    """GAP-51: Christmas Eve afternoon to Monday 4 January 2027, past bank holidays and the council's closure days."""
    office.today_is("2026-12-24 14:00")
    office.start(telling(DUTY, "chair-chosen"), WheelchairLoan())
    office.today_is("2027-01-04 08:44")
    assert office.inbox(DUTY) == []
    office.today_is("2027-01-04 08:45")
    assert len(office.inbox(DUTY)) == 1


def test_digest_keeps_its_hour_in_summer(office: Office) -> None:
    """Half past one is on the wall in England, also where that is not half past one in UTC."""
    office.today_is("2026-07-06 09:00")
    office.start(telling(DUTY, "chair-chosen"), WheelchairLoan())
    office.digest_goes_out()
    assert office.clock.now() == datetime(2026, 7, 6, 12, 30, tzinfo=UTC)
    assert len(office.inbox(DUTY)) == 1


def test_bank_holiday_that_is_proclaimed_moves_a_digest_that_waits(office: Office) -> None:
    """What waits has no time of its own: a new policy counts for it at once."""
    office.today_is("2026-01-05 14:00")
    office.start(telling(DUTY, "chair-chosen"), WheelchairLoan())
    policy = office.council.policy
    calendar = policy.calendar.model_copy(update={"extra_bank_holidays": (date(2026, 1, 6),)})
    office.council.policy = policy.model_copy(update={"calendar": calendar})
    office.council.policy.__dict__.pop("_working_calendar", None)

    office.today_is("2026-01-06 20:00")
    assert office.inbox(DUTY) == []
    office.today_is("2026-01-07 08:45")
    assert len(office.inbox(DUTY)) == 1


def test_digest_shows_first_what_must_be_done_first(council_database: Database) -> None:
    """Urgent, then overdue, then by due time; what is only good to know comes last; where to sign in stands once."""
    policy = example_policy()
    calm = policy.model_copy(update={"notices": policy.notices.model_copy(update={"interrupt_for": ()})})
    office = Office(council_database, calm)

    @procedure(follows="Lending wheelchairs")
    def everything(loan: WheelchairLoan) -> None:
        now = datetime(2026, 1, 5, 9, tzinfo=UTC)
        tell(DUTY, Verb.READ, "good-to-know")
        tell(DUTY, Verb.ACT, "no-time-set")
        tell(DUTY, Verb.ACT, "later", by=now.replace(day=7))
        tell(DUTY, Verb.ACT, "overdue", by=now.replace(hour=12))
        tell(DUTY, Verb.ACT, "sooner", by=now.replace(day=6))
        tell(DUTY, Verb.ACT, "urgent", urgent=True)

    case = office.start(everything, WheelchairLoan())
    office.digest_goes_out()

    (message,) = office.inbox(DUTY)
    assert message.subject == "6 notices, 2 to look at first"
    identity = message.body.rsplit(maxsplit=1)[-1]
    assert identity.startswith("D-")
    assert message.body == (
        "To do first:\n\n"
        f"URGENT: Act: urgent, case {case}\n\n"
        f"Act: overdue, case {case}, by Monday 5 January 2026, midday\n\n"
        "To do:\n\n"
        f"Act: sooner, case {case}, by Tuesday 6 January 2026, 9am\n\n"
        f"Act: later, case {case}, by Wednesday 7 January 2026, 9am\n\n"
        f"Act: no time set, case {case}\n\n"
        "To know:\n\n"
        f"Read: good to know, case {case}\n\n"
        "Sign in to Safe Pathways and open the case.\n\n"
        f"Digest {identity}"
    )
    with office.council.database.read() as session:
        assert set(session.scalars(select(OutboxMessage.digest_id))) == {identity}


def test_line_of_a_digest_says_what_the_single_notice_says(office: Office) -> None:
    """Verb, form, case, by when, why it comes and what happens then."""
    case = office.start(asking(staff("practitioner")), WheelchairLoan())
    office.today_is("2026-01-06 17:00")
    office.digest_goes_out()

    assert f"Answer: chair chosen, case {case}\n    This is a reminder." in office.inbox("staff-practitioner")[-1].body
    leaders = office.inbox("staff-team-leader")[-1].body
    assert "    Nobody has opened it yet. If it is not done, it goes to the team leader." in leaders


# ------------------------------------------------------------------ who reads


@pytest.fixture
def shared_office(council_database: Database, tmp_path: Path) -> Any:
    """Gives an office whose services are those that a test names: addresses with their tags."""

    def make(**services: str) -> Office:
        office = Office(council_database, example_policy())
        file = tmp_path / "apprise.yaml"
        urls = [{f"pathwaysmemory://{name}": [{"tag": tags}]} for name, tags in services.items()]
        file.write_text(json.dumps({"version": 1, "urls": urls}))
        office._services = load_configuration(file)
        return office

    yield make
    forget_all()


def test_role_without_a_service_is_told_through_those_who_hold_it(shared_office: Any) -> None:
    """Both duty workers have an address of their own and the role has none: both hear, and nobody is alarmed."""
    office = shared_office(dana="staff-duty-worker", malcolm="staff-duty-worker-2", priya="staff-practitioner")
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())

    assert [message.about for message in remembered("dana")] == [case]
    assert [message.about for message in remembered("malcolm")] == [case]
    assert remembered("priya") == []
    assert office.cases(undelivered_notice) == []


def test_person_gets_one_digest_of_their_own_their_roles_and_their_teams_lines(shared_office: Any) -> None:
    """Told as herself, in her role and in her team, she reads one message; it says for whom each line is."""
    office = shared_office(priya="staff-practitioner")
    cases = [
        office.start(telling(whom, "chair-chosen"), WheelchairLoan())
        for whom in (staff("practitioner"), Role.PRACTITIONER, team("hazel"))
    ]
    office.digest_goes_out()

    (message,) = remembered("priya")
    assert set(message.about.split(", ")) == set(cases)
    assert "For the practitioner." in message.body
    assert "For the hazel team." in message.body


def test_shared_mailbox_has_the_shared_lines_and_nobody_reads_them_twice(shared_office: Any) -> None:
    """Where the role has a mailbox, its lines stand there alone, and the person's own in hers."""
    office = shared_office(duty="role-duty-worker", dana="staff-duty-worker")
    shared = office.start(telling(DUTY, "chair-chosen"), WheelchairLoan())
    own = office.start(telling(staff("duty-worker"), "chair-chosen"), WheelchairLoan())
    office.digest_goes_out()

    assert [message.about for message in remembered("duty")] == [shared]
    assert [message.about for message in remembered("dana")] == [own]


def test_one_address_with_several_tags_gets_one_digest(shared_office: Any) -> None:
    """A small council writes its desk's address for a role, a team and a person: one message holds all lines."""
    office = shared_office(desk="role-duty-worker, team-duty, staff-duty-worker")
    cases = {
        office.start(telling(whom, "chair-chosen"), WheelchairLoan())
        for whom in (DUTY, team("duty"), staff("duty-worker"))
    }
    office.digest_goes_out()

    (message,) = remembered("desk")
    assert set(message.about.split(", ")) == cases


def test_digest_that_reaches_one_of_two_people_is_sent_again_to_the_other_alone(shared_office: Any) -> None:
    """The one who has it does not get it twice; the other gets it with the same id."""
    office = shared_office(dana="staff-duty-worker", malcolm="staff-duty-worker-2")
    put_out_of_order("malcolm")
    office.start(telling(DUTY, "chair-chosen"), WheelchairLoan())
    office.start(telling(DUTY, "ramp-built"), WheelchairLoan())
    office.digest_goes_out()
    put_in_order("malcolm")
    office.hours_pass(0.1)

    assert [len(remembered(name)) for name in ("dana", "malcolm")] == [1, 1]
    assert remembered("dana") == remembered("malcolm")


def test_digest_that_reaches_nobody_is_one_alarm(office: Office) -> None:
    """Not one for each line; each case's story says that its notice reached nobody."""
    office.cannot_reach("role-duty-worker")
    cases = [office.start(asking(DUTY), WheelchairLoan()) for _ in range(3)]
    office.today_is("2026-01-05 17:30")

    (alarm,) = office.cases(undelivered_notice)
    assert office.inbox("team-manager")[0].about == alarm
    for case in cases:
        assert any("Reached nobody: notice N-" in line for line in office.story_of(case))
    facts = ledger(office, alarm)[0].data
    assert facts["message_id"].startswith("D-")
    assert facts["recipient"] == "role-duty-worker"
    assert all(case in facts["subject"] for case in cases)


def test_line_that_cannot_be_read_does_not_keep_a_digest_from_going_out(office: Office) -> None:
    """A notice of another version fails by itself, and in the end somebody is asked to look."""
    broken = office.start(telling(DUTY, "chair-chosen"), WheelchairLoan())
    whole = office.start(telling(DUTY, "ramp-built"), WheelchairLoan())
    with office.council.database.write() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.case_ref == broken)).one()
        row.notice = {"verb": "sing"}
    office.digest_goes_out()
    assert [message.about for message in office.inbox(DUTY)] == [whole]

    office.hours_pass(4)
    (alarm,) = office.cases(undelivered_notice)
    assert "which this version cannot read" in ledger(office, alarm)[0].data["subject"]


# ------------------------------------------------------------------ what was overtaken


def test_answered_item_is_never_told(office: Office) -> None:
    """What was answered before the digest is not in it, and an empty digest is not sent."""
    case = office.start(asking(DUTY), WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    office.days_pass(3)
    assert office.inbox(DUTY) == []


def test_taken_item_is_not_told_to_the_others(office: Office) -> None:
    """Somebody has it: the role need not hear of it, nor the leader that nobody has opened it."""
    case = office.start(asking(DUTY), WheelchairLoan())
    office.today_is("2026-01-05 13:05")
    office.take(case, ChairChosen, by="duty-worker")
    office.digest_goes_out()
    assert office.inbox(DUTY) == office.inbox(LEADER) == []


def test_item_taken_late_is_still_known_to_whom_it_was_passed_on(office: Office) -> None:
    """That nobody has answered in time stands, although somebody has opened it since."""
    case = office.start(asking(DUTY), WheelchairLoan())
    office.today_is("2026-01-07 17:30")
    office.take(case, ChairChosen, by="duty-worker")
    office.digest_goes_out()
    assert "Nobody has answered it in time." in office.inbox(LEADER)[-1].body


def quick_ladder() -> Policy:
    """A policy whose items are recalled after one working hour and passed on after two."""
    policy = example_policy()
    timing = {"remind_after": "1 working hour", "escalate": [{"after": "2 working hours", "to": "team-leader"}]}
    work_items = type(policy.work_items).model_validate(
        {"default": timing, "urgent": policy.work_items.urgent.model_dump()}
    )
    return policy.model_copy(update={"work_items": work_items})


def test_escalation_withdraws_the_notices_below_it(council_database: Database) -> None:
    """Asked at nine, recalled at ten, passed on at eleven: at half past one only the leader hears, once."""
    office = Office(council_database, quick_ladder())
    case = office.start(asking(DUTY), WheelchairLoan())
    office.digest_goes_out()

    assert office.inbox(DUTY) == []
    assert [message.about for message in office.inbox(LEADER)] == [case]
    with office.council.database.read() as session:
        states = session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.queued_at)).all()
    assert states == [OutboxState.WITHDRAWN, OutboxState.WITHDRAWN, OutboxState.DELIVERED]


def test_of_two_notices_about_one_item_the_latest_stands_in_the_digest(council_database: Database) -> None:
    """Asked at noon and recalled at one: the digest has one line, the reminder."""
    office = Office(council_database, quick_ladder(), today="2026-01-05 12:00")
    case = office.start(asking(DUTY), WheelchairLoan())
    office.digest_goes_out()

    (message,) = office.inbox(DUTY)
    assert message.lines == [f"Answer: chair chosen, case {case}"]
    assert "This is a reminder." in message.body


def test_nothing_repeats_within_a_working_day(council_database: Database) -> None:
    """Told at 08:45 and recalled at 09:30, so the reminder waits for the next morning, unless it is overtaken."""
    office = Office(council_database, quick_ladder(), today="2026-01-05 08:40")
    policy = office.council.policy
    slow = policy.work_items.default.model_copy(update={"escalate": ()})
    items = policy.work_items.model_copy(update={"default": slow})
    office.council.policy = policy.model_copy(update={"work_items": items})
    case = office.start(asking(DUTY), WheelchairLoan())
    office.days_pass(1.5)

    assert times(office, "role-duty-worker") == ["01-05 08:45", "01-06 08:45"]
    assert [message.about for message in office.inbox(DUTY)] == [case, case]


def test_interruption_may_repeat_within_a_day(office: Office) -> None:
    """Urgent work nobody opens is told, and told again after half an hour and an hour."""
    office.start(asking(DUTY, urgent=True), WheelchairLoan())
    office.hours_pass(1)
    assert times(office, "role-duty-worker") == ["01-05 09:00", "01-05 09:30", "01-05 10:00"]


def test_line_overtaken_while_its_digest_is_tried_again_is_left_out(office: Office) -> None:
    """The set of a digest never grows, and what was answered meanwhile is not told; the id stays."""
    office.cannot_reach("role-duty-worker")
    answered, stays = (office.start(asking(DUTY), WheelchairLoan()) for _ in range(2))
    office.digest_goes_out()
    with office.council.database.read() as session:
        (identity,) = {one for one in session.scalars(select(OutboxMessage.digest_id)) if one is not None} - set(
            session.scalars(select(OutboxMessage.digest_id).where(OutboxMessage.recipient != "role-duty-worker"))
        )
    office.answer(answered, FOLDING, by="duty-worker")
    office.start(asking(DUTY), WheelchairLoan())
    office.can_reach_again("role-duty-worker")
    office.hours_pass(0.1)

    (message,) = office.inbox(DUTY)
    assert message.about == stays
    assert message.body.endswith(f"Digest {identity}")


# ------------------------------------------------------------------ quiet hours


def test_interruption_in_quiet_hours_waits_for_their_end(office: Office) -> None:
    """A missed Red contact at seven in the evening is told at eight in the morning."""
    office.today_is("2026-01-05 19:00")
    office.start(telling(DUTY, "red-contact", interrupts=Interruption.MISSED_RED_CONTACT), WheelchairLoan())
    office.today_is("2026-01-06 07:59")
    assert office.inbox(DUTY) == []
    office.today_is("2026-01-06 08:00")
    assert [message.is_digest for message in office.inbox(DUTY)] == [False]


@pytest.mark.parametrize("reason", [Interruption.ON_CALL, Interruption.PROVIDER_FAILURE])
def test_whoever_is_on_call_is_told_day_and_night(office: Office, reason: Interruption) -> None:
    """On call has no quiet hours, and hears at once when a provider fails."""
    office.today_is("2026-01-05 23:00")
    case = office.start(telling(Role.ON_CALL_MANAGER, "provider", interrupts=reason), WheelchairLoan())
    assert [message.about for message in office.inbox("on-call-manager")] == [case]


def test_work_for_on_call_reaches_anybody_at_night(office: Office) -> None:
    """Whoever it names, what is on-call work waits for nothing."""
    office.today_is("2026-01-05 23:00")
    office.start(telling(staff("practitioner"), "provider", interrupts=Interruption.ON_CALL), WheelchairLoan())
    assert len(office.inbox("staff-practitioner")) == 1


def test_urgent_work_nobody_acknowledges_at_night_is_told_to_whoever_is_on_call(office: Office) -> None:
    """Those asked and those above are in quiet hours: on call hears within half an hour, and the story says so."""
    office.today_is("2026-01-05 22:00")
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())
    office.hours_pass(0.5)

    assert office.inbox(DUTY) == office.inbox(LEADER) == []
    assert [message.about for message in office.inbox("on-call-manager")] == [case]
    assert "and the on call manager" in office.story_of(case)[-1]


def test_urgent_work_at_the_weekend_is_told_to_whoever_is_on_call_too(office: Office) -> None:
    """On Saturday at ten nobody is in quiet hours, and nobody is in the office."""
    office.today_is("2026-01-10 10:00")
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())
    office.hours_pass(0.5)

    assert [message.about for message in office.inbox(DUTY)] == [case, case]
    assert [message.about for message in office.inbox("on-call-manager")] == [case]


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-01-05 17:00", False),  # the office closes, and the leader reads it
        ("2026-01-05 19:00", True),  # in quiet hours
        ("2026-01-10 10:00", True),  # on Saturday
    ],
)
def test_missed_red_contact_reaches_whoever_is_on_call_where_no_manager_is_there(
    office: Office, moment: str, told: bool
) -> None:
    """GAP-12: a manager who is told and could act on it first in the morning is not enough."""
    office.today_is(moment)
    reason = Interruption.MISSED_RED_CONTACT
    case = office.start(telling(staff("team-leader"), "red-contact", interrupts=reason), WheelchairLoan())
    assert [message.about for message in office.inbox("on-call-manager")] == [case] * told


@pytest.mark.parametrize("reason", [Interruption.MISSED_RED_CONTACT, Interruption.PROVIDER_FAILURE])
@pytest.mark.parametrize("whom", [staff("team-manager"), Role.TEAM_MANAGER])
def test_what_is_told_to_nobody_but_those_who_are_away_reaches_whoever_is_on_call(
    office: Office, reason: Interruption, whom: Asked
) -> None:
    """On leave in the middle of a working day, and nobody else told: on call hears it at once."""
    office.start(telling(whom, "one", interrupts=reason), WheelchairLoan())
    assert office.inbox("on-call-manager") == []
    office.away("team-manager")
    case = office.start(telling(whom, "two", interrupts=reason), WheelchairLoan())
    assert [message.about for message in office.inbox("on-call-manager")] == [case]
    office.start(telling([whom, LEADER], "three", interrupts=reason), WheelchairLoan())
    assert len(office.inbox("on-call-manager")) == 1


def test_where_nobody_on_call_can_be_reached_quiet_hours_hold_nothing_back(shared_office: Any) -> None:
    """An urgent matter is not silent all night because nobody wrote a service for whoever is on call."""
    office = shared_office(duty="role-duty-worker", leader="role-team-leader", manager="role-team-manager")
    office.today_is("2026-01-05 22:00")
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())
    assert [message.about for message in remembered("duty")] == [case]
    office.hours_pass(0.5)
    assert case in [message.about for message in remembered("leader")]
    assert office.cases(undelivered_notice)  # and that on call cannot be reached is known
    assert remembered("manager")


def test_same_hour_twice_is_no_quiet_hours(council_database: Database) -> None:
    """A council may have a role without quiet hours."""
    policy = example_policy()
    never = {Role.DUTY_WORKER: policy.notices.quiet_hours_of[Role.ON_CALL_MANAGER]}
    notices = policy.notices.model_copy(update={"quiet_hours_of": never})
    office = Office(council_database, policy.model_copy(update={"notices": notices}), today="2026-01-05 23:00")
    reason = Interruption.MISSED_RED_CONTACT
    for whom in (Role.DUTY_WORKER, staff("duty-worker"), Role.TEAM_LEADER):
        office.start(telling(whom, "red-contact", interrupts=reason), WheelchairLoan())
    assert [len(office.inbox(one)) for one in ("duty-worker", "staff-duty-worker", "team-leader")] == [1, 1, 0]


def test_team_is_told_as_soon_as_one_of_it_is_not_in_quiet_hours(council_database: Database) -> None:
    """The duty team's leader has none: its shared mailbox is written to at night."""
    policy = example_policy()
    never = {Role.TEAM_LEADER: policy.notices.quiet_hours_of[Role.ON_CALL_MANAGER]}
    notices = policy.notices.model_copy(update={"quiet_hours_of": never})
    office = Office(council_database, policy.model_copy(update={"notices": notices}), today="2026-01-05 23:00")
    for one in (team("duty"), team("brokerage")):
        office.start(telling(one, "red-contact", interrupts=Interruption.MISSED_RED_CONTACT), WheelchairLoan())
    assert [len(office.inbox(one)) for one in ("team-duty", "team-brokerage")] == [1, 0]


# ------------------------------------------------------------------ the budget


def tell_often(office: Office, whom: Asked, number: int) -> None:
    """So many cases that say something to somebody."""
    for _ in range(number):
        office.start(telling(whom, "chair-chosen"), WheelchairLoan())


def loads(office: Office, day: date) -> dict[str, tuple[int, int, int, bool]]:
    """Interruptions, digests, lines, and whether it was too much, by recipient."""
    with office.council.database.read() as session:
        found = loads_on(session, office.council.policy, day)
    return {load.recipient: (load.interruptions, load.digests, load.lines, load.over) for load in found}


def test_notice_counts_for_everybody_who_reads_it(office: Office) -> None:
    """Own, team's and role's lines and interruptions are what a worker is told in a day; nothing is withheld."""
    office.leaves("direct-payments-officer")
    tell_often(office, DUTY, 6)
    tell_often(office, team("duty"), 4)
    tell_often(office, staff("duty-worker"), 2)
    office.start(telling(DUTY, "red-contact", interrupts=Interruption.ON_CALL), WheelchairLoan())
    office.start(telling(Role.DIRECT_PAYMENTS, "provider", interrupts=Interruption.ON_CALL), WheelchairLoan())
    office.digest_goes_out()

    told = loads(office, date(2026, 1, 5))
    assert told["staff-duty-worker"] == (1, 3, 12, True)
    assert told["staff-duty-worker-2"] == (1, 2, 10, False)
    assert told["staff-duty-team-leader"] == (0, 1, 4, False)
    assert told["role-direct-payments"] == (1, 0, 0, False)  # a mailbox that nobody in the register reads
    assert "staff-practitioner" not in told
    assert loads(office, date(2026, 1, 6)) == {}
    assert len(office.inbox(DUTY)[-1].lines) == 6


def test_going_over_the_budget_is_shown_to_the_team_leader_once_on_the_next_morning(office: Office) -> None:
    """The first digest of the next working day says who was told how much; the second does not repeat it."""
    office.today_is("2026-01-09 09:00")
    tell_often(office, staff("duty-worker"), 13)
    tell_often(office, staff("practitioner"), 13)
    office.digest_goes_out()
    for _ in range(2):
        office.start(telling(staff("duty-team-leader"), "chair-chosen"), WheelchairLoan())
        office.digest_goes_out()

    first, second = office.inbox("staff-duty-team-leader")
    assert "Told more than 12 notices on Friday 9 January 2026: duty-worker (13)." in first.body
    assert "practitioner" not in first.body
    assert "Told more than" not in second.body


def test_waiting_for_a_digest_or_for_the_morning_is_not_late(office: Office) -> None:
    """/health counts only what should have gone out: neither a digest's line nor what quiet hours hold back."""

    def late() -> int:
        with office.council.database.read() as session:
            return count_late(session, office.council.policy, office.clock.now())

    office.start(asking(DUTY), WheelchairLoan())
    office.today_is("2026-01-05 13:29")
    assert late() == 0
    office.clock.move_to(datetime(2026, 1, 5, 13, 31, tzinfo=UTC))  # the deliverer sleeps
    assert late() == 2  # its notice, and the leader's that nobody has opened it
    office.hours_pass(0)
    assert late() == 0
    office.today_is("2026-01-05 19:00")
    office.start(telling(DUTY, "red-contact", interrupts=Interruption.MISSED_RED_CONTACT), WheelchairLoan())
    office.today_is("2026-01-06 07:00")
    assert late() == 0


# ------------------------------------------------------------------ nothing personal


@pytest.mark.clauses("DUTY-22")
def test_digest_holds_no_name(office: Office) -> None:
    """DUTY-22: neither the person nor a colleague stands in it by name; staff ids and references do."""
    tell_often(office, staff("duty-worker"), 13)
    office.digest_goes_out()
    office.start(telling(staff("duty-team-leader"), "chair-chosen"), WheelchairLoan())
    office.digest_goes_out()
    with office.council.database.read() as session:
        names = list(session.scalars(select(Staff.name)))
    sent: list[SentMessage] = [*office.inbox("staff-duty-worker"), *office.inbox("staff-duty-team-leader")]
    assert len(sent) == 2
    assert not [name for name in names for message in sent if name in message.subject + message.body]


def test_alarm_for_a_closed_or_unknown_case_still_opens(office: Office) -> None:
    """A notice may outlive its case: the alarm opens all the same, and nothing is entered in a closed ledger."""
    office.cannot_reach("role-duty-worker")
    case = office.start(telling(DUTY, "chair-chosen"), WheelchairLoan())
    assert office.is_closed(case)
    entries = len(ledger(office, case))
    office.today_is("2026-01-05 17:30")

    (alarm,) = office.cases(undelivered_notice)
    assert office.case(alarm).parent_ref == case
    assert len(ledger(office, case)) == entries
    office.answer(alarm, NoticeUndelivered(told="rang duty", services_mended=True), by="team-manager")
    assert office.is_closed(alarm)


def test_told_entry_names_whoever_is_on_call_too(office: Office) -> None:
    """A flow that tells of urgent work while the office is closed tells on call, and its entry says so."""
    office.today_is("2026-01-05 22:00")
    flow = telling(DUTY, "red-contact", interrupts=Interruption.URGENT_UNACKNOWLEDGED)
    case = office.start(flow, WheelchairLoan())
    (entry,) = [one for one in ledger(office, case) if one.kind is EntryKind.TOLD]
    assert entry.text == "Told the duty worker and the on call manager: red contact"
    assert [message.about for message in office.inbox("on-call-manager")] == [case]


def test_a_second_deliverer_takes_nothing_of_a_digest_that_is_being_sent(office: Office) -> None:
    """Between claiming and recording, another pass finds nothing, and afterwards nothing is left."""
    for _ in range(2):
        office.start(asking(DUTY), WheelchairLoan())
    office.clock.move_to(datetime(2026, 1, 5, 12, 0, tzinfo=UTC))
    office.digest_goes_out()
    report = deliver_due(
        office.council.database,
        office._services,
        office.clock,
        policy=office.council.policy,
        on_undelivered=alarm_for(office.council),
    )
    assert report.delivered == report.to_be_retried == []


@procedure(follows="Lending wheelchairs")
def two_questions(loan: WheelchairLoan) -> None:
    """Two questions at once, of which one answer is enough."""
    first_of(decision(ChairChosen, of=DUTY), decision(ChairReturned, of=DUTY), signal(RampBuilt))


def test_question_withdrawn_when_its_case_closes_is_not_told(office: Office) -> None:
    """The case is over before the digest: neither question is in it."""
    case = office.start(two_questions, WheelchairLoan())
    office.signal(case, RampBuilt())
    assert office.is_closed(case)
    office.days_pass(2)
    assert office.inbox(DUTY) == []
