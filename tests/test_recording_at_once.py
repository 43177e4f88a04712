"""Notes, lists and leavers when several act at the same instant, on a real PostgreSQL: each thing happens once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from apprise import Apprise
from sqlalchemy import create_engine, make_url, select, text

from flows.record_differences import record_differences
from models.cases import WorkItem
from models.forms.paperwork import RecordMade
from models.register import Staff
from models.states import WorkItemState
from tasks.alarms import alarm_for
from tasks.audit.verifying import verify
from tasks.database import Database
from tasks.difference_lists import open_this_mornings_lists
from tasks.differences import note_difference
from tasks.durable.chasing import stop_chasing
from tasks.durable.testing import Office
from tasks.durable.worklist import NoLongerOpen, answer
from tasks.leavers import move_what_leavers_left
from tasks.recording.sighting import sight_notes
from tasks.recording.writing import write_due_notes
from tasks.register.importing import import_register
from tasks.telling.delivering import deliver_due
from tests.procedures.letters import read_beside
from tests.procedures.notes import AdviceGiven, Alder, note_of, noting_advice
from tests.test_leavers import Errand, ErrandDone, errand_for, with_them

pytestmark = [pytest.mark.real_postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture
def council_database(request: pytest.FixtureRequest, postgresql_server: str) -> Iterator[Database]:
    """A database of this test's own on a real PostgreSQL."""
    name = f"notes_{abs(hash(request.node.nodeid)) % 10**12}"
    administrator = create_engine(
        make_url(postgresql_server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE prepared"))
    database = Database(make_url(postgresql_server).set(database=name).render_as_string(hide_password=False))
    yield database
    database.dispose()
    with administrator.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all of them at the same instant; what each gave or raised, in their order."""
    barrier, came = threading.Barrier(len(acts)), [None] * len(acts)

    def act(number: int) -> None:
        barrier.wait()
        try:
            came[number] = acts[number]()
        except Exception as failed:
            came[number] = failed

    threads = [threading.Thread(target=act, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def item_of(office: Office, case: str) -> str:
    """The id of the case's open work item."""
    with office.council.database.read() as session:
        query = select(WorkItem.id).where(WorkItem.case_ref == case, WorkItem.state == WorkItemState.OPEN)
        return session.scalars(query).one()


def ledgers_hold(office: Office) -> bool:
    """Whether every ledger and the rows beside it hold."""
    with office.council.database.read() as session:
        return list(verify(session)) == []


def waiting_for_a_lock(office: Office) -> int:
    """How many connections wait for a row that another holds."""
    with office.council.database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def test_several_writers_at_once_write_each_note_once(office: Office, tmp_path: Path) -> None:
    """Whoever claims it first writes it; the case hears once."""
    alder = Alder(office, tmp_path)
    cases = [office.start(noting_advice, AdviceGiven()) for _ in range(4)]

    reports = at_once(*(lambda: write_due_notes(office.council) for _ in range(4)))
    office.hours_pass(0)

    written = [note for report in reports for note in report.written]
    assert sorted(written) == sorted(note_of(office, case).id for case in cases)
    assert len(alder.system.notes()) == 4
    assert all(office.is_closed(case) for case in cases)
    assert ledgers_hold(office)


def test_an_answer_and_a_sighting_at_the_same_instant_leave_one_ending(office: Office, tmp_path: Path) -> None:
    """Either came first, and the note is kept once; neither waits for the other for ever."""
    alder = Alder(office, tmp_path, titles=())
    endings = set()
    for number in range(8):
        case = office.start(noting_advice, AdviceGiven())
        alder.paste(read_beside(office, case, RecordMade))
        file = alder.system.extract(tmp_path)
        with office.council.database.write() as session:
            import_register(session, [file], office.clock.now(), extract_date=date(2026, 1, 5))
        item = item_of(office, case)
        came = at_once(
            lambda item=item: answer(office.council, item, {"note_id": "A-1"}, by="duty-worker"),  # type: ignore[misc]
            lambda: sight_notes(office.council),
        )
        office.hours_pass(0)
        assert not [one for one in came if isinstance(one, Exception) and not isinstance(one, NoLongerOpen)], number
        assert office.is_closed(case)
        endings.add(str(office.outcome_of(case)).partition(" ")[0])
    assert endings <= {"sighted", "pasted"}
    assert ledgers_hold(office)


def test_a_notice_that_reached_nobody_and_an_answer_do_not_wait_for_each_other(office: Office) -> None:
    """
    Nothing serves the readers, and an answer holds the cases at the instant at which the outbox says so.

    The answer withdraws what asked for it; the outbox touches no row before it has the cases, finds those notices
    overtaken, and raises the alarm for the others.
    """
    refs = [office.start(errand_for, Errand(of="role-duty-worker")) for _ in range(3)]
    council, reports = office.council, list[Any]()
    office.clock.advance(timedelta(hours=5))

    def deliver() -> None:
        try:
            reports.append(
                deliver_due(
                    council.database,
                    Apprise(),
                    council.clock,
                    policy=council.policy,
                    on_undelivered=alarm_for(council),
                    limit=1,
                )
            )
        except Exception as failed:
            reports.append(failed)

    deliverer = threading.Thread(target=deliver)
    with council.change() as change:
        for ref in refs:
            change.lock(ref)
        deliverer.start()
        while not waiting_for_a_lock(office):
            assert deliverer.is_alive()
        for item in change.session.scalars(select(WorkItem).where(WorkItem.case_ref.in_(refs))).all():
            stop_chasing(change.session, item)
    deliverer.join()

    (report,) = reports
    assert (len(report.overtaken), len(report.undelivered)) == (3, 3)
    for ref in refs:
        assert sum("Reached nobody: notice" in line for line in office.story_of(ref)) == 1
    assert ledgers_hold(office)


def test_two_mornings_at_once_open_one_list_for_each_team(office: Office) -> None:
    """The schedule fires twice: a team is asked once."""
    with office.council.change() as change:
        for team, person in (("hazel", "P-101"), ("rowan", "P-108")):
            for number in range(3):
                note_difference(change, f"test:{team}:{number}", f"line {number}", person_id=person)

    came = at_once(*(lambda: open_this_mornings_lists(office.council) for _ in range(4)))
    office.hours_pass(0)

    assert not [one for one in came if isinstance(one, Exception)]
    owners = sorted(office.case(ref).owner for ref in office.cases(record_differences))
    assert owners == ["team-hazel", "team-rowan"]
    assert ledgers_hold(office)


def test_a_leaver_and_their_last_answer_at_the_same_instant_leave_a_sound_ledger(office: Office) -> None:
    """The item is answered, or asked of somebody else; never both, and nothing is with them."""
    cases = [office.start(errand_for, Errand(of="staff-practitioner")) for _ in range(6)]
    with office.council.database.write() as session:
        session.get_one(Staff, "practitioner").left_on = date(2026, 1, 5)
    items = [item_of(office, case) for case in cases]

    at_once(
        lambda: move_what_leavers_left(office.council),
        lambda: move_what_leavers_left(office.council),
        *(
            lambda item=item: answer(office.council, item, ErrandDone().model_dump(), by="team-leader")  # type: ignore[misc]
            for item in items
        ),
    )
    office.hours_pass(0)
    move_what_leavers_left(office.council)
    office.hours_pass(0)

    assert with_them(office) == []
    assert ledgers_hold(office)
