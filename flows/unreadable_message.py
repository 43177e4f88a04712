"""A message nobody could read: a person looks at the original, so that no letter is lost to a bad file."""

from __future__ import annotations

from flows.written_contact_transfer import written_contact_transfer
from models.forms.alarms import MessageLookedAt, UnreadableMessageFacts, WhatItWas
from models.forms.written_contact import WrittenContact
from models.roles import Role
from tasks.durable import ask, open_case, procedure
from tasks.durable.in_force import policy
from tasks.mail.looking import message_was_nothing, message_was_taken_up, message_was_taken_up_as_it_stands
from tasks.written_contact import look_up_arrival


@procedure(follows="Safe Pathways: no message is lost")
def unreadable_message(message: UnreadableMessageFacts) -> str:
    """
    Have somebody look at a message that the machine could not understand.

    The duty worker opens the original. If it is a contact, it is taken up: as it stands where it can be read, else
    with the text that was made out; if it is nothing for us, they say why. Nobody answering is chased and told to the
    team leader.
    """
    looked = look_at(message, message.reason)
    while looked.it_was is WhatItWas.CONTACT_AS_IT_STANDS:
        if message_was_taken_up_as_it_stands(message.mail_id) is not None:
            return "taken up as a contact"
        looked = look_at(message, "The machine cannot read it: say in text what it says.")
    match looked.it_was:
        case WhatItWas.NOTHING:
            message_was_nothing(message.mail_id, looked.reasons)
            return "nothing for us"
        case WhatItWas.CONTACT:
            came = look_up_arrival(message.mail_id)
            facts = WrittenContact(
                mail_id=message.mail_id,
                channel=came.channel,
                received_at=came.received_at,
                sender=looked.sender or "not made out",
                subject="(made out by a person)",
                text=looked.text,
            )
            ref = open_case(written_contact_transfer, facts, owner=Role.DUTY_WORKER)
            message_was_taken_up(message.mail_id, ref)
            return "taken up as a contact"


def look_at(message: UnreadableMessageFacts, why: str) -> MessageLookedAt:
    """Ask duty to look at the original, and tell them why the machine does not take it up."""
    return ask(
        MessageLookedAt,
        of=Role.DUTY_WORKER,
        about=f"Original: {message.mail_id} (`pathways intake show {message.mail_id}`). {why}",
        wanted_within=policy().gaps.reasonable_time.few_hours,
    )
