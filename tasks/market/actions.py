"""What earlier meetings decided: what is open still, and what came of the rest, for the next meeting (TRN-55)."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms import house
from models.forms.base import AnswerRefused, Form, UnknownForm
from models.forms.oversight_action import OversightActionDecided
from models.market.kinds import OversightDecision
from models.market.themes import Window
from models.states import CaseStatus
from tasks.durable import audited, here
from tasks.durable.ledger import Recorded, recall_each

ACTION = "oversight-action"
"""The procedure that carries out one decision."""


class KnownAction(BaseModel):
    """One decision of a meeting about one provider, and what came of it so far. Its words may be about somebody."""

    model_config = ConfigDict(frozen=True)

    ref: str
    provider: str
    name: str
    decision: OversightDecision
    decided_at: AwareDatetime
    done_by: date | None
    is_open: bool
    oversight: str
    came_of_it: tuple[str, ...]
    """What was answered about it, and how it ended."""

    @property
    def beside_the_form(self) -> str:
        """What whoever settles it reads."""
        stands = "open" if self.is_open else "done"
        by = f", by {self.done_by:%d %B %Y}" if self.done_by else ""
        head = f"{self.name}: {self.decision.replace('-', ' ')}{by} (case {self.ref}, {stands})"
        return "\n".join([head, *self.came_of_it])


class KnownActions(BaseModel):
    """Actions that are open, and those that ended since the last figures."""

    model_config = ConfigDict(frozen=True)

    actions: tuple[KnownAction, ...]

    @property
    def open_ones(self) -> tuple[KnownAction, ...]:
        """Those that the meeting settles."""
        return tuple(one for one in self.actions if one.is_open)

    @property
    def in_words(self) -> str:
        """For the story of the case: numbers alone."""
        return f"{len(self.open_ones)} open, {len(self.actions) - len(self.open_ones)} ended since"


@audited("Looked up what earlier meetings decided", clauses="TRN-55 TRN-56")
def look_up_actions(first_day: date) -> KnownActions:
    """Those open now, and those that ended from that day on, the earliest first."""
    step = here()
    since = Window(first_day=first_day, last_day=first_day).starts_at
    which = select(Case).where(
        Case.procedure == ACTION, Case.restricted.is_(False), or_(Case.closed_at.is_(None), Case.closed_at >= since)
    )
    return KnownActions(actions=actions_among(step.session, list(step.session.scalars(which))))


def actions_among(session: Session, cases: list[Case]) -> tuple[KnownAction, ...]:
    """What is known of these cases of actions, the earliest first; one whose words were erased is left out."""
    ledgers = recall_each(session, [one.ref for one in cases])
    found = [known for one in cases if (known := _known(one, ledgers[one.ref])) is not None]
    return tuple(sorted(found, key=lambda one: (one.decided_at, one.ref)))


def _known(case: Case, ledger: list[Recorded]) -> KnownAction | None:
    if not isinstance(ledger[0].data, dict):
        return None
    decided = OversightActionDecided.model_validate(ledger[0].data)
    said = [_in_words(one) for one in ledger if one.kind is EntryKind.ANSWERED and isinstance(one.data, dict)]
    ended = [f"Ended: {one.data}" for one in ledger if one.kind is EntryKind.CLOSED and one.data]
    return KnownAction(
        ref=case.ref,
        provider=decided.provider,
        name=decided.name,
        decision=decided.decision,
        decided_at=case.opened_at,
        done_by=decided.done_by,
        is_open=case.status != CaseStatus.CLOSED,
        oversight=decided.oversight,
        came_of_it=tuple([one for one in said if one] + ended),
    )


def _in_words(answer: Recorded) -> str:
    """An answer as the next meeting reads it; empty where the house had asked, or it has another shape by now."""
    try:
        known = Form.named(answer.step)
        filled: Form = known.read(answer.data)
    except (UnknownForm, AnswerRefused):
        return ""
    return "" if known.__module__ == house.__name__ else f"{known.title.capitalize()}:{filled.in_words}"
