"""
What oversight counts about providers over a window of days, and which of them it proposes to look at.

Everything here is pure: a figure is how many events stand behind it, and an event belongs to exactly one day, which is
in one window or in the one before it or in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.market.kinds import Figure
from models.policy.market_oversight import Threshold
from models.working_time import LONDON, local_day


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Window(_Frozen):
    """Whole days in Europe/London, from the first to the last."""

    first_day: date
    last_day: date

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first_day, time(0), LONDON).astimezone(UTC)

    @property
    def ends_before(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last_day + timedelta(days=1), time(0), LONDON).astimezone(UTC)

    def preceding(self) -> Window:
        """As many days right before it."""
        days = self.last_day - self.first_day
        last = self.first_day - timedelta(days=1)
        return Window(first_day=last - days, last_day=last)

    def has(self, moment: datetime) -> bool:
        """Whether a moment falls on one of its days."""
        return self.first_day <= local_day(moment) <= self.last_day

    @property
    def in_words(self) -> str:
        """Such as "5 January to 1 February 2026"."""
        return f"{self.first_day.day} {self.first_day:%B %Y} to {self.last_day.day} {self.last_day:%B %Y}"


class MarketEvent(_Frozen):
    """One thing that happened about one provider."""

    provider: str
    figure: Figure
    kind: str = ""
    """Of which kind, in words; each event has one."""
    ref: str
    """Of the case that stands for it."""
    at: AwareDatetime


class Behind(_Frozen):
    """One event behind a figure."""

    ref: str
    kind: str = ""


class Tally(_Frozen):
    """One figure of one provider in a window and in the one before, with what is behind each."""

    figure: Figure
    now: tuple[Behind, ...]
    before: tuple[Behind, ...]

    @property
    def count(self) -> int:
        """How many in the window."""
        return len(self.now)

    @property
    def count_before(self) -> int:
        """How many in the window before."""
        return len(self.before)

    @property
    def kinds(self) -> dict[str, int]:
        """How many of each kind in the window; together they are the figure."""
        found: dict[str, int] = {}
        for one in self.now:
            found[one.kind] = found.get(one.kind, 0) + 1
        return dict(sorted(found.items()))

    @property
    def in_words(self) -> str:
        """Such as "concerns 3 (before 1)"."""
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.items() if kind)
        return f"{self.figure} {self.count} (before {self.count_before}){f': {kinds}' if kinds else ''}"


class ProposedBy(_Frozen):
    """A threshold that a provider has reached, and the figure that did it."""

    threshold: str
    figure: Figure
    because: str


class ProviderTheme(_Frozen):
    """What was counted about one provider."""

    provider: str
    """Register id."""
    name: str
    supported: int | None
    """How many people had care from it on the last day of the window; None: no package of care is known."""
    link_worker: str | None = None
    """Staff id."""
    tallies: tuple[Tally, ...]
    proposed: tuple[ProposedBy, ...] = ()

    def per_hundred(self, tally: Tally) -> float | None:
        """How many to a hundred people supported; None where nobody knows how many, or it is not about people."""
        return rate(tally.count, self.supported) if tally.figure.is_about_people else None

    @property
    def in_words(self) -> str:
        """What whoever decides reads: the figures, what they are behind, and which threshold they reached."""
        supported = (
            f"{self.supported} people had care from it" if self.supported else "How many people have care is not known"
        )
        lines = [f"{self.name}. {supported}. Link worker: {self.link_worker or 'none'}."]
        for tally in self.tallies:
            if not (tally.now or tally.before):
                continue
            each = self.per_hundred(tally)
            to = f", {each:.0f} to a hundred people" if each is not None and tally.now else ""
            refs = f" [{', '.join(one.ref for one in tally.now)}]" if tally.now else ""
            lines.append(f"{tally.in_words}{to}{refs}")
        lines += [f"Reaches {one.threshold}: {one.because}" for one in self.proposed]
        return "\n".join(lines)


class Themes(_Frozen):
    """What was counted over a window, provider by provider; those proposed come first."""

    window: Window
    before: Window
    providers: tuple[ProviderTheme, ...]

    @property
    def proposed(self) -> tuple[ProviderTheme, ...]:
        """Those that reached a threshold."""
        return tuple(one for one in self.providers if one.proposed)

    def of(self, provider: str) -> ProviderTheme | None:
        """What was counted about that provider, if anything was."""
        return next((one for one in self.providers if one.provider == provider), None)

    @property
    def in_words(self) -> str:
        """For the story of the case: numbers alone."""
        return f"{self.window.in_words}, {len(self.providers)} providers with figures, {len(self.proposed)} proposed"


def rate(count: int, supported: int | None) -> float | None:
    """How many to a hundred; None where it is not known out of how many."""
    return 100 * count / supported if supported else None


def tallies_of(events: Iterable[MarketEvent], window: Window) -> dict[str, tuple[Tally, ...]]:
    """
    By provider, every figure in the window and in the one before.

    An event that comes twice (the same figure, provider and ref) counts once, at its earliest moment.
    """
    before = window.preceding()
    first: dict[tuple[str, Figure, str], MarketEvent] = {}
    for event in sorted(events, key=lambda one: (one.at, one.ref, one.kind)):
        first.setdefault((event.provider, event.figure, event.ref), event)
    counted = [one for one in first.values() if window.has(one.at) or before.has(one.at)]
    return {
        provider: tuple(
            Tally(
                figure=figure,
                now=_behind(one for one in counted if _is(one, provider, figure) and window.has(one.at)),
                before=_behind(one for one in counted if _is(one, provider, figure) and before.has(one.at)),
            )
            for figure in Figure
        )
        for provider in sorted({one.provider for one in counted})
    }


def _is(event: MarketEvent, provider: str, figure: Figure) -> bool:
    return event.provider == provider and event.figure is figure


def _behind(events: Iterable[MarketEvent]) -> tuple[Behind, ...]:
    return tuple(Behind(ref=one.ref, kind=one.kind) for one in events)


def proposals(
    tallies: Sequence[Tally], supported: int | None, thresholds: Sequence[Threshold]
) -> tuple[ProposedBy, ...]:
    """The thresholds that these figures reach, each with the figures that did it; all that one names must hold."""
    return tuple(
        ProposedBy(threshold=one.id, figure=tally.figure, because=said)
        for one in thresholds
        for tally in tallies
        if tally.figure is one.figure and (said := _reached(one, tally, supported))
    )


def _reached(threshold: Threshold, tally: Tally, supported: int | None) -> str:
    """The figures by which a threshold is reached, in words; empty where it is not."""
    if tally.count < threshold.at_least:
        return ""
    said = [f"{tally.figure} {tally.count}, at least {threshold.at_least}"]
    if threshold.risen_by is not None:
        risen = tally.count - tally.count_before
        if risen < threshold.risen_by:
            return ""
        said.append(f"{risen} more than before, at least {threshold.risen_by}")
    if threshold.per_hundred is not None:
        each = rate(tally.count, supported)
        if each is None or each < threshold.per_hundred:
            return ""
        said.append(f"{tally.count} to {supported} people, at least {threshold.per_hundred:g} to a hundred")
    return " and ".join(said)
