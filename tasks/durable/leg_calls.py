"""
What a leg asks of Prefect's server: to be let begin, to look as it stands now, to sleep, to end.

Each is one short request through Prefect's client, whose retries and credentials it keeps; its models are left out,
because building them costs more than the request. Asked again after a lost answer, a change of state counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
from prefect.client.schemas.objects import State, StateType

from tasks.durable.prefect_clerk import RESTRICTED_TITLE, RunCase, prefect_client
from tasks.durable.record_age import Head, after_entry, head_said

_SET_STATE: Literal["/flow_runs/{id}/set_state"] = "/flow_runs/{id}/set_state"
_RUN: Literal["/flow_runs/{id}"] = "/flow_runs/{id}"


@dataclass(frozen=True)
class DueRun:
    """A flow run as a leg needs it; `name` and `tags` are what Prefect shows of it, None where that is not known."""

    id: UUID
    deployment_id: UUID | None
    parameters: Mapping[str, Any]
    idempotency_key: str | None = None
    name: str | None = None
    tags: frozenset[str] | None = None
    known: Head | None = None
    """How far its case's record was when the run went to sleep; None where its state does not say."""
    said: str | None = None
    """What its state says of how far its case's record was, in the words of that state; None where it does not."""

    @classmethod
    def from_answer(cls, run: Mapping[str, Any]) -> DueRun:
        """A run as the server sends it."""
        deployment = run.get("deployment_id")
        return cls(
            UUID(run["id"]), UUID(deployment) if deployment else None, run.get("parameters") or {},
            run.get("idempotency_key"), run["name"], frozenset(run.get("tags") or ()),
            head_said((run.get("state") or {}).get("message")),
            said=_said_of_the_record(run),
        )  # fmt: skip

    def looks_like(self, case: RunCase) -> bool:
        """Whether Prefect shows it as the case stands now."""
        return self.name == case.name and self.tags == frozenset(case.tags)


def take_up(run: DueRun, state: StateType = StateType.RUNNING) -> bool:
    """
    Say that the run begins. False where the server refuses: it was stopped, is not due yet, or is gone.

    Raises `PrefectAway`.
    """
    return _set_state(run.id, state, state.value.capitalize())


def show(run: DueRun, case: RunCase) -> None:
    """Keep the run's name and tags current; nothing is asked where they are. Raises `PrefectAway`."""
    if not run.looks_like(case):
        with prefect_client() as client:
            client.request("PATCH", _RUN, path_params={"id": run.id}, json={"name": case.name, "tags": list(case.tags)})


def put_to_sleep(run: DueRun, case: RunCase, until: datetime, words: str) -> bool:
    """
    Keep the run's look current and set it to begin again at `until`, under a state name that a manager can read.

    False where the server refuses, for the backstop to look at. Raises `PrefectAway`.
    """
    show(run, case)
    name = RESTRICTED_TITLE if case.title == RESTRICTED_TITLE else words
    return _set_state(run.id, StateType.SCHEDULED, name, after_entry(case.head), scheduled_time=until)


def try_again(run: DueRun, at: datetime, words: str, known: Head | None = None) -> bool:
    """
    Set a run that could do nothing now to begin again at a time; what it knew of its case's record stays in its state.
    Where its state no longer says that, `known` does.

    Raises `PrefectAway`.
    """
    said = run.said or (None if known is None else after_entry(known))
    return _set_state(run.id, StateType.SCHEDULED, words, said, scheduled_time=at)


def known_before(run: DueRun) -> list[Head]:
    """How far the record was by all that the run ever said; nothing where it is gone. Raises `PrefectAway`."""
    with prefect_client() as client:
        try:
            said = client.request("GET", "/flow_run_states/", params={"flow_run_id": str(run.id)}).json()
        except httpx.HTTPStatusError as refused:
            if refused.response.status_code == httpx.codes.NOT_FOUND:
                return []
            raise
    return [head for one in said if (head := head_said(one.get("message"))) is not None]


def end(run: DueRun, state: State[Any]) -> bool:
    """End the run for good; False where the server refuses. Raises `PrefectAway`."""
    return _set_state(run.id, state.type, state.name or state.type.value.capitalize(), state.message)


def _said_of_the_record(run: Mapping[str, Any]) -> str | None:
    message = (run.get("state") or {}).get("message")
    return None if head_said(message) is None else str(message)


def _set_state(
    run_id: UUID, kind: StateType, name: str, message: str | None = None, *, scheduled_time: datetime | None = None
) -> bool:
    transition = str(uuid4())
    details: dict[str, Any] = {"flow_run_id": str(run_id), "transition_id": transition}
    if scheduled_time is not None:
        details["scheduled_time"] = scheduled_time.isoformat()
    state = {"type": kind.value, "name": name, "message": message, "state_details": details}
    with prefect_client() as client:
        try:
            answer = client.request("POST", _SET_STATE, path_params={"id": run_id}, json={"state": state}).json()
        except httpx.HTTPStatusError as refused:
            if refused.response.status_code == httpx.codes.NOT_FOUND:
                return False
            raise
    if answer["status"] == "ACCEPT":
        return True
    stands = (answer.get("state") or {}).get("state_details") or {}
    return answer["status"] == "REJECT" and stands.get("transition_id") == transition
