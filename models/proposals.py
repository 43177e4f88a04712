"""
Whom a written contact may be about, and to whom it may be addressed: proposals, which a person confirms.

They hold ids and reasons. The reasons say what agrees and what does not, and never the name, date or number itself.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Proposed(BaseModel):
    model_config = ConfigDict(frozen=True)


class Candidate(_Proposed):
    """Somebody in the register whom the contact may be about."""

    person_id: str
    because: str
    """What agrees and what does not: "same name and date of birth, other postcode"."""
    died: bool = False
    """The register shows their death."""

    @property
    def in_words(self) -> str:
        """With the reason: "P-101 (the NHS number stands in the text)"."""
        died = "; the register shows their death" if self.died else ""
        return f"{self.person_id} ({self.because}{died})"


class Proposal(_Proposed):
    """Whom a contact is about, as far as it can be read from it."""

    certain: str | None = None
    """Id of the one person it is about beyond doubt; none: a person confirms."""
    candidates: tuple[Candidate, ...] = ()
    """The likeliest first; where one is certain, that one alone."""
    several: bool = False
    """It identifies more than one person."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        if not self.candidates:
            return "nobody in the register is recognised"
        named = ", ".join(one.in_words for one in self.candidates)
        if self.certain is not None:
            return named
        return f"{'it is about several people, ' if self.several else ''}a person confirms: {named}"


class ProposedWorker(_Proposed):
    """A member of staff to whom the contact may be addressed."""

    staff_id: str
    because: str
    """Where it says so, and in which form: "for the attention of, by first and last name"."""
    left: bool = False
    """They are no longer staff."""

    @property
    def in_words(self) -> str:
        """With the reason: "practitioner (greeted by first name)"."""
        return f"{self.staff_id} ({self.because}{'; has left the council' if self.left else ''})"


class ProposedWorkers(_Proposed):
    """Everybody to whom the contact may be addressed, the likeliest first."""

    workers: tuple[ProposedWorker, ...] = ()

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return ", ".join(one.in_words for one in self.workers) or "nobody of our staff is recognised"


class BesideTheSorting(_Proposed):
    """What is shown to whoever sorts the contact, with names; the story of the case does not repeat it."""

    text: str
    """Lines; empty where nothing is proposed."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return "shown beside the form" if self.text else "nothing to show"
