"""
Cases that Prefect knows and our database does not: they were opened after the backup that it came from.

Their refs and when they were opened is all that is left of them here. One case of the house names those that were
found together, for whoever looks after the system; what was named once is not named again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from prefect.client.schemas.objects import FlowRun
from sqlalchemy import func, select

from models.cases import Case, Entry, EntryPayload
from models.forms.alarms import LostCase, LostCasesFacts
from models.notices import Recipient
from models.roles import Role
from tasks.audit.chaining import take_turns
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.durable.prefect_clerk import AWAITED, DEPLOYMENT
from tasks.durable.prefect_looking import Lookout

log = logging.getLogger("pathways")
PROCEDURE = "lost-cases"
CLOCKS_DIFFER = timedelta(minutes=10)
KNOWN_IN_A_ROW = 400
"""Where so many runs are all of known cases, and older than our newest case, no lost one is looked for behind them."""
SEVERAL = 50
"""So many are named in one case."""
NOT_IN_THE_RECORD = "Not in the record"


def look_for_lost_cases(council: Council, lookout: Lookout, *, every: bool = False) -> list[str]:
    """
    Have somebody see to the cases that our database has lost; gives those that nobody was told of before.

    Prefect's newest runs are looked at, so far back as cases can have been lost: to the time when our newest case was
    opened and, where cases were opened since the backup was restored, to the runs before those. With `every`, all are
    looked at. Raises `PrefectAway`.
    """
    with council.database.read() as session:
        newest = session.scalar(select(func.max(Case.opened_at)))
    lost: list[FlowRun] = []
    for batch in _batches(lookout.newest()):
        unknown = _unknown(council, {ref for run in batch if (ref := ref_of(run))})
        lost += [run for run in batch if ref_of(run) in unknown]
        made = batch[-1].created
        if not every and not unknown and made and newest and made < newest - CLOCKS_DIFFER:
            break
    return report_lost(council, lookout, lost)


def report_lost(council: Council, lookout: Lookout, runs: Sequence[FlowRun]) -> list[str]:
    """Open a case about the lost cases of these runs, but for those already named, and lay the runs to rest."""
    if not runs:
        return []
    titles, of_case = lookout.titles(), dict[str, list[FlowRun]]()
    for run in runs:
        if ref := ref_of(run):
            of_case.setdefault(ref, []).append(run)
    found = {ref: _lost(ref, of_case[ref], titles) for ref in of_case}
    with council.change() as change:
        take_turns(change.session, "lost cases")
        named = _named_before(change)
        there = set(change.session.scalars(select(Case.ref).where(Case.ref.in_(found))))
        fresh = sorted((one for ref, one in found.items() if ref not in named | there), key=_soonest)
        for start in range(0, len(fresh), SEVERAL):
            facts = LostCasesFacts(cases=tuple(fresh[start : start + SEVERAL]))
            open_in(change, PROCEDURE, facts, owner=Recipient.role(Role.SYSTEMS))
    for run in runs:
        lookout.lay_to_rest(run.id, NOT_IN_THE_RECORD, "our database has no such case; somebody was told")
    if fresh:
        log.error("%d cases that Prefect knows are not in our database; a case is open for them", len(fresh))
    return [one.ref for one in fresh]


def ref_of(run: FlowRun) -> str | None:
    """The case that a run was made for; None for a run of another kind."""
    ref = run.parameters.get("ref")
    return ref if isinstance(ref, str) else None


def _batches(runs: Iterable[FlowRun]) -> Iterator[list[FlowRun]]:
    rest = iter(runs)
    while batch := list(islice(rest, KNOWN_IN_A_ROW)):
        yield batch


def _unknown(council: Council, refs: Collection[str]) -> set[str]:
    with council.database.read() as session:
        return set(refs) - set(session.scalars(select(Case.ref).where(Case.ref.in_(refs))))


def _named_before(change: Change) -> set[str]:
    """The refs that earlier cases of the house have named."""
    opened = (
        select(EntryPayload.content)
        .join(Case, Case.ref == EntryPayload.case_ref)
        .join(Entry, (Entry.case_ref == EntryPayload.case_ref) & (Entry.no == EntryPayload.no))
        .where(Case.procedure == PROCEDURE, EntryPayload.no == 1, EntryPayload.content.is_not(None))
    )
    contents = (json.loads(content or "{}") for content in change.session.scalars(opened))
    return {one["ref"] for content in contents for one in content["data"]["cases"]}


def _soonest(case: LostCase) -> tuple[datetime, datetime, str]:
    """What was to happen first stands first; what was over, last."""
    return case.next_due or datetime.max.replace(tzinfo=UTC), case.opened_at, case.ref


def _lost(ref: str, runs: Sequence[FlowRun], titles: Mapping[str, str]) -> LostCase:
    """What is known of a case from its runs: when the first was made, and the last that another was told."""
    made = [run.created for run in runs if run.created is not None]
    states = [run.state for run in runs if run.state is not None]
    last = max(states, key=lambda state: state.timestamp, default=None)
    return LostCase(
        ref=ref,
        procedure=titles.get(str(runs[0].deployment_id)) or DEPLOYMENT,
        opened_at=min(made, default=datetime.min.replace(tzinfo=UTC)),
        last_seen=(last.name if last is not None else None) or "not begun",
        awaited=tuple(sorted({whom for run in runs for tag in run.tags if (whom := _awaited_by(tag))})),
        next_due=last.state_details.scheduled_time if last is not None and last.is_scheduled() else None,
    )


def _awaited_by(tag: str) -> str:
    """The recipient's tag in a run's tag; empty where it is another kind of tag, or one that somebody typed in."""
    whom = tag.removeprefix(AWAITED)
    try:
        return Recipient.from_tag(whom).tag if whom != tag else ""
    except ValueError:
        return ""
