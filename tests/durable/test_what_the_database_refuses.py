"""What the database itself refuses: illegal moves, changed or deleted records, a second lease, a falling fence."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from models.audit import AccessEntry, PolicyActivation, PolicyVersion, Seal, SealedHead
from models.base import Base
from models.cases import Case, Entry, EntryPayload, Lease, Milestone, Wait, WorkItem
from models.mail import MAIL_MOVES, InboundMail, MailState
from models.outbox import OUTBOX_MOVES, Delivery, OutboxMessage, OutboxState
from models.person_messages import PERSON_MESSAGE_MOVES, PersonMessage, PersonMessageState
from models.recording import NOTE_MOVES, CaseNote, NoteState
from models.roles import Role
from models.states import (
    CASE_MOVES,
    MILESTONE_MOVES,
    WAIT_MOVES,
    WORK_ITEM_MOVES,
    CaseStatus,
    MilestoneState,
    WaitState,
    WorkItemState,
)
from tasks.database import Database
from tasks.durable import ask, procedure
from tasks.durable.testing import Office
from tests.durable.lending import MONDAY, ChairChosen, WheelchairLoan

Moves = Mapping[Any, set[Any]]


@procedure(follows="Lending wheelchairs")
def standing(loan: WheelchairLoan) -> None:
    """A case that waits."""
    ask(ChairChosen, of=Role.DUTY_WORKER)


@pytest.fixture
def case(office: Office) -> str:
    """A case with a ledger, a lease, a wait, a work item with milestones and a message."""
    return office.start(standing, WheelchairLoan())


def case_in(case: str, state: CaseStatus) -> dict[str, Any]:
    """The columns of a case in a state."""
    return {"status": state, "closed_at": MONDAY if state is CaseStatus.CLOSED else None}


def wait_in(case: str, state: WaitState) -> dict[str, Any]:
    """The columns of a wait in a state."""
    return {"state": state, "ended_no": None if state is WaitState.OPEN else 2}


def work_item_in(case: str, state: WorkItemState) -> dict[str, Any]:
    """The columns of a work item in a state."""
    return {"state": state, "answered_by": "duty-worker" if state is WorkItemState.ANSWERED else None}


def milestone_in(case: str, state: MilestoneState) -> dict[str, Any]:
    """The columns of a milestone in a state."""
    return {"state": state}


def message_in(case: str, state: OutboxState) -> dict[str, Any]:
    """The columns of a message in a state."""
    return {"state": state}


def mail_in(case: str, state: MailState) -> dict[str, Any]:
    """The columns of a mail in a state."""
    taken_up = state in (MailState.OPENED, MailState.SIGNALLED)
    return {"state": state, "case_ref": case if taken_up else None, "reason": "" if taken_up else "junk"}


def person_message_in(case: str, state: PersonMessageState) -> dict[str, Any]:
    """The columns of a message to somebody outside in a state."""
    return {"case_ref": case, "state": state, "reason": "no such address" if state is PersonMessageState.FAILED else ""}


def note_in(case: str, state: NoteState) -> dict[str, Any]:
    """The columns of a note in a state."""
    kept = state is NoteState.KEPT
    return {"case_ref": case, "state": state, "ending": "pasted" if kept else None, "note_id": "4711" if kept else None}


def row_of(table: str, case: str) -> dict[str, Any]:
    """A whole row of a table, in no state yet."""
    rows: dict[str, dict[str, Any]] = {
        "care_case": {
            "ref": "TEST-CASE", "procedure": "standing", "restricted": False, "owner": "team-hazel",
            "opened_at": MONDAY, "head_no": 0, "head_hash": "", "wake_no": 0, "asleep_wake_no": -1,
            "awaiting": "New", "failures": 0, "generation": 0,
        },
        "wait": {"case_ref": case, "key": "test", "kind": "timer", "awaited": "timer", "opened_no": 1},
        "work_item": {
            "id": "W-TEST", "case_ref": case, "key": "test", "form": "ChairChosen", "form_version": 1,
            "asked_of": "team-hazel", "urgent": False, "opened_at": MONDAY,
        },
        "milestone": {
            "work_item_id": "that of the case", "no": 99, "case_ref": case, "kind": "remind", "due": MONDAY,
            "counted_from": MONDAY, "length": "P1D", "told_to": "team-hazel",
        },
        "outbox_message": {
            "id": "N-TEST", "recipient": "team-hazel", "notice": {}, "queued_at": MONDAY,
            "next_attempt_at": MONDAY, "attempts": 0,
        },
        "inbound_mail": {
            "id": "M-TEST", "received_at": MONDAY, "digest": "d", "content_digest": "c", "raw": b"x", "size": 1,
            "envelope_to": [], "on_paper": False,
        },
        "person_message": {
            "id": "L-TEST", "entry_no": 1, "kind": "told", "sent_by": "email", "address": "tom@example.org",
            "subject": "s", "body": "b", "queued_at": MONDAY, "next_attempt_at": MONDAY, "attempts": 0,
        },
        "case_note": {
            "id": "R-TEST", "key": "test", "title": "Written contact", "text": "t", "author": "role-duty-worker",
            "wanted_at": MONDAY, "attempts": 0,
        },
    }  # fmt: skip
    return rows[table]


STATES: list[tuple[type[Base], Moves, type[StrEnum], Callable[[str, Any], dict[str, Any]]]] = [
    (Case, CASE_MOVES, CaseStatus, case_in),
    (Wait, WAIT_MOVES, WaitState, wait_in),
    (WorkItem, WORK_ITEM_MOVES, WorkItemState, work_item_in),
    (Milestone, MILESTONE_MOVES, MilestoneState, milestone_in),
    (OutboxMessage, OUTBOX_MOVES, OutboxState, message_in),
    (InboundMail, MAIL_MOVES, MailState, mail_in),
    (PersonMessage, PERSON_MESSAGE_MOVES, PersonMessageState, person_message_in),
    (CaseNote, NOTE_MOVES, NoteState, note_in),
]
MOVES = [
    pytest.param(model, old, new, new in moves[old], columns, id=f"{model.__tablename__}-{old}-to-{new}")
    for model, moves, states, columns in STATES
    for old in states
    for new in states
    if old is not new
]


def test_every_state_has_its_moves() -> None:
    """No state was left out of the tables of moves, so that none is without a rule."""
    for _, moves, states, _ in STATES:
        assert set(moves) == set(states)


class NotKept(Exception):
    """Takes back what a test tried."""


def try_move(database: Database, case: str, model: Any, old: Any, new: Any, columns: Any) -> None:
    """Insert a row in one state, move it to another, and take both back. Raises what the database says to the move."""
    table: Table = model.__table__
    row = row_of(table.name, case) | columns(case, old)
    change = update(table).where(*[column == row[column.name] for column in table.primary_key.columns])
    with contextlib.suppress(NotKept), database.write() as session:
        if table.name == "milestone":
            row["work_item_id"] = session.scalars(select(WorkItem.id).where(WorkItem.case_ref == case)).one()
            change = update(table).where(table.c.work_item_id == row["work_item_id"], table.c.no == row["no"])
        session.execute(insert(table), row)
        result = session.execute(change.values(columns(case, new)))
        assert result.rowcount == 1  # type: ignore[attr-defined]
        raise NotKept


@pytest.mark.parametrize(("model", "old", "new", "allowed", "columns"), MOVES)
def test_state_moves_as_the_tables_say_and_in_no_other_way(
    office: Office, case: str, model: Any, old: Any, new: Any, allowed: bool, columns: Any
) -> None:
    """Each allowed move is made, and each other one refused by the database with its sentence."""
    if allowed:
        try_move(office.council.database, case, model, old, new, columns)
        return
    with pytest.raises(IntegrityError, match="is not allowed"):
        try_move(office.council.database, case, model, old, new, columns)


RECORDS = [Entry, AccessEntry, Seal, SealedHead, PolicyVersion, PolicyActivation, Delivery]
KEPT = [Case, Lease, Wait, WorkItem, OutboxMessage, InboundMail, EntryPayload, PersonMessage, CaseNote]


def one_row_of_each(office: Office, case: str) -> None:
    """See that every table of records has a row."""
    office.digest_goes_out()
    with office.council.database.write() as session:
        session.add(AccessEntry(no=1, at=MONDAY, who="os:x", what="read-case", about=case, previous_hash="", hash="a"))
        session.add(Seal(no=1, at=MONDAY, cases=1, heads_digest="", previous_hash="", hash="a"))
        session.flush()
        session.add(SealedHead(seal_no=1, case_ref=case, head_no=2, head_hash="x"))
        session.add(PolicyVersion(version="v1", first_used_at=MONDAY, text="{}"))
        session.flush()
        session.add(PolicyActivation(version="v1", at=MONDAY))
        session.execute(insert(InboundMail), row_of("inbound_mail", case) | mail_in(case, MailState.IGNORED))
        told = row_of("person_message", case) | person_message_in(case, PersonMessageState.QUEUED)
        session.execute(insert(PersonMessage), told)
        session.execute(insert(CaseNote), row_of("case_note", case) | note_in(case, NoteState.WANTED))


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__tablename__)
def test_record_is_never_changed(office: Office, case: str, model: Any) -> None:
    """Entries, access entries, seals, policies and deliveries stay as they were written, down to the last column."""
    one_row_of_each(office, case)
    for column in model.__table__.columns:
        with pytest.raises(IntegrityError, match="append-only"), office.council.database.write() as session:
            session.execute(text(f'UPDATE {model.__tablename__} SET "{column.name}" = "{column.name}"'))


@pytest.mark.parametrize("model", [*RECORDS, *KEPT], ids=lambda model: model.__tablename__)
def test_record_is_never_deleted(office: Office, case: str, model: Any) -> None:
    """Nothing that proves something can be taken away."""
    one_row_of_each(office, case)
    with (
        pytest.raises(IntegrityError, match=f"append-only|rows of {model.__tablename__} are kept"),
        office.council.database.write() as session,
    ):
        session.execute(delete(model))


@pytest.mark.parametrize("model", [Entry, EntryPayload, AccessEntry, Seal], ids=lambda model: model.__tablename__)
def test_record_is_never_replaced_by_an_insert(office: Office, case: str, model: Any) -> None:
    """SQLite's INSERT OR REPLACE, which deletes silently, is refused like a deletion; PostgreSQL has no such thing."""
    one_row_of_each(office, case)
    name = model.__tablename__
    statement = f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}"
    if not office.council.database.is_sqlite:
        statement = f"INSERT INTO {name} SELECT * FROM {name}"
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(text(statement))


def payload(office: Office, case: str) -> tuple[str | None, str | None]:
    """Content and salt of the case's first payload."""
    with office.council.database.read() as session:
        row = session.get_one(EntryPayload, (case, 1))
    return row.content, row.salt


def test_payload_can_be_erased(office: Office, case: str) -> None:
    """When its time has passed, content and salt go together; the entry stays."""
    with office.council.database.write() as session:
        session.execute(update(EntryPayload).where(EntryPayload.no == 1).values(content=None, salt=None))
    assert payload(office, case) == (None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"content": '{"text":"another"}'},
        {"salt": "0000"},
        {"content": None},
        {"salt": None},
        {"content": "x", "salt": "y"},
        {"content": None, "salt": None, "no": 77},
    ],
    ids=str,
)
def test_payload_cannot_be_changed(office: Office, case: str, change: dict[str, Any]) -> None:
    """Neither what it says nor its salt, not half of it, and not where it belongs."""
    before = payload(office, case)
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(update(EntryPayload).where(EntryPayload.no == 1).values(change))
    assert payload(office, case) == before


def test_erased_payload_cannot_be_brought_back(office: Office, case: str) -> None:
    """What was erased is gone."""
    content, salt = payload(office, case)
    with office.council.database.write() as session:
        session.execute(update(EntryPayload).where(EntryPayload.no == 1).values(content=None, salt=None))
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(update(EntryPayload).where(EntryPayload.no == 1).values(content=content, salt=salt))


def test_case_has_one_lease(office: Office, case: str) -> None:
    """A second lease on the same case is refused."""
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(insert(Lease), {"case_ref": case, "fence": 99, "holder": "me"})


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({"fence": 0}, False),
        ({"holder": "somebody"}, False),
        ({"holder": "somebody", "fence": 2}, True),
        ({"expires_at": MONDAY + timedelta(hours=1)}, True),
        ({"holder": None}, True),
    ],
    ids=str,
)
def test_fence_of_a_lease_rises_with_every_holder(
    office: Office, case: str, change: dict[str, Any], allowed: bool
) -> None:
    """It never falls, and nobody holds a case under a fence that somebody had before."""
    with office.council.database.read() as session:
        assert session.get_one(Lease, case).fence == 1
    if allowed:
        with office.council.database.write() as session:
            session.execute(update(Lease).where(Lease.case_ref == case).values(change))
        return
    with pytest.raises(IntegrityError, match="fence"), office.council.database.write() as session:
        session.execute(update(Lease).where(Lease.case_ref == case).values(change))


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Case, "ref"), (Case, "procedure"), (Case, "opened_at"), (Case, "parent_ref"), (Case, "restricted"),
        (WorkItem, "key"), (WorkItem, "form"), (WorkItem, "opened_at"),
        (InboundMail, "raw"), (InboundMail, "digest"), (InboundMail, "received_at"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.__tablename__,
)  # fmt: skip
def test_origin_of_a_row_cannot_be_changed(office: Office, case: str, model: Any, column: str) -> None:
    """Which procedure a case follows, what was asked, what came by mail: all that stays."""
    one_row_of_each(office, case)
    new: Any = {"opened_at": MONDAY + timedelta(days=1), "received_at": MONDAY + timedelta(days=1)}.get(column, "X")
    new = {"raw": b"y", "restricted": True, "parent_ref": case}.get(column, new)
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(update(model).values({column: new}))


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("care_case", "status", "asleep"),
        ("wait", "state", "missing"),
        ("wait", "kind", "whim"),
        ("work_item", "state", "lost"),
        ("outbox_message", "state", "lost"),
    ],
)
def test_state_is_one_of_those_there_are(office: Office, case: str, table: str, column: str, value: str) -> None:
    """A word that stands for nothing is refused."""
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(text(f"UPDATE {table} SET {column} = :value"), {"value": value})


def test_entry_of_no_known_kind_is_refused(office: Office, case: str) -> None:
    """Nor is an entry entered whose kind means nothing."""
    with office.council.database.read() as session:
        row = {c.name: getattr(session.get_one(Entry, (case, 1)), c.name) for c in Entry.__table__.columns}
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(insert(Entry), row | {"no": 99, "kind": "gossip"})


def test_same_number_is_never_entered_twice(office: Office, case: str) -> None:
    """A fork of the chain is refused where it begins."""
    with office.council.database.read() as session:
        row = {c.name: getattr(session.get_one(Entry, (case, 1)), c.name) for c in Entry.__table__.columns}
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(insert(Entry), row)


def test_connections_of_the_product_alone_know_no_way_around(council_database: Database) -> None:
    """On SQLite the rules need two settings of the connection, and every connection of ours has them."""
    if not council_database.is_sqlite:
        pytest.skip("a setting of SQLite")
    with council_database.engine.connect() as connection:
        for pragma in ("recursive_triggers", "foreign_keys"):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == 1
