"""Retention: each night, erase what the council's schedule lets go. It is housekeeping, and not a procedure."""

from __future__ import annotations

from datetime import timedelta

from flows.house import house_flow
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.retention.running import erase_what_is_due


@house_flow("Retention")
def retention() -> int:
    """
    Erase closed cases, mail, drafts, sign-in records and people whose time has passed and whom nothing keeps.

    Gives how many cases were erased. Nobody acts: who wants something kept has placed a legal hold before. If it does
    not run, things are kept longer than the schedule says, and the next run erases them. A run ends after two minutes,
    so that it holds up no worker; it comes again all night. One that is broken off has erased some cases wholly and the
    others not at all.
    """
    return erase_what_is_due(council_of_this_process(), for_at_most=timedelta(minutes=2)).cases
