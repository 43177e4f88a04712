"""Housekeeping: every minute, bring back what would not wake, take up what was left lying, work due times out anew."""

from __future__ import annotations

from flows.house import house_flow
from tasks.housekeeping import keep_house_once


@house_flow("Housekeeping")
def housekeeping() -> None:
    """
    Look after the cases, whoever else does.

    Compares the open cases with Prefect's runs and brings back every one that would not wake; takes up mail that was
    stored and not yet worked on; delivers notices that wait; and works open due times out anew where the policy has
    changed. The worker and `pathways up` do the same outside Prefect.
    """
    keep_house_once()
