"""Running again takes the same way: whatever came, in whatever order, a ledger replayed from scratch adds nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from deployments.example_council import example_policy
from models.durations import calendar_days, calendar_hours, working_hours
from models.entry_kinds import EntryKind
from models.roles import Role
from models.states import CaseStatus
from tasks.database import Database
from tasks.durable import (
    Closed,
    Due,
    Verb,
    after,
    ask,
    at,
    audited,
    closed,
    day,
    decision,
    first_of,
    now,
    open_case,
    procedure,
    signal,
    tell,
    withdraw,
)
from tasks.durable.arrivals import send_signal
from tasks.durable.lease import HeldLease
from tasks.durable.ledger import CaseIsClosed, Recorded, recall
from tasks.durable.leg import Asleep, Leg, Step, running
from tasks.durable.memory import Memory
from tasks.durable.procedure import procedure_named
from tasks.durable.testing import Office
from tasks.durable.worklist import NoLongerOpen, answer, open_items
from tests.durable.lending import (
    MONDAY,
    Chair,
    ChairChosen,
    ChairReturned,
    RampBuilt,
    WheelchairLoan,
    interruptible,
)

DUTY = Role.DUTY_WORKER
way: list[str] = []


@audited("Noted")
def note(what: str) -> str:
    """Enter which way was taken; what the ledger has is compared with what the flow would write now."""
    return what


def took(what: str) -> None:
    """Note a turn; recalled, it must be the turn that was taken."""
    assert note(what) == what
    way.append(what)


@procedure(follows="Lending wheelchairs")
def small_fitting(loan: WheelchairLoan) -> str:
    """A case of its own, closed by an answer or after three days."""
    came = first_of(decision(ChairChosen, of=DUTY), after("patience", calendar_days(3)))
    return "fitted" if isinstance(came, ChairChosen) else "left"


@procedure(follows="Lending wheelchairs")
def restless(loan: WheelchairLoan) -> str:
    """A flow with a loop, several waits, timers set anew, withdrawals, questions that lapse and other cases."""
    fitting = open_case(small_fitting, WheelchairLoan(), owner=DUTY)
    for turn in range(6):
        chosen = decision(ChairChosen, of=DUTY)
        ramp = signal(RampBuilt)
        warned = day("warned", 2, since=MONDAY)
        look_in = after("look-in", calendar_hours(30))
        if turn == 3:
            came = first_of(chosen, ramp, warned, look_in, closed(fitting))
        else:
            came = first_of(chosen, ramp, warned, look_in)
        match came:
            case ChairChosen(chair=Chair.FOLDING):
                took(f"{turn} folding at {now():%d %H:%M}")
            case ChairChosen():
                took(f"{turn} powered")
                withdraw(ramp)
                reply = ask(ChairReturned, of=Role.TEAM_LEADER, within=working_hours(5))
                took("silence" if reply is None else "returned")
            case RampBuilt(width_mm=width):
                took(f"{turn} ramp of {width}")
                withdraw(chosen)
                withdraw(look_in)
            case Due(name=name):
                took(f"{turn} {name}")
                tell(DUTY, Verb.READ, "look-in")
                if name == "warned":
                    withdraw(chosen)
            case Closed(outcome=outcome):
                took(f"{turn} {outcome}")
                at("later", now() + timedelta(hours=turn + 1))
    final = first_of(closed(fitting), signal(RampBuilt))
    took(type(final).__name__)
    return "done"


class Entered(Exception):
    """A replay wanted to enter something new."""


@dataclass
class ReplayingLeg(Leg):
    """A leg that only recalls."""

    wanted: list[str] = field(default_factory=list)

    def transaction(self, *, other: str | None = None) -> AbstractContextManager[Step]:
        """There is none."""
        raise Entered

    def keep_back(self, kind: EntryKind, key: str, step: str, enter: Callable[[Step], object]) -> Recorded:
        """Nor a later one."""
        raise Entered


def replay(office: Office, ref: str) -> tuple[list[str], bool]:
    """The way that a fresh run of the flow takes on the ledger as it is, and whether it met all that the flow made."""
    with office.council.database.read() as session:
        entries = recall(session, ref)
    code = procedure_named("restless")
    leg = ReplayingLeg(office.council, HeldLease(ref, 0, "replay"), Memory(entries), lambda _key, _work: None)
    way.clear()
    with running(leg), suppress(Asleep):
        code.run(code.facts.model_validate(leg.memory.opened.data))
    return list(way), not leg.memory.is_past()


ACTIONS = st.one_of(
    st.tuples(st.just("choose"), st.sampled_from(Chair)),
    st.tuples(st.just("return"), st.none()),
    st.tuples(st.just("ramp"), st.integers(700, 703)),
    st.tuples(st.just("fit"), st.none()),
    st.tuples(st.just("hours"), st.sampled_from([1, 7, 26, 60])),
    st.tuples(st.just("worker down for hours"), st.sampled_from([2, 30])),
)
MOMENTS = st.one_of(st.none(), st.none(), st.integers(1, 12))
"""Now, or when a leg next looks at the clock for that many times: in the middle of its pass."""


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # what fails is shown as it is; shrinking would take minutes
)
@given(script=st.lists(st.tuples(ACTIONS, MOMENTS), min_size=4, max_size=12))
def test_every_replay_takes_the_same_way_and_enters_nothing(prepared_sqlite: Path, script: list[Any]) -> None:
    """
    Answers, signals and time come in any order, before, between and in the middle of legs.

    After each, the flow run from the top on the ledger takes the way it took before, meets every entry it made, and
    has nothing to add.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(shutil.copy(prepared_sqlite, folder))
        database = Database(f"sqlite:///{file}")
        office = Office(database, example_policy())
        clock = interruptible(office)
        case = office.start(restless, WheelchairLoan())
        before: list[str] = []
        for action, moment in script:
            if action[0] == "worker down for hours":
                clock.advance(timedelta(hours=action[1]))
            elif action[0] == "hours":
                office.hours_pass(action[1])
            elif moment is None:
                act(office, case, action)
                office.hours_pass(0)
            else:
                clock.at_look(moment, acting(office, case, action))
                office.hours_pass(1)
            taken, met_all = replay(office, case)
            assert taken[: len(before)] == before
            assert met_all
            before = taken
        assert office.case(case).status != CaseStatus.NEEDS_ATTENTION, office.story_of(case)
        database.dispose()


def acting(office: Office, case: str, action: Any) -> Callable[[], None]:
    """The action, to be done later."""
    return lambda: act(office, case, action)


def act(office: Office, case: str, action: Any) -> None:
    """What the world does; where the case does not ask for it, nothing."""
    what, value = action
    match what:
        case "choose":
            give(office, case, ChairChosen(chair=value), by="duty-worker")
        case "return":
            give(office, case, ChairReturned(), by="team-leader")
        case "ramp":
            try:
                send_signal(office.council, case, RampBuilt(width_mm=value))
            except CaseIsClosed:
                assert office.is_closed(case)
        case "fit":
            for fitting in office.cases(small_fitting):
                give(office, fitting, ChairChosen(chair=Chair.FOLDING), by="duty-worker")


def give(office: Office, case: str, form: Any, *, by: str) -> None:
    """Answer the case's first open item of that form, if there is one."""
    with office.council.database.read() as session:
        asked = [item.id for item in open_items(session, ref=case) if item.form == form.name()]
    for item in asked[:1]:
        try:
            answer(office.council, item, form.model_dump(mode="json"), by=by)
        except NoLongerOpen:
            continue
