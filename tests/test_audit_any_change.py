"""Whatever single thing is changed in the tables or in the bytes of the file, verification finds it (SQLite)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from deployments.example_council import example_policy
from tasks.database import Database
from tasks.durable.testing import Office
from tests.audit_world import World, faults, kinds, live_a_little, quoted


@pytest.fixture(scope="module")
def sealed_file(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A SQLite file with the world in it, its pages in order, to be copied for each try."""
    file = tmp_path_factory.mktemp("sealed") / "pathways.db"
    shutil.copy(prepared_sqlite, file)
    database = Database(f"sqlite:///{file}")
    world = live_a_little(Office(database, example_policy()), file.with_name("seals.log"))
    database.dispose()
    with closing(sqlite3.connect(file)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("VACUUM")
    return file, world


@pytest.fixture(scope="module")
def copy_of(sealed_file: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A fresh copy of that file at each call, in place of the one before."""
    target = tmp_path_factory.mktemp("tries") / "pathways.db"

    def copied() -> Path:
        for name in ("pathways.db", "pathways.db-wal", "pathways.db-shm"):
            target.with_name(name).unlink(missing_ok=True)
        shutil.copy(sealed_file[0], target)
        return target

    return copied


TABLES = {
    "entry": ("case_ref", "no"),
    "entry_payload": ("case_ref", "no"),
    "care_case": ("ref",),
    "seal": ("no",),
    "sealed_head": ("seal_no", "case_ref"),
    "access_entry": ("no",),
}
ANY_TRY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Tampering:
    """One SQLite file under attack, and which names a fault must have afterwards."""

    def __init__(self, file: Path, table: str) -> None:
        self.file = file
        self.table = table
        self.connection = sqlite3.connect(file)
        self.connection.execute("PRAGMA ignore_check_constraints = ON")
        cursor = self.connection.execute(f"SELECT rowid, * FROM {table} ORDER BY {', '.join(TABLES[table])}")
        self.columns = [one[0] for one in cursor.description[1:]]
        self.rows = {row[0]: dict(zip(self.columns, row[1:], strict=True)) for row in cursor}
        self.names: set[str] = set()

    def __enter__(self) -> Tampering:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def pick(self, data: st.DataObject) -> int:
        """Some row, which is named from now on."""
        rowid = data.draw(st.sampled_from(sorted(self.rows)), label="row")
        self.name(self.rows[rowid])
        return rowid

    def name(self, row: dict[str, Any]) -> None:
        """A fault about this row has one of these names."""
        match self.table:
            case "entry" | "entry_payload":
                self.names.add(row["case_ref"])
            case "care_case":
                self.names.add(row["ref"])
            case "seal" | "sealed_head":
                self.names |= {"seals", row.get("case_ref", "seals")}
            case "access_entry":
                self.names.add("access-log")

    def do(self, statement: str, *given: Any) -> None:
        """Carry it out, or give the try up where a key stands in the way."""
        try:
            self.connection.execute(statement, given)
        except sqlite3.IntegrityError:
            assume(False)

    def found(self, witness: Path) -> list[str]:
        """The names of what verification finds."""
        self.connection.commit()
        self.connection.close()
        database = Database(f"sqlite:///{self.file}")
        try:
            return [one.ref for one in faults(database, witness=witness)]
        finally:
            database.dispose()

    def is_found(self, witness: Path) -> bool:
        """Whether a fault was found under one of the names."""
        return bool(self.names & set(self.found(witness)))


def _changed(value: Any, data: st.DataObject) -> Any:
    match value:
        case None:
            return data.draw(st.sampled_from(["", "x", "{}"]))
        case int():
            return value + data.draw(st.sampled_from([-3, -1, 1, 2, 1000]))
        case "":
            return "x"
        case str():
            place = data.draw(st.integers(0, len(value) - 1))
            with_what = data.draw(st.sampled_from(["", " ", "0", "f", "é", "\x00", value[place] * 2]))
            return value[:place] + with_what + value[place + 1 :]
        case _:
            raise AssertionError(type(value))


@ANY_TRY
@given(data=st.data())
def test_any_changed_column_is_found(
    copy_of: Callable[[], Path], sealed_file: tuple[Path, World], data: st.DataObject
) -> None:
    """Whatever column of whatever row is changed, a fault names its case, seal or log."""
    with Tampering(copy_of(), data.draw(st.sampled_from(sorted(TABLES)))) as tampering:
        columns = ["head_no", "head_hash"] if tampering.table == "care_case" else tampering.columns
        rowid, column = tampering.pick(data), data.draw(st.sampled_from(columns))
        before = tampering.rows[rowid][column]
        after = _changed(before, data)
        assume(before != after)
        tampering.do(f'UPDATE {tampering.table} SET "{column}" = ? WHERE rowid = ?', after, rowid)
        assert tampering.is_found(sealed_file[1].witness)


@ANY_TRY
@given(data=st.data())
def test_any_deleted_row_is_found(
    copy_of: Callable[[], Path], sealed_file: tuple[Path, World], data: st.DataObject
) -> None:
    """Whatever row is taken away, a fault names its case, seal or log."""
    with Tampering(copy_of(), data.draw(st.sampled_from(sorted(TABLES)))) as tampering:
        rowid = tampering.pick(data)
        tampering.do(f"DELETE FROM {tampering.table} WHERE rowid = ?", rowid)
        assert tampering.is_found(sealed_file[1].witness)


@ANY_TRY
@given(data=st.data())
def test_any_two_rows_that_changed_places_are_found(
    copy_of: Callable[[], Path], sealed_file: tuple[Path, World], data: st.DataObject
) -> None:
    """Whatever two rows of a table exchange all that they say under their keys, a fault names one of them."""
    with Tampering(copy_of(), data.draw(st.sampled_from(sorted(set(TABLES) - {"care_case"})))) as tampering:
        one, other = tampering.pick(data), tampering.pick(data)
        said = [name for name in tampering.columns if name not in TABLES[tampering.table]]
        first, second = ([tampering.rows[rowid][name] for name in said] for rowid in (one, other))
        assume(first != second)
        settings_of = ", ".join(f'"{name}" = ?' for name in said)
        for rowid, values in ((one, second), (other, first)):
            tampering.do(f"UPDATE {tampering.table} SET {settings_of} WHERE rowid = ?", *values, rowid)
        assert tampering.is_found(sealed_file[1].witness)


@ANY_TRY
@given(data=st.data())
def test_any_copied_row_is_found(
    copy_of: Callable[[], Path], sealed_file: tuple[Path, World], data: st.DataObject
) -> None:
    """Whatever row is put in once more under another key, a fault names its case, seal or log."""
    with Tampering(copy_of(), data.draw(st.sampled_from(sorted(set(TABLES) - {"care_case"})))) as tampering:
        row = tampering.rows[data.draw(st.sampled_from(sorted(tampering.rows)), label="row")]
        copied = row | {
            name: data.draw(
                st.sampled_from([*sealed_file[1].refs, "7K3Q-9PXM"]) if name == "case_ref" else st.integers(-1, 15)
            )
            for name in TABLES[tampering.table]
        }
        tampering.name(copied)
        names, marks = ", ".join(map(quoted, copied)), ", ".join("?" * len(copied))
        tampering.do(f"INSERT INTO {tampering.table} ({names}) VALUES ({marks})", *copied.values())
        assert tampering.is_found(sealed_file[1].witness)


def test_any_flipped_bit_of_an_entry_is_found(copy_of: Callable[[], Path], sealed_file: tuple[Path, World]) -> None:
    """Every hash, time, key, text and ref that lies in the file's bytes is covered, bit by bit."""
    file, world = sealed_file
    stored = file.read_bytes()
    with closing(sqlite3.connect(file)) as connection:
        row = connection.execute(
            'SELECT e.case_ref, e.at, e."key", e.step, e.hash, e.previous_hash, e.payload_digest, p.salt, p.content '
            "FROM entry e JOIN entry_payload p USING (case_ref, no) WHERE case_ref = ? AND no = 4",
            (world.waiting,),
        ).fetchone()
    ledger = stored.index((row[0] + "\x04" + row[1]).encode())
    places = [ledger + offset for offset in range(0, 330, 7)]
    for value in row[4:]:
        places += [place + 5 for place in _occurrences(stored, value.encode())]
    for page in _pages_of(file, ("entry",), "index"):
        first_used = max(int.from_bytes(stored[page + 5 : page + 7], "big"), 3800)  # what lies before is free space
        places += [page + offset for offset in range(4095, first_used, -29)]
    silent = [place for place in places if not _flipped_bit_is_found(copy_of(), place, world.witness)]
    assert silent == []


@settings(ANY_TRY, max_examples=40)
@given(data=st.data())
def test_damaged_file_never_stops_the_check(
    copy_of: Callable[[], Path], sealed_file: tuple[Path, World], data: st.DataObject
) -> None:
    """Wherever bytes of the tables are broken, the check ends with faults or none, and never with a traceback."""
    file = copy_of()
    stored = bytearray(file.read_bytes())
    pages = _pages_of(file, ("entry", "entry_payload", "care_case", "sealed_head", "access_entry"))
    start = data.draw(st.sampled_from(pages)) + data.draw(st.integers(0, 4090))
    stored[start : start + 6] = data.draw(st.binary(min_size=6, max_size=6))
    file.write_bytes(bytes(stored))
    database = Database(f"sqlite:///{file}")
    try:
        faults(database, witness=sealed_file[1].witness)
    finally:
        database.dispose()


def test_unreadable_ledger_is_named_and_the_others_are_still_checked(
    copy_of: Callable[[], Path], sealed_file: tuple[Path, World]
) -> None:
    """Where a page of the file is gone, the cases on it are named as damaged."""
    file, world = copy_of(), sealed_file[1]
    stored = bytearray(file.read_bytes())
    page = _pages_of(file, ("entry_payload",))[-1]
    stored[page : page + 100] = b"\xff" * 100
    file.write_bytes(bytes(stored))
    database = Database(f"sqlite:///{file}")
    named = kinds(faults(database, witness=world.witness))
    database.dispose()
    assert {kind for ref, _, kind in named if ref in world.refs} == {"damaged"}


# --------------------------------------------------------------------- bytes


def _occurrences(stored: bytes, value: bytes) -> Iterator[int]:
    place = stored.find(value)
    while place >= 0:
        yield place
        place = stored.find(value, place + 1)


def _flipped_bit_is_found(file: Path, place: int, witness: Path) -> bool:
    stored = bytearray(file.read_bytes())
    stored[place] ^= 1 << (place % 8)
    file.write_bytes(bytes(stored))
    database = Database(f"sqlite:///{file}")
    try:
        return bool(faults(database, witness=witness))
    finally:
        database.dispose()


def _pages_of(file: Path, tables: tuple[str, ...], kind: str = "table") -> list[int]:
    """Where the pages of tables (or their indexes) begin in the file, as each page tells of those below it."""
    stored = file.read_bytes()
    size = int.from_bytes(stored[16:18], "big")
    with closing(sqlite3.connect(file)) as connection:
        marks = ", ".join("?" * len(tables))
        found = connection.execute(
            f"SELECT rootpage FROM sqlite_master WHERE type = ? AND tbl_name IN ({marks})", (kind, *tables)
        )
        roots = [root for (root,) in found]
    pages = []
    while roots:
        start = (roots.pop() - 1) * size
        pages.append(start)
        if stored[start] == 5:  # an inner page of a table: its cells begin with the number of the page below
            cells = int.from_bytes(stored[start + 3 : start + 5], "big")
            for cell in range(cells):
                pointer = start + int.from_bytes(stored[start + 12 + 2 * cell : start + 14 + 2 * cell], "big")
                roots.append(int.from_bytes(stored[pointer : pointer + 4], "big"))
            roots.append(int.from_bytes(stored[start + 8 : start + 12], "big"))
    return sorted(pages)
