"""
Audited tasks: an effect that happens once, entered in the ledger in the same transaction.

A task's body gets its transaction from `here()`. What it returns is recorded and recalled, so it must be something
Pydantic can write as JSON and read back by the return annotation.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import traceback
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

from pydantic import BaseModel, TypeAdapter

from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.working_time import for_people
from tasks.database import DatabaseUnavailable
from tasks.durable.ledger import Fact, LeaseLost, Recorded
from tasks.durable.leg import (
    Asleep,
    ForCasesPast,
    Leg,
    Outside,
    Step,
    WordFailed,
    carrying_out,
    current_leg,
    current_outside,
    current_step,
    reading_outside,
)

P = ParamSpec("P")
R = TypeVar("R")


def shown_key(key: str) -> str:
    """A step's key as it may be seen outside our database: its name and number, without whom it is keyed by."""
    name, number = key.partition("[")[0].partition(":")[0], re.search(r"\[\d+\]$", key)
    return f"{name}{number[0] if number else ''}"


class StepFailed(PathwaysError):
    """A step failed. Carries references only; what went wrong in full is in the case's own ledger."""

    def __init__(self, key: str, error: str) -> None:
        super().__init__(f"step {shown_key(key)} failed ({error}); it is tried again, then somebody is asked")
        self.key = key
        self.error = error
        self.private_account = ""
        """The whole account with its texts, for the ledger's payload and for nowhere else."""


class Audited(Generic[P, R]):
    """An audited task; called inside a flow it returns its recorded outcome, or does its work and records it."""

    def __init__(
        self,
        work: Callable[P, R],
        says: str,
        clauses: Sequence[str],
        past: ForCasesPast | None,
        keyed_by: str | None,
        reads_outside: bool = False,
    ) -> None:
        functools.update_wrapper(self, work)
        self._work = work
        self.says = says
        self.clauses = tuple(clauses)
        self.name = work.__name__.replace("_", "-")
        self._past = past
        self._keyed_by = keyed_by
        self.reads_outside = reads_outside
        """Whether it asks another system, before its transaction begins."""
        self._signature = inspect.signature(work)
        _registry[self.name] = self

    @functools.cached_property
    def returns(self) -> TypeAdapter[R]:
        """How the outcome is written and read."""
        return TypeAdapter(get_type_hints(self._work).get("return", type(None)))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The recorded outcome, or the outcome of doing it now. Raises `StepFailed`."""
        leg = current_leg()
        key = leg.next_key(self._key_base(*args, **kwargs))
        entry = leg.recalled(key, EntryKind.DONE, self.name, self._past)
        if entry is None:
            entry = self._do(leg, key, functools.partial(self._work, *args, **kwargs))
            leg.memory.add(entry)
        return self.outcome_in(entry)

    def outcome_in(self, entry: Recorded) -> R:
        """The outcome that an entry of this task holds."""
        data = entry.data
        return self.returns.validate_python(data) if data is not None else None  # type: ignore[return-value]

    def _key_base(self, *args: P.args, **kwargs: P.kwargs) -> str:
        if self._keyed_by is None:
            return self.name
        given = self._signature.bind(*args, **kwargs).arguments[self._keyed_by]
        return f"{self.name}:{given}"

    def _do(self, leg: Leg, key: str, work: Callable[[], R]) -> Recorded:
        done: list[Recorded] = []
        stopped: list[StepFailed | WordFailed | Asleep] = []

        def attempt() -> None:
            try:
                trouble = _trouble(key, lambda: done.append(self._carry_out(leg, key, work)))
            except (WordFailed, Asleep) as before:  # of what the flow had said before the step
                stopped.append(before)
                raise StepFailed(key, type(before).__name__) from None
            if trouble is not None:
                stopped.append(trouble)
                raise StepFailed(key, trouble.error)

        if self.reads_outside:
            leg.settle()
        with contextlib.suppress(StepFailed):
            leg.as_task(key, attempt)
        if stopped:
            raise stopped[0]
        return done[0]

    def _carry_out(self, leg: Leg, key: str, work: Callable[[], R]) -> Recorded:
        read: list[R] = []
        if self.reads_outside:  # no transaction is open and nothing locked while a calendar or a system is asked
            with reading_outside(Outside(leg.council, leg.council.clock.now(), leg.ref)):
                read.append(work())
        with leg.transaction() as step:
            if read:
                outcome = read[0]
            else:
                with carrying_out(step):
                    outcome = work()
            data = self.returns.dump_python(outcome, mode="json", warnings="error")
            self.returns.validate_python(data)  # what could not be recalled later is not entered now
            return step.pen.enter(Fact(EntryKind.DONE, key, self._line(outcome), self.name, data, clauses=self.clauses))

    def _line(self, outcome: object) -> str:
        words = _in_words(outcome)
        return f"{self.says}: {words}" if words else self.says


def _in_words(outcome: object) -> str:
    """What a step came to, for the story: its own words where it has some, moments and days as people write them."""
    match outcome:
        case None:
            return ""
        case datetime():
            return for_people(outcome)
        case date():
            return f"{outcome:%A} {outcome.day} {outcome:%B %Y}"
        case bool():
            return "yes" if outcome else "no"
        case tuple() | list() | frozenset():
            return ", ".join(
                sorted(map(_in_words, outcome)) if isinstance(outcome, frozenset) else map(_in_words, outcome)
            )
        case _ if hasattr(outcome, "in_words"):
            return str(outcome.in_words)
        case BaseModel() if type(outcome).__str__ is BaseModel.__str__:
            return ""  # it has no words of its own, and its fields are for programs
        case _:
            return str(outcome)


_registry: dict[str, Audited[Any, Any]] = {}


def audited_task(name: str) -> Audited[Any, Any] | None:
    """The audited task of that name, if this version of the code has one."""
    return _registry.get(name)


def audited(
    says: str,
    *,
    clauses: str = "",
    for_cases_past: ForCasesPast | None = None,
    keyed_by: str | None = None,
    reads_outside: bool = False,
) -> Callable[[Callable[P, R]], Audited[P, R]]:
    """
    Make a function an audited task.

    `says` is its line in the case's story, in the past tense. `clauses` are the ids it carries out, separated by
    spaces. `keyed_by` names a parameter whose value goes into the key, where there is no natural order (one step for
    each person, say). `for_cases_past` says what the step means for cases that were already past it when it was
    written. `reads_outside` is for what asks another system (a calendar, the recording system): its body runs before
    the transaction and works with `outside()` instead of `here()`; only its outcome is entered.
    """
    return lambda work: Audited(work, says, clauses.split(), for_cases_past, keyed_by, reads_outside)


def here() -> Step:
    """Inside an audited task: its session, time, policy and case."""
    return current_step()


def outside() -> Outside:
    """Inside an audited task that reads from outside: the council (its database and connections), time and policy."""
    return current_outside()


def _trouble(key: str, work: Callable[[], object]) -> StepFailed | None:
    """Do the work; what goes wrong comes back as an error that holds references only and no chained exception."""
    try:
        work()
    except (LeaseLost, WordFailed, DatabaseUnavailable):  # the case rests: it is not the step that is at fault
        raise
    except Exception as caught:
        trouble = StepFailed(key, type(caught).__name__)
        trouble.private_account = "".join(traceback.format_exception(caught))
        return trouble
    return None
