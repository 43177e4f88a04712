"""The SMTP door: whatever is said on a connection, each message that was answered with 250 is stored, and no other."""

from __future__ import annotations

import re
import socket

from hypothesis import strategies as st
from sqlalchemy import select

from deployments.intake.smtp import SmtpDoor
from models.mail import InboundMail
from tasks.intake import keep_mail
from tests.fuzz.door import Door
from tests.fuzz.mime import LETTERS, NAME
from tests.fuzz.values import rarely
from tests.fuzz.watching import keeps_silent
from tests.fuzz.world import World

PATIENCE_SECONDS = 60.0
LARGEST = 40_000
"""Bytes of a message that this door takes, so that what is too large stays small."""
COMMANDS = (
    b"EHLO joyce", b"HELO " + NAME, b"EHLO", b"NOOP", b"RSET", b"VRFY " + NAME, b"EXPN x", b"HELP",
    b"AUTH PLAIN AGEAYg==", b"STARTTLS", b"",
    b"MAIL FROM:<joyce@example.net>", b"MAIL FROM:<>", b"MAIL FROM:<" + NAME + b"@example.net> SIZE=99999999999",
    b"MAIL FROM:", b"MAIL",
    b"MAIL FROM:<\xff\xfe@x> SMTPUTF8", b"MAIL FROM:<a@b> BODY=8BITMIME SMTPUTF8 X=Y",
    b"RCPT TO:<duty@example.org>", b"RCPT TO:<>", b"RCPT",
    b"RCPT TO:<" + NAME + b"@example.org>", b"RCPT TO:<@a,@b:c@d>", b"RCPT TO:<\xed\xa0\x80@x>", b"DATA",
    b"DATA x", b"QUIT", b"\x00", b"\xff" * 40,
    b"x" * 900, b"GET / HTTP/1.1", b"BDAT 5 LAST", b"mail from:<a@b>", b"MAIL FROM:<a@b", b'MAIL FROM:<"a b"@c>',
    b"RCPT TO:<" + b"a" * 600 + b"@x>",
)  # fmt: skip
SOUND = (b"EHLO joyce", b"MAIL FROM:<joyce@example.net>", b"RCPT TO:<duty@example.org>", b"DATA")
DATA = (
    b"", b".", b"..", b"\r\n.\r\nQUIT", b"Subject: " + NAME + b"\r\n\r\n.hidden\r\n..\r\n", b"\n.\n", b"\r.\r",
    b"x" * 70_000, b"\x00" * 50,
    b"\xff\xfe", b"Subject: a\nb\rc", *LETTERS[:5],
)  # fmt: skip
END = b"\r\n.\r\n"


@st.composite
def talks(draw: st.DrawFn) -> bytes:
    """All that one client sends on its connection."""
    said = list(SOUND) if draw(st.integers(0, 3)) else draw(st.lists(st.sampled_from(COMMANDS), max_size=8))
    for _ in range(draw(st.integers(0, 3))):
        said.insert(draw(st.integers(0, len(said))), draw(st.sampled_from(COMMANDS) | st.binary(max_size=20)))
    line_end = b"\n" if rarely(draw, 12) else b"\r\n"
    talk = line_end.join(said) + line_end
    for data in draw(st.lists(st.sampled_from(DATA) | st.binary(max_size=40), max_size=2)):
        talk += data + (b"" if rarely(draw, 12) else END)
        if draw(st.booleans()):
            talk += b"\r\n".join(SOUND[1:]) + b"\r\n"
    return talk


class SmtpTalks(Door):
    """A client says all it has to say at once, and goes."""

    name = "smtp"
    weight = 4
    takes = "talks on real connections: commands in any order, right, wrong and pipelined, addresses of any bytes,"
    takes += " data with dots and bare line ends, without its end, and too large"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._door = SmtpDoor("127.0.0.1", 0, self._keep, max_size=LARGEST)
        self._door.start()

    def close(self) -> None:
        """Shut the door."""
        self._door.stop()

    def inputs(self) -> st.SearchStrategy[bytes]:
        """Talks."""
        return talks()

    def hold(self, given: bytes) -> str:
        """Every line of the answer is one; what was stored was told, and was part of what was said."""
        before = self._stored()
        answers, is_whole = self._said(given)
        keeps_silent(answers.decode("latin-1"))
        told = {
            one.decode() for one in re.findall(rb"^250 2\.6\.0 Stored as (M-[0-9A-Z]{10})\r$", answers, re.MULTILINE)
        }
        after = self._stored()
        stored = [raw for mail_id, raw in after.items() if mail_id not in before]
        if is_whole:
            assert answers.startswith(b"220 ")
            assert all(re.match(rb"[2345]\d\d[ -]", line) for line in answers.splitlines())
            assert after.keys() - before.keys() <= told
        assert told <= after.keys(), "a message is not there that was said to be stored"
        assert all(_words(raw) in _words(given) for raw in stored), "what is stored was not sent"
        return f"{len(stored)} stored"

    def _keep(self, raw: bytes, sender: str | None, receivers: list[str]) -> str:
        return keep_mail(self.world.council, raw, sender, receivers)

    def _said(self, talk: bytes) -> tuple[bytes, bool]:
        """The answers, and whether all of them came: who is hung up on in the middle may miss the last."""
        answers, is_whole = b"", True
        with socket.create_connection((self._door.host, self._door.port), PATIENCE_SECONDS) as client:
            try:
                client.sendall(talk + END + b"QUIT\r\n")
                while more := client.recv(65_536):
                    answers += more
            except ConnectionError:
                is_whole = False
        return answers, is_whole

    def _stored(self) -> dict[str, bytes]:
        with self.world.database.read() as session:
            return {one.id: one.raw for one in session.scalars(select(InboundMail))}


def _words(raw: bytes) -> bytes:
    """Without line ends and dots, which SMTP has its own way with."""
    return raw.translate(None, b"\r\n.")
