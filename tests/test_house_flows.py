"""What a schedule starts says nothing of anybody to Prefect, whatever goes wrong in it."""

from __future__ import annotations

import asyncio
import importlib
import pickle
import traceback
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
import yaml
from prefect import Flow
from prefect.states import exception_to_failed_state

from flows.house import HouseFlowFailed
from tasks.installation import CHECKOUT

CANARY = "featherstonehaugh"
SCHEDULED: list[str] = [
    deployment["entrypoint"]
    for deployment in yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    if "procedure" not in deployment["tags"]
]


def flow_of(entrypoint: str) -> Flow[[], Any]:
    """The flow that a line of prefect.yaml names."""
    module, _, name = entrypoint.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    assert isinstance(found, Flow)
    return found


@pytest.fixture
def no_council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever asks for the council fails with an error whose text has the canary."""
    monkeypatch.setenv("PATHWAYS_HOME", str(tmp_path))
    monkeypatch.setenv("PATHWAYS_DATABASE_URL", f"{CANARY}://ottoline")


def test_there_are_scheduled_flows() -> None:
    """Retention and housekeeping are among them, so that the rule below is about something."""
    assert {"flows.retention.retention", "flows.housekeeping.housekeeping"} <= set(SCHEDULED)


@pytest.mark.usefixtures("no_council")
@pytest.mark.parametrize("entrypoint", SCHEDULED)
def test_a_scheduled_flow_that_fails_says_the_kind_of_error_alone(entrypoint: str) -> None:
    """Not a word of the first error is in its text, in an error that hangs on it, or in what is pickled."""
    flow = flow_of(entrypoint)
    with pytest.raises(Exception, match=CANARY):  # the error would say it
        flow.fn.__wrapped__()  # type: ignore[attr-defined]
    with pytest.raises(HouseFlowFailed, match=rf"^{flow.name} ended with NoSuchModuleError at .*\.py:\d+") as caught:
        flow.fn()
    failed = caught.value
    assert (failed.__cause__, failed.__context__) == (None, None)
    state = asyncio.run(exception_to_failed_state(failed))  # as Prefect makes one of it, to store its message
    told = [str(failed), repr(failed), str(state.message), *traceback.format_exception(failed)]
    assert not any(CANARY in one.lower() for one in told)
    assert CANARY.encode() not in pickle.dumps(failed) + cloudpickle.dumps(failed)
