"""
What we ask of Prefect's server, in one place: give a case a run, wake it, put it to sleep, look at it.

Nothing that goes through here says who a case is about: references, roles, procedure names and dates only.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL
from prefect.states import Scheduled
from prefect.workers.base import BaseWorker
from sqlalchemy import select, update

from models.cases import Case, WorkItem
from models.errors import PathwaysError
from models.states import CaseStatus, WorkItemState
from models.working_time import LONDON
from tasks.durable.council import Council
from tasks.durable.procedure import procedure_named
from tasks.durable.record_age import Head, after_entry, head_in, lacks, sightings
from tasks.installation import CHECKOUT

DEPLOYMENT = "case"
"""The name of every procedure's deployment."""
AWAITED = "awaited-"
"""How the tags of a run begin that say whose answer is awaited."""
RESTRICTED_TITLE = "Restricted case"
"""What a restricted case is called in Prefect, whatever its procedure."""
BATCH = 200


class PrefectAway(PathwaysError):
    """Prefect's server cannot be reached, or has no deployment of ours."""


@dataclass(frozen=True)
class RunCase:
    """What a case's run in Prefect is called and tagged."""

    ref: str
    title: str
    name: str
    tags: list[str]
    generation: int
    flow_run_id: str | None
    status: CaseStatus
    head_no: int = 0
    """The last entry of its record."""
    head_hash: str = ""
    """That entry's hash."""

    @property
    def head(self) -> Head:
        """How far its record is."""
        return Head.of(self.head_no, self.head_hash)

    @property
    def idempotency_key(self) -> str:
        """One run for each generation of a case, however often it is asked for."""
        return f"{self.ref}:{self.generation}"


@dataclass(frozen=True)
class Declared:
    """A deployment as Prefect has it."""

    created: datetime
    pool: str | None


def describe(council: Council, ref: str) -> RunCase:
    """How the case is to look in Prefect now."""
    with council.database.read() as session:
        case = session.get_one(Case, ref)
        awaited = session.scalars(
            select(WorkItem.asked_of).where(WorkItem.case_ref == ref, WorkItem.state == WorkItemState.OPEN)
        ).all()
    status = CaseStatus(case.status)
    if case.restricted:
        return RunCase(
            ref, RESTRICTED_TITLE, RESTRICTED_TITLE, ["restricted"], case.generation, case.flow_run_id, status,
            case.head_no, case.head_hash,
        )  # fmt: skip
    procedure = procedure_named(case.procedure)
    parts = [ref, *([case.colour] if case.colour else []), case.awaiting]
    if case.next_due is not None and case.asleep_wake_no >= 0:
        due = case.next_due.astimezone(LONDON)
        parts.append(f"next {due:%a} {due.day} {due:%b}")
    tags = dict.fromkeys([procedure.name, case.owner, *(f"{AWAITED}{one}" for one in sorted(awaited))])
    if case.colour:
        tags[case.colour.lower()] = None
    if status is CaseStatus.NEEDS_ATTENTION:
        tags["needs-attention"] = None
    return RunCase(
        ref, procedure.title, " · ".join(parts), list(tags), case.generation, case.flow_run_id, status,
        case.head_no, case.head_hash,
    )  # fmt: skip


def make_pool() -> None:
    """Make the work pool that `prefect.yaml` names where Prefect has none. Raises `PrefectAway`."""
    name = declared_pool()
    with prefect_client() as client:
        try:
            client.read_work_pool(name)
        except ObjectNotFound:
            worker = BaseWorker.get_worker_class_from_type(name)
            if worker is None:
                raise PrefectAway(
                    f"Prefect has no work pool {name}: make it with `prefect work-pool create {name} --type ...`"
                ) from None
            template = worker.get_default_base_job_template()
            client.create_work_pool(WorkPoolCreate(name=name, type=name, base_job_template=template))


@functools.cache
def declared_pool() -> str:
    """
    The work pool that the deployments in `prefect.yaml` name.

    `pathways` (our worker) and `process` (Prefect's) are made by us, under the name of their type; a pool of another
    kind is the council's to make.
    """
    declared = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))
    return str(declared["deployments"][0]["work_pool"]["name"])


def count_deployments() -> int:
    """How many deployments Prefect has. Raises `PrefectAway`."""
    with prefect_client() as client:
        return len(client.read_deployments())


class Clerk:
    """Speaks to Prefect's server. Every method raises `PrefectAway` when it cannot be reached."""

    def __init__(self, council: Council) -> None:
        self.council = council
        self._deployment_ids: dict[str, UUID] = {}

    def start(self, ref: str) -> UUID:
        """Give the case a run of its present generation and remember it; asked twice, it is the same run."""
        case = describe(self.council, ref)
        with prefect_client() as client:
            try:
                run = self._create(client, case)
            except ObjectNotFound:  # deployed anew since: its id has changed
                self._deployment_ids.clear()
                run = self._create(client, case)
        with self.council.change() as change:
            change.session.execute(
                update(Case)
                .where(Case.ref == ref, Case.generation == case.generation)
                .values(flow_run_id=str(run.id), run_created_at=change.now)
            )
        return run.id

    def _create(self, client: SyncPrefectClient, case: RunCase) -> FlowRun:
        if case.title not in self._deployment_ids:
            try:
                found = client.read_deployment_by_name(f"{case.title}/{DEPLOYMENT}")
            except ObjectNotFound:
                raise PrefectAway(
                    f"Prefect has no deployment {case.title}/{DEPLOYMENT}: run `prefect deploy --all`"
                ) from None
            self._deployment_ids[case.title] = found.id
        return client.create_flow_run_from_deployment(
            self._deployment_ids[case.title],
            parameters={"ref": case.ref},
            state=Scheduled(message=after_entry(case.head)),
            name=case.name,
            tags=case.tags,
            idempotency_key=case.idempotency_key,
        )

    def wake(self, ref: str) -> None:
        """See that the case's leg runs now. A run that is running is left alone: its leg compares `wake_no` itself."""
        case = describe(self.council, ref)
        if case.status is CaseStatus.CLOSED:
            return
        if case.flow_run_id is None:
            self.start(ref)
            return
        with prefect_client() as client:
            try:
                run = client.read_flow_run(UUID(case.flow_run_id))
            except ObjectNotFound:
                return  # the backstop replaces it and says so in the ledger
            if not is_asleep(run, self.council.clock.now()):
                return
            known = self._known(client, run)
            with self.council.database.read() as session:
                if lacks(session, ref, known):
                    return  # the record is older than what happened: the backstop settles that before a leg runs
            head = max([case.head, *known], key=lambda one: one.no)
            self._schedule(client, run.id, self.council.clock.now(), "Woken", head=head)

    def schedule(
        self, run_id: UUID, moment: datetime, words: str, *, head: Head | None = None, force: bool = False
    ) -> None:
        """Set a run to start at `moment`, under a state name that a manager can read, and say how far its record is."""
        with prefect_client() as client:
            self._schedule(client, run_id, moment, words, head=head, force=force)

    def runs(self, run_ids: Sequence[str]) -> dict[str, FlowRun]:
        """The runs that exist, by id."""
        found: dict[str, FlowRun] = {}
        with prefect_client() as client:
            for batch in _batches(run_ids):
                wanted = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(one) for one in batch]))
                found |= {str(run.id): run for run in client.read_flow_runs(flow_run_filter=wanted, limit=BATCH)}
        return found

    def deployments(self) -> dict[str, Declared]:
        """Each deployment of ours as Prefect has it, by its flow's title."""
        with prefect_client() as client:
            flows = {flow.id: flow.name for flow in client.read_flows()}
            ours = [one for one in client.read_deployments() if one.name == DEPLOYMENT]
        return {
            flows[one.flow_id]: Declared(one.created, one.work_pool_name)
            for one in ours
            if one.flow_id in flows and one.created is not None
        }

    @staticmethod
    def _known(client: SyncPrefectClient, run: FlowRun) -> list[Head]:
        """How far the record was, as the run says; where its state was set by somebody else, as it said before."""
        head = head_in(run.state)
        return [head] if head else [one.head for one in sightings(client.read_flow_run_states(run.id))]

    @staticmethod
    def _schedule(
        client: SyncPrefectClient,
        run_id: UUID,
        moment: datetime,
        words: str,
        *,
        head: Head | None = None,
        force: bool = False,
    ) -> None:
        message = None if head is None else after_entry(head)
        client.set_flow_run_state(run_id, Scheduled(scheduled_time=moment, name=words, message=message), force=force)


def is_asleep(run: FlowRun, now: datetime) -> bool:
    """Whether a run waits for a time that has not come; only such a run may be woken."""
    if run.state is None or run.state.type is not StateType.SCHEDULED:
        return False
    scheduled = run.state.state_details.scheduled_time
    return scheduled is None or scheduled > now


@contextmanager
def prefect_client() -> Iterator[SyncPrefectClient]:
    """The client of this process, for any thread. Raises `PrefectAway` where the server cannot be used."""
    try:
        yield _shared_client(os.getpid(), PREFECT_API_URL.value())
        return
    except httpx.HTTPStatusError as refused:
        said = f"it answered {refused.response.status_code}"
    except (httpx.HTTPError, OSError, RuntimeError) as away:
        said = type(away).__name__
    raise PrefectAway(f"Prefect's server cannot be used now ({said}): see that it runs at PREFECT_API_URL")


_clients: dict[tuple[int, str | None], SyncPrefectClient] = {}
_making_a_client = threading.Lock()


def _shared_client(pid: int, url: str | None) -> SyncPrefectClient:
    """One client for each process and server: making one costs more than what is asked by it. Threads may share it."""
    with _making_a_client:
        if (pid, url) not in _clients:
            _clients[pid, url] = get_client(sync_client=True).__enter__()
        return _clients[pid, url]


def close_prefect_client() -> None:
    """
    Close this process's connections to the server, and forget them: for whoever leaves that server for another.

    A thread that is in the middle of asking is told `PrefectAway`; who asks next gets new connections.
    """
    with _making_a_client:
        client = _clients.pop((os.getpid(), PREFECT_API_URL.value()), None)
    if client is not None:
        client.__exit__(None, None, None)


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    listed = list(ids)
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]
