"""Somebody takes on a person who moves, by name: asked, silent, refusing, escalated; and a place found by brokerage."""

from __future__ import annotations

from flows.brokerage import brokerage
from flows.move_deciding import bring_before_a_manager
from flows.move_gap import day_becomes
from flows.move_preparing import look_again, talk_over_again
from flows.move_standing import Asked, Moving, to_read
from models.forms.brokerage import CareArranged, CareNeedChanged, CareNoLongerWanted, CareWanted, Urgency
from models.forms.move_preparing import DestinationFound, MoveEscalated, MoveTakenOn
from models.forms.moves import DestinationChanged
from models.moves.clocks import accepted_by, prepared_by
from models.notices import Recipient
from models.providers.clocks import escalation_answered_by
from models.roles import Role
from tasks.durable import (
    Accepted,
    Closed,
    Refused,
    Verb,
    answered_by,
    at,
    closed,
    decision,
    hears,
    now,
    open_case,
    send,
    staff,
    take_back,
    tell,
    this_case,
)
from tasks.durable.handover import pass_ownership, reply_of
from tasks.moves.steps import (
    note_asked_to_take_on,
    note_destination,
    note_found,
    note_reply,
    note_silent,
)


def have_them_received(moving: Moving) -> None:
    """Where the new service is still to be found, brokerage looks for it today; else whoever receives them is asked."""
    if moving.wanted.to_be_found:
        find_a_place(moving)
    else:
        ask_to_take_on(moving)


# ---------------------------------------------------------------------- taken on by name


def ask_to_take_on(moving: Moving) -> None:
    """Until somebody has accepted by name, the sender keeps them (TRN-06)."""
    moving.handover = note_asked_to_take_on(moving.receiver.tag)
    ask_the_receiver(moving)


def ask_the_receiver(moving: Moving) -> None:
    """By an escalation's hours where it is urgent, else in working days (GAP-46)."""
    by = accepted_by(now(), urgent=moving.is_urgent)
    moving.open[Asked.TAKEN_ON] = decision(
        MoveTakenOn,
        of=moving.receiver,
        about=to_read(moving),
        urgent=moving.is_urgent,
        wanted_within=by,
        clauses="TRN-01 TRN-06",
    )
    moving.open[Asked.SILENT] = at("nobody-has-taken-them-on", by)


def said_whether_they_take_them_on(moving: Moving, reply: Accepted[MoveTakenOn] | Refused) -> None:
    """Accepted by name; or it goes to a manager at once, with the reason."""
    take_back(moving.open, Asked.SILENT)
    match reply:
        case Accepted(by=by, answer=answer):
            note_reply(moving.handover, "accepted")
            moving.taken_on, moving.taken_on_by = True, by
            take_back(moving.open, Asked.ESCALATED)
            if moving.begun:
                pass_ownership(by)
            moving.so_far.append(f"Taken on by {answer.taken_on_by}. Needed before: {answer.needs or 'nothing'}")
            if answer.from_day is not None and answer.from_day > moving.day and not moving.begun:
                moving.so_far.append(f"They begin on {answer.from_day:%d %B %Y}, and no sooner")
                day_becomes(moving, answer.from_day)
        case Refused(reason=reason):
            note_reply(moving.handover, "refused")
            moving.so_far.append(f"Refused: {reason}")
            escalate(moving, f"They refuse to take them on: {reason}")


def nobody_has_answered(moving: Moving) -> None:
    """Silence goes up; the question stays with whoever was asked."""
    note_silent(moving.handover)
    escalate(moving, "Nobody has answered whether they take them on.")


def escalate(moving: Moving, why: str) -> None:
    """A manager sees that somebody takes them on (TRN-06, GAP-46)."""
    if Asked.ESCALATED in moving.open:
        return
    moving.open[Asked.ESCALATED] = decision(
        MoveEscalated,
        of=Role.STRATEGIC_MANAGER,
        about=to_read(moving, why),
        urgent=moving.is_urgent,
        wanted_within=escalation_answered_by(now()),
        clauses="TRN-06",
    )


def was_escalated(moving: Moving, answer: MoveEscalated) -> None:
    """Another team is asked, or the same again with what was agreed."""
    moving.so_far.append(f"On the escalation: {answer.done}")
    if moving.taken_on:
        return
    stop_asking(moving)
    if answer.team is not None:
        moving.receiver = Recipient.team(answer.team)
    ask_to_take_on(moving)


def stop_asking(moving: Moving) -> None:
    """Whoever was asked need not answer any more."""
    if Asked.TAKEN_ON in moving.open:
        note_reply(moving.handover, "taken-back")
    take_back(moving.open, Asked.TAKEN_ON, Asked.SILENT, Asked.ESCALATED)


# ---------------------------------------------------------------------- a place that brokerage finds


def find_a_place(moving: Moving) -> None:
    """Brokerage answers on the same day, and there is no waiting list (TRN-42)."""
    wanted = moving.wanted
    search = CareWanted(
        person=wanted.person,
        for_whom=wanted.for_whom,
        needs="\n".join((f"Moves from: {wanted.old_service}", wanted.why, *moving.so_far)),
        urgency=Urgency.TODAY if moving.is_urgent else Urgency.PLANNED,
        wanted_from=moving.day,
        asked_by=moving.whose.tag,
        came_from=this_case(),
        not_with=wanted.old_provider,
    )
    moving.brokerage = open_case(brokerage, search, owner=Role.BROKERAGE, clauses="TRN-01 TRN-42")
    moving.open[Asked.CARE] = hears(CareArranged)
    moving.open[Asked.BROKERAGE] = closed(moving.brokerage)


def has_found_a_place(moving: Moving, arranged: CareArranged) -> None:
    """The person has accepted it, and somebody at the provider has taken them on by name (TRN-06)."""
    if arranged.brokerage != moving.brokerage or Asked.BROKERAGE not in moving.open:
        moving.open[Asked.CARE] = hears(CareArranged)
        return  # of a search that was called off
    take_back(moving.open, Asked.BROKERAGE, Asked.CARE)
    moving.new_service = arranged.provider_in_words
    note_found(arranged.provider_in_words, arranged.starts_on)
    moving.so_far.append(
        f"Found: {arranged.provider_in_words}, taken on by {arranged.taken_on_by}; accepted by {arranged.accepted_by}"
    )
    if arranged.starts_on > moving.day:
        day_becomes(moving, arranged.starts_on)
    if moving.wanted.new_team is not None:
        ask_to_take_on(moving)
        return
    moving.handover = note_asked_to_take_on(Recipient.role(Role.BROKERAGE).tag)
    note_reply(moving.handover, "accepted")
    moving.taken_on, moving.taken_on_by = True, ""


def brokerage_has_ended(moving: Moving, ended: Closed) -> None:
    """Without a place: it is asked where they go."""
    take_back(moving.open, Asked.CARE)
    moving.so_far.append(f"Brokerage ended without a place ({ended.outcome})")
    moving.open[Asked.DESTINATION] = decision(
        DestinationFound,
        of=moving.whose,
        about=to_read(moving),
        urgent=moving.is_urgent,
        wanted_within=prepared_by(now(), urgent=moving.is_urgent),
        clauses="TRN-01 TRN-04",
    )


def said_where_they_go(moving: Moving, found: DestinationFound) -> None:
    """There; or brokerage looks again."""
    if found.look_again:
        find_a_place(moving)
        return
    prepare_anew(moving)
    moving.new_service = note_destination(found.new_service, found.new_provider)
    ask_to_take_on(moving)


def prepare_anew(moving: Moving) -> None:
    """What was talked over, planned and arranged was for no place, or for another one (TRN-01, TRN-02)."""
    take_back(moving.open, Asked.PLANNED)
    talk_over_again(moving)
    look_again(moving)
    moving.plan = None


def call_off_brokerage(moving: Moving, because: str) -> None:
    """A search that is still open ends."""
    if moving.brokerage is not None and Asked.BROKERAGE in moving.open:
        take_back(moving.open, Asked.BROKERAGE, Asked.CARE)
        send(moving.brokerage, CareNoLongerWanted(because=because), clauses="TRN-42")


def brokerage_hears_of_another_day(moving: Moving, because: str) -> None:
    """A search that goes on is for another day now, or more urgent (TRN-45)."""
    if moving.brokerage is not None and Asked.BROKERAGE in moving.open:
        urgency = Urgency.TODAY if moving.is_urgent else Urgency.PLANNED
        what = f"Wanted from {moving.day:%d %B %Y}: {because}"
        send(moving.brokerage, CareNeedChanged(urgency=urgency, what=what), clauses="TRN-45")


# ---------------------------------------------------------------------- somewhere else


def goes_somewhere_else(moving: Moving, change: DestinationChanged) -> None:
    """What was taken on, talked over and arranged was for another place: all of it is done anew (TRN-01, TRN-02)."""
    if moving.begun:
        bring_before_a_manager(moving, f"They are there already, and are to go elsewhere: {change.because}")
        return
    moving.so_far.append(f"Somewhere else: {change.because}")
    if moving.taken_on_by:
        tell(staff(moving.taken_on_by), Verb.READ, "somebody-does-not-move-to-you", clauses="TRN-06")
    stop_asking(moving)
    call_off_brokerage(moving, f"They go somewhere else: {change.because}")
    take_back(moving.open, Asked.DESTINATION, Asked.MOVED)
    prepare_anew(moving)
    moving.taken_on, moving.taken_on_by = False, ""
    moving.new_service = note_destination(change.new_service, change.new_provider)
    moving.wanted = moving.wanted.model_copy(update={"to_be_found": change.to_be_found, "new_team": change.new_team})
    usual = Recipient.from_tag(moving.stands.usual_receiver)
    moving.receiver = Recipient.team(change.new_team) if change.new_team else usual
    have_them_received(moving)


def what_was_replied(reply: MoveTakenOn) -> Accepted[MoveTakenOn] | Refused:
    """Who said it, and what it means; the case stays the sender's until the day."""
    return reply_of(reply, answered_by(MoveTakenOn))
