"""
One trial: a fresh database, a storm, everything mended and brought to rest, and the invariants held against the record.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.clock import SharedTime, TrialClock
from tests.faults.company import Company, Hung, Member
from tests.faults.conducting import Conductor, Machinery
from tests.faults.forking import draw_ids_from, fork
from tests.faults.invariants import Broken
from tests.faults.journal import Journal
from tests.faults.outside import Outside
from tests.faults.plans import Plan, Role
from tests.faults.players import PARTS, Player, council_of, play
from tests.faults.points import Line, Watch
from tests.faults.senders import bring
from tests.faults.settling import settle_and_check
from tests.faults.staff import act
from tests.faults.stage import Stage


@dataclass
class Result:
    """What one trial came to."""

    seed: str
    kind: str
    on_postgresql: bool
    seconds: float = 0.0
    steps: int = 0
    struck: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    """What the trial had in the end: cases, entries, messages and so on."""
    broken: list[Broken] = field(default_factory=list)
    story: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether every invariant held."""
        return not self.broken

    def as_json(self) -> dict[str, Any]:
        """For another process, and for the summary."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Result:
        """The result behind a line of another process."""
        return cls(**said | {"broken": [Broken(**one) for one in said["broken"]]})


def run_trial(plan: Plan, stage: Stage, *, keep: bool = False) -> Result:
    """Run one trial. Never raises for what goes wrong in it; `keep` leaves its folder behind."""
    began = time.monotonic()
    result = Result(plan.seed, plan.kind, plan.on_postgresql)
    trial: _Trial | None = None
    try:
        trial = _Trial(plan, stage)
        trial.storm(result)
        trial.settle(result)
    except Hung as hung:
        result.broken.append(Broken("nothing-hangs", "", str(hung)))
    except Exception as failed:
        trace = "".join(traceback.format_exception(failed))[-2000:]
        result.broken.append(Broken("the-trial-itself", "", trace))
    finally:
        if trial is not None:
            result.story = trial.story()
            trial.clear(keep=keep)
    result.seconds = round(time.monotonic() - began, 3)
    return result


class _Trial:
    def __init__(self, plan: Plan, stage: Stage) -> None:
        self.plan, self.stage = plan, stage
        self.name = "trial_" + plan.seed.replace("-", "_")
        self.folder = stage.folder / self.name
        self.folder.mkdir()
        self.time = SharedTime()
        self.journal = Journal(self.folder / "journal.jsonl")
        self.database = stage.database(on_postgresql=plan.on_postgresql)
        stage.new_database(self.name, self.folder, on_postgresql=plan.on_postgresql)
        self.outside = Outside(plan, stage.staff_port)
        self.conductor: Conductor | None = None

    def storm(self, result: Result) -> None:
        roles = [(role, number) for role, count in self.plan.cast.items() for number in range(1, count + 1)]
        members = [Member(role, number, place) for place, (role, number) in enumerate(roles)]
        company = Company(members, self._fork, may_block=self.plan.on_postgresql)
        self.conductor = Conductor(self.plan, self.time, company, self._machinery())
        try:
            self.conductor.storm()
            self.conductor.mend()
        finally:
            self.conductor.put_away()
            result.steps = self.conductor.steps
            result.struck = {str(fault): times for fault, times in self.conductor.struck.items()}

    def settle(self, result: Result) -> None:
        """In a process of its own, so that this one holds no connection when it forks the next trial."""
        self.time.put_all_right()
        report = self.folder / "report.json"

        def settle() -> None:
            _quietly_into(self.folder / "log.txt")
            draw_ids_from(self.plan.chance("ids of the end"))
            try:
                said = settle_and_check(self._player(Member(Role.HOUSE, 0, 0), None), self.outside)
                report.write_text(json.dumps(said))
            except BaseException:
                report.with_suffix(".txt").write_text(traceback.format_exc())
                raise

        pid = fork(settle)
        _, status = os.waitpid(pid, 0)
        if status:
            failed = report.with_suffix(".txt")
            what = failed.read_text()[-2500:] if failed.exists() else f"status {status}"
            result.broken.append(Broken("comes-to-rest", "", what))
            return
        said = json.loads(report.read_text())
        result.counted = said["counted"]
        result.broken += [Broken(**one) for one in said["broken"]]

    def story(self) -> list[str]:
        """What happened, in references only, and what stands for the way it went."""
        return [*self.conductor.story, f"its way: {self.conductor.way}"] if self.conductor is not None else []

    def clear(self, *, keep: bool) -> None:
        self.outside.close()
        self.stage.drop_database(self.name, on_postgresql=self.plan.on_postgresql)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _fork(self, member: Member, line: socket.socket) -> int:
        return fork(partial(self._be, member, line))

    def _be(self, member: Member, line: socket.socket) -> None:
        assert self.conductor is not None
        for other in self.conductor.company.lines():
            other.close()
        self.outside.forget_in_child()
        _quietly_into(self.folder / "log.txt")
        draw_ids_from(self.plan.chance(f"{member.name} {member.starts} ids"))
        player = self._player(member, line)
        play(player, self._part(member), Watch(self.database, player.line))

    def _part(self, member: Member) -> Callable[[Player], None]:
        match member.role:
            case Role.DOOR:
                return partial(bring, post_box=self.outside.post_box)
            case Role.STAFF:
                return act
            case Role.WORKER | Role.POST | Role.HOUSE:
                return PARTS[member.role]

    def _player(self, member: Member, line: socket.socket | None) -> Player:
        clock = TrialClock(self.time, member.place)
        return Player(
            name=member.name,
            plan=self.plan,
            stage=self.stage,
            council=council_of(self.stage, self.plan, clock, self.outside.connections()),
            line=Line(line, self.folder) if line is not None else None,  # type: ignore[arg-type]
            journal=self.journal,
            folder=self.folder,
            random=self.plan.chance(f"{member.name} {member.starts}"),
        )

    def _machinery(self) -> Machinery:
        server = self.stage.server
        if self.plan.on_postgresql and server is not None:
            return Machinery(server.crash, server.start_again, lambda: _nothing)
        return Machinery(_nothing, _nothing, self._lock)

    def _lock(self) -> Callable[[], None]:
        """Another process holds SQLite's write lock until it is let go."""
        ours, theirs = socket.socketpair()
        pid = fork(partial(_hold_the_lock, self.folder / "pathways.db", theirs))
        theirs.close()
        ours.recv(16)

        def let_go() -> None:
            ours.send(b"!")  # closing it would not do: processes that were forked meanwhile have it too
            ours.close()
            os.waitpid(pid, 0)

        return let_go


def _nothing() -> None:
    """That cannot happen to this kind of database."""


def _hold_the_lock(file: Path, line: socket.socket) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA busy_timeout = 5000")
    other.execute("BEGIN IMMEDIATE")
    line.send(b"locked")
    line.recv(1)


def _quietly_into(file: Path) -> None:
    """What a process of a trial logs goes into the trial's log, which is searched for what must never be in it."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
