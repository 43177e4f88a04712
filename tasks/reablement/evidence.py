"""What comes about a plan that somebody is deciding on or giving out already: it joins that case, or none is there."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.forms.base import Signal
from models.forms.plan_change import MoreEvidence
from models.forms.plan_copies import HomeCopyAmended
from models.forms.reablement_signals import EvidenceKind, EvidenceReceived
from models.reablement.plan import day_in_words
from models.reablement.tables import HOME, PlanVersion
from models.states import CaseStatus
from models.working_time import for_people, local_day
from tasks.durable import audited, here, outside
from tasks.durable.arrivals import entry_of_signal, send_signal, take_in_signal
from tasks.durable.ledger import SYSTEM, CaseIsClosed
from tasks.reablement.open_matters import CHANGE, cases_of, is_undecided
from tasks.reablement.plans import last_copies, version_in_force
from tasks.register.lookups import staff_member


@audited("Looked which open decision more evidence belongs to", clauses="REA-10 GAP-34", reads_outside=True)
def join_evidence(plan: str, evidence: EvidenceReceived, received_at: datetime) -> str | None:
    """
    Ref of the case in which evidence about the plan is undecided, and which has this as well now; None: there is none.

    Whether it is undecided is looked at while nobody can answer it, and each case is locked by itself, before this
    step's own transaction: what has joined a case came to it before the answer. What is sent twice counts once.
    """
    step = outside()
    more = MoreEvidence(evidence=evidence, received_at=received_at)
    sent_as = _id_of(more, plan, received_at.isoformat())
    with step.council.database.read() as session:
        changes = _changes_of(session, plan)
        for ref in changes:
            if entry_of_signal(session, ref, sent_as) is not None:
                return ref
    for ref in changes:
        with step.council.change() as change:
            if change.lock(ref).status is not CaseStatus.CLOSED and is_undecided(change.session, ref):
                take_in_signal(change, ref, more, by=SYSTEM, signal_id=sent_as)
                return ref
    return None


@audited("Decided on all this evidence together", clauses="REA-09 REA-10")
def note_decided_together(pieces: tuple[MoreEvidence, ...]) -> tuple[str, ...]:
    """What came while the first was undecided and stood beside the question, in words: it is decided with it."""
    return tuple(
        f"{one.evidence.kind.replace('-', ' ')} from {one.evidence.given_by}, received {for_people(one.received_at)}"
        for one in pieces
    )


@audited("Looked who gives out the version that the copy at home says", clauses="REA-12", reads_outside=True)
def pass_on_amendment(plan: str, amended: HomeCopyAmended) -> str | None:
    """
    Ref of the case whose copies are out and which has heard it; None: the copy says what no change has agreed.

    That is the case that made the version in force, as long as the home waits for its copy, and where the day is not
    before the version. What is sent twice counts once.
    """
    step = outside()
    with step.council.database.read() as session:
        made_in = _home_copy_is_to_come_from(session, plan, amended)
    if made_in is None:
        return None
    with contextlib.suppress(CaseIsClosed):
        send_signal(step.council, made_in, amended, by=SYSTEM, signal_id=_id_of(amended, plan, step.now.isoformat()))
        return made_in
    return None


@audited("Read as evidence what the copy at home says", clauses="REA-12")
def read_amendment(amended: HomeCopyAmended, by: str) -> EvidenceReceived:
    """The copy at home says what no change has agreed: it is decided whether the plan is to say so as well."""
    member = staff_member(here().session, by)
    return EvidenceReceived(
        kind=EvidenceKind.OBSERVATION,
        given_by=member.name if member is not None else by,
        what=f"The copy at home was amended by hand on {day_in_words(amended.amended_on)}.",
        noticed_on=amended.amended_on,
        changed_at_home=True,
        home_copy_says=f"what the photograph {amended.photograph} shows" if amended.photograph else "",
    )


# -------------------------------------------------------------- inside a transaction


def _changes_of(session: Session, plan: str) -> list[str]:
    """Refs of the cases about changes of a plan, closed or not, the oldest first."""
    query = select(Case.ref).where(Case.ref.in_(cases_of(session, plan)), Case.procedure == CHANGE)
    return list(session.scalars(query.order_by(Case.opened_at, Case.ref)))


def _home_copy_is_to_come_from(session: Session, plan: str, amended: HomeCopyAmended) -> str | None:
    number, _ = version_in_force(session, plan)
    version, at_home = session.get_one(PlanVersion, (plan, number)), last_copies(session, plan).get(HOME)
    has_it = at_home is not None and at_home.version == number and not at_home.by_hand
    if version.made_in == plan or has_it or amended.amended_on < local_day(version.made_at):
        return None
    return version.made_in


def _id_of(signal: Signal, *more: str) -> str:
    """The same for the same thing said at the same time."""
    return hashlib.sha256(":".join((signal.model_dump_json(), *more)).encode()).hexdigest()[:32]
