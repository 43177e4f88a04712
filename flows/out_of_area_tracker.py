"""The tracker of out-of-area placements: each working morning it is held against the register."""

from __future__ import annotations

from flows.house import house_flow
from tasks.out_of_area.finding import keep_tracker


@house_flow("Out-of-area tracker")
def out_of_area_tracker() -> None:
    """
    Open a case for everybody whom the register shows as placed out of area and who has none, in both directions.

    A placement whose package of care has ended hears so, and a manager is asked. One that nobody looks after by name,
    since whoever did has left, is given to somebody. On days on which the council is closed nothing happens.
    """
    keep_tracker()
