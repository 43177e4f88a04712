"""An urgent action: what cannot wait for somebody is done at the duty point, by a clock of its own."""

from __future__ import annotations

from models.forms.urgent_action import UrgentActionFacts, UrgentActionTaken, UrgentActionTonight, UrgentStep
from models.notices import Interruption
from models.roles import Role
from models.triage_findings import UrgentOutcome
from tasks.case_people import about_person
from tasks.durable import SKIP, Due, Verb, Wait, at, decision, first_of, now, procedure, staff, tell, withdraw
from tasks.tray.urgent import work_out_urgent_by, work_out_when_the_office_opens
from tasks.written_contact import look_up_what_to_heed

DUTY = Role.DUTY_WORKER


@procedure(follows="Managing Planned Work Trays, March 2023: immediate and urgent need", by_hand=True)
def urgent_action(facts: UrgentActionFacts) -> UrgentOutcome:
    """
    See that what cannot wait for somebody is done, before the office closes and within a day at the latest.

    The duty worker acts, whoever is responsible for the person and whoever pays (PWT-07, GAP-48); what is not done by
    closing is handed to out of hours in this same case, and somebody asks in the morning what came of it. It is chased
    from the first half hour; a manager hears where its time passes. Nobody is placed on the tray before it has ended
    (PWT-18).
    """
    about_person(facts.about_person)
    so_far = ""
    by = work_out_urgent_by(facts.known_at)
    overdue = at("urgent-action-overdue", by)
    while True:
        about = to_act_on(facts, so_far)
        asked = decision(
            UrgentActionTaken,
            of=DUTY,
            about=about,
            urgent=True,
            wanted_within=by,
            clauses="PWT-07 PWT-18",
        )
        while isinstance(came := first_of(asked, overdue), Due):
            tell_a_manager(facts)
        match came.step:
            case UrgentStep.DONE:
                return UrgentOutcome.DONE
            case UrgentStep.NOT_URGENT:
                return UrgentOutcome.NOT_URGENT
            case UrgentStep.MORE_TO_DO:
                so_far = f"Still to be done: {came.still_to_do}. Done so far: {came.what_was_done}"
            case UrgentStep.HANDED_TO_OUT_OF_HOURS:
                withdraw(overdue)
                opens = at("the-office-opens", work_out_when_the_office_opens())
                if (settled := through_the_night(about, came.what_was_done, opens)) is not None:
                    return settled
                so_far = f"Out of hours had it. Ask what came of it. They were told: {came.what_was_done}"
                by = work_out_urgent_by(now())
                overdue = at("urgent-action-overdue", by)


def through_the_night(about: str, told: str, opens: Wait[Due]) -> UrgentOutcome | None:
    """Whoever is on call has it in the same case (`out_of_hours` brings it to them); None: it was left to the day."""
    so_far = f"Handed over at closing: {told}"
    while True:
        tonight = decision(
            UrgentActionTonight,
            of=Role.ON_CALL_MANAGER,
            about=f"{so_far}\n{about}",
            urgent=True,
            clauses="PWT-07 TRN-04 TRN-07",
            for_cases_past=SKIP,
        )
        match first_of(tonight, opens):
            case UrgentActionTonight(step=UrgentStep.DONE):
                return UrgentOutcome.DONE
            case UrgentActionTonight(step=UrgentStep.NOT_URGENT):
                return UrgentOutcome.NOT_URGENT
            case UrgentActionTonight(what_was_done=done, still_to_do=left):
                so_far = f"Still to be done: {left}. Done so far: {done}"
            case Due():
                withdraw(tonight)
                return None


def tell_a_manager(facts: UrgentActionFacts) -> None:
    """Its time has passed and it is not done: a named manager hears at once, and it stays with duty."""
    whom = staff(facts.manager) if facts.manager else Role.TEAM_MANAGER
    tell(
        whom,
        Verb.READ,
        "an-urgent-action-is-not-done-in-time",
        urgent=True,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED,
        clauses="PWT-18",
    )


def to_act_on(facts: UrgentActionFacts, so_far: str) -> str:
    """What whoever acts must know: what to heed first, what cannot wait, what was done so far."""
    heed = look_up_what_to_heed(facts.about_person).beside_the_form
    about = f"About: {facts.about_person}" if facts.about_person else "Whom it is about is not known for certain."
    lines = (heed, about, f"Cannot wait: {facts.what}", so_far, "", facts.to_read)
    return "\n".join(line for line in lines if line or line == "").strip()
