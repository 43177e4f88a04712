"""`pathways audit`: do the ledgers hold, and what do they say."""

from __future__ import annotations

import sys
from enum import StrEnum
from itertools import islice
from typing import Annotated

import typer

from deployments.cli.printing import in_utf8, progress_bar, say
from deployments.cli.shared import AsStaffOrNobody, DatabaseDamaged, clock, note_look, open_database
from models.cases import Case
from models.refs import read_ref
from tasks.audit.exporting import export_lines
from tasks.audit.faults import Fault, FaultKind
from tasks.audit.sealing import seal as seal_ledgers
from tasks.audit.verifying import find_faults
from tasks.database import may_pause
from tasks.durable.ledger import UnknownCase
from tasks.installation import Installation

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Verify, seal and export the ledgers.")

OneCase = Annotated[str | None, typer.Option("--case", metavar="REF", help="Only that case.")]


class Format(StrEnum):
    """How ledgers are written out."""

    JSONL = "jsonl"
    """One JSON object a line, one line an entry."""


@app.command()
def verify(
    case: OneCase = None,
    everything: Annotated[bool, typer.Option("--all", help="Name all that does not hold, not the first only.")] = False,
) -> None:
    """Check ledgers, seals and access log. Where something does not hold: "REF no kind reason", and exit code 1."""
    ref = None if case is None else read_ref(case)
    witness = Installation.from_environment().seals_file
    try:
        database = open_database()
    except DatabaseDamaged as damaged:
        say(str(Fault("database", 0, FaultKind.DAMAGED, str(damaged))))
        raise typer.Exit(1) from None
    with database.read() as session, progress_bar("Verifying") as progress:
        may_pause(session.connection())
        faults = find_faults(session, ref, None if ref else witness, progress)
        found = list(faults if everything else islice(faults, 1))
    for fault in found:
        say(str(fault))
    if found:
        raise typer.Exit(1)
    say(f"{'all ledgers hold' if ref is None else f'the ledger of {ref} holds'}")


@app.command()
def export(
    case: OneCase = None,
    as_format: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.JSONL,
    staff: AsStaffOrNobody = None,
) -> None:
    """Write ledgers out, with all the personal data in them. Whoever does it is noted in the access log."""
    database = open_database()
    ref = None if case is None else read_ref(case)
    with database.write() as session:
        if ref is not None and session.get(Case, ref) is None:
            raise UnknownCase(ref)
        note_look(session, staff, "export", ref or "all-cases")
    in_utf8(sys.stdout)
    with database.read() as session:
        may_pause(session.connection())  # whoever reads what is printed may take their time
        match as_format:
            case Format.JSONL:
                for line in export_lines(session, ref):
                    print(line)


@app.command()
def seal() -> None:
    """Seal every ledger that changed since the last seal, here and in the witness file beside the database."""
    witness = Installation.from_environment().seals_file
    made = seal_ledgers(open_database(), clock.now(), witness)
    if made is None:
        say("nothing has changed since the last seal")
    else:
        cases = f"{made.cases} case{'' if made.cases == 1 else 's'}"
        say(f"seal {made.no} over {cases}; its witness is {witness}")
