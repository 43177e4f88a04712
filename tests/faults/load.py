"""
What comes in during a trial: letters, answers, answers of machines, broken mail, contacts and referrals by webhook.

Each message has a mark in its text by which it is known again in the record, and a canary: a name that must never leave
our database.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from random import Random

from deployments.example_council.letters import example_letters
from tests.faults.plans import Plan
from tests.test_webhook_referrals import WHOLE

CANARY = "Featherstonehaugh"
"""A surname that nobody in the example council has."""
WRITERS = ("Ottoline", "Peregrine", "Araminta", "Barnaby")
DEAD = "amos.larkin@example.org"
"""The address of P-119, who died before the trial begins."""
UNSAFE = "bronwen.pugh@example.org"
"""The address of P-111, who must not be written to by e-mail or post."""


class Way(StrEnum):
    """How a message comes."""

    SMTP = "smtp"
    MAILBOX = "mailbox"
    CONTACT = "contact"
    REFERRAL = "referral"


@dataclass
class Message:
    """One message that somebody wants to be heard."""

    mark: str
    way: Way
    raw: bytes
    """The e-mail, or the JSON of a webhook."""
    times: int
    """How often it is delivered."""
    answers: bool = False
    """Whether it is to answer a message of ours, once there is one."""
    sender: str = ""


def messages_of(plan: Plan) -> list[Message]:
    """What comes in during the trial."""
    random = plan.chance("messages")
    ways = [Way.SMTP, Way.SMTP, Way.SMTP, Way.CONTACT, Way.REFERRAL]
    if plan.has_mailbox:
        ways += [Way.MAILBOX] * 3
    return [_message(plan, random, number, random.choice(ways)) for number in range(plan.messages)]


def _message(plan: Plan, random: Random, number: int, way: Way) -> Message:
    mark = f"mark-{plan.seed}-{number}".replace("-", "x")
    times = plan.repeats if plan.repeats >= 10 else random.randint(1, plan.repeats)
    sender = _sender(random)
    match way:
        case Way.CONTACT:
            body = {
                "source": "contact-us-form",
                "sender": {"name": f"{random.choice(WRITERS)} {CANARY}", "email": sender},
                "subject": "A bath seat",
                "text": f"The bath seat of {CANARY} has not come. {mark}",
            }
            return Message(mark, way, json.dumps(body).encode(), times)
        case Way.REFERRAL:
            referral = WHOLE | {"text": f"{CANARY} can no longer wash alone. {mark}", "urgent": random.random() < 0.3}
            return Message(mark, way, json.dumps(referral).encode(), times)
        case Way.SMTP | Way.MAILBOX:
            raw = _letter(random, mark, sender)
            return Message(mark, way, raw, times, answers=random.random() < 0.25, sender=sender)


def _letter(random: Random, mark: str, sender: str) -> bytes:
    """A letter of somebody's own, or one of the example council's with the mark in it."""
    if random.random() < 0.4:
        _, raw = random.choice(example_letters())
        return re.sub(rb"(?mi)^Message-ID: <[^>]*>", f"Message-ID: <{mark}@example.org>".encode(), raw, count=1)
    message = EmailMessage()
    message["From"], message["To"] = f"{random.choice(WRITERS)} {CANARY} <{sender}>", "adult.care@example.org"
    message["Subject"], message["Message-ID"] = "My mother", f"<{mark}@example.org>"
    message.set_content(f"Dear Priya,\n\nplease ring {CANARY} about Edith Tilling's bath seat.\n{mark}\n")
    return message.as_bytes()


def _sender(random: Random) -> str:
    return random.choice(("tom@example.org", "joyce@example.org", "cyril.dunmore@example.org", DEAD, UNSAFE))
