"""
Collecting shared mailboxes: each message is stored safely first, and only then moved out of the inbox.

Stopped between any two steps, the message still lies in the inbox or is stored or both: the next round finds it,
the store knows it by its digest, and it is moved. So nothing is lost or doubled, and two collectors at once do no
harm. Which message was seen last is not remembered: whatever lies in the inbox is to be collected.

Messages that refuse, or break the connection, hold up none that lie behind them: the next round begins behind the last
of them, and comes back to them when it has been through the rest. Where that was is only a place to begin, so that
nothing depends on it.
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
from tasks.mail.too_large import stand_in
from tasks.mail.watching import begin_behind, note_round, tried_since
from tasks.oauth import TOKENS, Tokens

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
    behind: int | None = None
    """The message behind which it begins, and then the last one that refused or broke the connection."""
    looked_at: set[int] = field(default_factory=set)
    in_hand: int | None = None
    is_whole: bool = False
    """Whether it has been through all that lay in the inbox, or began at its first message."""

    def empty(self, mailbox: OpenMailbox) -> None:
        """Collect what lies in the inbox, up to the round's share."""
        waiting = [uid for uid in mailbox.waiting() if uid not in self.looked_at]
        share = self.at_most - len(self.looked_at)
        self.is_whole = self.behind is None or len(waiting) <= share
        for uid in self._in_turn(waiting)[:share]:
            self.looked_at.add(uid)
            self.in_hand = uid
            self._collect(mailbox, uid)
            self.in_hand = None

    def leave_alone(self) -> bool:
        """After the connection broke: leave the message in hand for the next round; false where there was none."""
        if self.in_hand is None:
            return False
        self._refused(self.in_hand)
        self.in_hand = None
        return True

    @property
    def went_well(self) -> bool:
        """Whether nothing refused, now or in a part of the inbox that an earlier round has left behind."""
        return self.is_whole and not self.done.refused

    def _in_turn(self, waiting: list[int]) -> list[int]:
        first = self.behind or 0
        return [uid for uid in waiting if uid > first] + [uid for uid in waiting if uid <= first]

    def _refused(self, uid: int) -> None:
        self.done.refused += 1
        self.behind = uid

    def _collect(self, mailbox: OpenMailbox, uid: int) -> None:
        """Store one message and move it. One that fails must not keep the others waiting."""
        try:
            size = mailbox.size(uid)
            if size is None:
                return  # somebody has moved it meanwhile
            if size > self.council.policy.mail.message_bytes:
                if _leave_aside(self.council, self.box, mailbox, uid, size):
                    self.done.aside += 1
            elif _keep(self.council, self.box, mailbox, uid):
                self.done.kept += 1
        except MessageRefused:
            self._refused(uid)
        except (NotCollected, DatabaseUnavailable):
            raise
        except Exception as caught:  # no text of the error, which may be personal
            log.error("a message in mailbox %s could not be stored (%s)", self.box.name, type(caught).__name__)
            self._refused(uid)


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

    Messages that refused lie in the inbox still and are tried again in a later round; while there are any, the
    mailbox does not count as collected.
    """
    this, is_done, trouble = _Round(council, box, at_most), False, Trouble.BROKEN_OFF
    try:
        this.behind = begin_behind(council, box.name)
        _collect_all(this, tokens)
        is_done, trouble = True, Trouble.MESSAGE
    except NotCollected as failed:
        trouble = failed.trouble
    except DatabaseUnavailable:
        trouble = Trouble.STORING
    finally:
        try:
            note_round(council, box.name, None if is_done and this.went_well else trouble, behind=this.behind)
        except DatabaseUnavailable as away:
            log.warning("how collecting from mailbox %s went could not be noted: %s", box.name, away)
    if not is_done:  # raised here, where the error it comes from, which may hold a server's words, is past
        raise NotCollected(box.name, trouble)
    return this.done


def _collect_all(this: _Round, tokens: Tokens) -> None:
    for _ in range(BREAKS_BORNE):
        try:
            with open_mailbox(this.box, tokens) as mailbox:
                this.empty(mailbox)
                return
        except NotCollected:
            if not this.leave_alone():
                raise
    raise NotCollected(this.box.name, Trouble.BROKEN_OFF)


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
