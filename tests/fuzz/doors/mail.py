"""The mail door: any bytes are a message that is read, or one that is put to a person; each is kept whole, once."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from models.cases import Case
from models.mail import InboundMail, MailState
from tasks.durable.ledger import recall
from tasks.intake import keep_mail, take_in_mail, take_up
from tasks.mail.reading import LONGEST_TEXT, ReadMessage, Unreadable, attachment_bytes, read_message
from tests.fuzz.door import Door
from tests.fuzz.mime import messages
from tests.fuzz.watching import keeps_silent

ENVELOPES = (
    None,
    "",
    "<>",
    "joyce@example.net",
    "mailer-daemon@example.org",
    "a\x00b@x",
    "practitioner@wenbridge.example",
)
MOST_ATTACHMENTS_TAKEN_OUT = 2


class MailDoor(Door):
    """A message is kept, sorted and read, its case runs, and it is delivered a second time."""

    name = "mail"
    weight = 22
    takes = "raw bytes, the example council's letters with damage, and MIME from a grammar: nested and broken parts,"
    takes += (
        " encodings and charsets of every kind, huge headers, calendars, winmail.dat, S/MIME, a zip bomb, bad dates"
    )

    def inputs(self) -> st.SearchStrategy[tuple[bytes, str | None, bool]]:
        """A message, its return path, and whether it was stored by a process that went away before it took it up."""
        return st.tuples(messages, st.sampled_from(ENVELOPES), st.booleans())

    def hold(self, given: tuple[bytes, str | None, bool]) -> str:
        """The message is there once, whole, and became a case, a signal, or a reason."""
        raw, sender, in_two = given
        council, database = self.world.council, self.world.database
        read = _read(raw)
        cases, known = self._cases(), self._known()
        if in_two:
            mail_id = keep_mail(council, raw, sender, ["duty@example.org"])
            taken = take_up(council, mail_id)
        else:
            taken = take_in_mail(council, raw, sender, ["duty@example.org"])
        with database.read() as session:
            mail = session.get_one(InboundMail, taken.mail_id)
            assert mail.state == taken.state != MailState.STORED
            assert mail.raw == raw or taken.mail_id in known, "what is kept is not what came"
            assert bool(mail.case_ref) == (taken.state in (MailState.OPENED, MailState.SIGNALLED))
            assert mail.case_ref or mail.reason
            keeps_silent(mail.reason)
        is_new = taken.mail_id not in known and taken.state not in (MailState.IGNORED, MailState.SIGNALLED)
        assert self._opened_with(self._cases() - cases) == ([taken.mail_id] if is_new else [])
        if taken.state == MailState.OPENED:
            assert read is not None
        self.world.legs_run()
        rows = database.rows()
        assert take_in_mail(council, raw, sender, ["duty@example.org"]).mail_id == taken.mail_id
        assert database.rows() == rows, "the same message again has changed something"
        return str(taken.state)

    def _known(self) -> set[str]:
        with self.world.database.read() as session:
            return set(session.scalars(select(InboundMail.id)))

    def _cases(self) -> set[str]:
        with self.world.database.read() as session:
            return set(session.scalars(select(Case.ref)))

    def _opened_with(self, refs: set[str]) -> list[str]:
        """The messages that cases were opened with, or that they put to a person."""
        with self.world.database.read() as session:
            return [recall(session, ref)[0].data["mail_id"] for ref in refs]


def _read(raw: bytes) -> ReadMessage | None:
    """The message as it is read; every text of it can be stored, and every file taken out again."""
    try:
        read = read_message(raw)
    except Unreadable as refused:
        assert refused.reason
        keeps_silent(refused)
        return None
    assert read.text.strip() or read.attachments
    assert len(read.text) <= LONGEST_TEXT
    for text in _texts_in(astuple(read)):
        assert "\x00" not in text
        text.encode()
    keeps_silent(read.reading_problems)
    for index, file in enumerate(read.attachments[:MOST_ATTACHMENTS_TAKEN_OUT]):
        assert file.name
        assert len(attachment_bytes(raw, index)) == file.size
    return read


def _texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for one in value for each in _texts_in(one)] if isinstance(value, tuple | list) else []
