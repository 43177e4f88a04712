"""
A year of a planned work tray that always holds so many people, under the virtual clock, with the ledger on disk.

Red, Amber and Green stand 1:2:3. Everybody is reached on the day on which contact is asked; each day some are allocated
and others take their places, so that the tray stays full. `python -m tests.benchmarks.tray_year 2000 365` is the whole;
`--database postgresql` runs it there, `--profile` says where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import func, select, update

from flows.pwt_review import pwt_review
from models.cases import Case, Entry, WorkItem
from models.clock import VirtualClock
from models.decision_tables.levels import Complexity, Priority, Rag
from models.forms.tray_escalation import EscalationDiscussed
from models.forms.tray_signals import AllocationSettled
from models.forms.tray_waiting import ContactOutcome, ContactReview, TrayPlacement
from models.notices import Recipient
from models.register import Person
from models.states import CaseStatus, WorkItemState
from models.tray import Rated, TableSaid
from tasks.durable.arrivals import send_signal
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.local import LocalRuntime, live
from tasks.durable.worklist import answer
from tests.benchmarks.rival import Rival
from tests.benchmarks.scratch import scratch_council

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
COLOURS = [Rag.RED, Rag.AMBER, Rag.AMBER, Rag.GREEN, Rag.GREEN, Rag.GREEN]
DAYS_ON_THE_TRAY = 90
"""How long somebody waits, on average, before a worker accepts them."""
LEGS_OF_A_CASE = 60
"""How many legs a case of SpiffWorkflow lives through here: about as many as one that stays on the tray."""
DISCUSSED = EscalationDiscussed(what_was_discussed="with the team leader", what_follows="first to be allocated")
CONTACT_FORMS = ("ContactReview", "RedContactReview")


def tray_year(council: Council, clock: VirtualClock, people: int, days: int) -> dict[str, float]:
    """Live through it; what happened, and how fast."""
    random, runtime = Random(20260105), LocalRuntime(council)
    numbers = count()
    waiting = [_place(council, random, next(numbers)) for _ in range(people)]
    runtime.run_what_is_due()
    before = _counts(council)
    begun, legs = time.perf_counter(), runtime.legs
    contacts = 0
    for day in range(1, days + 1):
        tonight = START + timedelta(days=day)

        def answer_what_is_asked() -> None:
            nonlocal contacts
            contacts += _everybody_is_reached(council)
            runtime.run_what_is_due()

        live(runtime, clock, tonight, between=answer_what_is_asked)
        for _ in range(_leaving_today(random, people)):
            leaver = waiting.pop(random.randrange(len(waiting)))
            send_signal(council, leaver, AllocationSettled(accepted_by="practitioner"))
            waiting.append(_place(council, random, next(numbers)))
        runtime.run_what_is_due()
    seconds = time.perf_counter() - begun
    after = _counts(council)
    return {
        "people": people,
        "days": days,
        "contacts": contacts,
        "legs": runtime.legs - legs,
        "steps": after["entries"] - before["entries"],
        "cases_opened": after["cases"] - before["cases"],
        "seconds": round(seconds, 1),
        "legs_a_second": round((runtime.legs - legs) / seconds, 1),
        "steps_a_second": round((after["entries"] - before["entries"]) / seconds, 1),
        "longest_ledger": after["longest"],
    }


def _place(council: Council, random: Random, number: int) -> str:
    colour, person = COLOURS[number % len(COLOURS)], f"T-{number}"
    with council.database.write() as session:
        session.add(Person(id=person, record_id=f"R-{number}", name=f"Person {number}"))
    said = TableSaid(outcome=colour, row="RAG-1", clauses=("PWT-39",))
    rated = Rated(
        colour=colour,
        priority=Priority.LOW,
        complexity=Complexity.LOW,
        urgent=False,
        by_matrix=said,
        by_priority_table=said.model_copy(update={"outcome": Priority.LOW}),
        by_complexity_table=said.model_copy(update={"outcome": Complexity.LOW}),
    )
    now = council.clock.now()
    reached = now - timedelta(days=random.randrange(6))
    facts = TrayPlacement(
        person=person,
        team="hazel",
        requested_at=reached,
        placed_by="team-leader",
        rated=rated,
        last_reached_at=reached,
        safety_plan="a neighbour looks in" if colour is Rag.RED else "",
    )
    return open_new(council, pwt_review.procedure.name, facts, owner=Recipient.staff("team-leader"))


def _leaving_today(random: Random, people: int) -> int:
    whole, part = divmod(people / DAYS_ON_THE_TRAY, 1)
    return int(whole) + (random.random() < part)


def _everybody_is_reached(council: Council) -> int:
    """Answer every contact that is asked, and every discussion with a senior manager, as the worklist does."""
    with council.database.read() as session:
        items = session.execute(
            select(WorkItem.id, WorkItem.form).where(
                WorkItem.state == WorkItemState.OPEN, WorkItem.form.in_([*CONTACT_FORMS, EscalationDiscussed.name()])
            )
        ).all()
    said = ContactReview(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True, note_id="A-1")
    for item, form in items:
        given = said if form in CONTACT_FORMS else DISCUSSED
        answer(council, item, given.model_dump(mode="json"), by="head-of-service")
    return sum(form in CONTACT_FORMS for _, form in items)


def _counts(council: Council) -> dict[str, int]:
    with council.database.read() as session:
        return {
            "entries": session.scalar(select(func.count()).select_from(Entry)) or 0,
            "cases": session.scalar(select(func.count()).select_from(Case)) or 0,
            "longest": session.scalar(select(func.max(Case.head_no)).where(Case.status == CaseStatus.OPEN)) or 0,
        }


def measured(people: int, days: int, kind: str = "sqlite", *, rival: bool = True) -> dict[str, float]:
    """The tray for so many days in a database of its own, and SpiffWorkflow's legs beside it before and after."""
    clock = VirtualClock(START)
    with scratch_council(kind, clock) as council, tempfile.TemporaryDirectory() as folder:
        with council.database.write() as session:
            session.execute(update(Person).values(preferred_method=None))
        if not rival:
            return tray_year(council, clock, people, days)
        with Rival("spiff_legs", str(Path(folder) / "spiff.db")) as spiff:
            spiff.round(5)
            before = spiff.round(LEGS_OF_A_CASE)
            found = tray_year(council, clock, people, days)
            theirs = 2 * LEGS_OF_A_CASE / (before + spiff.round(LEGS_OF_A_CASE))
    return found | {
        "spiff_legs_a_second": round(theirs, 1),
        "times_the_rate_of_spiff": round(found["legs_a_second"] / theirs, 2),
    }


def main() -> None:
    """Run it from the command line, and print what came of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="?", default=2000)
    parser.add_argument("days", type=int, nargs="?", default=365)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--profile", action="store_true")
    wanted = parser.parse_args()
    profile = cProfile.Profile()
    if wanted.profile:
        profile.enable()
    found = measured(wanted.people, wanted.days, wanted.database, rival=not wanted.profile)
    profile.disable()
    json.dump(found | {"database": wanted.database}, sys.stdout, indent=2)
    sys.stdout.write("\n")
    if wanted.profile:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumtime").print_stats("/(tasks|models|flows)/", 45)


if __name__ == "__main__":
    main()
