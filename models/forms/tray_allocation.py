"""The facts and forms by which somebody who waits is allocated to a named worker (PWT-10, PWT-11, PWT-35)."""

from __future__ import annotations

from models.forms.base import CaseFacts
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
