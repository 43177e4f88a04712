"""Care that ends before the new service begins: an alarm to whoever has the move in hand, closed by name or refused."""

from __future__ import annotations

from datetime import date

from flows.move_deciding import bring_before_a_manager
from flows.move_preparing import look_again
from flows.move_standing import Asked, Moving, to_read
from models.forms.move_day import GapClosed
from models.forms.moves import OldServiceEnds
from models.moves.kinds import GapWay
from models.providers.clocks import escalation_answered_by
from models.roles import Role
from tasks.durable import Verb, at, decision, now, take_back, tell
from tasks.durable.in_force import day_of
from tasks.moves.days import work_out_day_of_move, work_out_the_eve, work_out_without_care
from tasks.moves.steps import note_care_ends, note_day, note_gap, note_gap_closed


def is_a_gap(moving: Moving) -> bool:
    """Whether they are without care, or would be before the day on which they move (TRN-04)."""
    if moving.begun or moving.care_ends_on is None:
        return False
    return moving.without_care or moving.care_ends_on < moving.day


def look_for_a_gap(moving: Moving) -> None:
    """Where there is one, it is asked at once how it is closed, and a manager hears of it."""
    if not is_a_gap(moving):
        take_back(moving.open, Asked.GAP)
        return
    if Asked.GAP in moving.open or moving.gap_refused:
        return
    moving.open[Asked.GAP] = decision(
        GapClosed,
        of=moving.whose,
        about=to_read(moving),
        urgent=True,
        wanted_within=escalation_answered_by(now()),
        clauses="TRN-04",
    )
    tell(
        Role.TEAM_MANAGER,
        Verb.CHECK,
        "gap-in-care-of-somebody-who-moves",
        near=moving.stands.team,
        urgent=True,
        clauses="TRN-03 TRN-04",
    )


def said_how_it_is_closed(moving: Moving, closed: GapClosed) -> None:
    """By name, until the day; refused, nobody moves like that and a manager decides."""
    match closed.way:
        case GapWay.OLD_GOES_ON | GapWay.INTERIM:
            assert closed.until is not None
            moving.so_far.append(f"Until {closed.until:%d %B %Y} the care is given by {closed.by_whom}")
            care_ends(moving, closed.until)
        case GapWay.SOONER:
            assert closed.new_day is not None
            moving.so_far.append(f"The new service begins sooner, as {closed.by_whom} agreed")
            day_becomes(moving, closed.new_day)
        case GapWay.REFUSED:
            moving.gap_refused = True
            bring_before_a_manager(moving, f"Their care ends before the new service begins: {closed.because}")


def ends_on_another_day(moving: Moving, news: OldServiceEnds) -> None:
    """Whoever gives the care now says so."""
    moving.so_far.append(f"The care they have: {news.what}")
    care_ends(moving, news.care_ends_on)


def care_ends(moving: Moving, on: date | None) -> None:
    """The first day without care; where there was none already, somebody gives it again from today."""
    moving.care_ends_on = on
    note_care_ends(on)
    if moving.without_care:
        moving.without_care = False
        note_gap_closed()
    wait_for_the_end_of_care(moving)


def wait_for_the_end_of_care(moving: Moving) -> None:
    """As that day begins it is known whether they are without."""
    take_back(moving.open, Asked.CARE_ENDS)
    if moving.care_ends_on is not None and not moving.begun:
        moving.open[Asked.CARE_ENDS] = at("without-care", work_out_without_care(moving.care_ends_on))


def see_whether_they_have_care(moving: Moving) -> None:
    """From the day on which it ends they are without, unless this is the day on which they move (TRN-03)."""
    today = day_of(now())
    if moving.begun or moving.without_care or moving.care_ends_on is None or moving.care_ends_on > today:
        return
    if moving.may_go and (moving.day == today or Asked.MOVED in moving.open):
        return
    moving.without_care, moving.gap_refused = True, False
    note_gap()
    moving.so_far.append(f"Without care from {today:%d %B %Y}")
    take_back(moving.open, Asked.GAP)  # asked anew: it is no longer to come


# ---------------------------------------------------------------------- the day


def day_becomes(moving: Moving, day: date, *, put_off: bool = False) -> None:
    """Another day; what is arranged is looked at anew where it was put off."""
    moving.day, moving.eve_has_come, moving.day_has_come = day, False, False
    note_day(day, put_off=put_off)
    take_back(moving.open, Asked.MOVED)
    if put_off:
        look_again(moving)
    wait_for_the_day(moving)


def wait_for_the_day(moving: Moving) -> None:
    """On the last working day before it, it is looked whether all is ready."""
    take_back(moving.open, Asked.EVE, Asked.THE_DAY)
    if not moving.begun:
        moving.open[Asked.EVE] = at("eve-of-the-move", work_out_the_eve(moving.day))
        moving.open[Asked.THE_DAY] = at("day-of-the-move", work_out_day_of_move(moving.day))
