"""`pathways recording-system`: the example's own system by hand, and its extract back into the register."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from deployments.example_council import example_connections_text, example_records
from models.audit import AccessEntry
from models.connections import load_connections
from tasks.database import Database
from tasks.recording.connected import FILE
from tasks.recording.embedded import EmbeddedSystem
from tests.cli.conftest import Pathways


@pytest.fixture
def joined(pathways: Pathways, home: Path) -> Pathways:
    """The command on a home that is joined to the example's recording system."""
    (home / "connections.toml").write_text(example_connections_text(), encoding="utf-8")
    EmbeddedSystem(home / FILE, lambda: date(2026, 1, 6)).open_records(example_records())
    return pathways


def test_a_note_goes_in_by_hand_and_comes_back_by_the_extract(
    joined: Pathways, home: Path, council_database: Database
) -> None:
    """Pasted, listed without its text, shown with an entry in the access log, and imported."""
    pasted = joined(
        "recording-system", "paste", "--record", "LAS-70410", "--title", "Telephone advice",
        "--text-file", "-", "--as", "duty-worker", stdin=b"Advised on the bath seat.",
    )  # fmt: skip
    assert (pasted.code, pasted.out.strip()) == (0, "N-00001")
    listed = joined("recording-system", "notes").out
    assert "N-00001" in listed and "Telephone advice" in listed and "bath seat" not in listed
    assert "Advised on the bath seat." in joined("recording-system", "show", "N-00001", "--as", "duty-worker").out
    with council_database.read() as session:
        assert session.scalars(select(AccessEntry.about)).all() == ["N-00001"]

    written = joined("recording-system", "extract", home)
    assert Path(written.out.strip()) == home / "notes.csv"
    assert "bath seat" not in (home / "notes.csv").read_text()
    imported = joined("register", "import", home / "notes.csv")
    assert imported.code == 0
    assert [line.split()[:3] for line in imported.out.splitlines() if line.startswith("notes")] == [
        ["notes.csv", "1", "1"]
    ]


def test_its_records_are_those_of_the_example_council(joined: Pathways) -> None:
    """By record id and register id, and without names."""
    out = joined("recording-system", "records").out
    assert "LAS-70410" in out and "P-101" in out and "Tilling" not in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "N-9"), "there is no note of that id"),
        (
            ("paste", "--record", "X-1", "--title", "T", "--text-file", "-", "--as", "duty-worker"),
            "no record of that id",
        ),
        (("paste", "--record", "LAS-70410", "--title", "T", "--text-file", "-", "--as", "nobody"), "no such member"),
        (("extract", "/nowhere/at/all"), "name another folder"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(joined: Pathways, arguments: tuple[str, ...], says: str) -> None:
    """Exit code 2, and nothing is written."""
    called = joined("recording-system", *arguments, stdin=b"text")
    assert (called.code, called.out) == (2, "")
    assert says in called.err


def test_a_home_that_is_joined_to_none_says_how(pathways: Pathways) -> None:
    """Exit code 2, with the lines to write."""
    called = pathways("recording-system", "notes")
    assert called.code == 2
    assert "[recording_system]" in called.err


def test_the_examples_connections_are_sound(joined: Pathways, home: Path) -> None:
    """The file that a new home gets names the embedded system."""
    named = load_connections(home / "connections.toml").recording_system
    assert named is not None
    assert (named.kind, named.writes_titles) == ("embedded", ())
