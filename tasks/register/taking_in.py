"""
Taking in an extract: importing it, and at once doing what follows from it for the cases.

What follows is found out from how things stand, and each import says whether it was done: where something broke off in
between, housekeeping does it. Only rejected rows are known to the import alone, so they are listed in its own
transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select, update

from models.errors import CheckFailed
from models.register import RegisterImport
from tasks.deaths import heed_deaths
from tasks.durable.council import Council
from tasks.finding_differences import find_differences, note_rejected_rows
from tasks.leavers import move_what_leavers_left
from tasks.recording.sighting import sight_notes
from tasks.register.importing import ImportReport, import_register
from tasks.tray.register_watch import watch_register_for_the_tray


class NothingImported(CheckFailed):
    """No row of the files could be taken; the register is as it was."""

    def __init__(self, report: ImportReport) -> None:
        named = "; ".join(map(str, report.rejected))
        super().__init__(f"no row could be taken and the register is as it was; put right and import again: {named}")


@dataclass(frozen=True)
class Following:
    """What followed from how the register stands, in numbers."""

    sighted: int
    """Notes that the extract showed."""
    heard_of_a_death: int
    """Open cases that heard that their person has died."""
    withdrawn: int
    """Messages to people who have died that were not sent."""
    moved: int
    """Cases, work items and notices that were with somebody who is no longer there."""
    heard_on_the_tray: int
    """What the cases of people who wait heard: a stay in hospital, its end, a worker."""
    differences: int
    """Lines that are new on the teams' lists, beside those of the above."""

    @property
    def in_words(self) -> str:
        """What was done, as a sentence; empty where nothing was."""
        parts = {
            "notes sighted": self.sighted,
            "cases told of a death": self.heard_of_a_death,
            "messages not sent": self.withdrawn,
            "passed on from leavers": self.moved,
            "news of people who wait": self.heard_on_the_tray,
            "new differences": self.differences,
        }
        return ", ".join(f"{what}: {count}" for what, count in parts.items() if count)


def take_in_extract(
    council: Council, files: Sequence[Path], *, full: bool = False, extract_date: date | None = None
) -> tuple[ImportReport, Following]:
    """Import files as `import_register` does, and do what follows. Raises `FileRefused`, `NothingImported`."""
    with council.change() as change:
        report = import_register(change.session, files, change.now, full=full, extract_date=extract_date)
        if report.rejected and not any(one.rows > len(one.rejected) for one in report.files):
            raise NothingImported(report)
        note_rejected_rows(change, report)
    return report, follow_up(council)


def act_on_imports(council: Council) -> Following | None:
    """Do what follows from imports, where that was not done to its end; None, and no write, where it was."""
    return follow_up(council) if _not_acted_on(council) else None


def follow_up(council: Council) -> Following:
    """Do all that follows from how the register stands now; then every import that it took in counts as acted on."""
    imports, following = _not_acted_on(council), _do_what_follows(council)
    with council.change() as change:
        rows = update(RegisterImport).where(RegisterImport.id.in_(imports), RegisterImport.acted_on_at.is_(None))
        change.session.execute(rows.values(acted_on_at=change.now))
    return following


def _not_acted_on(council: Council) -> list[int]:
    with council.database.read() as session:
        return list(session.scalars(select(RegisterImport.id).where(RegisterImport.acted_on_at.is_(None))))


def _do_what_follows(council: Council) -> Following:
    sighted, deaths, moved = sight_notes(council), heed_deaths(council), move_what_leavers_left(council)
    on_the_tray = watch_register_for_the_tray(council)
    return Following(
        sighted=len(sighted),
        heard_of_a_death=len(deaths.heard),
        withdrawn=len(deaths.withdrawn),
        moved=len(moved.cases) + len(moved.items) + len(moved.notices),
        heard_on_the_tray=on_the_tray.heard,
        differences=find_differences(council),
    )
