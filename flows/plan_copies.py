"""A new version of a reablement plan reaches everybody in copies; a part of whatever makes one."""

from __future__ import annotations

from flows.plan_changing import Always, always, ends_while_they_are_said_to_have_died
from flows.plan_telling import GoingOut, ask_to_tell, ask_to_tell_anew, stop_telling, they_were_told
from models.forms.explaining import EveryoneTold
from models.forms.plan_change import PlanMoved
from models.forms.plan_copies import CopiesGivenOut, HomeCopyAmended
from models.forms.reablement_signals import PlanCoordinatorChanged, PlanHasEnded
from models.forms.recording import PersonHasDied
from models.roles import Role
from tasks.durable import Due, Verb, Wait, after, decision, first_of, hears, tell, withdraw
from tasks.durable.in_force import policy
from tasks.reablement.change_beside import beside_copies
from tasks.reablement.coordinating import go_with_the_plan, who_that_is
from tasks.reablement.copies import note_amended_by_hand, note_copy, note_no_copy
from tasks.reablement.plans import look_up_plan

Came = CopiesGivenOut | EveryoneTold | HomeCopyAmended | Due | Always


def see_that_everybody_has_it(going: GoingOut) -> None:
    """
    See that everybody who had the plan has the new copy, and that whoever is to be told is told.

    Copies go to everybody who had the plan, unless consent or those involved have changed (REA-16), electronically by
    a secure route only (REA-17). Where visits have changed it is asked until the rota matches. The reablement lead
    hears of copies that are late. Where a later version is in force, its copies go out from the case that made it.
    """
    late = after("copies-not-out", policy().reablement.copies_out_within, since=going.since)
    while not going.ended and not is_out(going):
        match first_of(*what_is_awaited(going, late)):
            case CopiesGivenOut() as answer:
                going.copies = None
                copies_were_given(going, answer)
            case EveryoneTold() as told:
                going.telling = None
                they_were_told(going, told)
            case HomeCopyAmended(amended_on=on):
                going.stands = note_amended_by_hand(going.plan, going.version, on)  # REA-12
                ask_for_copies_anew(going)
            case Due(name="copies-not-out"):
                if not everybody_has_it(going):
                    tell(Role.REABLEMENT_LEAD, Verb.CHECK, "copies-of-a-changed-plan-are-late", near=going.stands.team)
            case Due():
                going.tell_again = None
            case came:
                take_notice_while_it_goes_out(going, came)
    stop_saying_which_copy_counts(going)


def take_notice_while_it_goes_out(going: GoingOut, came: Always) -> None:
    """Another change has moved the plan, the person has died, reablement has ended, or somebody else coordinates it."""
    match came:
        case PlanMoved():
            going.stands = look_up_plan(going.plan)
            going.ended = going.stands.ended
            if not going.is_in_force:
                stop_saying_which_copy_counts(going)
        case PersonHasDied():
            ask_for_copies_anew(going)
            ask_to_tell_anew(going)
            going.ended = ends_while_they_are_said_to_have_died(going.stands.person)
        case PlanHasEnded():
            going.ended = True
        case PlanCoordinatorChanged():
            go_with_the_plan(going.plan)
            ask_for_copies_anew(going)
            ask_to_tell_anew(going)


def is_out(going: GoingOut) -> bool:
    """Whether everybody has it, and nobody is left to whom it is to be explained."""
    return everybody_has_it(going) and not (going.is_explained and going.to_tell)


def everybody_has_it(going: GoingOut) -> bool:
    """Whether nobody is left who is to have the new copy from here, and the rota matches."""
    return going.rota_matches and not going.to_get_a_copy


def what_is_awaited(going: GoingOut, late: Wait[Due]) -> list[Wait[Came]]:
    """One form for all copies, one for all who are to be told, and what may come besides."""
    waits: list[Wait[Came]] = [late, hears(HomeCopyAmended), *always()]
    if not everybody_has_it(going):
        waits.append(ask_for_copies(going))
    if going.tell_again is not None:
        waits.append(going.tell_again)
    elif going.to_tell and (going.is_in_force or going.is_explained):
        waits.append(ask_to_tell(going))
    return waits


def ask_for_copies(going: GoingOut) -> Wait[CopiesGivenOut]:
    """One form for all copies that are to go out, and for the rota."""
    wanted = going.to_get_a_copy
    if going.copies is not None and wanted != going.wanted:
        ask_for_copies_anew(going)
    if going.copies is not None:
        return going.copies
    rota = "" if going.rota_matches else "Visits have changed: the rota must match. Say when it does."
    going.wanted = wanted
    going.copies = decision(
        CopiesGivenOut,
        of=who_that_is(going.worker),
        about=beside_copies(
            going.stands, going.differences, wanted, policy().reablement.secure_routes, rota, *going.tried
        ),
        wanted_within=policy().reablement.copies_out_within,
        since=going.since,
        clauses="REA-08 REA-16 REA-17",
    )
    return going.copies


def copies_were_given(going: GoingOut, answer: CopiesGivenOut) -> None:
    """Who has the new copy need not be told any more which one counts meanwhile (REA-15, REA-16)."""
    for one in answer.given:
        going.stands = note_copy(going.plan, one.who, going.version, one.how, one.given_on)
    for left_out in answer.no_copy:
        going.stands = note_no_copy(going.plan, left_out.who, f"{left_out.why}: {left_out.details}")
    if not answer.holders:
        going.stands = look_up_plan(going.plan)
    going.rota_matches = going.rota_matches or answer.rota_matches is True
    if answer.tried:
        going.tried = (*going.tried, f"So far: {answer.tried}")
    have_it = set(answer.holders)
    stop_telling(going, tuple(going.tellings.pop(who) for who in sorted(have_it & set(going.tellings))))
    if have_it & set(going.to_tell) and not going.is_explained:
        ask_to_tell_anew(going)
        for who in have_it & set(going.to_tell):
            del going.to_tell[who]


def stop_saying_which_copy_counts(going: GoingOut) -> None:
    """Everybody has it, or a later version is on its way: nobody is told about this one any more (REA-15)."""
    ask_for_copies_anew(going)
    if going.ended or not going.is_explained:
        ask_to_tell_anew(going)
    stop_telling(going, tuple(going.tellings.values()))
    going.tellings = {}


def ask_for_copies_anew(going: GoingOut) -> None:
    """The question leaves the worklist; it is asked again as things stand, where copies are still wanted."""
    if going.copies is not None:
        withdraw(going.copies)
    going.copies = None
