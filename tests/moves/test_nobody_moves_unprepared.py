"""Whatever comes in whatever order: nobody moves unprepared or against their will, and no move ends before its time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import REGISTER_DATE
from flows.advocacy import advocacy
from flows.brokerage import brokerage
from flows.move_between_services import move_between_services
from models.cases import Case, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.forms.advocacy import AdvocacyDecision
from models.forms.base import AnswerRefused, Form, Signal
from models.forms.brokerage import CareNoLongerWanted, OfferAnswered, ProviderOffered, ProviderTakesItOn, SourcingBegun
from models.forms.move_day import GapClosed, MoveChecked, MoveDay, MoveDecided
from models.forms.move_preparing import DestinationFound, MoveEscalated
from models.forms.moves import DestinationChanged, MoveNeedsDeciding, MovePutOff, OldServiceEnds
from models.moves.kinds import Decided, GapWay, MoveOutcome
from models.moves.tables import Move, MoveGap, MoveHandover
from models.register import Person
from models.states import CaseStatus, WaitState, WorkItemState
from models.working_time import local_day
from tasks.database import Database
from tasks.deaths import heed_deaths
from tasks.durable.arrivals import CaseIsClosed
from tasks.durable.ledger import Recorded, recall
from tasks.durable.testing import Office
from tests.procedures.move_stories import AGREES, IN_PLACE, PLAN, REFUSED, REFUSES, TAKEN_ON, THERE, WANTED, WELL

DECIDERS = {"team-manager", "strategic-manager", "head-of-service", "on-call-manager"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the example council, to be copied for each example."""
    file = tmp_path_factory.mktemp("moves") / "pathways.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
    database.dispose()
    return file


STEPS = st.one_of(
    st.tuples(st.sampled_from(["agrees", "plan", "in-place", "taken-on", "there", "well"]), st.just(0)),
    st.tuples(st.sampled_from(["agrees", "plan", "in-place", "taken-on", "there"]), st.just(0)),
    st.tuples(st.sampled_from(["refuses", "refused", "advocate", "not-there", "not-well", "escalated"]), st.just(0)),
    st.tuples(st.just("decided"), st.sampled_from(list(Decided))),
    st.tuples(st.just("gap"), st.sampled_from(list(GapWay))),
    st.tuples(st.sampled_from(["put-off", "old-ends"]), st.integers(0, 9)),
    st.tuples(st.sampled_from(["elsewhere", "broker", "found"]), st.booleans()),
    st.tuples(st.sampled_from(["needs-deciding", "dies"]), st.just(0)),
    st.tuples(st.just("days"), st.sampled_from([0.3, 1, 4, 8])),
    st.tuples(st.just("days"), st.sampled_from([1, 8])),
)
BEGINNINGS = st.tuples(st.booleans(), st.booleans(), st.one_of(st.none(), st.integers(1, 20)))


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a counterexample that is not made smaller is found in seconds
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(begun=BEGINNINGS, steps=st.lists(STEPS, min_size=8, max_size=22))
@pytest.mark.clauses("TRN-01", "TRN-02", "TRN-04", "TRN-06")
def test_no_interleaving_ends_a_move_that_is_not_whole(
    prepared: Path, tmp_path: Path, begun: tuple[bool, bool, int | None], steps: list[tuple[str, Any]]
) -> None:
    """
    Answers, refusals, deaths, other days, other places and gaps: after each, the day is asked about only where all is
    there or a manager has decided, an open move is carried on by somebody or some time, a gap that runs is asked about,
    and one that has ended was accepted by name and checked, or a manager decided, or they died.
    """
    file = tmp_path / f"{uuid.uuid4()}.db"
    file.write_bytes(prepared.read_bytes())
    database = Database(f"sqlite:///{file}")
    office = Office(database, example_policy(), "2026-01-05 09:00")
    emergency, to_be_found, care = begun
    first = local_day(office.clock.now())
    wanted = WANTED.model_copy(
        update={
            "emergency": emergency, "to_be_found": to_be_found, "new_team": None if to_be_found else "rowan",
            "care_ends_on": None if care is None else first + timedelta(days=care),
        }
    )  # fmt: skip
    case = office.start(move_between_services, wanted)
    for what, how in steps:
        perform(office, case, what, how)
        assert list(what_is_wrong(database, office, case)) == []
    for _ in range(6):  # from wherever it stands ordinary work brings it to its end
        carry_through(office, case)
        assert list(what_is_wrong(database, office, case)) == []
    assert office.is_closed(case)
    database.dispose()


def what_is_wrong(database: Database, office: Office, case: str) -> Iterator[str]:
    """Each way in which somebody who moves could be lost or harmed, in a sentence."""
    with database.read() as session:
        row, is_open = session.get_one(Move, case), session.get_one(Case, case).status != CaseStatus.CLOSED
        told = recall(session, case)
        decided = [one for one in told if one.kind is EntryKind.ANSWERED and one.step == MoveDecided.name()]
        if any("Failed" in line for line in office.story_of(case)):
            yield "a step failed"
        if is_open == (row.ended_at is not None):
            yield "the row and the case do not say the same"
        if {one.by for one in decided} - DECIDERS:
            yield "somebody who is no manager decided"
        yield from _ended_wrongly(session, row, told, decided)
        asks_whether_there = _asks(session, case, MoveDay)
        if asks_whether_there and not (row.is_ready or row.emergency_at is not None):
            yield "the day is asked about, and they are not ready"
        if asks_whether_there and row.they_say == "refuses":
            yield "somebody would be moved against their will"
        gap = session.scalar(select(MoveGap.case_ref).where(MoveGap.case_ref == case, MoveGap.ended_on.is_(None)))
        if gap and not _asks(session, case, GapClosed) and not _asks(session, case, MoveDecided):
            yield "they are without care, and nobody is asked about it"
        if gap and (row.moved_at is not None or not is_open):
            yield "a gap runs on though they are there"
        if is_open and not _goes_on(session, case):
            yield "nobody is asked and no time will come"


def _ended_wrongly(session: Session, row: Move, told: list[Recorded], decided: list[Recorded]) -> Iterator[str]:
    if row.ended_as == MoveOutcome.MOVED:
        accepted = session.scalar(
            select(MoveHandover.number).where(MoveHandover.case_ref == row.case_ref, MoveHandover.came == "accepted")
        )
        checked = [one for one in told if one.step == MoveChecked.name() and one.data and one.data.get("well")]
        if accepted is None or not checked or not row.is_ready:
            yield "ended as moved without a handover that was accepted, all that belongs to it, and a check"
    if row.ended_as == MoveOutcome.NO_MOVE and not any(one.data["decided"] == Decided.NO_MOVE for one in decided):
        yield "ended without a move, and no manager decided so"
    if row.ended_as == MoveOutcome.DIED and not any("died" in one.text for one in told):
        yield "ended by a death that nobody heard of"


def _asks(session: Session, case: str, form: type[Form]) -> bool:
    query = select(WorkItem.id).where(WorkItem.case_ref == case, WorkItem.form == form.name())
    return session.scalar(query.where(WorkItem.state == WorkItemState.OPEN).limit(1)) is not None


def _goes_on(session: Session, case: str) -> bool:
    asked = select(WorkItem.id).where(WorkItem.case_ref == case, WorkItem.state == WorkItemState.OPEN)
    awaited = select(Wait.key).where(Wait.case_ref == case, Wait.state == WaitState.OPEN)
    return session.scalar(asked.limit(1)) is not None or session.scalar(awaited.limit(1)) is not None


# ---------------------------------------------------------------------- what may come


def perform(office: Office, case: str, what: str, how: Any) -> None:
    """Do one step, where it is asked for; what the door refuses is not done."""
    today = local_day(office.clock.now())
    soon = today + timedelta(days=how if isinstance(how, int) else 2)
    safe = {"reasons": "so it is", "safe_by": "Her son", "new_day": soon}
    forms: dict[str, Form] = {
        "agrees": AGREES,
        "refuses": REFUSES,
        "advocate": AGREES.model_copy(update={"advocate_needed": True}),
        "plan": PLAN.model_copy(update={"day": today + timedelta(days=2)}),
        "in-place": IN_PLACE,
        "taken-on": TAKEN_ON.model_copy(update={"from_day": today}),
        "refused": REFUSED,
        "escalated": MoveEscalated(done="Spoke with them"),
        "there": THERE,
        "not-there": MoveDay(done=False, why_not="Snow", new_day=today + timedelta(days=3)),
        "well": WELL,
        "not-well": MoveChecked(
            well=False, trouble="Sad", put_right="Company", look_again_on=today + timedelta(days=3)
        ),
    }
    match what:
        case "decided":
            answer(office, case, MoveDecided.model_validate({"decided": how, **safe}))
        case "gap":
            day = {"until": today + timedelta(days=30), "new_day": today, "because": "Nobody", "by_whom": "Bluebell"}
            answer(office, case, GapClosed.model_validate({"way": how, **day}))
        case "put-off":
            send(office, case, MovePutOff(new_day=soon, because="A cold"))
        case "old-ends":
            send(office, case, OldServiceEnds(care_ends_on=soon, what="So they say"))
        case "needs-deciding":
            send(office, case, MoveNeedsDeciding(why="A quarrel"))
        case "elsewhere":
            send(office, case, DestinationChanged(to_be_found=how, new_service="Elsewhere", because="Better"))
        case "found":
            answer(office, case, DestinationFound(look_again=how, new_service="A cousin's"))
        case "broker":
            brokers(office, found=how)
        case "dies":
            with office.council.database.write() as session:
                session.get_one(Person, "P-104").died_on = today
            heed_deaths(office.council)
            office.hours_pass(0.1)
        case "days":
            office.days_pass(how)
        case _:
            answer(office, case, forms[what])


def brokers(office: Office, *, found: bool) -> None:
    """Each search comes a step further, or ends without a place."""
    today = local_day(office.clock.now())
    for search in office.cases(brokerage):
        if not found:
            send(office, search, CareNoLongerWanted(because="Nothing"))
            continue
        for form in (
            SourcingBegun(begun="Rung"),
            ProviderOffered(found=True, provider="larch-court", offer="A room", starts_on=today),
            OfferAnswered(accepted=True, answered_by="They"),
            ProviderTakesItOn(taken_on=True, by_whom="Matron", starts_on=today),
        ):
            answer(office, search, form)


def carry_through(office: Office, case: str) -> None:
    """Ten days of ordinary work."""
    for ref in office.cases(advocacy):
        none_needed = AdvocacyDecision(nobody_appropriate=False, substantial_difficulty=False, reasons="His niece")
        answer(office, ref, none_needed)
    for what in ("agrees", "plan", "in-place", "taken-on"):
        perform(office, case, what, 0)
    perform(office, case, "broker", True)
    for what in ("escalated", "taken-on", "agrees", "plan", "in-place"):
        perform(office, case, what, 0)
    perform(office, case, "found", False)
    perform(office, case, "gap", GapWay.INTERIM)
    perform(office, case, "decided", Decided.TALK_AGAIN)
    for what in ("agrees", "plan", "in-place", "taken-on"):
        perform(office, case, what, 0)
    office.days_pass(3)
    perform(office, case, "there", 0)
    office.days_pass(8)
    perform(office, case, "well", 0)


def answer(office: Office, case: str, filled: Form) -> None:
    """Answer the case's question on that form, if it asks it; what the door refuses is not answered."""
    asked = [line for line in office.waiting_for(case) if line.startswith(f"{filled.name()} of")]
    if not asked:
        return
    try:
        office.answer(case, filled, by="brokerage-officer" if "of brokerage" in asked[0] else "strategic-manager")
    except AnswerRefused:
        return


def send(office: Office, case: str, signal: Signal) -> None:
    """Send it, where the case is open."""
    if office.is_closed(case):
        return
    try:
        office.signal(case, signal, by="practitioner")
    except CaseIsClosed:
        return
