"""
Tokens with which the council's programs use the JSON API: shown once when they are made, kept as digests.

One acts as a member of staff, or for whomever the program names with each call: such a program has signed them on
itself and is trusted as sign-on is. Only systems staff make tokens, at the command line.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.worklist.sessions import digest_of
from models.errors import PathwaysError
from models.worklist import ApiToken
from tasks.durable.checking import has_left
from tasks.register.lookups import staff_member

BEGINS = "pathways_"
"""What every token begins with, so that one is known where it should not be, such as in a log or a repository."""
LONGEST_DAYS = 366
"""A token is made anew once a year at least."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class BadToken(PathwaysError):
    """A token cannot be made or ended like that; the message says what to do."""


@dataclass(frozen=True)
class KnownToken:
    """A token that may be used now."""

    name: str
    acts_as: str | None
    """Staff id; None: whomever the program names."""


def new_token(
    session: Session, name: str, *, acts_as: str | None, lasts: timedelta, made_by: str, now: datetime
) -> str:
    """Make a token and give it, for the only time. Raises `BadToken`."""
    if not _NAME.fullmatch(name):
        raise BadToken("call the token as its program, in small letters, digits and hyphens, such as case-portal")
    if not timedelta(days=1) <= lasts <= timedelta(days=LONGEST_DAYS):
        raise BadToken(f"a token lasts from 1 to {LONGEST_DAYS} days: make it anew when it ends")
    if session.scalar(select(ApiToken).where(ApiToken.name == name)) is not None:
        raise BadToken("there is, or was, a token of that name: the access log speaks of it, so choose another")
    if acts_as is not None:
        row = staff_member(session, acts_as)
        if row is None or has_left(row, now):
            raise BadToken("nobody of that staff id works here now: correct --acts-as, or import the register")
        acts_as = row.id
    token = BEGINS + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            name=name,
            token_digest=digest_of(token),
            acts_as=acts_as,
            made_by=made_by,
            made_at=now,
            expires_at=now + lasts,
        )
    )
    session.flush()
    return token


def token_shown(session: Session, token: str, now: datetime) -> KnownToken | None:
    """What is known of a token that a program shows; None where it is none, has ended or its time is over."""
    row = session.scalar(select(ApiToken).where(ApiToken.token_digest == digest_of(token)))
    if row is None or row.ended_at is not None or now >= row.expires_at:
        return None
    return KnownToken(row.name, row.acts_as)


def every_token(session: Session) -> Sequence[ApiToken]:
    """All tokens that were ever made, by name."""
    return session.scalars(select(ApiToken).order_by(ApiToken.name)).all()


def end_token(session: Session, name: str, now: datetime) -> None:
    """From now on the token is refused; one that has ended stays so. Raises `BadToken`."""
    row = session.scalar(select(ApiToken).where(ApiToken.name == name))
    if row is None:
        raise BadToken("there is no token of that name: look it up with `pathways api-token list`")
    row.ended_at = row.ended_at or now
