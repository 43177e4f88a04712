"""What the ledgers of every case about a plan say of it, held against what the system's tables say."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from models.cases import Case, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.forms.plan_copies import CopiesGivenOut
from models.reablement.applying import applied, numbered, without_what_is_done
from models.reablement.difference import differences
from models.reablement.edits import MONITORING
from models.reablement.findings import ChangeUnderWay, PlanStands, VersionMade, VersionOutcome
from models.reablement.plan import PlanContent
from models.reablement.tables import ChangeState, PlanAgreement, PlanChange, PlanCopy, PlanVersion, ReablementPlan
from models.register import Person
from models.states import CaseStatus, WaitKind, WaitState, WorkItemState
from tasks.database import Database
from tasks.durable.ledger import Recorded, recall
from tasks.reablement.plans import standing_of_plan


def plans(database: Database) -> list[str]:
    """The ref of every plan that there is."""
    with database.read() as session:
        return list(session.scalars(select(ReablementPlan.case_ref).order_by(ReablementPlan.case_ref)))


def what_does_not_agree(database: Database, plan: str) -> list[str]:
    """In words without names, whatever the tables have of a plan otherwise than its ledgers; empty where they agree."""
    told = Ledgers(database, plan)
    return [
        *what_is_wrong_with_versions(told),
        *what_is_wrong_with_copies(told),
        *what_is_wrong_with_changes(told),
        *what_is_wrong_with_who_is_asked(told),
    ]


class Ledgers:
    """What the ledgers of every case about a plan say of it, and what the tables have of it."""

    def __init__(self, database: Database, plan: str) -> None:
        with database.read() as session:
            self.row = session.get_one(ReablementPlan, plan)
            self.versions = {
                one.number: one
                for one in session.scalars(select(PlanVersion).where(PlanVersion.case_ref == plan)).all()
            }
            self.copies = session.scalars(select(PlanCopy).where(PlanCopy.case_ref == plan).order_by(PlanCopy.id)).all()
            self.changes = session.scalars(select(PlanChange).where(PlanChange.case_ref == plan)).all()
            self.said = session.scalars(select(PlanAgreement).where(PlanAgreement.case_ref == plan)).all()
            refs = session.scalars(select(Case.ref).order_by(Case.opened_at, Case.ref)).all()
            entries = {ref: recall(session, ref) for ref in refs}
            self.entries = {
                ref: one for ref, one in entries.items() if ref == plan or (one[0].data or {}).get("plan") == plan
            }
            self.cases = {ref: session.get_one(Case, ref) for ref in self.entries}
            open_waits = select(Wait.case_ref).where(Wait.state == WaitState.OPEN, Wait.kind != WaitKind.SIGNAL)
            self.waiting = set(session.scalars(open_waits))
            """Cases that wait on a person, another case or a day, and not only for what may come."""
            copies = select(WorkItem.case_ref).where(WorkItem.state == WorkItemState.OPEN)
            self.asked_for_copies = set(session.scalars(copies.where(WorkItem.form == CopiesGivenOut.name())))
            self.stands = standing_of_plan(session, plan)
            self.has_died = session.get_one(Person, self.row.person_id).died_on is not None
        self.content = {number: PlanContent.model_validate_json(one.content) for number, one in self.versions.items()}

    def steps(self, name: str) -> Iterator[tuple[str, Recorded]]:
        """Every entry of a step, with its case."""
        for ref, entries in self.entries.items():
            yield from ((ref, one) for one in entries if one.kind is EntryKind.DONE and one.step == name)

    def begun(self) -> PlanStands:
        """The plan as it began."""
        (begun,) = [PlanStands.model_validate(one.data) for _, one in self.steps("begin-plan")]
        return begun

    def proposed(self, ref: str, before: int) -> ChangeUnderWay:
        """What a case had proposed last before one of its entries."""
        every = [one for one in self.entries[ref] if one.step == "propose-change" and one.no < before]
        return ChangeUnderWay.model_validate(every[-1].data)


def what_is_wrong_with_versions(told: Ledgers) -> Iterator[str]:
    """Numbered without gaps, the last in force, and each what the change before it makes of the version before."""
    if sorted(told.versions) != list(range(1, len(told.versions) + 1)):
        yield f"its versions are {sorted(told.versions)}"
        return
    if told.row.in_force != len(told.versions):
        yield f"version {told.row.in_force} is in force, and there are {len(told.versions)}"
    if told.content[1] != told.begun().content:
        yield "its first version is not what it began with"
    made: dict[int | None, tuple[str, int, VersionMade]] = {}
    for ref, one in told.steps("make-version"):
        outcome = VersionMade.model_validate(one.data)
        if outcome.outcome is VersionOutcome.MADE:
            if outcome.version in made:
                yield f"two cases made version {outcome.version}"
            made[outcome.version] = (ref, one.no, outcome)
    if [1, *sorted(number or 0 for number in made)] != sorted(told.versions):
        yield f"its versions are {sorted(told.versions)}, and the ledgers made {sorted(map(str, made))}"
        return
    for number, (ref, no, outcome) in made.items():
        assert number is not None
        yield from _what_is_wrong_with_version(told, number, ref, no, outcome)


def _what_is_wrong_with_version(told: Ledgers, number: int, ref: str, no: int, outcome: VersionMade) -> Iterator[str]:
    row = next(one for one in told.changes if one.change_ref == ref)
    before, wanted = told.content[number - 1], told.proposed(ref, no).edits
    edits = without_what_is_done(wanted, told.content[row.seen], before)
    earlier = numbered(told.content[one] for one in range(1, number))
    for item in edits.touched - {MONITORING}:
        if told.content[row.seen].items.get(item) != before.items.get(item):
            yield f"version {number} wrote over {item}, which had changed unseen"
    if told.versions[number].made_in != ref:
        yield f"version {number} was made in another case than {ref}"
    if told.content[number] != applied(edits, before, last_numbers=earlier):
        yield f"version {number} is not what was agreed"
    if outcome.differences != differences(before, told.content[number]):
        yield f"what version {number} changed is told otherwise"


def what_is_wrong_with_copies(told: Ledgers) -> Iterator[str]:
    """Each copy that the table has was noted in a ledger once, and nobody has a version that was not there."""
    noted = [(told.row.case_ref, one.holder, one.version, one.by_hand) for one in told.begun().copies]
    for step, by_hand in (("note-copy", False), ("note-no-copy", False), ("note-amended-by-hand", True)):
        for ref, one in told.steps(step):
            holder = "home" if by_hand else one.key.partition(":")[2].partition("[")[0]
            held = PlanStands.model_validate(one.data).copy_of(holder)
            if held is None or held.by_hand is not by_hand or (held.version == 0) is not (step == "note-no-copy"):
                yield f"entry {one.no} of {ref} notes another copy of {holder} than it says"
                continue
            noted.append((ref, holder, held.version, by_hand))
    if sorted(noted) != sorted((one.given_in, one.holder, one.version, one.by_hand) for one in told.copies):
        yield "who has which copy is not what the ledgers say"
    for one in told.copies:
        if one.version > told.row.in_force:
            yield f"{one.holder} has version {one.version}, which was never in force"
    for holder in {one.holder for one in told.copies}:
        has_had = [one.version for one in told.copies if one.holder == holder and one.version]
        if has_had != sorted(has_had):
            yield f"{holder} was given an older version after a newer one: {has_had}"


def what_is_wrong_with_changes(told: Ledgers) -> Iterator[str]:
    """A change is under way exactly as long as its case has it so, waits on somebody, and has what was said."""
    for row in told.changes:
        ref, case = row.change_ref, told.cases[row.change_ref]
        steps = [one for one in told.entries[ref] if one.kind is EntryKind.DONE]
        made = [VersionMade.model_validate(one.data) for one in steps if one.step == "make-version"]
        is_made = bool(made) and made[-1].outcome in (VersionOutcome.MADE, VersionOutcome.NOTHING_TO_CHANGE)
        is_stopped = any(one.step == "stop-change" for one in steps)
        state = ChangeState.MADE if is_made else ChangeState.STOPPED if is_stopped else ChangeState.UNDER_WAY
        if row.state != state or (row.became is not None) is not is_made:
            yield f"change {ref} is {row.state}, and by its ledger {state}"
        if case.status == CaseStatus.CLOSED and state is ChangeState.UNDER_WAY:
            yield f"nobody carries on change {ref}"
        if case.status != CaseStatus.CLOSED and ref not in told.waiting:
            yield f"change {ref} waits on nobody"
        noted = sum(one.step == "note-agreement" for one in steps)
        said = {(one.party, one.said_at) for one in told.said if one.change_ref == ref}
        if len(said) > noted or bool(said) is not bool(noted):
            yield f"change {ref} has {len(said)} agreements, and its ledger {noted}"


def what_is_wrong_with_who_is_asked(told: Ledgers) -> Iterator[str]:
    """Whoever is still to have a copy of the version in force is asked for, in the case that made it (REA-16)."""
    stands = told.stands
    if stands.to_get_a_copy and not stands.ended and not told.has_died and stands.made_in not in told.asked_for_copies:
        yield f"{', '.join(stands.to_get_a_copy)} is to have version {stands.version}, and nobody is asked for that"
