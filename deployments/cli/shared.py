"""What the commands share: opening this installation's council, who looks, and waking cases through Prefect."""

from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

import models.forms
from deployments.cli.ending import at_end
from deployments.cli.printing import complain
from deployments.migrating import check_current
from models.clock import SystemClock
from models.connections import load_connections
from models.errors import PathwaysError
from models.forms.base import Form
from models.policy import load_policy
from models.register import Staff
from models.working_time import local_day
from tasks.audit.access_log import note_access, os_user
from tasks.audit.reading import is_damage
from tasks.backup.switching import finish_restore
from tasks.database import Database
from tasks.durable.council import Council
from tasks.installation import BadSetting, Installation, settle_prefect_in
from tasks.register.lookups import staff_member

clock = SystemClock()

AsStaff = Annotated[str, typer.Option("--as", metavar="STAFF", help="Your staff id in the register.")]
AsStaffOrNobody = Annotated[
    str | None,
    typer.Option("--as", metavar="STAFF", help="Your staff id; without it the access log has your login name."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for a program.")]

IMPATIENT = {"PREFECT_CLIENT_MAX_RETRIES": "0", "PREFECT_API_REQUEST_TIMEOUT": "5"}
"""A command does not wait for a Prefect that is away: the case is woken by the backstop once it is back."""


class NotSetUp(PathwaysError):
    """This installation has no database or no policy yet; the message says how it gets one."""


class DatabaseDamaged(PathwaysError):
    """The database says of itself that it is damaged, or that it is none."""


class NotOnTheStaff(PathwaysError):
    """Nobody of that id works for the council, as far as the register knows."""


def open_database(*, must_be_current: bool = True, must_be_there: bool | None = None) -> Database:
    """This installation's database. Raises `NotSetUp`, `DatabaseDamaged`, `DatabaseUnavailable`, and as `migrating`."""
    installation = Installation.from_environment()
    finish_restore(installation)
    try:
        database = Database(installation.database_url)
    except (ArgumentError, ModuleNotFoundError):
        raise BadSetting("PATHWAYS_DATABASE_URL must be like postgresql://user@host/name or sqlite:////path") from None
    at_end.callback(database.dispose)
    file = database.url.database
    must_be_there = must_be_current if must_be_there is None else must_be_there
    if must_be_there and database.is_sqlite and not (file and Path(file).exists()):
        raise NotSetUp(f"there is no database at {file} yet: start with `pathways up`, or run `pathways migrate`")
    try:
        with database.engine.connect():
            pass
        if must_be_current:
            check_current(database)
    except DBAPIError as failed:
        if is_damage(failed):
            raise DatabaseDamaged(
                "the database is damaged, or no database of ours: stop the system, keep the file, and restore a backup"
            ) from None
        with database.read() as session:
            session.connection()  # says in plain words what is wrong
        raise
    return database


def open_council() -> Council:
    """This installation's council: its database, its policy, and a waker that speaks to Prefect when it is needed."""
    installation = Installation.from_environment()
    council = _council(installation, open_database())
    council.waker = WakesThroughPrefect(council, installation)
    return council


def open_council_to_read() -> Council:
    """
    This installation's council for a command that only looks: its database refuses every write.

    The database may be that of another version: an upgrade is looked at before its migration. Raises `NotSetUp`.
    """
    installation = Installation.from_environment()
    database = open_database(must_be_current=False, must_be_there=True)
    database.refuse_writes()
    return _council(installation, database)


def _council(installation: Installation, database: Database) -> Council:
    if not installation.policy_file.exists():
        raise NotSetUp(
            f"there is no policy at {installation.policy_file}: put the council's policy file there, or name it in "
            "PATHWAYS_POLICY; `pathways up` on an empty home sets up the example council"
        )
    council = Council(database, load_policy(installation.policy_file), clock)
    council.connections = load_connections(installation.connections_file)
    load_forms()
    return council


def load_forms() -> None:
    """Make every form and signal known by name, without loading the flows that use them."""
    for module in pkgutil.iter_modules(models.forms.__path__):
        importlib.import_module(f"models.forms.{module.name}")


def known_forms() -> set[type[Form]]:
    """Every form that this version can ask for."""
    load_forms()
    found: set[type[Form]] = set()
    unseen = [Form]
    while unseen:
        below = unseen.pop().__subclasses__()
        found.update(below)
        unseen += below
    return found


def member_named(session: Session, staff_id: str) -> Staff:
    """The member of staff with that id. Raises `NotOnTheStaff`, also for somebody who has left."""
    member = staff_member(session, staff_id)
    if member is None:
        raise NotOnTheStaff("there is no such member of staff in the register: import the register or correct --as")
    if member.left_on is not None and member.left_on <= local_day(clock.now()):
        raise NotOnTheStaff(f"{member.id} has left: correct --as")
    return member


def note_look(session: Session, staff_id: str | None, what: str, about: str) -> None:
    """
    Enter in the access log that somebody is about to look, in a write transaction of its own.

    Raises `NotOnTheStaff`.
    """
    who = os_user() if staff_id is None else member_named(session, staff_id).id
    note_access(session, who, what, about, clock.now())


def prepare_prefect(installation: Installation) -> None:
    """Say in the environment where Prefect is and that we do not wait long; before anything imports it."""
    for name, value in IMPATIENT.items():
        os.environ.setdefault(name, value)
    settle_prefect_in(installation)


class WakesThroughPrefect:
    """
    Wakes cases through Prefect, which is loaded only then.

    A case that cannot be woken goes on all the same: the backstop finds it. The person is told.
    """

    def __init__(self, council: Council, installation: Installation) -> None:
        self._council = council
        self._installation = installation

    def wake(self, ref: str) -> None:
        """See that the case's leg runs now, or say that it goes on later."""
        try:
            prepare_prefect(self._installation)
            importlib.import_module("tasks.durable.prefect_clerk").Clerk(self._council).wake(ref)
        except PathwaysError as away:
            complain(f"it is kept, and case {ref} goes on by itself once Prefect can be used: {away}")
        except Exception as caught:  # what was given is kept; waking is the backstop's too
            complain(
                f"it is kept, and case {ref} goes on by itself at the latest in a minute ({type(caught).__name__})"
            )
