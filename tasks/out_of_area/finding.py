"""Placements that nobody typed in: what brokerage arranged, and what the register's packages of care show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.forms.brokerage import CareWanted, ProviderOffered
from models.forms.out_of_area import OutOfAreaPlacement, PlacementTakenOn
from models.forms.out_of_area_signals import PlacementIsOver, PlacementLacksOwner
from models.notices import Recipient, RecipientKind
from models.out_of_area.kinds import Direction
from models.out_of_area.tables import Placement, PlacementAngle
from models.policy import Policy
from models.providers.kinds import PaidBy, ProviderKind
from models.providers.tables import CarePackage, Provider
from models.register import Person
from models.states import CaseStatus, WorkItemState
from models.working_time import local_day
from tasks.durable import SKIP, audited, here
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.out_of_area.known import serving
from tasks.out_of_area.placing import COUNCIL_NOT_KNOWN
from tasks.register.lookups import provider, responsible_team

PROCEDURE = "out-of-area-placement"
PLACING_COUNCIL_NOT_KNOWN = "the council that placed them"


# ---------------------------------------------------------------------- from brokerage


@audited("Looked whether they are placed out of area", clauses="TRN-52", for_cases_past=SKIP)
def find_placement(wanted: CareWanted, offered: ProviderOffered, starts_on: date) -> OutOfAreaPlacement | None:
    """What the tracker's case is opened with, so that nobody types it again; None where it is not out of area."""
    step = here()
    known = provider(step.session, offered.provider) if offered.provider else None
    if known is not None and not is_out_of_area(step.policy, known):
        return None
    if known is None and not offered.other_council:
        return None
    return OutOfAreaPlacement(
        direction=Direction.OURS_ELSEWHERE,
        person=wanted.person,
        person_in_words="" if wanted.person else wanted.for_whom,
        provider=offered.provider,
        provider_in_words=offered.provider_in_words,
        council=(known.host_council if known else None) or offered.other_council or COUNCIL_NOT_KNOWN,
        placed_on=starts_on,
        came_from=step.case.ref,
    )


def is_out_of_area(policy: Policy, known: Provider) -> bool:
    """Whether people go to it outside of our area; whoever comes to people's own homes is out of area for nobody."""
    return not known.in_area and ProviderKind(known.kind) in policy.out_of_area.kinds


# ---------------------------------------------------------------------- from the register


@dataclass
class TrackedThisMorning:
    """What was found: refs of cases that were opened, that hear of an end, and that have nobody by name."""

    opened: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    without_owner: list[str] = field(default_factory=list)


def keep_tracker(council: Council | None = None) -> TrackedThisMorning:
    """
    On a working day: a case for whoever the register shows as placed out of area and the tracker does not have.

    A placement whose package of care has ended hears so, and one that nobody looks after by name is given to somebody.
    """
    council = council or council_of_this_process()
    found, today = TrackedThisMorning(), local_day(council.clock.now())
    if not council.policy.working_calendar().is_working_day(today):
        return found
    with council.database.read() as session:
        missing = list(_missing(session, council.policy, today))
        over = list(_over(session, today))
        nobody = _without_owner(session, today)
    for facts, owner in missing:
        with council.change() as change:
            found.opened.append(open_in(change, PROCEDURE, facts, owner=owner))
    for ref, until in over:
        said = f"the register shows no care from there since {until:%d %B %Y}"
        if _tell(council, ref, PlacementIsOver(on=until, how_known=said), f"register-ended:{until}"):
            found.over.append(ref)
    for ref in nobody:
        if _tell(council, ref, PlacementLacksOwner(), f"nobody:{today}"):
            found.without_owner.append(ref)
    return found


def _tell(council: Council, ref: str, signal: PlacementIsOver | PlacementLacksOwner, signal_id: str) -> bool:
    with council.change() as change:
        if change.lock(ref).status is CaseStatus.CLOSED:
            return False
        take_in_signal(change, ref, signal, signal_id=signal_id)
    return True


def _missing(session: Session, policy: Policy, today: date) -> Iterable[tuple[OutOfAreaPlacement, Recipient]]:
    """Each package of somebody living that goes on out of area and has no case, with who is to take it on."""
    rows = session.execute(
        select(CarePackage, Provider)
        .join(Provider, Provider.id == CarePackage.provider_id)
        .join(Person, Person.id == CarePackage.person_id)
        .where(Person.died_on.is_(None), CarePackage.since <= today)
        .where(or_(CarePackage.until.is_(None), CarePackage.until > today))
        .order_by(CarePackage.person_id, CarePackage.provider_id, CarePackage.since.desc())
    )
    seen: set[tuple[str, str]] = set()
    for package, known in rows.tuples():
        facts = _as_placement(policy, package, known)
        if facts is None or (package.person_id, known.id) in seen:
            continue
        seen.add((package.person_id, known.id))
        if not _is_tracked(session, policy, package, today):
            team = responsible_team(session, package.person_id, today)
            yield facts, Recipient.team(team.id) if team else Recipient.role(policy.out_of_area.looked_after_by)


def _as_placement(policy: Policy, package: CarePackage, known: Provider) -> OutOfAreaPlacement | None:
    """Ours elsewhere, whoever pays (GAP-48), or another council's here; None for all others."""
    theirs = bool(package.placed_by) or package.paid_by == PaidBy.OTHER_COUNCIL
    if theirs:
        if not known.in_area:
            return None  # neither council is ours
        direction, council = Direction.THEIRS_HERE, package.placed_by or PLACING_COUNCIL_NOT_KNOWN
    elif is_out_of_area(policy, known):
        direction, council = Direction.OURS_ELSEWHERE, known.host_council or COUNCIL_NOT_KNOWN
    else:
        return None
    return OutOfAreaPlacement(
        direction=direction,
        person=package.person_id,
        provider=known.id,
        council=council,
        placed_on=package.since,
        paid_by=PaidBy(package.paid_by),
    )


def _is_tracked(session: Session, policy: Policy, package: CarePackage, today: date) -> bool:
    """
    Whether a placement of that person with that provider is open, or ended so lately that the register lags behind.

    A restricted one counts. One that came onto the tracker a moment ago gets no second case: its first step sees to it.
    """
    ends = session.scalars(
        select(Placement.ended_at).where(
            Placement.person_id == package.person_id, Placement.provider_id == package.provider_id
        )
    ).all()
    lag = policy.out_of_area.register_lags.days
    return any(at is None or (today - local_day(at)).days < lag for at in ends)


def _over(session: Session, today: date) -> Iterable[tuple[str, date]]:
    """Open placements whose package the register had, and shows as ended, with the day."""
    rows = session.execute(
        select(Placement.case_ref, CarePackage.until)
        .join(
            CarePackage,
            (CarePackage.person_id == Placement.person_id) & (CarePackage.provider_id == Placement.provider_id),
        )
        .where(Placement.ended_at.is_(None), Placement.stopped_at.is_(None))
        .order_by(Placement.case_ref, CarePackage.until)
    )
    latest: dict[str, date | None] = {}
    for ref, until in rows.tuples():
        goes_on = until is None or (ref in latest and latest[ref] is None)
        latest[ref] = None if goes_on else until
    return [(ref, until) for ref, until in latest.items() if until is not None and until <= today]


def _without_owner(session: Session, today: date) -> list[str]:
    """Open placements that nobody looks after by name, or not from each side, and about which nobody is asked."""
    asked = select(WorkItem.case_ref).where(
        WorkItem.form == PlacementTakenOn.name(), WorkItem.state == WorkItemState.OPEN
    )
    rows = session.execute(
        select(Placement.case_ref, Case.owner, PlacementAngle.owner)
        .join(Case, Case.ref == Placement.case_ref)
        .join(PlacementAngle, PlacementAngle.case_ref == Placement.case_ref)
        .where(Placement.ended_at.is_(None), Placement.stopped_at.is_(None), Placement.case_ref.not_in(asked))
        .order_by(Placement.case_ref)
    )
    return list(
        dict.fromkeys(
            ref
            for ref, owner, watcher in rows.tuples()
            if Recipient.from_tag(owner).kind is not RecipientKind.STAFF or serving(session, watcher, today) is None
        )
    )
