"""Calls on one person that have passed: whether anybody covered them or said what became of them, and the next one."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.forms.affected_calls import CallRecorded
from models.provider_failure.kinds import Risk
from models.provider_failure.tables import AffectedPerson, CallOnPerson, Incident
from tasks.durable import SKIP, audited, here
from tasks.provider_failure.calls import Cover, begins, calls_between, covered_by, next_uncovered, read_times

_MOMENT = timedelta(seconds=1)


class CallsLookedAt(BaseModel):
    """What was found of the calls that have passed, and when to look again."""

    model_config = ConfigDict(frozen=True)

    missed: tuple[AwareDatetime, ...]
    """Calls that have passed with nobody and no record, found now."""
    is_serious: bool
    """They are at high risk, must have medicine at its time, or need two carers."""
    is_red: bool
    look_again_at: AwareDatetime | None
    """When the next call that nobody covers counts as missed; none where there is none."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{len(self.missed)} missed" if self.missed else "none missed"


@audited("Looked at the calls that have passed", clauses="TRN-47", for_cases_past=SKIP)
def look_at_calls() -> CallsLookedAt | None:
    """
    Whatever has passed since the last look with nobody covering it and nothing said of it is missed.

    A call counts as missed only some time after its hour, as policy has it: whoever comes within that time has it.
    """
    step = here()
    row = step.session.get_one(AffectedPerson, step.case.ref)
    grace = step.policy.provider_failure.call_missed_after.time
    since, until = row.calls_looked_at or step.now, step.now - grace
    times = read_times(row.call_times).times
    is_with_other_care = row.moved_at is not None or row.accounted_at is not None
    missed: list[datetime] = []
    following: datetime | None = None
    if not is_with_other_care:
        covers = _covers(step.session, row)
        known = set(step.session.scalars(select(CallOnPerson.at).where(CallOnPerson.case_ref == row.case_ref)))
        passed = calls_between(times, since, until) if since <= until else ()
        missed = [one for one in passed if one not in known and not covered_by(one, covers)]
        step.session.add_all(CallOnPerson(case_ref=row.case_ref, at=one, missed_at=step.now) for one in missed)
        following = next_uncovered(times, max(since, until + _MOMENT), covers)
        row.calls_looked_at = max(since, until + _MOMENT)
    else:
        row.calls_looked_at = step.now
    step.session.flush()
    return CallsLookedAt(
        missed=tuple(missed),
        is_serious=row.risk == Risk.RED or row.time_critical_medicine or row.double_handed,
        is_red=row.risk == Risk.RED,
        look_again_at=following + grace if following is not None else None,
    )


@audited("Noted what became of a call", clauses="TRN-47")
def note_call(call: CallRecorded, by: str) -> None:
    """What was said last stands; that it had been missed stands beside it."""
    step = here()
    row = step.session.get(CallOnPerson, (step.case.ref, call.at))
    if row is None:
        row = CallOnPerson(case_ref=step.case.ref, at=call.at, missed_at=None)
        step.session.add(row)
    row.noted_at, row.noted_by, row.made = step.now, by, call.made
    row.made_by, row.how = call.made_by, call.how
    step.session.flush()


def _covers(session: Session, row: AffectedPerson) -> list[Cover]:
    incident = session.get_one(Incident, row.incident_ref)
    provider = Cover(incident.provider_name, begins(incident.care_ends_on))
    return [provider, *([Cover(row.covered_by or "somebody", row.covered_until)] if row.covered_until else [])]
