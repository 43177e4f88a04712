"""
Who is signed in: a random token in the browser, its digest and everything else in our database.

A session ends by itself when it was not used for a while, or its whole time is over; what somebody had begun to write
stays. One that has ended is known until the retention schedule takes it out, so that a form that was open over a
holiday can still be kept as a draft. A token is made anew at each sign-on, so one that somebody planted before is worth
nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from models.connections import Worklist
from models.worklist import WebSession

_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedIn:
    """One browser in which somebody is, or was, signed in."""

    token_digest: str
    staff_id: str
    form_token: str
    """What every form sends back."""
    is_over: bool
    """Whether they have to sign in again."""
    is_to_be_noted: bool = False
    """Whether it is time to note that it is used."""
    said: str | None = None
    """What is said once on this page."""


@dataclass(frozen=True)
class AtProvider:
    """Under what the OpenID provider knows a session."""

    subject: str
    """Who it is (sub)."""
    session: str | None
    """Its own session (sid), where it tells it."""
    id_token: str
    """What it said of them; sent back to it when they sign out. Personal data."""


def begin_session(
    session: Session,
    staff_id: str,
    now: datetime,
    settings: Worklist,
    *,
    at_provider: AtProvider | None = None,
) -> str:
    """Sign somebody in; gives the token for the cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_digest=digest_of(token),
            staff_id=staff_id,
            form_token=secrets.token_urlsafe(24),
            signed_in_at=now,
            seen_at=now,
            expires_at=now + timedelta(minutes=settings.session_minutes),
            provider_session=at_provider.session if at_provider else None,
            provider_subject=at_provider.subject if at_provider else None,
            id_token=at_provider.id_token if at_provider else None,
        )
    )
    return token


def session_of(session: Session, token: str, now: datetime, settings: Worklist) -> SignedIn | None:
    """What is known of a token; None where it is none of ours."""
    row = session.get(WebSession, digest_of(token))
    if row is None:
        return None
    idle = now - row.seen_at > timedelta(minutes=settings.idle_minutes)
    is_over = row.ended_at is not None or now >= row.expires_at or idle
    to_note = row.said is not None or now - row.seen_at > _SEEN_EVERY
    return SignedIn(row.token_digest, row.staff_id, row.form_token, is_over, to_note, row.said)


def note_seen(session: Session, signed_in: SignedIn, now: datetime) -> None:
    """Note that the session was used, and that what was to be said has been said."""
    whose = WebSession.token_digest == signed_in.token_digest
    session.execute(update(WebSession).where(whose).values(seen_at=now, said=None))


def say_next(session: Session, signed_in: SignedIn, sentence: str) -> None:
    """Say a sentence once on the page that comes next; references only."""
    session.execute(
        update(WebSession).where(WebSession.token_digest == signed_in.token_digest).values(said=sentence[:500])
    )


def end_session(session: Session, token_digest: str, now: datetime) -> None:
    """Sign out in one browser."""
    _end(session, now, WebSession.token_digest == token_digest)


def end_other_sessions(session: Session, signed_in: SignedIn, now: datetime) -> int:
    """Sign the same person out everywhere else; gives in how many browsers they were."""
    theirs = WebSession.staff_id == signed_in.staff_id
    return _end(session, now, theirs, WebSession.token_digest != signed_in.token_digest)


def end_provider_sessions(
    session: Session, now: datetime, *, begun_by: datetime, sid: str | None, subject: str | None
) -> int:
    """
    End what the provider has ended: its session `sid`, or where it names none, all of `subject`; gives how many.

    Only what began by `begun_by`, so that an old message sent once more ends nothing new.
    """
    which = WebSession.provider_session == sid if sid is not None else WebSession.provider_subject == subject
    return _end(session, now, which, WebSession.signed_in_at <= begun_by)


def open_sessions(session: Session, staff_id: str, now: datetime, settings: Worklist) -> Sequence[WebSession]:
    """Where somebody is signed in, the latest first."""
    return session.scalars(
        select(WebSession)
        .where(
            WebSession.staff_id == staff_id,
            WebSession.ended_at.is_(None),
            WebSession.expires_at > now,
            WebSession.seen_at >= now - timedelta(minutes=settings.idle_minutes),
        )
        .order_by(WebSession.signed_in_at.desc(), WebSession.token_digest)
    ).all()


def whose_form(session: Session, form_token: str) -> str | None:
    """
    The staff id for whom a form was made, though their session be over; None where it is none of ours.

    It says whose words those are, and signs nobody in.
    """
    if not form_token:
        return None
    return session.scalar(select(WebSession.staff_id).where(WebSession.form_token == form_token).limit(1))


def _end(session: Session, now: datetime, *which: ColumnElement[bool]) -> int:
    done = session.execute(
        update(WebSession).where(WebSession.ended_at.is_(None), *which).values(ended_at=now, id_token=None)
    )
    return cast("CursorResult[object]", done).rowcount


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
