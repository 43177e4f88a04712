"""
Waiting: for an answer, a signal, a moment or another case, and for whichever of several comes first.

A wait is opened once per key, with an entry and a row that tells when it falls due. `first_of` looks whether
something has come; if nothing has, the leg ends and the case sleeps. What came first is what the ledger has first,
so that a flow run again takes the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar, cast, overload

from models.cases import Wait as WaitRow
from models.durations import Duration
from models.entry_kinds import EntryKind
from models.forms.base import FormT, SignalT
from models.notices import Recipient
from models.roles import Role
from models.states import CaseStatus, WaitKind, WaitState
from models.working_time import LONDON, for_people
from tasks.durable.arrivals import note_closing, outcome_of, raise_wake_no, signals_without_a_wait
from tasks.durable.ledger import Fact, Recorded
from tasks.durable.leg import Asleep, ForCasesPast, Leg, Step, current_leg
from tasks.durable.memory import LedgerMismatch
from tasks.durable.work_items import ByWhen, Question, close_item, put_to

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
T_co = TypeVar("T_co", covariant=True)

Asked = Role | Recipient
"""Whom a question can be put to: a role, or a team or member of staff by `team()` and `staff()`."""


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


class Wait(Generic[T_co]):
    """Something awaited. Made by `decision`, `signal`, `at`, `after`, `day` and `closed`; given to `first_of`."""

    def __init__(
        self,
        kind: WaitKind,
        awaited: str,
        open_row: Callable[[Leg, str], Recorded],
        value: Callable[[str, Recorded], T_co],
        *,
        spec: str = "",
        past: ForCasesPast | None = None,
    ) -> None:
        self.kind = kind
        self.awaited = awaited
        self.key: str | None = None
        self._open_row = open_row
        self._value = value
        self._spec = spec
        self._past = past

    def opened_as(self, name: str) -> Wait[T_co]:
        """This wait under `name`: the same one again while it is open, else the next one of that name."""
        leg = current_leg()
        book = leg.waits
        held: tuple[Wait[T_co], bool] | None = book.current.get(name)
        if held is not None and held[0].key not in book.withdrawn:
            handle, spent = held
            same = handle._spec == self._spec
            if same and (not spent or self.kind is WaitKind.TIMER):
                return handle
            if not spent:
                withdraw(handle)
        self.key = leg.next_key(name)
        book.current[name] = (self, False)
        if leg.recalled(self.key, _entry_kind(self.kind), self.awaited, self._past) is None:
            leg.memory.add(self._open_row(leg, self.key))
        return self

    def is_skipped(self, leg: Leg) -> bool:
        """Whether it is newer than the case and not for it: then it never comes."""
        return self.key is not None and leg.memory.is_skipped(self.key)

    def arrival(self, leg: Leg) -> Recorded | None:
        """The entry that ended it, if anything has."""
        if self.key is None or self.key in leg.waits.ended or self.is_skipped(leg):
            return None
        if self.kind is WaitKind.SIGNAL:
            return leg.memory.signal(self.awaited, leg.waits.signals_taken.get(self.awaited, 0))
        return leg.memory.end_of(self.key)

    def take(self, leg: Leg, arrival: Recorded) -> T_co:
        """Count it as come on this pass, and give what came."""
        assert self.key is not None
        book = leg.waits
        book.ended.add(self.key)
        if self.kind is WaitKind.SIGNAL:
            book.signals_taken[self.awaited] = book.signals_taken.get(self.awaited, 0) + 1
        for name, (handle, _) in book.current.items():
            if handle is self:
                book.current[name] = (self, True)
        leg.now = arrival.at
        return self._value(self.key, arrival)


def team(name: str) -> Recipient:
    """A team, by id."""
    return Recipient.team(name)


def role(name: Role) -> Recipient:
    """Everybody who holds a role."""
    return Recipient.role(name)


def staff(name: str) -> Recipient:
    """One member of staff, by id."""
    return Recipient.staff(name)


def recipient(whom: Asked) -> Recipient:
    """Whom that is, as work items and notices name them."""
    return whom if isinstance(whom, Recipient) else Recipient.role(whom)


def decision(
    form: type[FormT],
    *,
    of: Asked,
    about: str = "",
    key: str | None = None,
    urgent: bool = False,
    clauses: str = "",
    wanted_within: ByWhen | None = None,
    for_cases_past: ForCasesPast | None = None,
) -> Wait[FormT]:
    """
    A question on `form` in somebody's worklist; opened at once, and the same one while it is unanswered.

    `about` is what the person reads beside the form (personal data may stand in it: it stays in our database).
    `wanted_within` is when an answer is wanted; it is chased, and the wait goes on.
    """
    question = Question(form, recipient(of), about, urgent, tuple(clauses.split()), wanted_within, lapses=False)
    return cast(Wait[FormT], _decision(question, for_cases_past).opened_as(key or form.slug()))  # it cannot lapse


def _decision(question: Question[FormT], past: ForCasesPast | None) -> Wait[FormT | None]:
    def open_row(leg: Leg, key: str) -> Recorded:
        with leg.transaction() as here:
            return put_to(here, key, question)

    def value(_key: str, arrival: Recorded) -> FormT | None:
        if arrival.kind is EntryKind.LAPSED:
            return None
        answer: FormT = question.form.model_validate(arrival.data)
        return answer

    return Wait(WaitKind.DECISION, question.form.name(), open_row, value, past=past)


@overload
def ask(
    form: type[FormT],
    *,
    of: Asked,
    about: str = "",
    key: str | None = None,
    urgent: bool = False,
    clauses: str = "",
    wanted_within: ByWhen | None = None,
    for_cases_past: ForCasesPast | None = None,
) -> FormT: ...


@overload
def ask(
    form: type[FormT],
    *,
    of: Asked,
    within: ByWhen,
    about: str = "",
    key: str | None = None,
    urgent: bool = False,
    clauses: str = "",
    for_cases_past: ForCasesPast | None = None,
) -> FormT | None: ...


def ask(
    form: type[FormT],
    *,
    of: Asked,
    about: str = "",
    key: str | None = None,
    urgent: bool = False,
    clauses: str = "",
    wanted_within: ByWhen | None = None,
    within: ByWhen | None = None,
    for_cases_past: ForCasesPast | None = None,
) -> FormT | None:
    """
    Put a question to somebody and wait for the answer.

    Without `within` it waits until somebody answers, and chases. With `within` silence is an outcome: None, and the
    question leaves the worklist. A case for which the question is skipped (`for_cases_past`) gets None too.
    """
    limit = within or wanted_within
    question = Question(form, recipient(of), about, urgent, tuple(clauses.split()), limit, lapses=within is not None)
    asked = _decision(question, for_cases_past).opened_as(key or form.slug())
    leg = current_leg()
    if asked.is_skipped(leg):
        return None
    arrival = asked.arrival(leg)
    if arrival is None:
        raise Asleep
    return asked.take(leg, arrival)


def signal(model: type[SignalT], *, for_cases_past: ForCasesPast | None = None) -> Wait[SignalT]:
    """The next signal of that kind; one that came before it was awaited counts, each once."""

    def value(_key: str, arrival: Recorded) -> SignalT:
        sent: SignalT = model.model_validate(arrival.data)
        return sent

    row = _Row(WaitKind.SIGNAL, model.name(), f"Waits for {model.title}")
    return Wait(WaitKind.SIGNAL, model.name(), row.open, value, past=for_cases_past).opened_as(model.slug())


def closed(ref: str, *, for_cases_past: ForCasesPast | None = None) -> Wait[Closed]:
    """The closing of another case, which may already have happened."""

    def value(_key: str, arrival: Recorded) -> Closed:
        return Closed(ref, arrival.data)

    row = _Row(WaitKind.CASE, ref, f"Waits for case {ref} to close", child_ref=ref)
    return Wait(WaitKind.CASE, ref, row.open, value, past=for_cases_past).opened_as(f"closed:{ref}")


def at(name: str, moment: datetime, *, for_cases_past: ForCasesPast | None = None) -> Wait[Due]:
    """A fixed moment, aware. The same name with another moment is set anew, and the old one withdrawn."""
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


@overload
def first_of(one: Wait[A], /) -> A: ...
@overload
def first_of(one: Wait[A], two: Wait[B], /) -> A | B: ...
@overload
def first_of(one: Wait[A], two: Wait[B], three: Wait[C], /) -> A | B | C: ...
@overload
def first_of(one: Wait[A], two: Wait[B], three: Wait[C], four: Wait[D], /) -> A | B | C | D: ...
@overload
def first_of(one: Wait[A], two: Wait[B], three: Wait[C], four: Wait[D], five: Wait[E], /) -> A | B | C | D | E: ...
@overload
def first_of(
    one: Wait[A], two: Wait[B], three: Wait[C], four: Wait[D], five: Wait[E], six: Wait[F], /
) -> A | B | C | D | E | F: ...
def first_of(*waits: Wait[Any]) -> Any:
    """
    What came first of several waits; the leg ends here while nothing has come.

    It looks, and withdraws nothing: the others stay open, and a wait that has come is not given again. The type is
    the union of what can come, so that `match` is checked to be exhaustive.
    """
    leg = current_leg()
    came = [(arrival.no, index, arrival) for index, wait in enumerate(waits) if (arrival := wait.arrival(leg))]
    if not came:
        if all(wait.is_skipped(leg) for wait in waits):
            raise LedgerMismatch(str(waits[0].key), "all that is awaited here is newer than the case and not for it")
        raise Asleep
    _, index, arrival = min(came, key=lambda one: one[:2])
    return waits[index].take(leg, arrival)


def withdraw(wait: Wait[Any]) -> None:
    """End an open wait with an entry; its work item leaves the worklist. What has already come stays as it is."""
    leg = current_leg()
    if wait.key is None or wait.key in leg.waits.ended or wait.is_skipped(leg):
        return
    key = f"withdraw:{wait.key}"
    # Its entry is looked for first: what came afterwards (a signal, or an answer in that instant) is too late for it.
    if leg.memory.recall(key, EntryKind.WITHDREW, wait.awaited) is None:
        if wait.arrival(leg) is not None:
            return
        leg.recalled(key, EntryKind.WITHDREW, wait.awaited, None)
        with leg.transaction() as here:
            row = here.session.get_one(WaitRow, (leg.ref, wait.key))
            if row.state != WaitState.OPEN:
                raise Asleep  # it came this very moment: the leg looks again from the top, and finds it
            entry = here.pen.enter(Fact(EntryKind.WITHDREW, key, f"No longer waits: {wait.key}", wait.awaited))
            row.state, row.ended_no = WaitState.WITHDRAWN, entry.no
            close_item(here, wait.key)
        leg.memory.add(entry)
    leg.waits.ended.add(wait.key)
    leg.waits.withdrawn.add(wait.key)


def now() -> datetime:
    """The time of the entry that ended the latest wait; at first, when the case was opened."""
    return current_leg().now


@dataclass(frozen=True)
class _Row:
    """How a wait without a work item is opened."""

    kind: WaitKind
    awaited: str
    says: str
    due: datetime | None = None
    counted_from: datetime | None = None
    length: Duration | None = None
    child_ref: str | None = None

    def open(self, leg: Leg, key: str) -> Recorded:
        """Open it in a transaction of the leg."""
        with leg.transaction(other=self.child_ref) as here:
            entry = self._enter(here, leg, key)
            self._look_back(here, key)
        return entry

    def _enter(self, here: Step, leg: Leg, key: str) -> Recorded:
        due = self.due
        if self.length is not None and self.counted_from is not None:
            due = here.policy.working_calendar().add(self.counted_from, self.length)
        says = self.says if due is None else f"{self.says} for {key}: {for_people(due)}"
        entry = here.pen.enter(
            Fact(EntryKind.AWAITED, key, says, self.awaited, {"due": due.isoformat() if due else None})
        )
        here.session.add(
            WaitRow(
                case_ref=leg.ref,
                key=key,
                kind=self.kind,
                state=WaitState.OPEN,
                due=due,
                counted_from=self.counted_from,
                length=self.length.setting() if self.length else None,
                awaited=self.awaited,
                child_ref=self.child_ref,
                opened_no=entry.no,
                ended_no=None,
            )
        )
        here.session.flush()
        return entry

    def _look_back(self, here: Step, key: str) -> None:
        """
        End the row at once where the signal was there before, or the other case is closed already.

        The flow hears of it when it runs again, like of everything else: a pass knows what its ledger held when it
        began and no more, so that each later pass takes the same way.
        """
        row = here.session.get_one(WaitRow, (here.case.ref, key))
        if self.kind is WaitKind.SIGNAL:
            untaken = here.session.scalars(signals_without_a_wait(here.case.ref, self.awaited)).first()
            if untaken is not None:
                row.state, row.ended_no = WaitState.CAME, untaken
        elif self.child_ref is not None and here.change.lock(self.child_ref).status is CaseStatus.CLOSED:
            note_closing(here.pen, row, self.child_ref, outcome_of(here.session, self.child_ref))
            raise_wake_no(here.change, here.case.ref)


def _timer(name: str, row: _Row, spec: str, past: ForCasesPast | None) -> Wait[Due]:
    def value(_key: str, arrival: Recorded) -> Due:
        return Due(name, arrival.at)

    return Wait(WaitKind.TIMER, "timer", row.open, value, spec=spec, past=past).opened_as(name)


def _entry_kind(kind: WaitKind) -> EntryKind:
    return EntryKind.ASKED if kind is WaitKind.DECISION else EntryKind.AWAITED
