"""Writing for people (tables, sentences) and for programs (JSON). What came from outside cannot steer the terminal."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from deployments.harmless import harmless
from models.working_time import LONDON

WIDTH_IN_A_PIPE = 160


def say(text: str = "") -> None:
    """Write a line, or several, to people."""
    print(harmless(text))


def complain(sentence: str) -> None:
    """Write a sentence to stderr."""
    print(harmless(sentence), file=sys.stderr)


def write_json(data: Any) -> None:
    """Write JSON for a program, in UTF-8."""
    in_utf8(sys.stdout)
    print(json.dumps(data, ensure_ascii=False, indent=2))


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write CSV for a spreadsheet, in UTF-8, with the columns' names in the first line."""
    in_utf8(sys.stdout)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def in_utf8(stream: Any) -> None:
    """From now on that stream is UTF-8, whatever the terminal's own encoding: programs read it."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="strict")


def iso(moment: datetime | None) -> str | None:
    """A time as programs read it: ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def short(moment: datetime | None) -> str:
    """A time as it stands in a table, in Europe/London: "Mon 5 Jan 2026 09:00"; empty for none."""
    if moment is None:
        return ""
    local = moment.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, wrapped: Sequence[str] = ()) -> None:
    """Write a table; the columns in `wrapped` may take several lines, the others stay whole."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for column in columns:
        table.add_column(column, no_wrap=column not in wrapped, overflow="fold")
    for row in rows:
        table.add_row(*(harmless(cell) for cell in row))
    show(table)


def show(renderable: Any) -> None:
    """Write something of rich's, without reading anything in it as markup."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH_IN_A_PIPE
    Console(markup=False, highlight=False, emoji=False, width=width, soft_wrap=False).print(renderable)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on stderr that is told how much of how much is done; None where no person watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
