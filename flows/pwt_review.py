"""The planned work tray: somebody who waits for a worker is kept in touch with until they have one."""

from __future__ import annotations

from flows.pwt_contact import Contact, InTouch, Stage
from flows.pwt_news import (
    change_reported,
    contact_made,
    message_came,
    named_for_them,
    rated_again,
    safe_and_well_checked,
    safe_and_well_decided,
    urgent_action_ended,
)
from flows.pwt_rerating import decided_on, second_manager_said
from flows.pwt_waiting import (
    LIMITS,
    Clock,
    Managers,
    Waiting,
    put_to_a_manager,
    tell_of_a_miss,
    what_managers_are_asked,
)
from flows.pwt_ways_out import (
    allocate,
    allocation_settled,
    bring_before,
    end_what_was_opened,
    leaving_confirmed,
    said_to_leave,
    said_to_wait_again,
)
from models.decision_tables.levels import Rag
from models.durations import DayEnd
from models.forms.recording import PersonHasDied
from models.forms.tray_deciding import ContactDiscussed, LeavingConfirmed, SecondManagerAgrees
from models.forms.tray_escalation import EscalationReason
from models.forms.tray_signals import (
    AllocationSettled,
    AllocationWanted,
    CircumstancesChanged,
    DayAgreed,
    EscalationWanted,
    LeavingReported,
    RatedAgain,
    ReadyToWaitAgain,
    RelevantPersonNamed,
)
from models.forms.tray_waiting import (
    ContactLogged,
    ContactReview,
    SafeAndWellDecision,
    SafeAndWellOutcome,
    TrayPlacement,
)
from models.forms.written_contact import FurtherMessage
from models.notices import Interruption
from models.policy.gaps.tray_exits import LeavingReason
from models.roles import Role
from models.tray_clocks import contact_due
from models.tray_findings import TrayOutcome
from tasks.case_people import about_person
from tasks.durable import (
    Closed,
    Due,
    Verb,
    Wait,
    answered_by,
    at,
    closed,
    first_of,
    hears,
    now,
    procedure,
    role,
    sent_by,
    staff,
    tell,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.tray.deciding import look_whether_brought_alone
from tasks.tray.standing import (
    begin_waiting,
    leave_tray,
    limit_of,
    look_up_who_hears_of_a_breach,
    next_contact,
    note_agreed_date,
)

Messages = (
    ContactLogged
    | CircumstancesChanged
    | AllocationWanted
    | AllocationSettled
    | RatedAgain
    | EscalationWanted
    | DayAgreed
    | LeavingReported
    | ReadyToWaitAgain
    | PersonHasDied
    | FurtherMessage
    | RelevantPersonNamed
    | Closed
)
Came = InTouch | Managers | Messages


@procedure(
    title="Planned work tray",
    acts_on=(PersonHasDied, FurtherMessage),
    follows="Managing Planned Work Trays, March 2023: keeping in touch with people who wait",
)
def pwt_review(place: TrayPlacement) -> TrayOutcome:
    """
    Keep in touch with one person who waits for a worker, until somebody has accepted them or a manager takes them off.

    Contact is weekly, fortnightly or monthly by colour, made by a duty worker and for Red by a qualified worker; only
    reaching the person, or somebody named for them, counts. Who cannot be reached in the set attempts is put to a
    manager, who decides on a safe and well check. Whoever still has no worker is brought before the team's managers
    on day 21 and the strategic manager on day 28, Red cases sooner. A change that anybody reports is looked into at
    once. If a contact is missed the manager who placed them hears of it; nothing here waits in silence.
    """
    about_person(place.person)
    tray = Waiting(place, begin_waiting(place), Contact(place), begun=now())
    if tray.standing.due_at_once_by is not None:
        tray.contact.ask_now("Overdue on the list that was taken over.")
    if place.rated is None:
        put_to_a_manager(tray, "Not rated yet: say how they stand, so that colour and priority can be set.")  # GAP-14
    if tray.standing.also_waits_in is not None:
        twice = f"They are on the tray already, in case {tray.standing.also_waits_in}: take one of the two off."
        put_to_a_manager(tray, twice, pressing=True)
    while tray.outcome is None:
        match first_of(*everything_awaited(tray)):
            case ContactReview() as review:
                contact_made(tray, review, by=answered_by(type(review)))  # PWT-49, PWT-50
            case ContactLogged() as logged:
                contact_made(tray, logged, by=sent_by(ContactLogged))
            case SafeAndWellDecision() as decided:
                safe_and_well_decided(tray, decided)  # PWT-58
            case SafeAndWellOutcome() as check:
                safe_and_well_checked(tray, check)  # PWT-58
            case CircumstancesChanged() as change:
                change_reported(tray, change)  # PWT-29
            case ContactDiscussed() as answer:
                decided_on(tray, answer, by=answered_by(ContactDiscussed))  # PWT-52, PWT-53
            case RatedAgain() as again:
                rated_again(tray, again, by=sent_by(RatedAgain))
            case SecondManagerAgrees() as second:
                second_manager_said(tray, second, by=answered_by(SecondManagerAgrees))  # GAP-22
            case AllocationWanted() as wanted:
                allocate(tray, wanted)  # PWT-10, PWT-11
            case AllocationSettled() as settled:
                allocation_settled(tray, settled)
            case EscalationWanted() as escalation:
                bring_before(tray, Role.STRATEGIC_MANAGER, EscalationReason.MANAGER, escalation.reasons)  # PWT-60
            case DayAgreed() as agreed:
                tray.standing = note_agreed_date(tray.standing, agreed.on.isoformat())
            case LeavingReported() as leaving:
                said_to_leave(tray, leaving.reason, f"{leaving.told_by}: {leaving.details or leaving.reason}")
            case PersonHasDied():
                said_to_leave(tray, LeavingReason.DEATH, "The register shows their death.")
            case FurtherMessage() as message:
                message_came(tray, message)
            case ReadyToWaitAgain() as back:
                said_to_wait_again(tray, back.why)
            case RelevantPersonNamed() as named:
                named_for_them(tray, named.who)  # PWT-58
            case Closed(ref, outcome):
                urgent_action_ended(tray, ref, outcome or "")
            case LeavingConfirmed() as confirmed:
                leaving_confirmed(tray, confirmed, by=answered_by(LeavingConfirmed))  # GAP-53
            case Due(name):
                time_came(tray, Clock(name))
    end_what_was_opened(tray, tray.outcome)
    return leave_tray(tray.standing, tray.outcome)


def everything_awaited(tray: Waiting) -> list[Wait[Came]]:
    """Every clock of somebody who waits, every open question about them, and whatever may come from outside."""
    managers: list[Wait[Came]] = [*what_managers_are_asked(tray)]
    messages: list[Wait[Came]] = [
        hears(LeavingReported),
        hears(PersonHasDied),
        hears(FurtherMessage),
        hears(ReadyToWaitAgain),
        hears(AllocationSettled),
        hears(CircumstancesChanged),
        hears(RelevantPersonNamed),
    ]
    if tray.standing.stopped:  # GAP-53: nobody rings, writes or counts until a manager has answered
        return [*managers, *messages]
    messages += [
        *(closed(ref) for ref in tray.urgent),
        hears(ContactLogged),
        hears(AllocationWanted),
        hears(RatedAgain),
        hears(EscalationWanted),
        hears(DayAgreed),
    ]
    return [tray.contact.wait(tray.standing), *clocks_of(tray), *managers, *messages]


def clocks_of(tray: Waiting) -> list[Wait[Due]]:
    """The limits of waiting, a day agreed, and the time at which a contact counts as missed."""
    wanted = {name: due for name in LIMITS if (due := limit_of(name, tray.standing)) is not None}
    running = {name: at(name, due) for name, due in wanted.items()}
    running[Clock.CONTACT_MISSED] = at(Clock.CONTACT_MISSED, next_contact(tray.standing))
    if tray.missed_at is not None:
        running[Clock.STILL_MISSED] = at(Clock.STILL_MISSED, contact_due(tray.standing.colour, tray.missed_at))
    if tray.standing.agreed_at is not None:
        running[Clock.AGREED_DAY] = at(Clock.AGREED_DAY, tray.standing.agreed_at)
    for name, clock in tray.clocks.items():
        if name not in running:
            withdraw(clock)
    tray.clocks = running
    return list(running.values())


def time_came(tray: Waiting, clock: Clock) -> None:
    """What follows when one of the clocks has run out."""
    standing = tray.standing
    match clock:
        case Clock.CONTACT | Clock.CONTACT_AGAIN:
            tray.contact.stage = Stage.ASKED
        case Clock.AGREED_DAY:
            tray.standing = note_agreed_date(standing, None)
            if tray.contact.stage in (Stage.DECIDING, Stage.CHECKING):
                put_to_a_manager(tray, "A day agreed with them has come, and nobody can reach them.")
            else:
                tray.contact.ask_now("Agreed with them for today.", soon=DayEnd.BEFORE_CLOSING)
        case Clock.CONTACT_MISSED:
            worse = standing.colour is Rag.RED and tray.missed_as is not Rag.RED
            if tray.missed_at is None or worse:  # else it was told, and another colour has only moved its time
                tell_of_a_miss(tray)
        case Clock.STILL_MISSED:
            tell_of_a_miss(tray)
        case Clock.WARN:
            reviewer = policy().gaps.tray_roles.tray_reviewed_by
            tell([staff(standing.manager), role(reviewer)], Verb.DECIDE, "waits-long", near=standing.team)
        case Clock.BREACH:
            bring_before(tray, look_up_who_hears_of_a_breach(), EscalationReason.LIMIT_REACHED)
        case Clock.RED_STRATEGIC:
            if look_whether_brought_alone(standing):
                bring_before(tray, Role.STRATEGIC_MANAGER, EscalationReason.RED_TOO_LONG)
        case Clock.RED_HEAD:
            if look_whether_brought_alone(standing):
                bring_before(tray, Role.HEAD_OF_SERVICE, EscalationReason.RED_TOO_LONG)
        case Clock.PRIORITY:
            reviewer = policy().gaps.tray_roles.tray_reviewed_by
            urgent = standing.rated is not None and standing.rated.urgent
            tell(
                [staff(standing.manager), role(reviewer)],
                Verb.DECIDE,
                "priority-deadline-passed",
                interrupts=Interruption.URGENT_UNACKNOWLEDGED if urgent else None,
                near=standing.team,
            )
