"""Who is to agree to a change of a plan, what they said, and that nobody is asked twice for the same thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.reablement.edits import PlanEdits
from models.reablement.findings import ToAgree
from models.reablement.plan import Involved
from models.reablement.tables import ChangeState, PlanAgreement, PlanChange
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.reablement.plans import changes_under_way, locked_plan, version_in_force
from tasks.register.lookups import staff_member


@audited("Looked up who is to agree", clauses="REA-06")
def look_up_who_is_to_agree(plan: str) -> tuple[ToAgree, ...]:
    """
    Everybody involved, with what they have said already to the same in this or another change.

    An older change under way that wants the same of them, or to which they have objected, is named: they are asked
    there, and not once more.
    """
    step = here()
    locked_plan(step.session, plan)
    change = step.session.get_one(PlanChange, step.case.ref)
    return who_is_to_agree(
        step.session,
        plan,
        PlanEdits.model_validate_json(change.edits),
        change.seen,
        older=[one for one in changes_under_way(step.session, plan) if one.place < change.place],
        on=local_day(step.now),
    )


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


# -------------------------------------------------------------- inside a transaction


def who_is_to_agree(
    session: Session, plan: str, edits: PlanEdits, seen: int, *, older: Sequence[PlanChange], on: date
) -> tuple[ToAgree, ...]:
    """As `look_up_who_is_to_agree`, for edits whether they are proposed already or not."""
    digests, found = edits.digests, []
    wanted_there = {one.change_ref: PlanEdits.model_validate_json(one.edits).digests for one in older}
    _, content = version_in_force(session, plan)
    for party in content.involved:
        said = _said(session, plan, party.id, digests, seen)
        objected = [change for agrees, change in said.values() if not agrees]
        agreed = digests <= {digest for digest, (agrees, _) in said.items() if agrees}
        asked = next((ref for ref, wanted in wanted_there.items() if digests - said.keys() <= wanted), None)
        if objected:
            asked = next((ref for ref in objected if ref in wanted_there), None)
        found.append(
            ToAgree(
                party=party,
                agreed_already=agreed,
                objected=bool(objected),
                asked_in=None if agreed else asked,
                is_ours=is_on_our_staff(session, party, on),
            )
        )
    return tuple(found)


def is_on_our_staff(session: Session, party: Involved, on: date) -> bool:
    """Whether somebody involved is a member of staff who has not left by that day."""
    member = staff_member(session, party.staff) if party.staff else None
    return member is not None and (member.left_on is None or member.left_on > on)


def _said(session: Session, plan: str, party: str, digests: Collection[str], since: int) -> dict[str, tuple[bool, str]]:
    """
    What they said last to each of those edits, and in which change: in those under way or made since that version.

    What they said to a change that was stopped, or to one that the author of this had before their eyes, is past.
    """
    rows = session.execute(
        select(PlanAgreement.digest, PlanAgreement.agrees, PlanAgreement.change_ref)
        .join(PlanChange, PlanChange.change_ref == PlanAgreement.change_ref)
        .where(PlanAgreement.case_ref == plan, PlanAgreement.party == party, PlanAgreement.digest.in_(digests))
        .where((PlanChange.state == ChangeState.UNDER_WAY) | (PlanChange.became > since))
        .order_by(PlanAgreement.id)
    )
    return {digest: (agrees, change) for digest, agrees, change in rows.tuples()}
