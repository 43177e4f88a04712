"""What is said about a move is held against how it stands, and every problem told at the door."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.forms.move_day import GapClosed, MoveDecided
from models.forms.move_preparing import MovePlanned
from models.forms.moves import MoveWanted
from models.moves.kinds import Arrangement, Decided, GapWay, Pathway, TheySay
from models.moves.tables import Move
from models.policy import Policy
from tasks.durable.answer_checks import Answering, checks_answers, checks_beginnings
from tasks.durable.procedure import UnknownProcedure, procedure_named

OWN = "move-between-services"


@checks_beginnings(MoveWanted)
def _has_no_procedure_of_its_own(_session: Session, policy: Policy, wanted: MoveWanted) -> list[str]:
    """A pathway with a procedure of its own is begun there; where that is not installed, it is done here."""
    named = policy.moves.of(wanted.pathway).procedure
    if named is None or named == OWN:
        return []
    try:
        title = procedure_named(named).title
    except UnknownProcedure:
        return []
    return [f"pathway: this kind of move has a procedure of its own; start {title} instead"]


@checks_answers(MovePlanned)
def _every_arrangement(moment: Answering, plan: MovePlanned) -> list[str]:
    """Whatever is on the list of this pathway has somebody who does it (TRN-01)."""
    row = moment.session.get_one(Move, moment.ref)
    wanted = moment.policy.moves.of(Pathway(row.pathway)).every_arrangement
    missing = [one for one in wanted if not getattr(plan, one.field)]
    return [f"{one.field}: {_what(one, moment.policy, row)}" for one in missing]


def _what(one: Arrangement, policy: Policy, row: Move) -> str:
    asked = policy.moves.of(Pathway(row.pathway)).other if one is Arrangement.OTHER else ""
    return f"say who does it, or that nothing needs to be done{f' ({asked})' if asked else ''}"


@checks_answers(GapClosed)
def _lasts_until_the_day(moment: Answering, closed: GapClosed) -> list[str]:
    """Whoever gives the care gives it until the new one begins; else there would be another gap (TRN-04)."""
    row = moment.session.get_one(Move, moment.ref)
    if closed.way is GapWay.SOONER and row.care_ends_on and closed.new_day and closed.new_day > row.care_ends_on:
        return [f"new_day: the care they have ends on {row.care_ends_on:%d.%m.%Y}; choose that day or an earlier one"]
    if closed.way in (GapWay.OLD_GOES_ON, GapWay.INTERIM) and closed.until and closed.until < row.day:
        return [f"until: it has to last until {row.day:%d.%m.%Y}, the day on which they move"]
    return []


@checks_answers(MoveDecided)
def _not_against_their_will(moment: Answering, decided: MoveDecided) -> list[str]:
    """Who refuses, or whoever decides for them, is talked with again, or does not move (TRN-02)."""
    row = moment.session.get_one(Move, moment.ref)
    if decided.decided is Decided.NOW and row.they_say == TheySay.REFUSES:
        return ["decided: they refuse it; have it talked over again, or decide that they do not move"]
    if decided.decided is Decided.PUT_OFF and row.moved_at is not None:
        return ["decided: they are there already; choose something else"]
    return []
