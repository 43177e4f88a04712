"""The facts and forms by which somebody who waits is allocated to a named worker (PWT-10, PWT-11, PWT-35)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from models.forms.base import CaseFacts, Form, RegisterKind, Signal
from models.forms.handover import HandoverAnswer
from models.tray import Rated


class AllocationFacts(CaseFacts):
    """Somebody who waits on the tray, or who comes from triage, is to be given to a worker."""

    person: str
    """Register id."""
    team: str
    """Team that holds the tray."""
    worker: str
    """Staff id of whom the manager has in mind."""
    manager: str
    """Staff id of the manager who allocates."""
    rated: Rated | None
    reasons: str = ""
    tray_case: str | None = None
    """Ref of the case on the tray that hears what came of it; None: allocated straight from triage."""
    to_read: str = ""
    """What is known, for whoever is asked to accept. Personal."""

    @property
    def is_urgent(self) -> bool:
        """Whether a response is needed within 24 hours (PWT-64)."""
        return self.rated is not None and self.rated.urgent


class AllocationReply(HandoverAnswer):
    """
    Somebody is given to you as their worker. Take them on, or say why not.

    Until you take them on they stay where they are and others keep in touch with them. A refusal goes back to the
    manager who allocates, and so does silence.
    """

    title: ClassVar[str] = "taking on somebody from the tray"
    only_who_is_asked: ClassVar[bool] = True


class WorkerChosen(Form):
    """
    The worker you had in mind does not take them on. Choose another, or say that nobody can take them on now.

    Where nobody can they wait on the tray, with all their clocks running; whoever is on no tray yet is decided about
    again, and can be placed.
    """

    title: ClassVar[str] = "choosing another worker"
    may_concern_safety: ClassVar[bool] = False
    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "worker": "The worker who is asked next",
        "reasons": "The reasons",
    }

    worker: str | None = None
    """Staff id of who is asked next; leave out where nobody can take them on now."""
    reasons: str = Field(min_length=1)
    """Why this worker, or why nobody."""


class ReferredAgain(Signal):
    """Somebody whom a worker is asked to take on straight from triage was referred once more meanwhile."""

    title: ClassVar[str] = "another referral of the same person"
    by_hand: ClassVar[bool] = False

    what: str = Field(min_length=1)


class AllocationTakenBack(Signal):
    """Nobody has taken somebody on in time who is on no tray: a manager decides about them again."""

    title: ClassVar[str] = "nobody has taken them on in time"
    by_hand: ClassVar[bool] = False
