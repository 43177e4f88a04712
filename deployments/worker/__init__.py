"""
The in-process worker: legs in threads of one process, begun as soon as their runs are due.

`prefect_worker` is what Prefect sees of it, and the one place that depends on the inside of Prefect's base class;
`slots` holds the threads; `work_in_hand` is what a thread does with a run that is due; `watching` writes off what
hangs and ends a worker that has lost half its slots or grown too large; `counts` and `health` tell how it stands.
"""

from __future__ import annotations

from deployments.worker.prefect_worker import SLOTS, PathwaysWorker

__all__ = ["SLOTS", "PathwaysWorker"]
