"""Who writes to Prefect's database on SQLite waits in our queue, so that its server never stands still."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.events.schemas.events import Event
from prefect.server import models, schemas
from prefect.server.api.server import is_client_retryable_exception
from prefect.server.database import PrefectDBInterface
from prefect.server.database.dependencies import provide_database_interface, temporary_database_config
from prefect.server.events.schemas.events import ReceivedEvent
from prefect.server.events.services.event_persister import create_handler
from prefect.server.services.task_run_recorder import record_bulk_task_run_events
from prefect.server.utilities.messaging.memory import MemoryMessage
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from deployments.running.queuing_sqlite import Queue, QueuingSqlite
from tasks.durable.prefect_steps import ShownSteps

WRITES = text("INSERT INTO letter (subject) VALUES (:subject)")


class Impatient(QueuingSqlite):
    """Whoever comes to wait inside SQLite is refused at once."""

    PATIENCE_SECONDS = 0

    def setup_sqlite(self, conn: Any, record: Any) -> None:
        """With a patience of its own."""
        super().setup_sqlite(conn, record)
        cursor = conn.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {self.PATIENCE_SECONDS * 1000}")
        cursor.close()


class Patient(Impatient):
    """Whoever comes to wait inside SQLite waits for so long that nobody can miss it."""

    PATIENCE_SECONDS = 20


class Post:
    """A small database behind the queue."""

    def __init__(self, config: QueuingSqlite) -> None:
        self._config = config

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session that nobody begins a transaction for, as Prefect's recorder has it."""
        async with await self._config.session(await self._config.engine()) as session:
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction."""
        async with self.session() as session, self._config.begin_transaction(session):
            yield session

    async def write(self, subject: str) -> None:
        """Outside a transaction."""
        async with self.session() as session:
            await session.execute(WRITES, {"subject": subject})

    async def write_in_transaction(self, subject: str) -> None:
        """In one."""
        async with self.transaction() as session:
            await session.execute(WRITES, {"subject": subject})

    async def read(self) -> list[str]:
        """What was written, in its order."""
        async with self.session() as session:
            return list(await session.scalars(text("SELECT subject FROM letter ORDER BY rowid")))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of an empty database."""
    file = tmp_path / "post.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE letter (subject TEXT UNIQUE)")
    return file


def on(file: Path, tell: Callable[[Post], Awaitable[None]], config: type[QueuingSqlite] = Impatient) -> None:
    """Run a story on that database."""

    async def told() -> None:
        configured = config(connection_url=f"sqlite+aiosqlite:///{file}")
        try:
            await tell(Post(configured))
        finally:
            await (await configured.engine()).dispose()

    asyncio.run(told())


async def soon() -> None:
    """Others get as far as they can meanwhile."""
    await asyncio.sleep(0.2)


@pytest.mark.parametrize("how", [Post.write, Post.write_in_transaction])
def test_whoever_writes_waits_in_the_queue_and_not_inside_sqlite(
    file: Path, how: Callable[[Post, str], Awaitable[None]]
) -> None:
    """In a transaction or outside one: it waits while another transaction is open, and comes after it."""

    async def tell(post: Post) -> None:
        async with post.transaction() as session:
            await session.execute(WRITES, {"subject": "the bath seat"})
            second = asyncio.ensure_future(how(post, "the ramp"))
            await soon()
            assert not second.done()
        await second
        assert await post.read() == ["the bath seat", "the ramp"]

    on(file, tell)


def test_whoever_reads_waits_for_nobody(file: Path) -> None:
    """A read outside a transaction sees what was there before, while another one writes."""

    async def tell(post: Post) -> None:
        async with post.transaction() as session:
            await session.execute(WRITES, {"subject": "the bath seat"})
            assert await asyncio.wait_for(post.read(), 5) == []

    on(file, tell)


def test_writers_come_in_the_order_in_which_they_asked(file: Path) -> None:
    """Nobody overtakes, whether in a transaction or outside one."""

    async def tell(post: Post) -> None:
        async with post.transaction():
            waiting = []
            for number in range(6):
                how = post.write if number % 2 else post.write_in_transaction
                waiting.append(asyncio.ensure_future(how(str(number))))
                await soon()
        await asyncio.gather(*waiting)
        assert await post.read() == [str(number) for number in range(6)]

    on(file, tell)


@pytest.mark.parametrize("how", [Post.write, Post.write_in_transaction])
def test_task_born_in_a_turn_has_none_of_its_own(file: Path, how: Callable[[Post, str], Awaitable[None]]) -> None:
    """It waits for a turn like anybody, while that of its parent lasts and when it is long over."""

    async def tell(post: Post) -> None:
        parent_has_left = asyncio.Event()

        async def late() -> None:
            await parent_has_left.wait()
            await how(post, "late")

        async with post.transaction() as session:
            await session.execute(WRITES, {"subject": "parent"})
            born = asyncio.create_task(how(post, "at once")), asyncio.create_task(late())
            await soon()
            assert not born[0].done()
        await born[0]
        async with post.transaction() as session:
            await session.execute(WRITES, {"subject": "another"})
            parent_has_left.set()
            await soon()
            assert not born[1].done()
        await born[1]
        assert await post.read() == ["parent", "at once", "another", "late"]

    on(file, tell)


def test_task_born_in_a_turn_begins_no_transaction_when_it_reads(file: Path) -> None:
    """As Prefect's own do that look a changed automation up: they take no lock along."""

    async def tell(post: Post) -> None:
        async with post.transaction() as session:
            await session.execute(WRITES, {"subject": "parent"})
            assert await asyncio.create_task(post.read()) == []

    on(file, tell)


def test_transaction_within_a_turn_of_ones_own_does_not_wait_for_it(file: Path) -> None:
    """It may read; the outer one goes on to write."""

    async def tell(post: Post) -> None:
        async with post.transaction() as outer:
            await outer.execute(WRITES, {"subject": "the bath seat"})
            async with post.transaction() as inner:
                assert list(await inner.scalars(text("SELECT subject FROM letter"))) == []
            await outer.execute(WRITES, {"subject": "the ramp"})
        assert await post.read() == ["the bath seat", "the ramp"]

    on(file, tell)


@pytest.mark.parametrize("how", [Post.write, Post.write_in_transaction])
def test_turn_of_one_who_is_refused_is_passed_on(file: Path, how: Callable[[Post, str], Awaitable[None]]) -> None:
    """Or cancelled while it waits: the next one writes."""

    async def tell(post: Post) -> None:
        await how(post, "the bath seat")
        with pytest.raises(IntegrityError):
            await how(post, "the bath seat")
        async with post.transaction():
            given_up = asyncio.ensure_future(how(post, "never"))
            await soon()
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
        await asyncio.wait_for(how(post, "the ramp"), 5)
        assert await post.read() == ["the bath seat", "the ramp"]

    on(file, tell)


def test_whoever_waits_too_long_for_a_turn_is_told_to_try_again() -> None:
    """As where one who has the turn waits for a task that wants one; clients are answered by 503 and ask again."""

    async def tell() -> None:
        queue = Queue(patience_seconds=0.01)
        await queue.take()
        with pytest.raises(OperationalError) as refused:
            await asyncio.create_task(queue.take())
        assert is_client_retryable_exception(refused.value)
        queue.pass_on()
        await queue.take()

    asyncio.run(tell())


def test_refused_statement_that_is_cleared_away_does_not_stop_the_loop(file: Path) -> None:
    """Though its connection waits for another process inside SQLite, and the loop's own thread clears it away."""

    async def tell(post: Post) -> None:
        async with post.session() as session:
            await session.execute(WRITES, {"subject": "the bath seat"})
            kept: list[DBAPIError] = []
            try:
                await session.execute(WRITES, {"subject": "the bath seat"})
            except IntegrityError as refused:
                kept.append(refused)  # as a log or a traceback does
        with closing(sqlite3.connect(file, isolation_level=None)) as another_process:
            another_process.execute("BEGIN IMMEDIATE")
            waiting = asyncio.ensure_future(post.write("the ramp"))
            await soon()
            began = time.monotonic()
            kept.clear()
            gc.collect()
            stood_still = time.monotonic() - began
            assert not waiting.done()
            another_process.execute("ROLLBACK")
        await waiting
        assert stood_still < 5

    on(file, tell, Patient)


def step_of(run_id: UUID) -> ReceivedEvent:
    """What our worker tells of a step."""
    told: list[dict[str, Any]] = []
    ShownSteps(run_id, emit=lambda **event: told.append(event))("bring-chair", lambda: None)
    return ReceivedEvent(**Event(**told[0]).model_dump(), received=datetime.now(UTC))


@pytest.fixture
def prefects(tmp_path: Path) -> Iterator[PrefectDBInterface]:
    """Prefect's own tables on a queue whose SQLite is patient."""
    config = Patient(connection_url=f"sqlite+aiosqlite:///{tmp_path / 'prefect.db'}")
    with temporary_database_config(config):
        yield provide_database_interface()


def test_prefects_own_writers_do_not_make_its_loop_stand_still(prefects: PrefectDBInterface) -> None:
    """Its recorder, some of whose steps are refused, its keeper of events and its transactions, with the collector."""
    seconds = 4.0

    async def tell() -> None:
        await prefects.create_db()
        async with prefects.session_context(begin_transaction=True) as session:
            flow = await models.flows.create_flow(session, schemas.core.Flow(name="a procedure"))
            run = await models.flow_runs.create_flow_run(session, schemas.core.FlowRun(flow_id=flow.id))
        until = time.monotonic() + seconds
        pauses, recorded = [0.0], 0

        async def look_at_the_clock() -> None:
            seen = time.monotonic()
            while seen < until:
                await asyncio.sleep(0.01)
                now = time.monotonic()
                pauses.append(now - seen)
                seen = now

        async def rename() -> None:
            while time.monotonic() < until:
                async with prefects.session_context(begin_transaction=True) as session:
                    await session.execute(update(prefects.FlowRun).values(name=str(uuid4())))
                    await asyncio.sleep(0.01)

        async def record() -> None:
            nonlocal recorded
            while time.monotonic() < until:
                await record_bulk_task_run_events([step_of(run.id)])
                recorded += 1

        async def record_of_a_run_that_went() -> None:
            while time.monotonic() < until:
                with suppress(IntegrityError):
                    await record_bulk_task_run_events([step_of(uuid4())])

        async def keep() -> None:
            async with create_handler(batch_size=2, flush_every=timedelta(seconds=1)) as handler:
                while time.monotonic() < until:
                    await handler(MemoryMessage(step_of(run.id).model_dump_json(), {}))

        async def collect() -> None:
            while time.monotonic() < until:
                gc.collect()
                await asyncio.sleep(0.3)

        everybody = (rename() for _ in range(4))
        await asyncio.gather(
            look_at_the_clock(), record(), record(), record_of_a_run_that_went(), keep(), collect(), *everybody
        )
        async with prefects.session_context() as session:
            assert await session.scalar(text("SELECT count(*) FROM task_run")) == recorded > 0
        await (await prefects.engine()).dispose()
        assert max(pauses) < 5

    asyncio.run(tell())
