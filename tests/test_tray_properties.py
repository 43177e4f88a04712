"""Whatever comes in whatever order: whoever waits on the tray has a next contact in time, and somebody who knows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import REGISTER_DATE
from models.cases import Case, Entry, Wait, WorkItem
from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.forms.tray_deciding import AfterDiscussion, ContactDiscussed, LeavingConfirmed, SecondManagerAgrees
from models.forms.tray_signals import (
    CircumstancesChanged,
    DayAgreed,
    LeavingReported,
    RatedAgain,
    ReadyToWaitAgain,
    ReportedBy,
)
from models.forms.tray_waiting import (
    ContactLogged,
    ContactOutcome,
    ContactReview,
    RedContactReview,
    SafeAndWellDecision,
    SafeAndWellOutcome,
    ShouldWait,
)
from models.outbox import OutboxMessage
from models.policy.gaps.tray import UnreachedStep
from models.policy.gaps.tray_exits import LeavingReason
from models.states import CaseStatus, WaitState, WorkItemState
from models.working_time import LONDON, local_day
from tasks.database import Database
from tasks.durable.testing import Office
from tests.procedures.tray_stories import facts_for, on_the_tray, rated, reached, red_reached

DAYS = {Rag.RED: 7, Rag.AMBER: 14, Rag.GREEN: 28, None: 14}
CONTACT_FORMS = ("ContactReview", "RedContactReview", "SafeAndWellDecision", "SafeAndWellOutcome")
CONTACT_CLOCKS = ("contact", "contact-again")


class WatchedOffice(Office):
    """An office in which, after everything that happens, one waiting person is looked at."""

    def __init__(self, *args: Any) -> None:
        self.watched: str | None = None
        self.counted_from = datetime.max.replace(tzinfo=LONDON)
        """The latest of: placed, reached, rated anew, waits again; as the test knows it."""
        self.never_later_than = datetime.max.replace(tzinfo=LONDON)
        """What was allowed before they were rated anew, until somebody has reached them."""
        super().__init__(*args)

    def _settle(self) -> None:
        super()._settle()
        if self.watched is not None:
            self.look()

    def look(self) -> None:
        """Nobody is lost: a next contact in time, one owner, one question at most, and a manager told of each miss."""
        now = self.clock.now()
        with self.council.database.read() as session:
            case = session.get_one(Case, self.watched)
            if case.status == CaseStatus.CLOSED:
                return
            assert case.status == CaseStatus.OPEN
            assert case.owner.startswith("staff-")
            open_waits = session.scalars(
                select(Wait).where(Wait.case_ref == case.ref, Wait.state == WaitState.OPEN)
            ).all()
            items = session.scalars(
                select(WorkItem).where(WorkItem.case_ref == case.ref, WorkItem.state == WorkItemState.OPEN)
            ).all()
            told = session.scalars(select(OutboxMessage).where(OutboxMessage.case_ref == case.ref)).all()
            escalated = session.scalars(select(Case.ref).where(Case.parent_ref == case.ref)).all()
            entries = session.scalars(select(Entry).where(Entry.case_ref == case.ref)).all()
        forms = [item.form for item in items]
        if "LeavingConfirmed" in forms:
            assert [form for form in forms if form in CONTACT_FORMS] == []
            return
        names = {wait.key.partition("[")[0]: wait for wait in open_waits}
        contact = [form for form in forms if form in CONTACT_FORMS]
        clocks = [name for name in CONTACT_CLOCKS if name in names]
        assert len(contact) <= 1
        assert len(contact) + len(clocks) == 1, (forms, sorted(names))
        allowed = self.allowed(case.colour)
        if (missed := names.get("contact-missed")) is not None:
            assert missed.due is not None
            assert now < missed.due <= allowed
        else:
            fell_due = [one for one in entries if one.kind == EntryKind.FELL_DUE and "contact-missed" in one.key]
            heard = [one for one in told if one.notice["what"] == "contact-missed"]
            assert fell_due and heard, "past its time, and nobody has heard of it"
            assert any(one.recipient.startswith("staff-") for one in heard), "nobody by name has heard of it"
        if (now - self.requested_at).days >= 29:
            assert escalated, "past the aim of 28 days, and no strategic manager knows"

    requested_at: datetime

    def allowed(self, colour: str | None) -> datetime:
        """When the next contact may be at the latest."""
        day = local_day(self.counted_from) + timedelta(days=DAYS[Rag(colour) if colour else None])
        return min(datetime.combine(day, time(23, 59), LONDON), self.never_later_than)

    def begins_anew(self) -> None:
        """Somebody is reached now, or they wait again."""
        self.counted_from, self.never_later_than = self.clock.now(), datetime.max.replace(tzinfo=LONDON)

    def is_rated(self) -> None:
        """They are rated anew now: another rhythm, and nothing is put off."""
        assert self.watched is not None
        self.never_later_than = self.allowed(self.case(self.watched).colour)
        self.counted_from = self.clock.now()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the example council, to be copied for each example."""
    file = tmp_path_factory.mktemp("tray") / "pathways.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
    database.dispose()
    return file


STEPS = st.one_of(
    st.tuples(st.just("days"), st.sampled_from([0.2, 1, 2, 5, 7, 13])),
    st.tuples(st.just("contact"), st.sampled_from(["reached", "no-answer", "no-answer", "to-discuss"])),
    st.tuples(st.just("logged"), st.booleans()),
    st.tuples(st.just("change"), st.booleans()),
    st.tuples(st.just("rate"), st.sampled_from([*Rag, "lowered"])),
    st.tuples(st.just("check"), st.booleans()),
    st.tuples(st.just("discussed"), st.sampled_from([AfterDiscussion.STILL_WAITS, AfterDiscussion.RATE_AGAIN])),
    st.tuples(st.just("second"), st.booleans()),
    st.tuples(st.just("agreed"), st.sampled_from([0, 3, 10])),
    st.tuples(st.just("leaves"), st.sampled_from(list(LeavingReason))),
    st.tuples(st.just("back"), st.booleans()),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    colour=st.sampled_from([*Rag, None]),
    start=st.sampled_from(
        ["2026-01-05 09:00", "2026-03-27 16:00", "2026-10-23 11:00", "2026-12-21 10:00", "2028-02-01 12:00"]
    ),
    steps=st.lists(STEPS, min_size=6, max_size=12),
)
@pytest.mark.clauses("PWT-06", "PWT-49", "PWT-54", "PWT-59", "GAP-12", "GAP-15", "GAP-16")
def test_nobody_who_waits_is_lost_whatever_happens(
    prepared: Path, tmp_path: Path, colour: Rag | None, start: str, steps: list[tuple[str, Any]]
) -> None:
    """
    After any answers, silences, signals and re-ratings, at every instant: the next contact is no later than the colour
    allows, or a named manager has heard that it was missed; the case has an owner and at most one open contact
    question; and whoever is past the aim of 28 days is before a strategic manager.
    """
    file = tmp_path / f"{uuid.uuid4()}.db"
    file.write_bytes(prepared.read_bytes())
    database = Database(f"sqlite:///{file}")
    office = WatchedOffice(database, example_policy(), start)
    office.requested_at = office.counted_from = office.clock.now()
    changes: dict[str, Any] = {"imported": True} if colour is None else {"rated": rated(colour)}
    office.watched = on_the_tray(office, colour, **changes)
    office.look()
    for what, given_ in steps:
        if office.is_closed(office.watched):
            break
        perform(office, office.watched, what, given_)
    office.days_pass(40)
    database.dispose()


def perform(office: WatchedOffice, case: str, what: str, given_: Any) -> None:
    """Do one step, where the case asks for it."""
    now = office.clock.now()
    match what:
        case "days":
            office.days_pass(given_)
        case "contact":
            answer_contact(office, case, given_)
        case "logged":
            outcome = ContactOutcome.REACHED_RELEVANT_PERSON if given_ else ContactOutcome.NO_ANSWER
            said = ContactLogged(outcome=outcome, safe_and_well=True if given_ else None)
            if_so(office.begins_anew, given_)
            office.signal(case, said, by="duty-worker")
        case "change":
            told = CircumstancesChanged(reported_by=ReportedBy.PROVIDER, what="eats little", urgent=given_)
            office.signal(case, told, by="duty-worker")
        case "rate":
            office.is_rated()
            office.signal(case, rating(given_), by="team-leader")
        case "check":
            if waits_for(office, case, SafeAndWellDecision):
                step = frozenset({UnreachedStep.OWN_VISIT})
                office.answer(case, SafeAndWellDecision(steps=step, reasons="silence"), by="team-leader")
            if waits_for(office, case, SafeAndWellOutcome):
                if_so(office.begins_anew, given_)
                found = SafeAndWellOutcome(found=given_, safe_and_well=given_ or None, what_came_of_it="looked")
                office.answer(case, found, by="team-leader")
        case "discussed":
            if waits_for(office, case, ContactDiscussed):
                facts = facts_for(Rag.AMBER) if given_ is AfterDiscussion.RATE_AGAIN else None
                if_so(office.is_rated, facts is not None)
                answer = ContactDiscussed(decision=given_, reasons="looked at it", facts=facts)
                office.answer(case, answer, by="team-leader")
        case "second":
            if waits_for(office, case, SecondManagerAgrees):
                if_so(office.is_rated, given_)
                office.answer(case, SecondManagerAgrees(agreed=given_, reasons="looked at it"), by="team-manager")
        case "agreed":
            on: date = local_day(now) + timedelta(days=given_)
            office.signal(case, DayAgreed(on=on), by="duty-worker")
        case "leaves":
            office.signal(case, LeavingReported(reason=given_, told_by="her son"), by="duty-worker")
        case "back":
            if waits_for(office, case, LeavingConfirmed):
                office.begins_anew()
                if given_:
                    office.signal(case, ReadyToWaitAgain(why="home again"), by="duty-worker")
                else:
                    answer_ = LeavingConfirmed(leaves=False, what_was_discussed="it was not so")
                    office.answer(case, answer_, by="team-leader")
        case _:
            raise AssertionError(f"no such step: {what}")


def answer_contact(office: WatchedOffice, case: str, how: str) -> None:
    """Answer the contact question, on the day on which it is asked."""
    for _ in range(35):
        if any(waits_for(office, case, form) for form in (ContactReview, RedContactReview)):
            break
        office.days_pass(1)
    made: dict[str, Any] = {"outcome": ContactOutcome.NO_ANSWER, "safe_and_well": None} if how == "no-answer" else {}
    if how == "to-discuss":
        made = {"should_wait": ShouldWait.RATE_AGAIN, "to_discuss": "weaker"}
    for form in (reached(**made), red_reached(**made)):
        if waits_for(office, case, type(form)):
            if_so(office.begins_anew, how != "no-answer")
            office.answer(case, form, by="team-leader")
            return


def rating(colour: Rag | str) -> RatedAgain:
    """A rating anew; "lowered" is Amber though the matrix says Red."""
    if colour == "lowered":
        facts = facts_for(Rag.RED, colour=Rag.AMBER, override_reasons="her daughter is there")
        return RatedAgain(facts=facts, facts_changed=False, reasons="judged otherwise")
    return RatedAgain(facts=facts_for(Rag(colour)), facts_changed=True, reasons="the facts have changed")


def if_so(then: Callable[[], None], so: bool) -> None:
    """Do it where it is so."""
    if so:
        then()


def waits_for(office: Office, case: str, form: type[Form]) -> bool:
    """Whether that question is open."""
    return any(line.startswith(f"{form.name()} of") for line in office.waiting_for(case))
