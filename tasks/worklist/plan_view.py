"""What stands on the page of a reablement plan: its versions, what differs, who holds which copy, what is under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.permissions import Action
from models.policy import Policy
from models.reablement.difference import differences
from models.reablement.edits import MONITORING, called
from models.reablement.findings import PlanStands
from models.reablement.plan import KINDS, PlanContent, kind_of
from models.reablement.tables import HOME, PlanProgress, PlanVersion, ReablementPlan
from models.working_time import local_day
from tasks.reablement.open_matters import PAUSE, going_on_of, open_matters_of
from tasks.reablement.photographs import Photograph, photographs_in
from tasks.reablement.plans import standing_of_plan
from tasks.worklist.members import Member
from tasks.worklist.scope import NotFound, cases_within


class Difference(StrEnum):
    """How something in one version stands to the other."""

    SAME = "same"
    """It says the same in both."""
    CHANGED = "changed"
    """It says something else."""
    NEW = "new"
    """Only the later version has it."""
    GONE = "gone"
    """Only the earlier version has it."""


@dataclass(frozen=True)
class Beside:
    """One thing of the plan as two versions have it. Personal data."""

    item: str
    """Its id, such as V2."""
    called: str
    """What people call it, such as "visit V2"."""
    before: str
    after: str
    difference: Difference


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side. Personal data."""

    before: int
    after: int
    rows: tuple[Beside, ...]
    differences: tuple[str, ...]
    """The same in sentences; empty: nothing differs."""


@dataclass(frozen=True)
class Version:
    """One version of the plan. Personal data."""

    number: int
    made_at: datetime
    made_in: str
    """Ref of the case that made it."""
    differences: tuple[str, ...]
    """From the version before, in sentences; empty for the first."""


@dataclass(frozen=True)
class Copy:
    """The copy that somebody has, or is to have. Personal data."""

    holder: str
    """Their id in the plan, or "home"."""
    who: str
    """Who that is."""
    version: int | None
    """None: they have none yet."""
    route: str
    """How it was given; where they are to have none any more, why."""
    given_at: datetime | None
    by_hand: bool
    """Amended by hand to say what that version says."""
    wanted: bool
    """They are to have the version in force, and do not have it yet."""
    no_longer: bool
    """They hold a copy and are not to have one any more."""


@dataclass(frozen=True)
class OutcomeStands:
    """An outcome of the plan, and since when it is achieved. Personal data."""

    item: str
    what: str
    achieved_on: date | None


@dataclass(frozen=True)
class UnderWay:
    """A change that is not made yet. Personal data."""

    ref: str
    """The case that wants it."""
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Matter:
    """Something open about the plan, or that came from it: what it is and since when, nothing of what was said."""

    ref: str
    what: str
    since: datetime
    goes_on: bool
    """It goes on without the plan."""


@dataclass(frozen=True)
class PlanView:
    """A plan as somebody reads it who is about to visit, or is asked about it. Personal data."""

    plan: str
    person: str
    """Register id."""
    team: str
    version: int
    """Number of the version in force."""
    content: PlanContent
    begun_on: date
    free_until: date
    free_days_left: int
    """0 on the last free day; less than 0: they are over."""
    paused_at: datetime | None
    paused_in: str | None
    """Ref of the case that paused it."""
    ended_at: datetime | None
    ended_because: str
    home_governs: bool
    """Somebody has an older copy still, and until all have the new one the copy at home is the one to go by."""
    outcomes: tuple[OutcomeStands, ...]
    copies: tuple[Copy, ...]
    photographs: tuple[Photograph, ...]
    """Of the copy at home, as people took them in."""
    open_matters: tuple[Matter, ...]
    """
    The oldest first.

    Of a safeguarding pause, and of what goes on without the plan, only what the reader may see.
    """
    changes: tuple[UnderWay, ...]
    versions: tuple[Version, ...]
    """The latest first."""
    comparison: Comparison | None
    """None: there is one version."""
    may_open: frozenset[str]
    """Refs of the cases named here that the reader may see."""


def plan_view(
    session: Session,
    member: Member,
    policy: Policy,
    ref: str,
    now: datetime,
    *,
    before: int | None = None,
    after: int | None = None,
) -> PlanView:
    """
    The plan of a case that the reader may see; `before` and `after` are the versions to compare.

    Left out, or where there is no such version, the one in force is compared with the one before it. Raises `NotFound`.
    """
    row = session.get(ReablementPlan, ref)
    if row is None:  # it is no plan's case, or its plan was erased
        raise NotFound("plan")
    kept = _versions(session, ref)
    stands = standing_of_plan(session, ref)
    refs = {one.ref for one in stands.changes} | {made_in for _, _, made_in in kept.values()}
    photographs = photographs_in(session, refs)
    refs |= {one.case for one in photographs} | ({row.paused_in} if row.paused_in else set())
    matters = (*open_matters_of(session, ref), *going_on_of(session, ref))
    may_open = _within_reach(session, member, refs | {one.ref for one in matters}, local_day(now))
    waits_for_copies = bool(stands.to_get_a_copy) and not stands.ended
    return PlanView(
        plan=ref,
        person=stands.person,
        team=stands.team,
        version=stands.version,
        content=stands.content,
        begun_on=stands.begun_on,
        free_until=stands.free_until,
        free_days_left=(stands.free_until - local_day(now)).days,
        paused_at=row.paused_at,
        paused_in=row.paused_in,
        ended_at=row.ended_at,
        ended_because=row.ended_because or "",
        home_governs=waits_for_copies and policy.gaps.plan_paperwork.home_copy_holds_until_copies_are_out,
        outcomes=_outcomes(session, stands),
        copies=_copies(stands, [content for content, _, _ in kept.values()]),
        photographs=photographs,
        open_matters=tuple(
            Matter(one.ref, one.what, one.since, one.goes_on)
            for one in matters
            if one.ref in may_open or not (one.goes_on or one.procedure == PAUSE)
        ),
        changes=tuple(UnderWay(one.ref, one.differences) for one in stands.changes),
        versions=_told(kept),
        comparison=_compared({number: content for number, (content, _, _) in kept.items()}, before, after),
        may_open=may_open,
    )


_Kept = dict[int, tuple[PlanContent, datetime, str]]
"""The versions by number: what each says, when and in which case it was made."""


def _versions(session: Session, ref: str) -> _Kept:
    found = session.scalars(select(PlanVersion).where(PlanVersion.case_ref == ref).order_by(PlanVersion.number))
    return {one.number: (PlanContent.model_validate_json(one.content), one.made_at, one.made_in) for one in found}


def _told(kept: _Kept) -> tuple[Version, ...]:
    told = []
    for number, (content, made_at, made_in) in kept.items():
        earlier = kept.get(number - 1)
        changed = differences(earlier[0], content) if earlier is not None else ()
        told.append(Version(number, made_at, made_in, changed))
    return tuple(reversed(told))


def _compared(contents: dict[int, PlanContent], before: int | None, after: int | None) -> Comparison | None:
    if len(contents) < 2:
        return None
    last = max(contents)
    second = after if after in contents else last
    others = sorted(number for number in contents if number != second)
    neighbour = max((number for number in others if number < second), default=others[0])  # of the first: the next
    first = before if before in others else neighbour
    first, second = min(first, second), max(first, second)
    old, new = contents[first], contents[second]
    return Comparison(first, second, _rows(old, new), differences(old, new))


def _rows(old: PlanContent, new: PlanContent) -> tuple[Beside, ...]:
    """Every item of either, in the order of the plan; then monitoring."""
    stood, stands = old.items, new.items
    order = [one.letter for one in KINDS]
    ids = sorted(stood.keys() | stands.keys(), key=lambda one: (order.index(kind_of(one).letter), int(one[1:])))
    rows = [
        _beside(one, str(stood[one]) if one in stood else "", str(stands[one]) if one in stands else "") for one in ids
    ]
    return (*rows, _beside(MONITORING, str(old.monitoring), str(new.monitoring)))


def _beside(item: str, before: str, after: str) -> Beside:
    difference = Difference.SAME if before == after else Difference.CHANGED
    if not before or not after:
        difference = Difference.NEW if after else Difference.GONE
    return Beside(item, called(item), before, after, difference)


def _outcomes(session: Session, stands: PlanStands) -> tuple[OutcomeStands, ...]:
    rows = select(PlanProgress.outcome, PlanProgress.achieved_on).where(PlanProgress.case_ref == stands.plan)
    since = dict(session.execute(rows).tuples().all())
    return tuple(OutcomeStands(one.id, one.what, since.get(one.id)) for one in stands.content.outcomes)


def _copies(stands: PlanStands, contents: list[PlanContent]) -> tuple[Copy, ...]:
    """The home first, then everybody in the order of the plan, then who holds one and is not to have one any more."""
    named = {one.id: str(one).removesuffix("; has no copy") for content in contents for one in content.involved}
    held = {one.holder: one for one in stands.copies}
    former = [one for one, copy in held.items() if one not in stands.holders and not copy.is_none]
    copies = []
    for holder in (*stands.holders, *former):
        copy = held.get(holder)
        copies.append(
            Copy(
                holder=holder,
                who="The copy at the person’s home" if holder == HOME else named.get(holder, holder),
                version=copy.version if copy and not copy.is_none else None,
                route=copy.route if copy else "",
                given_at=copy.given_at if copy else None,
                by_hand=copy.by_hand if copy else False,
                wanted=holder in stands.to_get_a_copy,
                no_longer=holder in former,
            )
        )
    return tuple(copies)


def plan_of_case(session: Session, member: Member, case: Case, on: date) -> str | None:
    """Ref of the plan that a case looks after or was opened about, where the reader may see it."""
    above: Case | None = case
    while above is not None and session.get(ReablementPlan, above.ref) is None:
        above = session.get(Case, above.parent_ref) if above.parent_ref else None
    if above is None:
        return None
    return above.ref if _within_reach(session, member, {above.ref}, on) else None


def _within_reach(session: Session, member: Member, refs: set[str], on: date) -> frozenset[str]:
    within = cases_within(session, member, Action.READ_CASE, on)
    return frozenset(session.scalars(select(Case.ref).where(Case.ref.in_(refs), within)))
