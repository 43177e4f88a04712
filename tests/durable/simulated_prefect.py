"""A Prefect in memory, as far as the backstop asks it: runs with all their states, and deployments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.schemas.objects import FlowRun, State, StateDetails, StateType
from sqlalchemy import update

from models.cases import Case
from tasks.durable.backstop import Backstop
from tasks.durable.council import Council
from tasks.durable.prefect_clerk import Declared, describe
from tasks.durable.prefect_looking import OVER
from tasks.durable.record_age import Head, after_entry

FLOW = UUID("00000000-0000-0000-0000-00000000f10e")


@dataclass
class SimulatedPrefect:
    """What Prefect's clerk and its lookout answer, from memory."""

    council: Council
    made_at: datetime
    """When its deployments were declared."""
    of: dict[UUID, FlowRun] = field(default_factory=dict)
    history: dict[UUID, list[State]] = field(default_factory=dict)
    knows_times: bool = True
    """Whether it remembers the times when runs were made: not so where it was restored from an older copy."""
    pool: str = "pathways"

    # ------------------------------------------------------------------ what tests do with it

    def run_for(self, ref: str, key: str, *, bare: bool = False) -> FlowRun:
        """A new run for a case; a `bare` one is not written into our database."""
        number = len(self.of) + 1
        run = FlowRun(
            id=UUID(int=number), flow_id=FLOW, deployment_id=FLOW, parameters={"ref": ref}, idempotency_key=key,
            name=ref, created=self.council.clock.now(), work_pool_name=self.pool,
        )  # fmt: skip
        self.of[run.id] = run
        self.history[run.id] = []
        self.say(run.id, StateType.SCHEDULED, "Scheduled", at=self.council.clock.now())
        if not bare:
            written = {"flow_run_id": str(run.id), "run_created_at": self.council.clock.now()}
            with self.council.database.write() as session:
                session.execute(update(Case).where(Case.ref == ref).values(**written))
        return run

    def say(
        self, run_id: UUID, kind: StateType, name: str, *, after: int | Head | None = None, at: datetime | None = None
    ) -> None:
        """Put a run into a state; `after` that entry of its case's record, starting again `at`."""
        head = Head(after) if isinstance(after, int) else after
        state = State(
            type=kind, name=name, message=None if head is None else after_entry(head),
            timestamp=self.council.clock.now(), state_details=StateDetails(scheduled_time=at),
        )  # fmt: skip
        self.history[run_id].append(state)
        self.of[run_id] = self.of[run_id].model_copy(update={"state": state, "state_type": kind})

    def sleeping(self, ref: str, *, after: int | Head | None = None, generation: int = 0, bare: bool = False) -> UUID:
        """A run that sleeps until its case's next time, `after` that entry of its record; gives its id."""
        run = self.run_for(ref, f"{ref}:{generation}", bare=bare)
        due = self.council.clock.now() + timedelta(days=7) if bare else self.case(ref).next_due
        self.say(run.id, StateType.SCHEDULED, "Awaiting choosing a chair", after=after, at=due)
        return run.id

    def living(self, ref: str) -> list[UUID]:
        """The runs of a case that are not over."""
        return [run.id for run in self.alive() if run.parameters["ref"] == ref]

    def state(self, run_id: UUID) -> str:
        """The name of a run's state."""
        return str(self.history[run_id][-1].name)

    def case(self, ref: str) -> Case:
        """The case's row."""
        with self.council.database.read() as session:
            return session.get_one(Case, ref)

    def backstop(self) -> Backstop:
        """A backstop that asks this Prefect."""
        backstop = Backstop(self.council, lambda: None)
        backstop.clerk = backstop.lookout = self  # type: ignore[assignment]
        return backstop

    # ------------------------------------------------------------------ what the clerk does

    def runs(self, run_ids: Sequence[str]) -> dict[str, FlowRun]:
        """The runs that exist, by id."""
        return {one: self.of[UUID(one)] for one in run_ids if UUID(one) in self.of}

    def deployments(self) -> dict[str, Declared]:
        """Every procedure's, whatever its title."""
        return _Everything(Declared(self.made_at, self.pool))

    def start(self, ref: str) -> UUID:
        """The run of the case's present generation."""
        key = describe(self.council, ref).idempotency_key
        there = [run for run in self.of.values() if run.idempotency_key == key]
        run = there[0] if there else self.run_for(ref, key)
        written = {"flow_run_id": str(run.id), "run_created_at": self.council.clock.now()}
        with self.council.database.write() as session:
            session.execute(update(Case).where(Case.ref == ref).values(**written))
        return run.id

    def schedule(
        self, run_id: UUID, moment: datetime, words: str, *, head: Head | None = None, force: bool = False
    ) -> None:
        """Set a run to start at that moment."""
        self.say(run_id, StateType.SCHEDULED, words, after=head, at=moment)

    # ------------------------------------------------------------------ what the lookout sees

    def runs_of_case(self, ref: str, generation: int) -> list[FlowRun]:
        """Every run of the case."""
        return [run for run in self.of.values() if run.parameters["ref"] == ref]

    def run(self, run_id: UUID) -> FlowRun | None:
        """The run."""
        return self.of.get(run_id)

    def states_of(self, run_id: UUID) -> list[State]:
        """All its states."""
        return self.history[run_id]

    def remembers(self, moment: datetime) -> bool:
        """Whether something started then."""
        return self.knows_times

    def due_by(self, moment: datetime) -> Iterator[FlowRun]:
        """Runs that start by then."""
        for run in self.alive():
            assert run.state is not None
            scheduled = run.state.state_details.scheduled_time
            if run.state.type is StateType.SCHEDULED and scheduled is not None and scheduled <= moment:
                yield run

    def alive(self) -> Iterator[FlowRun]:
        """Runs that are not over."""
        yield from [run for run in self.of.values() if run.state_type not in OVER]

    def under_way(self) -> list[FlowRun]:
        """Runs that are Running or Pending."""
        return [run for run in self.of.values() if run.state_type in (StateType.RUNNING, StateType.PENDING)]

    def newest(self) -> Iterator[FlowRun]:
        """All runs, the newest first."""
        yield from reversed(list(self.of.values()))

    def titles(self) -> dict[str, str]:
        """What the one deployment's flow is called."""
        return {str(FLOW): "Standing"}

    def lay_to_rest(self, run_id: UUID, words: str, why: str) -> None:
        """End a run."""
        if self.of[run_id].state_type not in OVER:
            self.say(run_id, StateType.COMPLETED, words)


class _Everything(dict[str, Declared]):
    """The same for every title."""

    def __init__(self, one: Declared) -> None:
        super().__init__()
        self._one = one

    def __contains__(self, title: object) -> bool:
        return True

    def get(self, title: str, default: object = None) -> Declared:  # type: ignore[override]
        return self._one
