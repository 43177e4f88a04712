"""Opening and closing cases. A case has an owner from its first moment, and its run follows the commit."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from pydantic import ValidationError
from sqlalchemy import Table, bindparam, insert, select, update

from models.cases import Case, Lease, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.forms.base import CaseFacts
from models.notices import Recipient
from models.refs import new_ref
from models.states import CaseStatus, WaitState, WorkItemState
from tasks.durable.arrivals import note_closing, raise_wake_no
from tasks.durable.chasing import call_off
from tasks.durable.council import Change, Council
from tasks.durable.ledger import SYSTEM, Fact, LockedCase, Pen, first_hash
from tasks.durable.leg import Step

_case, _lease, _wait, _item = (cast(Table, model.__table__) for model in (Case, Lease, Wait, WorkItem))
_OPEN, _ADD_LEASE = insert(_case), insert(_lease)
_WITHDRAW_ALL = (
    update(_wait)
    .where(_wait.c.case_ref == bindparam("the_ref"), _wait.c.state == str(WaitState.OPEN))
    .values(state=str(WaitState.WITHDRAWN), ended_no=bindparam("no"))
)
_WITHDRAW_ITEMS = (
    update(_item)
    .where(_item.c.case_ref == bindparam("the_ref"), _item.c.state == str(WorkItemState.OPEN))
    .values(state=str(WorkItemState.WITHDRAWN))
    .returning(_item.c.id)
)
_CLOSE = (
    update(_case)
    .where(_case.c.ref == bindparam("the_ref"))
    .values(status=str(CaseStatus.CLOSED), closed_at=bindparam("now"), next_due=None, awaiting="Closed", failures=0)
)
_WAITING_FOR = select(_wait.c.case_ref, _wait.c.key).where(
    _wait.c.child_ref == bindparam("ref"), _wait.c.state == str(WaitState.OPEN)
)


class WrongFacts(PathwaysError):
    """A case cannot be opened with that; the message names what is wrong, never what was given."""


def open_new(
    council: Council,
    procedure: str,
    facts: CaseFacts,
    *,
    owner: Recipient,
    by: str = SYSTEM,
    restricted: bool = False,
) -> str:
    """Open a case and give its ref. It belongs to `owner` from now on."""
    with council.change() as change:
        return open_in(change, procedure, facts, owner=owner, by=by, restricted=restricted)


def open_in(
    change: Change,
    procedure: str,
    facts: CaseFacts,
    *,
    owner: Recipient,
    by: str = SYSTEM,
    restricted: bool = False,
    parent_ref: str | None = None,
) -> str:
    """As `open_new`, in a transaction that does more; the run is started after its commit."""
    session, ref = change.session, new_ref()
    session.connection().execute(
        _OPEN,
        {
            "ref": ref,
            "procedure": procedure,
            "status": str(CaseStatus.OPEN),
            "restricted": restricted,
            "owner": owner.tag,
            "opened_at": change.now,
            "closed_at": None,
            "parent_ref": parent_ref,
            "head_no": 0,
            "head_hash": first_hash(ref),
            "wake_no": 0,
            "asleep_wake_no": -1,
            "next_due": change.now,
            "colour": None,
            "awaiting": "New",
            "failures": 0,
            "generation": 0,
            "flow_run_id": None,
            "run_created_at": None,
        },
    )
    session.connection().execute(
        _ADD_LEASE, {"case_ref": ref, "fence": 0, "holder": None, "expires_at": None, "released_at": None}
    )
    pen = change.pen(change.lock(ref))
    text = f"Opened; belongs to {owner.words}"
    pen.enter(Fact(EntryKind.OPENED, owner.tag, text, procedure, facts.model_dump(mode="json"), by=by))
    change.to_wake.add(ref)
    return ref


def read_facts(model: type[CaseFacts], data: object) -> CaseFacts:
    """What a case is opened with, from data. Raises `WrongFacts`."""
    try:
        return model.model_validate(data)
    except ValidationError as refused:
        problems = [".".join(map(str, e["loc"])) + ": " + e["msg"] for e in refused.errors(include_input=False)]
    raise WrongFacts("the case cannot be opened: " + "; ".join(problems))


def close(here: Step, outcome: str | None) -> None:
    """Close the running case: what is still open is withdrawn, and whoever waited for it hears."""
    ref = here.case.ref
    entry = here.pen.enter(
        Fact(EntryKind.CLOSED, "closed", f"Closed: {outcome or 'done'}", here.case.procedure, outcome)
    )
    connection = here.session.connection()
    connection.execute(_WITHDRAW_ALL, {"the_ref": ref, "no": entry.no})
    for item_id in connection.execute(_WITHDRAW_ITEMS, {"the_ref": ref}).scalars().all():
        call_off(here.session, item_id)
    connection.execute(_CLOSE, {"the_ref": ref, "now": here.now})
    waiting = connection.execute(_WAITING_FOR, {"ref": ref}).tuples().all()
    for case_ref, key in sorted(waiting, key=lambda one: one[0]):
        other = here.change.lock(case_ref)
        if other.status is not CaseStatus.CLOSED:
            note_closing(here.change.pen(other), key, ref, outcome)
            raise_wake_no(here.change, other.ref)


def change_owner(pen: Pen, case: LockedCase, to: Recipient, *, by: str) -> None:
    """Give a case another owner, who has accepted it."""
    pen.enter(Fact(EntryKind.OWNER_CHANGED, "owner", f"Now belongs to {to.words}", to.tag, to.tag, by=by))
    pen.session.execute(update(Case).where(Case.ref == case.ref).values(owner=to.tag))


def next_due_of(moments: list[datetime | None]) -> datetime | None:
    """The earliest of several moments that may be missing."""
    return min((moment for moment in moments if moment is not None), default=None)
