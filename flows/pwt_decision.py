"""The decision on the tray: a team manager or team leader gives a case to a worker, places it, or sends it back."""

from __future__ import annotations

from flows.pwt_allocation import AllocationOutcome, pwt_allocation
from flows.pwt_matter import Matter, act_at_once, duty_of
from flows.pwt_placing import place
from models.forms.tray_allocation import AllocationFacts, AllocationTakenBack, ReferredAgain
from models.forms.tray_decision import TrayChoice, TrayDecision
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.forms.tray_triage import BackAtDuty, Triage
from models.notices import Recipient
from models.triage_findings import EarlierPlaces, TeamFound, TriageOutcome, UrgentActions
from tasks.durable import (
    Closed,
    Due,
    Verb,
    Wait,
    after,
    answered_by,
    ask,
    closed,
    decision,
    first_of,
    open_case,
    send,
    staff,
    tell,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.tray.allocating import look_up_what_came_of_allocating
from tasks.tray.factor_list import look_at_the_local_factors
from tasks.tray.rating import rate_case
from tasks.tray.triage import (
    look_up_earlier_places,
    look_up_what_urgent_actions_did,
    look_up_who_decides,
    put_to_decide_in_words,
)


def decide(matter: Matter, person: str, found: Triage) -> TriageOutcome:
    """
    A manager of the team decides between a worker and the tray, or sends it back to duty, until one of them is done.

    Whoever waits on a tray already, or is being given to a worker, is not given or placed a second time: what is new is
    reported there.
    """
    concerned = look_up_who_decides(found.team, matter.referral.team, person)  # PWT-24, PWT-25
    see_that_the_factors_are_approved(matter, concerned)  # PWT-44
    while True:
        places = look_up_earlier_places(person)
        if places.waits_in is not None and report_on_the_tray(matter, places.waits_in):
            return TriageOutcome.ALREADY_WAITS
        if places.being_given_in is not None and report_to_whoever_is_asked(matter, places.being_given_in):
            return TriageOutcome.ALREADY_GIVEN
        decided = ask_a_manager(matter, concerned, places)
        by = answered_by(TrayDecision)
        match decided.decision:
            case TrayChoice.ALLOCATE:
                match give_to_a_worker(matter, person, concerned, decided, by):
                    case AllocationOutcome.ACCEPTED:
                        return TriageOutcome.ALLOCATED
                    case AllocationOutcome.DIED:
                        return TriageOutcome.DIED
                    case AllocationOutcome.NOT_ALLOCATED | AllocationOutcome.LEFT:
                        pass  # on no tray and with nobody: it is decided again, and they can be placed
            case TrayChoice.PLACE:
                if place(matter, person, decided, by, concerned, places):
                    return TriageOutcome.PLACED
            case TrayChoice.BACK_TO_DUTY:
                if send_back(matter, decided).settled:
                    return TriageOutcome.SETTLED
        concerned = look_up_who_decides(found.team, matter.referral.team, person)  # who is there may have changed


def see_that_the_factors_are_approved(matter: Matter, concerned: TeamFound) -> None:
    """A list of local risk factors that was changed without approval is read by whoever rates, and told (GAP-24)."""
    looked_at = look_at_the_local_factors(concerned.team)
    matter.so_far += looked_at.problems
    if looked_at.is_news:
        tell(looked_at.approver, Verb.DECIDE, "local-risk-factors-changed", clauses="PWT-44")


def report_on_the_tray(matter: Matter, tray_case: str) -> bool:
    """They wait already: the case on the tray hears of it, and somebody is in touch at once."""
    what = "They were referred again. " + matter.referral.contact.in_full
    change = CircumstancesChanged(reported_by=ReportedBy.OTHER, what=what, urgent=matter.referral.urgent)
    return send(tray_case, change, clauses="PWT-29")


def report_to_whoever_is_asked(matter: Matter, allocation: str) -> bool:
    """A worker is asked to take them on already: whoever is asked reads this as well."""
    again = ReferredAgain(what="They were referred again. " + matter.referral.contact.in_full)
    return send(allocation, again, clauses="PWT-24")


def ask_a_manager(matter: Matter, concerned: TeamFound, places: EarlierPlaces) -> TrayDecision:
    """
    The team's leader or manager, and nobody else, decides (PWT-25); what an urgent action did is put before them.

    Where one ends while they consider, they are asked anew with what came of it: before that nothing is placed.
    """
    times = policy().gaps.reasonable_time
    while True:
        urgent = look_up_what_urgent_actions_did(matter.urgent) if matter.urgent else UrgentActions()
        still_open = [ref for ref in matter.urgent if ref not in urgent.ended]
        asked = decision(
            TrayDecision,
            of=Recipient.from_tag(concerned.decider),
            about=put_to_decide_in_words(matter.person, matter.referral, tuple(matter.so_far), urgent.lines, places),
            urgent=matter.referral.urgent,
            wanted_within=times.urgent if matter.referral.urgent else times.reasonable,
            clauses="PWT-03 PWT-24 PWT-25 PWT-33 PWT-34 PWT-47",
        )
        awaited: list[Wait[TrayDecision | Closed]] = [asked, *(closed(ref) for ref in still_open)]
        match first_of(*awaited):
            case TrayDecision() as decided:
                return decided
            case Closed():
                withdraw(asked)


def give_to_a_worker(
    matter: Matter, person: str, concerned: TeamFound, decided: TrayDecision, by: str
) -> AllocationOutcome:
    """
    A worker is asked to accept, in a case of its own that is the manager's until somebody has (PWT-24).

    Until then they are on no tray, and nobody keeps in touch with them: so it lasts a few days and no longer (GAP-02).
    Then it is decided again, like where nobody can take them on, with what came of it.
    """
    assert decided.worker is not None
    if look_up_earlier_places(person).seen_to_in is not None:
        return AllocationOutcome.NOT_ALLOCATED  # somebody else has seen to them meanwhile: it is reported there
    facts = AllocationFacts(
        person=person,
        team=concerned.team,
        worker=decided.worker,
        manager=by,
        rated=rate_case(decided.facts) if decided.facts is not None else None,
        reasons=decided.rationale,
        to_read="\n".join(one for one in (decided.circumstances, matter.referral.contact.in_full) if one),
    )
    allocation = open_case(pwt_allocation, facts, owner=staff(by), clauses="PWT-10 PWT-24")
    settled, too_long = closed(allocation), after("taken-on-by", policy().gaps.reasonable_time.few_days)
    came = first_of(settled, too_long)
    if isinstance(came, Due):
        send(allocation, AllocationTakenBack(), clauses="PWT-11")
        came = first_of(settled)
    withdraw(too_long)
    outcome = AllocationOutcome(came.outcome) if came.outcome else AllocationOutcome.NOT_ALLOCATED
    if outcome is not AllocationOutcome.ACCEPTED:
        matter.so_far += look_up_what_came_of_allocating(allocation).lines
    return outcome


def send_back(matter: Matter, decided: TrayDecision) -> BackAtDuty:
    """It goes back to duty with the manager's reasons; duty does what is wanted and says what came of it."""
    if decided.act_now:
        act_at_once(matter, decided.act_now)
    matter.so_far.append(f"Sent back to duty: {decided.rationale}")
    times = policy().gaps.reasonable_time
    matter.back = ask(
        BackAtDuty,
        of=duty_of(matter.referral),
        about=put_to_decide_in_words(matter.person, matter.referral, tuple(matter.so_far), (), None),
        urgent=matter.referral.urgent,
        wanted_within=times.urgent if matter.referral.urgent else times.reasonable,
        clauses="PWT-17 PWT-21 PWT-24",
    )
    matter.so_far.append(f"Duty then: {matter.back.what_was_done}")
    if matter.back.act_now:
        act_at_once(matter, matter.back.act_now)
    return matter.back
