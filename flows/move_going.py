"""The eve, the day itself, what follows an emergency, and how somebody is afterwards."""

from __future__ import annotations

from flows.move_deciding import NOT_READY, bring_before_a_manager
from flows.move_gap import day_becomes, look_for_a_gap, see_whether_they_have_care
from flows.move_preparing import ask_what_to_prepare, talk_over_again
from flows.move_receiving import (
    ask_the_receiver,
    brokerage_hears_of_another_day,
    call_off_brokerage,
)
from flows.move_standing import Asked, Moving, to_read
from models.forms.move_day import MoveChecked, MoveDay, MoveDecided
from models.moves.clocks import checked_by, prepared_by
from models.moves.kinds import Decided, MoveOutcome
from models.roles import Role
from tasks.coming_days import work_out_next_morning
from tasks.durable import Verb, at, decision, now, staff, take_back, tell
from tasks.durable.handover import pass_ownership
from tasks.moves.days import work_out_next_working_morning
from tasks.moves.steps import end_move, note_emergency, note_looked_at_again, note_there, note_well_there


def carry_on(moving: Moving) -> None:
    """What is asked now: gaps first, what is still to be prepared, and on the day whether they are there."""
    if moving.ended is not None:
        return
    ask_what_to_prepare(moving)
    if moving.begun:
        end_where_all_is_there(moving)
        return
    if not moving.may_go:
        take_back(moving.open, Asked.MOVED)
        if moving.eve_has_come:
            bring_before_a_manager(moving, NOT_READY)
    else:
        if moving.before_manager == [NOT_READY]:
            take_back(moving.open, Asked.DECIDED)
        if moving.day_has_come and Asked.MOVED not in moving.open:
            ask_whether_they_are_there(moving)
    if Asked.DECIDED not in moving.open:
        moving.before_manager.clear()
    see_whether_they_have_care(moving)
    look_for_a_gap(moving)


def day_comes(moving: Moving, *, is_the_day: bool) -> None:
    """It is looked on the eve whether all is ready, and on the day whether they may go."""
    moving.eve_has_come = True
    moving.day_has_come = moving.day_has_come or is_the_day


def ask_whether_they_are_there(moving: Moving) -> None:
    """On the day itself; the old service goes on until they are (TRN-04)."""
    moving.open[Asked.MOVED] = decision(
        MoveDay,
        of=moving.whose,
        about=to_read(moving),
        urgent=True,
        wanted_within=prepared_by(now(), urgent=True),
        clauses="TRN-04 TRN-06",
    )


def said_whether_they_are_there(moving: Moving, said: MoveDay) -> None:
    """They were received by name; or there is another day, and what they have goes on until then."""
    if said.done:
        has_begun(moving, said)
        return
    assert said.new_day is not None
    moving.so_far.append(f"Not on that day: {said.why_not}")
    day_becomes(moving, said.new_day, put_off=True)


def has_begun(moving: Moving, said: MoveDay) -> None:
    """Whoever accepted has the case from now on, and looks how they are (TRN-04, TRN-06)."""
    moving.begun, moving.without_care = True, False
    note_there()
    moving.so_far.append(f"Received by {said.received_by}. The old service: {said.old_ended}")
    take_back(
        moving.open,
        Asked.EVE,
        Asked.THE_DAY,
        Asked.CARE_ENDS,
        Asked.GAP,
        Asked.DECIDED,
        Asked.PUT_OFF,
        Asked.OLD_SERVICE,
    )
    if moving.taken_on_by:
        pass_ownership(moving.taken_on_by)
    moving.open[Asked.TO_CHECK] = at("to-be-checked", checked_by(now(), urgent=bool(moving.emergency)))


# ---------------------------------------------------------------------- a manager's decision


def was_decided(moving: Moving, decided: MoveDecided) -> None:
    """What a manager decides holds from now on."""
    moving.so_far.append(f"Decided: {decided.decided.replace('-', ' ')}, {decided.reasons}")
    if decided.safe_by:
        moving.so_far.append(f"With them: {decided.safe_by}")
    moving.before_manager.clear()
    moving.gap_refused = False
    match decided.decided:
        case Decided.NOW:
            goes_in_emergency(moving, decided.reasons)
        case Decided.PUT_OFF:
            assert decided.new_day is not None
            is_put_off(moving, decided)
        case Decided.TALK_AGAIN:
            talk_over_again(moving)
            if moving.eve_has_come:
                moving.eve_has_come = False
                moving.open[Asked.EVE] = at("eve-of-the-move", work_out_next_working_morning())
        case Decided.NO_MOVE:
            call_off_brokerage(moving, f"They do not move: {decided.reasons}")
            if moving.taken_on_by:
                tell(staff(moving.taken_on_by), Verb.READ, "somebody-does-not-move-to-you", clauses="TRN-06")
            moving.ended = MoveOutcome.NO_MOVE if end_move(MoveOutcome.NO_MOVE) else None


def is_put_off(moving: Moving, decided: MoveDecided) -> None:
    """Until then the care they have goes on; where it does not, that is a gap."""
    assert decided.new_day is not None
    day_becomes(moving, decided.new_day, put_off=True)
    brokerage_hears_of_another_day(moving, decided.reasons)
    if moving.taken_on_by:
        tell(staff(moving.taken_on_by), Verb.READ, "a-move-is-put-off", clauses="TRN-06")


def goes_in_emergency(moving: Moving, reasons: str) -> None:
    """They go now; what is missing is asked for again at once, by the hour (TRN-01, TRN-06)."""
    moving.emergency = reasons
    note_emergency()
    moving.eve_has_come = moving.day_has_come = True
    take_back(moving.open, Asked.EVE, Asked.THE_DAY, Asked.TALKED_OVER, Asked.TALK_AGAIN, Asked.PLANNED)
    take_back(moving.open, Asked.IN_PLACE, Asked.LOOK_AGAIN)
    brokerage_hears_of_another_day(moving, reasons)
    if Asked.TAKEN_ON in moving.open:
        take_back(moving.open, Asked.TAKEN_ON, Asked.SILENT)
        ask_the_receiver(moving)


# ---------------------------------------------------------------------- afterwards


def ask_how_they_are(moving: Moving) -> None:
    """Whoever took them on, or has the move in hand, sees them (TRN-02)."""
    moving.open[Asked.CHECKED] = decision(
        MoveChecked,
        of=staff(moving.taken_on_by) if moving.taken_on_by else moving.whose,
        about=to_read(moving),
        wanted_within=prepared_by(now(), urgent=bool(moving.emergency)),
        clauses="TRN-02 TRN-03",
    )


def was_checked(moving: Moving, said: MoveChecked) -> None:
    """They are well and feel safe; or it is put right, a manager hears, and they are seen again."""
    if said.well:
        note_well_there()
        moving.checked = True
        moving.so_far.append(f"Well there. Next: {said.what_next}")
        return
    moving.so_far.append(f"Not right there: {said.trouble}. Done: {said.put_right}")
    tell(
        Role.TEAM_MANAGER,
        Verb.CHECK,
        "somebody-is-not-well-after-a-move",
        near=moving.stands.team,
        clauses="TRN-02 TRN-03",
    )
    again = work_out_next_morning(said.look_again_on)
    note_looked_at_again(again)
    moving.open[Asked.TO_CHECK] = at("looked-at-again-after-the-move", again)


def end_where_all_is_there(moving: Moving) -> None:
    """Only once they are well there, and what an emergency went past is there as well (TRN-01, TRN-06)."""
    if moving.checked and moving.is_ready and not waits_for_partners(moving) and end_move(MoveOutcome.MOVED):
        moving.ended = MoveOutcome.MOVED


def waits_for_partners(moving: Moving) -> bool:
    """Whether a partner is still to hear of it."""
    return any(one.startswith(("gate ", "not told ")) for one in moving.open)
