"""The tracker of out-of-area placements, as one reader may see it: what is overdue first (TRN-52)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.forms.out_of_area import ConcernActedOn
from models.notices import Recipient, RecipientKind
from models.out_of_area.clocks import review_due
from models.out_of_area.kinds import Angle, Direction, SharedKind, SharingOutcome
from models.out_of_area.tables import Placement, PlacementAngle, PlacementShare
from models.permissions import Action
from models.policy import Policy
from models.provider_failure.tables import AffectedPerson, Incident
from models.register import Person
from models.states import WorkItemState
from models.working_time import local_day
from tasks.register.traces import in_pieces
from tasks.unseen.reached import last_reached
from tasks.worklist.members import Member
from tasks.worklist.naming import Names, people_of
from tasks.worklist.scope import cases_within

EVERYBODY = "out-of-area tracker"
"""What the access log has where somebody looked at the tracker: it is about no one person."""


@dataclass(frozen=True)
class AngleShown:
    """One of the four sides. What was found is personal data."""

    angle: Angle
    owner_id: str | None
    """Staff id; none: nobody is named."""
    owner: str
    """Their name."""
    found: str
    looked_at: datetime | None
    next_look_on: date
    is_late: bool


@dataclass(frozen=True)
class ShareShown:
    """What the other council was told last, and how that stands."""

    case: str
    kind: SharedKind
    given_at: datetime | None
    ended_as: SharingOutcome | None

    @property
    def in_words(self) -> str:
        """As the tracker says it."""
        if self.ended_as is not None:
            return f"{self.kind}: {self.ended_as}"
        return f"{self.kind}: {'given, no answer yet' if self.given_at else 'not given yet'}"


@dataclass(frozen=True)
class PlacementLine:
    """An open placement. Personal data."""

    case: str
    direction: Direction
    person_id: str | None
    person: str
    died_on: date | None
    safe_contact: str
    """How they may be reached safely; empty: nothing is to be heeded."""
    provider_id: str | None
    provider: str
    council: str
    contact: str
    placed_on: date
    paid_by: str
    owner_tag: str
    owner: str
    """By name; a team or a role until somebody has taken it on."""
    has_owner: bool
    angles: tuple[AngleShown, ...]
    """What is overdue first."""
    next_review: datetime | None
    """None: its clocks stand still while a manager confirms that it is over."""
    is_review_late: bool
    reviewed_at: datetime | None
    last_seen: datetime | None
    """When somebody last really reached the person, in any procedure."""
    shares: tuple[ShareShown, ...]
    """The latest first."""
    has_concern: bool
    """A concern about it is open: whoever looks after it has not said yet what was done."""
    incident: str | None
    """Ref of the open incident of the provider, where the reader may see it."""

    @property
    def stands_still(self) -> bool:
        """Whether it is being confirmed that it is over."""
        return self.next_review is None

    @property
    def late(self) -> int:
        """How many of the review and the four sides are overdue."""
        return self.is_review_late + sum(one.is_late for one in self.angles)

    @property
    def order(self) -> tuple[object, ...]:
        """An incident first, then an open concern, nobody by name, what is overdue, and the soonest day."""
        looks = min(one.next_look_on for one in self.angles)
        day = min(looks, local_day(self.next_review)) if self.next_review else looks
        return (self.incident is None, not self.has_concern, self.has_owner, -self.late, day, self.case)


def tracker_of(session: Session, member: Member | None, policy: Policy, now: datetime) -> tuple[PlacementLine, ...]:
    """
    Every open placement whose case the reader may see, what is overdue first.

    Without a member it is whoever runs a command on this machine: they see what is not restricted.
    """
    today = local_day(now)
    rows = session.execute(
        select(Placement, Case)
        .join(Case, Case.ref == Placement.case_ref)
        .where(Placement.ended_at.is_(None), _within(session, member, today))
        .order_by(Placement.case_ref)
    ).tuples()
    found = list(rows.all())
    refs = [row.case_ref for row, _ in found]
    people = [row.person_id for row, _ in found if row.person_id]
    sides, shares = _sides(session, refs), _shares(session, refs)
    tags = {case.owner for _, case in found}
    tags |= {Recipient.staff(one.owner).tag for some in sides.values() for one in some if one.owner}
    board = _Board(
        policy=policy,
        now=now,
        names=Names(session, tags),
        people=people_of(session, people),
        seen=last_reached(session, now, select(Person.id).where(Person.id.in_(people))) if people else {},
        sides=sides,
        shares=shares,
        concerns=_concerns(session, refs),
        incidents=_incidents(session, member, [row for row, _ in found], today),
    )
    return tuple(sorted((board.line(row, case) for row, case in found), key=lambda one: one.order))


def _within(session: Session, member: Member | None, on: date) -> ColumnElement[bool]:
    return Case.restricted.is_(False) if member is None else cases_within(session, member, Action.READ_CASE, on)


def _sides(session: Session, refs: Collection[str]) -> dict[str, list[PlacementAngle]]:
    found: defaultdict[str, list[PlacementAngle]] = defaultdict(list)
    for some in in_pieces(sorted(refs)):
        for row in session.scalars(select(PlacementAngle).where(PlacementAngle.case_ref.in_(some))):
            found[row.case_ref].append(row)
    return found


def _shares(session: Session, refs: Collection[str]) -> dict[str, list[PlacementShare]]:
    found: defaultdict[str, list[PlacementShare]] = defaultdict(list)
    for some in in_pieces(sorted(refs)):
        told = select(PlacementShare).where(PlacementShare.placement_ref.in_(some))
        for row in session.scalars(told.order_by(PlacementShare.opened_at.desc(), PlacementShare.case_ref)):
            found[row.placement_ref].append(row)
    return found


def _concerns(session: Session, refs: Collection[str]) -> set[str]:
    """The placements about which a concern is open."""
    asked = select(WorkItem.case_ref).where(
        WorkItem.form == ConcernActedOn.name(), WorkItem.state == WorkItemState.OPEN
    )
    some = (session.scalars(asked.where(WorkItem.case_ref.in_(part))) for part in in_pieces(sorted(refs)))
    return {ref for part in some for ref in part}


def _incidents(session: Session, member: Member | None, placements: Collection[Placement], on: date) -> dict[str, str]:
    """
    The open incident of each placement's provider, by the placement's ref, where the reader may see it.

    An incident may be confidential: it is shown to whoever may read it, or the case that it opened about this person.
    """
    going_on = session.scalars(select(Incident).where(Incident.ended_at.is_(None)).order_by(Incident.began_at)).all()
    if not going_on:
        return {}
    refs = [one.case_ref for one in going_on]
    touched = session.execute(
        select(AffectedPerson.incident_ref, AffectedPerson.person_id)
        .join(Case, Case.ref == AffectedPerson.case_ref)
        .where(AffectedPerson.incident_ref.in_(refs), _within(session, member, on))
    ).tuples()
    may_read = set(session.scalars(select(Case.ref).where(Case.ref.in_(refs), _within(session, member, on))))
    of_theirs = set(touched.all())
    found: dict[str, str] = {}
    for row in placements:
        for incident in going_on:
            same_name = row.provider_name.casefold() == incident.provider_name.casefold()
            same = row.provider_id == incident.provider_id if row.provider_id and incident.provider_id else same_name
            if same and (incident.case_ref in may_read or (incident.case_ref, row.person_id) in of_theirs):
                found[row.case_ref] = incident.case_ref
    return found


@dataclass(frozen=True)
class _Board:
    """What is the same for every placement."""

    policy: Policy
    now: datetime
    names: Names
    people: Mapping[str, Person]
    seen: Mapping[str, datetime]
    sides: Mapping[str, list[PlacementAngle]]
    shares: Mapping[str, list[PlacementShare]]
    concerns: Collection[str]
    incidents: Mapping[str, str]

    def line(self, row: Placement, case: Case) -> PlacementLine:
        runs = row.stopped_at is None
        review = review_due(row.review_from, row.review_rule).under(self.policy) if runs else None
        known = self.people.get(row.person_id or "")
        angles = [self.angle(one, runs=runs) for one in self.sides.get(row.case_ref, [])]
        return PlacementLine(
            case=row.case_ref,
            direction=Direction(row.direction),
            person_id=row.person_id,
            person=(known.name if known else row.name) or "Name not known",
            died_on=known.died_on if known else None,
            safe_contact=(known.safe_contact if known else None) or "",
            provider_id=row.provider_id,
            provider=row.provider_name,
            council=row.council,
            contact=row.council_contact or "",
            placed_on=row.placed_on,
            paid_by=row.paid_by,
            owner_tag=case.owner,
            owner=self.names(case.owner),
            has_owner=Recipient.from_tag(case.owner).kind is RecipientKind.STAFF,
            angles=tuple(
                sorted(angles, key=lambda one: (not one.is_late, one.next_look_on, tuple(Angle).index(one.angle)))
            ),
            next_review=review,
            is_review_late=review is not None and review <= self.now,
            reviewed_at=row.reviewed_at,
            last_seen=self.seen.get(row.person_id or ""),
            shares=tuple(map(_share, self.shares.get(row.case_ref, []))),
            has_concern=row.case_ref in self.concerns,
            incident=self.incidents.get(row.case_ref),
        )

    def angle(self, row: PlacementAngle, *, runs: bool) -> AngleShown:
        return AngleShown(
            angle=Angle(row.angle),
            owner_id=row.owner,
            owner=self.names(Recipient.staff(row.owner).tag) if row.owner else "",
            found=row.found or "",
            looked_at=row.looked_at,
            next_look_on=row.next_look_on,
            is_late=runs and row.next_look_on < local_day(self.now),
        )


def _share(row: PlacementShare) -> ShareShown:
    return ShareShown(
        case=row.case_ref,
        kind=SharedKind(row.kind),
        given_at=row.given_at,
        ended_as=SharingOutcome(row.ended_as) if row.ended_as else None,
    )
