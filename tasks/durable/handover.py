"""Handing a case over: the sender stays its owner until somebody accepts; a refusal has a reason; silence shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from models.forms.base import Form
from models.forms.handover import HandoverAnswer, HandoverReply
from models.notices import Recipient
from tasks.durable.asking import Asked, ask
from tasks.durable.audited import audited, here
from tasks.durable.cases import change_owner
from tasks.durable.leg import current_leg
from tasks.durable.work_items import ByWhen

H = TypeVar("H", bound=HandoverAnswer)


@dataclass(frozen=True)
class Accepted(Generic[H]):
    """Somebody took the case on; it is theirs."""

    by: str
    """Staff id."""
    answer: H


@dataclass(frozen=True)
class Refused:
    """The case was not taken on and stays where it was."""

    by: str
    reason: str


@dataclass(frozen=True)
class Silent:
    """Nobody replied in time; the case stays where it was."""


def hand_over(
    form: type[H], *, to: Asked, within: ByWhen, about: str = "", urgent: bool = False, clauses: str = ""
) -> Accepted[H] | Refused | Silent:
    """Offer the case to somebody and wait for their reply; it stays the sender's until they accept."""
    reply = ask(form, of=to, within=within, about=about, urgent=urgent, clauses=clauses)
    return Silent() if reply is None else taken_on(reply)


def taken_on(reply: H) -> Accepted[H] | Refused:
    """What a reply to a handover means; an acceptance makes whoever gave it the case's owner."""
    said = reply_of(reply, answered_by(type(reply)))
    if isinstance(said, Accepted):
        pass_ownership(said.by)
    return said


def reply_of(reply: H, by: str) -> Accepted[H] | Refused:
    """What a reply to a handover means, where the case goes over later than it is accepted."""
    match reply.reply:
        case HandoverReply.ACCEPT:
            return Accepted(by, reply)
        case HandoverReply.REFUSE:
            return Refused(by, reply.reason)


def answered_by(form: type[Form]) -> str:
    """The staff id of who gave the latest answer on that form."""
    leg = current_leg()
    handle, _ = leg.waits.current[form.slug()]
    entry = leg.memory.end_of(handle.key)
    return "" if entry is None else entry.by


@audited("The case has a new owner")
def pass_ownership(to: str) -> str:
    """Make a member of staff the case's owner; they have accepted it."""
    step = here()
    change_owner(step.pen, step.case, Recipient.staff(to), by=to)
    return to
