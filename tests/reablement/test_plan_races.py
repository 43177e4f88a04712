"""Two changes of one plan at the same instant, in two threads: they take turns, and nothing is overwritten."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from models.forms.base import Form
from models.reablement.edits import EditKind, PlanEdits, VisitEdit
from models.reablement.findings import VersionMade, VersionOutcome
from tasks.database import Database
from tasks.durable import worklist
from tasks.durable.ledger import recall
from tasks.durable.running import NotOurs, run_leg
from tasks.durable.safeguarding_asked import with_the_word
from tasks.durable.testing import Office
from tasks.reablement.plans import locked_plan
from tests.procedures.letters import asked
from tests.procedures.plan_change_stories import ALL_AGREE, COORDINATOR, evidence_of, minutes, stands, to_change
from tests.procedures.reablement_stories import NO_EVENINGS, SHORTER_MORNINGS, in_reablement
from tests.reablement.test_plan_always_agrees import look

ROUNDS = 6
LONGER_MORNINGS = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=60),))


ON_POSTGRES = [pytest.mark.real_postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=ON_POSTGRES)])
def council_database(request: pytest.FixtureRequest, council_database: Database) -> Iterator[Database]:
    """The database of the run, and a real PostgreSQL besides."""
    if request.param == "sqlite":
        yield council_database
        return
    server: str = request.getfixturevalue("postgresql_server")
    name = f"race_{abs(hash(request.node.nodeid)) % 10**12}"
    administrator = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE prepared"))
    database = Database(make_url(server).set(database=name).render_as_string(hide_password=False))
    yield database
    database.dispose()
    with administrator.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


def answered_quietly(office: Office, case: str, form: Form) -> None:
    """Answer a case's open item of that form, and run no leg for it yet."""
    with office.council.database.read() as session:
        item = next(one.id for one in worklist.open_items(session, ref=case) if one.form == form.name())
    given = with_the_word(type(form), form.model_dump(mode="json"))
    worklist.answer(office.council, item, given, by=COORDINATOR)


def legs_at_once(office: Office, *cases: str) -> list[Any]:
    """How the legs of those cases end that are run at the same instant."""
    barrier, ends = threading.Barrier(len(cases)), list[Any]()

    def leg(ref: str) -> None:
        barrier.wait()
        ends.append(run_leg(office.council, ref))

    threads = [threading.Thread(target=leg, args=(ref,)) for ref in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def made_by(office: Office, case: str) -> list[VersionMade]:
    """What came of making the change of a case a version."""
    with office.council.database.read() as session:
        return [VersionMade.model_validate(one.data) for one in recall(session, case) if one.step == "make-version"]


@pytest.mark.clauses("REA-11")
@pytest.mark.parametrize(
    ("second", "left"),
    [(NO_EVENINGS, [30]), (LONGER_MORNINGS, None), (SHORTER_MORNINGS, [30, 30])],
    ids=["different things", "the same thing", "the same wish"],
)
def test_two_changes_at_the_same_instant_take_turns(office: Office, second: PlanEdits, left: list[int] | None) -> None:
    """
    Both are agreed and made in two threads at once, over and over.

    Of different things both come to stand; of the same thing one does, and the other is asked anew; the same wish is
    made once. Versions have no gaps, and the ledgers say what the tables say.
    """
    for _ in range(ROUNDS):
        plan = in_reablement(office)
        cases = [evidence_of(office, plan), evidence_of(office, plan)]
        for case, edits in zip(cases, (SHORTER_MORNINGS, second), strict=True):
            answered_quietly(office, case, to_change(edits, ALL_AGREE))
        ends = legs_at_once(office, *cases)
        assert not any(isinstance(end, NotOurs) for end in ends)
        office.hours_pass(1)

        look(office, plan)
        outcomes = sorted(one.outcome for case in cases for one in made_by(office, case))
        if left is None:
            assert outcomes.count(VersionOutcome.MADE) == 1
            (asked_anew,) = [case for case in cases if "EvidenceDecision of reablement-worker" in asked(office, case)]
            assert minutes(office, plan)[0] == (60 if asked_anew == cases[0] else 30)
        else:
            assert minutes(office, plan) == left
            assert stands(office, plan).version == outcomes.count(VersionOutcome.MADE) + 1


@pytest.mark.parametrize("council_database", [pytest.param("postgresql", marks=ON_POSTGRES)], indirect=True)
def test_a_change_waits_while_another_has_the_plan(office: Office) -> None:
    """What is made of a plan is made by one at a time: the other's leg stands still until the row is free."""
    plan = in_reablement(office)
    case = evidence_of(office, plan)
    answered_quietly(office, case, to_change(SHORTER_MORNINGS, ALL_AGREE))
    thread = threading.Thread(target=run_leg, args=(office.council, case))
    with office.council.change() as change:
        locked_plan(change.session, plan)
        thread.start()
        while not waiting_for_a_lock(office.council.database):
            assert thread.is_alive(), "it did not wait"
        assert made_by(office, case) == []
    thread.join()
    assert minutes(office, plan) == [30, 30]


def waiting_for_a_lock(database: Database) -> int:
    """How many connections wait for a row that another holds."""
    with database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())
