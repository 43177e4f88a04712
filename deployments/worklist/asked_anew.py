"""
A question that a case has taken back and asks anew, as it has gone on meanwhile: nobody types their answer twice.

The same question is one of the same form under the same name in the same case, whichever time it is asked.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.worklist.drafts import KeptDraft, draft_of
from models.cases import WorkItem
from models.states import WorkItemState
from models.worklist import Draft
from tasks.durable.council import Council


def path_of(item_id: str) -> str:
    """Where the item is answered."""
    return f"/work-items/{item_id}"


def asked_anew(session: Session, item_id: str) -> str | None:
    """The id of the open item that asks again what this one asked, which was taken back."""
    item = session.get_one(WorkItem, item_id)
    if item.state != WorkItemState.WITHDRAWN:
        return None
    return next((one.id for one in _same_question(session, item, WorkItemState.OPEN)), None)


def carried_over(council: Council, staff_id: str, item_id: str) -> KeptDraft | None:
    """What they had typed when the question was taken back is their draft of the one that asks it now."""
    with council.database.read() as session:
        item = session.get_one(WorkItem, item_id)
        before = [path_of(one.id) for one in _same_question(session, item, WorkItemState.WITHDRAWN)]
        found = next((path for path in before if draft_of(session, staff_id, path) is not None), None)
    if found is None:
        return None
    with council.database.write() as session:
        draft = session.scalar(select(Draft).where(Draft.staff_id == staff_id, Draft.path == found))
        if draft is not None and draft_of(session, staff_id, path_of(item_id)) is None:
            draft.path = path_of(item_id)
            session.flush()
        return draft_of(session, staff_id, path_of(item_id))


def _same_question(session: Session, item: WorkItem, state: WorkItemState) -> list[WorkItem]:
    """The others of that question in that state, the newest first."""
    wanted = select(WorkItem).where(
        WorkItem.case_ref == item.case_ref, WorkItem.form == item.form, WorkItem.state == state, WorkItem.id != item.id
    )
    found = session.scalars(wanted.order_by(WorkItem.opened_at.desc(), WorkItem.id))
    return [one for one in found if _question(one) == _question(item)]


def _question(item: WorkItem) -> str:
    """What it is called in its case, without which time it is asked."""
    return item.key.partition("[")[0]
