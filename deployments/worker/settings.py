"""How a worker is set up, from the environment of its process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from tasks.installation import BadSetting

NAME = "PathwaysWorker"
"""How the name of each worker begins in Prefect; its version follows, by which /health knows it."""


@dataclass(frozen=True)
class WorkerSettings:
    """The bounds of one worker process; each has a default that suits one machine."""

    slots: int = 4
    """Legs at once; where Prefect keeps its data in SQLite, more only wait for one another."""
    house_slots: int = 2
    """Scheduled flows at once, such as housekeeping: they never keep a case waiting."""
    drain_seconds: float = 20
    """How long running legs are given to end once the worker is told to stop."""
    hung_after_seconds: float = 300
    """After this long a leg counts as hanging: its slot is written off, and the case goes on in another."""
    memory_megabytes: int = 1024
    """A process that has grown beyond this ends, to be started again; 0: never."""
    health_port: int | None = None
    """The port on this machine that serves /health and /metrics of this worker; None: it serves none."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> WorkerSettings:
        """Read PATHWAYS_WORKER_SLOTS and its siblings. Raises `BadSetting`."""
        env = os.environ if environment is None else environment
        port = _number(env, "PATHWAYS_WORKER_PORT", -1, 0, 65535)
        return cls(
            slots=_number(env, "PATHWAYS_WORKER_SLOTS", cls.slots, 1, 64),
            house_slots=_number(env, "PATHWAYS_WORKER_HOUSE_SLOTS", cls.house_slots, 1, 16),
            drain_seconds=_number(env, "PATHWAYS_WORKER_DRAIN_SECONDS", int(cls.drain_seconds), 0, 3600),
            hung_after_seconds=_number(
                env, "PATHWAYS_WORKER_HUNG_AFTER_SECONDS", int(cls.hung_after_seconds), 1, 86400
            ),
            memory_megabytes=_number(env, "PATHWAYS_WORKER_MEMORY_MB", cls.memory_megabytes, 0, 1024 * 1024),
            health_port=None if port < 0 else port,
        )


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name)
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise BadSetting(f"{name} must be a whole number between {least} and {most}")
    return number
