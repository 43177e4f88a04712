"""`pathways api-token`: made and shown once, listed, ended; by whoever looks after the system."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from deployments.worklist.api.tokens import BEGINS, token_shown
from models.audit import AccessEntry
from models.clock import SystemClock
from tasks.audit.access_log import os_user
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways


@pytest.fixture(autouse=True)
def _same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the office's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())


def test_a_token_is_shown_once_and_holds(office: Office, pathways: Pathways) -> None:
    """Its first line is the token; the list has everything but that."""
    made = pathways("api-token", "new", "duty-screen", "--acts-as", "duty-worker", "--days", "10")
    token = made.out.splitlines()[0]
    assert (made.code, token.startswith(BEGINS)) == (0, True)
    assert "duty-worker only" in made.out
    with office.council.database.read() as session:
        known = token_shown(session, token, office.clock.now())
    assert known is not None
    assert (known.name, known.acts_as) == ("duty-screen", "duty-worker")
    listed = pathways("api-token", "list")
    assert "duty-screen" in listed.out
    assert "1 token, of which 1 can be used now" in listed.out
    assert token not in listed.out
    (row,) = pathways("api-token", "list", "--json").json
    assert (row["name"], row["expires_at"], row["ended_at"]) == ("duty-screen", "2026-01-15T09:00:00+00:00", None)


def test_an_ended_token_is_refused_and_stays_in_the_list(office: Office, pathways: Pathways) -> None:
    """And both acts stand in the access log, by the login name."""
    token = pathways("api-token", "new", "case-portal").out.splitlines()[0]
    assert pathways("api-token", "end", "case-portal").code == 0
    with office.council.database.read() as session:
        assert token_shown(session, token, office.clock.now()) is None
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert looks == [
        (os_user(), "new-api-token", "api:case-portal"),
        (os_user(), "end-api-token", "api:case-portal"),
    ]
    assert "1 token, of which 0 can be used now" in pathways("api-token", "list").out


def test_what_cannot_be_done_is_said(pathways: Pathways) -> None:
    """Nobody of that id, a name that was used, a token that is none: exit 2, and nothing is made."""
    assert pathways("api-token", "new", "a", "--acts-as", "nobody").code == 2
    assert pathways("api-token", "end", "a").code == 2
    assert pathways("api-token", "new", "a").code == 0
    again = pathways("api-token", "new", "a")
    assert (again.code, "choose another" in again.err) == (2, True)
