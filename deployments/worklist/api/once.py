"""
Calls that make something, and are sent again because no answer came: the same Idempotency-Key gives the same answer.

A key is the caller's own, for one call of one member of staff; it is known for thirty days.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Header

from deployments.worklist.api.calling import Call
from deployments.worklist.api.problems import Problem, ProblemKind
from tasks.worklist.submissions import SentForm, new_form_id, note_sent, sent_before, sent_form

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Your own id of this call, never used for another: the same key again gives the same answer.",
        pattern=r"^[!-~]{1,200}$",
    ),
]


def sent_once(call: Call, path: str, key: str | None, said: Any, files: Iterable[bytes] = ()) -> SentForm:
    """What was sent to a path, as it is known again by its key; without one it is new each time."""
    form_id = new_form_id() if key is None else sha256(f"{call.member.id} {key}".encode()).hexdigest()[:32]
    written = json.dumps(said, sort_keys=True, default=str)
    return sent_form(form_id, path, call.member.id, [("body", written)], files)


def came_before(call: Call, sent: SentForm) -> str | None:
    """What came of it when it was sent before; None: it is new. Raises `Problem` where the key was another call's."""
    with call.council.database.read() as session:
        found = sent_before(session, sent)
    if found is not None and not found.said_the_same:
        raise Problem(
            ProblemKind.KEY_USED_BEFORE, "that key was used for something else: choose a new one for each call"
        )
    return None if found is None else found.result


def note_done(call: Call, sent: SentForm, result: str) -> None:
    """Note what came of it."""
    with call.council.database.write() as session:
        note_sent(session, sent, result, call.now)
