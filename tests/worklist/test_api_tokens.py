"""Tokens of the JSON API: made once at the command line, for one member of staff or for whom a program names, ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from deployments.worklist.api.tokens import BEGINS, BadToken, end_token, new_token
from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from deployments.worklist.sign_on.refusals import MOST
from models.audit import AccessEntry
from models.worklist import ApiToken, SignInRefused
from tasks.durable.testing import Office
from tests.worklist.programs import Program, token_for

For = Callable[[str], Program]


@pytest.fixture
def showing(desk: Desk) -> Callable[[str], Program]:
    """A program that shows a token: `showing(token)`."""
    app = worklist(desk)
    return lambda token: Program(app, token)


def kind_of(program: Program) -> tuple[int, str]:
    """The status, and the kind of the problem, with which a call about themselves is answered."""
    answer = program.get("/me")
    return answer.status_code, answer.json().get("type", "").rpartition(":")[2]


def test_a_token_acts_as_one_member_of_staff(office: Office, showing: For) -> None:
    """Whoever it is for is fixed; a program that names somebody else is refused."""
    program = showing(token_for(office, "duty-screen", acts_as="duty-worker"))
    assert program.get("/me").json()["id"] == "duty-worker"
    program.staff = "duty-worker"
    assert program.get("/me").status_code == 200
    program.staff = "head-of-service"
    assert kind_of(program) == (403, "not-allowed")


def test_a_token_for_many_acts_for_whom_the_program_names(office: Office, showing: For) -> None:
    """It must name somebody who works here now, with each call."""
    program = showing(token_for(office, "case-portal"))
    assert kind_of(program) == (400, "staff-not-named")
    program.staff = "Team-Leader"
    me = program.get("/me").json()
    assert (me["id"], me["role"], me["may"]["see-tray"], "audit" in me["may"]) == (
        "team-leader",
        "team-leader",
        "team",
        False,
    )
    program.staff = "nobody-of-that-id"
    assert kind_of(program) == (403, "not-staff")
    office.leaves("team-leader")
    office.days_pass(1)
    program.staff = "team-leader"
    assert kind_of(program) == (403, "not-staff")


def test_a_token_that_ended_is_refused(office: Office, showing: For) -> None:
    """Ended by somebody, or by its time; what never was one is refused alike."""
    ended, over = token_for(office, "ended", acts_as="duty-worker"), token_for(office, "over", "duty-worker", days=1)
    assert showing(over).get("/me").status_code == 200
    with office.council.database.write() as session:
        end_token(session, "ended", office.clock.now())
    assert kind_of(showing(ended)) == (401, "not-signed-in")
    office.days_pass(1)
    assert kind_of(showing(over)) == (401, "not-signed-in")
    refused = showing(f"{BEGINS}made-up").get("/me")
    assert (refused.status_code, 'error="invalid_token"' in refused.headers["www-authenticate"]) == (401, True)


def test_wrong_tokens_are_counted_and_slowed_down(
    office: Office, showing: For, caplog: pytest.LogCaptureFixture
) -> None:
    """After twenty there is 429 for wrong ones; a good one is let in from the same address all the same."""
    good = showing(token_for(office, "case-portal", acts_as="duty-worker"))
    with caplog.at_level(logging.WARNING):
        statuses = [showing(f"{BEGINS}guess-{number}").get("/me").status_code for number in range(MOST + 1)]
    assert statuses == [401] * MOST + [429]
    assert "guess" not in caplog.text
    with office.council.database.read() as session:
        assert {one.way for one in session.scalars(select(SignInRefused))} == {"api"}
    assert showing("more").get("/me").headers["retry-after"] == "600"
    assert good.get("/me").status_code == 200
    office.hours_pass(1)
    assert showing("more").get("/me").status_code == 401


def test_another_scheme_is_no_token(office: Office, showing: For) -> None:
    """Basic with a good token is refused, and so is an empty one."""
    token = token_for(office, "case-portal", acts_as="duty-worker")
    for said in (f"Basic {token}", "Bearer", "Bearer ", token):
        assert showing("").call("GET", "/me", headers={"Authorization": said}).status_code == 401


def test_only_the_digest_of_a_token_is_kept(office: Office) -> None:
    """What stands in the database lets nobody in."""
    token = token_for(office, "case-portal")
    with office.council.database.read() as session:
        row = session.scalars(select(ApiToken)).one()
    kept = " ".join(str(getattr(row, column)) for column in vars(row))
    assert token not in kept
    assert token.removeprefix(BEGINS) not in kept
    assert len(token) > 40


@pytest.mark.parametrize(
    ("name", "acts_as", "days"),
    [("Case Portal", None, 30), ("", None, 30), ("a", "nobody", 30), ("a", None, 0), ("a", None, 367)],
)
def test_a_token_cannot_be_made_just_so(office: Office, name: str, acts_as: str | None, days: int) -> None:
    """It has a plain name, acts for staff who work here, and ends within a year."""
    with pytest.raises(BadToken), office.council.database.write() as session:
        new_token(
            session, name, acts_as=acts_as, lasts=timedelta(days=days), made_by="os:systems", now=office.clock.now()
        )


def test_a_name_is_used_once(office: Office) -> None:
    """The access log speaks of it, so it means one token for ever."""
    token_for(office, "case-portal")
    with office.council.database.write() as session:
        end_token(session, "case-portal", office.clock.now())
    with pytest.raises(BadToken, match="choose another"):
        token_for(office, "case-portal")


def test_making_and_ending_one_stands_in_the_access_log(office: Office, showing: For) -> None:
    """Looks through a program name it; nothing of the token itself stands there."""
    token = token_for(office, "case-portal", acts_as="duty-worker")
    showing(token).get("/day")
    with office.council.database.read() as session:
        (look,) = session.scalars(select(AccessEntry)).all()
    assert (look.who, look.what) == ("duty-worker", "read-day api:case-portal")
