"""The steps of a review of a whole tray: who reviews it, what stands on the list, what was looked at and decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import AwareDatetime
from sqlalchemy import func, or_, select, update

from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.tray_review import LookedAt, TrayReviewed
from models.notices import Recipient
from models.states import CaseStatus
from models.tray import Part, TrayPlace
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.durable.ledger import Fact
from tasks.durable.leg import Step
from tasks.durable.memory import BY_THE_HOUSE
from tasks.register.lookups import absence_on, staff_in
from tasks.tray.weekly_list import ListedCase, TrayList, in_order, list_cases

REVIEW = "tray-review"
"""The step of the entry in a waiting person's own ledger which says that their case was looked at."""
BATCH = 100
"""How many cases one step enters as looked at, so that no transaction locks a whole tray."""


class Decided(Part):
    """What a reviewer decided about one case, by its reference."""

    ref: str
    looked: LookedAt


class CameOfIt(Part):
    """What an answer comes to: which cases were looked at, what was decided, and what was named in vain."""

    looked: tuple[Decided, ...]
    """By reference, each case once; those of the rest still wait."""
    not_found: tuple[str, ...]

    @property
    def refs(self) -> tuple[str, ...]:
        """Which cases were looked at."""
        return tuple(one.ref for one in self.looked)

    def batches(self) -> Iterator[tuple[Decided, ...]]:
        """What was looked at, in the order of the references and so many at a time."""
        in_order = sorted(self.looked, key=lambda one: one.ref)
        return (tuple(in_order[begin : begin + BATCH]) for begin in range(0, len(in_order), BATCH))


@audited("Listed the whole tray", clauses="PWT-05 PWT-08")
def list_tray(team: str, last_opened_at: AwareDatetime | None) -> TrayList:
    """Everybody on the tray, worst first; those left by the last review come before all else (GAP-13)."""
    step = here()
    cases = list_cases(step, team)
    if last_opened_at is not None:
        left = set(
            step.session.scalars(
                select(TrayPlace.case_ref)
                .join(Case, Case.ref == TrayPlace.case_ref)
                .where(
                    TrayPlace.team_id == team,
                    Case.opened_at <= last_opened_at,
                    or_(TrayPlace.reviewed_at.is_(None), TrayPlace.reviewed_at < last_opened_at),
                )
            )
        )
        cases = in_order([_marked(one, left) for one in cases])
    vocabulary = step.policy.gaps.tray_vocabulary
    is_lapsed = vocabulary.show_lapsed_document and vocabulary.document_review_due < local_day(step.now)  # GAP-21
    return TrayList(team=team, cases=tuple(cases), lapsed=vocabulary.document_review_due if is_lapsed else None)


@audited("Listed what was not looked at", clauses="PWT-08")
def list_what_is_left(team: str, left: tuple[str, ...], not_found: tuple[str, ...]) -> TrayList:
    """Those who were not looked at and still wait, by name."""
    cases = list_cases(here(), team, only=set(left))
    return TrayList(team=team, cases=tuple(_marked(one, set(left)) for one in cases), not_found=not_found)


@audited("Looked up who reviews the tray", clauses="PWT-08")
def look_up_reviewer(team: str) -> str:
    """
    The tag of the team leader of that team, or of their cover where they are away or there is none (GAP-20).

    Away is who is not back by the time when the review is wanted. Where nobody of the team is there, it is the role.
    """
    step, roles = here(), here().policy.gaps.tray_roles
    wanted_by = step.policy.working_calendar().due(step.now, step.policy.gaps.reasonable_time.reasonable)
    for role in (roles.tray_reviewed_by, roles.tray_review_covered_by):
        for member in staff_in(step.session, role, team, on=local_day(step.now)):
            absence = absence_on(step.session, member.id, step.now)
            if absence is None or (absence.returns_at is not None and absence.returns_at < wanted_by):
                return Recipient.staff(member.id).tag
    return Recipient.role(roles.tray_review_covered_by).tag


def weigh(listed: TrayList, answer: TrayReviewed) -> CameOfIt:
    """What an answer says about the list it was given for."""
    looked: dict[str, Decided] = {}
    not_found = [one for one in answer.rest_except if listed.named(one) is None]
    for one in answer.one_by_one:
        case = listed.named(one.case)
        if case is None:
            not_found.append(one.case)
        else:
            looked.setdefault(case.ref, Decided(ref=case.ref, looked=one))
    if answer.rest_looked_at:
        left_out = {case.ref for name in answer.rest_except if (case := listed.named(name)) is not None}
        for case in listed.rest:
            if case.ref not in left_out:
                looked.setdefault(case.ref, Decided(ref=case.ref, looked=LookedAt(case=case.ref)))
    return CameOfIt(looked=tuple(looked.values()), not_found=tuple(not_found))


@audited("Entered which cases were looked at", clauses="PWT-08")
def enter_looked_at(looked: tuple[Decided, ...], by: str) -> int:
    """
    An entry in the ledger of each case, by whoever looked at it; how many there were.

    The cases are locked in the order of their references. Who has left the tray meanwhile is passed over.
    """
    step, entered = here(), 0
    refs = [one.ref for one in looked]
    before = _entered_before(step, refs)
    for one in looked:
        case = step.change.lock(one.ref)
        if case.status is CaseStatus.CLOSED:
            continue
        key = f"{BY_THE_HOUSE}{REVIEW}[{before.get(one.ref, 0) + 1}]"
        said = one.looked
        reasons = f". {said.reasons}" if said.reasons else ""
        text = f"Looked at in the review of the whole tray: {said.decision.replace('-', ' ')}{reasons}"
        data = {"review": step.case.ref, "decision": said.decision, "reasons": said.reasons}
        step.change.pen(case).enter(Fact(EntryKind.DONE, key, text, REVIEW, data, by=by, clauses=("PWT-08",)))
        entered += 1
    step.session.execute(update(TrayPlace).where(TrayPlace.case_ref.in_(refs)).values(reviewed_at=step.now))
    return entered


def what_is_left(listed: TrayList, looked: Sequence[str]) -> tuple[str, ...]:
    """The references of those who were on the list and not looked at."""
    return tuple(one.ref for one in listed.cases if one.ref not in set(looked))


def _entered_before(step: Step, refs: Sequence[str]) -> dict[str, int]:
    rows = step.session.execute(
        select(Entry.case_ref, func.count())
        .where(Entry.case_ref.in_(refs), Entry.kind == EntryKind.DONE, Entry.step == REVIEW)
        .group_by(Entry.case_ref)
    )
    return dict(rows.tuples().all())


def _marked(case: ListedCase, left: set[str]) -> ListedCase:
    return case.model_copy(update={"left_over": case.ref in left})
