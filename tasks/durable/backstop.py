"""
The backstop: compare our open cases with Prefect's runs, and bring back every case that would not wake.

It runs at start and every minute, in the worker, beside it and as a scheduled flow. Whatever was lost in Prefect
(a killed worker, a cancelled or deleted run, the whole database) comes back from our ledger. A leg that ran twice is
kept apart by the lease, so bringing back too often is harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from prefect.client.schemas.objects import FlowRun, State
from sqlalchemy import select, update

from models.cases import Case, Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.house import RunInterference
from models.notices import Recipient
from models.states import CaseStatus, WorkItemState
from tasks.database import DatabaseUnavailable
from tasks.durable.council import Council
from tasks.durable.judging import OLDER, Judgement, Sleeper, Verdict, judge
from tasks.durable.ledger import Fact
from tasks.durable.left_running import end_runs_left_running
from tasks.durable.prefect_clerk import Clerk, PrefectAway
from tasks.durable.prefect_looking import Lookout
from tasks.durable.record_age import Settled, Sighting, head_in, latest_lost, settle_older_record, sightings
from tasks.durable.sleepers import SLICE, all_sleepers, overdue_sleepers, sleepers_named, sleepers_of_the_turn
from tasks.durable.work_items import Question, house_key, put_by_the_house

log = logging.getLogger("pathways")

SAME_MOMENT = timedelta(seconds=10)
"""Two rounds of several processes may see a run as it stood before either set it right."""
FORGOTTEN = "Prefect does not remember the time when its run was there"
IN_BETWEEN = (Verdict.WAKE, Verdict.FORCE)


@dataclass
class Report:
    """What one round of the backstop did."""

    looked_at: int = 0
    brought_back: dict[str, str] = field(default_factory=dict)
    """Refs of the cases that were brought back, and why."""
    older: list[str] = field(default_factory=list)
    """Those among them whose record is older than what happened."""
    failed: dict[str, str] = field(default_factory=dict)
    """Refs of cases that could not be brought back, and why."""
    ended: list[str] = field(default_factory=list)
    """Refs of closed cases whose run had been left running and was ended."""
    deployed: bool = False
    """Whether Prefect lacked deployments of ours, which were made anew."""
    not_deployed: str = ""
    """The kind of error where they could not be made anew; empty: it went well, or was not needed."""


class Backstop:
    """Brings cases back. `redeploy` is called when Prefect lacks our deployments."""

    def __init__(self, council: Council, redeploy: Callable[[], None]) -> None:
        self.council = council
        self.clerk = Clerk(council)
        self.lookout = Lookout()
        self.slice = SLICE
        self._redeploy = redeploy

    def look_round(
        self, *, only_overdue: bool = False, every: bool = False, only: Iterable[str] | None = None, act: bool = True
    ) -> Report:
        """
        Compare open cases with their runs, and bring back what would not wake. Raises `PrefectAway`.

        `only_overdue` looks at those alone that by our own tables should have had a leg by now, and asks Prefect
        nothing where there are none: cheap enough for every few seconds. Else these and a slice of all others are
        looked at; `every` looks at all, `only` at the cases named. Without `act` nothing is changed: what would be
        brought back is reported as failed.
        """
        sleepers = self._sleepers(only_overdue=only_overdue, every=every, only=only)
        if only_overdue and not sleepers:
            return Report()
        report = Report(looked_at=len(sleepers))
        # The runs first: where Prefect's database is lost between the two questions, runs that are gone are then held
        # against the new database's deployments, and nobody is asked why they deleted them.
        runs = self.clerk.runs([one.flow_run_id for one in sleepers if one.flow_run_id])
        declared = self.clerk.deployments()
        if act and any(one.title is not None and one.title not in declared for one in sleepers):
            log.warning("Prefect lacks deployments of ours: deploying them again")
            report.not_deployed = declared_anew(self._redeploy)
            report.deployed = not report.not_deployed
            declared = self.clerk.deployments()
        now = self.council.clock.now()
        older = self._older(sleepers, runs, by_all_they_said=every or only is not None)
        for case in sleepers:
            run = runs.get(case.flow_run_id or "")
            judgement = judge(case, run, now, declared.get(case.title or ""), is_older=case.ref in older)
            if judgement.verdict is not Verdict.FINE:
                self._see_to(case, run, judgement, report, act=act)
        if act and only is None and not only_overdue:
            report.ended = end_runs_left_running(self.council, self.lookout)
        return report

    def _older(self, sleepers: Iterable[Sleeper], runs: Mapping[str, FlowRun], *, by_all_they_said: bool) -> set[str]:
        """
        The refs of cases whose runs know of an entry that the record has not, or has another one in the place of.

        A state that Prefect or somebody in its dashboard has set does not say. What the run said before is asked for
        `by_all_they_said`; else its leg asks, before it begins.
        """
        older: set[str] = set()
        for case in sleepers:
            run = runs.get(case.flow_run_id or "")
            known = head_in(run.state) if run is not None else None
            if run is None or case.leg_lives or known == case.head or (known is None and not by_all_they_said):
                continue
            if self._lost(case.ref, [run]) is not None:
                older.add(case.ref)
        return older

    def _see_to(self, case: Sleeper, run: FlowRun | None, judgement: Judgement, report: Report, *, act: bool) -> None:
        if case.title is None and judgement.verdict not in IN_BETWEEN:
            report.failed[case.ref] = f"{judgement.why}, and this version has no such procedure"
        elif not act:
            report.failed[case.ref] = judgement.why
        else:
            try:
                done = self._bring_back(case, run, judgement)
            except PrefectAway as away:
                log.warning("case %s could not be brought back now: %s", case.ref, away)
                report.failed[case.ref] = str(away)
                return
            except DatabaseUnavailable:
                raise  # no other case can be seen to either
            except Exception as caught:  # every other case is seen to; no text of the error, which may be personal
                kind = type(caught).__name__
                log.error("case %s could not be brought back now (%s)", case.ref, kind)
                report.failed[case.ref] = f"{judgement.why}, and bringing it back failed ({kind})"
                return
            if done is not None:
                report.brought_back[case.ref] = done.why
                if done.verdict is Verdict.OLDER:
                    report.older.append(case.ref)

    def _sleepers(
        self, *, only_overdue: bool = False, every: bool = False, only: Iterable[str] | None = None
    ) -> list[Sleeper]:
        if only is not None:
            return sleepers_named(self.council, only)
        if only_overdue:
            return overdue_sleepers(self.council)
        return all_sleepers(self.council) if every else sleepers_of_the_turn(self.council, self.slice)

    def _bring_back(self, case: Sleeper, run: FlowRun | None, judgement: Judgement) -> Judgement | None:
        """Do what the case needs; gives what was done and why, or None where it turned out to need nothing."""
        if judgement.verdict in IN_BETWEEN and run is not None and self._lost(case.ref, [run]) is None:
            return self._set_in_motion(case, judgement)
        known = self.lookout.runs_of_case(case.ref, case.generation)
        others = {one.id: one for one in [*known, *([run] if run else [])]}
        seen = self._lost(case.ref, others.values())
        made = [_generation(one) for one in others.values()]
        last, settled, done = max([case.generation, *made]), Settled.BEFORE, judgement
        if seen is not None:
            settled = settle_older_record(self.council, case.ref, case.flow_run_id, seen, last + 1)
        if settled is Settled.NOT_OLDER or (seen is None and judgement.verdict is Verdict.OLDER):
            return None  # it has grown since it was looked at
        if settled is Settled.NOW:
            done = Judgement(Verdict.OLDER, OLDER)
        elif judgement.verdict is not Verdict.START:
            if judgement.interfered and run is None and not self._remembers(case):
                done = Judgement(Verdict.REPLACE, FORGOTTEN)
            if not self._next_generation(case, done, last + 1):
                return None
        _say(case, done)
        new = self.clerk.start(case.ref)
        for one in others:
            if one != new:
                self.lookout.lay_to_rest(one, "Superseded", "another run carries this case on")
        return done

    def _lost(self, ref: str, runs: Iterable[FlowRun]) -> Sighting | None:
        """The latest that the runs know of their case's record and that it lacks; None where it lacks nothing."""
        seen = sightings(state for one in runs for state in self._states(one))
        with self.council.database.read() as session:
            return latest_lost(session, ref, seen)

    def _states(self, run: FlowRun) -> list[State]:
        """What a run says of itself; all that it ever said, where it does not say how far its record is."""
        said = [] if run.state is None else [run.state]
        return said if head_in(run.state) else self.lookout.states_of(run.id)

    def _remembers(self, case: Sleeper) -> bool:
        there = [moment for moment in (case.run_created_at, case.last_leg) if moment is not None]
        return bool(there) and self.lookout.remembers(max(there))

    def _set_in_motion(self, case: Sleeper, judgement: Judgement) -> Judgement:
        _say(case, judgement)
        if judgement.interfered:
            self._note_interference(case.ref, judgement.why)
        now = self.council.clock.now()
        at_once = case.is_awake or judgement.interfered or case.next_due is None
        moment = now if at_once or case.next_due is None else max(case.next_due, now)
        force = judgement.verdict is Verdict.FORCE
        self.clerk.schedule(UUID(case.flow_run_id), moment, "Brought back", head=case.head, force=force)
        return judgement

    def _next_generation(self, case: Sleeper, judgement: Judgement, generation: int) -> bool:
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
                .values(generation=generation, flow_run_id=None, run_created_at=None)
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
            noted = (Entry.case_ref == ref, Entry.kind == EntryKind.RUN_INTERFERED, Entry.at > change.now - SAME_MOMENT)
            if session.scalar(select(Entry.no).where(*noted).limit(1)) is not None:
                return  # another process, on this machine or another, saw the same run as it stood then
            pen.enter(
                Fact(EntryKind.RUN_INTERFERED, "run", f"Somebody acted in the dashboard: {why}; the case goes on")
            )
            if asked is None:
                manager = Recipient.role(change.policy.alarms.parked_case)
                question = Question(RunInterference, manager, why, False, (), None, lapses=False)
                put_by_the_house(session, pen, change.policy, house_key(session, ref, RunInterference.slug()), question)


def declared_anew(redeploy: Callable[[], None]) -> str:
    """Declare what Prefect lacks of ours; gives the kind of error where that fails. Cases are seen to all the same."""
    try:
        redeploy()
    except Exception as caught:  # no text of the error: it may name what the machine holds
        log.error("our deployments could not be declared to Prefect (%s): run `pathways deploy`", type(caught).__name__)
        return type(caught).__name__
    return ""


def _generation(run: FlowRun) -> int:
    """The generation of its case that a run was made for; 0 where its key does not say."""
    number = (run.idempotency_key or "").rpartition(":")[2]
    return int(number) if number.isdigit() else 0


def _say(case: Sleeper, done: Judgement) -> None:
    """A line of the log for each case; a warning only where something had gone wrong with its run."""
    if done.is_ordinary:
        log.info("case %s is woken: %s", case.ref, done.why)
    else:
        log.warning("case %s is brought back: %s", case.ref, done.why)
