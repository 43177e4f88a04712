"""
Who is signed in: a random token in the browser, its digest and everything else in our database.

A session ends by itself when it was not used for a while, or its whole time is over; what somebody had begun to write
stays. A token is made anew at each sign-on, so one that somebody planted before is worth nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from models.connections import Worklist
from models.worklist import WebSession

_SEEN_EVERY = timedelta(minutes=1)
_KEPT = timedelta(days=1)
"""How long an ended session is known, so that what is sent with it can still be kept as a draft."""


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


def begin_session(
    session: Session,
    staff_id: str,
    now: datetime,
    settings: Worklist,
    *,
    provider_session: str | None = None,
    id_token: str | None = None,
) -> str:
    """Sign somebody in; gives the token for the cookie."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(WebSession).where(WebSession.expires_at < now - _KEPT))
    session.add(
        WebSession(
            token_digest=digest_of(token),
            staff_id=staff_id,
            form_token=secrets.token_urlsafe(24),
            signed_in_at=now,
            seen_at=now,
            expires_at=now + timedelta(minutes=settings.session_minutes),
            provider_session=provider_session,
            id_token=id_token,
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
    session.execute(
        update(WebSession)
        .where(WebSession.token_digest == token_digest, WebSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
