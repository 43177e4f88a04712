"""
The daily lists: each working morning a team with anything to see gets one case, or the one it has goes on.

Beside it the steps of that case: what stands on the list, and what was seen to.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from models.cases import Case
from models.forms.recording import DailyDifferences, DifferencesSeen, MorningCame
from models.notices import Recipient
from models.recording import Difference
from models.register import Team
from models.roles import Role
from models.states import CaseStatus
from models.working_time import for_people, local_day
from tasks.differences import duty_team
from tasks.durable import audited, here
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.finding_differences import find_differences
from tasks.register.lookups import team_carrying_on, team_leader_of

PROCEDURE = "record-differences"


class DifferenceList(BaseModel):
    """What a team has to see, numbered from 1 in the order in which it was found."""

    model_config = ConfigDict(frozen=True)

    ids: tuple[int, ...]
    """The differences, in the order of the lines."""
    lines: tuple[str, ...]
    oldest: AwareDatetime | None
    """When the first of them was found."""
    also_tell: tuple[str, ...]
    """Tags of those who hear that it lies, because it has for too long."""

    @property
    def to_read(self) -> str:
        """The list as it stands beside the form."""
        return "\n".join(f"{number}. {line}" for number, line in enumerate(self.lines, start=1))

    @property
    def in_words(self) -> str:
        """For the story."""
        return f"{len(self.lines)}"


def open_this_mornings_lists(council: Council | None = None) -> list[str]:
    """On a working day: look for differences, and bring each team's before it; refs of the cases, one for each team."""
    council = council or council_of_this_process()
    if not council.policy.working_calendar().is_working_day(local_day(council.clock.now())):
        return []
    find_differences(council)
    for team in _teams_with_anything_to_see(council):
        with council.change() as change:
            _hand_to_successor(change, team)
    lists = [_bring(council, team) for team in _teams_with_anything_to_see(council)]
    return [ref for ref in lists if ref is not None]


def _teams_with_anything_to_see(council: Council) -> list[str]:
    with council.database.read() as session:
        unseen = select(Difference.team_id).where(Difference.seen_at.is_(None))
        return list(session.scalars(unseen.distinct().order_by(Difference.team_id)))


def _hand_to_successor(change: Change, team: str) -> None:
    """What a team that has closed has not seen goes on the list of the one that carries on its work."""
    carrying_on = team_carrying_on(change.session, team, local_day(change.now))
    to = carrying_on.id if carrying_on is not None else duty_team(change.policy)
    if to != team:
        change.session.execute(
            update(Difference)
            .where(Difference.team_id == team, Difference.seen_at.is_(None))
            .values(team_id=to, case_ref=None)
        )


def _bring(council: Council, team: str) -> str | None:
    """Open the team's case, or tell the one it has that a morning came; None where there is nothing to see."""
    with council.change() as change:
        session = change.session
        session.execute(select(Team.id).where(Team.id == team).with_for_update())  # one at a time for each team
        unseen = session.scalars(_unseen(team)).all()
        if not unseen:
            return None
        ref = _open_list(session, team)
        today = local_day(change.now)
        if ref is None:
            owner = Recipient.team(team)
            ref = open_in(change, PROCEDURE, DailyDifferences(team=team), owner=owner)
        else:
            take_in_signal(change, ref, MorningCame(day=today), signal_id=f"morning:{today}")
        for one in unseen:
            one.case_ref = ref
        return ref


def _open_list(session: Session, team: str) -> str | None:
    """The team's list that is still open."""
    listed = select(Difference.case_ref).where(Difference.team_id == team, Difference.case_ref.is_not(None))
    return session.scalar(
        select(Case.ref)
        .where(Case.procedure == PROCEDURE, Case.status != CaseStatus.CLOSED, Case.ref.in_(listed))
        .order_by(Case.opened_at)
        .limit(1)
    )


@audited("Listed what differs")
def list_differences(team: str) -> DifferenceList:
    """What the team has not seen to yet, and who else hears that it has lain for too long."""
    step = here()
    unseen = step.session.scalars(_unseen(team)).all()
    oldest = unseen[0].found_at if unseen else None
    return DifferenceList(
        ids=tuple(one.id for one in unseen),
        lines=tuple(f"{one.text} (found {for_people(one.found_at)})" for one in unseen),
        oldest=oldest,
        also_tell=tuple(one.tag for one in _above(team, oldest)) if oldest else (),
    )


@audited("Entered what was seen to")
def enter_seen(listed: DifferenceList, answer: DifferencesSeen) -> int:
    """Mark the lines that were seen to; how many are left."""
    step = here()
    numbers = answer.lines or range(1, len(listed.ids) + 1)
    seen = [listed.ids[number - 1] for number in numbers if number <= len(listed.ids)]
    step.session.execute(
        update(Difference).where(Difference.id.in_(seen), Difference.seen_at.is_(None)).values(seen_at=step.now)
    )
    return len(listed.ids) - len(seen)


def _above(team: str, oldest: datetime) -> list[Recipient]:
    """The team's leader once it has lain too long, and the team manager after twice that."""
    step, length = here(), here().policy.gaps.record_ends.differences_told_after
    calendar = step.policy.working_calendar()
    late = calendar.add(oldest, length)
    if step.now <= late:
        return []
    leader = team_leader_of(step.session, team, on=local_day(step.now))
    told = [Recipient.staff(leader.id) if leader else Recipient.role(Role.TEAM_LEADER)]
    return [*told, Recipient.role(Role.TEAM_MANAGER)] if step.now > calendar.add(late, length) else told


def _unseen(team: str) -> Select[tuple[Difference]]:
    return select(Difference).where(Difference.team_id == team, Difference.seen_at.is_(None)).order_by(Difference.id)
