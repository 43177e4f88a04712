"""What the clocks of the procedures are called on a page, by the names that the flows give them."""

from __future__ import annotations

CLOCKS = {
    "contact": "when the next contact is asked for",
    "contact-again": "when contact is tried again",
    "contact-missed": "by when they are to be contacted",
    "contact-still-missed": "when another contact would be due",
    "agreed-day": "the day agreed with them",
    "warn": "when waiting comes near its limit",
    "breach": "when waiting passes its limit",
    "red-strategic": "when a Red case goes to the strategic manager",
    "red-head": "when a Red case goes to the head of service",
    "priority": "the limit of their priority",
    "follow-up": "when it is followed up",
    "follow-up-again": "when it is followed up again",
    "worker-back": "when the worker is back",
    "the-office-opens": "when the office opens",
    "urgent-action-overdue": "by when what cannot wait is done",
    "urgent-allocated-by": "by when an urgent case is allocated",
    "taken-on-by": "by when somebody takes it on",
    "no-reply": "by when a reply is expected",
    "next-contact": "when the next contact is made",
    "free-weeks-end-in-sight": "when it is asked what follows reablement",
    "free-weeks-end": "by when it is decided what follows reablement",
    "reablement-looked-at-again": "when reablement is looked at again",
    "last-day-of-reablement-over": "when reablement is over",
}
"""Where a name is not here, the name itself is shown."""
