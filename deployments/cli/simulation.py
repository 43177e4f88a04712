"""
Running a procedure for invented cases, over a throwaway database and a virtual clock.

The flows are the real ones; only the people are invented: each question is answered after a random while by somebody
who may, most within hours, some after days. All chance comes from the seed and from the names of cases and questions,
so that the same seed gives the same result.
"""

from __future__ import annotations

import heapq
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from pydantic import ValidationError
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from deployments.cli.inventing import InventedRegister, Inventor, invent_register
from deployments.migrating import upgrade
from models.cases import Case, WorkItem
from models.clock import VirtualClock
from models.durations import working_time
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.forms.base import AnswerRefused, Form
from models.notices import Recipient
from models.policy import Policy
from models.register import Staff
from models.roles import Role
from models.states import WorkItemState
from models.working_time import LONDON
from tasks.database import Database
from tasks.durable import worklist
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.ledger import recall
from tasks.durable.local import LocalRuntime
from tasks.durable.procedure import Procedure
from tasks.durable.safeguarding_asked import with_the_word
from tasks.durable.who_may_answer import may_answer

START = datetime(2026, 1, 5, 9, 0, tzinfo=LONDON)
"""A Monday. Always the same, so that a seed gives the same result on any day."""
TRIES = 1000
"""How often an answer is invented anew until the form takes it."""
LEFT_LYING = 0.1
"""The share of questions that nobody answers within hours."""

Progress = Callable[[int, int], None]


class CannotInvent(PathwaysError):
    """No valid facts could be invented for that procedure's cases; give their fields simpler rules or examples."""


@dataclass(frozen=True)
class Plan:
    """What is simulated."""

    procedure: Procedure
    cases: int
    days: int
    seed: int


@dataclass(order=True, frozen=True)
class _Event:
    """A case to be opened (no work item), or a question to be taken or answered, at a moment."""

    at: datetime
    case: str
    """The case's name in the simulation: its number, or its parent's name and the key it was opened under."""
    key: str = ""
    answers: bool = False
    """Whether the question is answered; else somebody opens and takes it."""
    item_id: str = ""


class Simulation:
    """One run; `live_through` runs it, and then its database holds all that happened."""

    def __init__(self, plan: Plan, policy: Policy, database: Database) -> None:
        self.plan = plan
        self.clock = VirtualClock(START)
        self.council = Council(database, policy, self.clock)
        self.runtime = LocalRuntime(self.council)
        self.unanswerable: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._noted: set[str] = set()
        self._noted_at = self.clock.now()
        random = self._chance("register")
        with database.write() as session:
            self._register: InventedRegister = invent_register(session, policy, random, START, plan.days)
        moments = self._chance("arrivals")
        self._events = [
            _Event(START + timedelta(days=moments.uniform(0, plan.days)), f"{number:06}")
            for number in range(1, plan.cases + 1)
        ]
        heapq.heapify(self._events)

    def live_through(self, progress: Progress) -> None:
        """Let the days pass; `progress` hears how many of how many have."""
        end = START + timedelta(days=self.plan.days)
        while (moment := self._next_moment()) is not None and moment <= end:
            self.clock.move_to(max(moment, self.clock.now()))
            progress((self.clock.now() - START).days, self.plan.days)
            while self._events and self._events[0].at <= self.clock.now():
                self._happens(heapq.heappop(self._events))
            self.runtime.run_what_is_due()
            self._note_new_questions()
        progress(self.plan.days, self.plan.days)

    def _next_moment(self) -> datetime | None:
        moments = [self.runtime.next_due(), self._events[0].at if self._events else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def _happens(self, one: _Event) -> None:
        if one.item_id:
            self._deal_with(one)
            return
        facts = self._until_it_fits(f"facts of {one.case}", self.plan.procedure.facts.model_validate)
        if facts is None:
            raise CannotInvent(f"no case of {self.plan.procedure.name} could be invented: its facts refuse all tries")
        owner = Recipient.role(Role.DUTY_WORKER)
        self._names[open_new(self.council, self.plan.procedure.name, facts, owner=owner)] = one.case

    def _deal_with(self, one: _Event) -> None:
        with self.council.database.read() as session:
            item = session.get_one(WorkItem, one.item_id)
            able = _who_can(session, item)
        if item.state != WorkItemState.OPEN:
            return  # it lapsed, or is no longer asked
        form, chance = Form.named(item.form), self._chance(f"who answers {one.case} {one.key}")
        if not able:
            self.unanswerable[form.name()] += 1
            return
        by = chance.choice(able)
        if not one.answers:
            worklist.take(self.council, item.id, by=by)
            return
        answered = self._until_it_fits(
            f"answer to {one.case} {one.key}",
            lambda given: worklist.answer(self.council, item.id, with_the_word(form, given), by=by),
            form,
        )
        if answered is None:
            self.unanswerable[form.name()] += 1

    def _until_it_fits(self, what: str, use: Callable[[Any], Any], model: Any = None) -> Any:
        """Invent and use, again and again until it is not refused; None when all tries were."""
        inventor = Inventor(self._chance(what), self._register, self.clock.now())
        for _ in range(TRIES):
            try:
                return use(inventor.fill(model or self.plan.procedure.facts))
            except (AnswerRefused, ValidationError):
                continue
        return None

    def _note_new_questions(self) -> None:
        with self.council.database.read() as session:
            fresh = session.scalars(
                select(WorkItem).where(WorkItem.state == WorkItemState.OPEN, WorkItem.opened_at >= self._noted_at)
            ).all()
            for item in fresh:
                if item.id not in self._noted:
                    case = self._name(session, item.case_ref)
                    for answers, moment in enumerate(self._when(item, case)):
                        heapq.heappush(self._events, _Event(moment, case, item.key, bool(answers), item.id))
        if self._noted_at < self.clock.now():
            self._noted_at, self._noted = self.clock.now(), set()
        self._noted |= {item.id for item in fresh}

    def _when(self, item: WorkItem, case: str) -> tuple[datetime, datetime]:
        """When somebody takes it and when they answer: within hours, or after days where it is left lying."""
        chance, calendar = self._chance(f"when {case} {item.key} is answered"), self.council.policy.working_calendar()
        lies = chance.random() < (LEFT_LYING / 5 if item.urgent else LEFT_LYING)
        hours = chance.uniform(8, 40) if lies else chance.expovariate(2 if item.urgent else 1 / 3)
        spent = timedelta(seconds=60 + round(hours * 3600))
        taken = calendar.add(item.opened_at, working_time(max(spent * chance.random(), timedelta(seconds=1))))
        return taken, calendar.add(item.opened_at, working_time(spent))

    def _name(self, session: Session, ref: str) -> str:
        """A case's name; its ref is random and would not be the same for the same seed."""
        if ref not in self._names:
            parent = session.get_one(Case, ref).parent_ref
            keys = (
                [e.key for e in recall(session, parent) if e.kind is EntryKind.CASE_OPENED and e.data == ref]
                if parent
                else []
            )
            self._names[ref] = f"{self._name(session, parent) if parent else ''}/{keys[0] if keys else ''}"
        return self._names[ref]

    def _chance(self, what: str) -> Random:
        """Chance for one purpose, apart from all others: a question more does not change every later answer."""
        return Random(f"{self.plan.seed} {what}")


@contextmanager
def throwaway_database() -> Iterator[Database]:
    """A migrated database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pathways-simulation-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'simulation.db'}")
        event.listen(database.engine, "connect", _do_not_wait_for_the_disk)
        try:
            upgrade(database)
            yield database
        finally:
            database.dispose()


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # nothing here outlives the process


def _who_can(session: Session, item: WorkItem) -> list[str]:
    """Who is asked; where nobody of that sort is there, who else may answer."""
    asked = Recipient.from_tag(item.asked_of)
    members = session.scalars(select(Staff).order_by(Staff.id)).all()
    able = [one for one in members if may_answer(session, one, item)]
    direct = [one.id for one in able if asked.name in (one.id, one.role, one.team_id)]
    return direct or [one.id for one in able]
