"""`pathways intake`: the same door as the mail port, for files and paper; and what has come through it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.reading import read_bytes, read_text, write_new_file
from deployments.cli.referral import referral
from deployments.cli.shared import AsJson, AsStaffOrNobody, clock, note_look, open_council
from models.errors import PathwaysError
from models.mail import InboundMail, MailState
from models.working_time import for_people, local_day
from tasks.durable.ledger import SYSTEM
from tasks.intake import take_in_mail
from tasks.mail.reading import ReadMessage, Unreadable
from tasks.mail.storing import NoSuchMail, original
from tasks.originals import enclosed_file, read_original
from tasks.webhook_intake import NotAKeptCall
from tasks.worklist.paper_letters import PaperLetter, problem_with_scanner, problems_with_letter, take_in_paper

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Take in e-mails and letters, and look at them.")


_OPTIONS = {
    "sender": "--sender",
    "received_on": "--received",
    "subject": "--subject",
    "text": "--text-file",
    "scan": "--scan",
}
"""By which option each thing is given that a letter has."""


class EnclosureRefused(PathwaysError):
    """An enclosure cannot be taken out like that; the message says how."""


class LetterRefused(PathwaysError):
    """A letter cannot be taken in like that; the message says what to give instead."""


@app.command()
def email(
    file: Annotated[str, typer.Argument(metavar="FILE.eml", help='The message as it came; "-" reads it in.')],
) -> None:
    """Take in an e-mail from a file, and print the case's ref, or "quarantined ID", or "ignored REASON"."""
    council, raw = open_council(), read_bytes(file)
    if not raw.strip():
        raise LetterRefused(f"{file} is empty: give the message with its headers, as the mail program saved it")
    limit = council.policy.mail.message_bytes
    if len(raw) > limit:
        raise LetterRefused(
            f"{file} has {len(raw)} bytes and policy takes {limit}: see mail.message_bytes, or shorten it"
        )
    say(take_in_mail(council, raw, None, []).words)


@app.command()
def letter(
    sender: Annotated[str, typer.Option(help="Who wrote, as on the letter.")],
    received: Annotated[datetime, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="The day it came.")],
    scan: Annotated[str | None, typer.Option(metavar="FILE", help="The scanned letter.")] = None,
    subject: Annotated[str, typer.Option(help="What it is about, in the letter's own words.")] = "",
    text_file: Annotated[str | None, typer.Option(metavar="FILE", help="What it says, typed.")] = None,
) -> None:
    """Take in a letter on paper, from its scan or its text or both, and print the case's ref."""
    council = open_council()
    brought = PaperLetter(
        sender,
        received.date(),
        subject,
        "" if text_file is None else read_text(text_file),
        None if scan is None else read_bytes(scan),
        Path(scan).name if scan else "",
    )
    problems = problems_with_letter(brought, council.policy.mail, local_day(clock.now()))
    if not problems and brought.scan is not None:
        problems = [*filter(None, [problem_with_scanner(council, brought.scan)])]
    if problems:
        raise LetterRefused("; ".join(f"{_OPTIONS[one.field]}: {one.sentence}" for one in problems))
    say(take_in_paper(council, brought, by=SYSTEM).words)


app.command()(referral)


@app.command("list")
def list_mail(
    state: Annotated[MailState | None, typer.Option(help="Only messages that became that.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the messages that came, the latest first, without what stands in them."""
    query = select(InboundMail).order_by(InboundMail.received_at.desc(), InboundMail.id)
    if state is not None:
        query = query.where(InboundMail.state == state)
    with open_council().database.read() as session:
        found = session.scalars(query).all()
    if as_json:
        write_json([_as_json(mail) for mail in found])
        return
    rows = ((mail.id, short(mail.received_at), mail.state, mail.case_ref or "", mail.reason) for mail in found)
    write_table(("Message", "Came", "State", "Case", "Reason"), rows, wrapped=("Reason",))
    say(f"{len(found)} message{'' if len(found) == 1 else 's'}")


@app.command()
def show(
    mail_id: Annotated[str, typer.Argument(metavar="M-ID", help="The message, such as M-7K3Q9PXM2B.")],
    staff: AsStaffOrNobody = None,
    original_to: Annotated[
        str | None, typer.Option("--original", metavar="OUT", help="Also write its original bytes into a new file.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--attachment", metavar="N", min=1, help="Take out that enclosure, with --to.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="OUT", help="The new file that --attachment writes.")] = None,
) -> None:
    """Show a message as it was read, or take an enclosure out. Whoever looks is noted in the access log."""
    if (number is None) != (to is None):
        raise EnclosureRefused("give --attachment N and --to OUT together: which enclosure, and the file to write")
    council = open_council()
    with council.database.write() as session:
        mail = session.get(InboundMail, mail_id)
        if mail is None:
            raise NoSuchMail(mail_id)
        note_look(session, staff, "read-mail", mail_id)
        raw = original(session, mail_id)
        if number is not None:
            note_look(session, staff, "take-enclosure", mail_id)
    if number is not None and to is not None:
        _take_out(mail.door, raw, number, to)
        return
    say(f"{mail.id}  {mail.state}{f' ({mail.reason})' if mail.reason else ''}  came {for_people(mail.received_at)}")
    if mail.case_ref is not None:
        say(f"Case {mail.case_ref}")
    if original_to is not None:
        write_new_file(original_to, raw)
        say(f"Its {len(raw)} original bytes are in {original_to}.")
    say()
    if mail.erased_at is not None:
        say(f"It was erased on {for_people(mail.erased_at)}, its time having passed.")
        return
    try:
        _print_message(read_original(mail.door, raw))
    except (Unreadable, NotAKeptCall) as unreadable:
        say(str(unreadable))


def _print_message(message: ReadMessage) -> None:
    address = f" <{message.from_address}>" if message.from_address else ""
    say(f"From: {message.from_name}{address}")
    say(f"To: {', '.join(message.to)}")
    if message.sent_at is not None:
        say(f"Sent: {for_people(message.sent_at)}")
    say(f"Subject: {message.subject}")
    for wrote in message.forwarded:
        sent = f", {for_people(wrote.sent_at)}" if wrote.sent_at else ""
        say(f"Passed on: from {wrote.from_name or wrote.from_address or 'somebody not named'}{sent}: {wrote.subject}")
    for number, attached in enumerate(message.attachments, start=1):
        say(f"Enclosed {number}: {attached.name} ({attached.content_type}, {attached.size} bytes)")
    for kind in message.signed_with:
        say(f"Signed with {kind}; nobody has checked the signature.")
    for problem in message.reading_problems:
        say(f"Beware: {problem}")
    say()
    say(message.text)


def _take_out(door: str | None, raw: bytes, number: int, to: str) -> None:
    """Write the enclosure of that number into a new file."""
    try:
        names = [attached.name for attached in read_original(door, raw).attachments]
    except (Unreadable, NotAKeptCall):
        names = []
    if number > len(names):
        raise EnclosureRefused(f"there is no enclosure {number}: the message has {len(names)}; see them with show")
    content = enclosed_file(door, raw, number - 1)
    write_new_file(to, content)
    say(f"Enclosure {number}, {len(content)} bytes, is in {to}.")


def _as_json(mail: InboundMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "received_at": iso(mail.received_at),
        "state": mail.state,
        "case": mail.case_ref,
        "reason": mail.reason,
        "size": mail.size,
        "erased_at": iso(mail.erased_at),
    }
