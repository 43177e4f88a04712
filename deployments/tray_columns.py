"""The tray as programs and spreadsheets take it: the same columns from the command and from the pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any

from tasks.tray.days_contacts import ContactLine
from tasks.tray.listing import TrayRow

COLUMNS = (
    "ref",
    "person",
    "team",
    "colour",
    "priority",
    "urgent",
    "complexity",
    "requested_at",
    "placed_at",
    "days_since_request",
    "days_on_tray",
    "last_reached_at",
    "next_contact_due",
    "attempts",
    "missed",
    "in_breach",
    "manager",
    "owner",
    "agreed_on",
    "leaving",
)
"""The fields of a row in JSON, and the columns in CSV; a title says no more than they do."""
CONTACT_COLUMNS = tuple(field.name for field in fields(ContactLine))
"""The same of the manager's daily list."""


def row_of(row: TrayRow) -> dict[str, Any]:
    """Somebody on the tray, as JSON has it. References only."""
    said = asdict(row) | {"missed": row.is_missed}
    return {name: plain(said[name]) for name in COLUMNS}


def contact_of(line: ContactLine) -> dict[str, Any]:
    """A contact, as JSON has it. References only."""
    return {name: plain(value) for name, value in asdict(line).items()}


def plain(value: Any) -> Any:
    """A value as JSON has it: times in UTC, days as ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def cell(value: Any) -> str:
    """A value of JSON as a spreadsheet's cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def csv_file(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    """The rows as a CSV file in UTF-8, with the columns' names in the first line."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(row[name]) for name in columns] for row in rows)
    return written.getvalue().encode("utf-8")
