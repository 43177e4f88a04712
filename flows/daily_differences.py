"""Daily differences: each working morning, every team with anything to see gets its list."""

from __future__ import annotations

from flows.house import house_flow
from tasks.difference_lists import open_this_mornings_lists


@house_flow("Daily differences")
def daily_differences() -> None:
    """
    Look for differences between the recording system's extract and our open cases, and bring them before their teams.

    A team has one case for its list, and not a second one while that is open. On days on which the council is closed
    nothing happens.
    """
    open_this_mornings_lists()
