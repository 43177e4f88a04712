"""Out of waiting: a worker, those above who see to it, or leaving the tray; a part of `pwt_review`."""

from __future__ import annotations

from flows.pwt_allocation import pwt_allocation
from flows.pwt_escalation import pwt_escalation
from flows.pwt_waiting import Waiting, discussed, take_back
from flows.urgent_action import urgent_action
from models.forms.tray_allocation import AllocationFacts
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_escalation import EscalationFacts, EscalationRaised, EscalationReason
from models.forms.tray_signals import AllocationSettled, AllocationWanted, TrayLeft
from models.forms.urgent_action import UrgentActionFacts
from models.policy.gaps.tray_exits import LeavingReason
from models.roles import Role
from models.tray_findings import TrayOutcome
from tasks.durable import now, open_case, send, staff, this_case, withdraw
from tasks.durable.handover import pass_ownership
from tasks.tray.letters import stop_letters
from tasks.tray.standing import note_leaving, note_waiting_again


def allocate(tray: Waiting, wanted: AllocationWanted) -> None:
    """A named worker is asked to accept; until somebody has, everything here goes on (PWT-10, PWT-11, PWT-35)."""
    if tray.allocation is not None and send(tray.allocation, wanted):
        return
    standing = tray.standing
    tray.offered = wanted
    tray.allocation = open_case(
        pwt_allocation,
        AllocationFacts(
            person=standing.person,
            team=standing.team,
            worker=wanted.worker,
            manager=standing.manager,
            rated=standing.rated,
            reasons=wanted.reasons,
            tray_case=this_case(),
            to_read=tray.place.circumstances,
        ),
        owner=staff(standing.manager),
        key="allocation",
        clauses="PWT-10 PWT-11",
    )


def allocation_settled(tray: Waiting, settled: AllocationSettled) -> None:
    """Somebody has accepted, and the waiting ends; or nobody has, and it goes on."""
    tray.allocation = tray.offered = None
    if settled.accepted_by is not None:
        pass_ownership(settled.accepted_by)
        tray.outcome = TrayOutcome.ALLOCATED


def bring_before(tray: Waiting, to: Role, reason: EscalationReason, reasons: str = "") -> None:
    """
    They are brought before a senior manager, who says what is done; silence goes on above (PWT-59 to PWT-62).

    While one discussion is still to come, another limit raises it; nobody is asked twice about the same person.
    """
    standing = tray.standing
    tray.brought = (to, reason, reasons)
    raised = EscalationRaised(to=to, reason=reason, reasons=reasons)
    if tray.escalation is not None and send(tray.escalation, raised, clauses="PWT-59"):
        return
    tray.escalation = open_case(
        pwt_escalation,
        EscalationFacts(
            tray_case=this_case(),
            person=standing.person,
            team=standing.team,
            manager=standing.manager,
            to=to,
            reason=reason,
            requested_at=standing.requested_at,
            rated=standing.rated,
            reasons=reasons,
            to_read=tray.place.circumstances,
        ),
        owner=staff(standing.manager),
        key=f"escalation:{reason}",
        clauses="PWT-59 PWT-60 PWT-61",
    )


def act_at_once(tray: Waiting, what: str) -> None:
    """What is urgent does not wait on the tray: it is an action at the duty point with a clock of its own (PWT-07)."""
    facts = UrgentActionFacts(
        what=what,
        about_person=tray.standing.person,
        known_at=now(),
        manager=tray.standing.manager,
        to_read=tray.place.circumstances,
    )
    ref = open_case(urgent_action, facts, owner=Role.DUTY_WORKER, key="urgent-action", clauses="PWT-07 GAP-11")
    tray.urgent[ref] = what


def said_to_leave(tray: Waiting, reason: LeavingReason, why: str) -> None:
    """Clocks and letters stop at once, and a manager is asked; after a death nobody writes or rings (GAP-53)."""
    tray.standing = note_leaving(tray.standing, reason)
    stop_letters(tray.standing.person)
    for question in ("leaving", "second", "discussed"):
        take_back(tray, question)
    tray.since.setdefault("leaving", now())
    tray.said_to_leave = (*tray.said_to_leave, f"Said to leave the tray: {reason}. {why}")
    if tray.standing.stopped:
        tray.contact.stop()
        for clock in tray.clocks.values():
            withdraw(clock)
        tray.clocks = {}
    if reason is LeavingReason.DEATH:
        end_what_was_opened(tray, "the person has died")


def end_what_was_opened(tray: Waiting, because: str) -> None:
    """Whoever is asked to accept them, or to discuss them, hears that it is not needed any more."""
    left = TrayLeft(because=because)
    if tray.allocation is not None and not send(tray.allocation, left):
        tray.offered = None
    if tray.escalation is not None and not send(tray.escalation, left):
        tray.brought = None
    tray.allocation = tray.escalation = None


def waits_again(tray: Waiting, why: str) -> None:
    """Home from hospital, or it was not so: they wait on and are contacted at once; what had ended begins again."""
    take_back(tray, "leaving")
    tray.said_to_leave, tray.contradicted, tray.resumed_at = (), False, now()
    tray.since.pop("leaving", None)
    tray.missed_at = None
    tray.standing = note_waiting_again(tray.standing)
    tray.contact.ask_now(f"Waits again: {why}")
    if tray.escalation is None and tray.brought is not None:
        bring_before(tray, *tray.brought)
    if tray.allocation is None and tray.offered is not None:
        allocate(tray, tray.offered)


def said_to_wait_again(tray: Waiting, why: str) -> None:
    """They wait on, unless they are said to have died: then the manager reads it beside the question."""
    if tray.standing.leaving is LeavingReason.DEATH:
        beside_the_question(tray, f"Said to wait again: {why}")
    elif tray.standing.leaving is not None:
        waits_again(tray, why)


def beside_the_question(tray: Waiting, what: str) -> None:
    """What comes while somebody is said to leave stands beside the question whether they do, which then cannot wait."""
    take_back(tray, "leaving")
    tray.said_to_leave, tray.contradicted = (*tray.said_to_leave, what), True


def leaving_confirmed(tray: Waiting, answer: LeavingConfirmed, *, by: str) -> None:
    """A manager has confirmed the reason, or says that they wait on."""
    reason = answer.reason or tray.standing.leaving
    assert reason is not None
    discussed(tray, f"Leaving the tray: {answer.in_words.strip(' ()')}", by)
    if answer.leaves:
        tray.outcome = OUTCOMES[reason]
    else:
        waits_again(tray, answer.what_was_discussed)


OUTCOMES = {
    LeavingReason.DEATH: TrayOutcome.DEATH,
    LeavingReason.ADMISSION: TrayOutcome.ADMISSION,
    LeavingReason.MOVE: TrayOutcome.MOVE,
    LeavingReason.WITHDRAWAL: TrayOutcome.WITHDRAWAL,
    LeavingReason.ANSWERED_ELSEWHERE: TrayOutcome.ANSWERED_ELSEWHERE,
}
