"""How one person of an incident stands: each step writes it where the room's list and its counts are made of."""

from __future__ import annotations

from datetime import date, datetime, time

from pydantic import AwareDatetime

from models.policy.gaps.duty import AdvocacyStep
from models.provider_failure.kinds import Risk, Way
from models.provider_failure.tables import AffectedPerson
from models.working_time import LONDON
from tasks.advocacy.holding import AdvocacyWait, advocacy_wait
from tasks.durable import SKIP, audited, here

ASKED_AT = time(8)


@audited("Noted that they were seen, and how their care goes on", clauses="TRN-48")
def note_seen(risk: Risk | None, way: Way) -> None:
    """Whoever saw them says how great the risk is, which takes the place of what the list had made of it."""
    row = _row()
    row.seen_at = row.seen_at or here().now
    row.risk, row.way = str(risk or Risk(row.risk)), str(way)


@audited("Noted how great the risk is", clauses="TRN-02")
def note_risk(risk: Risk) -> None:
    """It sets the order in which people are seen."""
    _row().risk = str(risk)


@audited("Noted who gives the care until then", clauses="TRN-04")
def note_cover(by: str, until: AwareDatetime) -> None:
    """Until other care begins."""
    row = _row()
    row.covered_by, row.covered_until = by, until


@audited("Noted that a safe arrangement is confirmed", clauses="TRN-06 REA-42")
def note_arranged(way: Way) -> None:
    """Somebody has taken it on by name."""
    row = _row()
    row.arranged_at, row.way = here().now, str(way)


@audited("Noted that their care has gone over", clauses="TRN-04")
def note_moved() -> None:
    """They are with it."""
    _row().moved_at = here().now


@audited("Noted that it was checked", clauses="TRN-48")
def note_checked() -> None:
    """They are well and safe with it."""
    _row().checked_at = here().now


@audited("Noted that it is not right, and is arranged anew", clauses="TRN-04 TRN-06")
def note_not_right(risk: Risk, way: Way) -> None:
    """They count as seen again, and as no more than that."""
    row = _row()
    row.arranged_at = row.moved_at = row.checked_at = None
    row.risk, row.way = str(risk), str(way)


@audited("Noted that they are accounted for", clauses="TRN-47 TRN-48")
def account_for(outcome: str) -> None:
    """In the words of the case's outcome."""
    row = _row()
    row.accounted_at, row.ended_as = here().now, outcome


@audited("Looked whether a manager decides what is done", clauses="TRN-47")
def look_whether_a_manager_decides(tries: int) -> bool:
    """After so many tries in vain as policy gives, and after as many again."""
    return tries % here().policy.provider_failure.tries_before_help == 0


@audited("Looked whether a move waits for an advocate", clauses="DUTY-42 GAP-06", for_cases_past=SKIP)
def look_whether_a_move_is_held(person: str, found_in: str) -> AdvocacyWait | None:
    """Until an advocate is in place, as policy holds planning; none: it goes on."""
    step = here()
    return advocacy_wait(step.session, step.policy, person, AdvocacyStep.PLANNING, step.now, found_in)


@audited("Worked out the morning of the day")
def work_out_the_day(day: date) -> AwareDatetime:
    """When it is asked how it went. Care goes over on any day of the week, so that it is that very day."""
    now = here().now
    return max(now, datetime.combine(day, ASKED_AT, LONDON))


def _row() -> AffectedPerson:
    step = here()
    return step.session.get_one(AffectedPerson, step.case.ref)
