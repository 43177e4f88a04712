"""The log: one JSON object a line, references as fields, and nothing personal whatever goes wrong."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deployments.logs.lines import JsonLine, TextLine, facts_of, line
from deployments.logs.rotating import keep_small
from deployments.logs.setting_up import kept_in
from models.log_context import in_hand
from models.refs import new_ref
from tasks.durable import audited, procedure
from tasks.durable.testing import Office
from tasks.installation import CHECKOUT, LOGGING_FILE
from tests.durable.lending import WheelchairLoan

CANARY = "Ada Featherstonehaugh"
REF = new_ref()


class Heard(logging.Handler):
    """Keeps every line as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLine())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Everything that is logged in this process from warnings upwards, by whoever."""
    handler, root = Heard(), logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


@contextmanager
def speaking(name: str, heard: Heard) -> Iterator[logging.Logger]:
    """A library's logger, heard by us alone whatever else has set it up."""
    log = logging.getLogger(name)
    before = log.level, log.propagate, log.handlers[:], log.filters[:]
    log.setLevel(logging.DEBUG)
    log.propagate, log.handlers[:], log.filters[:] = False, [heard], []
    yield log
    log.setLevel(before[0])
    log.propagate, log.handlers[:], log.filters[:] = before[1:]


def record_of(name: str, message: object, *values: object, **more: Any) -> logging.LogRecord:
    """A record as this file would have logged it."""
    record = logging.getLogger(name).makeRecord(name, logging.WARNING, __file__, 1, message, values, None)
    vars(record).update(more)
    return record


def test_a_line_says_when_where_and_what_it_is_about() -> None:
    """Time in UTC, level, part, logger, message, and the case and work item that the message names."""
    facts = facts_of(record_of("pathways", "item %s of case %s waits", "W-7K3Q9PXM2B", REF))
    assert facts.pop("time").endswith("Z")
    assert facts == {
        "level": "warning",
        "part": "command",
        "logger": "pathways",
        "message": f"item W-7K3Q9PXM2B of case {REF} waits",
        "case": REF,
        "work_item": "W-7K3Q9PXM2B",
    }


def test_lines_of_a_leg_bear_its_case_and_fence() -> None:
    """What is in hand is a field of every line, also of another library's; after the block it is not."""
    with in_hand(case=REF), in_hand(fence=7):
        inside = facts_of(record_of("httpx", "sent"))
    assert (inside["case"], inside["fence"]) == (REF, 7)
    assert "case" not in facts_of(record_of("httpx", "sent"))


def test_a_field_that_is_given_wins() -> None:
    """`extra={"case": ...}` says what a line is about; fields that nobody knows are left out."""
    facts = facts_of(record_of("pathways", "looked", case=REF, sender=CANARY))
    assert facts["case"] == REF and "sender" not in facts


def test_a_message_with_two_cases_is_about_neither() -> None:
    """Which of them it is about cannot be told."""
    assert "case" not in facts_of(record_of("pathways", f"{REF} and {new_ref()}"))


def test_of_an_error_its_type_and_places_are_told(heard: Heard) -> None:
    """Neither its text nor that of the one behind it, though the record carries the whole error."""
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as behind:
            raise RuntimeError(f"could not write to {CANARY}") from behind
    except RuntimeError:
        logging.getLogger("pathways").exception("a part broke off")

    told = heard.lines[-1]
    assert (told["message"], told["error"]) == ("a part broke off", "RuntimeError")
    assert told["places"][-1].startswith("operations/test_logs.py:")
    assert CANARY not in json.dumps(told)


@pytest.mark.parametrize("library", ["httpx", "uvicorn.error", "sqlalchemy.engine", "prefect.flow_runs", "mail.log"])
def test_what_another_library_puts_together_is_withheld(heard: Heard, library: str) -> None:
    """Values, f-strings and errors given as the message never come through; fixed words do."""
    with speaking(library, heard) as log:
        log.warning("a fixed sentence")
        log.warning("refused by %s", CANARY)
        log.warning(f"refused by {CANARY}")
        log.error(ValueError(CANARY))
        log.error(str(ValueError(CANARY)), exc_info=ValueError(CANARY))

    said = [one["message"] for one in heard.lines]
    assert said[:2] == ["a fixed sentence", "refused by %s"]
    assert all(words.startswith("(withheld") for words in said[2:])
    assert all("place" in one for one in heard.lines[2:])
    assert CANARY not in json.dumps(heard.lines)


def test_a_step_that_raises_with_a_name_in_it_leaves_no_name(heard: Heard, office: Office) -> None:
    """Whatever the leg logs on its way to "Needs attention" is said without the error's text."""

    @audited("It breaks")
    def break_off() -> None:
        logging.getLogger("pathways").warning("about to break")
        logging.getLogger("another.package").error("cannot send to %s", CANARY)
        raise ValueError(CANARY)

    @procedure(follows="Lending wheelchairs")
    def breaking_off(loan: WheelchairLoan) -> None:
        break_off()

    case = office.start(breaking_off, WheelchairLoan())

    ours = [one for one in heard.lines if one["message"] == "about to break"]
    assert ours and all(one["case"] == case and one["fence"] >= 1 for one in ours)
    assert CANARY not in json.dumps(heard.lines)


def test_text_for_people_is_one_line_that_steers_no_terminal() -> None:
    """A line break or an escape sequence in a message does not begin a line of its own."""
    said = TextLine().format(record_of("pathways", "one\ntwo\x1b[31m"))
    assert "\n" not in said and "\x1b" not in said and "WARNING" in said


def test_format_is_json_unless_text_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """PATHWAYS_LOG says which; without it what is no terminal gets JSON."""
    monkeypatch.setenv("PATHWAYS_LOG", "text")
    assert isinstance(line(), TextLine)
    monkeypatch.setenv("PATHWAYS_LOG", "json")
    assert isinstance(line(), JsonLine)
    monkeypatch.delenv("PATHWAYS_LOG")
    monkeypatch.setattr(sys, "stderr", None)
    assert isinstance(line(), JsonLine)


PROCESS = """
import asyncio, logging, os, sys, threading, warnings
if sys.argv[2] == "ours":
    from deployments.logs.setting_up import set_up_logging
    set_up_logging("worker")
from tasks.installation import Installation
os.environ.update(Installation.from_environment().prefect_environment())
import prefect.main
CANARY = sys.argv[1]

def breaks():
    raise ValueError(CANARY)

logging.getLogger("pathways").info("begun")
logging.getLogger("prefect.flow_runs").error("Finished in state %r", CANARY, exc_info=ValueError(CANARY))
logging.getLogger("uvicorn.error").error("Exception in ASGI application\\n", exc_info=ValueError(CANARY))
warnings.warn(CANARY)
thread = threading.Thread(target=breaks)
thread.start()
thread.join()

async def forgets():
    asyncio.create_task(asyncio.to_thread(breaks))
    await asyncio.sleep(0.2)

asyncio.run(forgets())

class Dying:
    def __del__(self):
        breaks()

Dying()
breaks()
"""


@pytest.mark.parametrize("whose", ["ours", "prefect's"])
def test_every_way_out_of_a_process_is_a_json_line_without_the_name(tmp_path: Path, whose: str) -> None:
    """Uncaught errors, forgotten tasks, dying objects, warnings, Prefect's own, the web server's: none has a text."""
    ended = subprocess.run(
        [sys.executable, "-c", PROCESS, CANARY, whose],
        cwd=CHECKOUT,
        env={
            "PATH": "/usr/bin:/bin",
            "PATHWAYS_HOME": str(tmp_path),
            "PATHWAYS_LOG": "json",
            "PATHWAYS_PART": "worker",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert CANARY not in ended.stderr + ended.stdout
    told = [json.loads(one) for one in ended.stderr.splitlines()]
    assert {one["part"] for one in told} == {"worker"}
    loggers = [one["logger"] for one in told]
    assert loggers.count("prefect.flow_runs") == 1 and loggers.count("uvicorn.error") == 1
    uncaught = [one for one in told if one["message"] == "an error that nobody caught"]
    assert len(uncaught) == 3 and {one["error"] for one in uncaught} == {"ValueError"}
    assert any(one["logger"] == "asyncio" and one["error"] == "ValueError" for one in told)


def test_no_handler_sends_what_is_logged_to_prefects_server() -> None:
    """What is logged inside a flow stays out of Prefect's database."""
    assert "prefect.logging" not in LOGGING_FILE.read_text(encoding="utf-8")


def test_a_log_file_stays_small(tmp_path: Path) -> None:
    """Once too large it is put aside and begun anew under its writer; only so many are kept."""
    file = tmp_path / "worker.log"
    with file.open("ab", buffering=0) as writer:
        for number in range(5):
            writer.write(b"%d" % number * 60)
            assert keep_small(file, largest=100, kept=2) is False
            writer.write(b"%d" % number * 60)
            assert keep_small(file, largest=100, kept=2) is True
            assert file.stat().st_size == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["worker.log", "worker.log.1", "worker.log.2"]
    assert (tmp_path / "worker.log.1").read_bytes() == b"4" * 120
    assert (tmp_path / "worker.log.2").read_bytes() == b"3" * 120


def test_a_log_file_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    """A part that has written nothing yet."""
    assert keep_small(tmp_path / "none.log") is False


def test_what_a_process_says_on_its_terminal_is_kept_in_a_file_as_well(tmp_path: Path) -> None:
    """Line by line, without the text of an error; and only while it is wanted."""
    file, log = tmp_path / "logs" / "up.log", logging.getLogger("pathways")
    with kept_in(file):
        log.warning("%s ended with %s; it is started again", "worker", -9)
        try:
            raise ValueError(CANARY)
        except ValueError:
            log.error("it could not be done", exc_info=True)
    log.warning("said afterwards")
    first, second = (json.loads(one) for one in file.read_text().splitlines())
    assert (first["level"], first["message"]) == ("warning", "worker ended with -9; it is started again")
    assert CANARY not in json.dumps(second)
