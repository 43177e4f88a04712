"""
What a case can wait for besides an answer: a signal, a moment, another case's closing.

Each is opened at once, with an entry and a row that tells when it falls due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.due_rules import DueBy
from models.durations import Duration
from models.entry_kinds import EntryKind
from models.forms.base import Signal, SignalT
from models.states import CaseStatus, WaitKind, WaitState
from models.working_time import LONDON, for_people
from tasks.durable.arrivals import first_without_a_wait, note_closing, outcome_of, raise_wake_no
from tasks.durable.ledger import Fact, Recorded
from tasks.durable.leg import ForCasesPast, Leg, Step, current_leg
from tasks.durable.wait_rows import end_wait, open_wait
from tasks.durable.waits import Wait, now


@dataclass(frozen=True)
class Due:
    """A timer's moment came; `name` is the timer's."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Closed:
    """An awaited case was closed; `outcome` is how its procedure ended."""

    ref: str
    outcome: str | None


def signal(model: type[SignalT], *, for_cases_past: ForCasesPast | None = None) -> Wait[SignalT]:
    """The next signal of that kind; one that came before it was awaited counts, each once."""

    def value(_key: str, arrival: Recorded) -> SignalT:
        sent: SignalT = model.model_validate(arrival.data)
        return sent

    row = _Row(WaitKind.SIGNAL, model.name(), f"Waits for {model.title}")
    return Wait(WaitKind.SIGNAL, model.name(), row.open, value, past=for_cases_past).opened_as(model.slug())


def hears(model: type[SignalT]) -> Wait[SignalT]:
    """
    The next signal of that kind, for which nobody waits in particular: it may come at any time, or never.

    As `signal`, but nothing is entered and the case is not shown as waiting for it. In one case a signal is either
    heard or awaited, not both.
    """

    def value(_key: str, arrival: Recorded) -> SignalT:
        sent: SignalT = model.model_validate(arrival.data)
        return sent

    return Wait(WaitKind.SIGNAL, model.name(), None, value).heard()


def sent_by(model: type[Signal]) -> str:
    """Who sent the latest signal of that kind which the flow has taken: a staff id, or "system"."""
    leg = current_leg()
    taken = leg.waits.signals_taken.get(model.name(), 0)
    entry = leg.memory.signal(model.name(), taken - 1) if taken else None
    return "" if entry is None else entry.by


def closed(ref: str, *, for_cases_past: ForCasesPast | None = None) -> Wait[Closed]:
    """The closing of another case, which may already have happened."""

    def value(_key: str, arrival: Recorded) -> Closed:
        return Closed(ref, arrival.data)

    row = _Row(WaitKind.CASE, ref, f"Waits for case {ref} to close", child_ref=ref)
    return Wait(WaitKind.CASE, ref, row.open, value, past=for_cases_past).opened_as(f"closed:{ref}")


def at(name: str, moment: datetime | DueBy, *, for_cases_past: ForCasesPast | None = None) -> Wait[Due]:
    """
    A moment, aware, or one that a rule of policy gives and that moves with the policy.

    The same name with another moment or rule is set anew, and the old one withdrawn. A timer that has come does not
    come again: in a loop give it another name, or another moment.
    """
    if isinstance(moment, DueBy):
        return _timer(name, _Row(WaitKind.TIMER, "timer", "Waits", rule=moment), str(moment), for_cases_past)
    return _timer(name, _Row(WaitKind.TIMER, "timer", "Waits", due=moment), moment.isoformat(), for_cases_past)


def after(
    name: str, length: Duration, *, since: datetime | None = None, for_cases_past: ForCasesPast | None = None
) -> Wait[Due]:
    """So long after `since`, which is the time of the latest arrival where nothing else is said."""
    counted_from = since or now()
    row = _Row(WaitKind.TIMER, "timer", "Waits", counted_from=counted_from, length=length)
    return _timer(name, row, f"{counted_from.isoformat()} + {length}", for_cases_past)


def day(name: str, n: int, *, since: date | datetime, for_cases_past: ForCasesPast | None = None) -> Wait[Due]:
    """The start of the n-th calendar day after `since`, local time: day 21 since the 1st is the 22nd."""
    first = since.astimezone(LONDON).date() if isinstance(since, datetime) else since
    moment = datetime.combine(first + timedelta(days=n), time(0), LONDON)
    return _timer(name, _Row(WaitKind.TIMER, "timer", "Waits", due=moment), moment.isoformat(), for_cases_past)


@dataclass(frozen=True)
class _Row:
    """How a wait without a work item is opened."""

    kind: WaitKind
    awaited: str
    says: str
    due: datetime | None = None
    counted_from: datetime | None = None
    length: Duration | None = None
    rule: DueBy | None = None
    child_ref: str | None = None

    def open(self, leg: Leg, key: str) -> Recorded:
        """Open it with the leg's next transaction; where another case is concerned, in one of its own."""
        if self.child_ref is None:
            return leg.keep_back(EntryKind.AWAITED, key, self.awaited, lambda here: self._open_in(here, key))
        with leg.transaction(other=self.child_ref) as here:
            return self._open_in(here, key)

    def _open_in(self, here: Step, key: str) -> Recorded:
        entry = self._enter(here, key)
        self._look_back(here, key)
        return entry

    def _enter(self, here: Step, key: str) -> Recorded:
        due, counted_from, length = self.due, self.counted_from, self.length.setting() if self.length else None
        if self.rule is not None:
            due, counted_from, length = self.rule.under(here.policy), self.rule.since, self.rule.setting()
        elif self.length is not None and counted_from is not None:
            due = here.policy.working_calendar().add(counted_from, self.length)
        says = self.says if due is None else f"{self.says} for {key}: {for_people(due)}"
        entry = here.pen.enter(
            Fact(EntryKind.AWAITED, key, says, self.awaited, {"due": due.isoformat() if due else None})
        )
        open_wait(
            here.session,
            here.case.ref,
            key,
            self.kind,
            self.awaited,
            opened_no=entry.no,
            due=due,
            counted_from=counted_from,
            length=length,
            child_ref=self.child_ref,
        )
        return entry

    def _look_back(self, here: Step, key: str) -> None:
        """
        End the row at once where the signal was there before, or the other case is closed already.

        The flow hears of it when it runs again, like of everything else: a pass knows what its ledger held when it
        began and no more, so that each later pass takes the same way.
        """
        if self.kind is WaitKind.SIGNAL:
            untaken = first_without_a_wait(here.session, here.case.ref, self.awaited)
            if untaken is not None:
                end_wait(here.session, here.case.ref, key, WaitState.CAME, no=untaken)
        elif self.child_ref is not None and here.change.lock(self.child_ref).status is CaseStatus.CLOSED:
            note_closing(here.pen, key, self.child_ref, outcome_of(here.session, self.child_ref))
            raise_wake_no(here.change, here.case.ref)


def _timer(name: str, row: _Row, spec: str, past: ForCasesPast | None) -> Wait[Due]:
    def value(_key: str, arrival: Recorded) -> Due:
        return Due(name, arrival.at)

    return Wait(WaitKind.TIMER, "timer", row.open, value, spec=spec, past=past).opened_as(name)
