"""A changed reablement plan on its way to everybody: recorded, told, in copies; a part of the plan change."""

from __future__ import annotations

from flows.leaving_notes import leave_note
from flows.plan_changing import Changing, PlanChangeOutcome
from flows.plan_copies import see_that_everybody_has_it
from flows.plan_telling import GoingOut, tell_everybody
from flows.reablement_asking import ask_whether_it_lasts_or_not
from models.forms.plan_copies import HomeCopyPutRight
from tasks.durable import now
from tasks.durable.in_force import policy
from tasks.reablement.change_beside import beside_the_home_copy, changed_in_words
from tasks.reablement.coordinating import who_that_is
from tasks.reablement.copies import note_amended_by_hand
from tasks.reablement.plans import look_up_plan

NOTE = "Reablement: plan changed"
"""The literal title of the note about a change."""


def see_that_it_goes_out(changing: Changing) -> None:
    """
    See that everybody hears of the changed plan, has the new copy, and goes by the copy at home until then.

    The formal record is brought into line within the time that policy gives (REA-13).
    """
    assert changing.made is not None and changing.decided is not None and changing.decided.edits is not None
    going = GoingOut(
        stands=changing.stands,
        version=changing.made.version,
        differences=changing.made.differences,
        since=now(),
        rota_matches=not changing.decided.edits.changes_the_rota,
    )
    if changing.amended_at_home:
        going.stands = note_amended_by_hand(changing.plan, going.version)  # REA-12
    bring_the_record_into_line(changing, going)
    tell_everybody(going, changing.informed)
    see_that_everybody_has_it(going)
    changing.stands = going.stands
    changing.outcome = PlanChangeOutcome.REABLEMENT_ENDED if going.ended else PlanChangeOutcome.CHANGED


# ------------------------------------------------------------------ the record


def bring_the_record_into_line(changing: Changing, going: GoingOut) -> None:
    """The formal record says what the plan says now, within the time that policy gives (REA-13, GAP-34)."""
    by_hand = "The copy at home was amended by hand." if changing.amended_at_home else ""
    said = [str(one) for one in changing.said.values()]
    parts = (
        f"The plan has changed; version {going.version} is in force.",
        changed_in_words(going.differences),
        *(f"Evidence: {one.evidence.what} ({one.evidence.given_by})" for one in changing.pieces),
        f"Reasons: {changing.reasons}",
        "\n".join(("What those involved said:", *said)) if said else "",
        f"Decided in their best interests: {changing.best_interests}" if changing.best_interests else "",
        by_hand,
    )
    leave_note(
        NOTE,
        "\n".join(one for one in parts if one),
        about_person=changing.stands.person,
        of=who_that_is(changing.worker),
        author=changing.decided_by,
        clauses="REA-09 REA-13 GAP-34",
        wanted_by=policy().working_calendar().add(now(), policy().gaps.plan_paperwork.formal_record_within),
    )


# ------------------------------------------------------------------ the copy at home


def see_that_the_home_copy_is_right(changing: Changing) -> None:
    """
    The copy at home was amended by hand for a change that is not made: it is put right, for whoever visits goes by it.

    Where reablement has ended nobody goes by it any more.
    """
    amended = changing.amended_at_home or any(one.evidence.changed_at_home for one in changing.pieces)
    if not amended or changing.outcome in STANDS_AS_AMENDED:
        return
    ask_whether_it_lasts_or_not(
        HomeCopyPutRight,
        of=changing.worker,
        about=beside_the_home_copy(
            changing.pieces, look_up_plan(changing.plan), "What stands there by hand was not agreed."
        ),
        wanted_within=policy().gaps.plan_paperwork.formal_record_within,
        clauses="REA-12 REA-15",
    )


STANDS_AS_AMENDED = (
    PlanChangeOutcome.CHANGED,
    PlanChangeOutcome.CHANGED_ALREADY,
    PlanChangeOutcome.UNDER_WAY,
    PlanChangeOutcome.REABLEMENT_ENDED,
)
