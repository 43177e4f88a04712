"""
A page of a list of work with 100,000 open cases against one with 1,000, as several people see it.

What the duty role is asked grows with the council. A team does not: a larger council has more of them, and Hazel has
its `OF_HAZEL` cases in both. So have the restricted cases. `--database postgresql` runs it there.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, text

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from models.case_people import CasePerson
from models.cases import Case, Lease, Milestone, WorkItem
from models.clock import VirtualClock
from models.decision_tables.levels import Complexity, Priority, Rag
from models.forms.base import CaseFacts
from models.notices import Recipient
from models.refs import new_ref
from models.register import Allocation, Person, Staff, Team
from models.tray import TrayPlace
from tasks.database import Database
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.worklist.listing import work
from tasks.worklist.members import Member, member_of
from tasks.worklist.query import DueIn, Sort, Taken, Whose, WorkQuery
from tests.benchmarks.scratch import scratch_database

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ROUNDS, FEW, MANY, RESTRICTED, OF_HAZEL = 21, 1_000, 100_000, 10, 200
PEOPLE = ("duty-worker", "practitioner", "team-leader", "head-of-service")
QUERIES = {
    "mine": WorkQuery(),
    "team": WorkQuery(Whose.TEAM),
    "all": WorkQuery(Whose.ALL),
    "all, Red": WorkQuery(Whose.ALL, colour=Rag.RED),
    "all, Red, high complexity, overdue": WorkQuery(
        Whose.ALL, colour=Rag.RED, complexity=Complexity.HIGH, due=DueIn.OVERDUE
    ),
    "all, a rare procedure": WorkQuery(Whose.ALL, procedure="rare-thing"),
    "all, one person": WorkQuery(Whose.ALL, person="B-7"),
    "all, taken by me": WorkQuery(Whose.ALL, taken=Taken.ME),
    "all, by colour": WorkQuery(Whose.ALL, sort=Sort.COLOUR),
}


class NoFacts(CaseFacts):
    """Nothing."""


def worklist_lists(few: Database, many: Database, cases_of_many: int = MANY) -> dict[str, Any]:
    """Milliseconds of a page at either size and their ratio, for each list and each person."""
    for database, cases in ((few, FEW), (many, cases_of_many)):
        fill(database, cases)
    found: dict[str, Any] = {}
    for staff_id in PEOPLE:
        for name, query in QUERIES.items():
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(ROUNDS):
                for database, seconds in zip((few, many), times, strict=True):
                    seconds.append(_page(database, staff_id, query))
            small, large = (statistics.median(one) for one in times)
            found[f"{staff_id}: {name}"] = {
                "few_ms": round(small * 1000, 1),
                "many_ms": round(large * 1000, 1),
                "ratio": round(large / small, 2),
            }
    found["worst_ratio"] = max(one["ratio"] for one in found.values())
    return found


def _page(database: Database, staff_id: str, query: WorkQuery) -> float:
    begun = time.perf_counter()
    with database.read() as session:
        member = member_of(session, staff_id, NOW)
        assert isinstance(member, Member)
        work(session, member, query, now=NOW)
    return time.perf_counter() - begun


def fill(database: Database, cases: int, teams: int = 18, members: int = 10) -> None:
    """So many open cases with a question each, by bulk inserts, on an example council with more teams."""
    upgrade(database)
    with database.write() as session:
        load_example_register(session, NOW)
        for team in range(teams):
            session.add(Team(id=f"team-{team}", name=f"Team {team}"))
            session.flush()
            for one in range(members):
                session.add(
                    Staff(id=f"w-{team}-{one}", name=f"W {team} {one}", role="practitioner", team_id=f"team-{team}")
                )
    council = Council(database, example_policy(), VirtualClock(NOW))
    for _ in range(RESTRICTED):
        open_new(council, "unauthorised-disclosure", NoFacts(), owner=Recipient.role("team-manager"), restricted=True)
    random, workers = Random(20260105), [f"w-{team}-{one}" for team in range(teams) for one in range(members)]
    for begin in range(0, cases, 10_000):
        rows = [
            _case(random, number, workers, number % (cases // OF_HAZEL) == 0)
            for number in range(begin, min(begin + 10_000, cases))
        ]
        with database.write() as session:
            for table in (Case, Lease, Person, CasePerson, Allocation, TrayPlace, WorkItem, Milestone):
                of_table = [row[table.__tablename__] for row in rows if table.__tablename__ in row]
                if of_table:
                    session.connection().execute(insert(table), of_table)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))  # as PostgreSQL does by itself


def _case(random: Random, number: int, workers: list[str], is_hazels: bool) -> dict[str, dict[str, Any]]:
    """
    Four in ten are asked of the duty role, the rest of workers by name. Of ten that are Hazel's two are Priya Nair's,
    seven others', and one its leader's. Half are on a tray.
    """
    ref, person, lot = new_ref(), f"B-{number}", number % 100
    hazel = ("practitioner", "practitioner", *["practitioner-2", "practitioner-3"] * 3, "practitioner-3", "team-leader")
    worker = random.choice(hazel if is_hazels else workers)
    team = "hazel" if is_hazels else f"team-{worker.split('-')[1]}"
    of_duty = lot >= 60 and not is_hazels
    asked = "role-duty-worker" if of_duty else f"staff-{worker}"
    opened = NOW - timedelta(minutes=random.randrange(60 * 24 * 60))
    due = None if random.random() < 0.1 else NOW + timedelta(minutes=random.randrange(-3 * 24 * 60, 30 * 24 * 60))
    on_tray = random.random() < 0.5
    colour = random.choice([Rag.RED, *[Rag.AMBER] * 2, *[Rag.GREEN] * 3]) if on_tray else None
    found: dict[str, dict[str, Any]] = {
        "care_case": {
            "ref": ref,
            "procedure": "rare-thing" if random.random() < 0.001 else "pwt-review" if on_tray else "contact-resolution",
            "status": "open",
            "restricted": False,
            "owner": "role-duty-worker" if of_duty else f"staff-{worker}",
            "opened_at": opened,
            "head_no": 1,
            "head_hash": "0" * 64,
            "wake_no": 0,
            "asleep_wake_no": 0,
            "next_due": due,
            "colour": colour,
            "awaiting": "an answer",
            "failures": 0,
            "generation": 0,
        },
        "lease": {"case_ref": ref, "fence": 0},
        "person": {"id": person, "record_id": f"R-{number}", "name": f"Person {number}"},
        "case_person": {"case_ref": ref, "person_id": person, "since_no": 1},
        "work_item": {
            "id": f"W-{number:010}",
            "case_ref": ref,
            "key": "contact-review[1]",
            "form": "ContactReview",
            "form_version": 1,
            "asked_of": asked,
            "assignee": "duty-worker" if lot == 99 else "duty-worker-2" if lot > 90 else None,
            "state": "open",
            "urgent": random.random() < 0.05,
            "opened_at": opened,
            "due": due,
        },
        "milestone": {
            "work_item_id": f"W-{number:010}",
            "no": 1,
            "case_ref": ref,
            "kind": "escalate",
            "state": "done" if random.random() < 0.05 else "pending",
            "due": opened,
            "counted_from": opened,
            "length": "P1D",
            "told_to": "role-team-leader",
        },
    }
    if not of_duty:
        found["allocation"] = {
            "person_id": person,
            "staff_id": worker,
            "team_id": team,
            "responsibility": "assessment",
            "since": NOW.date(),
        }
    if on_tray:
        found["tray_place"] = {
            "case_ref": ref,
            "person_id": person,
            "team_id": team,
            "requested_at": opened,
            "placed_at": opened,
            "manager": "team-leader",
            "priority": random.choice(list(Priority)),
            "urgent": False,
            "complexity": random.choice(list(Complexity)),
        }
    return found


def measured(kind: str = "sqlite", *, many: int = MANY) -> dict[str, Any]:
    """Both sizes in databases of their own."""
    with scratch_database(kind) as small, scratch_database(kind) as large:
        return worklist_lists(small, large, many)


def main() -> None:
    """Run it from the command line, and print what came of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    json.dump(measured(parser.parse_args().database), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
