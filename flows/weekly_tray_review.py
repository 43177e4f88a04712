"""Weekly tray review: on each working morning, the review of every tray whose week is over is opened."""

from __future__ import annotations

from flows.house import house_flow
from tasks.tray.artifact import write_tray_artifacts
from tasks.tray.weekly_opening import open_due_reviews


@house_flow("Weekly tray review")
def weekly_tray_review() -> None:
    """
    Open the review of the whole tray for each team on whose tray somebody waits, a week after the last.

    Where the day falls on one on which the council is closed, it comes earlier. What the last review has left comes
    first in the next. Each team's tray is written as a table artifact, with references only.
    """
    open_due_reviews()
    write_tray_artifacts()
