"""The market of care: the last oversight with its figures and decisions, and the risk in recruitment from abroad."""

from __future__ import annotations

from datetime import date

from deployments.worklist.api.calling import Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.shapes import Moment, Shape
from models.market.kinds import OversightDecision, RiskLevel
from models.permissions import Action
from tasks.worklist.market_view import market_view

operations = Operations("market")


class WindowShown(Shape):
    """Whole days in Europe/London, from the first to the last."""

    first_day: date
    last_day: date


class FigureOfProvider(Shape):
    """One figure of one provider, with those refs behind it that the caller may open."""

    figure: str
    count: int
    before: int
    per_hundred: float | None
    """To a hundred people supported; none where nobody knows how many those are."""
    kinds: list[tuple[str, int]]
    refs: list[str]
    beyond: int
    """How many more are behind it."""


class ProviderOverseen(Shape):
    """One provider in the last oversight. Its reasons may be about somebody."""

    provider: str
    name: str
    supported: int | None
    link_worker: str | None
    """Staff id."""
    link_worker_name: str
    proposed: list[str]
    figures: list[FigureOfProvider]
    decided: list[OversightDecision]
    reasons: str


class ActionShown(Shape):
    """One decision, and what came of it. May be about somebody."""

    ref: str
    provider: str
    name: str
    decision: OversightDecision
    decided_at: Moment
    done_by: date | None
    is_open: bool
    oversight: str
    came_of_it: list[str]


class RecruitmentRiskShown(Shape):
    """The risk in one provider's recruitment from abroad."""

    ref: str
    provider: str
    name: str
    level: RiskLevel | None
    row: str
    another_level: bool
    both_sides: str
    awaits: str
    next_due: Moment | None


class MarketShown(Shape):
    """The market as its page shows it."""

    ref: str | None
    opened_at: Moment | None
    is_open: bool
    window: WindowShown | None
    before: WindowShown | None
    met_on: date | None
    providers: list[ProviderOverseen]
    actions: list[ActionShown]
    risks: list[RecruitmentRiskShown]


@operations.add("GET", "/market", Action.READ_CASE)
def show_market(call: Calling) -> MarketShown:
    """The last oversight that the caller may see, its actions, and recruitment from abroad; noted in the access log."""
    with call.council.database.read() as session:
        view = market_view(session, call.member, call.now)
    for ref in view.cases:
        call.note_look("read-market", ref)
    return MarketShown.model_validate(
        {
            "ref": view.ref,
            "opened_at": view.opened_at,
            "is_open": view.is_open,
            "window": view.themes.window if view.themes else None,
            "before": view.themes.before if view.themes else None,
            "met_on": view.meeting.met_on if view.meeting else None,
            "providers": view.providers,
            "actions": view.actions,
            "risks": view.risks,
        }
    )
