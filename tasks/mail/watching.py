"""Watching over the mailboxes: how collecting goes, and a case for somebody where it does not go for too long."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.cases import Case
from models.doors import MailboxWatch, Trouble
from models.forms.alarms import MailboxCollectedAgain, MailboxNotCollectedFacts
from models.notices import Recipient
from models.roles import Role
from models.states import CaseStatus
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council

log = logging.getLogger("pathways")
PROCEDURE = "mailbox-not-collected"


@dataclass(frozen=True)
class Uncollected:
    """A mailbox that has not been collected for longer than policy allows."""

    mailbox: str
    since: datetime
    trouble: Trouble


def begin_behind(council: Council, mailbox: str) -> int | None:
    """The message behind which the next round begins; none: it begins with the first."""
    with council.database.read() as session:
        return session.scalar(select(MailboxWatch.begin_behind).where(MailboxWatch.mailbox == mailbox))


def note_round(council: Council, mailbox: str, trouble: Trouble | None, *, behind: int | None = None) -> None:
    """
    Note how a round went. One that went well ends the alarm about this mailbox, if there is one.

    After one that did not, the next begins behind the message `behind`.
    """
    with council.change() as change:
        watch = _watch(change.session, mailbox, change.now)
        watch.tried_at, watch.begin_behind = change.now, None if trouble is None else behind
        if trouble is not None:
            watch.trouble, watch.failing_since = str(trouble), watch.failing_since or change.now
            return
        watch.collected_at, watch.trouble, watch.failing_since = change.now, "", None
        if _open_alarm(change.session, watch) is not None and watch.case_ref is not None:
            take_in_signal(change, watch.case_ref, MailboxCollectedAgain())
        watch.case_ref = watch.told_at = None


def look_after_mailboxes(council: Council) -> None:
    """
    Open a case about each mailbox that has not been collected for too long; one at a time for each.

    Where it was answered and the mailbox is still not collected, another is opened after as long again.
    """
    limit = council.policy.mail.not_collected_after
    for box in council.connections.mailboxes:
        with council.change() as change:
            watch = _watch(change.session, box.name, change.now)
            since = watch.collected_at or watch.failing_since or watch.tried_at
            told = change.session.get(Case, watch.case_ref) if watch.case_ref else None
            if told is not None and (told.closed_at is None or change.now - told.closed_at < limit):
                continue
            if change.now - since >= limit:
                _alarm(change, watch, since)


def uncollected(council: Council) -> list[Uncollected]:
    """The mailboxes of the connections file that have not been collected for too long, now."""
    now, limit = council.clock.now(), council.policy.mail.not_collected_after
    names = {box.name for box in council.connections.mailboxes}
    with council.database.read() as session:
        watches = session.scalars(select(MailboxWatch).where(MailboxWatch.mailbox.in_(names))).all()
    late = []
    for watch in sorted(watches, key=lambda one: one.mailbox):
        since = watch.collected_at or watch.failing_since or watch.tried_at
        if now - since >= limit:
            late.append(Uncollected(watch.mailbox, since, _trouble(watch)))
    return late


def tried_since(council: Council, moment: datetime) -> set[str]:
    """The mailboxes that somebody has looked into since then."""
    with council.database.read() as session:
        query = select(MailboxWatch.mailbox).where(
            MailboxWatch.tried_at >= moment, MailboxWatch.trouble != Trouble.NOT_TRIED
        )
        return set(session.scalars(query))


def _alarm(change: Change, watch: MailboxWatch, since: datetime) -> None:
    log.error("mailbox %s has not been collected for too long (%s)", watch.mailbox, watch.trouble or "not tried")
    facts = MailboxNotCollectedFacts(mailbox=watch.mailbox, since=since, trouble=_trouble(watch))
    watch.case_ref = open_in(change, PROCEDURE, facts, owner=Recipient.role(Role.SYSTEMS))
    watch.told_at = change.now


def _trouble(watch: MailboxWatch) -> Trouble:
    """What is wrong: the last failure, or that nobody looks into it any more."""
    return Trouble(watch.trouble) if watch.trouble else Trouble.NOT_TRIED


def _open_alarm(session: Session, watch: MailboxWatch) -> Case | None:
    case = session.get(Case, watch.case_ref) if watch.case_ref else None
    return case if case is not None and case.status != CaseStatus.CLOSED else None


def _watch(session: Session, mailbox: str, now: datetime) -> MailboxWatch:
    """The mailbox's row, made if it is not there, and held until the transaction ends."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "mailbox": mailbox,
        "tried_at": now,
        "collected_at": None,
        "trouble": str(Trouble.NOT_TRIED),
        "failing_since": now,
        "begin_behind": None,
        "told_at": None,
        "case_ref": None,
    }
    session.execute(insert(MailboxWatch).values(row).on_conflict_do_nothing())
    return session.scalars(select(MailboxWatch).where(MailboxWatch.mailbox == mailbox).with_for_update()).one()
