"""
Collecting shared mailboxes: each message is stored safely first, and only then moved out of the inbox.

Stopped between any two steps, the message still lies in the inbox or is stored or both: the next round finds it,
the store knows it by its digest, and it is moved. So nothing is lost or doubled, and two collectors at once do no
harm. Which message was seen last is not remembered: whatever lies in the inbox is to be collected.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from models.connections import Mailbox
from models.doors import Trouble
from models.mail import MailDoor
from tasks.database import DatabaseUnavailable
from tasks.durable.council import Council
from tasks.intake import keep_aside, keep_mail
from tasks.mail import headers
from tasks.mail.mailbox import MessageRefused, NotCollected, OpenMailbox, open_mailbox
from tasks.mail.tokens import TOKENS, Tokens
from tasks.mail.too_large import stand_in
from tasks.mail.watching import note_round, tried_since

log = logging.getLogger("pathways")

AT_MOST = 1_000
"""Messages of one round; the rest waits for the next, so that no mailbox keeps another waiting for long."""
BREAKS_BORNE = 10
"""So often a connection that broke off is made anew in one round; the message in hand is left for the next round."""
_DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To")


@dataclass
class Collected:
    """What a round came to: messages stored, left aside as too large, and left in the inbox as they refused."""

    kept: int = 0
    aside: int = 0
    refused: int = 0


@dataclass
class _Round:
    """A round in one mailbox, over as many connections as it takes."""

    council: Council
    box: Mailbox
    at_most: int
    done: Collected = field(default_factory=Collected)
    looked_at: int = 0
    in_hand: int | None = None
    left_alone: set[int] = field(default_factory=set)

    def empty(self, mailbox: OpenMailbox) -> None:
        """Collect what lies in the inbox, up to the round's share."""
        uids = [uid for uid in mailbox.waiting() if uid not in self.left_alone][: self.at_most - self.looked_at]
        sizes = mailbox.sizes(uids)
        for uid in uids:
            if uid in sizes:  # else somebody has moved it meanwhile
                self.in_hand = uid
                self._collect(mailbox, uid, sizes[uid])
                self.in_hand = None
                self.looked_at += 1

    def leave_alone(self) -> bool:
        """After the connection broke: leave the message in hand for the next round; false where there was none."""
        if self.in_hand is None:
            return False
        self.left_alone.add(self.in_hand)
        self.in_hand = None
        self.looked_at += 1
        self.done.refused += 1
        return True

    def _collect(self, mailbox: OpenMailbox, uid: int, size: int) -> None:
        """Store one message and move it. One that fails must not keep the others waiting."""
        try:
            if size > self.council.policy.mail.message_bytes:
                if _leave_aside(self.council, self.box, mailbox, uid, size):
                    self.done.aside += 1
            elif _keep(self.council, self.box, mailbox, uid):
                self.done.kept += 1
        except MessageRefused:
            self.done.refused += 1
        except (NotCollected, DatabaseUnavailable):
            raise
        except Exception as caught:  # no text of the error, which may be personal
            log.error("a message in mailbox %s could not be stored (%s)", self.box.name, type(caught).__name__)
            self.done.refused += 1


def collect_every_mailbox(
    council: Council, tokens: Tokens = TOKENS, *, untried_since: datetime | None = None
) -> Collected:
    """
    A round in each mailbox of the connections file; how it went is noted, and nothing is raised for one of them.

    With `untried_since` only in those that nobody has looked into since then.
    """
    whole = Collected()
    tried = tried_since(council, untried_since) if untried_since else set()
    for box in council.connections.mailboxes:
        if box.name in tried:
            continue
        try:
            one = collect_mailbox(council, box, tokens)
        except NotCollected as failed:
            log.warning("%s", failed)
            continue
        except Exception as caught:  # the other mailboxes are collected; no text of the error, which may be personal
            log.error("mailbox %s could not be collected (%s)", box.name, type(caught).__name__)
            continue
        whole.kept, whole.aside = whole.kept + one.kept, whole.aside + one.aside
        whole.refused += one.refused
    return whole


def collect_mailbox(council: Council, box: Mailbox, tokens: Tokens = TOKENS, *, at_most: int = AT_MOST) -> Collected:
    """
    A round in one mailbox. Raises `NotCollected` where it could not be finished, after noting it.

    Messages that refused lie in the inbox still and are tried again in the next round; while there are any, the
    mailbox does not count as collected.
    """
    done, trouble = None, Trouble.BROKEN_OFF
    try:
        done = _collected(council, box, tokens, at_most)
        trouble = Trouble.MESSAGE
    except NotCollected as failed:
        trouble = failed.trouble
    except DatabaseUnavailable:
        trouble = Trouble.STORING
    finally:
        try:
            note_round(council, box.name, None if done and not done.refused else trouble)
        except DatabaseUnavailable as away:
            log.warning("how collecting from mailbox %s went could not be noted: %s", box.name, away)
    if done is None:  # raised here, where the error it comes from, which may hold a server's words, is past
        raise NotCollected(box.name, trouble)
    return done


def _collected(council: Council, box: Mailbox, tokens: Tokens, at_most: int) -> Collected:
    this = _Round(council, box, at_most)
    for _ in range(BREAKS_BORNE):
        try:
            with open_mailbox(box, tokens) as mailbox:
                this.empty(mailbox)
                return this.done
        except NotCollected:
            if not this.leave_alone():
                raise
    raise NotCollected(box.name, Trouble.BROKEN_OFF)


def _keep(council: Council, box: Mailbox, mailbox: OpenMailbox, uid: int) -> bool:
    """Store a message, then move it to the folder of those that are done; false where it has vanished."""
    raw = mailbox.original(uid)
    if raw is None:
        return False
    keep_mail(council, raw, *envelope_of(raw), door=MailDoor.IMAP)
    mailbox.move(uid, box.done)
    return True


def _leave_aside(council: Council, box: Mailbox, mailbox: OpenMailbox, uid: int, size: int) -> bool:
    """Store who wrote and where it lies, which puts it to a person; then move it aside, whole."""
    header = mailbox.header(uid)
    if header is None:
        return False
    note = stand_in(box, header, size, mailbox.came_at(uid), council.policy.mail.message_bytes)
    keep_aside(council, note.raw, *envelope_of(header), reason=note.reason, door=MailDoor.IMAP)
    mailbox.move(uid, box.put_aside)
    return True


def envelope_of(raw: bytes) -> tuple[str | None, list[str]]:
    """
    The return path and the receivers, as the last mail system noted them in the header.

    The return path is empty where it is the null path, and none where it was not noted.
    """
    header = headers.headers_alone(raw)
    path = headers.first_raw(header, "Return-Path")
    found = headers.addresses([path]) if path else []
    sender = found[0][1] if found else ("" if path.replace(" ", "") == "<>" else None)
    values = [value for name in _DELIVERED_TO for value in headers.raw_values(header, name)]
    return sender, list(dict.fromkeys(address for _, address in headers.addresses(values)))
