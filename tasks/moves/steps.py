"""How a move stands: each step writes it where the managers' lists and figures are made of (TRN-03)."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import func, select

from models.cases import Case
from models.forms.moves import MoveWanted
from models.moves.clocks import checked_by, prepared_by
from models.moves.kinds import Arrangement, MoveOutcome, TheySay
from models.moves.tables import Move, MoveGap, MoveHandover
from models.notices import Recipient
from models.roles import Role
from models.working_time import local_day
from tasks.case_people import open_cases_about
from tasks.differences import duty_team
from tasks.durable import audited, here
from tasks.durable.leg import Step
from tasks.durable.people import team_of
from tasks.register.lookups import provider, responsible_team


class OtherCase(BaseModel):
    """Another case that is open about somebody who moves; it goes on."""

    model_config = ConfigDict(frozen=True)

    ref: str
    procedure: str
    owner: str
    """Tag."""


class MoveStands(BaseModel):
    """What the house knows of a move when it begins."""

    model_config = ConfigDict(frozen=True)

    receiver: str
    """Tag of who is asked to take them on, where nobody else is named."""
    usual_receiver: str
    """Tag of who that is for this kind of move, whoever was named."""
    arrangements: tuple[Arrangement, ...]
    """What must be in place before the day."""
    other: str
    """What `other` means on this council's list."""
    team: str
    """Id of the team near which managers are asked."""
    others: tuple[OtherCase, ...]


@audited("Began the move", clauses="TRN-01 TRN-15 TRN-16 TRN-17")
def begin_move(wanted: MoveWanted) -> MoveStands:
    """The move stands among the managers' from now on; who receives and what must be in place is policy's."""
    step = here()
    sent_by = Recipient.from_tag(wanted.asked_by) if wanted.asked_by else Recipient.role(Role.DUTY_WORKER)
    pathway = step.policy.moves.of(wanted.pathway)
    step.session.add(
        Move(
            case_ref=step.case.ref,
            pathway=wanted.pathway,
            who_moves=wanted.who_moves,
            person_id=wanted.person,
            sent_by=sent_by.tag,
            old_service=_name(step, wanted.old_provider) or wanted.old_service,
            new_service=None if wanted.to_be_found else _name(step, wanted.new_provider) or wanted.new_service,
            first_day=wanted.day,
            day=wanted.day,
            care_ends_on=wanted.care_ends_on,
            put_off=0,
        )
    )
    others = open_cases_about(step.session, wanted.person) if wanted.person else []
    cases = [step.session.get_one(Case, ref) for ref in others if ref != step.case.ref]
    return MoveStands(
        receiver=f"team-{wanted.new_team}" if wanted.new_team else pathway.receiver,
        usual_receiver=pathway.receiver,
        arrangements=pathway.every_arrangement,
        other=pathway.other,
        team=_team(step, sent_by, wanted.person),
        others=tuple(OtherCase(ref=one.ref, procedure=one.procedure, owner=one.owner) for one in cases),
    )


def _team(step: Step, sent_by: Recipient, person: str | None) -> str:
    """The sender's team; else the person's; else duty's."""
    if (own := team_of(step.session, sent_by)) is not None:
        return own
    found = responsible_team(step.session, person, local_day(step.now)) if person else None
    return found.id if found else duty_team(step.policy)


def _name(step: Step, provider_id: str | None) -> str:
    found = provider(step.session, provider_id) if provider_id else None
    return found.name if found else ""


# ---------------------------------------------------------------------- before the day


@audited("Noted what they say to the move", clauses="TRN-02")
def note_talked_over(they_say: TheySay) -> None:
    """Its risks count as talked over once it is agreed to."""
    row = _row()
    row.they_say = they_say
    row.talked_over_at = here().now if they_say is TheySay.AGREES else None


@audited("Noted that it is planned", clauses="TRN-01")
def note_planned(day: date) -> None:
    """What happens next, and who does each thing, is known; this is the day."""
    row = _row()
    row.planned_at, row.day = here().now, day


@audited("Noted that every arrangement is in place", clauses="TRN-01")
def note_in_place() -> None:
    """All that is on the list of this pathway."""
    _row().in_place_at = here().now


@audited("Noted that the day is another one", clauses="TRN-04")
def note_day(day: date, *, put_off: bool) -> None:
    """What is arranged has to be looked at anew where it is put off."""
    row = _row()
    row.day = day
    if put_off:
        row.put_off += 1
        row.in_place_at = None


@audited("Noted where they go", clauses="TRN-01 TRN-06")
def note_destination(new_service: str, new_provider: str | None) -> str:
    """What was accepted, talked over and arranged for another place counts no more; gives its name."""
    row = _row()
    name = _name(here(), new_provider) or new_service
    row.new_service = name or None
    row.talked_over_at = row.planned_at = row.in_place_at = row.accepted_at = None
    row.they_say = None
    return name


@audited("Noted where brokerage has found a place", clauses="TRN-01 TRN-06")
def note_found(new_service: str, day: date) -> None:
    """Accepted by the person, and taken on by name at the provider."""
    row = _row()
    row.new_service, row.day = new_service, max(row.day, day)


@audited("Noted when the care they have ends", clauses="TRN-04")
def note_care_ends(day: date | None) -> None:
    """The first day without it, by whoever gives it now; none: it goes on until the new one has begun."""
    _row().care_ends_on = day


@audited("Noted that it cannot wait until all is prepared", clauses="TRN-01 TRN-06")
def note_emergency() -> None:
    """A manager has decided so, with the reasons."""
    _row().emergency_at = here().now


# ---------------------------------------------------------------------- who takes them on


@audited("Noted who is asked to take them on", clauses="TRN-06")
def note_asked_to_take_on(asked_of: str) -> int:
    """From now on it counts how long they take; gives its number."""
    step = here()
    row = _row()
    row.received_by = asked_of
    last = select(func.max(MoveHandover.number)).where(MoveHandover.case_ref == row.case_ref)
    number = 1 + (step.session.scalar(last) or 0)
    step.session.add(MoveHandover(case_ref=row.case_ref, number=number, asked_of=asked_of, asked_at=step.now))
    return number


@audited("Noted that nobody has answered in time", clauses="TRN-06")
def note_silent(number: int) -> None:
    """They are still asked."""
    _handover(number).silent_at = here().now


@audited("Noted what they said to taking them on", clauses="TRN-06")
def note_reply(number: int, came: str) -> None:
    """`came`: accepted, refused or taken-back; accepted, they are taken on by name."""
    handover = _handover(number)
    if handover.answered_at is None:
        handover.answered_at, handover.came = here().now, came
    if came == "accepted":
        _row().accepted_at = here().now


def _handover(number: int) -> MoveHandover:
    step = here()
    return step.session.get_one(MoveHandover, (step.case.ref, number))


# ---------------------------------------------------------------------- gaps, the day and afterwards


@audited("Noted that they are without care", clauses="TRN-03 TRN-04")
def note_gap() -> None:
    """From today, until somebody gives it or the new service has begun; noted once while it lasts."""
    step = here()
    if _open_gap(step) is None:
        last = step.session.scalar(select(func.max(MoveGap.number)).where(MoveGap.case_ref == step.case.ref))
        gap = MoveGap(case_ref=step.case.ref, number=1 + (last or 0), began_on=local_day(step.now))
        step.session.add(gap)


@audited("Noted that they have care again", clauses="TRN-03 TRN-04")
def note_gap_closed() -> None:
    """Nothing changes where there was no gap."""
    step = here()
    if (gap := _open_gap(step)) is not None:
        gap.ended_on = local_day(step.now)


def _open_gap(step: Step) -> MoveGap | None:
    step.session.flush()
    return step.session.scalar(select(MoveGap).where(MoveGap.case_ref == step.case.ref, MoveGap.ended_on.is_(None)))


@audited("Noted that they are there", clauses="TRN-04 TRN-06")
def note_there() -> None:
    """The new service has begun."""
    row, step = _row(), here()
    row.moved_at = step.now
    row.check_due = _check_due(row, checked_by(step.now, urgent=row.emergency_at is not None).under(step.policy))
    if (gap := _open_gap(step)) is not None:
        gap.ended_on = local_day(step.now)


@audited("Noted when it is looked at again", clauses="TRN-02 TRN-03")
def note_looked_at_again(asked_at: AwareDatetime) -> None:
    """Something was not right, and is put right until then."""
    row = _row()
    row.check_due = _check_due(row, asked_at)


def _check_due(row: Move, asked_at: datetime) -> datetime:
    return prepared_by(asked_at, urgent=row.emergency_at is not None).under(here().policy)


@audited("Noted that they are well there", clauses="TRN-02 TRN-03")
def note_well_there() -> None:
    """They feel safe with it."""
    _row().checked_at = here().now


@audited("Looked whether the move can end, and ended it", clauses="TRN-01 TRN-06")
def end_move(outcome: MoveOutcome) -> bool:
    """False, and nothing is ended, where they have moved and something that belongs to it is not there yet."""
    row, step = _row(), here()
    if outcome is MoveOutcome.MOVED and (not row.is_ready or row.moved_at is None or row.checked_at is None):
        return False
    if (gap := _open_gap(step)) is not None:
        gap.ended_on = local_day(step.now)
    row.ended_at, row.ended_as = step.now, outcome
    return True


def _row() -> Move:
    step = here()
    return step.session.get_one(Move, step.case.ref)
