"""What the steps about a plan find out, and what becomes of a change."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from models.reablement.difference import plan_in_words
from models.reablement.edits import PlanEdits, called
from models.reablement.plan import Involved, PlanContent, PlanPart, day_in_words
from models.reablement.tables import HOME, NO_COPY


class CopyHeld(PlanPart):
    """The copy that somebody has."""

    holder: str
    """Their id in the plan, such as P1; "home" for the copy at home."""
    version: int
    route: str
    given_at: AwareDatetime
    by_hand: bool = False
    """Amended by hand to say what that version says."""

    @property
    def is_none(self) -> bool:
        """Whether they are to have none any more; `route` says why (REA-16)."""
        return self.version == NO_COPY


class ChangeUnderWay(PlanPart):
    """A change of a plan that is not made yet."""

    ref: str
    """The case that wants it."""
    edits: PlanEdits
    differences: tuple[str, ...]
    """What it would change in the version in force, in plain words."""

    @property
    def in_words(self) -> str:
        """For the story of a case."""
        return " ".join(self.differences)


class PlanStands(PlanPart):
    """How a plan stands at a moment. Personal data."""

    plan: str
    """Ref of the case that looks after it."""
    person: str
    """Register id."""
    team: str
    version: int
    """Number of the version in force."""
    content: PlanContent
    begun_on: date
    free_until: date
    paused: bool
    ended: bool
    achieved: tuple[str, ...]
    """Ids of the outcomes that are achieved."""
    copies: tuple[CopyHeld, ...]
    """The last copy of every holder."""
    changes: tuple[ChangeUnderWay, ...]
    """The changes under way, the oldest first."""
    made_in: str = ""
    """Ref of the case that made the version in force: its copies go out from there."""

    @property
    def all_achieved(self) -> bool:
        """Whether every outcome of the plan is achieved (REA-25)."""
        return bool(self.content.outcomes) and {one.id for one in self.content.outcomes} <= set(self.achieved)

    @property
    def in_words(self) -> str:
        """For the story of a case."""
        return f"version {self.version}"

    @property
    def beside_the_form(self) -> str:
        """What whoever decides about it reads: the plan in force, what is achieved, and what others are changing."""
        paused = "No visits are made at present: reablement is paused." if self.paused else ""
        achieved = f"Achieved: {', '.join(self.achieved)}." if self.achieved else ""
        free = f"Free until {day_in_words(self.free_until)}."
        others = tuple(
            f"Being changed in case {one.ref}, not agreed yet:\n" + "\n".join(one.differences) for one in self.changes
        )
        plan = f"The plan, version {self.version}:\n{plan_in_words(self.content)}"
        return "\n\n".join(part for part in (paused, plan, " ".join(filter(None, (achieved, free))), *others) if part)

    def copy_of(self, holder: str) -> CopyHeld | None:
        """The copy that somebody has."""
        return next((one for one in self.copies if one.holder == holder), None)

    @property
    def holders(self) -> tuple[str, ...]:
        """Ids of those who are to have a copy, and the home."""
        return (HOME, *(one.id for one in self.content.involved if one.has_copy))

    @property
    def to_get_a_copy(self) -> tuple[str, ...]:
        """
        Ids of the holders whose copy is not of the version in force (REA-16).

        A copy at home that was amended by hand gives way to a new one; who is to have none any more gets none.
        """
        held = {one.holder: one for one in self.copies}
        new = {one.holder for one in self.copies if one.version == self.version and not one.by_hand}
        return tuple(one for one in self.holders if one not in new and not (one in held and held[one].is_none))

    def copies_from(self, case: str) -> tuple[str, ...]:
        """Ids of those who are to have a copy from that case: from the one alone that made the version in force."""
        return self.to_get_a_copy if case == self.made_in else ()

    @property
    def copies_go_out(self) -> str:
        """From where copies go out, for another case; empty where everybody has theirs."""
        return f"with version {self.version} (case {self.made_in})" if self.to_get_a_copy else ""


class VersionOutcome(StrEnum):
    """What came of making a change a version of the plan."""

    MADE = "made"
    """A new version is in force."""
    NOTHING_TO_CHANGE = "nothing-to-change"
    """The plan says already what was wanted: somebody else's change has it."""
    CLASHES = "clashes"
    """Another change has altered the same meanwhile; nothing was overwritten."""
    ENDED = "ended"
    """Reablement has ended."""


class VersionMade(PlanPart):
    """What came of making a change a version."""

    outcome: VersionOutcome
    version: int
    """Number of the version in force now."""
    differences: tuple[str, ...] = ()
    """In plain words, from the version that was in force before."""
    clashing: tuple[str, ...] = ()
    """Ids of what another change has altered."""

    @property
    def in_words(self) -> str:
        """For the story of a case."""
        match self.outcome:
            case VersionOutcome.MADE:
                return f"version {self.version}"
            case VersionOutcome.NOTHING_TO_CHANGE:
                return f"version {self.version} has it already"
            case VersionOutcome.CLASHES:
                return f"another change has altered {', '.join(map(called, self.clashing))}"
            case VersionOutcome.ENDED:
                return "not made, as reablement has ended"


class ToAgree(PlanPart):
    """Somebody whose agreement to a change is needed (REA-06)."""

    party: Involved
    agreed_already: bool = False
    """They have said yes to every part of it, in this change or another."""
    objected: bool = False
    """They have said no to some part of it."""
    asked_in: str | None = None
    """An older change under way in which they are asked for the same, or have objected; they are not asked twice."""
    is_ours: bool = False
    """They are on our staff and have not left: they are asked themselves."""

    @property
    def in_words(self) -> str:
        """For the story of a case."""
        said = "agrees" if self.agreed_already else "objects" if self.objected else "to be asked"
        return f"{self.party.id} {said}{f' in case {self.asked_in}' if self.asked_in else ''}"
