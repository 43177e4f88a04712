"""What came for a case and what was said because of it: letters with what they enclose, and messages."""

from __future__ import annotations

from typing import Annotated

from fastapi import File, Path, Query, Response, UploadFile

from deployments.intake.webhook_problems import FieldProblem
from deployments.worklist.api.calling import Call, Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.problems import invalid
from deployments.worklist.api.shapes import Moment, Ref, Shape, case_with
from deployments.worklist.downloads import download
from models.cases import Case
from models.permissions import Action
from models.states import CaseStatus
from tasks.durable.ledger import CaseIsClosed
from tasks.worklist.letters import belongs_to, letters_of, open_letter, take_enclosure
from tasks.worklist.messages import notes_for_the_record, to_people, to_staff
from tasks.worklist.photographs import keep_photograph, problem_with_photograph
from tasks.worklist.scope import NotFound

operations = Operations("correspondence")
MailId = Annotated[str, Path(description="A letter's id, as the list has it.", pattern=r"^[A-Za-z0-9-]{1,40}$")]


class LetterShown(Shape):
    """A letter of the case as its ledger tells of it. Sender, subject, text and names of files are personal data."""

    mail_id: str
    came_at: Moment | None
    """None: there is no original to be opened."""
    came: str
    """How it came, in words."""
    size: int
    """Length of the original in bytes."""
    sender: str
    subject: str
    text: str
    enclosed: list[str]


class Enclosed(Shape):
    """A file that came with a letter; name and type are as its sender had them."""

    number: int
    """From 1; it stands in the path of the file."""
    name: str
    content_type: str
    size: int
    """In bytes."""


class LetterOpened(Shape):
    """A letter that was opened. Personal data."""

    mail_id: str
    came_at: Moment
    came: str
    sender: str
    """The name, as it stands in the letter."""
    address: str | None
    subject: str
    text: str
    enclosed: list[Enclosed]
    trouble: str
    """Why it cannot be read; empty where it can."""


class MessageShown(Shape):
    """A message to somebody outside. Personal data."""

    id: str
    to: str
    sent_by: str
    """email, text-message or letter."""
    subject: str
    text: str
    queued_at: Moment
    became: str
    """What became of it, in words."""
    has_failed: bool


class NoticeShown(Shape):
    """A notice to staff; it names no person whom the case is about."""

    at: Moment
    what: str
    to: str
    became: str
    has_failed: bool


class NoteListed(Shape):
    """A note for the recording system. Personal data."""

    id: str
    person: str | None
    title: str
    text: str
    """Empty once it stands there."""
    wanted_at: Moment
    stands: str
    """How it stands, in words."""


class PhotographKept(Shape):
    """A photograph that was kept."""

    id: str
    """For the field of a form or signal that asks for it."""


class Said(Shape):
    """What was said because of a case, the latest first."""

    messages: list[MessageShown]
    notes: list[NoteListed]
    notices: list[NoticeShown]
    pages: int
    """Pages of notices."""


@operations.add("GET", "/cases/{ref}/letters", Action.READ_CASE)
def list_letters(call: Calling, ref: Ref) -> list[LetterShown]:
    """The letters of a case, the first to come first; noted in the access log."""
    ref = case_with(call, ref, Action.READ_CASE)
    call.note_look("read-case", ref)
    with call.council.database.read() as session:
        return [LetterShown.model_validate(one) for one in letters_of(session, ref)]


@operations.add("POST", "/cases/{ref}/photographs", Action.ACT_ON_CASE, status=201, takes_files=True)
def keep_a_photograph(
    call: Calling, ref: Ref, photograph: Annotated[UploadFile, File(description="A PDF, PNG, JPEG or TIFF.")]
) -> PhotographKept:
    """
    A photograph, such as of the copy of a plan at home, kept with an open case; the same one again is the same id.

    Its id is what the form or the signal that it belongs to asks for. It is read as a letter of the case.
    """
    ref = case_with(call, ref, Action.ACT_ON_CASE)
    with call.council.database.read() as session:
        if session.get_one(Case, ref).status == CaseStatus.CLOSED:
            raise CaseIsClosed(ref)
    content = photograph.file.read()
    if (wrong := problem_with_photograph(call.council, content)) is not None:
        raise invalid([FieldProblem(pointer="/photograph", detail=wrong)])
    call.note_look("take-in-photograph", ref)
    return PhotographKept(id=keep_photograph(call.council, ref, content, photograph.filename or "", by=call.member.id))


@operations.add("GET", "/cases/{ref}/letters/{mail_id}", Action.READ_CASE)
def read_letter(call: Calling, ref: Ref, mail_id: MailId) -> LetterOpened:
    """A letter as it was read from its original, and what came in it; noted in the access log."""
    ref = _looked_at(call, ref, mail_id, "read-mail")
    opened = open_letter(call.council, ref, mail_id)
    read = opened.read
    return LetterOpened(
        mail_id=mail_id,
        came_at=opened.mail.received_at,
        came=opened.came,
        sender="" if read is None else read.from_name,
        address=None if read is None else read.from_address,
        subject="" if read is None else read.subject,
        text="" if read is None else read.text,
        enclosed=[
            Enclosed(number=number, name=one.name, content_type=one.content_type, size=one.size)
            for number, one in enumerate(read.attachments if read is not None else (), start=1)
        ],
        trouble=opened.trouble,
    )


@operations.add("GET", "/cases/{ref}/letters/{mail_id}/attachments/{number}", Action.READ_CASE, gives_file=True)
def take_out_enclosure(
    call: Calling, ref: Ref, mail_id: MailId, number: Annotated[int, Path(ge=1, le=9999)]
) -> Response:
    """A file that came with a letter, once the scanner has looked through it; noted in the access log."""
    ref = _looked_at(call, ref, mail_id, "take-enclosure")
    taken = take_enclosure(call.council, ref, mail_id, number)
    return download(taken.name, taken.content)


@operations.add("GET", "/cases/{ref}/messages", Action.READ_CASE)
def list_messages(
    call: Calling, ref: Ref, page: Annotated[int, Query(description="Of the notices to staff.", ge=1, le=10**6)] = 1
) -> Said:
    """What was said because of a case, to whom, and whether it arrived; noted in the access log."""
    ref = case_with(call, ref, Action.READ_CASE)
    call.note_look("read-case", ref)
    with call.council.database.read() as session:
        notices = to_staff(session, ref, page)
        return Said(
            messages=[
                MessageShown(
                    id=one.message.id,
                    to=one.message.address,
                    sent_by=one.message.sent_by,
                    subject=one.message.subject,
                    text=one.message.body,
                    queued_at=one.message.queued_at,
                    became=one.became,
                    has_failed=one.has_failed,
                )
                for one in to_people(session, ref)
            ],
            notes=[
                NoteListed(
                    id=one.note.id,
                    person=one.note.person_id,
                    title=one.note.title,
                    text=one.note.text,
                    wanted_at=one.note.wanted_at,
                    stands=one.stands,
                )
                for one in notes_for_the_record(session, ref)
            ],
            notices=[NoticeShown.model_validate(one) for one in notices.notices],
            pages=notices.pages,
        )


def _looked_at(call: Call, ref: str, mail_id: str, what: str) -> str:
    """The ref of the case, once it is noted that they look at a letter of it. Raises `NotFound`."""
    ref = case_with(call, ref, Action.READ_CASE)
    with call.council.database.read() as session:
        if not belongs_to(session, ref, mail_id):
            raise NotFound("letter")
    call.note_look(what, mail_id)
    return ref
