"""How somebody's care goes on after a provider failed: found, confirmed by name, prepared, begun and checked."""

from __future__ import annotations

from datetime import date

from flows.affected_person_calls import watch_calls
from flows.affected_person_standing import WITHOUT_A_MOVE, Asked, Person, have_somebody_there, to_read
from flows.brokerage import brokerage
from flows.deprivation_of_liberty import deprivation_of_liberty
from models.forms.affected_calls import MoveWithoutAdvocate
from models.forms.affected_person import (
    ArrangementConfirmed,
    CheckedAfterwards,
    MoveDone,
    MovePrepared,
)
from models.forms.brokerage import CareArranged, CareNoLongerWanted, CareWanted, Urgency
from models.forms.liberty import LibertyConcern
from models.provider_failure.clocks import checked_by, seen_by
from models.provider_failure.kinds import PersonOutcome, Risk, Way
from models.roles import Role
from tasks.durable import (
    Closed,
    at,
    closed,
    decision,
    hears,
    now,
    open_case,
    send,
    take_back,
    this_case,
)
from tasks.provider_failure.people import (
    look_whether_a_move_is_held,
    note_arranged,
    note_checked,
    note_moved,
    note_not_right,
    work_out_the_day,
)


def go_their_way(person: Person, way: Way) -> None:
    """Brokerage finds other care; else whoever takes it on says so by name."""
    person.way = way
    if way is Way.NEW_PROVIDER:
        find_other_care(person)
    else:
        ask_who_takes_it_on(person)


def find_other_care(person: Person) -> None:
    """Brokerage answers on the same day, and there is no waiting list (REA-42, TRN-42)."""
    touched = person.touched
    wanted = CareWanted(
        person=touched.person,
        for_whom=touched.name,
        needs="\n".join([touched.in_words, *person.so_far]),
        urgency=urgency_of(person.risk),
        wanted_from=person.without_care_from,
        asked_by=person.whose.tag,
        came_from=this_case(),
    )
    person.brokerage = open_case(brokerage, wanted, owner=Role.BROKERAGE, clauses="REA-42 TRN-42")
    person.open[Asked.CARE] = hears(CareArranged)
    person.open[Asked.BROKERAGE] = closed(person.brokerage)


def brokerage_has_arranged(person: Person, arranged: CareArranged) -> None:
    """Accepted by the person, and taken on by name at the provider."""
    if arranged.brokerage != person.brokerage or Asked.BROKERAGE not in person.open:
        person.open[Asked.CARE] = hears(CareArranged)
        return  # of a search that was called off
    take_back(person.open, Asked.BROKERAGE)
    person.so_far.append(
        f"Taken on by {arranged.provider_in_words} ({arranged.taken_on_by}); accepted by {arranged.accepted_by}"
    )
    is_arranged(person, Way.NEW_PROVIDER, arranged.starts_on)


def brokerage_has_ended(person: Person, ended: Closed) -> None:
    """Without other care: whoever takes it on is asked for."""
    take_back(person.open, Asked.CARE)
    person.so_far.append(f"Brokerage ended without other care ({ended.outcome})")
    ask_who_takes_it_on(person)


def ask_who_takes_it_on(person: Person) -> None:
    """That somebody gives the care is confirmed by name, and never assumed."""
    person.open[Asked.CONFIRMED] = decision(
        ArrangementConfirmed,
        of=person.whose,
        about=to_read(person),
        wanted_within=seen_by(person.risk, now()),
        clauses="TRN-06 REA-42",
    )


def said_who_takes_it_on(person: Person, reply: ArrangementConfirmed) -> None:
    """Somebody has it by name; or it goes on in another way."""
    if not reply.confirmed:
        assert reply.way is not None
        person.so_far.append(f"Not confirmed: {reply.reasons}")
        go_their_way(person, reply.way)
        return
    assert reply.from_day is not None
    person.so_far.append(f"Taken on by {reply.by_whom}: {reply.what}")
    is_arranged(person, person.way or Way.SAME_PROVIDER, reply.from_day)


def is_arranged(person: Person, way: Way, from_day: date) -> None:
    """The day is prepared; where nothing goes over to anybody, it is checked afterwards at once."""
    note_arranged(way)
    person.from_day = from_day
    if way in WITHOUT_A_MOVE:
        has_begun(person)
    elif not waits_for_an_advocate(person):
        have_it_prepared(person)


def waits_for_an_advocate(person: Person) -> bool:
    """A move waits for an advocate who is needed; what keeps them safe until then never does (DUTY-42, GAP-06)."""
    if person.advocacy is None or person.touched.person is None or person.goes_on_without:
        return False
    held = look_whether_a_move_is_held(person.touched.person, person.advocacy)
    if held is None:
        return False
    person.open[Asked.ADVOCATE] = closed(held.case)
    person.open[Asked.MOVE_WITHOUT] = decision(
        MoveWithoutAdvocate,
        of=Role.TEAM_MANAGER,
        near=person.touched.team,
        about=to_read(person, f"It is {held.in_words}."),
        wanted_within=seen_by(person.risk, now()),
        clauses="DUTY-42 GAP-06",
    )
    return True


def advocate_is_found(person: Person, ended: Closed) -> None:
    """An advocate is in place, or none is needed: the move goes on, unless somebody else of theirs is still held."""
    take_back(person.open, Asked.MOVE_WITHOUT)
    person.so_far.append(f"About the advocate: {ended.outcome} (case {ended.ref})")
    if not waits_for_an_advocate(person):
        have_it_prepared(person)


def said_whether_it_can_wait(person: Person, reply: MoveWithoutAdvocate) -> None:
    """It waits; or a manager has decided with reasons that it cannot (GAP-06)."""
    if reply.can_wait:
        return
    take_back(person.open, Asked.ADVOCATE)
    person.goes_on_without = True
    person.so_far.append(f"Without an advocate, as it cannot wait: {reply.because}")
    have_it_prepared(person)


def have_it_prepared(person: Person) -> None:
    """What happens next and who does what, before the day."""
    assert person.from_day is not None
    person.open[Asked.PREPARED] = decision(
        MovePrepared,
        of=person.whose,
        about=to_read(person, f"From: {person.from_day:%d %B %Y}"),
        wanted_within=seen_by(person.risk, now()),
        clauses="TRN-01 TRN-02",
    )


def has_been_prepared(person: Person, prepared: MovePrepared) -> None:
    """What happens next, who does what and every practical arrangement: then the day can come."""
    person.so_far.append(f"Prepared:{prepared.in_words}")
    if prepared.liberty and person.touched.person is not None:
        concern = LibertyConcern(
            about_person=person.touched.person, what=prepared.restrictions, worker=person.whose.tag
        )
        open_case(deprivation_of_liberty, concern, owner=person.whose, clauses="REA-37 TRN-01")
    person.open[Asked.THE_DAY] = at("the-day", work_out_the_day(prepared.day))


def ask_whether_they_are_there(person: Person) -> None:
    """On the day itself."""
    person.open[Asked.MOVED] = decision(
        MoveDone,
        of=person.whose,
        about=to_read(person),
        wanted_within=seen_by(Risk.RED, now()),
        clauses="TRN-04 TRN-06",
    )


def said_whether_they_are_there(person: Person, done: MoveDone) -> None:
    """They were received by name; or there is a new day, and until then somebody gives the care."""
    if done.done:
        person.so_far.append(f"Received by {done.received_by}")
        has_begun(person)
        return
    assert done.new_day is not None
    person.so_far.append(f"Not on that day: {done.why_not}")
    person.open[Asked.THE_DAY] = at("the-day", work_out_the_day(done.new_day))
    have_somebody_there(person)


def has_begun(person: Person) -> None:
    """Their care goes on, and is looked at after some days."""
    note_moved()
    person.begun = True
    take_back(person.open, Asked.SOMEBODY_THERE, Asked.COVER_ENDS, Asked.CALL)
    person.open[Asked.TO_CHECK] = at("to-be-checked", checked_by(now()))


def was_checked(person: Person, checked: CheckedAfterwards) -> None:
    """They are well and safe with it; or it is arranged anew."""
    if checked.well:
        note_checked()
        person.ended = PersonOutcome.SAFE
        return
    assert checked.risk is not None and checked.way is not None
    note_not_right(checked.risk, checked.way)
    person.risk, person.begun, person.covered = checked.risk, False, False
    person.so_far.append(f"Not right with it: {checked.trouble}")
    have_somebody_there(person)
    go_their_way(person, checked.way)
    watch_calls(person)


def urgency_of(risk: Risk) -> Urgency:
    """How soon brokerage must find other care."""
    return Urgency.TODAY if risk is Risk.RED else Urgency.DAYS


def call_off_brokerage(person: Person, because: str) -> None:
    """A search for care that is still open ends."""
    if person.brokerage is not None and Asked.BROKERAGE in person.open:
        send(person.brokerage, CareNoLongerWanted(because=because), clauses="TRN-42")
