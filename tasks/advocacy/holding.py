"""What waits until an independent advocate is in place, and what never does (DUTY-42, GAP-06)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.advocacy import AdvocacyNeed
from models.policy import Policy
from models.policy.gaps.duty import AdvocacyStep
from models.states import CaseStatus
from models.working_time import for_people, local_day
from tasks.durable import audited, here
from tasks.durable.leg import Step
from tasks.written_contact import what_to_heed

HOLD_BEGINS = "begin-advocacy-hold"


class AdvocacyWait(BaseModel):
    """A step waits for an advocate."""

    model_config = ConfigDict(frozen=True)

    case: str
    """Ref of the case in which an advocate is found; once it is closed, the step may go on."""
    since: AwareDatetime
    days: int | None
    """How many days it has been held; none where policy does not want that shown."""

    @property
    def in_words(self) -> str:
        """For the story, and beside a form."""
        length = "" if self.days is None else f", for {self.days} day{'' if self.days == 1 else 's'} now"
        return f"held since {for_people(self.since)}{length}, until an advocate is in place (case {self.case})"


@audited("An independent advocate is needed", clauses="DUTY-40 DUTY-42 GAP-06")
def begin_advocacy_hold() -> None:
    """From now on what policy names waits for one; why stands in the answer before it."""


@audited("Worked out by when they are referred", clauses="DUTY-41 GAP-06")
def work_out_referred_by() -> AwareDatetime:
    """On the day on which the need was known, as policy has it."""
    step = here()
    return step.policy.working_calendar().due(step.now, step.policy.gaps.advocacy_hold.refer_by)


@audited("Looked up whether an advocate is being found already", clauses="DUTY-40")
def look_up_other_need(person: str) -> str | None:
    """The ref of another open case about the same person that was first, or in which one is known to be needed."""
    step = here()
    own = step.session.get_one(Case, step.case.ref)
    return step.session.scalar(
        select(Case.ref)
        .join(CasePerson, CasePerson.case_ref == Case.ref)
        .where(CasePerson.person_id == person, Case.procedure == own.procedure)
        .where(Case.status != CaseStatus.CLOSED, Case.ref != own.ref)
        .where((Case.opened_at < own.opened_at) | Case.ref.in_(_where_it_is_needed()))
        .order_by(Case.opened_at, Case.ref)
        .limit(1)
    )


@audited("Looked up who owns the case that waits for it")
def look_up_who_owns(ref: str) -> str:
    """Tag of the owner of another case."""
    return here().session.get_one(Case, ref).owner


Beside = Callable[[Step], str]


def beside_advocacy(need: AdvocacyNeed, why: str = "") -> Beside:
    """What whoever decides must know: what to heed first, what it is for, what waits and how long it has."""

    def words(step: Step) -> str:
        heed = what_to_heed(step.session, need.about_person).beside_the_form
        held = advocacy_wait(step.session, step.policy, need.about_person, need.step, step.now)
        waits = f"It is {held.in_words}." if held is not None else ""
        lines = (heed, why, f"For: {need.step.replace('-', ' ')}", waits, "", need.what)
        return "\n".join(line for line in lines if line or line == "").strip()

    return words


@audited("Looked whether it waits for an advocate", clauses="DUTY-42 GAP-06")
def advocacy_holds(person: str, step: AdvocacyStep, found_in: str | None = None) -> AdvocacyWait | None:
    """
    Whether that step is held for that person until an advocate is in place; None: it goes on.

    Policy says what is held. Protection, what is urgent, contact with the person and every waiting clock never are. A
    flow that is held waits with `closed(found.case)` beside its other waits, and looks again. `found_in` is the ref of
    a case in which one is to be found, where the flow knows of the need before that case has said so.
    """
    moment = here()
    return advocacy_wait(moment.session, moment.policy, person, step, moment.now, found_in)


def advocacy_wait(
    session: Session,
    policy: Policy,
    person: str,
    step: AdvocacyStep,
    now: AwareDatetime,
    found_in: str | None = None,
) -> AdvocacyWait | None:
    """As `advocacy_holds`, for what is shown beside a form; the oldest need that is still open."""
    if step not in policy.gaps.advocacy_hold.holds:
        return None
    since = _first_known(session, person)
    if since is None and found_in is not None:
        case = session.get_one(Case, found_in)
        since = None if case.status == CaseStatus.CLOSED else (case.ref, case.opened_at)
    if since is None:
        return None
    ref, known_at = since
    days = (local_day(now) - local_day(known_at)).days
    return AdvocacyWait(case=ref, since=known_at, days=days if policy.gaps.advocacy_hold.show_length_of_hold else None)


def _first_known(session: Session, person: str) -> tuple[str, datetime] | None:
    """The open case in which it was first known that they need an advocate, and since when."""
    row = session.execute(
        select(Entry.case_ref, Entry.at)
        .join(Case, Case.ref == Entry.case_ref)
        .join(CasePerson, CasePerson.case_ref == Case.ref)
        .where(CasePerson.person_id == person, Case.status != CaseStatus.CLOSED)
        .where(Entry.kind == EntryKind.DONE, Entry.step == HOLD_BEGINS)
        .order_by(Entry.at, Entry.case_ref)
        .limit(1)
    ).first()
    return None if row is None else (row.case_ref, row.at)


def _where_it_is_needed() -> Select[tuple[str]]:
    """Refs of the cases in which both conditions are known to hold."""
    return select(Entry.case_ref).where(Entry.kind == EntryKind.DONE, Entry.step == HOLD_BEGINS)
