"""A changed reablement plan on its way to everybody: recorded, told, in copies; a part of the plan change."""

from __future__ import annotations

from flows.leaving_notes import leave_note
from flows.plan_changing import Always, Changing, PlanChangeOutcome, always, take_notice
from flows.plan_telling import (
    GoingOut,
    ask_to_tell,
    ask_to_tell_anew,
    stop_telling,
    tell_everybody,
    they_were_told,
)
from models.forms.plan_copies import CopiesGivenOut, HomeCopyAmended, HomeCopyPutRight, PlanChangeExplained
from models.roles import Role
from tasks.durable import Due, Verb, Wait, after, ask, decision, first_of, hears, now, tell, withdraw
from tasks.durable.in_force import policy
from tasks.reablement.change_beside import beside_copies, beside_the_home_copy, changed_in_words
from tasks.reablement.copies import note_amended_by_hand, note_copy, note_no_copy
from tasks.reablement.plans import look_up_plan

NOTE = "Reablement: plan changed"
"""The literal title of the note about a change."""
Came = CopiesGivenOut | PlanChangeExplained | HomeCopyAmended | Due | Always


def see_that_it_goes_out(changing: Changing) -> None:
    """
    See that everybody hears of the changed plan, has the new copy, and goes by the copy at home until then.

    The formal record is brought into line within the time that policy gives (REA-13). Copies go to everybody who had
    the plan, unless consent or those involved have changed (REA-16), electronically by a secure route only (REA-17).
    Where visits have changed it is asked until the rota matches. The reablement lead hears of what is late.
    """
    assert changing.made is not None and changing.decided is not None and changing.decided.edits is not None
    going = GoingOut(
        version=changing.made.version,
        differences=changing.made.differences,
        since=now(),
        rota_matches=not changing.decided.edits.changes_the_rota,
    )
    if changing.amended_at_home:
        changing.stands = note_amended_by_hand(changing.plan, going.version)  # REA-12
    bring_the_record_into_line(changing, going)
    tell_everybody(changing, going)
    late = after("copies-not-out", policy().reablement.copies_out_within, since=going.since)
    while changing.outcome is None and not everybody_has_it(changing, going):
        match first_of(*what_is_awaited(changing, going, late)):
            case CopiesGivenOut() as answer:
                going.copies = None
                copies_were_given(changing, going, answer)
            case PlanChangeExplained() as told:
                going.telling = None
                they_were_told(changing, going, told)
            case HomeCopyAmended(amended_on=on):
                changing.stands = note_amended_by_hand(changing.plan, going.version, on)  # REA-12
                ask_for_copies_anew(going)
            case Due(name="copies-not-out"):
                tell(Role.REABLEMENT_LEAD, Verb.CHECK, "copies-of-a-changed-plan-are-late", near=changing.stands.team)
            case Due():
                going.tell_again = None
            case came:
                ask_for_copies_anew(going)
                ask_to_tell_anew(going)
                take_notice(changing, came)
                if changing.stands.version != going.version:
                    stop_saying_which_copy_counts(changing, going)
    stop_saying_which_copy_counts(changing, going)
    changing.outcome = changing.outcome or PlanChangeOutcome.CHANGED


def everybody_has_it(changing: Changing, going: GoingOut) -> bool:
    """Whether nobody is left who is to have the new copy, and the rota matches."""
    return going.rota_matches and not to_have_a_copy(changing, going)


def to_have_a_copy(changing: Changing, going: GoingOut) -> tuple[str, ...]:
    """Those who are to have the new copy (REA-16); where a later version is in force, its own change sees to that."""
    return changing.stands.to_get_a_copy if changing.stands.version == going.version else ()


def what_is_awaited(changing: Changing, going: GoingOut, late: Wait[Due]) -> list[Wait[Came]]:
    """One form for all copies, one for all who are to be told, and what may come besides."""
    waits: list[Wait[Came]] = [ask_for_copies(changing, going), late, hears(HomeCopyAmended), *always()]
    if going.tell_again is not None:
        waits.append(going.tell_again)
    elif going.to_tell and changing.stands.version == going.version:
        waits.append(ask_to_tell(changing, going))
    return waits


# ------------------------------------------------------------------ the record


def bring_the_record_into_line(changing: Changing, going: GoingOut) -> None:
    """The formal record says what the plan says now, within the time that policy gives (REA-13, GAP-34)."""
    by_hand = "The copy at home was amended by hand." if changing.amended_at_home else ""
    said = [str(one) for one in changing.said.values()]
    parts = (
        f"The plan has changed; version {going.version} is in force.",
        changed_in_words(going.differences),
        f"Evidence: {changing.evidence.evidence.what} ({changing.evidence.evidence.given_by})",
        f"Reasons: {changing.reasons}",
        "\n".join(("What those involved said:", *said)) if said else "",
        f"Decided in their best interests: {changing.best_interests}" if changing.best_interests else "",
        by_hand,
    )
    leave_note(
        NOTE,
        "\n".join(one for one in parts if one),
        about_person=changing.stands.person,
        of=changing.worker,
        author=changing.decided_by,
        clauses="REA-09 REA-13 GAP-34",
        wanted_by=policy().working_calendar().add(now(), policy().gaps.plan_paperwork.formal_record_within),
    )


# ------------------------------------------------------------------ copies


def ask_for_copies(changing: Changing, going: GoingOut) -> Wait[CopiesGivenOut]:
    """One form for all copies that are to go out, and for the rota."""
    wanted = to_have_a_copy(changing, going)
    if going.copies is not None and wanted != going.wanted:
        ask_for_copies_anew(going)
    rota = "" if going.rota_matches else "Visits have changed: the rota must match. Say when it does."
    going.wanted = wanted
    going.copies = decision(
        CopiesGivenOut,
        of=changing.worker,
        about=beside_copies(
            changing.stands, going.differences, wanted, policy().reablement.secure_routes, rota, *going.tried
        ),
        wanted_within=policy().reablement.copies_out_within,
        since=going.since,
        clauses="REA-08 REA-16 REA-17",
    )
    return going.copies


def copies_were_given(changing: Changing, going: GoingOut, answer: CopiesGivenOut) -> None:
    """Who has the new copy need not be told any more which one counts meanwhile (REA-15, REA-16)."""
    for one in answer.given:
        changing.stands = note_copy(changing.plan, one.who, going.version, one.how, one.given_on)
    for left_out in answer.no_copy:
        changing.stands = note_no_copy(changing.plan, left_out.who, f"{left_out.why}: {left_out.details}")
    going.rota_matches = going.rota_matches or answer.rota_matches is True
    if answer.tried:
        going.tried = (*going.tried, f"So far: {answer.tried}")
    have_it = set(answer.holders)
    stop_telling(changing, tuple(going.tellings.pop(who) for who in sorted(have_it & set(going.tellings))))
    if have_it & set(going.to_tell):
        ask_to_tell_anew(going)
        for who in have_it & set(going.to_tell):
            del going.to_tell[who]


def stop_saying_which_copy_counts(changing: Changing, going: GoingOut) -> None:
    """Everybody has it, or a later version is on its way: nobody is told about this one any more (REA-15)."""
    ask_for_copies_anew(going)
    ask_to_tell_anew(going)
    stop_telling(changing, tuple(going.tellings.values()))
    going.tellings = {}


def ask_for_copies_anew(going: GoingOut) -> None:
    """The question leaves the worklist; it is asked again as things stand, where copies are still wanted."""
    if going.copies is not None:
        withdraw(going.copies)
    going.copies = None


# ------------------------------------------------------------------ the copy at home


def see_that_the_home_copy_is_right(changing: Changing) -> None:
    """
    The copy at home was amended by hand for a change that is not made: it is put right, for whoever visits goes by it.

    Where reablement has ended nobody goes by it any more.
    """
    amended = changing.amended_at_home or changing.evidence.evidence.changed_at_home
    if not amended or changing.outcome in STANDS_AS_AMENDED:
        return
    ask(
        HomeCopyPutRight,
        of=changing.worker,
        about=beside_the_home_copy(
            changing.evidence, look_up_plan(changing.plan), "What stands there by hand was not agreed."
        ),
        wanted_within=policy().gaps.plan_paperwork.formal_record_within,
        clauses="REA-12 REA-15",
    )


STANDS_AS_AMENDED = (
    PlanChangeOutcome.CHANGED,
    PlanChangeOutcome.CHANGED_ALREADY,
    PlanChangeOutcome.REABLEMENT_ENDED,
)
