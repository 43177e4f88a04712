"""The managers' lists in Prefect, every hour: each team's open cases and tray, and the figures of each incident."""

from __future__ import annotations

from flows.house import house_flow
from tasks.case_lists import write_case_lists
from tasks.provider_failure.artifact import write_incident_artifacts
from tasks.tray.artifact import write_tray_artifacts


@house_flow("Case lists")
def case_lists() -> None:
    """
    Write one table artifact for each owner of open cases, with a link to each case's run.

    Prefect's Runs page hides what first started over a week ago; these lists show every open case, what it waits for
    and when it is next due. Each team's planned work tray is another table, worst first; each incident of a failing
    provider one with its figures by team. References and roles only.
    """
    write_case_lists()
    write_tray_artifacts()
    write_incident_artifacts()
