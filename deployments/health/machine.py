"""What the machine says: room on the disk, and whether its clock agrees with those it works with."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import psutil
from sqlalchemy import func, select

from deployments.health import prefect
from models.clock import SystemClock
from tasks.durable.council import Council
from tasks.installation import Installation

SPACE_BYTES = 1_000_000_000
"""Free space below which somebody should act; a day of a middling council takes some tens of megabytes."""
CLOCK_OFF = timedelta(seconds=5)
"""How far clocks may be apart; a case's leg wakes by Prefect's clock and is due by ours."""


def disk(installation: Installation) -> str:
    """Whether the disk that holds the home folder has room."""
    free = psutil.disk_usage(str(installation.home)).free
    if free >= SPACE_BYTES:
        return ""
    return f"{free // 1_000_000} MB are free on the disk of the home folder: free some space before writing fails"


def clock(council: Council, installation: Installation) -> str:
    """Whether this machine's clock agrees with the database's and with Prefect's."""
    off = {"the database's server": _database_off(council)}
    with suppress(prefect.Unanswered):  # its own part says so
        off["Prefect's server"] = prefect.seconds_off(installation)
    wrong = [f"{who} by {seconds:+.0f} seconds" for who, seconds in off.items() if abs(seconds) > CLOCK_OFF.seconds]
    return f"clocks differ: {' and '.join(wrong)} from this machine; see that all keep time by NTP" if wrong else ""


def _database_off(council: Council) -> float:
    if council.database.is_sqlite:
        return 0.0
    with council.database.read() as session:
        before = SystemClock().now()
        theirs = session.scalar(select(func.clock_timestamp()))
    return 0.0 if theirs is None else float((theirs - before).total_seconds())
