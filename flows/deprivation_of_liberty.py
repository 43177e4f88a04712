"""Deprivation of liberty: care that restricts somebody without capacity is authorised, reduced, or justified."""

from __future__ import annotations

from enum import StrEnum

from flows.advocacy import advocacy
from models.forms.advocacy import AdvocacyNeed
from models.forms.liberty import LibertyConcern, LibertyConsidered, LibertyRouteChosen, LibertyRouteTaken
from models.notices import Recipient
from models.policy.gaps.duty import AdvocacyStep
from models.policy.gaps.reablement import LibertyRoute
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import ask, open_case, procedure, role, this_case
from tasks.durable.in_force import policy
from tasks.liberty import apply_liberty_test
from tasks.written_contact import look_up_what_to_heed


class LibertyOutcome(StrEnum):
    """How it ended."""

    NOT_ONE = "no deprivation of liberty"
    """The test does not hold, for the reasons on record."""
    REDUCED = "restrictions reduced"
    """Care restricts less."""
    AUTHORISATION_ASKED_FOR = "authorisation asked for"
    """The care home or hospital, or the Court of Protection, was asked."""
    NONE_NEEDED = "none needed"
    """Somebody has decided so, with reasons."""
    NO_LONGER = "no longer called for"
    """Before it was done it was called for no more."""


@procedure(follows="Monitoring Actions (Reablement), November 2023: deprivation of liberty", by_hand=True)
def deprivation_of_liberty(concern: LibertyConcern) -> LibertyOutcome:
    """
    Consider what must be done where care takes, or is likely to take, the liberty of somebody without capacity.

    Whoever coordinates the care records the person's capacity and the restrictions. Where the test holds, a manager
    chooses the way from the council's list: no rule does that. What was decided is chased until it is done. Where
    nobody appropriate can support the person, an independent advocate is found at once. Silence goes up the line.
    """
    about_person(concern.about_person)
    considered = ask(
        LibertyConsidered,
        of=whoever_considers(concern),
        about=to_read(concern),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-37",
    )
    if not apply_liberty_test(considered):  # GAP-52
        return LibertyOutcome.NOT_ONE
    if considered.somebody_appropriate is False:
        find_an_advocate(concern, considered)  # DUTY-40, DUTY-41
    chosen = ask(
        LibertyRouteChosen,
        of=whoever_chooses(concern),
        about=to_read(concern, f"Considered:{considered.in_words}"),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-37",
    )
    match chosen.route:
        case LibertyRoute.NONE:
            return LibertyOutcome.NONE_NEEDED
        case LibertyRoute.REDUCE_RESTRICTIONS:
            return carry_out(concern, chosen, LibertyOutcome.REDUCED)
        case LibertyRoute.CARE_HOME_OR_HOSPITAL | LibertyRoute.COURT_OF_PROTECTION:
            return carry_out(concern, chosen, LibertyOutcome.AUTHORISATION_ASKED_FOR)


def carry_out(concern: LibertyConcern, chosen: LibertyRouteChosen, done: LibertyOutcome) -> LibertyOutcome:
    """Somebody does it, and is chased until it is done."""
    taken = ask(
        LibertyRouteTaken,
        of=whoever_considers(concern),
        about=to_read(concern, f"Decided:{chosen.in_words}"),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-37",
    )
    return LibertyOutcome.NO_LONGER if taken.no_longer_called_for else done


def find_an_advocate(concern: LibertyConcern, considered: LibertyConsidered) -> None:
    """Nobody appropriate is there and the person lacks capacity: both conditions are known, and not asked again."""
    need = AdvocacyNeed(
        about_person=concern.about_person,
        step=AdvocacyStep.PLANNING,
        what=f"Care may take their liberty: {concern.what}. {considered.capacity_shown_by}",
        nobody_appropriate=True,
        substantial_difficulty=True,
        decided_by=whoever_considers(concern).tag,
        came_from=this_case(),
    )
    open_case(advocacy, need, owner=whoever_considers(concern), clauses="DUTY-40 DUTY-41 GAP-06")


def whoever_considers(concern: LibertyConcern) -> Recipient:
    """Whoever coordinates the care; else a practitioner."""
    return Recipient.from_tag(concern.worker) if concern.worker else role(Role.PRACTITIONER)


def whoever_chooses(concern: LibertyConcern) -> Role:
    """The reablement lead where it is about reablement; else a team manager."""
    return Role.REABLEMENT_LEAD if concern.plan is not None else Role.TEAM_MANAGER


def to_read(concern: LibertyConcern, *more: str) -> str:
    """What whoever decides must know: what to heed first, what was noticed, and what was said since."""
    heed = look_up_what_to_heed(concern.about_person).beside_the_form
    where = f"The plan's case: {concern.plan}" if concern.plan else ""
    return "\n".join(line for line in (heed, where, f"Noticed: {concern.what}", *more) if line)
