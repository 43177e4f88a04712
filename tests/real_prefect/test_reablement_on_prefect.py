"""A reablement plan is changed on the real parts: its run sleeps on, the change's run ends, Prefect knows nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.cases import Case, EntryPayload
from models.entry_kinds import EntryKind
from models.forms.plan_agreement import SaidToTheChange, SettledTogether, Stance
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.plan_copies import CopiesGivenOut, CopyGiven, CopyWay
from models.forms.reablement import ReablementBegun
from models.forms.reablement_signals import EvidenceKind, EvidenceReceived
from models.notices import Recipient
from models.reablement.edits import EditKind, PlanEdits, SupportEdit, VisitEdit
from models.reablement.findings import PlanStands
from models.reablement.plan import (
    EVERY_DAY,
    Equipment,
    Monitoring,
    Outcome,
    Part,
    Rhythm,
    SomebodyInvolved,
    Support,
    Visit,
)
from models.reablement.tables import HOME
from models.working_time import local_day
from tasks.durable.arrivals import outcome_of, send_signal
from tasks.durable.cases import open_new
from tasks.reablement.plans import standing_of_plan
from tests.real_prefect.conftest import System, eventually
from tests.real_prefect.outside import Outside

pytestmark = [pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]

CANARY = "CANARYPLAN"
"""In everything that somebody writes about the person, with a word after it that tells where it was."""
COORDINATOR = "reablement-worker"
WHOM = "P-103"


@pytest.fixture
def outside(system: System) -> Iterator[Outside]:
    """The running system, from outside."""
    outside = Outside(system)
    yield outside
    outside.council.database.dispose()


def begun_on(day: date) -> ReablementBegun:
    """Somebody's first plan; the person, their daughter and the worker who coordinates it have a part in it."""
    return ReablementBegun(
        person=WHOM,
        team="reablement",
        worker=COORDINATOR,
        begun_on=day,
        outcomes=(Outcome(what=f"{CANARY}OUTCOME dresses alone"),),
        visits=(Visit(days=EVERY_DAY, at=time(8), minutes=45, what=f"{CANARY}VISIT washing"),),
        support=(Support(what=f"{CANARY}SUPPORT the worker washes the feet"),),
        equipment=(Equipment(what=f"{CANARY}EQUIPMENT bath step"),),
        monitoring=Monitoring(rhythm=Rhythm.WEEKLY, how=f"{CANARY}MONITORING looks at what was done"),
        involved=(
            SomebodyInvolved(part=Part.PERSON, name=f"{CANARY}PERSON Peake"),
            SomebodyInvolved(part=Part.CARER, name=f"{CANARY}CARER Peake", email=f"{CANARY.lower()}@example.org"),
            SomebodyInvolved(part=Part.REABLEMENT_WORKER, name=f"{CANARY}WORKER Solanki", staff=COORDINATOR),
        ),
    )


EVIDENCE = EvidenceReceived(
    kind=EvidenceKind.OBSERVATION, given_by=f"{CANARY}GIVER Ormsby", what=f"{CANARY}EVIDENCE dresses without help"
)
SETTLED_IN_ONE_VISIT = EvidenceDecision(
    step=EvidenceStep.CHANGE_THE_PLAN,
    reasons=f"{CANARY}REASONS half an hour is enough",
    advocate_needed=False,
    edits=PlanEdits(
        visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=30),),
        support=(SupportEdit(edit=EditKind.ALTER, item="S1", what=f"{CANARY}EDIT washes the feet alone"),),
    ),
    settled=SettledTogether(said=tuple(SaidToTheChange(who=one, says=Stance.AGREES) for one in ("P1", "P2"))),
)
COPIES = CopiesGivenOut(
    given=tuple(CopyGiven(who=one, way=CopyWay.BY_HAND) for one in (HOME, "P1", "P2", "P3")),
    rota_matches=True,
    tried=f"{CANARY}TRIED rang first",
)


@pytest.mark.clauses("REA-06", "REA-09", "REA-11", "REA-16")
def test_a_plan_is_changed_and_its_case_sleeps_on(outside: Outside, system: System) -> None:
    """Evidence, one form, version 2, copies: the change's run is COMPLETED, the plan's SCHEDULED, neither names her."""
    today = local_day(outside.council.clock.now())

    # ------------------------------------------------------------ reablement begins, and its case sleeps
    begun = begun_on(today - timedelta(days=1))
    plan = open_new(outside.council, "reablement", begun, owner=Recipient.staff(COORDINATOR), by=COORDINATOR)
    first = eventually(lambda: asleep(outside, plan))

    # ------------------------------------------------------------ evidence comes, and is decided and agreed on one form
    send_signal(outside.council, plan, EVIDENCE, by="reablement-worker-2")
    outside.wake(plan)
    (change,) = eventually(lambda: outside.children(plan, "reablement-plan-change"))
    asking = eventually(lambda: asleep(outside, change))
    assert asking["state_name"] == "Awaiting deciding on evidence about a reablement plan"
    assert {"reablement-plan-change", f"awaited-staff-{COORDINATOR}"} <= set(asking["tags"])
    outside.answer(change, SETTLED_IN_ONE_VISIT, COORDINATOR)

    # ------------------------------------------------------------ version 2 is in force, and copies are to go out
    eventually(lambda: outside.open_form(change, CopiesGivenOut))
    made = stands(outside, plan)
    assert (made.version, [one.minutes for one in made.content.visits]) == (2, [30])
    assert made.to_get_a_copy == (HOME, "P1", "P2", "P3")
    outside.answer(change, COPIES, COORDINATOR)

    # ------------------------------------------------------------ the change is over; the plan's case sleeps on
    over = eventually(lambda: (run := system.run_of(change)) and run["state_type"] == "COMPLETED" and run)
    assert (over["id"], over["state_name"], over["parameters"]) == (asking["id"], "Closed", {"ref": change})
    assert outcome(outside, change) == "changed"
    assert stands(outside, plan).to_get_a_copy == ()
    again = eventually(lambda: has_taken_note(outside, plan) and asleep(outside, plan))
    assert (again["id"], again["state_type"]) == (first["id"], "SCHEDULED")
    assert re.fullmatch(rf"{plan} · Waiting for free weeks end in sight · next \w+ \d+ \w+", again["name"])
    assert again["parameters"] == {"ref": plan}

    # ------------------------------------------------------------ nothing that anybody wrote has reached Prefect
    ours = [case.flow_run_id for case in family(outside, plan) if case.flow_run_id]
    eventually(lambda: "make-version" in str(task_runs(system, ours)))  # steps are shown a little later
    answers = everything_prefect_says(system, ours)
    assert plan in answers["flow_runs"] and change in answers["flow_runs"]
    assert all(run in answers["flow_run_states"] for run in (first["id"], over["id"]))
    assert {about: leaked(said) for about, said in answers.items() if leaked(said)} == {}
    assert CANARY in " ".join(payloads(outside, plan, change)), "the canary sat where it could have sung"


def asleep(outside: Outside, ref: str) -> dict[str, Any] | None:
    """The run of a case whose leg has ended, once it waits in Prefect for its next time."""
    if outside.case(ref).asleep_wake_no < 0:  # before the run: one that has not begun is SCHEDULED as well
        return None
    run = outside.system.run_of(ref)
    return run if run is not None and run["state_type"] == "SCHEDULED" else None


def stands(outside: Outside, plan: str) -> PlanStands:
    """How the plan stands now."""
    with outside.council.database.read() as session:
        return standing_of_plan(session, plan)


def outcome(outside: Outside, ref: str) -> str | None:
    """How the closed case ended."""
    with outside.council.database.read() as session:
        return outcome_of(session, ref)


def has_taken_note(outside: Outside, plan: str) -> bool:
    """Whether the plan's case has looked at the plan since the change's case was closed."""
    kinds = [(entry.kind, entry.step) for entry in outside.entries(plan)]
    closed = [no for no, (kind, _) in enumerate(kinds) if kind == EntryKind.CASE_CLOSED]
    return bool(closed) and (EntryKind.DONE, "look-up-plan") in kinds[closed[-1] :]


def payloads(outside: Outside, *refs: str) -> list[str]:
    """What the entries of those cases say in full."""
    with outside.council.database.read() as session:
        kept = session.scalars(select(EntryPayload.content).where(EntryPayload.case_ref.in_(refs)))
        return [one for one in kept if one]


def family(outside: Outside, ref: str) -> list[Case]:
    """A case and all that it has opened, and they."""
    with outside.council.database.read() as session:
        found, refs = [session.get_one(Case, ref)], [ref]
        while refs:
            children = session.scalars(select(Case).where(Case.parent_ref.in_(refs))).all()
            found.extend(children)
            refs = [one.ref for one in children]
    return found


def everything_prefect_says(system: System, runs: list[str]) -> dict[str, str]:
    """What its API answers: about those runs, and besides every log line, artifact and variable, as text."""
    return {
        "flow_runs": str(every_page(system, "/flow_runs/filter", {})),
        "flow_run_states": str([system.prefect("GET", f"/flow_run_states/?flow_run_id={run}").json() for run in runs]),
        "task_runs": str(task_runs(system, runs)),
        "logs": str(every_page(system, "/logs/filter", {})),
        "artifacts": str(every_page(system, "/artifacts/filter", {})),
        "variables": str(every_page(system, "/variables/filter", {})),
        "events": str([events_about(system, run) for run in runs]),
    }


def task_runs(system: System, runs: list[str]) -> list[Any]:
    """The steps of those runs, as managers see them."""
    return every_page(system, "/task_runs/filter", {"flow_runs": {"id": {"any_": runs}}})


def every_page(system: System, path: str, wanted: dict[str, Any]) -> list[Any]:
    """All that a filter finds, page after page."""
    found: list[Any] = []
    while page := system.prefect("POST", path, json=wanted | {"limit": 100, "offset": len(found)}).json():
        found.extend(page)
    return found


def events_about(system: System, run: str) -> list[Any]:
    """The events of a run."""
    about = {"filter": {"any_resource": {"id": [f"prefect.flow-run.{run}"]}}, "limit": 50}
    answer = system.prefect("POST", "/events/filter", json=about).json()
    found = list(answer["events"])
    while answer["next_page"]:
        answer = system.prefect("GET", answer["next_page"].partition("/api")[2]).json()
        found.extend(answer["events"])
    return found


def leaked(said: str) -> list[str]:
    """The canary words in it, and the person's register id."""
    return sorted({*re.findall(rf"{CANARY}\w*", said, re.IGNORECASE), *re.findall(rf"{WHOM}\b", said)})
