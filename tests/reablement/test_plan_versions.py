"""A plan's versions: changes take turns, nothing is overwritten, and nobody is asked twice for the same."""

from __future__ import annotations

import pytest
from pydantic import Field

from models.forms.base import CaseFacts, Signal
from models.reablement.edits import EditKind, PlanEdits, VisitEdit
from models.reablement.findings import PlanStands, ToAgree, VersionMade, VersionOutcome
from models.reablement.plan import Part
from models.reablement.tables import HOME
from tasks.durable import first_of, procedure, signal
from tasks.durable.testing import Office
from tasks.reablement.agreements import look_up_who_is_to_agree, note_agreement
from tasks.reablement.copies import note_amended_by_hand, note_copy
from tasks.reablement.plans import look_up_plan, pause_plan, resume_plan, standing_of_plan
from tasks.reablement.versions import make_version, propose_change, stop_change
from tests.procedures.reablement_stories import (
    CARER_ID,
    NO_EVENINGS,
    SHORTER_MORNINGS,
    THERAPIST_ID,
    in_reablement,
)

LONGER_MORNINGS = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=60),))


class Changing(CaseFacts):
    """Somebody changes a plan by hand, step by step, as the test says."""

    plan: str
    edits: PlanEdits


class NowDo(Signal):
    """The next step of it."""

    title = "the next step"
    what: str
    party: str = ""
    agrees: bool = True
    found: list[str] = Field(default_factory=list)


made: dict[str, VersionMade] = {}
asked: dict[str, tuple[ToAgree, ...]] = {}


@procedure(follows="Changing a plan in a test")
def changing(facts: Changing) -> None:
    """Propose, and do what comes."""
    stands = look_up_plan(facts.plan)
    propose_change(facts.plan, facts.edits, stands.version)
    while True:
        match first_of(signal(NowDo)):
            case NowDo(what="make"):
                made["last"] = make_version(facts.plan)
            case NowDo(what="ask"):
                asked["last"] = look_up_who_is_to_agree(facts.plan)
            case NowDo(what="agree", party=party, agrees=agrees):
                note_agreement(facts.plan, party, agrees)
            case NowDo(what="copy", party=party):
                note_copy(facts.plan, party, look_up_plan(facts.plan).version, "on paper")
            case NowDo(what="by-hand"):
                note_amended_by_hand(facts.plan, look_up_plan(facts.plan).version)
            case NowDo(what="pause"):
                pause_plan(facts.plan)
            case NowDo(what="resume"):
                resume_plan(facts.plan)
            case _:
                stop_change(facts.plan)


def stands(office: Office, plan: str) -> PlanStands:
    """How the plan stands now."""
    with office.council.database.read() as session:
        return standing_of_plan(session, plan)


def do(office: Office, change: str, what: str, party: str = "", agrees: bool = True) -> None:
    """The next step of a change."""
    office.signal(change, NowDo(what=what, party=party, agrees=agrees))


def test_a_change_that_is_made_is_the_next_version(office: Office) -> None:
    """It is in force at once, with what is otherwise in plain words; the copies are of the version before."""
    plan = in_reablement(office)
    change = office.start(changing, Changing(plan=plan, edits=SHORTER_MORNINGS))
    assert [one.differences for one in stands(office, plan).changes] == [
        ("Visit V1: length 30 minutes instead of 45 minutes.",)
    ]
    do(office, change, "make")
    assert made["last"] == VersionMade(
        outcome=VersionOutcome.MADE, version=2, differences=("Visit V1: length 30 minutes instead of 45 minutes.",)
    )
    now = stands(office, plan)
    assert (now.version, now.content.visits[0].minutes, now.changes) == (2, 30, ())
    assert now.to_get_a_copy == (HOME, "P1", "P2", "P3", "P4")


def test_two_changes_of_different_things_both_come_to_stand(office: Office) -> None:
    """Both were proposed while version 1 was in force; the second sees the first, and neither is lost."""
    plan = in_reablement(office)
    first = office.start(changing, Changing(plan=plan, edits=SHORTER_MORNINGS))
    second = office.start(changing, Changing(plan=plan, edits=NO_EVENINGS))
    assert [one.ref for one in stands(office, plan).changes] == [first, second]
    do(office, second, "make")
    do(office, first, "make")
    now = stands(office, plan)
    assert (now.version, [(one.id, one.minutes) for one in now.content.visits]) == (3, [("V1", 30)])


def test_two_changes_of_the_same_thing_do_not_overwrite_each_other(office: Office) -> None:
    """The later is told what the other has altered; the plan stays as the first made it."""
    plan = in_reablement(office)
    first = office.start(changing, Changing(plan=plan, edits=SHORTER_MORNINGS))
    second = office.start(changing, Changing(plan=plan, edits=LONGER_MORNINGS))
    do(office, first, "make")
    do(office, second, "make")
    assert made["last"] == VersionMade(outcome=VersionOutcome.CLASHES, version=2, clashing=("V1",))
    assert stands(office, plan).content.visits[0].minutes == 30
    do(office, second, "stop")
    assert stands(office, plan).changes == ()


@pytest.mark.clauses("REA-06")
def test_everybody_involved_is_to_agree_and_nobody_twice(office: Office) -> None:
    """REA-06: what they said to the same edit in another change counts; who is asked there is not asked here."""
    plan = in_reablement(office)
    first = office.start(changing, Changing(plan=plan, edits=SHORTER_MORNINGS))
    do(office, first, "agree", CARER_ID)
    do(office, first, "agree", THERAPIST_ID, agrees=False)
    do(office, first, "ask")
    assert [one.party.part for one in asked["last"]] == [
        Part.PERSON,
        Part.CARER,
        Part.REABLEMENT_WORKER,
        Part.OCCUPATIONAL_THERAPIST,
    ]
    assert [(one.agreed_already, one.objected, one.asked_in) for one in asked["last"]] == [
        (False, False, None),
        (True, False, None),
        (False, False, None),
        (False, True, None),
    ]
    second = office.start(changing, Changing(plan=plan, edits=SHORTER_MORNINGS))
    do(office, second, "ask")
    assert [(one.agreed_already, one.objected, one.asked_in) for one in asked["last"]] == [
        (False, False, first),
        (True, False, None),
        (False, False, first),
        (False, True, first),
    ]
    do(office, first, "stop")
    do(office, second, "ask")
    assert [(one.agreed_already, one.objected, one.asked_in) for one in asked["last"]] == [(False, False, None)] * 4


@pytest.mark.clauses("REA-16")
def test_who_has_which_version_is_known(office: Office) -> None:
    """REA-16: whoever has had the new copy needs none; one that was amended by hand gives way to a new one."""
    plan = in_reablement(office)
    change = office.start(changing, Changing(plan=plan, edits=SHORTER_MORNINGS))
    do(office, change, "make")
    do(office, change, "copy", "P2")
    do(office, change, "by-hand")
    now = stands(office, plan)
    assert now.to_get_a_copy == (HOME, "P1", "P3", "P4")
    assert [(one.holder, one.version, one.by_hand) for one in now.copies if one.version == 2] == [
        (HOME, 2, True),
        ("P2", 2, False),
    ]


def test_only_the_case_that_paused_reablement_ends_the_pause(office: Office) -> None:
    """Another may not let visits go on that somebody has stopped for a reason."""
    plan = in_reablement(office)
    first = office.start(changing, Changing(plan=plan, edits=SHORTER_MORNINGS))
    second = office.start(changing, Changing(plan=plan, edits=NO_EVENINGS))
    do(office, first, "pause")
    do(office, second, "resume")
    assert stands(office, plan).paused
    do(office, first, "resume")
    assert not stands(office, plan).paused
