"""
The same rules on a real PostgreSQL, as it comes from PyPI: those that rest on locks, triggers and types.

The whole of this folder runs on it with `--database postgresql`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import IntegrityError

from models.roles import Role
from tasks.database import BUSY_TIMEOUT_SECONDS, IDLE_SECONDS, Database, DatabaseUnavailable, may_pause
from tasks.durable import ask, audited, closed, decision, first_of, lease, open_case, procedure
from tasks.durable.ledger import LeaseLost, recall
from tasks.durable.leg import Leg
from tasks.durable.memory import Memory
from tasks.durable.running import NotOurs, run_leg
from tasks.durable.testing import Office
from tasks.durable.worklist import NoLongerOpen, answer
from tests.durable.lending import (
    FOLDING,
    ChairChosen,
    ChairReturned,
    Effects,
    WheelchairLoan,
    answer_quietly,
    item_of,
    leave,
    lines,
)
from tests.durable.test_at_once import (  # noqa: F401
    test_many_signals_at_once_are_all_entered_in_one_chain,
    test_same_signal_from_several_connections_at_once_is_entered_once,
    test_taking_and_answering_at_the_same_instant_do_not_hinder_each_other,
    test_two_answers_at_the_same_instant_leave_one,
)
from tests.durable.test_audited_tasks import (  # noqa: F401
    test_failing_step_leaves_no_effect_no_entry_and_no_message,
    test_outcome_is_recalled_as_what_it_was,
)
from tests.durable.test_leases import test_two_legs_at_once_act_once  # noqa: F401
from tests.durable.test_migrations import (  # noqa: F401
    test_database_of_a_newer_version_is_refused,
    test_migrated_database_has_the_tables_of_the_code,
)
from tests.durable.test_waiting import test_closing_of_another_case_is_heard_before_and_after_it_is_awaited  # noqa: F401
from tests.durable.test_what_the_database_refuses import (  # noqa: F401
    MOVES,
    case,
    test_case_has_one_lease,
    test_payload_can_be_erased,
    test_record_is_never_changed,
    try_move,
)

pytestmark = [pytest.mark.real_postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture
def council_database(request: pytest.FixtureRequest, postgresql_server: str) -> Iterator[Database]:
    """A database of this test's own on a real PostgreSQL."""
    name = f"proof_{abs(hash(request.node.nodeid)) % 10**12}"
    administrator = create_engine(
        make_url(postgresql_server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE prepared"))
    url = make_url(postgresql_server).set(database=name)
    database = Database(url.render_as_string(hide_password=False))
    yield database
    database.dispose()
    with administrator.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


def test_every_state_moves_as_the_tables_say_and_in_no_other_way(office: Office, case: str) -> None:  # noqa: F811
    """Each allowed move of each table is made, and each other one refused."""
    refused = 0
    for one in MOVES:
        model, old, new, allowed, columns = one.values
        try:
            try_move(office.council.database, case, model, old, new, columns)
            assert allowed, one.id
        except IntegrityError as refusal:
            assert not allowed, one.id
            assert "is not allowed" in str(refusal)
            refused += 1
    assert refused > 40


@audited("Done")
def act() -> None:
    """One effect."""
    leave("act")


@procedure(follows="Lending wheelchairs")
def acting_once(loan: WheelchairLoan) -> None:
    """Wait, act, and wait again."""
    ask(ChairChosen, of=Role.DUTY_WORKER)
    act()
    ask(ChairReturned, of=Role.DUTY_WORKER)


def waiting_for_a_lock(database: Database) -> int:
    """How many connections wait for a row that another holds."""
    with database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def test_leg_that_waited_for_its_case_while_another_took_it_writes_nothing(office: Office, effects: Effects) -> None:
    """
    An old leg waits for the case's row while a new one takes the lease.

    What it then reads of the lease is how it stands now, not how it stood when it began to wait.
    """
    council, ref = office.council, office.start(acting_once, WheelchairLoan())
    with council.change() as change:
        old = lease.take(change.session, ref, change.now, timedelta(seconds=60))
    assert old is not None
    office.clock.advance(timedelta(seconds=61))
    with council.database.read() as session:
        leg = Leg(council, old, Memory(recall(session, ref)), lambda _key, work: work())
    outcome: list[Any] = []

    def old_leg() -> None:
        try:
            with leg.transaction():
                outcome.append("wrote")
        except LeaseLost:
            outcome.append("lost")

    thread = threading.Thread(target=old_leg)
    with council.change() as change:
        assert lease.take(change.session, ref, change.now, timedelta(seconds=60)) is not None
        thread.start()
        while not waiting_for_a_lock(council.database):
            assert thread.is_alive()
    thread.join()
    assert outcome == ["lost"]


def test_answers_that_waited_for_the_same_case_leave_one(office: Office) -> None:
    """Two people have looked at the item and wait for its case: the first to have it answers, the other is told."""
    ref = office.start(acting_once, WheelchairLoan())
    item, results = item_of(office, ref), list[Any]()

    def give(by: str) -> None:
        try:
            results.append(answer(office.council, item, {"chair": "folding"}, by=by))
        except NoLongerOpen as told:
            results.append(str(told))

    threads = [threading.Thread(target=give, args=(by,)) for by in ("duty-worker", "duty-worker-2")]
    with office.council.change() as change:
        change.lock(ref)
        for thread in threads:
            thread.start()
        while waiting_for_a_lock(office.council.database) < 2:
            assert all(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join()

    refused = [one for one in results if one != ref]
    assert len(results) == 2
    assert len(refused) == 1
    assert f"{item} was answered by duty-worker" in refused[0]
    assert lines(office, ref).count("answered chair-chosen") == 1


@procedure(follows="Lending wheelchairs")
def closing_soon(loan: WheelchairLoan) -> str:
    """A case that closes with its answer."""
    return str(ask(ChairChosen, of=Role.DUTY_WORKER).chair)


@procedure(follows="Lending wheelchairs")
def opening_and_waiting(loan: WheelchairLoan) -> str:
    """Open another case, ask, and wait for its closing."""
    other = open_case(closing_soon, WheelchairLoan(), owner=Role.DUTY_WORKER)
    first_of(decision(ChairReturned, of=Role.DUTY_WORKER))
    return f"heard {first_of(closed(other)).outcome}"


def test_case_that_begins_to_wait_while_the_other_closes_hears_of_it(office: Office, effects: Effects) -> None:
    """One leg closes a case at the instant at which another's begins to wait for it: neither blocks, none is missed."""
    for _ in range(12):
        waiting = office.start(opening_and_waiting, WheelchairLoan())
        closing = next(ref for ref in office.cases(closing_soon) if office.case(ref).parent_ref == waiting)
        answer_quietly(office, waiting, ChairReturned())
        answer_quietly(office, closing, FOLDING)
        barrier, ends = threading.Barrier(2), list[Any]()

        def leg(ref: str, barrier: threading.Barrier = barrier, ends: list[Any] = ends) -> None:
            barrier.wait()
            ends.append(run_leg(office.council, ref))

        threads = [threading.Thread(target=leg, args=(ref,)) for ref in (waiting, closing)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        office.hours_pass(0)

        assert not any(isinstance(end, NotOurs) for end in ends)
        assert office.outcome_of(waiting) == "heard folding"
        assert lines(office, waiting).count(f"case-closed closed:{closing}") == 1


def test_nothing_waits_without_end_for_what_another_holds(office: Office) -> None:
    """A row that hangs in another's transaction is given up on, in plain words; a migration alone may wait."""
    database = office.council.database
    with database.read() as session:
        assert session.scalar(text("SHOW lock_timeout")) == f"{BUSY_TIMEOUT_SECONDS}s"
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == f"{IDLE_SECONDS // 60}min"
        may_pause(session.connection())
        assert session.scalar(text("SHOW lock_timeout")) == "0"
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "0"
    with database.read() as session:
        assert session.scalar(text("SHOW lock_timeout")) == f"{BUSY_TIMEOUT_SECONDS}s", "for that transaction only"


def test_a_row_that_another_keeps_is_given_up_on_in_plain_words(office: Office) -> None:
    """Nothing is half done, and whoever was refused is told to try again."""
    ref = office.start(acting_once, WheelchairLoan())
    with office.council.change() as change:
        change.lock(ref)
        with (
            pytest.raises(DatabaseUnavailable, match="busy with another writer"),
            office.council.change() as other,
        ):
            other.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            other.lock(ref)


def test_a_transaction_that_stands_still_lets_go_of_its_case(office: Office) -> None:
    """The server ends it: another may have the row, and the one that hung is refused when it comes back."""
    ref = office.start(acting_once, WheelchairLoan())
    with (
        pytest.raises(DatabaseUnavailable, match="try again"),
        office.council.change() as hangs,
    ):
        hangs.session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
        hangs.lock(ref)
        with office.council.change() as other:
            other.lock(ref)  # waits until the first has been ended
        hangs.session.execute(text("SELECT 1"))
    with office.council.change() as change:
        change.lock(ref)
