"""Whatever comes in whatever order: the plan in force, the copies that people hold and the ledgers agree."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import REGISTER_DATE
from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_plan_issue import reablement_plan_issue
from models.cases import Case
from models.forms.base import AnswerRefused, Form
from models.forms.monitoring_change import MonitoringDecided, MonitoringExplained, MonitoringSettled, SaysToIt
from models.forms.plan_agreement import AgreementsOfOthers, BestInterestsDecided, Capacity, SettledTogether, Stance
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.plan_copies import CopiesGivenOut, HomeCopyAmended, HomeCopyPutRight, NoCopy, WhyNoCopy
from models.forms.plan_issue import IndividualConcerned, IssueAgreement, IssueExplored, OptionWeighed, ResolvingOption
from models.forms.reablement_signals import MonitoringChangeWanted, ReablementEndWanted
from models.reablement.edits import (
    EditKind,
    InvolvedEdit,
    MonitoringEdit,
    PlanEdits,
    SupportEdit,
    VisitEdit,
)
from models.reablement.plan import Rhythm
from models.states import CaseStatus
from tasks.database import Database
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
from tests.reablement.plan_ledgers import what_does_not_agree

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
WEIGHED = MonitoringDecided(
    go_ahead=True, regard_to_views="he fears a fall", regard_to_wellbeing="she is proud", reasons="tried for a week"
)


class WatchedOffice(Office):
    """An office in which, after everything that happens, one plan is looked at."""

    plan: str | None = None

    def _settle(self) -> None:
        super()._settle()
        if self.plan is not None:
            look(self, self.plan)


def look(office: Office, plan: str) -> None:
    """The tables say what the ledgers say; nothing agreed is lost; no case waits on nobody."""
    assert what_does_not_agree(office.council.database, plan) == []
    with office.council.database.read() as session:
        parked = session.scalars(select(Case.ref).where(Case.status == CaseStatus.NEEDS_ATTENTION)).all()
    assert [office.story_of(ref)[-1] for ref in parked] == []


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
MONITORED = st.tuples(st.just("monitoring"), st.tuples(st.sampled_from(list(Rhythm)), st.sampled_from(list(SaysToIt))))
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
    st.tuples(st.just("monitoring-wanted"), st.just(0)),
    MONITORED,
    MONITORED,
    st.tuples(st.sampled_from(["monitoring-decided", "monitoring-explained"]), st.booleans()),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pending=st.lists(PENDING, min_size=2, max_size=3),
    steps=st.lists(STEPS, min_size=12, max_size=24),
    which=st.integers(0, 2**32 - 1).map(Random),  # how often it chooses hangs on refs, which are never the same twice
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
    for what, how in (*(step for one in pending for step in (("evidence", 0), one)), ("evidence", 0), *steps):
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
        case "monitoring-wanted":
            if not office.is_closed(plan):
                wanted = MonitoringChangeWanted(wanted_by="Joan Tilling", what="she manages well")
                office.signal(plan, wanted, by="reablement-worker-2")
        case "monitoring":
            perform(office, plan, "monitoring-wanted", 0, which)
            answer(office, MonitoringSettled, monitored(*how), COORDINATOR, which)
        case "monitoring-decided":
            answer(office, MonitoringDecided, WEIGHED.model_copy(update={"go_ahead": how}), SENIOR, which)
        case "monitoring-explained":
            answer(office, MonitoringExplained, MonitoringExplained(how="rang them"), COORDINATOR, which)
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
            for case in changing(office):
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
        for case in changing(office)
        if any(line.startswith(f"{form.name()} of") for line in office.waiting_for(case))
    ]
    if open_ones:
        try:
            office.answer(which.choice(open_ones), filled, by=by)
        except AnswerRefused:
            return


def changing(office: Office) -> list[str]:
    """The cases that may make a version of the plan, the oldest of each procedure first."""
    return [*office.cases(reablement_plan_change), *office.cases(reablement_monitoring_change)]


def monitored(rhythm: Rhythm, says: SaysToIt) -> MonitoringSettled:
    """Monitoring is to change, as person and carer say; a worker who looks otherwise, where the rhythm is the same."""
    return MonitoringSettled(
        change=True,
        rhythm=rhythm,
        how=f"the worker looks, {rhythm}",
        reasons="seen",
        has_capacity=True,
        person_says=says,
        carer_says=SaysToIt.AGREES,
        what_they_say="she would rather not" if says is not SaysToIt.AGREES else "",
    )


def decision(edits: PlanEdits, said: list[tuple[str, Stance]], kind: str) -> EvidenceDecision:
    """The plan is to change, with all of it settled, some, or none."""
    settled = {"agree": SettledTogether(said=agree(*PARTIES), amended_at_home=True), "some": settled_as(said)}
    said_so = {"edits": edits, "settled": settled.get(kind), "advocate_needed": False}
    return EvidenceDecision(step=EvidenceStep.CHANGE_THE_PLAN, reasons="seen", **said_so)


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
