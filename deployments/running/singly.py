"""
The parts started one by one, as systemd and containers do it: each sees first that it may run here.

`pathways up` starts the same parts on one machine. Here nothing is made that another machine would have to know of:
the database is migrated by `pathways migrate`, pool and deployments are declared by `pathways deploy`, and a part that
finds one of them missing ends with a sentence; whoever started it starts it again.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from functools import partial
from typing import NoReturn

from prefect.settings import get_current_settings

from deployments.migrating import check_current
from deployments.running.exposure import check_prefect_client, check_prefect_server
from deployments.running.parts import python
from deployments.running.ports import refuse_taken
from deployments.running.prefect_server import PrefectDidNotStart, answers
from deployments.running.serve import serve
from deployments.running.up import worker_command
from deployments.running.work import work
from deployments.worker import PathwaysWorker
from models.connections import Connections, load_connections
from models.errors import PathwaysError
from models.policy import load_policy
from tasks.database import Database
from tasks.durable.prefect_clerk import count_deployments, declared_pool
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.durable.recovering import wait_until_settled
from tasks.housekeeping import deploy, deploy_once
from tasks.installation import LOGGING_FILE, BadSetting, Installation
from tasks.only_one import only_one

SERVER_PATIENCE_SECONDS = 180
SHARED = {
    "PREFECT_SERVER_EVENTS_MESSAGING_BROKER": "prefect_redis.messaging",
    "PREFECT_SERVER_EVENTS_MESSAGING_CACHE": "prefect_redis.messaging",
    "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
    "PREFECT_REDIS_MESSAGING_URL": "redis://...",
    "PREFECT_SERVER_DOCKET_URL": "redis://...",
}
"""What Prefect keeps in one process's memory unless told otherwise, and its servers have to share."""


class OneMachineAlone(PathwaysError):
    """Something is set up so that it lies on one machine, where several use it; the message says what to change."""


def run_worker(installation: Installation) -> int:
    """
    Run legs until told to stop; gives the exit code, 75 where it is to be started again.

    Where `prefect.yaml` names a pool of another kind, this process becomes Prefect's own worker for it.
    """
    _may_run(installation)
    council = council_of_this_process()
    wait_until_settled(council, partial(deploy_once, council), threading.Event())
    if declared_pool() != PathwaysWorker.type:
        _become(worker_command())
    return work(installation)


def run_serving(installation: Installation) -> None:
    """Serve the worklist, the doors and /health until told to stop."""
    _may_run(installation)
    serve(installation)


def run_prefect_server(installation: Installation, *, with_services: bool = True) -> None:
    """
    Become Prefect's server, on PREFECT_SERVER_API_HOST and its port.

    Raises `OpenToAnybody`, `BadSetting`, `PortInUse`.

    Without its services it is one of several servers: the services then run once, by `run_prefect_services`.
    """
    os.environ["PATHWAYS_PART"] = "prefect-server"
    check_prefect_server()
    if not with_services:
        _check_shared()
        os.environ["PREFECT__SERVER_WEBSERVER_ONLY"] = "1"
    api = get_current_settings().server.api
    port, name = installation.prefect_port, "PATHWAYS_PREFECT_PORT"
    if "PREFECT_SERVER_API_PORT" in os.environ:
        port, name = api.port, "PREFECT_SERVER_API_PORT"
    refuse_taken({name: port}, api.host)
    _become(
        python(
            "-m", "uvicorn", "--factory", "deployments.running.prefect_app:create_app",
            "--host", api.host, "--port", str(port),
            "--timeout-keep-alive", str(api.keepalive_timeout), "--log-level", "warning", "--no-access-log",
            "--log-config", str(LOGGING_FILE),
        )
    )  # fmt: skip


def run_prefect_services() -> None:
    """Become Prefect's background services, once for all its servers. Raises `BadSetting`."""
    _check_shared()
    _become(python("-m", "prefect", "server", "services", "start"))


def declare_everything(installation: Installation) -> int:
    """
    Declare the pool and every deployment of `prefect.yaml` to Prefect's server; gives how many it has then.

    Waits for a server that is just starting. Asked for on two machines, the second leaves it to the first. Raises
    `PrefectDidNotStart`, `OpenToAnybody`.
    """
    check_prefect_client()
    _wait_for_prefect()
    database = Database(installation.database_url)
    try:
        with only_one(database, "deploy") as is_ours:
            if is_ours:
                deploy()
    finally:
        database.dispose()
    return count_deployments()


def _may_run(installation: Installation) -> None:
    """See that this version fits the database, that there is a policy, and that Prefect may be spoken to."""
    check_prefect_client()
    if not installation.policy_file.exists():
        raise BadSetting(
            f"there is no policy at {installation.policy_file}: put the council's policy file there, the same on every "
            "machine, or name it in PATHWAYS_POLICY"
        )
    load_policy(installation.policy_file)
    connections = load_connections(installation.connections_file)
    database = Database(installation.database_url)
    try:
        with database.read() as session:
            session.connection()  # says in plain words where it cannot be reached
        check_current(database)
        check_shared_files(database, connections)
    finally:
        database.dispose()


def check_shared_files(database: Database, connections: Connections) -> None:
    """Raise `OneMachineAlone` where machines that share a database would each have a recording system of their own."""
    system = connections.recording_system
    if not database.is_sqlite and system is not None and system.file is None:
        raise OneMachineAlone(
            "the example council's recording system is a file in the home of one machine: take [recording_system] out "
            "of connections.toml, or name in it a file that every machine has"
        )


def _check_shared() -> None:
    env, database = os.environ, get_current_settings().server.database.connection_url
    missing = [f"{name}={value}" for name, value in SHARED.items() if not env.get(name) or "memory" in env[name]]
    if database is None or not database.get_secret_value().startswith("postgresql"):
        missing.insert(0, "PREFECT_SERVER_DATABASE_CONNECTION_URL=postgresql+asyncpg://...")
    if missing:
        raise BadSetting(
            "several Prefect servers share a PostgreSQL and a Redis (docs/more-than-one-machine.md); not set: "
            + ", ".join(missing)
        )


def _wait_for_prefect() -> None:
    url, until = get_current_settings().api.url, time.monotonic() + SERVER_PATIENCE_SECONDS
    while time.monotonic() < until:
        if answers(f"{url}"):
            return
        time.sleep(0.5)
    raise PrefectDidNotStart(f"no Prefect server answers at {url}: start it, or correct PREFECT_API_URL")


def _become(command: list[str]) -> NoReturn:
    """Go on as another program, so that whoever started us watches over it alone."""
    sys.stdout.flush()
    os.execv(command[0], command)
