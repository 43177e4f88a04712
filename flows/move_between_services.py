"""Somebody moves between services, settings or areas: prepared, taken on by name, and never without care in between."""

from __future__ import annotations

from flows.move_deciding import bring_before_a_manager
from flows.move_gap import (
    day_becomes,
    ends_on_another_day,
    said_how_it_is_closed,
    wait_for_the_day,
    wait_for_the_end_of_care,
)
from flows.move_going import (
    ask_how_they_are,
    carry_on,
    day_comes,
    said_whether_they_are_there,
    was_checked,
    was_decided,
)
from flows.move_preparing import (
    advocate_is_settled,
    gate_has_closed,
    was_planned,
    was_talked_over,
    was_ticked,
)
from flows.move_receiving import (
    brokerage_has_ended,
    brokerage_hears_of_another_day,
    goes_somewhere_else,
    has_found_a_place,
    have_them_received,
    nobody_has_answered,
    said_where_they_go,
    said_whether_they_take_them_on,
    was_escalated,
    what_was_replied,
)
from flows.move_standing import Asked, Moving
from models.forms.brokerage import CareArranged
from models.forms.move_day import GapClosed, MoveChecked, MoveDay, MoveDecided
from models.forms.move_preparing import (
    ArrangementsInPlace,
    DestinationFound,
    MoveEscalated,
    MovePlanned,
    MoveTakenOn,
    MoveTalkedOver,
    PartnerNotTold,
)
from models.forms.moves import DestinationChanged, MoveNeedsDeciding, MovePutOff, MoveWanted, OldServiceEnds
from models.forms.recording import PersonHasDied
from models.moves.kinds import MoveOutcome
from models.notices import Recipient
from tasks.case_people import about_person
from tasks.durable import Closed, Due, Verb, hears, procedure, staff, tell, which_of
from tasks.moves.steps import begin_move, end_move


@procedure(
    title="Moving between services",
    follows="Safe pathways, systems and transitions (local authority assessment): moving between services",
    by_hand=True,
    acts_on=(PersonHasDied,),
)
def move_between_services(wanted: MoveWanted) -> MoveOutcome:
    """
    See somebody safely from one service, setting or area to another: young people, adults, carers and families.

    Before the day the risks are talked over with them, there is a plan with what happens next and who does each thing,
    every practical arrangement is in place, and whoever receives them has taken them on by name. The care they have
    goes on until the new one has begun: a gap is closed by name, or nobody moves. What is not ready on the eve comes
    before a manager; in an emergency they decide that it cannot wait, and what is missing is chased at once. Afterwards
    somebody sees how they are. Silence of whoever should receive them goes up the line.
    """
    moving = begin(wanted)
    carry_on(moving)
    while moving.ended is None:
        match which_of(moving.open):
            case asked, MoveTalkedOver() as talked:
                del moving.open[asked]
                was_talked_over(moving, talked)  # TRN-02
            case asked, MovePlanned() as plan:
                del moving.open[asked]
                was_planned(moving, plan)  # TRN-01
            case asked, ArrangementsInPlace() as ticked:
                del moving.open[asked]
                was_ticked(moving, ticked)  # TRN-01
            case asked, MoveTakenOn() as reply:
                del moving.open[asked]
                said_whether_they_take_them_on(moving, what_was_replied(reply))  # TRN-06
            case asked, MoveEscalated() as escalated:
                del moving.open[asked]
                was_escalated(moving, escalated)  # TRN-06
            case asked, CareArranged() as arranged:
                del moving.open[asked]
                has_found_a_place(moving, arranged)
            case asked, DestinationFound() as found:
                del moving.open[asked]
                said_where_they_go(moving, found)
            case asked, GapClosed() as gap:
                del moving.open[asked]
                said_how_it_is_closed(moving, gap)  # TRN-04
            case asked, MoveDecided() as decided:
                del moving.open[asked]
                was_decided(moving, decided)
            case asked, MoveDay() as day:
                del moving.open[asked]
                said_whether_they_are_there(moving, day)  # TRN-04
            case asked, MoveChecked() as checked:
                del moving.open[asked]
                was_checked(moving, checked)  # TRN-02, TRN-03
            case asked, PartnerNotTold(instead=instead):
                del moving.open[asked]
                moving.so_far.append(f"Instead of telling the partner: {instead}")
            case asked, Closed() as ended:
                another_case_has_closed(moving, asked, ended)
            case asked, MovePutOff() as put_off:
                moving.open[asked] = hears(MovePutOff)
                put_off_by_hand(moving, put_off)
            case asked, DestinationChanged() as change:
                moving.open[asked] = hears(DestinationChanged)
                goes_somewhere_else(moving, change)
            case asked, OldServiceEnds() as news:
                moving.open[asked] = hears(OldServiceEnds)
                ends_on_another_day(moving, news)  # TRN-04
            case asked, MoveNeedsDeciding(why=why):
                moving.open[asked] = hears(MoveNeedsDeciding)
                bring_before_a_manager(moving, why)
            case asked, PersonHasDied():
                has_died(moving)
            case asked, Due():
                del moving.open[asked]
                a_time_has_come(moving, asked)
        carry_on(moving)
    return moving.ended


def begin(wanted: MoveWanted) -> Moving:
    """It stands among the managers' moves at once, and whatever else is open about them goes on."""
    about_person(wanted.person)
    stands = begin_move(wanted)
    receiver = Recipient.from_tag(stands.receiver)
    moving = Moving(wanted, stands, wanted.day, wanted.care_ends_on, wanted.new_service, receiver)
    owners = sorted({one.owner for one in stands.others} - {moving.whose.tag})
    if owners:
        tell([Recipient.from_tag(one) for one in owners], Verb.READ, "somebody-is-to-move", clauses="TRN-15")
    moving.open |= {
        Asked.PUT_OFF: hears(MovePutOff),
        Asked.ELSEWHERE: hears(DestinationChanged),
        Asked.OLD_SERVICE: hears(OldServiceEnds),
        Asked.NEEDS_DECIDING: hears(MoveNeedsDeciding),
        Asked.DEATH: hears(PersonHasDied),
    }
    wait_for_the_day(moving)
    wait_for_the_end_of_care(moving)
    if wanted.emergency:
        bring_before_a_manager(moving, "It cannot wait until all is prepared, says whoever began it.")
    have_them_received(moving)
    return moving


def another_case_has_closed(moving: Moving, asked: str, ended: Closed) -> None:
    """An advocate is there or not needed, brokerage has ended without a place, or a partner has been told."""
    if asked == Asked.ADVOCATE:
        del moving.open[asked]
        advocate_is_settled(moving, ended)
    elif asked == Asked.BROKERAGE:
        del moving.open[asked]
        brokerage_has_ended(moving, ended)
    else:
        gate_has_closed(moving, asked, ended)


def put_off_by_hand(moving: Moving, put_off: MovePutOff) -> None:
    """Whoever has it in hand says so; where their care does not last until then, that is a gap (TRN-04)."""
    moving.so_far.append(f"Put off to {put_off.new_day:%d %B %Y}: {put_off.because}")
    day_becomes(moving, put_off.new_day, put_off=True)
    brokerage_hears_of_another_day(moving, put_off.because)
    if moving.taken_on_by:
        tell(staff(moving.taken_on_by), Verb.READ, "a-move-is-put-off", clauses="TRN-06")


def has_died(moving: Moving) -> None:
    """Nobody is moved, written to or rung any more; whoever would have received them hears, and brokerage by itself."""
    if moving.taken_on_by:
        tell(staff(moving.taken_on_by), Verb.READ, "somebody-does-not-move-to-you", clauses="TRN-06")
    if end_move(MoveOutcome.DIED):
        moving.ended = MoveOutcome.DIED


def a_time_has_come(moving: Moving, asked: str) -> None:
    """Silence goes up, the day comes, care ends, or something is asked again."""
    match asked:
        case Asked.SILENT:
            nobody_has_answered(moving)
        case Asked.EVE | Asked.THE_DAY:
            day_comes(moving, is_the_day=asked == Asked.THE_DAY)
        case Asked.TO_CHECK:
            ask_how_they_are(moving)
        case _:
            pass  # it is asked again, or looked whether they have care
