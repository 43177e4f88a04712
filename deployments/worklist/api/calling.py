"""Who calls: a program with a token, as the member of staff for whom it acts; or a page of ours, in their session."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request

from deployments.worklist.api.problems import Problem, ProblemKind
from deployments.worklist.api.tokens import token_shown
from deployments.worklist.desk import Desk
from deployments.worklist.sessions import note_seen, session_of
from deployments.worklist.sign_on.refusals import came_from, count_refusal, must_wait
from models.permissions import Action
from models.working_time import local_day
from tasks.audit.access_log import note_access
from tasks.durable.council import Council
from tasks.worklist.members import Member, member_of

FOR_WHOM = "Pathways-Staff"
"""The header with the staff id for whom a program calls that acts for many."""
FORM_TOKEN = "X-Form-Token"
"""The header with what every form of a session sends back."""
_CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Call:
    """One call that was let in: for whom, and through what."""

    desk: Desk
    member: Member
    now: datetime
    program: str | None = None
    """The name of the token; None: their own browser."""

    @property
    def council(self) -> Council:
        """The council's running system."""
        return self.desk.council

    @property
    def today(self) -> date:
        """The day in London."""
        return local_day(self.now)

    def note_look(self, what: str, about: str) -> None:
        """Enter in the access log that they are about to look, or to act, and through which program."""
        through = f"{what} api:{self.program}" if self.program is not None else what
        with self.council.database.write() as session:
            note_access(session, self.member.id, through, about, self.now)


def admit(desk: Desk, request: Request, action: Action) -> Call:
    """Who calls, where they may do that at all. Raises `Problem`."""
    now = desk.council.clock.now()
    call = _by_token(desk, request, now) if "authorization" in request.headers else _by_session(desk, request, now)
    if not call.member.may(action):
        raise Problem(ProblemKind.NOT_ALLOWED, f"their role may not do that ({action}): ask a manager")
    return call


async def _this_call(request: Request) -> Call:
    found: Call = request.state.call
    return found


Calling = Annotated[Call, Depends(_this_call)]
"""The call, as an operation is given it; it was let in before."""


def _by_token(desk: Desk, request: Request, now: datetime) -> Call:
    scheme, _, shown = request.headers["authorization"].partition(" ")
    council, address = desk.council, came_from(request)
    with council.database.read() as session:
        known = token_shown(session, shown.strip(), now) if scheme.lower() == "bearer" else None
        waits = known is None and must_wait(session, address, now)
    if waits:
        raise Problem(ProblemKind.TOO_MANY, "too many tokens were refused from there: wait ten minutes")
    if known is None:
        count_refusal(council, address, "api", "the token is none, or has ended")
        headers = {"WWW-Authenticate": 'Bearer realm="Safe Pathways", error="invalid_token"'}
        raise Problem(
            ProblemKind.NOT_SIGNED_IN, "that token is none, or it has ended: ask systems staff", headers=headers
        )
    named = request.headers.get(FOR_WHOM, "").strip()
    if known.acts_as is not None and named and named.lower() != known.acts_as:
        raise Problem(ProblemKind.NOT_ALLOWED, f"this token acts as one member of staff: leave {FOR_WHOM} out")
    if known.acts_as is None and not named:
        raise Problem(ProblemKind.STAFF_NOT_NAMED, f"this token acts for many: name the staff id in {FOR_WHOM}")
    return Call(desk, _member(desk, known.acts_as or named, now), now, known.name)


def _by_session(desk: Desk, request: Request, now: datetime) -> Call:
    shown = request.cookies.get(desk.cookie, "")
    with desk.council.database.read() as session:
        signed_in = session_of(session, shown, now, desk.settings) if shown else None
    if signed_in is None or signed_in.is_over:
        raise Problem(ProblemKind.NOT_SIGNED_IN, "send a token as Authorization: Bearer, or sign in with a browser")
    sent = request.headers.get(FORM_TOKEN, "")
    if request.method not in _CHANGES_NOTHING and not hmac.compare_digest(
        sent.encode("utf-8", "replace"), signed_in.form_token.encode()
    ):
        raise Problem(ProblemKind.NOT_OUR_FORM, f"send the form token of this session as {FORM_TOKEN}")
    member = _member(desk, signed_in.staff_id, now)
    if signed_in.is_to_be_noted and signed_in.said is None:  # what is to be said is for the next page
        with desk.council.database.write() as session:
            note_seen(session, signed_in, now)
    return Call(desk, member, now)


def _member(desk: Desk, staff_id: str, now: datetime) -> Member:
    with desk.council.database.read() as session:
        member = member_of(session, staff_id, now)
    if member is None:
        raise Problem(
            ProblemKind.NOT_STAFF, "nobody of that staff id works here now: import the register, or correct it"
        )
    return member
