"""The worklist as tests use it: members of staff in browsers of their own, over the office of a virtual clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.worklist.browser import Browser
from tests.worklist.programs import Program, token_for


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    """The office's worklist."""
    installation = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path)})
    return Desk(office.council, installation)


@pytest.fixture
def at_work(office: Office, desk: Desk) -> Callable[[str], Browser]:
    """A browser in which that member of staff has just signed in: `at_work("duty-worker")`."""
    app = worklist(desk)

    def signed_in(staff_id: str) -> Browser:
        browser = Browser(app, office, desk)
        browser.is_signed_in_as(staff_id)
        return browser

    return signed_in


@pytest.fixture
def stranger(office: Office, desk: Desk) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(worklist(desk), office, desk)


@pytest.fixture
def program(office: Office, desk: Desk) -> Callable[[str], Program]:
    """A program of the council's that calls the API for that member of staff: `program("duty-worker")`."""
    app = worklist(desk)
    token = token_for(office, "case-portal")

    def acting_for(staff_id: str) -> Program:
        return Program(app, token, staff_id)

    return acting_for
