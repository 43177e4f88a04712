"""On what a benchmark or a campaign ran: said with its figures, and nothing that tells whose machine it was."""

from __future__ import annotations

import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version

import psutil


def machine() -> dict[str, str]:
    """The day, cores, memory, operating system, and the versions that matter."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": str(psutil.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "prefect": version("prefect"),
        "sqlalchemy": version("sqlalchemy"),
    }


def in_a_line(about: dict[str, str]) -> str:
    """The same for a page."""
    return (
        f"{about['date']}, {about['cores']} cores, {about['memory']} of memory, {about['system']}, "
        f"Python {about['python']}, Prefect {about['prefect']}, SQLAlchemy {about['sqlalchemy']}, "
        f"SQLite {about['sqlite']}"
    )
