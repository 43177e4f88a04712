"""The way into the council's recording system: where it shows a person, by their id there."""

from __future__ import annotations

from collections.abc import Callable

from deployments.worklist.desk import Desk
from models.register import Person
from tasks.worklist.case_view import record_link


def record_of(desk: Desk) -> Callable[[Person], str]:
    """What gives the address of a person's record; empty where this installation has none set up."""
    return lambda person: record_link(desk.settings.record_address, person.record_id)
