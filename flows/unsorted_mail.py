"""Mail that nobody has sorted shortly before the office closes: the team leader hears of it while it can be helped."""

from __future__ import annotations

from models.forms.unsorted_mail import UnsortedMailFacts
from models.notices import Interruption, Recipient
from tasks.durable import Verb, Where, procedure, tell


@procedure(follows="Safe Pathways: no message is lost", somebody_waits=False)
def unsorted_mail(mail: UnsortedMailFacts) -> str:
    """
    Tell the leader of those who sort that mail still waits, one notice for all of it.

    Opened once a day, an hour before closing, where there is any. A letter may hold somebody in danger, so this
    interrupts. Each piece of mail stays a work item of duty, and is chased as any other.
    """
    tell(
        [Recipient.from_tag(leader) for leader in mail.leaders],
        Verb.SORT,
        "mail-before-closing",
        by=mail.closes_at,
        where=Where.MAIL,
        urgent=True,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED,
        clauses="DUTY-16",
    )
    return "the team leader knows"
