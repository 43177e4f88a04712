"""A mailbox that is not collected: letters lie in it unseen, and somebody sees to it and to them."""

from __future__ import annotations

from models.forms.alarms import MailboxCollectedAgain, MailboxNotCollectedFacts, MailboxSeenTo
from models.notices import Interruption
from models.roles import Role
from models.working_time import for_people
from tasks.durable import Verb, decision, first_of, procedure, signal, tell, withdraw


@procedure(follows="Safe Pathways: no message is lost", somebody_waits=False)
def mailbox_not_collected(mailbox: MailboxNotCollectedFacts) -> str:
    """
    See that a shared mailbox is collected again, and that its letters are looked at meanwhile.

    Duty is told, so that they look into the mailbox by hand. Whoever keeps the systems running mends it and says how;
    nobody answering is chased and told to the managers above. Where it is collected again by itself, that ends it.
    Answered and still not collected, it comes again.
    """
    unseen = Interruption.REACHED_NOBODY
    tell(Role.DUTY_WORKER, Verb.CHECK, "mailbox-that-is-not-collected", urgent=True, interrupts=unseen)
    seen_to = decision(MailboxSeenTo, of=Role.SYSTEMS, about=in_words(mailbox), urgent=True)
    match first_of(seen_to, signal(MailboxCollectedAgain)):
        case MailboxSeenTo():
            return "seen to"
        case MailboxCollectedAgain():
            withdraw(seen_to)
            return "collected again"


def in_words(mailbox: MailboxNotCollectedFacts) -> str:
    """Which mailbox, since when, and what is wrong as far as the machine can tell."""
    return f"Mailbox {mailbox.mailbox}, not collected since {for_people(mailbox.since)}. {mailbox.trouble.sentence}"
