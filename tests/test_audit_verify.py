"""`pathways audit verify` finds what was done to a ledger behind our back, and names the case and the entry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tasks.audit.reading import moment
from tasks.audit.verifying import first_fault
from tasks.database import Database
from tasks.durable.ledger import HASHED, UnknownCase, entry_hash
from tasks.durable.testing import Office
from tests.audit_world import (
    CANARY,
    Attacker,
    Errand,
    ErrandPlanned,
    World,
    errand,
    faults,
    kinds,
    live_a_little,
    quoted,
    small_errand,
)

ALL_OF_A_CASE = (
    "DELETE FROM delivery WHERE message_id IN (SELECT id FROM outbox_message WHERE case_ref = :ref)",
    *(
        f"DELETE FROM {table} WHERE case_ref = :ref"
        for table in ("outbox_message", "milestone", "work_item", "wait", "lease", "entry_payload", "entry")
    ),
    "DELETE FROM care_case WHERE ref = :ref",
)


@pytest.fixture
def world(office: Office, tmp_path: Path) -> World:
    """Three cases with a past, sealed and looked at."""
    return live_a_little(office, tmp_path / "seals.log")


@pytest.fixture
def attacker(council_database: Database) -> Attacker:
    """Somebody with too many rights."""
    return Attacker(council_database)


@pytest.fixture
def found(council_database: Database, world: World) -> Callable[[], list[tuple[str, int, str]]]:
    """What verification finds now: ref, number and kind."""
    return lambda: kinds(faults(council_database, witness=world.witness))


Found = Callable[[], list[tuple[str, int, str]]]


# --------------------------------------------------------------------- entries


def test_untouched_ledgers_hold(world: World, found: Found, council_database: Database) -> None:
    """Nothing is found where nobody did anything, in all cases and in each."""
    assert found() == []
    assert [faults(council_database, ref) for ref in world.refs] == [[], [], []]


@pytest.mark.parametrize("column", [name for name in (*HASHED, "hash") if name not in ("case_ref", "no", "at", "kind")])
def test_edited_entry_is_named(world: World, attacker: Attacker, found: Found, column: str) -> None:
    """Whichever column of an entry is changed, that entry is named and no other."""
    attacker.does(
        f"""UPDATE entry SET "{column}" = "{column}" || 'x' WHERE case_ref = :ref AND no = 4""", ref=world.closed
    )
    assert found() == [(world.closed, 4, "edited")]


@pytest.mark.parametrize("change", ["kind = 'done'", "at = '2026-01-05 08:00:00.000000'"])
def test_edited_kind_or_time_is_named(world: World, attacker: Attacker, found: Found, change: str) -> None:
    """A change of kind or time is found as well."""
    attacker.does(f"UPDATE entry SET {change} WHERE case_ref = :ref AND no = 4", ref=world.closed)
    assert found() == [(world.closed, 4, "edited")]


def test_every_edited_entry_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """Two entries edited are two faults."""
    attacker.does("""UPDATE entry SET "by" = 'nobody' WHERE case_ref = :ref AND no IN (2, 5)""", ref=world.closed)
    assert found() == [(world.closed, 2, "edited"), (world.closed, 5, "edited")]


def test_edited_text_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """What an entry says is covered by its digest, and its salt with it."""
    attacker.does(
        "UPDATE entry_payload SET content = content || ' ' WHERE case_ref = :ref AND no = 2",
        "UPDATE entry_payload SET salt = salt || '0' WHERE case_ref = :ref AND no = 5",
        ref=world.closed,
    )
    assert found() == [(world.closed, 2, "edited"), (world.closed, 5, "edited")]


def test_entry_that_says_what_another_says_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A text put in the place of another is an edited entry."""
    other = "(SELECT {0} FROM entry_payload p WHERE p.case_ref = entry_payload.case_ref AND p.no = 2)"
    attacker.does(
        f"UPDATE entry_payload SET salt = {other.format('salt')}, content = {other.format('content')} "
        "WHERE case_ref = :ref AND no = 4",
        ref=world.waiting,
    )
    assert found() == [(world.waiting, 4, "edited")]


def test_text_that_was_taken_away_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A payload whose row is gone is not an erased one."""
    attacker.does("DELETE FROM entry_payload WHERE case_ref = :ref AND no = 2", ref=world.closed)
    assert found() == [(world.closed, 2, "deleted")]


def test_erasure_that_nothing_records_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A text may be erased only by an entry that says so."""
    attacker.does(
        "UPDATE entry_payload SET content = NULL, salt = NULL WHERE case_ref = :ref AND no = 2", ref=world.closed
    )
    assert found() == [(world.closed, 2, "payload")]


def test_deleted_entry_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A gap in the numbers is an entry that was taken out."""
    attacker.does(
        "DELETE FROM entry_payload WHERE case_ref = :ref AND no = 4",
        "DELETE FROM entry WHERE case_ref = :ref AND no = 4",
        ref=world.closed,
    )
    assert found() == [(world.closed, 4, "deleted")]


def test_deleted_entry_is_named_though_the_gap_was_closed(world: World, attacker: Attacker, found: Found) -> None:
    """Moving the later entries up does not hide it."""
    tables = ("entry_payload", "entry")
    attacker.does(
        *(f"DELETE FROM {table} WHERE case_ref = :ref AND no = 4" for table in tables),
        *(f"UPDATE {table} SET no = -no WHERE case_ref = :ref AND no > 4" for table in tables),
        *(f"UPDATE {table} SET no = -no - 1 WHERE case_ref = :ref AND no < 0" for table in tables),
        "UPDATE care_case SET head_no = head_no - 1 WHERE ref = :ref",
        ref=world.closed,
    )
    assert found() == [(world.closed, 4, "deleted")]


def test_reordered_entries_are_named(world: World, attacker: Attacker, found: Found) -> None:
    """Two entries that changed places are found at the first of them."""
    for table in ("entry_payload", "entry"):
        attacker.does(
            f"UPDATE {table} SET no = -no WHERE case_ref = :ref AND no IN (4, 7)",
            f"UPDATE {table} SET no = 11 + no WHERE case_ref = :ref AND no < 0",
            ref=world.closed,
        )
    assert found() == [(world.closed, 4, "reordered")]


def test_entry_moved_to_the_end_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """An entry that was given a later number is missed at its own."""
    for table in ("entry_payload", "entry"):
        attacker.does(f"UPDATE {table} SET no = 12 WHERE case_ref = :ref AND no = 4", ref=world.closed)
    assert found() == [(world.closed, 4, "reordered")]


def test_entry_put_into_the_middle_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """An entry for which the later ones made room is found, even if it is chained to the one before it."""
    _insert_in_the_middle(attacker, world.closed, 4)
    assert found() == [(world.closed, 4, "inserted")]


def test_entry_put_at_the_end_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """An entry that the case's row does not know was not added by us."""
    with attacker.at_work() as connection:
        before = _row(connection, world.waiting, 5)
        forged = before | {"no": 6, "by": "nobody", "previous_hash": before["hash"]}
        _insert(connection, forged | {"hash": entry_hash(forged)})
    assert found() == [(world.waiting, 6, "inserted")]


@pytest.mark.parametrize("as_no", [5, 12])
def test_entry_that_stands_twice_is_named(world: World, attacker: Attacker, found: Found, as_no: int) -> None:
    """A copy of an entry is a replay, in the place of another or at the end, though the head was moved to it."""
    with attacker.at_work() as connection:
        copied = _row(connection, world.closed, 2) | {"no": as_no}
        for table in ("entry_payload", "entry"):
            connection.execute(text(f"DELETE FROM {table} WHERE case_ref = '{world.closed}' AND no = {as_no}"))
        _insert(connection, copied)
        if as_no == 12:
            connection.execute(text(f"UPDATE care_case SET head_no = 12 WHERE ref = '{world.closed}'"))
    assert found() == [(world.closed, as_no, "replayed")]


def test_entry_from_another_case_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """An entry that was copied from another case is a replay, and the copy is what is named."""
    with attacker.at_work() as connection:
        _insert(connection, _row(connection, world.closed, 3) | {"case_ref": world.waiting, "no": 6})
    (fault,) = found()
    assert fault == (world.waiting, 6, "replayed")


def test_truncated_ledger_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A tail that is missed by the case's row is found at the first entry that is gone."""
    for table in ("entry_payload", "entry"):
        attacker.does(f"DELETE FROM {table} WHERE case_ref = :ref AND no >= 9", ref=world.closed)
    assert found() == [(world.closed, 9, "truncated")]


def test_truncated_ledger_is_named_though_the_case_was_made_to_fit(
    world: World, attacker: Attacker, found: Found
) -> None:
    """A seal has seen the tail that the case's row was made to forget."""
    _truncate(attacker, world.waiting, 3)
    assert found() == [(world.waiting, 4, "truncated")]


def test_tail_is_missed_though_no_seal_saw_it(office: Office, world: World, attacker: Attacker, found: Found) -> None:
    """Rows that know of later entries give the truncation away between two seals."""
    fresh = office.start(errand, Errand(about="Keys"))
    _truncate(attacker, fresh, 1)
    assert found() == [(fresh, 2, "truncated")]


def test_rewritten_ledger_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """Whoever works out all hashes anew is found by the seals."""
    with attacker.at_work() as connection:
        row = _row(connection, world.waiting, 3) | {"by": "nobody"}
        previous = row["previous_hash"]
        for no in range(3, 6):
            row = _row(connection, world.waiting, no) | ({"by": "nobody"} if no == 3 else {})
            row["previous_hash"] = previous
            previous = entry_hash(row)
            connection.execute(
                text(
                    'UPDATE entry SET "by" = :by, previous_hash = :previous_hash, hash = :hash '
                    "WHERE case_ref = :case_ref AND no = :no"
                ),
                {"hash": previous} | {name: row[name] for name in ("by", "previous_hash", "case_ref", "no")},
            )
        connection.execute(text(f"UPDATE care_case SET head_hash = '{previous}' WHERE ref = '{world.waiting}'"))
    assert found() == [(world.waiting, 4, "rewritten")]


# --------------------------------------------------------------------- whole cases


def test_lost_case_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A case of which every row is gone is known from the seals."""
    _forget(attacker, world.waiting)
    assert found() == [(world.waiting, 0, "lost")]


def test_lost_case_is_named_by_the_case_that_opened_it(
    office: Office, world: World, attacker: Attacker, found: Found
) -> None:
    """A case that no seal saw is missed by the ledger of the case that opened it."""
    parent = office.start(errand, Errand(about="Keys"))
    office.answer(parent, ErrandPlanned(how="soon"), by="duty-worker")
    (fresh,) = set(office.cases(small_errand)) - {world.small}
    _forget(attacker, fresh)
    assert found() == [(fresh, 0, "lost")]


@pytest.mark.parametrize("tables", [("care_case",), ("entry_payload", "entry")])
def test_case_without_its_row_or_its_entries_is_lost(
    world: World, attacker: Attacker, found: Found, tables: tuple[str, ...]
) -> None:
    """What is left of a case names it."""
    for table in tables:
        column = "ref" if table == "care_case" else "case_ref"
        attacker.does(f"DELETE FROM {table} WHERE {column} = :ref", ref=world.waiting)
    assert found() == [(world.waiting, 0, "lost")]


@pytest.mark.parametrize(
    ("change", "no"),
    [
        ("head_no = head_no + 1", 11),
        ("head_no = head_no - 1", 11),
        ("status = 'open', closed_at = NULL", 10),
        ("closed_at = '2026-01-07 10:00:00.000000'", 10),
        ("opened_at = '2026-01-04 10:00:00.000000'", 1),
        ("procedure = 'small-errand'", 1),
    ],
)
def test_changed_case_row_is_named(world: World, attacker: Attacker, found: Found, change: str, no: int) -> None:
    """The case's own row says nothing else than its ledger."""
    attacker.does(f"UPDATE care_case SET {change} WHERE ref = :ref", ref=world.closed)
    assert found() == [(world.closed, no, "case")]


def test_case_parked_or_closed_by_hand_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A status that no entry gave is found."""
    attacker.does("UPDATE care_case SET status = 'needs_attention' WHERE ref = :ref", ref=world.small)
    attacker.does("UPDATE care_case SET status = 'closed', closed_at = opened_at WHERE ref = :ref", ref=world.waiting)
    assert sorted(found()) == sorted([(world.small, 5, "case"), (world.waiting, 5, "case")])


def test_other_last_hash_in_the_case_row_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """Where the last entry and the case's row disagree, that entry is named."""
    attacker.does(
        "UPDATE care_case SET head_hash = 'f' || substr(head_hash, 2) || 'f' WHERE ref = :ref", ref=world.closed
    )
    assert found() == [(world.closed, 11, "edited")]


# --------------------------------------------------------------------- rows beside the ledger


@pytest.mark.parametrize(
    ("change", "no"),
    [
        ("UPDATE work_item SET answered_by = 'nobody' WHERE case_ref = :ref", 3),
        ("UPDATE work_item SET answered_at = opened_at, opened_at = answered_at WHERE case_ref = :ref", 0),
        ("UPDATE work_item SET state = 'open', answered_by = NULL WHERE case_ref = :ref", 3),
        ("UPDATE work_item SET form = 'Other' WHERE case_ref = :ref", 2),
        ("DELETE FROM work_item WHERE case_ref = :ref", 2),
        ("UPDATE wait SET ended_no = 4 WHERE case_ref = :ref AND opened_no = 2", 4),
        ("UPDATE wait SET opened_no = 5 WHERE case_ref = :ref AND opened_no = 2", 5),
        ("UPDATE wait SET state = 'open', ended_no = NULL WHERE case_ref = :ref AND opened_no = 6", 7),
        ("DELETE FROM wait WHERE case_ref = :ref AND opened_no = 6", 6),
    ],
)
def test_row_that_tells_another_story_is_named(
    world: World, attacker: Attacker, found: Found, change: str, no: int
) -> None:
    """A work item or wait that does not fit the ledger is found at the entry that it does not fit."""
    if no == 0:
        change = change.replace("opened_at = answered_at", "opened_at = '2026-01-04 10:00:00.000000'")
        no = 2
    attacker.does(change, ref=world.closed)
    assert found()[0] == (world.closed, no, "rows")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE work_item SET due = '2030-01-01 00:00:00.000000' WHERE case_ref = :ref",
        "UPDATE work_item SET asked_of = 'role-finance' WHERE case_ref = :ref",
    ],
)
def test_open_question_put_off_or_put_to_another_is_named(
    world: World, attacker: Attacker, found: Found, change: str
) -> None:
    """Whoever moves an open item's time or addressee behind the ledger's back, and so forgets somebody, is found."""
    attacker.does(change, ref=world.waiting)
    assert found()[0] == (world.waiting, 2, "rows")


def test_open_timer_put_off_is_named(office: Office, world: World, attacker: Attacker, found: Found) -> None:
    """A timer moved to another year behind the ledger's back is found."""
    office.answer(world.waiting, ErrandPlanned(how="by bus"), by="duty-worker")
    attacker.does(
        "UPDATE wait SET due = '2030-01-01 00:00:00.000000' WHERE case_ref = :ref AND state = 'open'",
        ref=world.waiting,
    )
    assert found()[0][0] == world.waiting
    assert found()[0][2] == "rows"


def test_answer_that_no_entry_records_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A work item that was made to look answered is found at its question."""
    attacker.does(
        "UPDATE work_item SET state = 'answered', answered_by = 'duty-worker', answered_at = opened_at "
        "WHERE case_ref = :ref",
        ref=world.waiting,
    )
    assert found() == [(world.waiting, 2, "rows")]


# --------------------------------------------------------------------- seals, witness, access log


def test_changed_seal_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A seal is chained like a ledger."""
    attacker.does("UPDATE seal SET cases = cases - 1 WHERE no = 2")
    assert ("seals", 2, "seal") in found()


def test_seal_that_is_gone_is_named(world: World, attacker: Attacker, found: Found) -> None:
    """A gap in the seals is found."""
    attacker.does("DELETE FROM sealed_head WHERE seal_no = 2", "DELETE FROM seal WHERE no = 2")
    assert ("seals", 2, "seal") in found()


def test_newest_seals_that_are_gone_are_known_to_the_witness(
    world: World, attacker: Attacker, found: Found, council_database: Database
) -> None:
    """Only a witness outside the database can tell that the last seals were taken away."""
    attacker.does("DELETE FROM sealed_head WHERE seal_no > 1", "DELETE FROM seal WHERE no > 1")
    assert faults(council_database) == []
    assert found() == [("seals", 2, "witness")]


def test_changed_sealed_head_is_named_with_its_case(world: World, attacker: Attacker, found: Found) -> None:
    """A head that was changed in a seal accuses the seal and not the ledger."""
    attacker.does(
        "UPDATE sealed_head SET head_no = head_no + 7 WHERE seal_no = 2 AND case_ref = :ref", ref=world.waiting
    )
    assert found() == [(world.waiting, 11, "seal"), ("seals", 2, "seal")]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda lines: [lines[0], lines[1].replace("2026", "2025"), lines[2]], [2]),
        (lambda lines: lines[1:], [1]),
        (lambda lines: [lines[0], lines[2]], [2]),
        (lambda lines: [*lines, lines[2]], [4]),
        (lambda lines: [*lines, lines[2].replace("3 ", "4 ", 1)], [4]),
        (lambda lines: [*lines[:2], lines[2].replace("3 ", "3  ", 1)], [3]),
        (lambda lines: lines[:2], []),
        (lambda lines: [*lines[:2], lines[2][:30]], []),
    ],
)
def test_witness_that_disagrees_is_named(
    world: World, found: Found, change: Callable[[list[str]], list[str]], named: list[int]
) -> None:
    """Lines changed, added or taken out are found; a line not yet written, or half of it, is a crash and no fault."""
    lines = world.witness.read_text().splitlines(keepends=True)
    world.witness.write_text("".join(change(lines)))
    assert found() == [("seals", no, "witness") for no in named]


def test_witness_that_is_gone_is_named(world: World, found: Found) -> None:
    """Without its witness the seals are not believed."""
    world.witness.unlink()
    assert found() == [("seals", 0, "witness")]


@pytest.mark.parametrize(
    ("change", "no"),
    [
        ("UPDATE access_entry SET who = 'nobody' WHERE no = 2", 2),
        ("UPDATE access_entry SET previous_hash = hash WHERE no = 2", 2),
        ("DELETE FROM access_entry WHERE no = 1", 1),
        ("DELETE FROM access_entry WHERE no > 1", 2),
        ("DELETE FROM access_entry", 1),
    ],
)
def test_changed_access_log_is_named(world: World, attacker: Attacker, found: Found, change: str, no: int) -> None:
    """The access log is chained, and its head is sealed with those of the cases."""
    attacker.does(change)
    assert found() == [("access-log", no, "access")]


# --------------------------------------------------------------------- how it is asked


def test_one_case_is_looked_at_alone(world: World, attacker: Attacker, council_database: Database) -> None:
    """Faults of other cases are not named where one case is asked for."""
    attacker.does("""UPDATE entry SET "by" = 'nobody' WHERE no = 2""")
    assert kinds(faults(council_database, world.small)) == [(world.small, 2, "edited")]
    with council_database.read() as session:
        fault = first_fault(session, world.waiting)
    assert str(fault) == f"{world.waiting} 2 edited it is not what was written: its hash does not fit it"


def test_lost_case_can_be_asked_for(world: World, attacker: Attacker, council_database: Database) -> None:
    """A case that only the seals know is lost; one that nothing knows of is a slip of the pen."""
    _forget(attacker, world.small)
    assert kinds(faults(council_database, world.small)) == [(world.small, 0, "lost")]
    with pytest.raises(UnknownCase):
        faults(council_database, "7K3Q-9PXM")


def test_progress_is_told(world: World, council_database: Database) -> None:
    """Whoever waits hears how many cases have been looked at."""
    told: list[tuple[int, int]] = []
    with council_database.read() as session:
        first_fault(session, progress=lambda done, of: told.append((done, of)))
    assert told == [(3, 3)]


def test_faults_say_nothing_personal(world: World, attacker: Attacker, council_database: Database) -> None:
    """Whatever is wrong, references and numbers are all that is printed."""
    attacker.does(
        f"UPDATE entry_payload SET content = '{CANARY}', salt = '{CANARY}'",
        f"UPDATE entry SET step = '{CANARY}', \"by\" = '{CANARY}'",
    )
    printed = "\n".join(map(str, faults(council_database, witness=world.witness)))
    assert printed and not any(name in printed for name in CANARY.split())


# --------------------------------------------------------------------- hands of the attacker


def _row(connection: Any, ref: str, no: int) -> dict[str, Any]:
    columns = ", ".join(f'"{name}"' for name in (*HASHED, "hash"))
    found = connection.execute(
        text(f"SELECT {columns} FROM entry WHERE case_ref = :ref AND no = :no"), {"ref": ref, "no": no}
    )
    row = dict(found.one()._mapping)
    return row | {"at": moment(row["at"])}


def _insert(connection: Any, row: dict[str, Any]) -> None:
    stored = row | {"at": row["at"].strftime("%Y-%m-%d %H:%M:%S.%f")}
    if connection.dialect.name == "postgresql":
        stored["at"] = row["at"]
    names = ", ".join(map(quoted, stored))
    connection.execute(text(f"INSERT INTO entry ({names}) VALUES ({', '.join(':' + name for name in stored)})"), stored)


def _insert_in_the_middle(attacker: Attacker, ref: str, no: int) -> None:
    with attacker.at_work() as connection:
        before = _row(connection, ref, no - 1)
        for table in ("entry_payload", "entry"):
            connection.execute(text(f"UPDATE {table} SET no = -no WHERE case_ref = '{ref}' AND no >= {no}"))
            connection.execute(text(f"UPDATE {table} SET no = 1 - no WHERE case_ref = '{ref}' AND no < 0"))
        forged = before | {"no": no, "by": "nobody", "previous_hash": before["hash"]}
        _insert(connection, forged | {"hash": entry_hash(forged)})
        connection.execute(text(f"UPDATE care_case SET head_no = head_no + 1 WHERE ref = '{ref}'"))


def _truncate(attacker: Attacker, ref: str, last: int) -> None:
    """Take away all entries after `last`, and make the case's row fit."""
    for table in ("entry_payload", "entry"):
        attacker.does(f"DELETE FROM {table} WHERE case_ref = :ref AND no > {last}", ref=ref)
    attacker.does(
        f"UPDATE care_case SET head_no = {last}, head_hash = "
        f"(SELECT hash FROM entry WHERE case_ref = ref AND no = {last}) WHERE ref = :ref",
        ref=ref,
    )


def _forget(attacker: Attacker, ref: str) -> None:
    """Take away every row of a case."""
    with attacker.at_work() as connection:
        for statement in ALL_OF_A_CASE:
            connection.execute(text(statement), {"ref": ref})
