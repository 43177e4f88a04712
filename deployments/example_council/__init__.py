"""Wenbridge, the example council: fictional throughout, with enough in it to show every branch."""

from __future__ import annotations

import csv
import functools
from datetime import datetime
from importlib.resources import as_file, files

from sqlalchemy.orm import Session

from models.policy import Policy, parse_policy
from models.register import ExtractKind
from models.working_time import local_day
from tasks.register.importing import import_register

_HERE = files(__name__)


@functools.cache
def example_policy() -> Policy:
    """The example council's policy."""
    return parse_policy(example_policy_text(), "policy.toml")


def example_policy_text() -> str:
    """The example council's policy as its file."""
    return _HERE.joinpath("policy.toml").read_text(encoding="utf-8")


def load_example_register(session: Session, now: datetime) -> None:
    """Import the example council's register, as if the recording system had written it today."""
    with as_file(_HERE.joinpath("register")) as folder:
        files = [folder / f"{kind}.csv" for kind in ExtractKind]
        import_register(session, files, now, full=True, extract_date=local_day(now))


def example_connections_text() -> str:
    """What the example council is joined to, as its file."""
    return _HERE.joinpath("connections.toml").read_text(encoding="utf-8")


def example_records() -> dict[str, str]:
    """The records of the example's recording system: record id, and the id under which its extract names the person."""
    with _HERE.joinpath("register", "people.csv").open(encoding="utf-8") as file:
        return {row["record_id"]: row["id"] for row in csv.DictReader(file)}
