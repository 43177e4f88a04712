"""
`pathways up`: the whole system on one machine, from an empty folder to "ready".

Prefect's server, the worker and the serving part are processes of their own; this one starts them, keeps them alive
and ends them. Run again on the same home it starts at once and every case goes on.
"""

from __future__ import annotations

import logging
import os
import signal
import smtplib
import threading
import time
from collections.abc import Callable
from functools import partial

import httpx

from deployments.example_council.letters import example_letters
from deployments.logs.setting_up import kept_in
from deployments.running.exposure import check_prefect_client, is_beyond_loopback
from deployments.running.home import lock_home, move_in
from deployments.running.parts import Part, Parts, python
from deployments.running.ports import free_worker_port, refuse_taken_ports, remember_part
from deployments.running.prefect_server import declare, server_part, wait_for_server
from deployments.worker import PathwaysWorker
from deployments.worker.settings import WorkerSettings
from models.connections import load_connections
from models.errors import PathwaysError
from models.policy import load_policy
from tasks.durable.prefect_clerk import declared_pool
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.durable.recovering import wait_until_settled
from tasks.housekeeping import deploy_once
from tasks.installation import BadSetting, Installation

log = logging.getLogger("pathways")
Say = Callable[[str], None]
START_PATIENCE_SECONDS = 120
LONGEST_GOODBYE_SECONDS = 10
"""How long a worker whose legs have ended may take to leave."""
WEBHOOK_PATHS = ("/intake/contacts", "/intake/referrals", "/intake/evidence")
_SHUT = "shut: set PATHWAYS_WEBHOOK_SECRET to open it (docs/webhooks.md)"


class DidNotStart(PathwaysError):
    """A part of the system did not come up; its log tells why."""


def up(installation: Installation, *, empty: bool, say: Say) -> None:
    """
    Run the whole system until SIGTERM or Ctrl-C. Raises `PathwaysError` where it cannot start.

    Prefect reads its settings when it is first imported: the caller has called `settle_prefect_in` before importing
    this module.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with lock_home(installation), kept_in(installation.home / "logs" / "up.log"):
        _refuse_other_machines(installation)
        chosen = WorkerSettings.from_environment().health_port
        refuse_taken_ports(installation, chosen)
        os.environ["PATHWAYS_WORKER_PORT"] = str(free_worker_port() if chosen is None else chosen)
        example_moved_in = move_in(installation, empty=empty)
        load_policy(installation.policy_file)  # its mistakes are named before anything is started
        parts = Parts(partial(remember_part, installation))
        try:
            _start(parts, installation, stop=stop, say=say)
            if example_moved_in and not stop.is_set():
                say("delivering the example letters ...")
                _deliver_letters(installation, say)
            if not stop.is_set():
                _say_where(installation, say)
                log.info("every part is ready; the worker's health: %s", _worker_address(installation))
            while not stop.wait(1):
                parts.revive()
        finally:
            say("stopping ...")
            log.info("stopping every part")
            parts.end()
            log.info("every part has stopped")


def _refuse_other_machines(installation: Installation) -> None:
    """Raise `BadSetting` or `OpenToAnybody`: this command is for one machine, and serves it alone."""
    if any(is_beyond_loopback(host) for host in (installation.host, installation.smtp_host)):
        raise BadSetting(
            "`pathways up` serves this machine alone: unset PATHWAYS_HOST and PATHWAYS_SMTP_HOST, or start the parts "
            "one by one (docs/more-than-one-machine.md)"
        )
    check_prefect_client()


def _start(parts: Parts, installation: Installation, *, stop: threading.Event, say: Say) -> None:
    environment = dict(os.environ) | {"PATHWAYS_HOME": str(installation.home)}
    api_url = environment["PREFECT_API_URL"]
    if installation.own_prefect:
        say("starting Prefect's server ...")
        server = server_part(installation, environment)
        parts.start(server)
        wait_for_server(api_url, server)
    if stop.is_set():
        return
    say("declaring the deployments ...")
    declare(installation)
    council = council_of_this_process()
    wait_until_settled(council, partial(deploy_once, council), stop)
    logs = installation.home / "logs"
    patience = LONGEST_GOODBYE_SECONDS + WorkerSettings.from_environment().drain_seconds
    worker = Part("worker", worker_command(), environment, logs / "worker.log", patience)
    parts.start(worker)
    serving = Part("serving", python("-m", "deployments.running", "serve"), environment, logs / "serving.log")
    parts.start(serving)
    _wait_until_served(installation, worker, serving, stop)


def worker_command() -> list[str]:
    """Our worker for our pool; for Prefect's process pool its own, which starts a process for each leg."""
    pool = declared_pool()
    if pool == PathwaysWorker.type:
        return python("-m", "deployments.running", "worker")
    return python("-m", "prefect", "worker", "start", "--pool", pool, "--type", pool)


def _wait_until_served(installation: Installation, worker: Part, serving: Part, stop: threading.Event) -> None:
    until = time.monotonic() + START_PATIENCE_SECONDS
    while time.monotonic() < until and not stop.is_set():
        if serving.process is not None and serving.process.poll() is not None:
            break
        try:
            report = httpx.get(f"http://127.0.0.1:{installation.port}/health", timeout=5).json()
            if report["parts"]["worker"]["ok"]:
                return
        except (httpx.HTTPError, ValueError, KeyError):
            pass
        time.sleep(0.3)
    if not stop.is_set():
        why = serving.trouble or worker.trouble
        raise DidNotStart(
            f"the worker or the serving part did not come up{f': {why}' if why else ''}; see the logs in "
            f"{serving.log_file.parent}"
        )


def _deliver_letters(installation: Installation, say: Say) -> None:
    """Post the example letters through the system's own mail door, as anybody could."""
    try:
        with smtplib.SMTP("127.0.0.1", installation.smtp_port, timeout=60) as door:
            for _name, raw in example_letters():
                door.sendmail("post@example.org", ["adult.care@wenbridge.example.org"], raw)
    except (OSError, smtplib.SMTPException) as broken:
        say(f"not all example letters could be delivered ({type(broken).__name__}); the system runs all the same")


def _worklist_address(installation: Installation) -> str:
    set_up = load_connections(installation.connections_file).worklist
    return set_up.address_at(installation.port)


def _worker_address(installation: Installation) -> str:
    port = WorkerSettings.from_environment().health_port
    if not port:
        return f"on a port that {installation.home / 'logs' / 'worker.log'} names"
    return f"http://127.0.0.1:{port}/health and /metrics"


def _say_where(installation: Installation, say: Say) -> None:
    ui = os.environ["PREFECT_API_URL"].removesuffix("/api")
    say(f"Worklist (staff work here)               {_worklist_address(installation)}")
    say(f"Prefect (managers watch the cases here)  {ui}")
    say(f"Health                                   http://127.0.0.1:{installation.port}/health")
    if declared_pool() == PathwaysWorker.type:
        say(f"Worker's health and numbers              {_worker_address(installation)}")
    doors = " and ".join(f"http://127.0.0.1:{installation.port}{path}" for path in WEBHOOK_PATHS)
    say(f"Webhook doors                            {doors if installation.webhook_secrets else _SHUT}")
    say(f"Mail door (SMTP)                         127.0.0.1:{installation.smtp_port}")
    say(f"Notices and messages as sent             {installation.mailbox}")
    say(f"Home                                     {installation.home}")
    say("ready")
