"""`pathways case`: which cases there are, one case's story and all that is held on it, and signals from outside."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.cli.concerns import NobodyAtRisk, member_at_work, read_concern
from deployments.cli.opening import open_case
from deployments.cli.photographs import Files, with_files
from deployments.cli.printing import in_utf8, iso, say, short, write_json, write_table
from deployments.cli.reading import FileUnreadable, read_json
from deployments.cli.restricted import NEUTRAL_NAME, CaseIsRestricted, hidden_from, kept_from
from deployments.cli.shared import AsJson, AsStaff, AsStaffOrNobody, clock, member_named, note_look, open_council
from models.cases import Case, Entry
from models.forms.base import Signal
from models.notices import Recipient
from models.refs import read_ref
from models.states import CaseStatus, WaitKind
from models.working_time import for_people
from tasks.audit.access_log import os_user
from tasks.durable.ledger import UnknownCase
from tasks.worklist.overview import Awaited, Overview, overviews
from tasks.worklist.safeguarding_told import raise_concern
from tasks.worklist.signalling import tell_case
from tasks.worklist.story import Told, told

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="List, show and export cases, and send them signals."
)


@app.command("list")
def list_cases(
    status: Annotated[CaseStatus | None, typer.Option(help="Only cases that stand so.")] = None,
    procedure: Annotated[str | None, typer.Option(help="Only cases of that procedure.")] = None,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
) -> None:
    """List cases, the oldest first. Of a restricted case only those to whom it belongs see more than its name."""
    wanted = select(Case.ref)
    if status is not None:
        wanted = wanted.where(Case.status == status)
    if procedure is not None and procedure != NEUTRAL_NAME:
        wanted = wanted.where(Case.procedure == procedure)
    with open_council().database.read() as session:
        kept = kept_from(session, staff)
        found = [_as_seen(session, one, staff, kept) for one in overviews(session, wanted)]
    found = [one for one in found if procedure in (None, one.procedure)]
    if as_json:
        write_json([one.as_json() for one in found])
        return
    columns = ("Case", "Procedure", "Status", "Belongs to", "Awaits", "Due")
    write_table(columns, (_row(one) for one in found), wrapped=("Awaits",))
    say(f"{len(found)} case{'' if len(found) == 1 else 's'}")


@app.command()
def show(
    ref: Annotated[str, typer.Argument(help="The case's reference, such as 7K3Q-9PXM.")],
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
) -> None:
    """Tell a case's story from first contact to closure. Whoever looks is noted in the access log."""
    ref, council = read_ref(ref), open_council()
    with council.database.write() as session:
        if session.get(Case, ref) is None:
            raise UnknownCase(ref)
        note_look(session, staff, "read-case", ref)
    with council.database.read() as session:
        (whole,) = overviews(session, select(Case.ref).where(Case.ref == ref))
        found = _as_seen(session, whole, staff, kept_from(session, staff))
        story = [] if found.is_hidden else told(session, ref)
    if as_json:
        write_json(found.as_json() | {"entries": [_entry_as_json(line.entry, line.text) for line in story]})
    else:
        _tell(found, story)


@app.command()
def export(
    ref: Annotated[str, typer.Argument(help="The case's reference.")],
    to: Annotated[str | None, typer.Option(metavar="FILE", help="A new file; without it the page is printed.")] = None,
    with_originals: Annotated[
        bool, typer.Option("--with-originals", help="Put what came, as it came, into a folder beside FILE.")
    ] = False,
    staff: AsStaffOrNobody = None,
) -> None:
    """
    Write everything that is held on a case as one page to read or print, for a person's request to see it.

    It holds all the personal data of the case: a person looks through it before it is handed out. Whoever exports is
    noted in the access log.
    """
    case_page, case_file = _exporting()
    ref, council = read_ref(ref), open_council()
    folder = _free_for_originals(to) if with_originals else None
    if to is not None and Path(to).exists():
        raise FileUnreadable(f"{to} cannot be written: it is there already; give another name")
    with council.database.write() as session:
        case = session.get(Case, ref)
        if case is None:
            raise UnknownCase(ref)
        if hidden_from(session, case, staff):
            raise CaseIsRestricted(ref)
        note_look(session, staff, "export-case", ref)
    with council.database.read() as session:
        file = case_file.case_file(session, ref)
    originals = case_page.write_originals(file, folder) if folder is not None else {}
    made_for = staff.lower() if staff is not None else os_user()
    page = case_page.page_of(file, made_at=clock.now(), made_for=made_for, originals=originals)
    if to is None:
        in_utf8(sys.stdout)
        print(page)
        return
    case_page.write_file(Path(to), case_page.as_bytes(page))
    beside = f", and what came in {folder}" if folder is not None else ""
    say(f"Everything held on case {ref} is in {to}{beside}. A person looks through it before it is handed out.")


app.command("open")(open_case)


@app.command()
def signal(
    ref: Annotated[str, typer.Argument(help="The case's reference.")],
    name: Annotated[str, typer.Argument(help="The signal, such as FurtherMessage or further-message.")],
    staff: AsStaff,
    json_file: Annotated[
        str | None, typer.Option(metavar="FILE", help='What it says as JSON; "-" reads it in.')
    ] = None,
    nobody_at_risk: NobodyAtRisk = False,
    files: Files = None,
) -> None:
    """
    Send an open case a signal: something that happened outside.

    A file, such as a photograph of the copy of a plan at home, is kept with the case first.

    Some signals ask first whether anybody is at risk of abuse or neglect: say so with --nobody-at-risk, or raise the
    concern with `pathways case concern`.
    """
    ref, council = read_ref(ref), open_council()
    named, given = Signal.named(name), {} if json_file is None else read_json(json_file)
    with council.database.read() as session:
        by = member_named(session, staff).id
        case = session.get(Case, ref)
    if files and case is not None and case.status != CaseStatus.CLOSED:  # else it is refused below
        given = with_files(council, named, ref, given, files, by=by)
    sent: Signal = named.read(given)
    number = tell_case(council, ref, sent, by=by, nobody_at_risk=nobody_at_risk)
    say(f"{ref} has it as entry {number}: {sent.title}")


@app.command()
def concern(
    ref: Annotated[str, typer.Argument(help="The case's reference.")],
    name: Annotated[str, typer.Argument(help="The signal that you are about to send, such as evidence-received.")],
    staff: AsStaff,
    json_file: Annotated[str, typer.Option(metavar="FILE", help='The concern as JSON; "-" reads it in.')],
) -> None:
    """
    Raise a safeguarding concern that comes up with a signal; the signal can be sent then.

    If anybody may be in danger now, ring 999 first. The fields are those of `pathways case open safeguarding-concern`.
    """
    ref, council = read_ref(ref), open_council()
    signal_told, noticed = Signal.named(name), read_concern(json_file)
    raised = raise_concern(council, ref, signal_told, noticed, by=member_at_work(council, staff))
    say(f"The concern is raised as case {raised}; {ref} can be told now: {signal_told.title}")


def _exporting() -> tuple[Any, Any]:
    """What only an export needs, loaded only then."""
    from deployments.cli import case_file as case_page
    from tasks.audit import case_file

    return case_page, case_file


def _free_for_originals(to: str | None) -> Path:
    """The folder for the originals, beside the page. Raises `FileUnreadable`."""
    if to is None:
        raise FileUnreadable("the originals need a place: name the page's file in --to, and they lie beside it")
    folder = Path(to).with_name(f"{Path(to).stem}-originals")
    if folder.exists():
        raise FileUnreadable(f"{folder} is there already: give --to another name")
    return folder


def _as_seen(session: Session, one: Overview, staff: str | None, kept: frozenset[str]) -> Overview:
    """A case as whoever looks may see it; `kept` are those of confidential incidents that are kept from them."""
    is_hidden = one.case.ref in kept or (one.case.restricted and hidden_from(session, one.case, staff))
    return replace(one, waiting_for=(), is_hidden=True) if is_hidden else one


def _entry_as_json(entry: Entry, text: str) -> dict[str, Any]:
    return {
        "no": entry.no,
        "at": iso(entry.at),
        "kind": entry.kind,
        "key": entry.key,
        "by": entry.by,
        "clauses": entry.clauses.split(),
        "text": text,
        "hash": entry.hash,
    }


def _row(one: Overview) -> tuple[str, ...]:
    case = one.case
    awaiting = "" if one.is_hidden else case.awaiting
    return (case.ref, one.procedure, case.status, case.owner, awaiting, short(one.due))


def _tell(found: Overview, story: Sequence[Told]) -> None:
    case = found.case
    title = found.procedure.replace("-", " ").capitalize()
    say(f"{case.ref}  {title}  ({case.status.replace('_', ' ')})")
    say(f"Opened on {for_people(case.opened_at)}; belongs to {Recipient.from_tag(case.owner).words}.")
    if case.closed_at is not None:
        say(f"Closed on {for_people(case.closed_at)}.")
    if found.is_hidden:
        say("It is restricted: a manager to whom it belongs sees it with --as.")
        return
    if case.parent_ref is not None:
        say(f"Opened by case {case.parent_ref}.")
    for one in found.waiting_for:
        say(f"Waits for {_in_words(one)}")
    say()
    rows = ((short(one.entry.at), one.entry.by, one.text, one.entry.clauses) for one in story)
    write_table(("When", "Who", "What", "Clauses"), rows, wrapped=("What", "Clauses"))


def _in_words(one: Awaited) -> str:
    until = f", due {for_people(one.due)}" if one.due else ""
    match one.kind:
        case WaitKind.DECISION:
            return f"{one.form} of {one.of}, work item {one.id}{until}"
        case WaitKind.SIGNAL:
            return f"a message: {one.id.partition('[')[0].replace('-', ' ')}{until}"
        case WaitKind.TIMER:
            return f"{one.id.partition('[')[0].replace('-', ' ')}{until}"
        case WaitKind.CASE:
            return f"case {one.id.partition(':')[2].partition('[')[0]} to close{until}"
