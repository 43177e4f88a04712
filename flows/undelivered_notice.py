"""A notice that reached nobody: somebody tells the people concerned another way."""

from __future__ import annotations

from models.forms.alarms import UndeliveredNoticeFacts
from models.forms.house import NoticeUndelivered
from tasks.durable import ask, procedure
from tasks.durable.in_force import policy


@procedure(follows="Safe Pathways: no message is lost")
def undelivered_notice(notice: UndeliveredNoticeFacts) -> str:
    """
    See that people hear what a notice could not tell them.

    The role that policy names for this alarm says who was told and how, and whether the notification services were
    mended. Until then it is chased, and the managers above hear of it.
    """
    about = f"To {notice.recipient}: {notice.subject} ({notice.message_id})"
    told = ask(NoticeUndelivered, of=policy().alarms.undelivered_notice, about=about, urgent=True)
    return "told another way, services mended" if told.services_mended else "told another way"
