"""The facts of a day on which mail is still unsorted shortly before closing."""

from __future__ import annotations

from pydantic import AwareDatetime

from models.forms.base import CaseFacts


class UnsortedMailFacts(CaseFacts):
    """What waits to be sorted."""

    closes_at: AwareDatetime
    """When the office closes today."""
    cases: tuple[str, ...]
    """Refs of the cases whose mail nobody has sorted."""
    leaders: tuple[str, ...]
    """Tags of the leaders of those who sort."""
