"""Monthly oversight: on each working morning, oversight of the market is opened where its time has come."""

from __future__ import annotations

from flows.house import house_flow
from tasks.market.opening import open_due_oversight


@house_flow("Monthly market oversight")
def monthly_oversight() -> None:
    """
    Open oversight of the market once policy's time has passed since the last day that was counted (GAP-46).

    There is never more than one at a time. Where this flow was down, the next goes on from the day after that one.
    """
    open_due_oversight()
