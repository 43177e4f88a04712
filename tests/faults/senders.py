"""
Those who bring something: they deliver each message as often as the plan says, until a door has said that it has it.

The doors are the real ones: the SMTP door on a port, the webhook doors by HTTP, the mailbox by IMAP.
"""

from __future__ import annotations

import smtplib
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient
from sqlalchemy import select

from deployments.intake.smtp import SmtpDoor
from models.connections import Mailbox
from models.mail import MailDoor
from models.person_messages import PersonMessage
from tasks.database import DatabaseUnavailable
from tasks.intake import keep_mail, take_up_what_is_stored
from tests.faults.clock import START
from tests.faults.journal import Heard
from tests.faults.load import Message, Way, messages_of
from tests.faults.players import Player
from tests.webhook_calls import SECRET, Partner, doors

_PATHS = {Way.CONTACT: "/intake/contacts", Way.REFERRAL: "/intake/referrals"}


class _AtTheDoor:
    """What a partner's system signs its calls with: the time as everybody sees it."""

    def __init__(self, player: Player) -> None:
        self.council = player.council
        self.clock = player.council.clock


class Senders:
    """Everybody who sends something, and the doors they come to."""

    def __init__(self, player: Player, post_box: Mailbox | None) -> None:
        self._player, self._post_box = player, post_box
        self._door = SmtpDoor("127.0.0.1", 0, self._accept)
        self._door.start()
        office: Any = _AtTheDoor(player)
        self._partner = Partner(office, app=doors(player.council, SECRET))
        done = [line.id for line in player.journal.lines(Heard.MESSAGE_ACCEPTED)]
        self._waiting = [
            message for message in messages_of(player.plan) for _ in range(message.times - done.count(message.mark))
        ]
        player.random.shuffle(self._waiting)
        self._patience = 20

    def bring_one(self) -> bool:
        """Bring the next message; what a door does not take is brought again later."""
        if not self._waiting:
            return False
        message = self._waiting.pop(0)
        if message.answers and self._patience and not (self._answered(message) or self._a_message_of_ours()):
            self._patience -= 1  # there is nothing to answer yet
            self._waiting.append(message)
            return False
        accepted = self._bring(message)
        heard = Heard.MESSAGE_ACCEPTED if accepted else Heard.MESSAGE_REFUSED
        self._player.journal.note(heard, self._player.name, message.mark, way=message.way)
        if not accepted:
            self._waiting.append(message)
        return True

    def bring_all(self) -> bool:
        """Bring whatever is left, several times where it is refused; whether all of it was taken."""
        self._patience = 0
        for _ in range(20 * len(self._waiting)):
            self.bring_one()
        return not self._waiting

    def _accept(self, raw: bytes, sender: str | None, to: list[str]) -> str:
        return keep_mail(self._player.council, raw, sender, to, door=MailDoor.SMTP)

    def _bring(self, message: Message) -> bool:
        match message.way:
            case Way.CONTACT | Way.REFERRAL:
                answer = self._partner.post(message.raw, _PATHS[message.way], webhook_id=f"msg_{message.mark}")
                return answer.status_code == 202
            case Way.MAILBOX if self._post_box is not None:
                return self._by_imap(self._post_box, self._as_sent(message))
            case _:
                return self._by_smtp(self._as_sent(message), message.sender)

    def _as_sent(self, message: Message) -> bytes:
        """The e-mail as it comes this time, by relays of its own; always the same answer where it is to be one."""
        answered = self._answered(message)
        if message.answers and answered is None:
            answered = self._a_message_of_ours()
            self._player.journal.note(Heard.ANSWERS, self._player.name, message.mark, to=answered)
        relay = f"Received: from relay-{self._player.random.randrange(9)}.example.org by mx.example.org\n".encode()
        return relay + (f"In-Reply-To: {answered}\n".encode() if answered else b"") + message.raw

    def _answered(self, message: Message) -> str | None:
        """What the message answers, wherever that was decided; None where it was not yet."""
        decided = self._player.journal.lines(Heard.ANSWERS)
        return next((str(line.said["to"]) for line in decided if line.id == message.mark), None)

    def _a_message_of_ours(self) -> str:
        query = select(PersonMessage).order_by(PersonMessage.queued_at, PersonMessage.id).limit(1)
        with suppress(DatabaseUnavailable), self._player.council.database.read() as session:
            ours = session.scalars(query).first()
            return f"<case.{ours.case_ref}.{ours.entry_no}@wenbridge.example.org>" if ours is not None else ""
        return ""

    def _by_smtp(self, raw: bytes, sender: str) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self._door.port, timeout=60) as line:
                line.sendmail(sender or "somebody@example.org", ["adult.care@example.org"], raw)
        except smtplib.SMTPResponseException:
            return False
        return True

    def _by_imap(self, box: Mailbox, raw: bytes) -> bool:
        assert box.password is not None
        with IMAPClient(box.host, box.port, use_uid=True, ssl=False) as client:
            client.login(box.username, box.password.get_secret_value())
            client.append(box.inbox, raw, msg_time=START)
        return True


def bring(player: Player, post_box: Mailbox | None) -> None:
    """Senders and doors: bring a message now and then, and take up what was stored."""
    senders = Senders(player, post_box)
    brought = True
    while player.goes_on(did_something=brought):
        brought = senders.bring_one() if player.random.random() < 0.5 else False
        brought |= player.tries(lambda: take_up_what_is_stored(player.council))
