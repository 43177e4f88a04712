"""
What an answer or a signal is held against beyond its form: how its case stands, who gives it, the policy in force.

A procedure says so once for each of its forms that needs it, and whoever answers is told every problem at the door,
where it can still be put right: nothing is sent back to be filled in again.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models.cases import WorkItem
from models.forms.base import CaseFacts, Form, FormT, Signal, SignalT
from models.policy import Policy
from models.register import Staff

_MODULES = (
    "tasks.advocacy.checks",
    "tasks.liberty",
    "tasks.market.checks",
    "tasks.advice",
    "tasks.contingency.checks",
    "tasks.moves.checks",
    "tasks.out_of_area.checks",
    "tasks.prevention",
    "tasks.provider_failure.checks",
    "tasks.providers.brokering",
    "tasks.providers.checks",
    "tasks.reablement.change_checks",
    "tasks.reablement.keeping_checks",
    "tasks.reablement.matter_checks",
    "tasks.safeguarding.checks",
    "tasks.tray.answer_checks",
    "tasks.tray.contact_checks",
    "tasks.tray.takeover",
)
_checks: dict[type[Form], Callable[[Any, Any], list[str]]] = {}
_signal_checks: dict[type[Signal], Callable[[Any, Any], list[str]]] = {}
_beginning_checks: dict[type[CaseFacts], Callable[[Session, Policy, Any], list[str]]] = {}
FactsT = TypeVar("FactsT", bound=CaseFacts)


@dataclass(frozen=True)
class Saying:
    """The moment at which somebody says something about a case, and under which policy."""

    session: Session
    policy: Policy
    ref: str
    by: Staff
    now: datetime


@dataclass(frozen=True)
class Answering(Saying):
    """The moment of an answer: the question as well."""

    item: WorkItem


def checks_answers(
    form: type[FormT],
) -> Callable[[Callable[[Answering, FormT], list[str]]], Callable[[Answering, FormT], list[str]]]:
    """Make a function the check of answers on that form; it gives problems in words. Its module is in `_MODULES`."""

    def register(check: Callable[[Answering, FormT], list[str]]) -> Callable[[Answering, FormT], list[str]]:
        _checks[form] = check
        return check

    return register


def checks_signals(
    signal: type[SignalT],
) -> Callable[[Callable[[Saying, SignalT], list[str]]], Callable[[Saying, SignalT], list[str]]]:
    """As `checks_answers`, for a signal that a person sends by hand."""

    def register(check: Callable[[Saying, SignalT], list[str]]) -> Callable[[Saying, SignalT], list[str]]:
        _signal_checks[signal] = check
        return check

    return register


def checks_beginnings(
    facts: type[FactsT],
) -> Callable[[Callable[[Session, Policy, FactsT], list[str]]], Callable[[Session, Policy, FactsT], list[str]]]:
    """As `checks_answers`, for what a case is begun with by hand."""

    def register(
        check: Callable[[Session, Policy, FactsT], list[str]],
    ) -> Callable[[Session, Policy, FactsT], list[str]]:
        _beginning_checks[facts] = check
        return check

    return register


def problems_with_beginning(session: Session, policy: Policy, facts: CaseFacts) -> list[str]:
    """What is wrong with beginning a case by hand with those facts under that policy, each with what to do."""
    _known_checks()
    check = _beginning_checks.get(type(facts))
    return check(session, policy, facts) if check is not None else []


def problems_with_signal(moment: Saying, sent: Signal) -> list[str]:
    """What is wrong with a signal by hand as the case stands, each with what to do; never what was typed."""
    _known_checks()
    check = _signal_checks.get(type(sent))
    return check(moment, sent) if check is not None else []


def problems_with_answer(moment: Answering, filled: Form) -> list[str]:
    """What is wrong with an answer as its case stands, each with what to do; never what was typed."""
    check = _known_checks().get(type(filled))
    return check(moment, filled) if check is not None else []


@functools.cache
def _known_checks() -> dict[type[Form], Callable[[Any, Any], list[str]]]:
    for module in _MODULES:
        importlib.import_module(module)
    return _checks
