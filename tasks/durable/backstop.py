"""
The backstop: compare our open cases with Prefect's runs, and bring back every case that would not wake.

It runs at start and every minute, in the worker, beside it and as a scheduled flow. Whatever was lost in Prefect
(a killed worker, a cancelled or deleted run, the whole database) comes back from our ledger. A leg that ran twice is
kept apart by the lease, so bringing back too often is harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from prefect.client.schemas.objects import FlowRun, StateType
from sqlalchemy import and_, not_, or_, select, update

from models.cases import Case, Lease, WorkItem
from models.entry_kinds import EntryKind
from models.forms.house import RunInterference
from models.notices import Recipient
from models.states import CaseStatus, WorkItemState
from tasks.durable import lease
from tasks.durable.council import Council
from tasks.durable.ledger import Fact
from tasks.durable.prefect_clerk import RESTRICTED_TITLE, Clerk, Declared, PrefectAway
from tasks.durable.procedure import UnknownProcedure, procedure_named
from tasks.durable.work_items import Question, house_key, put_by_the_house

log = logging.getLogger("pathways")

GRACE = timedelta(seconds=20)
"""How long a run may be between two of its steps towards Running or sleep before it counts as stuck."""
PENDING_LIMIT = timedelta(seconds=60)
"""How long a run may be Pending: a worker that took it and died leaves it so."""


class Verdict(StrEnum):
    """What a case's run needs."""

    FINE = "fine"
    """Nothing."""
    START = "start"
    """It has no run yet."""
    REPLACE = "replace"
    """Its run is gone or finished: a run of the next generation takes its place."""
    WAKE = "wake"
    """Its run is to start now, or at the time the case wants."""
    FORCE = "force"
    """As WAKE, from a state that Prefect leaves only by force."""


@dataclass(frozen=True)
class Judgement:
    """A verdict, why, and whether a person had a hand in it."""

    verdict: Verdict
    why: str = ""
    interfered: bool = False


@dataclass(frozen=True)
class Sleeper:
    """What the backstop knows of an open case."""

    ref: str
    title: str | None
    """Its flow's name in Prefect; None where this version has no such procedure."""
    flow_run_id: str | None
    run_created_at: datetime | None
    next_due: datetime | None
    is_awake: bool
    """Something came for it that no leg has looked at."""
    leg_lives: bool
    """A leg holds its lease and can act."""
    leg_died: bool = False
    """A leg holds its lease and is known to be gone."""


@dataclass
class Report:
    """What one round of the backstop did."""

    looked_at: int = 0
    brought_back: list[str] = field(default_factory=list)


def judge(case: Sleeper, run: FlowRun | None, now: datetime, declared: Declared | None) -> Judgement:
    """What the run of a case needs; a deployment (`declared`) that is younger than the run is in a new database."""
    if case.flow_run_id is None:
        return Judgement(Verdict.START)
    if run is None or run.state is None:
        made_anew = declared is None or case.run_created_at is None or declared.created > case.run_created_at
        why = "Prefect has lost its runs" if made_anew else "its run was deleted"
        return Judgement(Verdict.REPLACE, why, interfered=not made_anew)
    if case.leg_lives:
        return Judgement(Verdict.FINE)
    since = now - run.state.timestamp
    match run.state.type:
        case StateType.CANCELLED:
            return Judgement(Verdict.REPLACE, "its run was cancelled", True)
        case StateType.COMPLETED | StateType.FAILED | StateType.CRASHED:
            return Judgement(Verdict.REPLACE, f"its run was {run.state.type.value.lower()}")
        case StateType.CANCELLING:
            return Judgement(Verdict.FORCE, "its run was being cancelled", True)
        case StateType.PAUSED:
            return Judgement(Verdict.FORCE, "its run was paused", True)
        case StateType.PENDING if since > PENDING_LIMIT:
            return Judgement(Verdict.FORCE, "its run was taken up and never started")
        case StateType.RUNNING if case.leg_died or since > GRACE:
            return Judgement(Verdict.WAKE, "its leg broke off")
        case StateType.SCHEDULED:
            if declared is not None and run.work_pool_name not in (None, declared.pool):
                return Judgement(Verdict.REPLACE, "its run waited in another pool")
            return _judge_sleeping(case, run, now)
        case _:
            return Judgement(Verdict.FINE)


def _judge_sleeping(case: Sleeper, run: FlowRun, now: datetime) -> Judgement:
    assert run.state is not None
    scheduled = run.state.state_details.scheduled_time
    wanted = now if case.is_awake or case.next_due is None else max(case.next_due, now)
    if scheduled is not None and scheduled > wanted + timedelta(seconds=2):
        return Judgement(Verdict.WAKE, "it was to wake earlier")
    return Judgement(Verdict.FINE)


class Backstop:
    """Brings cases back. `redeploy` is called when Prefect lacks our deployments."""

    def __init__(self, council: Council, redeploy: Callable[[], None]) -> None:
        self.council = council
        self.clerk = Clerk(council)
        self._redeploy = redeploy

    def look_round(self, *, only_overdue: bool = False) -> Report:
        """
        Compare every open case with its run, and bring back what would not wake. Raises `PrefectAway`.

        `only_overdue` looks at those alone that by our own tables should have had a leg by now, and asks Prefect
        nothing where there are none: cheap enough for every few seconds.
        """
        sleepers = self._sleepers(only_overdue)
        if only_overdue and not sleepers:
            return Report()
        # The runs first: where Prefect's database is lost between the two questions, runs that are gone are then held
        # against the new database's deployments, and nobody is asked why they deleted them.
        runs = self.clerk.runs([one.flow_run_id for one in sleepers if one.flow_run_id])
        declared = self.clerk.deployments()
        if any(one.title is not None and one.title not in declared for one in sleepers):
            log.warning("Prefect lacks deployments of ours: deploying them again")
            self._redeploy()
            declared = self.clerk.deployments()
        report, now = Report(looked_at=len(sleepers)), self.council.clock.now()
        for case in sleepers:
            judgement = judge(case, runs.get(case.flow_run_id or ""), now, declared.get(case.title or ""))
            if judgement.verdict is Verdict.FINE:
                continue
            try:
                self._bring_back(case, judgement)
                report.brought_back.append(case.ref)
            except PrefectAway as away:
                log.warning("case %s could not be brought back now: %s", case.ref, away)
        return report

    def _sleepers(self, only_overdue: bool) -> list[Sleeper]:
        now = self.council.clock.now()
        being_started = and_(Case.flow_run_id.is_(None), Case.opened_at > now - GRACE, Case.generation == 0)
        query = (
            select(Case, Lease)
            .join(Lease, Lease.case_ref == Case.ref)
            .where(Case.status != CaseStatus.CLOSED, not_(being_started))
        )
        if only_overdue:
            query = query.where(
                or_(
                    Case.flow_run_id.is_(None),
                    Case.wake_no > Case.asleep_wake_no,
                    Case.next_due <= now - GRACE,
                    Lease.holder.is_not(None),
                )
            )
        with self.council.database.read() as session:
            rows = session.execute(query).all()
        return [
            Sleeper(
                case.ref, _title(case), case.flow_run_id, case.run_created_at, case.next_due,
                is_awake=case.wake_no > case.asleep_wake_no, leg_lives=lease.is_live(held, now),
                leg_died=held.holder is not None and not lease.is_live(held, now),
            )
            for case, held in rows
        ]  # fmt: skip

    def _bring_back(self, case: Sleeper, judgement: Judgement) -> None:
        log.warning("case %s is brought back: %s", case.ref, judgement.why or "it had no run yet")
        match judgement.verdict:
            case Verdict.START:
                self.clerk.start(case.ref)
            case Verdict.REPLACE:
                if self._next_generation(case, judgement):
                    self.clerk.start(case.ref)
            case Verdict.WAKE | Verdict.FORCE:
                if judgement.interfered:
                    self._note_interference(case.ref, judgement.why)
                now = self.council.clock.now()
                at_once = case.is_awake or judgement.interfered or case.next_due is None
                moment = now if at_once or case.next_due is None else max(case.next_due, now)
                force = judgement.verdict is Verdict.FORCE
                self.clerk.schedule(UUID(case.flow_run_id), moment, "Brought back", force=force)
            case Verdict.FINE:
                pass

    def _next_generation(self, case: Sleeper, judgement: Judgement) -> bool:
        """Enter that the run is replaced. False where another round of the backstop was first."""
        with self.council.change() as change:
            locked = change.lock(case.ref)
            if locked.status is CaseStatus.CLOSED or locked.flow_run_id != case.flow_run_id:
                return False
            pen = change.pen(locked)
            text = f"Has a new run in Prefect: {judgement.why}"
            pen.enter(Fact(EntryKind.RUN_REPLACED, "run", text, judgement.verdict, {"old": case.flow_run_id}))
            change.session.execute(
                update(Case)
                .where(Case.ref == case.ref)
                .values(generation=locked.generation + 1, flow_run_id=None, run_created_at=None)
            )
        if judgement.interfered:
            self._note_interference(case.ref, judgement.why)
        return True

    def _note_interference(self, ref: str, why: str) -> None:
        """Enter that somebody stopped the run, and ask a manager what was meant; once while it is unanswered."""
        with self.council.change() as change:
            locked, session = change.lock_open(ref), change.session
            asked = session.scalars(
                select(WorkItem).where(
                    WorkItem.case_ref == ref,
                    WorkItem.form == RunInterference.name(),
                    WorkItem.state == WorkItemState.OPEN,
                )
            ).first()
            pen = change.pen(locked)
            pen.enter(
                Fact(EntryKind.RUN_INTERFERED, "run", f"Somebody acted in the dashboard: {why}; the case goes on")
            )
            if asked is None:
                manager = Recipient.role(change.policy.alarms.parked_case)
                question = Question(RunInterference, manager, why, False, (), None, lapses=False)
                put_by_the_house(session, pen, change.policy, house_key(session, ref, RunInterference.slug()), question)


def _title(case: Case) -> str | None:
    """The name of a case's flow in Prefect; None for a procedure that this version lacks."""
    try:
        return RESTRICTED_TITLE if case.restricted else procedure_named(case.procedure).title
    except UnknownProcedure as unknown:
        log.error("%s", unknown)
        return None
