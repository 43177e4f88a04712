"""Reablement plans: what is in force, every version with what it changed, who holds which copy, what is under way."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query

from deployments.worklist.api.calling import Call, Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.shapes import Moment, Ref, Shape, case_with
from models.permissions import Action
from models.reablement.plan import PlanContent
from tasks.worklist.plan_view import Difference, plan_view

operations = Operations("plans")
Number = Annotated[int | None, Query(description="Number of a version.", ge=1, le=10**6)]


class BesideShown(Shape):
    """One thing of the plan as two versions have it. Personal data."""

    item: str
    """Its id, such as V2; `monitoring` for that."""
    called: str
    before: str
    """Empty: the earlier version does not have it."""
    after: str
    difference: Difference


class ComparisonShown(Shape):
    """Two versions side by side. Personal data."""

    before: int
    after: int
    rows: list[BesideShown]
    differences: list[str]
    """The same in sentences; empty: nothing differs."""


class VersionShown(Shape):
    """One version of the plan. Personal data."""

    number: int
    made_at: Moment
    made_in: str
    """Reference of the case that made it."""
    differences: list[str]
    """From the version before, in sentences."""


class CopyShown(Shape):
    """The copy that somebody has, or is to have. Personal data."""

    holder: str
    """Their id in the plan, or `home`."""
    who: str
    version: int | None
    """None: they have none yet."""
    route: str
    """How it was given; where they are to have none any more, why."""
    given_at: Moment | None
    by_hand: bool
    """Amended by hand to say what that version says."""
    wanted: bool
    """They are to have the version in force, and do not have it yet."""
    no_longer: bool
    """They hold a copy and are not to have one any more."""


class PhotographShown(Shape):
    """A photograph of the copy at home. It is read under `/cases/{case}/letters/{id}`, as a letter is."""

    id: str
    case: str
    """Reference of the case with which it is kept."""
    said_in: str
    """Reference of the case in which it was named."""
    taken_in_at: Moment


class OutcomeShown(Shape):
    """An outcome of the plan. Personal data."""

    item: str
    what: str
    achieved_on: date | None


class ChangeShown(Shape):
    """A change that is not made yet. Personal data."""

    ref: str
    """Reference of the case that wants it."""
    differences: list[str]


class MatterShown(Shape):
    """Something open about the plan, or that came from it: what it is and since when."""

    ref: str
    """Reference of its case."""
    what: str
    since: Moment
    goes_on: bool
    """It goes on without the plan."""


class PlanShown(Shape):
    """A reablement plan, as its page shows it. Personal data."""

    plan: str
    """Reference of the case that looks after it."""
    person: str
    """Register id."""
    team: str
    version: int
    """Number of the version in force."""
    content: PlanContent
    """The version in force."""
    begun_on: date
    free_until: date
    paused_at: Moment | None
    paused_in: str | None
    ended_at: Moment | None
    ended_because: str
    home_governs: bool
    """Not everybody has the new version: until they do, the copy at the person's home is the one to go by."""
    outcomes: list[OutcomeShown]
    copies: list[CopyShown]
    photographs: list[PhotographShown]
    open_matters: list[MatterShown]
    """The oldest first; of a safeguarding pause, and of what goes on without the plan, only what the caller may see."""
    changes: list[ChangeShown]
    versions: list[VersionShown]
    """The latest first."""
    comparison: ComparisonShown | None
    """None: there is one version."""


@operations.add("GET", "/plans/{ref}", Action.READ_CASE)
def show_plan(call: Calling, ref: Ref, before: Number = None, after: Number = None) -> PlanShown:
    """
    A reablement plan by the reference of its case; noted in the access log.

    `before` and `after` are the versions to compare; left out, the one in force is compared with the one before it.
    """
    ref = case_with(call, ref, Action.READ_CASE)
    call.note_look("read-plan", ref)
    return _shown(call, ref, before, after)


def _shown(call: Call, ref: str, before: int | None, after: int | None) -> PlanShown:
    with call.council.database.read() as session:
        view = plan_view(session, call.member, call.council.policy, ref, call.now, before=before, after=after)
        return PlanShown.model_validate(view)
