"""Calls that pass with nobody there, people who are not seen, work that is given on, and moves without an advocate."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from flows.advocacy import advocacy
from models.forms.advocacy import AdvocacyDecision
from models.forms.affected_calls import CallRecorded, MoveWithoutAdvocate
from models.forms.affected_person import PersonNeedsChanged, SomebodyIsThere
from models.forms.base import AnswerRefused
from models.forms.provider_failure import CareEndsOn
from models.notices import Recipient
from models.provider_failure.kinds import Risk, Way
from models.provider_failure.tables import CallOnPerson
from models.working_time import LONDON
from tasks.durable.testing import Office
from tasks.worklist.incident_moving import give_people
from tasks.worklist.signalling import SignalRefused, tell_case
from tests.procedures.test_provider_failure import (
    CONFIRMED,
    HOME_CARE_GONE,
    PREPARED,
    SEEN,
    fails,
    people_of,
    waits_for,
)
from tests.worklist.answering_stories import member

NOT_NEEDED = AdvocacyDecision(nobody_appropriate=False, substantial_difficulty=True, reasons="Her niece stands by her")
NEEDS_ONE = SEEN.model_copy(update={"advocate_needed": True, "risk": Risk.RED})


@pytest.fixture
def incident(office: Office) -> str:
    """Wenbridge Home Care gives no care from Monday; it is nine o'clock."""
    return fails(office, HOME_CARE_GONE)


def case_of(office: Office, incident: str, who: str) -> str:
    """The case of somebody on the list."""
    return next(one.case_ref for one in people_of(office, incident).values() if one.person_id == who)


def moment(text: str) -> datetime:
    """A moment of that week by the clock on the wall."""
    return datetime.fromisoformat(f"2026-01-{text}").replace(tzinfo=LONDON)


def calls(office: Office, ref: str) -> dict[str, CallOnPerson]:
    """What is on record of the calls on somebody, by day and time."""
    with office.council.database.read() as session:
        rows = session.scalars(select(CallOnPerson).where(CallOnPerson.case_ref == ref).order_by(CallOnPerson.at))
        return {f"{one.at.astimezone(LONDON):%d %H:%M}": one for one in rows}


def told(office: Office, what: str, *whom: str) -> list[str]:
    """The notices with those words that these have in hand."""
    return [one.body for who in whom for one in office.inbox(who) if what in one.body]


# ---------------------------------------------------------------------- calls


@pytest.mark.clauses("TRN-47")
def test_a_call_that_passes_with_nobody_and_no_record_is_missed_and_a_manager_hears_once(
    office: Office, incident: str
) -> None:
    """Half an hour after its time; at high risk at once, and each call once."""
    ref = case_of(office, incident, "P-101")
    office.today_is("2026-01-05 12:55")
    assert calls(office, ref) == {}
    office.today_is("2026-01-05 13:05")
    assert list(calls(office, ref)) == ["05 12:30"]
    heard = told(office, "a call was missed", "staff-team-manager", "team-manager", "on-call-manager")
    assert len([one for one in heard if ref in one]) == 1
    office.today_is("2026-01-05 18:20")
    assert list(calls(office, ref)) == ["05 12:30"]
    office.today_is("2026-01-06 00:05")
    assert list(calls(office, ref)) == ["05 12:30", "05 18:00", "05 21:30"]


@pytest.mark.clauses("TRN-47")
def test_a_missed_call_on_somebody_at_lower_risk_stands_on_the_list_and_interrupts_nobody(
    office: Office, incident: str
) -> None:
    """One carer, no medicine, amber: it is on record."""
    ref = case_of(office, incident, "P-102")
    office.today_is("2026-01-05 18:05")
    assert list(calls(office, ref)) == ["05 17:30"]
    office.digest_goes_out()
    assert not any(ref in one for one in told(office, "a call was missed", "staff-team-manager", "team-manager"))


@pytest.mark.clauses("TRN-47")
def test_a_call_that_is_recorded_is_not_missed_whoever_made_it(office: Office, incident: str) -> None:
    """By whom, when and how they were; and what is recorded late stands beside that it was missed."""
    ref = case_of(office, incident, "P-101")
    office.today_is("2026-01-05 12:40")
    made = CallRecorded(at=moment("05 12:30"), made=True, made_by="Priya Nair", how="Cheerful, ate all of it")
    office.signal(ref, made, by="practitioner")
    office.today_is("2026-01-05 19:00")
    late = CallRecorded(at=moment("05 18:00"), made=False, made_by="Tom Garrick", how="At her daughter's until eight")
    office.signal(ref, late, by="practitioner-2")
    rows = calls(office, ref)
    assert (rows["05 12:30"].missed_at, rows["05 12:30"].made, rows["05 12:30"].noted_by) == (
        None,
        True,
        "practitioner",
    )
    assert rows["05 18:00"].missed_at is not None and rows["05 18:00"].made is False


@pytest.mark.clauses("TRN-47")
def test_a_covered_call_is_not_missed_and_one_before_the_cover_stays_so(office: Office, incident: str) -> None:
    """Who comes at two was not there at half past twelve; from then on somebody is, until it ends."""
    ref = case_of(office, incident, "P-101")
    red = SEEN.model_copy(update={"risk": Risk.RED, "way": Way.NEW_PROVIDER})
    office.today_is("2026-01-05 14:00")
    covered = {"covered_by": "Rapid response", "covered_until": moment("05 20:00")}
    office.answer(ref, red.model_copy(update=covered), by="practitioner")
    office.today_is("2026-01-05 22:30")
    assert list(calls(office, ref)) == ["05 12:30", "05 21:30"]


@pytest.mark.clauses("TRN-47")
def test_until_the_providers_care_ends_no_call_is_missed(office: Office) -> None:
    """It still comes; where it stops sooner, the calls since then are missed."""
    incident = fails(office, HOME_CARE_GONE, care_ends_on=date(2026, 1, 12))
    ref = case_of(office, incident, "P-101")
    office.today_is("2026-01-06 14:00")
    assert calls(office, ref) == {}
    office.signal(incident, CareEndsOn(day=date(2026, 1, 6), what="Nobody came today"), by="team-leader")
    assert list(calls(office, ref)) == ["06 07:30", "06 12:30"]


def test_what_cannot_be_a_call_is_refused(office: Office, incident: str) -> None:
    """One that is still to come, and one of another time; cover that has ended already covers nobody."""
    ref = case_of(office, incident, "P-101")
    said = CallRecorded(at=moment("05 18:00"), made=True, made_by="A nurse", how="Well")
    with pytest.raises(SignalRefused, match="still to come"):
        tell_case(office.council, ref, said, by="practitioner", nobody_at_risk=True)
    with pytest.raises(SignalRefused, match="about nobody"):
        tell_case(office.council, incident, said, by="practitioner", nobody_at_risk=True)
    gone = {"covered_by": "A nurse", "covered_until": moment("05 08:00")}
    with pytest.raises(AnswerRefused, match="that time has passed"):
        office.answer(ref, SEEN.model_copy(update=gone), by="practitioner")


# ---------------------------------------------------------------------- not seen


@pytest.mark.clauses("TRN-47")
def test_somebody_at_high_risk_who_is_not_seen_is_told_upwards_until_they_are(office: Office) -> None:
    """The team manager after four hours, the strategic manager after six, the head of service after eight and ten."""
    incident = fails(office, HOME_CARE_GONE)
    ref = case_of(office, incident, "P-101")

    def heard() -> list[int]:
        lines = [one for one in office.story_of(ref) if "somebody at high risk is not seen" in one]
        managers = ("team-manager", "strategic-manager", "head-of-service")
        return [sum(f"Told {one}" in line for line in lines) for one in managers]

    office.today_is("2026-01-05 13:05")
    assert heard() == [1, 0, 0]
    office.today_is("2026-01-05 15:05")
    assert heard() == [1, 1, 0]
    office.today_is("2026-01-05 19:05")
    assert heard() == [1, 1, 2]
    office.answer(ref, SEEN, by="practitioner")
    office.today_is("2026-01-06 12:00")
    assert heard() == [1, 1, 2]


@pytest.mark.clauses("TRN-47")
def test_at_lower_risk_nobody_hears_of_one_incident_twice_in_a_working_day(office: Office) -> None:
    """Three people of Willow Bank House are late: each manager hears it in one digest, one after the other."""
    incident = fails(office)
    late = [one.case_ref for one in people_of(office, incident).values() if one.risk != Risk.RED]
    assert len(late) > 1
    for ref in late:
        office.signal(ref, PersonNeedsChanged(risk=Risk.AMBER, what="Frail"), by="practitioner")

    def heard() -> list[str]:
        lines = [one for ref in late for one in office.story_of(ref) if "people are not seen in time" in one]
        told = (one.partition("Told ")[2].partition(":")[0] for one in lines)
        return sorted(one.removeprefix("the ").replace(" ", "-") for one in told)

    office.today_is("2026-01-06 16:00")
    assert heard() == ["team-manager"]
    office.today_is("2026-01-07 16:59")
    assert heard() == ["team-manager"]
    office.today_is("2026-01-08 09:00")
    assert heard() == ["strategic-manager", "team-manager"]


# ---------------------------------------------------------------------- given on


@pytest.mark.clauses("TRN-48")
def test_what_is_asked_later_goes_to_whoever_has_taken_them_on(office: Office, incident: str) -> None:
    """The question that is open, the case itself, and the next question."""
    ref = case_of(office, incident, "P-105")
    give_people(office.council, member(office, "team-manager"), incident, [ref], to=Recipient.team("reablement"))
    office.hours_pass(0)
    assert office.case(ref).owner == "team-reablement"
    office.answer(ref, SEEN, by="reablement-worker")
    assert waits_for(office, ref) == ["ArrangementConfirmed of reablement"]


# ---------------------------------------------------------------------- the advocate


@pytest.mark.clauses("DUTY-42", "TRN-02")
def test_a_move_waits_for_an_advocate_and_what_keeps_them_safe_does_not(office: Office) -> None:
    """Somebody is with them at once; the day is prepared only once an advocate is there, or a manager decides."""
    incident = fails(office)
    ref = people_of(office, incident)[1].case_ref
    office.answer(ref, NEEDS_ONE, by="practitioner")
    assert any("SomebodyIsThere" in one for one in office.waiting_for(ref))
    until = datetime(2026, 1, 6, 20, tzinfo=LONDON)
    office.answer(ref, SomebodyIsThere(covered_by="A nurse", covered_until=until), by="practitioner")
    office.answer(ref, CONFIRMED, by="practitioner")
    assert waits_for(office, ref) == ["MoveWithoutAdvocate of team-manager"]
    office.answer(ref, MoveWithoutAdvocate(can_wait=True), by="team-manager")
    assert not any("MovePrepared" in one for one in office.waiting_for(ref))
    (search,) = office.cases(advocacy)
    office.answer(search, NOT_NEEDED, by="practitioner")
    assert office.is_closed(search)
    assert waits_for(office, ref) == ["MovePrepared of hazel"]
    office.answer(ref, PREPARED, by="practitioner")


@pytest.mark.clauses("DUTY-42")
def test_a_manager_decides_with_reasons_that_a_move_cannot_wait(office: Office) -> None:
    """Nobody else does."""
    incident = fails(office)
    ref = people_of(office, incident)[1].case_ref
    office.answer(ref, NEEDS_ONE, by="practitioner")
    office.answer(ref, CONFIRMED, by="practitioner")
    cannot = MoveWithoutAdvocate(can_wait=False, because="The home has no night staff from tonight")
    office.answer(ref, cannot, by="team-manager")
    assert "MovePrepared of hazel" in waits_for(office, ref)
    with pytest.raises(AnswerRefused, match="say in because"):
        MoveWithoutAdvocate.read({"can_wait": False})
