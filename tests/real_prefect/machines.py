"""
Two machines on one: each with a home, a worker and a worklist of its own; they share a PostgreSQL and a Prefect server.

Each part is started by the command that the systemd units use, and can be killed and started again by itself. The home
folders have nothing in common: whatever a machine needs of another has to go through PostgreSQL or Prefect.
"""

from __future__ import annotations

import os
import re
import signal
import smtplib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, make_url, text

from deployments.example_council import example_policy_text, load_example_register
from deployments.running.home import first_connections
from deployments.running.parts import Part
from deployments.worklist.api.tokens import new_token
from models.clock import SystemClock
from models.policy import Policy, load_policy
from models.working_time import local_day
from tasks.database import Database
from tasks.durable.council import Council
from tasks.register.lookups import every_recipient
from tasks.telling.configuration import write_default_configuration
from tests.real_prefect.conftest import CHECKOUT, eventually, free_ports
from tests.worklist.browser import Browser

AUTH_STRING = "pathways:a-string-for-this-test-alone"
PATHWAYS = (sys.executable, "-c", "from deployments.cli import main; main()")
COMMANDS = {"worker": "worker", "worklist": "serve"}
STARTED_WITHIN_SECONDS = 120


@dataclass
class Machine:
    """One machine: what runs on it, and how it is reached."""

    name: str
    home: Path
    port: int
    smtp_port: int
    environment: dict[str, str]
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Its worklist."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, part: str) -> None:
        """Start its `worker` or its `worklist`, as systemd would."""
        command = [*PATHWAYS, COMMANDS[part]]
        self.parts[part] = Part(part, command, self.environment, self.home / "logs" / f"{part}.log")
        self.parts[part].start()

    def kill(self, part: str) -> None:
        """kill -9."""
        process = self.parts[part].process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def is_serving(self) -> bool:
        """Whether its worklist takes requests."""
        return httpx.get(f"{self.address}/ready", timeout=5).status_code == 200

    def post(self, message: bytes) -> None:
        """Hand a letter to its mail door."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as door:
            door.sendmail("ada@example.org", ["adult.care@example.org"], message)

    def log(self, part: str) -> str:
        """What a part has logged."""
        return (self.home / "logs" / f"{part}.log").read_text(errors="replace")


@dataclass
class Machines:
    """Both machines, Prefect's server, and the database that they share."""

    council: Council
    first: Machine
    second: Machine
    server: Part
    api: str
    mailbox: Path
    token: str

    def __iter__(self) -> Iterator[Machine]:
        """Both machines."""
        return iter((self.first, self.second))

    def kill_server(self) -> None:
        """kill -9 Prefect's server."""
        assert self.server.process is not None
        os.kill(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()

    def start_server(self) -> None:
        """Start Prefect's server again."""
        self.server.start()
        eventually(lambda: httpx.get(f"{self.api}/health", timeout=2).status_code == 200, STARTED_WITHIN_SECONDS)

    def prefect(self, method: str, path: str, **request: Any) -> httpx.Response:
        """What Prefect's API answers to somebody who knows the auth string."""
        user, _, password = AUTH_STRING.partition(":")
        answer = httpx.request(method, f"{self.api}{path}", timeout=60, auth=(user, password), **request)
        return answer.raise_for_status()

    def answer(self, machine: Machine, item: str, answer: dict[str, Any], by: str) -> httpx.Response:
        """Answer a work item by a machine's JSON API, as a program of the council's does."""
        headers = {"Authorization": f"Bearer {self.token}", "Pathways-Staff": by}
        path = f"{machine.address}/api/v1/work-items/{item}/answer"
        return httpx.post(path, json=answer, headers=headers, timeout=60)


class FarBrowser(Browser):
    """A browser that goes to a worklist by HTTP; the machine it goes to can be changed, as behind a proxy."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.cookies = httpx.Cookies()

    def is_signed_in_as(self, staff_id: str) -> None:
        """Sign in as somebody sitting at that machine does."""
        assert self.send(self.get("/sign-in"), {"staff": staff_id}, action="/sign-in").status == 200

    def request(self, method: str, path: str, *, follow: bool = True, **parts: Any) -> httpx.Response:
        """One request, as it is, and where it leads."""
        with httpx.Client(
            base_url=self.machine.address, cookies=self.cookies, follow_redirects=follow, timeout=60
        ) as client:
            response = client.request(method, path, **parts)
            self.cookies = client.cookies
            return response


@contextmanager
def two_machines(folder: Path, postgresql: str) -> Iterator[Machines]:
    """Both running, on two new databases of that PostgreSQL, with the example council's register of today."""
    _make_databases(postgresql)
    url, ports = make_url(postgresql), free_ports(5)
    ours = Database(url.set(database="two_machines").render_as_string(hide_password=False))
    folder.mkdir(parents=True)
    prefects_url = url.set(drivername="postgresql+asyncpg", database="two_machines_prefect")
    secrets = {
        "PATHWAYS_DATABASE_URL": url.set(database="two_machines").render_as_string(hide_password=False),
        "PREFECT_API_AUTH_STRING": AUTH_STRING,
        "PREFECT_SERVER_API_AUTH_STRING": AUTH_STRING,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": prefects_url.render_as_string(hide_password=False),
    }
    shared = _environment(folder, secrets, ports[0])
    machines = [
        Machine(
            name, folder / name, port, smtp_port,
            shared | {"PATHWAYS_HOME": str(folder / name), "PATHWAYS_NODE": name,
                      "PATHWAYS_PORT": str(port), "PATHWAYS_SMTP_PORT": str(smtp_port)},
        )
        for name, port, smtp_port in (("first", ports[1], ports[2]), ("second", ports[3], ports[4]))
    ]  # fmt: skip
    on_the_server = shared | {"PATHWAYS_HOME": str(folder / "server"), "PREFECT_SERVER_API_PORT": str(ports[0])}
    server = Part("server", [*PATHWAYS, "prefect-server"], on_the_server, folder / "server" / "logs" / "server.log")
    started = [server]
    try:
        _run("migrate", [*PATHWAYS, "migrate"], on_the_server)
        council = Council(ours, _moved_in(folder, ours), SystemClock())
        running = Machines(council, *machines, server, shared["PREFECT_API_URL"], folder / "mailbox", _token(ours))
        _run("tables", [sys.executable, "-m", "tests.real_prefect.prefect_tables"], _told(on_the_server, secrets))
        server.start()
        _run("deploy", [*PATHWAYS, "deploy"], on_the_server)  # waits for the server
        for machine in running:
            for part in COMMANDS:
                machine.start(part)
        for machine in running:
            eventually(machine.is_serving, STARTED_WITHIN_SECONDS)
        yield running
    finally:
        started += [part for machine in machines for part in machine.parts.values()]
        for part in reversed(started):
            part.ask_to_end()
        for part in reversed(started):
            part.wait_or_kill(0)
        ours.dispose()


def _make_databases(postgresql: str) -> None:
    administrator = create_engine(
        make_url(postgresql).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with administrator.connect() as connection:
        connection.execute(text("CREATE DATABASE two_machines"))
        connection.execute(text("CREATE DATABASE two_machines_prefect"))
    administrator.dispose()


def _moved_in(folder: Path, database: Database) -> Policy:
    """The register, and what both machines are given alike: policy, services for notices, connections."""
    with database.write() as session:
        load_example_register(session, SystemClock().now())
    text, changed = re.subn(r'(?m)^(lasts|renewed_every) = "PT\d+S"$', _shorter, example_policy_text())
    assert changed == 2
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    with database.read() as session:
        recipients = every_recipient(session, on=local_day(SystemClock().now()))
    write_default_configuration(folder / "apprise.yaml", folder / "mailbox", recipients)
    people = folder / "mailbox" / "people"
    (folder / "connections.toml").write_text(first_connections(people), encoding="utf-8")
    return load_policy(folder / "policy.toml")


def _shorter(found: re.Match[str]) -> str:
    """A dead machine's cases go on after six seconds and not after sixty."""
    return f'{found[1]} = "{"PT6S" if found[1] == "lasts" else "PT2S"}"'


def _environment(folder: Path, secrets: dict[str, str], server_port: int) -> dict[str, str]:
    """What every part is told, the secrets by files."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PATHWAYS"))}
    by_file = {}
    for name, value in secrets.items():
        file = folder / "secrets" / name.lower()
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{value}\n")
        by_file[f"{name}_FILE"] = str(file)
    return (
        kept
        | by_file
        | {
            "PYTHONPATH": str(CHECKOUT),
            "PATHWAYS_POLICY": str(folder / "policy.toml"),
            "PATHWAYS_APPRISE": str(folder / "apprise.yaml"),
            "PATHWAYS_CONNECTIONS": str(folder / "connections.toml"),
            "PATHWAYS_BACKSTOP_SECONDS": "15",
            "PREFECT_API_URL": f"http://127.0.0.1:{server_port}/api",
        }
    )


def _token(database: Database) -> str:
    with database.write() as session:
        return new_token(
            session, "case-portal", acts_as=None, lasts=timedelta(days=1), made_by="os:systems", now=SystemClock().now()
        )


def _told(environment: dict[str, str], secrets: dict[str, str]) -> dict[str, str]:
    """With the secrets as Prefect itself takes them."""
    return environment | secrets | {"PREFECT_HOME": f"{environment['PATHWAYS_HOME']}/prefect"}


def _run(name: str, command: list[str], environment: dict[str, str]) -> None:
    once = Part(name, command, environment, Path(environment["PATHWAYS_HOME"]) / "logs" / f"{name}.log")
    once.start()
    assert once.process is not None
    assert once.process.wait(STARTED_WITHIN_SECONDS) == 0, once.log_file.read_text()[-2000:]
