"""
What an answer will cause, said before it is sent.

The answer is given in a rehearsal and the cases that it wakes run on as they would: what stands in their ledgers then
is what is told. Nothing of it stays, and nobody outside is asked or told anything (`tasks/worklist/rehearsing.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.permissions import Action
from models.working_time import local_day
from tasks.durable.attention import task_name
from tasks.durable.council import Council
from tasks.durable.ledger import Recorded, recall
from tasks.durable.leg import OutsideACase
from tasks.durable.procedure import UnknownProcedure, procedure_named
from tasks.durable.running import Finished, LegEnd, NotOurs, Slept
from tasks.durable.worklist import answer_in
from tasks.worklist.members import Member
from tasks.worklist.rehearsing import CannotRehearse, Rehearsal, StopsAt, rehearsing
from tasks.worklist.scope import cases_within

MOST_LEGS = 12
"""So many cases are followed, each for one leg; what lies beyond is not said."""
_SHOWN = frozenset(
    {
        EntryKind.DONE,
        EntryKind.TOLD,
        EntryKind.ASKED,
        EntryKind.WITHDREW,
        EntryKind.CASE_OPENED,
        EntryKind.SIGNALLED,
        EntryKind.OWNER_CHANGED,
        EntryKind.RESUMED,
        EntryKind.CASE_CLOSED,
    }
)
_OF_PEOPLE = ("Awaiting ", "Needs ")
"""How a wait begins that names what is awaited of somebody; clocks are called by names of ours."""
_A_NOTE = re.compile(r"\bR-[0-9A-Z]{10}\b,? ?")
_LOOKING = re.compile(r"(look|find|found|work-out|weigh|put-|word-|propose-|list-|team-behind|about-person)")
"""How the steps are called that find something out and change nothing."""


@dataclass(frozen=True)
class Following:
    """What follows in one case. Its lines are those of its story; personal."""

    ref: str | None
    """None: a case that would be opened, and has no reference yet."""
    title: str
    """The procedure, as people say it."""
    lines: tuple[tuple[EntryKind, str], ...]
    waits_for: str
    """What it waits for then, in a manager's words; empty where it is closed or goes on by what it hears."""
    outcome: str
    """How it is closed; empty where it is not."""
    asks_outside: str
    """The step at which it asks another system and goes on by the answer; empty where there is none."""


@dataclass(frozen=True)
class Foreseen:
    """What an answer would cause if it were sent now."""

    here: Following
    """In the case that asks."""
    elsewhere: tuple[Following, ...]
    """In cases that are opened or hear of it; those that whoever answers may not see are left out."""
    hidden: bool
    """Whether something was left out."""

    @property
    def other_cases(self) -> tuple[str, ...]:
        """Refs of cases that are there already, beside the one that asks, of which something is told."""
        return tuple(one.ref for one in self.elsewhere if one.ref is not None)


def foresee(council: Council, member: Member, item_id: str, filled: Form, *, nobody_at_risk: bool = False) -> Foreseen:
    """
    What follows from an answer, as things stand now. Raises as `tasks.durable.worklist.answer` does, and
    `CannotRehearse`.
    """
    with rehearsing(council) as dry:
        with dry.council.change() as change:
            ref = answer_in(change, item_id, filled, by=member.id, nobody_at_risk=nobody_at_risk)
        ends = _run_on(dry)
        with council.database.read() as session:
            heads = {one: session.scalar(select(Case.head_no).where(Case.ref == one)) for one in ends}
        with dry.council.database.read() as session:
            seen = _seen_by(session, council, member, ends)
            if ref not in seen:
                return Foreseen(Following(ref, "", (), "", "", ""), (), hidden=True)
            found = [_following(session, one, heads, ends[one]) for one in ends if one in seen]
    here = next(one for one in found if one.ref == ref)
    return Foreseen(here, tuple(one for one in found if one is not here), hidden=len(seen) < len(ends))


def _run_on(dry: Rehearsal) -> dict[str, LegEnd | StopsAt]:
    """Run each case that was woken for one leg, and each that those wake; how each ended, in that order."""
    ends: dict[str, LegEnd | StopsAt] = {}
    while len(ends) < MOST_LEGS and (waiting := [one for one in dry.woken if one not in ends]):
        try:
            end = ends[waiting[0]] = dry.run(waiting[0])
        except (UnknownProcedure, OutsideACase):
            raise CannotRehearse from None
        if isinstance(end, NotOurs):
            raise CannotRehearse  # it is being carried on at this very moment
    return ends


def _seen_by(session: Session, council: Council, member: Member, refs: Mapping[str, object]) -> set[str]:
    """Those of the cases that they may read, and what is opened out of one of these."""
    on = local_day(council.clock.now())
    within = cases_within(session, member, Action.READ_CASE, on)
    seen = set(session.scalars(select(Case.ref).where(Case.ref.in_(refs), within)))
    every = {one.ref: one for one in session.scalars(select(Case).where(Case.ref.in_(refs)))}
    for ref in refs:  # parents come before what they open
        if every[ref].parent_ref in seen and not every[ref].restricted:
            seen.add(ref)
    return seen


def _following(session: Session, ref: str, heads: Mapping[str, int | None], end: LegEnd | StopsAt) -> Following:
    head = heads[ref]
    new = [one for one in recall(session, ref) if one.no > (head or 0)]
    if any(one.kind in (EntryKind.FAILED, EntryKind.PARKED) for one in new):
        raise CannotRehearse
    title = procedure_named(session.get_one(Case, ref).procedure).title
    unborn = [one for one, there in heads.items() if there is None]
    return Following(
        ref=None if head is None else ref,
        title=title,
        lines=tuple(
            (one.kind, _without(unborn, _line(one))) for one in new if one.kind in _SHOWN and changes_something(one)
        ),
        waits_for=end.awaiting if isinstance(end, Slept) and end.awaiting.startswith(_OF_PEOPLE) else "",
        outcome=(end.outcome or "done") if isinstance(end, Finished) else "",
        asks_outside=end.says if isinstance(end, StopsAt) else "",
    )


def changes_something(entry: Recorded) -> bool:
    """Whether an entry says that something is so now: what was only looked up, worded or worked out is left out."""
    return entry.kind is not EntryKind.DONE or not _LOOKING.match(task_name(entry.key))


def _line(entry: Recorded) -> str:
    if entry.kind is EntryKind.CASE_OPENED:
        return f"Opened a new case: {procedure_named(entry.step).title}"
    return entry.text


def _without(unborn: list[str], text: str) -> str:
    """The text without references that are made up as they come: those of the rehearsal will never be used."""
    for ref in unborn:
        text = text.replace(f" ({ref})", "").replace(f"case {ref}", "a new case").replace(ref, "a new case")
    return _A_NOTE.sub("", text)
