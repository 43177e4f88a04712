"""
The ledger: a case's memory and its audit in one.

Entries are only ever added. Each carries the hash of the one before and a salted digest of its payload, so that a
payload can be erased when its time has passed and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.cases import Case, Entry, EntryPayload, Lease
from models.entry_kinds import EntryKind
from models.errors import CheckFailed, PathwaysError
from models.states import CaseStatus

_read_json = json.JSONDecoder().raw_decode  # what `Pen` wrote has no space around it
SYSTEM = "system"
"""Who did what no person did."""


class UnknownCase(PathwaysError):
    """There is no case with that reference: look it up with `pathways case list`."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"there is no case {ref}: look it up with `pathways case list`")
        self.ref = ref


class CaseIsClosed(CheckFailed):
    """The case is closed; what comes for it needs another case."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"case {ref} is closed: nothing can be added to it; open another case if something is needed")
        self.ref = ref


class LeaseLost(PathwaysError):
    """Another leg has taken the case over; this one must write nothing more."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"the lease on case {ref} was lost: another leg carries it on")
        self.ref = ref


@dataclass(frozen=True)
class Fact:
    """What is to be entered: `text` is what a reader sees, `data` what the flow recalls. Both may be personal."""

    kind: EntryKind
    key: str
    text: str
    step: str = ""
    data: Any = None
    by: str = SYSTEM
    clauses: Sequence[str] = ()


@dataclass
class Recorded:
    """An entry as it was recalled from the ledger."""

    no: int
    at: datetime
    kind: EntryKind
    key: str
    step: str
    by: str
    content: str | None = field(repr=False)
    _payload: dict[str, Any] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def payload(self) -> dict[str, Any]:
        """`text` and `data`; both missing once erased. Read when it is wanted: most entries are never asked."""
        if self._payload is None:
            self._payload = {} if self.content is None else dict(_read_json(self.content)[0])
        return self._payload

    @property
    def data(self) -> Any:
        """What the step returned, the answer given, the signal sent."""
        return self.payload.get("data")

    @property
    def text(self) -> str:
        """The line a reader sees."""
        return str(self.payload.get("text", "(erased)"))


@dataclass(frozen=True)
class LockedCase:
    """A case's row, held for writing until the transaction ends."""

    ref: str
    procedure: str
    status: CaseStatus
    owner: str
    restricted: bool
    head_no: int
    head_hash: str
    wake_no: int
    asleep_wake_no: int
    generation: int
    flow_run_id: str | None
    failures: int
    parent_ref: str | None
    fence: int
    lease_holder: str | None
    lease_expires_at: datetime | None


_case, _lease, _entry, _payload = (cast(Table, model.__table__) for model in (Case, Lease, Entry, EntryPayload))
_LOCK = (
    select(
        _case.c.ref,
        _case.c.procedure,
        _case.c.status,
        _case.c.owner,
        _case.c.restricted,
        _case.c.head_no,
        _case.c.head_hash,
        _case.c.wake_no,
        _case.c.asleep_wake_no,
        _case.c.generation,
        _case.c.flow_run_id,
        _case.c.failures,
        _case.c.parent_ref,
        _lease.c.fence,
        _lease.c.holder,
        _lease.c.expires_at,
    )
    .join_from(_case, _lease, _lease.c.case_ref == _case.c.ref)
    .where(_case.c.ref == bindparam("ref"))
    .with_for_update(of=[_case, _lease])  # both: what is read while waiting for a lock on one alone may be stale
)
_ENTER, _ENTER_PAYLOAD = insert(_entry), insert(_payload)
_MOVE_HEAD = (
    update(_case)
    .where(_case.c.ref == bindparam("the_ref"))
    .values(head_no=bindparam("new_no"), head_hash=bindparam("new_hash"))
)
_LEDGER = select(
    _entry.c.no, _entry.c.at, _entry.c.kind, _entry.c.key, _entry.c.step, _entry.c.by, _payload.c.content
).join_from(_entry, _payload, (_payload.c.case_ref == _entry.c.case_ref) & (_payload.c.no == _entry.c.no), isouter=True)
_RECALL = _LEDGER.where(_entry.c.case_ref == bindparam("ref")).order_by(_entry.c.no)
_RECALL_EACH = (
    _LEDGER.add_columns(_entry.c.case_ref)
    .where(_entry.c.case_ref.in_(bindparam("refs", expanding=True)))
    .order_by(_entry.c.case_ref, _entry.c.no)
)
_KINDS = {str(kind): kind for kind in EntryKind}


def lock_case(session: Session, ref: str) -> LockedCase:
    """The case's row, locked until the transaction ends. Raises `UnknownCase`."""
    row = session.connection().execute(_LOCK, {"ref": ref}).first()
    if row is None:
        raise UnknownCase(ref)
    values = tuple(row)
    return LockedCase(values[0], values[1], CaseStatus(values[2]), *values[3:])


def lock_cases(session: Session, refs: Iterable[str]) -> None:
    """Lock those of the cases that there are: always in the order of their refs, so that no two wait for each other."""
    there = session.scalars(select(Case.ref).where(Case.ref.in_(set(refs))))
    for ref in sorted(there):
        lock_case(session, ref)


def lock_open_case(session: Session, ref: str) -> LockedCase:
    """As `lock_case`, and raises `CaseIsClosed` where nothing may be added any more."""
    case = lock_case(session, ref)
    if case.status is CaseStatus.CLOSED:
        raise CaseIsClosed(ref)
    return case


class Pen:
    """Writes entries into one locked case within one transaction, keeping the chain."""

    def __init__(self, session: Session, case: LockedCase, *, at: datetime, policy: str) -> None:
        self.session = session
        self.case = case
        self.at = at.astimezone(UTC)
        self._policy = policy
        self._no = case.head_no
        self._hash = case.head_hash

    @property
    def next_no(self) -> int:
        """The number that the next entry will have."""
        return self._no + 1

    def enter(self, fact: Fact) -> Recorded:
        """Add one entry and move the case's head."""
        no, salt = self.next_no, secrets.token_hex(16)
        content = json.dumps({"text": fact.text, "data": fact.data}, ensure_ascii=False, separators=(",", ":"))
        content = content.encode("utf-8", "backslashreplace").decode()  # half a character, as JSON can write it
        row: dict[str, Any] = {
            "case_ref": self.case.ref,
            "no": no,
            "at": self.at,
            "kind": str(fact.kind),
            "key": fact.key,
            "step": fact.step,
            "by": fact.by,
            "clauses": " ".join(fact.clauses),
            "policy": self._policy,
            "payload_digest": payload_digest(salt, content),
            "previous_hash": self._hash,
        }
        row["hash"] = entry_hash(row)
        connection = self.session.connection()
        connection.execute(_ENTER, row)
        connection.execute(_ENTER_PAYLOAD, {"case_ref": self.case.ref, "no": no, "salt": salt, "content": content})
        connection.execute(_MOVE_HEAD, {"the_ref": self.case.ref, "new_no": no, "new_hash": row["hash"]})
        self._no, self._hash = no, row["hash"]
        return Recorded(no, self.at, fact.kind, fact.key, fact.step, fact.by, content)


def recall(session: Session, ref: str) -> list[Recorded]:
    """The whole ledger of a case, in order, in one query."""
    rows = session.connection().execute(_RECALL, {"ref": ref})
    return [Recorded(no, at, _KINDS[kind], key, step, by, content) for no, at, kind, key, step, by, content in rows]


def recall_each(session: Session, refs: Sequence[str]) -> dict[str, list[Recorded]]:
    """The whole ledgers of several cases by their refs, in one query; of a case that there is not, an empty one."""
    ledgers: dict[str, list[Recorded]] = {ref: [] for ref in refs}
    for no, at, kind, key, step, by, content, ref in session.connection().execute(_RECALL_EACH, {"refs": list(refs)}):
        ledgers[ref].append(Recorded(no, at, _KINDS[kind], key, step, by, content))
    return ledgers


def first_hash(ref: str) -> str:
    """What the first entry of a case is chained to."""
    return hashlib.sha256(f"ledger of {ref}".encode()).hexdigest()


def payload_digest(salt: str, content: str) -> str:
    """The salted digest that stands for a payload in its entry's hash."""
    return hashlib.sha256(f"{salt}\n{content}".encode()).hexdigest()


HASHED = (
    "case_ref",
    "no",
    "at",
    "kind",
    "key",
    "step",
    "by",
    "clauses",
    "policy",
    "payload_digest",
    "previous_hash",
)


def entry_hash(row: dict[str, Any]) -> str:
    """SHA-256 over everything an entry says and the hash of the entry before. `row` is keyed as the table's columns."""
    said = [row[name].isoformat() if name == "at" else row[name] for name in HASHED]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
