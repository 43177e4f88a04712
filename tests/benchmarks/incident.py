"""
A provider of four hundred people fails, on a whole running system: its own server, worker and backstop.

What counts: from the moment the incident is opened until everybody is on the list with an owner and a first question,
and until the run of every one of them in Prefect has had its first leg and sleeps under the name of what it awaits.
Then a manager gives on what is asked about fifty of them, in one action.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tests.benchmarks.legs import fresh_installation

PROVIDER = "wenbridge-home-care"
OF_THE_EXAMPLE = 4
"""So many of the example council's people have their care from that provider."""
AT_ONCE = 50


def measured(*, people: int = 400) -> dict[str, Any]:
    """Seconds and legs a second of one incident with so many people."""
    with tempfile.TemporaryDirectory(prefix="pathways-incident-", ignore_cleanup_errors=True) as folder:
        installation = fresh_installation(Path(folder))
        from deployments.running.home import move_in
        from tasks.durable.prefect_runtime import council_of_this_process
        from tests.providers.many_people import Client, known_to_us
        from tests.real_prefect.conftest import CHECKOUT, started

        move_in(installation, empty=False)
        council = council_of_this_process()
        known_to_us(
            council.database,
            PROVIDER,
            [Client(number) for number in range(people - OF_THE_EXAMPLE)],
            at_home=True,
        )
        with started(installation.home, CHECKOUT, PATHWAYS_PREFECT_PORT=str(installation.prefect_port)):
            return _one_incident(council, people)


def _one_incident(council: Any, people: int) -> dict[str, Any]:
    from models.forms.provider_failure import FailureReported
    from models.notices import Recipient
    from models.provider_failure.kinds import Trigger
    from tasks.durable.cases import open_new

    reported = FailureReported(
        provider=PROVIDER, cause=Trigger.BUSINESS_FAILURE, what="Nobody comes from tonight",
        care_ends_on=date(2026, 1, 5), confidential=False, team="hazel", reported_by="staff-commissioning-officer",
    )  # fmt: skip
    begun = time.perf_counter()
    incident = open_new(council, "provider-failure", reported, owner=Recipient.team("hazel"))
    on_the_list = _seconds_until(lambda: _asked_about(council, incident) == people, begun)
    asleep = _seconds_until(lambda: _asleep(council, incident) == people, begun, every=1.0)
    return {
        "people": people,
        "seconds_to_list_owners_and_first_questions": round(on_the_list, 2),
        "seconds_to_every_first_leg": round(asleep, 1),
        "legs_a_second": round(people / (asleep - on_the_list), 2),
        "seconds_to_give_on_fifty": round(_give_on(council, incident), 2),
    }


def _seconds_until(what: Callable[[], bool], begun: float, every: float = 0.05) -> float:
    """Seconds since `begun` when it has become true. Raises `TimeoutError`."""
    for _ in itertools.count():
        if what():
            return time.perf_counter() - begun
        if time.perf_counter() - begun > 1800:
            raise TimeoutError("it did not come about in half an hour")
        time.sleep(every)
    raise AssertionError


def _asked_about(council: Any, incident: str) -> int:
    """How many have a case with an owner and an open question."""
    from sqlalchemy import func, select

    from models.cases import Case, WorkItem

    with council.database.read() as session:
        wanted = (
            select(func.count())
            .select_from(Case)
            .join(WorkItem, WorkItem.case_ref == Case.ref)
            .where(Case.parent_ref == incident, Case.owner != "", WorkItem.state == "open")
        )
        return int(session.scalar(wanted) or 0)


def _asleep(council: Any, incident: str) -> int:
    """How many have a run that sleeps, by our ledger and by Prefect's state."""
    from sqlalchemy import select

    from models.cases import Case
    from tasks.durable.prefect_clerk import Clerk

    with council.database.read() as session:
        mine = select(Case.flow_run_id).where(
            Case.parent_ref == incident, Case.asleep_wake_no >= Case.wake_no, Case.flow_run_id.is_not(None)
        )
        runs = list(session.scalars(mine))
    found = Clerk(council).runs(runs) if runs else {}
    return sum(one.state is not None and (one.state.name or "").startswith("Awaiting") for one in found.values())


def _give_on(council: Any, incident: str) -> float:
    """How long it takes to give on what is asked about fifty people to another team, in one action."""
    from sqlalchemy import select

    from models.notices import Recipient
    from models.provider_failure.tables import AffectedPerson
    from tasks.worklist.incident_moving import give_people
    from tasks.worklist.members import member_of

    with council.database.read() as session:
        refs = select(AffectedPerson.case_ref).where(AffectedPerson.incident_ref == incident)
        cases = list(session.scalars(refs.order_by(AffectedPerson.place.desc()).limit(AT_ONCE)))
        leader = member_of(session, "team-manager", council.clock.now())
    assert leader is not None
    begun = time.perf_counter()
    moved = give_people(council, leader, incident, cases, to=Recipient.team("rowan"))
    assert moved.given and not moved.left
    return time.perf_counter() - begun
