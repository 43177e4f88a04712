"""Why Prefect's server did not start, or was started again, is said in words of ours; and its file being lost shows."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from deployments.logs.lines import JsonLine, TextLine
from deployments.logs.reading import gravest_words
from deployments.logs.wording import words_of
from deployments.running.lost_file import WatchedFile
from deployments.running.parts import Part, Parts
from deployments.running.ports import (
    WORKER_PORT,
    WORKER_PORTS,
    PortInUse,
    free_worker_port,
    refuse_taken,
    refuse_taken_ports,
)
from deployments.running.prefect_server import PrefectDidNotStart, wait_for_server
from deployments.running.why_not import why_not
from tasks.installation import CHECKOUT, Installation

CANARY = "Ada Featherstonehaugh"
NOBODY_THERE = "http://127.0.0.1:9/api"


def record_of(level: int, message: object, *values: object, name: str = "pathways") -> logging.LogRecord:
    """A record as a part would log it."""
    return logging.getLogger(name).makeRecord(name, level, __file__, 1, message, values, None)


def no_database(file: Path) -> None:
    """A file that SQLite cannot make anything of."""
    file.write_text(CANARY * 100)


def a_folder(file: Path) -> None:
    """What cannot be opened."""
    file.mkdir()


@pytest.mark.parametrize(
    ("lay", "said"), [(no_database, "is damaged, or is no database: put it aside"), (a_folder, "cannot be opened")]
)
def test_a_database_that_cannot_be_used_is_told_by_its_kind(
    tmp_path: Path, lay: Callable[[Path], None], said: str
) -> None:
    """As SQLite says it through SQLAlchemy, without a word of what stands in it."""
    file = tmp_path / "prefect.db"
    lay(file)
    engine = create_engine(f"sqlite:///{file}")
    with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM sqlite_master"))
    assert said in why_not(caught.value) and CANARY not in why_not(caught.value)


def test_a_database_that_another_has_locked_says_so(tmp_path: Path) -> None:
    """Such as a command line that is open on it."""
    file = tmp_path / "prefect.db"
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.Error) as caught:
            sqlite3.connect(file, timeout=0).execute("BEGIN IMMEDIATE")
    assert "locked by another process" in why_not(caught.value)


def test_a_cause_that_is_known_is_found_behind_others() -> None:
    """A later schema, a server that is away; of what is not known the type alone is told."""
    try:
        try:
            raise CommandError(f"Can't locate revision identified by {CANARY}")
        except CommandError as behind:
            raise RuntimeError(CANARY) from behind
    except RuntimeError as failed:
        assert "made by another version of Prefect" in why_not(failed)
    assert "cannot be reached (Connection refused)" in why_not(ConnectionRefusedError(errno.ECONNREFUSED, CANARY))
    assert why_not(ValueError(CANARY)) == "ValueError"


def test_a_port_that_is_taken_is_told_in_the_systems_own_words() -> None:
    """The web server logs the error itself as its message; its text is withheld, its kind is not."""
    taken = OSError(errno.EADDRINUSE, CANARY)
    assert words_of(record_of(logging.ERROR, taken, name="uvicorn.error")) == "OSError: Address already in use"
    assert words_of(record_of(logging.ERROR, OSError(CANARY), name="uvicorn.error")).startswith("(withheld")


def test_prefects_server_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    """Started by itself it names port and variable, as `pathways up` does; whatever address holds the port."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"port {port} \(PATHWAYS_PREFECT_PORT\)"):
            refuse_taken({"PATHWAYS_PREFECT_PORT": port})
        with pytest.raises(PortInUse, match=rf"port {port} \(PREFECT_SERVER_API_PORT\)"):
            refuse_taken({"PREFECT_SERVER_API_PORT": port}, "0.0.0.0")
        environment = {"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_PORT": "1", "PATHWAYS_PREFECT_PORT": str(port)}
        with pytest.raises(PortInUse, match=rf"{port} \(PATHWAYS_PREFECT_PORT\)"):
            refuse_taken_ports(Installation.from_environment(environment))


def test_each_system_on_a_machine_finds_a_port_for_its_workers_health(tmp_path: Path) -> None:
    """The first that is free from 8300 on; one that somebody has chosen is theirs, and is refused where it is taken."""
    first = free_worker_port()
    assert WORKER_PORT <= first < WORKER_PORT + WORKER_PORTS
    installation = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path)})
    with socket.create_server(("127.0.0.1", first)):
        assert free_worker_port() > first
        with pytest.raises(PortInUse, match=rf"{first} \(PATHWAYS_WORKER_PORT\)"):
            refuse_taken_ports(installation, first)


@pytest.mark.parametrize("form", [JsonLine, TextLine])
def test_the_gravest_words_of_a_log_are_found_in_either_form(tmp_path: Path, form: type[logging.Formatter]) -> None:
    """The last critical line since it was begun, else the last error; what was not logged by us is passed over."""
    file, line = tmp_path / "part.log", form().format
    file.write_text(line(record_of(logging.CRITICAL, "of the time before")) + "\n")
    begun = file.stat().st_size
    assert gravest_words(file, begun) == ""
    lines = [line(record_of(logging.ERROR, "it leans")), CANARY, line(record_of(logging.WARNING, "it rains"))]
    with file.open("a") as log:
        log.write("\n".join(lines) + "\n")
    assert gravest_words(file, begun) == "it leans"
    with file.open("a") as log:
        log.write(line(record_of(logging.CRITICAL, "it fell")) + "\n")
        log.write(line(record_of(logging.ERROR, "and broke")) + "\n")
    assert gravest_words(file, begun) == "it fell"
    assert gravest_words(file, begun + 10_000_000) == "it fell"  # it was put aside and begun anew meanwhile
    assert gravest_words(tmp_path / "none.log", 0) == ""


def part_that_says(words: str, tmp_path: Path) -> Part:
    """A part that logs a critical line and ends."""
    says = "from deployments.logs.setting_up import set_up_logging as s; s('p'); import logging, sys; "
    does = f"logging.getLogger('pathways').critical({words!r}); sys.exit(3)"
    environment = {**os.environ, "PATHWAYS_LOG": "json", "PYTHONPATH": str(CHECKOUT)}
    return Part("Prefect server", [sys.executable, "-c", says + does], environment, tmp_path / "prefect-server.log")


def test_a_server_that_does_not_come_up_is_told_of_with_its_cause(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In the sentence with which `pathways up` ends; and in its log where it had been up and is started again."""
    part = part_that_says("its database is a fish", tmp_path)
    parts = Parts()
    parts.start(part)
    with pytest.raises(
        PrefectDidNotStart, match=r"did not come up; the last trouble in .*-server.log: its database is a fish"
    ):
        wait_for_server(NOBODY_THERE, part)

    part.started_at -= 3600
    with caplog.at_level(logging.WARNING, "pathways"):
        parts.revive()
    parts.end()
    assert "ended with 3; it is started again; the last trouble in its log: its database is a fish" in caplog.text


def test_a_file_that_is_gone_or_another_is_noticed(tmp_path: Path) -> None:
    """At the second look; one that is not made yet, or is away for one look, is not lost."""
    file = tmp_path / "prefect.db"
    watched = WatchedFile(file)
    assert [watched.is_lost(), watched.is_lost()] == [False, False]
    file.write_text("ours")
    assert [watched.is_lost(), watched.is_lost()] == [False, False]

    aside = file.rename(tmp_path / "aside.db")
    assert not watched.is_lost()
    aside.rename(file)
    assert [watched.is_lost(), watched.is_lost()] == [False, False]

    file.rename(aside)
    assert [watched.is_lost(), watched.is_lost()] == [False, True]

    file.write_text("another's")
    replaced = WatchedFile(aside)
    assert not replaced.is_lost()
    file.replace(aside)
    assert [replaced.is_lost(), replaced.is_lost()] == [False, True]


def test_what_took_the_place_of_a_lost_file_is_not_mixed_with_it(tmp_path: Path) -> None:
    """SQLite would read the write-ahead log that is left lying into the file that is there now."""
    file, other = tmp_path / "prefect.db", tmp_path / "other.db"
    ours = sqlite3.connect(file)
    ours.execute("PRAGMA journal_mode = WAL")
    ours.execute("CREATE TABLE ours (a)")
    ours.commit()
    watched = WatchedFile(file)
    assert [watched.is_lost(), watched.is_lost()] == [False, False]
    log = tmp_path / "prefect.db-wal"
    assert log.exists()

    with sqlite3.connect(other) as theirs:
        theirs.execute("CREATE TABLE theirs (a)")
    theirs.close()
    other.replace(file)
    assert [watched.is_lost(), watched.is_lost()] == [False, True]
    watched.take_its_log_away()
    assert not log.exists()

    log.write_text("of the file that is there now")
    watched.take_its_log_away()
    assert log.exists()
