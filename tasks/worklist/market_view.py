"""What stands on the page of the market: the last figures, what was decided, and recruitment from abroad."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.market_oversight import OversightMeeting, ProviderConsidered
from models.forms.recruitment_risk import RecruitmentRiskDecided, RecruitmentRiskWanted, RiskLevelJudged
from models.market.kinds import OversightDecision, RiskLevel
from models.market.themes import Behind, ProviderTheme, Tally, Themes
from models.market.weighing import Weighed
from models.permissions import Action
from models.register import Staff
from models.states import CaseStatus
from models.working_time import local_day
from tasks.durable.ledger import Recorded, recall, recall_each
from tasks.market.actions import ACTION, KnownAction, actions_among
from tasks.market.opening import PROCEDURE, themes_of
from tasks.market.weighing import RISK, weigh
from tasks.register.lookups import provider
from tasks.register.traces import in_pieces
from tasks.worklist.members import Member
from tasks.worklist.scope import cases_within


@dataclass(frozen=True)
class FigureShown:
    """One figure of one provider, with those refs behind it that the reader may open."""

    figure: str
    count: int
    before: int
    per_hundred: float | None
    """To a hundred people supported; None where nobody knows how many those are."""
    kinds: tuple[tuple[str, int], ...]
    refs: tuple[str, ...]
    beyond: int
    """How many more are behind it that the reader may not open."""


@dataclass(frozen=True)
class ProviderShown:
    """One provider in the last oversight. Its reasons may be about somebody."""

    provider: str
    name: str
    supported: int | None
    link_worker: str | None
    """Staff id."""
    link_worker_name: str
    """Empty where there is none."""
    proposed: tuple[str, ...]
    """Each threshold that it reached, with the figures that did it."""
    figures: tuple[FigureShown, ...]
    decided: tuple[OversightDecision, ...]
    reasons: str
    """Empty where nothing is decided yet."""


@dataclass(frozen=True)
class RiskShown:
    """The risk in one provider's recruitment from abroad."""

    ref: str
    provider: str
    name: str
    level: RiskLevel | None
    """As it holds; None before it was weighed."""
    row: str
    """Of the table, by which it was weighed last; empty before."""
    another_level: bool
    """Whether a manager lets another level hold than the table's."""
    both_sides: str
    """The share with both its numbers, and the people; empty before it was weighed."""
    awaits: str
    next_due: datetime | None


@dataclass(frozen=True)
class MarketView:
    """The market as its page shows it to one reader."""

    ref: str | None
    """Of the last oversight; None where there was none, or it is not theirs to see."""
    opened_at: datetime | None
    is_open: bool
    themes: Themes | None
    meeting: OversightMeeting | None
    providers: tuple[ProviderShown, ...]
    actions: tuple[KnownAction, ...]
    """Open ones, and those that ended since the oversight was opened."""
    risks: tuple[RiskShown, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """Refs of the cases of which something is shown, for the access log."""
        shown = (*(one.ref for one in self.actions), *(one.ref for one in self.risks))
        return shown if self.ref is None else (self.ref, *shown)


def market_view(session: Session, member: Member | None, now: datetime) -> MarketView:
    """
    The last oversight whose case the reader may see, with what they may see of its actions and of recruitment.

    Figures count everything; refs are shown where the reader may open them. Without a member it is whoever runs a
    command on this machine: they see what is not restricted.
    """
    within: ColumnElement[bool] = Case.restricted.is_(False)
    if member is not None:
        within = cases_within(session, member, Action.READ_CASE, local_day(now))
    latest = select(Case).where(Case.procedure == PROCEDURE, within).order_by(Case.opened_at.desc(), Case.ref.desc())
    case = session.scalars(latest.limit(1)).first()
    risks = _risks(session, within)
    if case is None:
        return MarketView(None, None, False, None, None, (), (), risks)
    themes, ledger = themes_of(session, case.ref, now), recall(session, case.ref)
    return MarketView(
        ref=case.ref,
        opened_at=case.opened_at,
        is_open=case.status != CaseStatus.CLOSED,
        themes=themes,
        meeting=_meeting(ledger),
        providers=_providers(session, within, themes, ledger),
        actions=_actions(session, within, case.opened_at),
        risks=risks,
    )


def _meeting(ledger: Sequence[Recorded]) -> OversightMeeting | None:
    held = [one.data for one in ledger if one.kind is EntryKind.ANSWERED and one.step == OversightMeeting.name()]
    return OversightMeeting.model_validate(held[-1]) if held and held[-1] else None


def _providers(
    session: Session, within: ColumnElement[bool], themes: Themes | None, ledger: Sequence[Recorded]
) -> tuple[ProviderShown, ...]:
    decided = {
        one.key.removeprefix("provider:").partition("[")[0]: ProviderConsidered.model_validate(one.data)
        for one in ledger
        if one.kind is EntryKind.ANSWERED and one.step == ProviderConsidered.name() and one.data
    }
    counted = () if themes is None else themes.providers
    refs = {one.ref for theme in counted for tally in theme.tallies for one in tally.now}
    some = (session.scalars(select(Case.ref).where(Case.ref.in_(part), within)) for part in in_pieces(sorted(refs)))
    readable = {ref for part in some for ref in part}
    missing = sorted(decided.keys() - {one.provider for one in counted})
    added = (
        ProviderTheme(provider=one, name=known.name, supported=None, tallies=())
        for one in missing
        if (known := provider(session, one)) is not None
    )
    every = (*counted, *added)
    named = {one.link_worker for one in every if one.link_worker}
    names = {one.id: one.name for one in session.scalars(select(Staff).where(Staff.id.in_(named)))}
    return tuple(_shown(one, decided.get(one.provider), readable, names) for one in every)


def _shown(
    theme: ProviderTheme, decided: ProviderConsidered | None, readable: Collection[str], names: Mapping[str, str]
) -> ProviderShown:
    return ProviderShown(
        provider=theme.provider,
        name=theme.name,
        supported=theme.supported,
        link_worker=theme.link_worker,
        link_worker_name=names.get(theme.link_worker or "", ""),
        proposed=tuple(f"{one.threshold.replace('-', ' ')}: {one.because}" for one in theme.proposed),
        figures=tuple(_figure(theme, one, readable) for one in theme.tallies if one.now or one.before),
        decided=tuple(one for one in OversightDecision if decided is not None and one in decided.decisions),
        reasons=decided.reasons if decided is not None else "",
    )


def _figure(theme: ProviderTheme, tally: Tally, readable: Collection[str]) -> FigureShown:
    def may_open(one: Behind) -> bool:
        return one.ref in readable

    refs = tuple(one.ref for one in tally.now if may_open(one))
    return FigureShown(
        figure=str(tally.figure),
        count=tally.count,
        before=tally.count_before,
        per_hundred=theme.per_hundred(tally),
        kinds=tuple((kind, count) for kind, count in tally.kinds.items() if kind),
        refs=refs,
        beyond=tally.count - len(refs),
    )


def _actions(session: Session, within: ColumnElement[bool], since: datetime) -> tuple[KnownAction, ...]:
    which = select(Case).where(Case.procedure == ACTION, within, or_(Case.closed_at.is_(None), Case.closed_at >= since))
    return actions_among(session, list(session.scalars(which)))


# ------------------------------------------------------------------ recruitment from abroad


def _risks(session: Session, within: ColumnElement[bool]) -> tuple[RiskShown, ...]:
    """Of open cases, the greatest risk first; one that nobody has weighed yet before all."""
    rows = session.scalars(select(Case).where(Case.procedure == RISK, Case.status != CaseStatus.CLOSED, within)).all()
    ledgers = recall_each(session, [one.ref for one in rows])
    found = [shown for one in rows if (shown := _risk(session, one, ledgers[one.ref])) is not None]
    order = list(RiskLevel)
    return tuple(sorted(found, key=lambda one: (order.index(one.level) if one.level else -1, one.name, one.ref)))


def _risk(session: Session, case: Case, ledger: Sequence[Recorded]) -> RiskShown | None:
    if not isinstance(ledger[0].data, dict):
        return None
    wanted = RecruitmentRiskWanted.model_validate(ledger[0].data)
    known = provider(session, wanted.provider)
    weighed: Weighed | None = None
    level = another = None
    for entry in ledger:
        if entry.data is None:
            continue
        if entry.kind is EntryKind.DONE and entry.step == weigh.name:
            weighed, another = weigh.outcome_in(entry), None
            level = weighed.level
        elif entry.kind is EntryKind.ANSWERED and entry.step == RecruitmentRiskDecided.name():
            another = RecruitmentRiskDecided.model_validate(entry.data).another_level
        elif entry.kind is EntryKind.ANSWERED and entry.step == RiskLevelJudged.name() and another is not None:
            level = another if RiskLevelJudged.model_validate(entry.data).holds else level
    return RiskShown(
        ref=case.ref,
        provider=wanted.provider,
        name=known.name if known is not None else wanted.provider,
        level=level,
        row=weighed.row if weighed else "",
        another_level=weighed is not None and level is not weighed.level,
        both_sides=weighed.balance.in_words if weighed else "",
        awaits=case.awaiting,
        next_due=case.next_due,
    )
