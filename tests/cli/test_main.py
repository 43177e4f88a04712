"""What holds for every command: errors, exit codes, and a quick start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer

from deployments import cli
from flows.written_contact_transfer import written_contact_transfer
from tasks.database import Database
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.letters import letter

CALL = "import sys; from deployments.cli import run; code = run(sys.argv[1:]); "


def in_a_process(after: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, and then some code."""
    return subprocess.run(
        [sys.executable, "-c", CALL + after, *arguments], capture_output=True, text=True, timeout=120, env=os.environ
    )


def command_that(raises: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the command `faulty`, which ends in that way."""
    module = ModuleType("deployments.cli.faulty")
    app = typer.Typer(rich_markup_mode=None)

    @app.command()
    def faulty() -> None:
        raise raises

    module.app = app  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "deployments.cli.faulty", module)
    monkeypatch.setitem(cli.COMMANDS, "faulty", "go wrong")


def test_an_empty_home_says_how_it_is_filled(command: Pathways) -> None:
    """No database yet: exit code 2 and the two commands that make one."""
    called = command("case", "list")

    assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
    assert "start with `pathways up`, or run `pathways migrate`" in called.err


def test_migrate_makes_a_database_and_may_be_repeated(command: Pathways, home: Path) -> None:
    """On a folder that is not there yet."""
    assert command("migrate").code == 0
    assert (home / "pathways.db").exists()
    assert command("migrate").code == 0
    assert command("audit", "verify").code == 0


def test_a_home_without_a_policy_says_where_it_belongs(command: Pathways, home: Path) -> None:
    """Exit code 2."""
    command("migrate")

    called = command("case", "list")

    assert (called.code, len(called.err.splitlines())) == (2, 1)
    assert str(home / "policy.toml") in called.err and "PATHWAYS_POLICY" in called.err


def test_a_database_that_is_newer_is_refused(pathways: Pathways, council_database: Database) -> None:
    """Exit code 2: nothing is read with code that does not know it."""
    with council_database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    for arguments in (("case", "list"), ("migrate",), ("audit", "verify")):
        called = pathways(*arguments)
        assert called.code == 2
        assert "newer than this code" in called.err


@pytest.mark.parametrize(
    "url", ["nonsense", "postgresql://nobody@127.0.0.1:9/none", "mysql+nothing://x/y", "sqlite:////nowhere/x.db"]
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    command: Pathways, policy_file: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Exit code 2, for reading and for migrating."""
    monkeypatch.setenv("PATHWAYS_DATABASE_URL", url)

    for arguments in (("case", "list"), ("migrate",)):
        called = command(*arguments)
        assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
        assert "fault of ours" not in called.err


def test_a_file_that_is_no_database_is_one_sentence(command: Pathways, home: Path) -> None:
    """Exit code 2."""
    (home / "pathways.db").write_text("Dear Priya, " * 500)

    for arguments in (("migrate",), ("audit", "seal")):
        called = command(*arguments)
        assert (called.code, len(called.err.splitlines())) == (2, 1)
        assert "damaged, or no database of ours" in called.err


def test_a_bad_port_is_named(command: Pathways, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 and the variable."""
    monkeypatch.setenv("PATHWAYS_PORT", "eighty")

    called = command("case", "list")

    assert (called.code, called.err) == (2, "PATHWAYS_PORT must be a port number between 1 and 65535\n")


def test_a_fault_of_ours_tells_only_its_kind(command: Pathways, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its text may be personal; with --debug the traceback is shown to whoever asked for it."""
    command_that(KeyError("Ivy Larkspur"), monkeypatch)

    called = command("faulty")
    assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
    assert "(KeyError)" in called.err and "--debug" in called.err
    assert "Ivy" not in called.err
    assert "Traceback" in command("--debug", "faulty").err


def test_ctrl_c_is_130(command: Pathways, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a traceback."""
    command_that(KeyboardInterrupt(), monkeypatch)

    called = command("faulty")

    assert called.code == 130
    assert "Traceback" not in called.err


@pytest.mark.parametrize(
    "arguments", [(), ("dance",), ("case",), ("case", "show"), ("case", "list", "--colour", "red")]
)
def test_a_wrong_call_is_2(command: Pathways, arguments: tuple[str, ...]) -> None:
    """With how it is called."""
    called = command(*arguments)

    assert called.code == 2
    assert "Usage: pathways" in called.out + called.err


def test_help_lists_every_command(command: Pathways) -> None:
    """Each of them can be asked for its own help."""
    listed = command("--help").out

    for name in cli.COMMANDS:
        assert f"\n  {name} " in listed
        assert command(name, "--help").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("case", "list"),
        ("work", "list"),
        ("audit", "verify"),
        ("clauses", "--json"),
        ("policy", "check", "policy.toml"),
    ],
)
def test_what_needs_no_prefect_does_not_load_it(
    pathways: Pathways, policy_file: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Reading starts quickly: Prefect alone takes longer to load than all the rest."""
    monkeypatch.chdir(policy_file.parent)

    ran = in_a_process("print('prefect' in sys.modules, file=sys.stderr)", *arguments)

    assert (ran.returncode, ran.stderr) == (0, "False\n")


def test_a_reader_who_goes_away_is_no_error(command: Pathways) -> None:
    """`pathways clauses --json | head -1` ends quietly."""
    program = [sys.executable, "-c", "from deployments.cli import main; main()", "clauses", "--json"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        running.wait(timeout=60)


def test_a_terminal_that_lacks_a_letter_still_shows_the_rest(office: Office, pathways: Pathways) -> None:
    """An ASCII terminal shows what it can; what programs read is UTF-8 whatever the terminal."""
    case = office.start(written_contact_transfer, letter(text="from the café"))
    item = pathways("work", "list", "--json").json[0]["id"]
    ascii_terminal = {**os.environ, "PYTHONIOENCODING": "ascii"}
    program = [sys.executable, "-c", "from deployments.cli import main; main()"]

    for arguments, shown in (
        (("work", "show", item, "--as", "duty-worker"), b"from the caf\\xe9"),
        (("audit", "export", "--case", case), "from the café".encode()),
    ):
        ran = subprocess.run([*program, *arguments], capture_output=True, env=ascii_terminal, timeout=60)
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert shown in ran.stdout
