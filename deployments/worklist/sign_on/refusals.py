"""
Who may not sign in, and why, in words for them; and how often that happened from one place, so that guessing is slow.

Whoever comes back from the council's sign-on as they should is let in, however often others were refused from the same
address: a whole office often has one.
"""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from models.errors import PathwaysError
from models.worklist import SignInRefused
from tasks.durable.council import Council

log = logging.getLogger("pathways")
MOST = 20
"""Refusals from one network address within `WITHIN`; after that many it has to wait."""
WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class _Words:
    status: int
    title: str
    what_to_do: str


class Refusal(Enum):
    """Why somebody is not signed in."""

    NOT_BEGUN_HERE = _Words(
        400,
        "Signing in was not finished in time",
        "It was begun too long ago, in another browser, or it was finished already. Begin again.",
    )
    NOT_FINISHED = _Words(
        403, "You were not signed in", "The council’s sign-on ended without signing you in. Begin again."
    )
    NOT_TRUSTED = _Words(
        403,
        "You were not signed in",
        "What the council’s sign-on said could not be checked. Begin again; if it happens twice, tell systems staff.",
    )
    NOT_IN_REGISTER = _Words(
        403,
        "You cannot use this yet",
        "The council’s sign-on knows you, but the staff register here does not have you as somebody who works here "
        "now. Ask your manager to have you entered in the recording system, from which the register comes.",
    )
    NO_ONE_ROLE = _Words(
        403,
        "You cannot use this yet",
        "The council’s sign-on must give you exactly one role that is known here. Ask systems staff to put your "
        "groups right.",
    )
    NO_ONE_TEAM = _Words(
        403,
        "You cannot use this yet",
        "The council’s sign-on must give you exactly one team that is known here. Ask systems staff to put it right.",
    )
    TOO_MANY = _Words(
        429,
        "Too many tries",
        "Signing in was refused many times from where you are. Wait ten minutes, then try again.",
    )


class NotSignedIn(PathwaysError):
    """Somebody could not be signed in; `refusal` says why, in words for them."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(f"{refusal.value.title}: {refusal.value.what_to_do}")


def came_from(connection: HTTPConnection) -> str:
    """The network that a call comes from: an IPv4 address, or the /64 of an IPv6 one, which one machine may have."""
    try:
        address = ipaddress.ip_address(connection.client.host if connection.client else "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def must_wait(session: Session, address: str, now: datetime) -> bool:
    """Whether so much was refused from there that it has to wait before the next try."""
    whose = (SignInRefused.came_from == address, SignInRefused.at > now - WITHIN)
    return (session.scalar(select(func.count()).select_from(SignInRefused).where(*whose)) or 0) >= MOST


def count_refusal(council: Council, address: str, way: str, why: str) -> None:
    """Count a refusal; `way` is sign-on, local or api, and `why` a word for the log. What is past is forgotten."""
    now = council.clock.now()
    with council.database.write() as session:
        session.execute(delete(SignInRefused).where(SignInRefused.at <= now - WITHIN))
        if not must_wait(session, address, now):
            session.add(SignInRefused(at=now, came_from=address, way=way))
    log.warning("somebody was not let in by %s: %s", way, why)
