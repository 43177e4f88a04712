"""A notice that reached nobody: somebody tells the people concerned another way."""

from __future__ import annotations

from models.forms.alarms import UndeliveredNoticeFacts
from models.forms.house import NoticeUndelivered
from models.roles import Role
from tasks.durable import Verb, ask, procedure, tell
from tasks.durable.in_force import policy


@procedure(follows="Safe Pathways: no message is lost", somebody_waits=False)
def undelivered_notice(notice: UndeliveredNoticeFacts) -> str:
    """
    See that people hear what a notice could not tell them.

    The role that policy names for this alarm says who was told and how, and whether the notification services were
    mended; if they were not, those who keep the system running hear of it. Until then it is chased, and the managers
    above hear of it.
    """
    about = f"To {notice.recipient}: {notice.subject} ({notice.message_id})"
    told = ask(NoticeUndelivered, of=policy().alarms.undelivered_notice, about=about, urgent=True)
    if told.services_mended:
        return "told another way, services mended"
    tell(Role.SYSTEMS, Verb.CHECK, "notification-services")
    return "told another way"
