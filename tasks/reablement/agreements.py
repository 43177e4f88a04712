"""Who is to agree to a change of a plan, what they said, and that nobody is asked twice for the same thing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.reablement.edits import PlanEdits
from models.reablement.findings import ToAgree
from models.reablement.tables import ChangeState, PlanAgreement, PlanChange
from tasks.durable import audited, here
from tasks.reablement.plans import changes_under_way, locked_plan, version_in_force


@audited("Looked up who is to agree", clauses="REA-06")
def look_up_who_is_to_agree(plan: str) -> tuple[ToAgree, ...]:
    """
    Everybody involved, with what they have said already to the same in this or another change.

    An older change under way that wants the same of them is named: they are asked there, and not once more.
    """
    step = here()
    locked_plan(step.session, plan)
    change = step.session.get_one(PlanChange, step.case.ref)
    digests = PlanEdits.model_validate_json(change.edits).digests
    older = [one for one in changes_under_way(step.session, plan) if one.place < change.place]
    _, content = version_in_force(step.session, plan)
    found = []
    for party in content.involved:
        said = _said(step.session, plan, party.id, digests, change.seen)
        asked_in = next(
            (
                one.change_ref
                for one in older
                if digests - said.keys() <= PlanEdits.model_validate_json(one.edits).digests
            ),
            None,
        )
        agreed = digests <= {digest for digest, agrees in said.items() if agrees}
        objected = not all(said.values())
        found.append(
            ToAgree(
                party=party,
                agreed_already=agreed,
                objected=objected,
                asked_in=None if agreed or objected else asked_in,
            )
        )
    return tuple(found)


@audited("Noted what they said to the change", clauses="REA-06", keyed_by="party")
def note_agreement(plan: str, party: str, agrees: bool) -> None:
    """What somebody involved said to every edit of this case's change."""
    step = here()
    locked_plan(step.session, plan)
    change = step.session.get_one(PlanChange, step.case.ref)
    for digest in sorted(PlanEdits.model_validate_json(change.edits).digests):
        step.session.add(
            PlanAgreement(
                case_ref=plan,
                change_ref=change.change_ref,
                party=party,
                digest=digest,
                agrees=agrees,
                said_at=step.now,
            )
        )


def _said(session: Session, plan: str, party: str, digests: Collection[str], since: int) -> dict[str, bool]:
    """
    What they said last to each of those edits, in changes under way or made since that version.

    What they said to a change that was stopped, or to one that the author of this had before their eyes, is past.
    """
    rows = session.execute(
        select(PlanAgreement.digest, PlanAgreement.agrees)
        .join(PlanChange, PlanChange.change_ref == PlanAgreement.change_ref)
        .where(PlanAgreement.case_ref == plan, PlanAgreement.party == party, PlanAgreement.digest.in_(digests))
        .where((PlanChange.state == ChangeState.UNDER_WAY) | (PlanChange.became > since))
        .order_by(PlanAgreement.id)
    )
    return dict(rows.tuples().all())
