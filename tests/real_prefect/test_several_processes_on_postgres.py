"""What every process does beside its work, done by several at the same instant on a real PostgreSQL: once in all."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, make_url, select, text, update

from deployments.example_council import example_policy
from deployments.migrating import check_current
from flows.written_contact_transfer import written_contact_transfer
from models.audit import Seal
from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.written_contact import ContactTransfer
from models.mail import InboundMail, MailDoor, MailState
from models.outbox import Delivery, DeliveryOutcome
from models.person_messages import PersonMessage
from models.register import Person, RegisterImport
from tasks.alarms import alarm_for
from tasks.audit.sealing import seal
from tasks.audit.verifying import verify
from tasks.database import Database
from tasks.deaths import heed_deaths
from tasks.durable.council import Council
from tasks.durable.rework import work_due_times_out_anew
from tasks.durable.testing import Office
from tasks.intake import keep_mail, take_up_what_is_stored
from tasks.leavers import move_what_leavers_left
from tasks.only_one import only_one
from tasks.register.taking_in import act_on_imports
from tasks.telling.delivering import deliver_due
from tasks.telling.people_sending import send_to_people
from tasks.tray.register_watch import watch_register_for_the_tray
from tasks.unsorted_mail import tell_of_unsorted_mail
from tests.procedures.letters import letter, sorted_as

pytestmark = [pytest.mark.real_postgres, pytest.mark.xdist_group("postgres")]

PROCESSES = 4
"""Two workers and two worklists keep house, and so does a flow."""
LETTERS = 6


@pytest.fixture
def new_database(request: pytest.FixtureRequest, postgresql_server: str) -> Iterator[Callable[[str], str]]:
    """Makes a database from a template and gives its address; all are dropped afterwards."""
    url, made = make_url(postgresql_server), []
    administrator = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")

    def make(template: str) -> str:
        name = f"processes_{abs(hash(request.node.nodeid)) % 10**10}_{len(made)}"
        with administrator.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        made.append(name)
        return url.set(database=name).render_as_string(hide_password=False)

    yield make
    with administrator.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


def in_each(count: int, act: Callable[[int], object]) -> None:
    """Do something so many times at the same instant; what one raises is raised."""
    together = threading.Barrier(count)

    def one(number: int) -> None:
        together.wait(30)
        act(number)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))


def test_four_that_keep_house_at_the_same_instant_do_it_once(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    """Letters, deaths, leavers, notices, receipts, seals and the day's cases: all is done, and nothing twice."""
    url = new_database("prepared")
    databases = [Database(url) for _ in range(PROCESSES)]
    office = Office(databases[0], example_policy())
    office.today_is("2026-01-05 16:10")
    dead = office.start(written_contact_transfer, letter())
    office.answer(dead, sorted_as(), by="duty-worker")
    left = office.start(written_contact_transfer, letter())
    office.answer(left, sorted_as(about_person="P-102"), by="duty-worker")
    assert "ContactTransfer of practitioner" in " ".join(office.waiting_for(left))
    office.start(written_contact_transfer, letter())  # and nobody has sorted it
    with office.council.database.write() as session:
        session.execute(update(Person).where(Person.id == "P-101").values(died_on=office.clock.now().date()))
        session.execute(update(RegisterImport).values(acted_on_at=None))
    office.leaves("practitioner")
    for number in range(LETTERS):
        message = EmailMessage()
        message["From"], message["To"] = f"Ada <ada{number}@example.org>", "adult.care@example.org"
        message["Subject"], message["Message-ID"] = "The bath seat", f"<{number}@example.org>"
        message.set_content(f"Dear Priya, the bath seat has not come. {number}")
        keep_mail(office.council, message.as_bytes(), "ada@example.org", [], door=MailDoor.SMTP)

    councils = [dataclasses.replace(office.council, database=database) for database in databases]
    parts = (
        take_up_what_is_stored, heed_deaths, move_what_leavers_left, tell_of_unsorted_mail, act_on_imports,
        watch_register_for_the_tray, work_due_times_out_anew, send_to_people,
    )  # fmt: skip
    for _round in range(2):
        for part in parts:
            in_each(PROCESSES, lambda number, part=part: part(councils[number]))  # type: ignore[misc]
        in_each(PROCESSES, lambda number: delivered_by(office, councils[number]))
        in_each(PROCESSES, lambda number: seal(databases[number], office.clock.now(), tmp_path / f"{number}.log"))

    with office.council.database.read() as session:
        mails = session.scalars(select(InboundMail)).all()
        assert {mail.state for mail in mails} == {MailState.OPENED}
        assert len({mail.case_ref for mail in mails}) == LETTERS
        procedures = Counter(session.scalars(select(Case.procedure)))
        kinds = Counter(session.execute(select(Entry.case_ref, Entry.kind, Entry.key)).tuples())
        seals = session.scalars(select(Seal.no).order_by(Seal.no)).all()
        sent_twice = session.scalars(
            select(Delivery.message_id)
            .where(Delivery.outcome == DeliveryOutcome.DELIVERED)
            .group_by(Delivery.message_id, Delivery.recipient, Delivery.service)
            .having(func.count() > 1)
        ).all()
        attempts = session.scalars(select(PersonMessage.attempts)).all()
    assert procedures["written-contact-transfer"] == LETTERS + 3
    assert procedures["unsorted-mail"] == 1
    signals = [key for (ref, kind, key), _ in kinds.items() if ref == dead and kind == EntryKind.SIGNALLED]
    assert len(signals) == len(set(signals)) == 1
    moved = [count for (ref, kind, _), count in kinds.items() if ref == left and kind == EntryKind.REASSIGNED]
    assert moved == [1]
    assert seals == list(range(1, len(seals) + 1))
    assert sent_twice == []
    assert set(attempts) <= {0, 1}
    witnesses = {(tmp_path / f"{number}.log").read_text() for number in range(PROCESSES)}
    assert len(witnesses) == 1
    with office.council.database.read() as session:
        assert verify(session) == []
    assert any("ContactTransfer" in line for line in office.waiting_for(left)), ContactTransfer.name()
    for database in databases:
        database.dispose()


def test_two_that_migrate_at_the_same_instant_make_the_tables_once(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    """`pathways migrate` on two machines: one waits for the other, and finds it done."""
    url = new_database("template0")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PATHWAYS"))}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", "from deployments.cli import main; main()", "migrate"],
            env=kept | {"PATHWAYS_HOME": str(tmp_path / machine), "PATHWAYS_DATABASE_URL": url},
            stderr=subprocess.PIPE,
        )
        for machine in ("first", "second")
    ]
    try:
        said = [one.communicate(timeout=120)[1] for one in both]
    finally:
        for one in both:
            one.kill()
    assert ([one.returncode for one in both], said) == ([0, 0], [b"", b""])
    database = Database(url)
    check_current(database)
    database.dispose()


def test_what_only_one_may_do_is_done_by_one_until_it_is_done_or_dead(new_database: Callable[[str], str]) -> None:
    """Of several processes one may; another may after it, or once its connection has gone."""
    url = new_database("template0")
    first, second = Database(url), Database(url)
    with only_one(first, "deploy") as ours, only_one(second, "deploy") as theirs, only_one(second, "other") as another:
        assert (ours, theirs, another) == (True, False, True)
    with only_one(second, "deploy") as theirs:
        assert theirs
        with second.engine.connect() as connection:
            mine = connection.scalar(text("SELECT pg_backend_pid()"))
            holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND pid <> :pid"
            connection.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM ({holders}) AS held"), {"pid": mine})
        with only_one(first, "deploy") as ours:
            assert ours
    first.dispose()
    second.dispose()


def delivered_by(office: Office, council: Council) -> None:
    """One process's pass over the outbox."""
    deliver_due(
        council.database, office._services, council.clock, policy=council.policy, on_undelivered=alarm_for(council)
    )
