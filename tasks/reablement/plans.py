"""A reablement plan begins, is looked up, makes progress, pauses and ends."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.forms.reablement import ReablementBegun
from models.reablement.applying import applied, clash, numbered, unknown_items
from models.reablement.difference import differences
from models.reablement.edits import PlanEdits
from models.reablement.findings import ChangeUnderWay, CopyHeld, PlanStands
from models.reablement.plan import PlanContent
from models.reablement.tables import (
    HOME,
    ChangeState,
    PlanChange,
    PlanCopy,
    PlanProgress,
    PlanVersion,
    ReablementPlan,
)
from models.states import CaseStatus
from models.working_time import LONDON, local_day
from tasks.durable import audited, here
from tasks.reablement.beginning import first_content

WITH_THE_FIRST_VISIT = "given when reablement began"


NOON = time(12)
"""Taken for what was done on an earlier day, of which the hour is not known."""


class UnknownPlan(PathwaysError):
    """There is no reablement plan of that ref: give the ref of the case that looks after it."""


@audited("Reablement begins with its first plan", clauses="REA-11")
def begin_plan(begun: ReablementBegun) -> PlanStands:
    """The first version is in force; whoever is to have a copy, and the home, has it (REA-16)."""
    step = here()
    content = first_content(step.session, begun)
    began = moment_on(begun.begun_on, step.now)
    step.session.add(
        ReablementPlan(
            case_ref=step.case.ref,
            person_id=begun.person,
            team_id=begun.team,
            begun_on=begun.begun_on,
            free_until=begun.begun_on + timedelta(days=step.policy.reablement.free_days - 1),
            in_force=1,
        )
    )
    step.session.flush()
    step.session.add(
        PlanVersion(
            case_ref=step.case.ref,
            number=1,
            content=content.model_dump_json(),
            made_at=began,
            made_in=step.case.ref,
        )
    )
    for holder in (HOME, *(one.id for one in content.involved if one.has_copy)):
        step.session.add(
            PlanCopy(
                case_ref=step.case.ref,
                holder=holder,
                version=1,
                route=WITH_THE_FIRST_VISIT,
                by_hand=False,
                given_at=began,
                given_in=step.case.ref,
            )
        )
    step.session.flush()
    return standing_of_plan(step.session, step.case.ref)


def moment_on(day: date, now: datetime) -> datetime:
    """When something was done on a day: now, where that is today, else the noon of that day."""
    return datetime.combine(day, NOON, LONDON) if day < local_day(now) else now


@audited("Looked up how the plan stands")
def look_up_plan(plan: str) -> PlanStands:
    """The version in force, who has which copy, and what others are changing. Raises `UnknownPlan`."""
    return standing_of_plan(here().session, plan)


@audited("Noted outcomes that are achieved", clauses="REA-25")
def note_progress(plan: str, outcomes: tuple[str, ...], achieved_on: date) -> PlanStands:
    """The person has achieved those outcomes, by id; what was noted before stays as it was."""
    step = here()
    locked_plan(step.session, plan)
    content = version_in_force(step.session, plan)[1]
    for one in outcomes:
        known = step.session.get(PlanProgress, (plan, one))
        if known is None and one in content.items:
            step.session.add(PlanProgress(case_ref=plan, outcome=one, achieved_on=achieved_on, noted_in=step.case.ref))
    step.session.flush()
    return standing_of_plan(step.session, plan)


@audited("Reablement has paused", clauses="REA-34 REA-35 GAP-35")
def pause_plan(plan: str) -> bool:
    """No visits are made from now on. False: it was paused already, or has ended."""
    step = here()
    row = locked_plan(step.session, plan)
    if row.paused_at is not None or row.ended_at is not None:
        return False
    row.paused_at, row.paused_in = step.now, step.case.ref
    return True


@audited("Reablement goes on after a pause", clauses="REA-34 GAP-35")
def resume_plan(plan: str) -> bool:
    """
    Visits are made again. False: this case has not paused it, or another that has is still open.

    A pause that another case wants as well lasts until that one ends it too.
    """
    step = here()
    row = locked_plan(step.session, plan)
    if row.paused_in != step.case.ref:
        return False
    row.paused_in = also_paused_in(step.session, row, besides=step.case.ref)
    if row.paused_in is None:
        row.paused_at = None
    return row.paused_in is None


@audited("Reablement has ended")
def end_plan(because: str) -> None:
    """The plan of this case is no longer in force; changes under way are not made any more."""
    step = here()
    row = locked_plan(step.session, step.case.ref)
    row.ended_at, row.ended_because = step.now, because
    row.paused_at, row.paused_in = None, None


# -------------------------------------------------------------- inside a transaction


def locked_plan(session: Session, plan: str) -> ReablementPlan:
    """The plan's row, locked until the transaction ends, so that changes take turns. Raises `UnknownPlan`."""
    row = session.get(ReablementPlan, plan, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownPlan
    return row


def also_paused_in(session: Session, row: ReablementPlan, *, besides: str) -> str | None:
    """The ref of the oldest other open case about the person that has paused a plan and not ended its pause."""
    did = select(Entry.case_ref).where(Entry.kind == EntryKind.DONE)
    return session.scalar(
        select(Case.ref)
        .join(CasePerson, CasePerson.case_ref == Case.ref)
        .where(CasePerson.person_id == row.person_id, Case.status != CaseStatus.CLOSED, Case.ref != besides)
        .where(Case.ref.in_(did.where(Entry.step == "pause-plan")))
        .where(Case.ref.not_in(did.where(Entry.step == "resume-plan")))
        .order_by(Case.opened_at, Case.ref)
        .limit(1)
    )


def version_in_force(session: Session, plan: str) -> tuple[int, PlanContent]:
    """Number and content of the version in force. Raises `UnknownPlan`."""
    row = session.get(ReablementPlan, plan)
    if row is None:
        raise UnknownPlan
    return row.in_force, version(session, plan, row.in_force)


def version(session: Session, plan: str, number: int) -> PlanContent:
    """The content of one version. Raises `UnknownPlan`."""
    row = session.get(PlanVersion, (plan, number))
    if row is None:
        raise UnknownPlan
    return PlanContent.model_validate_json(row.content)


def every_version(session: Session, plan: str) -> list[PlanContent]:
    """The contents of all versions, the first first."""
    found = session.scalars(
        select(PlanVersion.content).where(PlanVersion.case_ref == plan).order_by(PlanVersion.number)
    )
    return [PlanContent.model_validate_json(content) for content in found]


def changes_under_way(session: Session, plan: str) -> list[PlanChange]:
    """The changes that are neither made nor stopped, the oldest first."""
    return list(
        session.scalars(
            select(PlanChange)
            .where(PlanChange.case_ref == plan, PlanChange.state == ChangeState.UNDER_WAY)
            .order_by(PlanChange.place)
        )
    )


def standing_of_plan(session: Session, plan: str) -> PlanStands:
    """How a plan stands now. Raises `UnknownPlan`."""
    row = session.get(ReablementPlan, plan)
    number, content = version_in_force(session, plan)
    assert row is not None
    achieved = session.scalars(
        select(PlanProgress.outcome).where(PlanProgress.case_ref == plan).order_by(PlanProgress.outcome)
    )
    return PlanStands(
        plan=plan,
        person=row.person_id,
        team=row.team_id,
        version=number,
        content=content,
        begun_on=row.begun_on,
        free_until=row.free_until,
        paused=row.paused_at is not None,
        ended=row.ended_at is not None,
        achieved=tuple(one for one in achieved if one in content.items),
        copies=tuple(last_copies(session, plan).values()),
        changes=tuple(_under_way(session, plan, one, content) for one in changes_under_way(session, plan)),
        made_in=session.get_one(PlanVersion, (plan, number)).made_in,
    )


def last_copies(session: Session, plan: str) -> dict[str, CopyHeld]:
    """The copy that each holder has, by holder."""
    given = session.scalars(select(PlanCopy).where(PlanCopy.case_ref == plan).order_by(PlanCopy.id))
    return {
        one.holder: CopyHeld(
            holder=one.holder, version=one.version, route=one.route, given_at=one.given_at, by_hand=one.by_hand
        )
        for one in given
    }


def _under_way(session: Session, plan: str, change: PlanChange, content: PlanContent) -> ChangeUnderWay:
    edits, seen = PlanEdits.model_validate_json(change.edits), version(session, plan, change.seen)
    fits = not unknown_items(edits, content) and not clash(edits, seen, content)
    base = content if fits else seen
    after = applied(edits, base, last_numbers=numbered(every_version(session, plan)))
    return ChangeUnderWay(ref=change.change_ref, edits=edits, differences=differences(base, after))
