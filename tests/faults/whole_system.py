"""
The whole system, as `pathways up` starts it, with Prefect's server, our worker and the serving part, under load.

`python -m tests.faults.whole_system --rounds 12`. In each round letters come in, staff answer, and the parts are killed
at random instants, one after the other or all at once; now and then Prefect's database is deleted as well. Then the
system has some minutes to come to rest by itself, and the invariants are held against its record. What is drawn from a
seed here is what is done and when; how the processes meet it is the machine's own affair.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import smtplib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from random import Random

import httpx
from sqlalchemy import func, select

from models.cases import Case, Lease
from models.mail import InboundMail, MailState
from models.states import CaseStatus
from tasks.database import DatabaseUnavailable
from tasks.telling.mailbox_service import read_mailbox
from tests.faults.invariants import Broken, Evidence, check
from tests.faults.journal import Heard, Journal
from tests.faults.load import CANARY
from tests.faults.outside import OUR_ID, Taken
from tests.faults.plans import plan_of
from tests.faults.players import Player
from tests.faults.rehearsal import NoLine, load_everything
from tests.faults.settling import count
from tests.faults.staff import Colleagues
from tests.faults.stage import Stage, read_register
from tests.faults.telling import say, tell_what_failed
from tests.faults.trial import Result
from tests.real_prefect.conftest import CHECKOUT, System, started
from tests.real_prefect.outside import Outside

KIND = "whole-system"
LOAD_SECONDS = 15.0
REST_WITHIN_SECONDS = 420.0
LOOKS = 3
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LIVE = ("SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING")


class Blow(StrEnum):
    """What is done to the running system."""

    WORKER = "kills the worker"
    SERVER = "kills Prefect's server"
    SERVING = "kills the serving part"
    ALL = "kills all parts at once"
    WIPE = "kills Prefect's server and deletes its database"


PARTS = {Blow.WORKER: ["running worker"], Blow.SERVER: ["uvicorn"], Blow.SERVING: ["running serve"]}
PARTS[Blow.ALL] = [part for parts in PARTS.values() for part in parts]
PARTS[Blow.WIPE] = PARTS[Blow.SERVER]


class _Wakes:
    """Wakes cases through Prefect's API where it answers; else the backstop does."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def wake(self, ref: str) -> None:
        """As a worklist does after its commit."""
        run = self._outside.case(ref).flow_run_id
        if run is not None:
            state = {"type": "SCHEDULED", "name": "Woken"}
            with contextlib.suppress(httpx.HTTPError):
                address = f"{self._outside.system.api}/flow_runs/{run}"
                if httpx.get(address, timeout=5).json().get("state_type") == "SCHEDULED":
                    httpx.post(f"{address}/set_state", json={"state": state}, timeout=5)


@dataclass
class Siege:
    """One running system and those who use it."""

    system: System
    stage: Stage
    folder: Path
    campaign: int
    struck: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    def __post_init__(self) -> None:
        self.outside = Outside(self.system)
        self.council = self.outside.council
        self.council.waker = _Wakes(self.outside)
        self.journal = Journal(self.folder / "journal.jsonl")
        self.stage.register, _ = read_register(self.council.database)

    def round(self, number: int) -> Result:
        """Load, blows, rest, and the invariants."""
        began, seed = time.monotonic(), f"{self.campaign}-{number}"
        random = Random(f"{seed} {KIND}")
        self.struck = Counter()
        self._load(random)
        result = Result(seed, KIND, on_postgresql=False, struck=dict(self.struck))
        restless = self._wait_for_rest()
        if restless:
            result.broken.append(Broken("comes-to-rest", "", restless))
        result.broken += self._broken()
        result.counted = count(self._player(random))
        result.seconds = round(time.monotonic() - began, 1)
        return result

    def _load(self, random: Random) -> None:
        colleagues = Colleagues(self._player(random))
        until = time.monotonic() + LOAD_SECONDS
        blows = sorted(random.uniform(1.0, LOAD_SECONDS) for _ in range(random.randint(1, 4)))
        while time.monotonic() < until:
            passed = LOAD_SECONDS - (until - time.monotonic())
            if blows and blows[0] <= passed:
                blows.pop(0)
                self._strike(random.choice([*Blow, Blow.WORKER, Blow.SERVING]))
            with contextlib.suppress(DatabaseUnavailable):
                if random.random() < 0.35:
                    self._post(random)
                else:
                    colleagues.do_something()
            time.sleep(random.uniform(0.0, 0.4))  # how often somebody does something: load, nothing waits on it

    def _strike(self, blow: Blow) -> None:
        self.struck[blow] += 1
        for part in PARTS[blow]:
            self.system.kill(part)
        if blow is Blow.WIPE:
            for file in (self.system.home / "prefect").glob("prefect.db*"):
                file.unlink(missing_ok=True)

    def _post(self, random: Random) -> None:
        """A letter by SMTP; where no door is open its sender sends the same one again, as mail systems do."""
        self.sent += 1
        mark = f"wholex{self.campaign}x{self.sent}x"
        letter = EmailMessage()
        letter["From"], letter["To"] = f"Ottoline {CANARY} <tom@example.org>", "adult.care@example.org"
        letter["Subject"], letter["Message-ID"] = "My mother", f"<{mark}@example.org>"
        letter.set_content(f"Dear Priya, please ring {CANARY} about the bath seat. {mark}")
        for _ in range(random.choice((1, 1, 1, 3))):
            try:
                with smtplib.SMTP("127.0.0.1", self.system.ports["PATHWAYS_SMTP_PORT"], timeout=10) as door:
                    door.send_message(letter)
            except (OSError, smtplib.SMTPException):
                continue
            self.journal.note(Heard.MESSAGE_ACCEPTED, "sender", mark)

    # ------------------------------------------------------------------ afterwards

    def _wait_for_rest(self) -> str:
        """Until nothing is left to do; what there still is where that takes too long."""
        until, restless = time.monotonic() + REST_WITHIN_SECONDS, "not looked"
        while time.monotonic() < until:
            try:
                restless = self._restless()
            except (httpx.HTTPError, DatabaseUnavailable) as away:
                restless = type(away).__name__
            if not restless:
                return ""
            time.sleep(1)  # between two looks; the deadline is above
        return restless

    def _restless(self) -> str:
        """Who is not at rest; empty where everybody is."""
        now = self.council.clock.now()
        with self.council.database.read() as session:
            stored = session.scalar(select(func.count()).where(InboundMail.state == MailState.STORED))
            rows = session.execute(
                select(Case, Lease).join(Lease, Lease.case_ref == Case.ref).where(Case.status != CaseStatus.CLOSED)
            ).all()
        if stored:
            return f"{stored} messages are not taken up"
        awake = [
            case.ref
            for case, lease in rows
            if case.wake_no != case.asleep_wake_no
            or lease.holder is not None
            or case.flow_run_id is None
            or case.next_due is None
            or case.next_due <= now
        ]
        if awake:
            return f"cases are awake: {', '.join(awake[:5])}"
        return "; ".join(f"{ref}: {how}" for ref, how in self._runs_amiss())

    def _runs_amiss(self) -> Iterator[tuple[str, str]]:
        """Open cases that have not exactly one live run in Prefect, asleep until their next time."""
        with self.council.database.read() as session:
            cases = list(session.scalars(select(Case).where(Case.status != CaseStatus.CLOSED)))
        by_ref: dict[str, list[tuple[str, str]]] = {}
        for run in self.system.runs():
            if run["state_type"] in LIVE and (ref := run["parameters"].get("ref")):
                by_ref.setdefault(ref, []).append((run["id"], run["state_type"]))
        for case in cases:
            if by_ref.get(case.ref) != [(case.flow_run_id, "SCHEDULED")]:
                yield case.ref, f"its runs are {by_ref.get(case.ref)}, the record says {case.flow_run_id}"

    def _broken(self) -> list[Broken]:
        logs = [*self.system.home.parent.glob("*.log"), *self.system.home.rglob("*.log")]
        shown = [*logs, *(self.system.home / "prefect").glob("prefect.db*")]
        witness = self.system.home / "seals.log"
        if witness.exists():
            shutil.copy(witness, self.folder / "seals.log")
        broken = [Broken("nothing-personal-leaves", file.name, "it holds a name") for file in shown if _holds(file)]
        broken += [Broken("every-open-case-has-one-run", ref, how) for ref, how in self._runs_amiss()]
        for _ in range(LOOKS):  # it is alive: what was recorded after the mailboxes were read is no loss
            found = check(Evidence(self.council, self.journal, list(self._taken()), self.folder, LONG_AGO))
            if not found:
                break
        return broken + found

    def _taken(self) -> Iterator[Taken]:
        for folder in (self.system.home / "mailbox").iterdir():
            for message in read_mailbox(folder):
                text = f"{message.subject}\n{message.body}"
                if "Message-ID" in message.headers:
                    yield Taken("mail", message.headers["Message-ID"], message.to, text)
                    continue
                for ours in sorted(set(re.findall(OUR_ID, text))):
                    yield Taken("staff", ours, folder.name, text)

    def _player(self, random: Random) -> Player:
        plan = plan_of(f"{self.campaign}-8", postgresql=False)
        return Player("staff-1", plan, self.stage, self.council, NoLine(), self.journal, self.folder, random)


def _holds(file: Path) -> bool:
    return file.name != "seals.log" and file.is_file() and CANARY.encode() in file.read_bytes()


def besieged(campaign: int, rounds: int, progress: Callable[[Result, int, int], None]) -> list[Result]:
    """Start a system, and let it live through so many rounds."""
    load_everything()
    folder = Path(tempfile.mkdtemp(prefix="faults-whole-"))
    stage, results = Stage.built(), []
    try:
        (folder / "system").mkdir()
        with started(folder / "system" / "pathways", CHECKOUT) as system:
            siege = Siege(system, stage, folder, campaign)
            for number in range(1, rounds + 1):
                results.append(siege.round(number))
                progress(results[-1], number, rounds)
    finally:
        stage.strike()
        shutil.rmtree(folder, ignore_errors=True)
    return results


def main() -> int:
    """Run what the command line says; 1 where an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.whole_system", description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what came of it")
    asked = parser.parse_args()
    return tell_what_failed(besieged(asked.seed, asked.rounds, say), asked.json)


if __name__ == "__main__":
    sys.exit(main())
