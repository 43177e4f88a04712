"""
Prefect's tables in a PostgreSQL that lacks the extension pg_trgm, as the one from PyPI does.

Prefect's own migrations run, all but what needs that extension: five indexes that make its searches by parts of a name
quick. A real installation has the extension (it comes with PostgreSQL's contrib modules).

    python -m tests.real_prefect.prefect_tables     the address is taken from Prefect's own setting
"""

from __future__ import annotations

import asyncio
from typing import Any

from prefect.server.database import provide_database_interface
from sqlalchemy import Engine, event


def make_prefects_tables() -> None:
    """Bring Prefect's database to the newest revision; its server finds nothing left to migrate."""

    @event.listens_for(Engine, "before_cursor_execute", retval=True)
    def leave_out(*call: Any) -> tuple[str, Any]:
        _connection, _cursor, statement, parameters, *_ = call
        needs_it = "trgm" in statement and not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "INSERT"))
        return ("SELECT 1" if needs_it else statement), parameters

    asyncio.run(provide_database_interface().create_db())


if __name__ == "__main__":
    make_prefects_tables()
