"""What the systems person sets: limits of mail, retries of the outbox and of steps, leases."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from models.policy.settings import Settings

Elapsed = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))]
"""Elapsed time in ISO 8601 ("PT30S"), longer than nothing, at most a year."""


class MailLimits(Settings):
    """
    What is taken in by e-mail. What goes beyond it is kept, and put to a person; only what is larger than
    `message_bytes` is not stored: its sender is told (SMTP), or it stays in the mailbox and a person is told (IMAP).

    There is no limit on messages per sender: what a machine sends is known by its headers, and a person, a ward or a
    surgery that writes often has that often something to say. Loops end because our own answers are counted.
    """

    message_bytes: int = Field(default=38_000_000, ge=10_000, le=250_000_000)
    """The message as it travels: a file of 25 MB is 36 MB then."""
    attachment_bytes: int = Field(default=26_500_000, ge=1_000)
    """One enclosure as it was before it was sent."""
    attachments: int = Field(default=100, ge=0)
    """Enclosures, the pictures in signatures among them."""
    nested_parts: int = Field(default=500, ge=1)
    """Pieces that a message is made of, forwarded messages and theirs among them."""
    acknowledgements_per_sender_per_day: int = Field(default=2, ge=0)
    """So that two machines do not write to each other for ever."""
    not_collected_after: Elapsed = timedelta(minutes=30)
    """A mailbox that was not collected for so long is an alarm: its letters lie unseen."""
    messages_per_sender_per_hour: int | None = Field(default=None, exclude=True)
    """No longer means anything; it stands here so that a policy which still sets it is read."""


class Outbox(Settings):
    """How a message is tried again that could not be delivered."""

    first_retry_after: Elapsed = timedelta(seconds=30)
    backoff: float = Field(default=2.0, ge=1.0, le=10.0)
    """Each wait is so many times the one before."""
    longest_wait: Elapsed = timedelta(hours=1)
    give_up_after: Elapsed = timedelta(hours=4)
    """From then on the message counts as undelivered, and the alarm goes to the role named for it."""

    @model_validator(mode="after")
    def _waits_fit(self) -> Self:
        if not self.first_retry_after <= self.longest_wait <= self.give_up_after:
            raise ValueError("first_retry_after, longest_wait and give_up_after must rise")
        return self

    def wait_before(self, attempt: int) -> timedelta:
        """How long to wait before retry number `attempt`, the first being 1."""
        return _wait_before(attempt, self.first_retry_after, self.backoff, self.longest_wait)


class Steps(Settings):
    """How a step is tried again that failed, before its case is parked for a person."""

    attempts: int = Field(default=4, ge=1, le=20)
    """How often it is tried in all."""
    first_retry_after: Elapsed = timedelta(seconds=5)
    backoff: float = Field(default=4.0, ge=1.0, le=10.0)
    longest_wait: Elapsed = timedelta(minutes=10)

    @model_validator(mode="after")
    def _waits_fit(self) -> Self:
        if self.first_retry_after > self.longest_wait:
            raise ValueError("first_retry_after must not be longer than longest_wait")
        return self

    def wait_before(self, attempt: int) -> timedelta:
        """How long to wait before retry number `attempt`, the first being 1."""
        return _wait_before(attempt, self.first_retry_after, self.backoff, self.longest_wait)


class Lease(Settings):
    """How long one process may hold a case without giving a sign of life."""

    lasts: Elapsed = timedelta(seconds=60)
    renewed_every: Elapsed = timedelta(seconds=20)

    @model_validator(mode="after")
    def _renewed_in_time(self) -> Self:
        if self.renewed_every * 2 > self.lasts:
            raise ValueError("renewed_every must be at most half of lasts, so that one may come late")
        return self


def _wait_before(attempt: int, first: timedelta, factor: float, longest: timedelta) -> timedelta:
    if attempt < 1:
        raise ValueError("retries count from 1")
    wait = first
    for _ in range(attempt - 1):
        if wait >= longest:
            break
        wait *= factor
    return min(wait, longest)
