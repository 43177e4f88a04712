"""Whatever comes in whatever order: the plan in force, the copies that people hold and the ledgers agree."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import REGISTER_DATE
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_plan_issue import reablement_plan_issue
from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused, Form
from models.forms.plan_agreement import AgreementsOfOthers, BestInterestsDecided, Capacity, SettledTogether, Stance
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.plan_copies import CopiesGivenOut, HomeCopyAmended, HomeCopyPutRight, NoCopy, WhyNoCopy
from models.forms.plan_issue import IndividualConcerned, IssueAgreement, IssueExplored, OptionWeighed, ResolvingOption
from models.forms.reablement_signals import ReablementEndWanted
from models.reablement.difference import differences
from models.reablement.edits import (
    MONITORING,
    EditKind,
    InvolvedEdit,
    MonitoringEdit,
    PlanEdits,
    SupportEdit,
    VisitEdit,
    applied,
    numbered,
    without_what_is_done,
)
from models.reablement.findings import ChangeUnderWay, PlanStands, VersionMade, VersionOutcome
from models.reablement.plan import PlanContent, Rhythm
from models.reablement.tables import ChangeState, PlanAgreement, PlanChange, PlanCopy, PlanVersion, ReablementPlan
from models.states import CaseStatus
from tasks.database import Database
from tasks.durable.ledger import Recorded, recall
from tasks.durable.testing import Office
from tasks.worklist.signalling import problems_with
from tests.procedures.plan_change_stories import (
    COORDINATOR,
    DRESSES_ALONE,
    GO_AHEAD,
    IN_HER_INTERESTS,
    NO,
    SENIOR,
    TOLD,
    WITH_JACK,
    YES,
    agree,
    copies,
    says,
)
from tests.procedures.reablement_stories import NO_EVENINGS, SHORTER_MORNINGS, in_reablement

LUNCH = PlanEdits(
    visits=(
        VisitEdit.model_validate({"edit": "add", "days": ["monday"], "at": "12:30", "minutes": 20, "what": "Lunch"}),
    )
)
POOL = (
    SHORTER_MORNINGS,
    NO_EVENINGS,
    LUNCH,
    PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=60), *NO_EVENINGS.visits)),
    PlanEdits(support=(SupportEdit(edit=EditKind.ALTER, item="S1", what="She washes by herself"),)),
    PlanEdits(
        visits=(VisitEdit(edit=EditKind.ALTER, item="V2", minutes=45),), monitoring=MonitoringEdit(rhythm=Rhythm.DAILY)
    ),
    PlanEdits(involved=(InvolvedEdit(edit=EditKind.TAKE_OUT, item="P4"),)),
)
"""Changes that touch the same, other things, and want the same twice over."""
PARTIES = ("P1", "P2", "P4", "P5")


class Ledgers:
    """What the ledgers of every case about a plan say of it, told apart from its tables."""

    def __init__(self, office: Office, plan: str) -> None:
        with office.council.database.read() as session:
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
            self.status = {ref: session.get_one(Case, ref).status for ref in self.entries}
        self.content = {number: PlanContent.model_validate_json(one.content) for number, one in self.versions.items()}

    def steps(self, name: str) -> Iterator[tuple[str, Recorded]]:
        """Every entry of a step, with its case."""
        for ref, entries in self.entries.items():
            yield from ((ref, one) for one in entries if one.kind is EntryKind.DONE and one.step == name)

    def proposed(self, ref: str, before: int) -> ChangeUnderWay:
        """What a case had proposed last before one of its entries."""
        every = [one for one in self.entries[ref] if one.step == "propose-change" and one.no < before]
        return ChangeUnderWay.model_validate(every[-1].data)


class WatchedOffice(Office):
    """An office in which, after everything that happens, one plan is looked at."""

    plan: str | None = None

    def _settle(self) -> None:
        super()._settle()
        if self.plan is not None:
            look(self, self.plan)


def look(office: Office, plan: str) -> None:
    """The tables say what the ledgers say; nothing agreed is lost; no case waits on nobody."""
    told = Ledgers(office, plan)
    versions_are_those_of_the_ledgers(told)
    copies_are_those_of_the_ledgers(told)
    changes_are_those_of_the_ledgers(told)
    for ref in [one for one in office.cases(reablement_plan_change) if one in told.entries]:
        assert told.status[ref] != CaseStatus.NEEDS_ATTENTION, office.story_of(ref)[-1]
        assert told.status[ref] == CaseStatus.CLOSED or office.waiting_for(ref), "a change that waits on nobody"


def versions_are_those_of_the_ledgers(told: Ledgers) -> None:
    """Numbered without gaps, the last in force, and each what the change before it makes of the version before."""
    assert sorted(told.versions) == list(range(1, len(told.versions) + 1))
    assert told.row.in_force == len(told.versions)
    (begun,) = [PlanStands.model_validate(one.data) for _, one in told.steps("begin-plan")]
    assert told.content[1] == begun.content
    made = {}
    for ref, one in told.steps("make-version"):
        outcome = VersionMade.model_validate(one.data)
        if outcome.outcome is VersionOutcome.MADE:
            assert outcome.version not in made, "a version that two cases made"
            made[outcome.version] = (ref, one.no, outcome)
    assert sorted([1, *made]) == sorted(told.versions)
    for number, (ref, no, outcome) in made.items():
        row = next(one for one in told.changes if one.change_ref == ref)
        before, wanted = told.content[number - 1], told.proposed(ref, no).edits
        edits = without_what_is_done(wanted, told.content[row.seen], before)
        earlier = numbered(told.content[one] for one in range(1, number))
        for item in edits.touched - {MONITORING}:
            seen = told.content[row.seen].items.get(item)
            assert seen == before.items.get(item), "what somebody else had made was overwritten unseen"
        assert told.versions[number].made_in == ref
        assert told.content[number] == applied(edits, before, last_numbers=earlier), "an edit was lost or overwritten"
        assert outcome.differences == differences(before, told.content[number])


def copies_are_those_of_the_ledgers(told: Ledgers) -> None:
    """Each copy that the table has was noted in a ledger once, and nobody has a version that was not there."""
    (begun,) = [PlanStands.model_validate(one.data) for _, one in told.steps("begin-plan")]
    noted = [(told.row.case_ref, one.holder, one.version, one.by_hand) for one in begun.copies]
    for step, by_hand in (("note-copy", False), ("note-no-copy", False), ("note-amended-by-hand", True)):
        for ref, one in told.steps(step):
            after = PlanStands.model_validate(one.data)
            holder = "home" if by_hand else one.key.partition(":")[2].partition("[")[0]
            held = after.copy_of(holder)
            assert held is not None and held.by_hand is by_hand
            assert (held.version == 0) is (step == "note-no-copy")
            noted.append((ref, holder, held.version, by_hand))
    assert sorted(noted) == sorted((one.given_in, one.holder, one.version, one.by_hand) for one in told.copies)
    assert all(one.version <= told.row.in_force for one in told.copies)
    for holder in {one.holder for one in told.copies}:
        has_had = [one.version for one in told.copies if one.holder == holder and one.version]
        assert has_had == sorted(has_had), "somebody was given an older version after a newer one"


def changes_are_those_of_the_ledgers(told: Ledgers) -> None:
    """A change is under way exactly as long as its case has it so, and what they said to it is all there."""
    for row in told.changes:
        steps = [one for one in told.entries[row.change_ref] if one.kind is EntryKind.DONE]
        made = [VersionMade.model_validate(one.data) for one in steps if one.step == "make-version"]
        is_made = bool(made) and made[-1].outcome in (VersionOutcome.MADE, VersionOutcome.NOTHING_TO_CHANGE)
        is_stopped = any(one.step == "stop-change" for one in steps)
        state = ChangeState.MADE if is_made else ChangeState.STOPPED if is_stopped else ChangeState.UNDER_WAY
        assert row.state == state
        assert (row.became is not None) is is_made
        if told.status[row.change_ref] == CaseStatus.CLOSED:
            assert state is not ChangeState.UNDER_WAY, "a change that nobody carries on"
        noted = sum(one.step == "note-agreement" for one in steps)
        said = {(one.party, one.said_at) for one in told.said if one.change_ref == row.change_ref}
        assert len(said) <= noted and bool(said) is bool(noted)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the example council, to be copied for each example."""
    file = tmp_path_factory.mktemp("plans") / "pathways.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
    database.dispose()
    return file


SAID = st.lists(
    st.tuples(st.sampled_from(PARTIES), st.sampled_from(list(Stance))), max_size=4, unique_by=lambda o: o[0]
)
DECIDED = st.tuples(
    st.just("decide"), st.tuples(st.sampled_from(POOL), SAID, st.sampled_from(["agree", "agree", "some", "none"]))
)
PENDING = st.tuples(
    st.just("decide"), st.tuples(st.sampled_from(POOL), SAID, st.sampled_from(["none", "none", "some"]))
)
"""Decided on, and not agreed yet: two of these are under way at the same time."""
STEPS = st.one_of(
    st.tuples(st.just("evidence"), st.just(0)),
    DECIDED,
    DECIDED,
    st.tuples(st.just("others"), st.one_of(st.none(), SAID)),
    st.tuples(st.just("others"), st.none()),
    st.tuples(st.just("others"), st.none()),
    st.tuples(st.just("colleague"), st.sampled_from([True, True, False])),
    st.tuples(st.sampled_from(["senior", "interests", "issue"]), st.booleans()),
    st.tuples(st.just("copies"), st.lists(st.sampled_from(["home", *PARTIES, "P3"]), unique=True)),
    st.tuples(st.just("copies"), st.just(["home", *PARTIES, "P3"])),
    st.tuples(st.just("no-copy"), st.sampled_from(PARTIES[1:])),
    st.tuples(st.sampled_from(["by-hand", "told", "put-right", "end"]), st.just(0)),
    st.tuples(st.just("days"), st.sampled_from([0.2, 1])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pending=st.lists(PENDING, min_size=2, max_size=3),
    steps=st.lists(STEPS, min_size=12, max_size=24),
    which=st.randoms(use_true_random=False),
)
@pytest.mark.clauses("REA-06", "REA-11", "REA-16")
def test_plan_copies_and_ledgers_agree_whatever_happens(
    prepared: Path, tmp_path: Path, pending: list[tuple[str, Any]], steps: list[tuple[str, Any]], which: Any
) -> None:
    """
    After any evidence, answers, refusals, copies and silences, at every instant: versions have no gaps and each is
    what its change makes of the one before, so that nothing agreed is lost; the copies that people hold are those
    that the ledgers say; a change is under way as long as its case has it so; and no change waits on nobody.
    """
    file = tmp_path / f"{uuid.uuid4()}.db"
    file.write_bytes(prepared.read_bytes())
    database = Database(f"sqlite:///{file}")
    office = WatchedOffice(database, example_policy(), "2026-01-05 09:00")
    office.plan = in_reablement(office, involved=WITH_JACK)
    for what, how in (*[("evidence", 0)] * 3, *pending, *steps):
        perform(office, office.plan, what, how, which)
    office.days_pass(6)
    database.dispose()


def perform(office: Office, plan: str, what: str, how: Any, which: Any) -> None:
    """Do one step, where some case asks for it."""
    match what:
        case "evidence":
            if not office.is_closed(plan):
                office.signal(plan, DRESSES_ALONE, by="reablement-worker-2")
        case "decide":
            edits, said, kind = how
            answer(office, EvidenceDecision, decision(edits, said, kind), COORDINATOR, which)
        case "others":
            settled = SettledTogether(said=agree(*PARTIES)) if how is None else settled_as(how)
            answer(office, AgreementsOfOthers, AgreementsOfOthers(settled=settled, tried="rang"), COORDINATOR, which)
        case "colleague":
            reply = YES if how else NO
            answer(office, type(reply), reply, "reablement-worker-2", which)
        case "senior":
            decided = GO_AHEAD.model_copy(update={"goes_ahead": how})
            answer(office, type(decided), decided, SENIOR, which)
        case "interests":
            best = BestInterestsDecided(decided=IN_HER_INTERESTS.model_copy(update={"goes_ahead": how}))
            answer(office, BestInterestsDecided, best, COORDINATOR, which)
        case "issue":
            for issue in office.cases(reablement_plan_issue):
                if any("IssueExplored" in line for line in office.waiting_for(issue)):
                    office.answer(issue, explored(how), by=COORDINATOR)
        case "copies":
            answer(office, CopiesGivenOut, copies(*how), COORDINATOR, which)
        case "no-copy":
            none = NoCopy(who=how, why=WhyNoCopy.CONSENT_CHANGED, details="she said so")
            answer(office, CopiesGivenOut, CopiesGivenOut(no_copy=(none,)), COORDINATOR, which)
        case "by-hand":
            today = office.clock.now().date()
            for case in office.cases(reablement_plan_change):
                amended = HomeCopyAmended(amended_on=today)
                if not office.is_closed(case) and not problems_with(office.council, case, amended, by=COORDINATOR):
                    office.signal(case, amended, by=COORDINATOR)
        case "told":
            answer(office, type(TOLD), TOLD, COORDINATOR, which)
        case "put-right":
            right = HomeCopyPutRight(put_right_on=office.clock.now().date(), how="struck out")
            answer(office, HomeCopyPutRight, right, COORDINATOR, which)
        case "days":
            office.days_pass(how)
        case "end":
            if not office.is_closed(plan) and which.random() < 0.1:
                over = ReablementEndWanted(last_day=date(2026, 1, 4), because="moved", what_follows="nothing")
                office.signal(plan, over, by="reablement-lead")
        case _:
            raise AssertionError(f"no such step: {what}")


def answer(office: Office, form: type[Form], filled: Form, by: str, which: Any) -> None:
    """Answer one of the open questions on that form; what the door refuses is not answered."""
    open_ones = [
        case
        for case in office.cases(reablement_plan_change)
        if any(line.startswith(f"{form.name()} of") for line in office.waiting_for(case))
    ]
    if open_ones:
        try:
            office.answer(which.choice(open_ones), filled, by=by)
        except AnswerRefused:
            return


def decision(edits: PlanEdits, said: list[tuple[str, Stance]], kind: str) -> EvidenceDecision:
    """The plan is to change, with all of it settled, some, or none."""
    settled = {"agree": SettledTogether(said=agree(*PARTIES), amended_at_home=True), "some": settled_as(said)}
    return EvidenceDecision(step=EvidenceStep.CHANGE_THE_PLAN, reasons="seen", edits=edits, settled=settled.get(kind))


def settled_as(said: list[tuple[str, Stance]]) -> SettledTogether:
    """What some of them said; the person can decide about it, unless it is she who objects to how."""
    lacks = ("P1", Stance.OBJECTS_TO_HOW) in said
    everyone = tuple(agree(who)[0] if stance is Stance.AGREES else says(who, stance) for who, stance in said)
    capacity = Capacity.LACKS if lacks else Capacity.HAS
    return SettledTogether(said=everyone, capacity=capacity, capacity_how="cannot say" if lacks else "")


def explored(settled: bool) -> IssueExplored:
    """The objection was talked over."""
    return IssueExplored(
        explored="he fears a fall",
        has_capacity=True,
        individual=IndividualConcerned.INVOLVED,
        options=(OptionWeighed(option=ResolvingOption.TALK, what="a rail", strengths="steady hands"),),
        agreement=IssueAgreement.SETTLED if settled else IssueAgreement.NOT_AGREED,
        not_agreed_because="" if settled else "not enough",
    )
