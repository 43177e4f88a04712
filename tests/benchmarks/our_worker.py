"""Our worker alone, without housekeeping beside it, as Prefect's stock worker is measured."""

from __future__ import annotations

import asyncio
import sys

from tasks.installation import Installation, settle_prefect_in

settle_prefect_in(Installation.from_environment())  # before anything imports prefect

from deployments.running.work import run_worker  # noqa: E402
from deployments.worker import PathwaysWorker  # noqa: E402

if __name__ == "__main__":
    sys.exit(asyncio.run(run_worker(PathwaysWorker(PathwaysWorker.type))))
