"""
Due times that policy decides, by the name of their rule: when the policy changes they are worked out anew.

A rule is a function of the policy and of the moment from which is counted; its name and that moment stand beside the
wait, never the length that held when it was opened.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from models.durations import parse_deadline
from models.errors import PathwaysError

if TYPE_CHECKING:
    from models.policy import Policy

Rule = Callable[["Policy", datetime, str], datetime]
"""From the policy, the moment counted from and a word of its own (a colour, a priority), when it is due."""
_MODULES = (
    "models.contingency.clocks",
    "models.moves.clocks",
    "models.out_of_area.clocks",
    "models.market.clocks",
    "models.provider_failure.clocks",
    "models.providers.clocks",
    "models.reablement.clocks",
    "models.tray_clocks",
)
_MARK, _CAP = "rule ", "; no later than "
_rules: dict[str, Rule] = {}


class UnknownDueRule(PathwaysError):
    """This version has no rule of that name for a due time; install the version that opened the case."""


@dataclass(frozen=True, slots=True)
class DueBy:
    """A due time by a rule of policy, counted from `since`; `no_later_than` holds whatever the rule says."""

    rule: str
    since: datetime
    word: str = ""
    no_later_than: datetime | None = None

    def setting(self) -> str:
        """The rule as it stands beside a wait; `read_setting` reads it back."""
        cap = f"{_CAP}{self.no_later_than.isoformat()}" if self.no_later_than else ""
        return f"{_MARK}{self.rule} {self.word}".rstrip() + cap

    def under(self, policy: Policy) -> datetime:
        """When it is due under that policy. Raises `UnknownDueRule`."""
        known = _known_rules()
        if self.rule not in known:
            raise UnknownDueRule(f"there is no rule {self.rule} for a due time: install the version that opened it")
        due = known[self.rule](policy, self.since, self.word)
        return due if self.no_later_than is None else min(due, self.no_later_than)

    def __str__(self) -> str:
        return f"{self.since.isoformat()} {self.setting()}"


def due_rule(name: str) -> Callable[[Rule], Rule]:
    """Make a function the rule of that name; its module stands in `_MODULES`."""

    def register(rule: Rule) -> Rule:
        _rules[name] = rule
        return rule

    return register


def due_under(policy: Policy, counted_from: datetime, setting: str) -> datetime:
    """When something is due that stands as `setting`: a rule of policy, or a length of time as it was written."""
    if not setting.startswith(_MARK):
        return policy.working_calendar().due(counted_from, parse_deadline(setting))
    named, _, cap = setting.removeprefix(_MARK).partition(_CAP)
    rule, _, word = named.partition(" ")
    return DueBy(rule, counted_from, word, datetime.fromisoformat(cap) if cap else None).under(policy)


@functools.cache
def _known_rules() -> dict[str, Rule]:
    for module in _MODULES:
        importlib.import_module(module)
    return _rules
