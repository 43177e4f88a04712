"""`pathways recording-system`: the example council's own recording system, by hand, so that a note can go each way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.printing import say, write_table
from deployments.cli.reading import read_text
from deployments.cli.shared import AsStaff, AsStaffOrNobody, member_named, note_look, open_council
from models.connections import EmbeddedRecordingSystem
from models.errors import PathwaysError
from tasks.durable.council import Council
from tasks.recording.connected import embedded_system
from tasks.recording.embedded import EmbeddedSystem

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="The example council's recording system, by hand. A real one is used by its own screens.",
)


class NoEmbeddedSystem(PathwaysError):
    """This installation is not joined to the example's recording system."""


class NoteNotThere(PathwaysError):
    """The recording system has no such note."""


@app.callback()
def recording_system() -> None:
    """The recording system that comes with the example council."""


@app.command()
def records() -> None:
    """List its records: the id of each, and the id under which its extract names the person."""
    rows = _system(open_council()).records()
    write_table(("Record", "Person"), rows)


@app.command()
def notes(
    record: Annotated[str | None, typer.Option(metavar="RECORD", help="Only those of that record.")] = None,
) -> None:
    """List its notes, without what stands in them."""
    council = open_council()
    rows = ((one.note_id, one.record_id, one.title, str(one.written_on)) for one in _system(council).notes(record))
    write_table(("Note", "Record", "Title", "Written on"), rows, wrapped=("Title",))


@app.command()
def show(
    note: Annotated[str, typer.Argument(metavar="NOTE", help="Its id, such as N-00001.")],
    staff: AsStaffOrNobody = None,
) -> None:
    """Show a note. Whoever looks is noted in the access log."""
    council = open_council()
    found = next((one for one in _system(council).notes() if one.note_id == note), None)
    if found is None:
        raise NoteNotThere("there is no note of that id: see `pathways recording-system notes`")
    with council.database.write() as session:
        note_look(session, staff, "read-note", note)
    say(f"{found.note_id}  {found.title}\nRecord {found.record_id}, {found.written_on}, by {found.author}\n")
    say(found.text)


@app.command()
def paste(
    record: Annotated[str, typer.Option(metavar="RECORD", help="The record it goes into.")],
    title: Annotated[str, typer.Option(help="Its title, as it stands beside the form.")],
    text_file: Annotated[str, typer.Option(metavar="FILE", help='The note\'s text; "-" reads it in.')],
    staff: AsStaff,
) -> None:
    """Paste a note into a record, and print the id that it gets there."""
    council, text = open_council(), read_text(text_file)
    with council.database.read() as session:
        author = member_named(session, staff).id
    say(_system(council).paste(record, " ".join(title.split()), text, author))


@app.command()
def extract(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where notes.csv is written.")],
) -> None:
    """Write its extract of notes, and print the file: `pathways register import` takes it in."""
    say(str(_system(open_council()).extract(folder)))


def _system(council: Council) -> EmbeddedSystem:
    match council.connections.recording_system:
        case EmbeddedRecordingSystem() as named:
            return embedded_system(council, named)
        case None:
            raise NoEmbeddedSystem(
                'the connections file names no recording system: write [recording_system] and kind = "embedded" into it'
            )
