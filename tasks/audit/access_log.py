"""Who looked at what: one log for all cases, chained like a ledger, its head sealed with those of the cases."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import AccessEntry
from tasks.audit.chaining import ACCESS_LOG, first_link, hash_of, take_turns

FIRST = first_link(ACCESS_LOG)
"""What the first entry of the log is chained to."""
CUT = "cut-access-log"
"""What the log calls it that its oldest entries were erased, their time having passed."""


def note_access(session: Session, who: str, what: str, about: str, now: datetime) -> int:
    """
    Enter that somebody looked; gives the entry's number.

    `who` is a staff id or `os_user()`, `what` such as `read-case`, `about` a case ref or another reference. Everybody
    who looks waits for this transaction, so it is to be a short one of its own, before what is looked at is shown.
    """
    take_turns(session, ACCESS_LOG)
    last = session.execute(select(AccessEntry.no, AccessEntry.hash).order_by(AccessEntry.no.desc()).limit(1)).first()
    no, previous = (last.no + 1, last.hash) if last else (1, FIRST)
    at = now.astimezone(UTC)
    session.add(
        AccessEntry(
            no=no,
            at=at,
            who=who,
            what=what,
            about=about,
            previous_hash=previous,
            hash=access_hash(no, at, who, what, about, previous),
        )
    )
    session.flush()
    return no


def access_hash(no: int, at: datetime, who: str, what: str, about: str, previous_hash: str) -> str:
    """The hash that chains an entry of the log to the one before."""
    return hash_of(no, at, who, what, about, previous_hash)


def cut_point(no: int, last_hash: str) -> str:
    """How an entry names a cut: number and hash of the last entry that went, to which the next one is chained."""
    return f"{no}:{last_hash}"


def os_user() -> str:
    """The operating system's user, for whoever looks without having signed in: `os:NAME`."""
    try:
        return f"os:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        return f"os:{os.getuid()}"
