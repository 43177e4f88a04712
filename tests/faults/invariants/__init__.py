"""
What must hold after every trial.

Each function is one invariant: its name is the invariant's, its docstring says what holds, and it gives what does not.
They change nothing, but for one: it runs one leg more of every open case, which must find nothing to do.
"""

from __future__ import annotations

from tests.faults.invariants import arrivals, cases, conduct, incidents, outward, plans
from tests.faults.invariants.evidence import Broken, Evidence, Invariant

INVARIANTS: tuple[Invariant, ...] = (
    conduct.the_record_verifies,
    cases.no_step_is_doubled,
    cases.no_wait_ends_twice,
    cases.every_case_takes_its_way_again,
    cases.every_open_case_sleeps,
    cases.nothing_is_overdue,
    cases.no_step_is_lost,
    cases.no_case_is_parked,
    cases.whoever_waits_for_a_case_hears_of_its_closing,
    cases.everything_has_an_owner,
    plans.every_plan_is_what_was_agreed,
    incidents.nobody_of_an_incident_is_lost,
    arrivals.every_accepted_message_is_in_the_record_once,
    arrivals.every_taken_answer_is_in_the_record_once,
    arrivals.every_taken_signal_is_in_the_record_once,
    arrivals.every_opened_case_is_there,
    outward.what_is_said_to_be_told_is_queued,
    outward.every_notice_arrives,
    outward.a_notice_is_repeated_under_its_own_id_only,
    outward.every_message_to_people_arrives,
    outward.nothing_goes_to_the_dead_or_the_unsafe,
    outward.nothing_personal_leaves,
    conduct.nothing_breaks,
    conduct.nobody_waits_for_each_other,
)
"""All of them, in the order in which they are checked."""


def name_of(invariant: Invariant) -> str:
    """Its name as results and pages have it."""
    return invariant.__name__.replace("_", "-")


def check(evidence: Evidence) -> list[Broken]:
    """Everything that does not hold."""
    return [Broken(name_of(one), of, how) for one in INVARIANTS for of, how in one(evidence)]


__all__ = ["INVARIANTS", "Broken", "Evidence", "check", "name_of"]
