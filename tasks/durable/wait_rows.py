"""The rows of what cases wait for: opened with an entry, ended once by whatever comes first."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from models.cases import Wait
from models.states import WaitKind, WaitState

_wait = cast(Table, Wait.__table__)
_OPEN = insert(_wait)
_END = (
    update(_wait)
    .where(
        _wait.c.case_ref == bindparam("ref"),
        _wait.c.key == bindparam("the_key"),
        _wait.c.state == str(WaitState.OPEN),
    )
    .values(state=bindparam("how"), ended_no=bindparam("no"))
)


def open_wait(
    session: Session,
    ref: str,
    key: str,
    kind: WaitKind,
    awaited: str,
    *,
    opened_no: int,
    due: datetime | None = None,
    counted_from: datetime | None = None,
    length: str | None = None,
    child_ref: str | None = None,
) -> None:
    """Write the row of a wait that was entered under `opened_no`; `counted_from` and `length` as `counted` gives."""
    session.connection().execute(
        _OPEN,
        {
            "case_ref": ref,
            "key": key,
            "kind": str(kind),
            "state": str(WaitState.OPEN),
            "due": due,
            "counted_from": counted_from,
            "length": length,
            "awaited": awaited,
            "child_ref": child_ref,
            "opened_no": opened_no,
            "ended_no": None,
        },
    )


def end_wait(session: Session, ref: str, key: str, how: WaitState, *, no: int) -> bool:
    """End an open wait by the entry of that number. False where it is not open any more, or there is none."""
    ended = session.connection().execute(_END, {"ref": ref, "the_key": key, "how": str(how), "no": no})
    return ended.rowcount == 1
