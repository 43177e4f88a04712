"""
What is known of somebody who waits on the planned work tray, and the table that lists them.

The ledger is the record: each step that changes how somebody stands returns a `Standing`, so that any past day can be
told again. The table holds how each stands now, for lists.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.decision_tables.levels import Complexity, Priority, Rag
from models.policy.gaps.tray_exits import LeavingReason


class Part(BaseModel):
    """A piece of what a tray form, signal or step holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


class TableSaid(Part):
    """What a decision table gave, which row, and on which clauses that rests."""

    outcome: str
    row: str
    clauses: tuple[str, ...]


class Rated(Part):
    """Colour, priority and complexity of a case, with what the tables said and why it is otherwise, if it is."""

    colour: Rag
    priority: Priority
    complexity: Complexity
    urgent: bool
    """A response is needed within 24 hours: the comments begin with the word "urgent" (PWT-64)."""
    by_matrix: TableSaid
    by_priority_table: TableSaid
    by_complexity_table: TableSaid
    override_reasons: str = ""
    """Why a manager departed from a table (GAP-22)."""
    manager_checks: bool = False
    """High risk with full support: the matrix says Amber, and a manager looks at it (GAP-11)."""
    local_factors: tuple[str, ...] = ()
    factors_version: int = 1
    """Which version of the service's list of local risk factors was in force (GAP-24)."""

    @property
    def lowers_a_red(self) -> bool:
        """Whether the matrix says Red and the manager less: a second manager is needed (GAP-22)."""
        return self.by_matrix.outcome == Rag.RED and self.colour is not Rag.RED

    @property
    def is_overridden(self) -> bool:
        """Whether a manager departed from any table."""
        given = (str(self.colour), str(self.priority), str(self.complexity))
        return given != (self.by_matrix.outcome, self.by_priority_table.outcome, self.by_complexity_table.outcome)

    @property
    def in_words(self) -> str:
        """For the story and beside a form."""
        urgent = "urgent, " if self.urgent else ""
        rows = ", ".join(one.row for one in (self.by_matrix, self.by_priority_table, self.by_complexity_table))
        return f"{self.colour}, {urgent}priority {self.priority}, complexity {self.complexity} (rows {rows})"


class Standing(Part):
    """How somebody stands on the tray after a step; the last one at a moment is how they stood then."""

    person: str
    """Register id."""
    team: str
    """Team that holds the tray."""
    requested_at: AwareDatetime
    """When help was asked for: from then the 28 days are counted (GAP-15)."""
    placed_at: AwareDatetime
    manager: str
    """Staff id of the manager who placed them, and is told of every miss."""
    rated: Rated | None = None
    """None: imported without a rating, and not rated yet (GAP-14)."""
    last_reached_at: AwareDatetime | None = None
    """When somebody last really reached the person, or somebody named for them; None: never yet."""
    limits_from: AwareDatetime
    """From when the limits of waiting are counted: the request, or the placement where policy says so (GAP-15)."""
    passed_before: frozenset[str] = frozenset()
    """Limits that had passed when an existing list was taken over: they stand on one list for the manager."""
    counted_from: AwareDatetime
    """From when the next contact is counted."""
    no_later_than: AwareDatetime | None = None
    """The next contact is not later than this, whatever a new colour says."""
    asked_no_later_than: AwareDatetime | None = None
    """Nor is it asked for later than this."""
    due_at_once_by: AwareDatetime | None = None
    """A contact that is due at once, whatever the rhythm: overdue on a list taken over, or after a false report."""
    attempts: int = 0
    """Attempts since somebody was last reached."""
    deadline_met: bool = False
    """Whether the deadline of their priority was met by seeing them, or by a contact where that is enough (GAP-25)."""
    agreed_at: AwareDatetime | None = None
    """When somebody is in touch as was agreed with the person: the morning of the day."""
    changed_at: AwareDatetime | None = None
    """When a change in their situation was last reported or found; the weekly review looks at it one by one."""
    was_due: AwareDatetime | None = None
    """For a step that reached them: when that contact was due."""
    imported: bool = False
    red_since: AwareDatetime | None = None
    """Since when they are Red, this time."""
    also_waits_in: str | None = None
    """Another open case on the tray about the same person, placed in the same moment."""
    leaving: LeavingReason | None = None
    """Said to leave the tray; a manager is asked (GAP-53)."""
    stopped: bool = False
    """Their clocks have stopped until a manager has answered."""

    @property
    def colour(self) -> Rag | None:
        """Red, Amber or Green; None where not rated."""
        return self.rated.colour if self.rated else None

    @property
    def in_words(self) -> str:
        """For the story."""
        colour = self.colour or "not rated"
        return f"{colour}; on {self.team}'s tray"


STANDING_STEPS = frozenset(
    {
        "begin-waiting",
        "note-reached",
        "note-attempt",
        "note-rating",
        "note-change",
        "note-agreed-date",
        "note-leaving",
        "note-waiting-again",
    }
)
"""The steps of `tasks/tray/standing.py` whose outcome is a `Standing`."""


class TrayPlace(Base):
    """Somebody who waits, or waited, on a planned work tray: how their case stands now. Colour stands on the case."""

    __tablename__ = "tray_place"
    __table_args__ = (Index("ix_tray_place_team", "team_id", "left_at"),)

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[str] = mapped_column(Text, comment="the team that holds the tray")
    requested_at: Mapped[datetime] = mapped_column(comment="when help was asked for")
    placed_at: Mapped[datetime]
    manager: Mapped[str] = mapped_column(Text, comment="staff id of the manager who placed them")
    priority: Mapped[str | None] = mapped_column(Text, comment="High, Medium or Low; none: not rated yet")
    urgent: Mapped[bool] = mapped_column(comment="a response within 24 hours was needed")
    complexity: Mapped[str | None] = mapped_column(Text, comment="High, Medium or Low; none: not rated yet")
    last_reached_at: Mapped[datetime | None] = mapped_column(comment="when somebody last really reached them")
    changed_at: Mapped[datetime | None] = mapped_column(comment="when a change was last reported or found")
    left_at: Mapped[datetime | None] = mapped_column(comment="when they left the tray; none: they wait")
    left_because: Mapped[str | None] = mapped_column(Text, comment="how the case ended, in the words of its outcome")
    reviewed_at: Mapped[datetime | None] = mapped_column(comment="when a manager last looked at it in a tray review")


class SeenWaiting(Base):
    """Somebody whom the recording system shows as waiting on a team's tray, while its extracts show it."""

    __tablename__ = "seen_waiting"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[str] = mapped_column(Text, comment="the team on whose tray they are shown")
    waiting_since: Mapped[date | None] = mapped_column(comment="since when, as the recording system has it")
    first_shown_at: Mapped[datetime] = mapped_column(comment="when an extract first showed it to us")
    gone_at: Mapped[datetime | None] = mapped_column(comment="when an extract first left it out again; none: it shows")
