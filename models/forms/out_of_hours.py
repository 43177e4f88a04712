"""A night: what its case is opened with and told, and the list that each team accepts in the morning."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime

from models.forms.base import CaseFacts, Signal
from models.forms.handover import HandoverAnswer


class Night(CaseFacts):
    """The office is closed, and something cannot wait until it opens."""

    began_at: AwareDatetime
    """When the office closed."""
    opens_at: AwareDatetime
    """When it opens again, as far as was known then."""


class UrgentWorkArose(Signal):
    """Cases in which something cannot wait; each goes on under its own reference."""

    title: ClassVar[str] = "something that cannot wait"
    by_hand: ClassVar[bool] = False

    cases: tuple[str, ...]


class OnCallHasIt(Signal):
    """Somebody on call has a case in hand."""

    title: ClassVar[str] = "somebody on call has it in hand"
    by_hand: ClassVar[bool] = False

    case: str
    held_by: str
    """Staff id."""
    by_telephone: bool = False
    """They said so by telephone, and somebody wrote it down."""


class NoLongerUrgent(Signal):
    """Nothing is open any more in a case that could not wait."""

    title: ClassVar[str] = "a case in which nothing is open any more"
    by_hand: ClassVar[bool] = False

    case: str


class OnCallChanged(Signal):
    """Somebody else is on call now."""

    title: ClassVar[str] = "somebody else is on call"
    by_hand: ClassVar[bool] = False


class NightWorkActedOn(Signal):
    """Somebody of a team has acted on all that the night left to it: that accepts its list."""

    title: ClassVar[str] = "a team has acted on what the night left"
    by_hand: ClassVar[bool] = False

    team: str


class NightHandover(HandoverAnswer):
    """
    What was done while the office was closed, and what is still to be done. Accept it: what is left is yours then.

    Until somebody has accepted it by name it stays with those who were on call, and managers are asked. Where you do
    not accept it, say why, and a manager is asked at once.
    """

    title: ClassVar[str] = "the night’s list"
    for_on_call: ClassVar[bool] = False
    causes: ClassVar[tuple[str, ...]] = (
        "If you accept it, what is still open on the list is yours, and you can give it on.",
        "If you refuse it, it stays with those who were on call, and a manager is asked at once.",
    )
