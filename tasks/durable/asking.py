"""
Asking a person: a question on a form, put to a role, a team or one member of staff.

`ask` waits for the answer; `decision` gives the wait, to be put beside others in `first_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast, overload

from models.entry_kinds import EntryKind
from models.forms.base import FormT
from models.notices import Recipient
from models.roles import Role
from models.states import WaitKind
from tasks.durable.ledger import Recorded
from tasks.durable.leg import Asleep, ForCasesPast, Leg, Step, current_leg
from tasks.durable.waits import Wait
from tasks.durable.work_items import ByWhen, Question, put_to

Asked = Role | Recipient
"""Whom a question can be put to: a role, or a team or member of staff by `team()` and `staff()`."""


def team(name: str) -> Recipient:
    """A team, by id."""
    return Recipient.team(name)


def role(name: Role) -> Recipient:
    """Everybody who holds a role."""
    return Recipient.role(name)


def staff(name: str) -> Recipient:
    """One member of staff, by id."""
    return Recipient.staff(name)


def recipient(whom: Asked) -> Recipient:
    """Whom that is, as work items and notices name them."""
    return whom if isinstance(whom, Recipient) else Recipient.role(whom)


def decision(
    form: type[FormT],
    *,
    of: Asked,
    about: str | Callable[[Step], str] = "",
    near: str | None = None,
    key: str | None = None,
    urgent: bool = False,
    clauses: str = "",
    wanted_within: ByWhen | None = None,
    since: datetime | None = None,
    for_cases_past: ForCasesPast | None = None,
) -> Wait[FormT]:
    """
    A question on `form` in somebody's worklist; opened at once, and the same one while it is unanswered.

    `about` is what the person reads beside the form (personal data may stand in it: it stays in our database); a
    function of the step makes it at that moment. `near` is a team: where `of` is a role that exactly one of its members
    holds, they are asked; if they are away, whoever stands above them in that team and is there.
    `wanted_within` is when an answer is wanted; it is chased, and the wait goes on. `since` is from when it is chased,
    where the same was asked before and is asked anew with what has come to it.
    """
    question = Question(form, recipient(of), about, urgent, tuple(clauses.split()), wanted_within, False, since, near)
    return cast(Wait[FormT], _decision(question, for_cases_past).opened_as(key or form.slug()))  # it cannot lapse


def _decision(question: Question[FormT], past: ForCasesPast | None) -> Wait[FormT | None]:
    def open_row(leg: Leg, key: str) -> Recorded:
        if isinstance(question.about, str):
            name = question.form.name()
            return leg.keep_back(EntryKind.ASKED, key, name, lambda here: put_to(here, key, question))
        with leg.transaction() as here:  # at once: what it makes its words of, the flow may change afterwards
            return put_to(here, key, question)

    def value(_key: str, arrival: Recorded) -> FormT | None:
        if arrival.kind is EntryKind.LAPSED:
            return None
        answer: FormT = question.form.model_validate(arrival.data)
        return answer

    return Wait(WaitKind.DECISION, question.form.name(), open_row, value, past=past)


@overload
def ask(
    form: type[FormT],
    *,
    of: Asked,
    about: str | Callable[[Step], str] = "",
    near: str | None = None,
    key: str | None = None,
    urgent: bool = False,
    clauses: str = "",
    wanted_within: ByWhen | None = None,
    for_cases_past: ForCasesPast | None = None,
) -> FormT: ...


@overload
def ask(
    form: type[FormT],
    *,
    of: Asked,
    within: ByWhen,
    about: str | Callable[[Step], str] = "",
    near: str | None = None,
    key: str | None = None,
    urgent: bool = False,
    clauses: str = "",
    for_cases_past: ForCasesPast | None = None,
) -> FormT | None: ...


def ask(
    form: type[FormT],
    *,
    of: Asked,
    about: str | Callable[[Step], str] = "",
    near: str | None = None,
    key: str | None = None,
    urgent: bool = False,
    clauses: str = "",
    wanted_within: ByWhen | None = None,
    within: ByWhen | None = None,
    for_cases_past: ForCasesPast | None = None,
) -> FormT | None:
    """
    Put a question to somebody and wait for the answer.

    Without `within` it waits until somebody answers, and chases. With `within` silence is an outcome: None, and the
    question leaves the worklist. A case for which the question is skipped (`for_cases_past`) gets None too.
    """
    limit = within or wanted_within
    question = Question(
        form, recipient(of), about, urgent, tuple(clauses.split()), limit, within is not None, None, near
    )
    asked = _decision(question, for_cases_past).opened_as(key or form.slug())
    leg = current_leg()
    if asked.is_skipped(leg):
        return None
    arrival = asked.arrival(leg)
    if arrival is None:
        raise Asleep
    return asked.take(leg, arrival)
