"""
The processes of a trial, from outside: they are forked, told how to go on, waited for, and buried.

A process is heard of at its points alone. On PostgreSQL one may wait for a lock of another's; then it is left to wait.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.plans import Role
from tests.faults.points import Order, Point

BLOCKED_AFTER_SECONDS = 0.04
"""On PostgreSQL a process that has not come to its next point by then waits for another's lock."""
HUNG_AFTER_SECONDS = 60.0
IN_TRANSACTION = (Point.BEGINS, Point.STATEMENT, Point.COMMITS)

Start = Callable[["Member", socket.socket], int]
"""Forks a process for a member, with its end of the line; gives its pid."""


class Hung(Exception):
    """A process did not come to its next point in a minute, or the trial to its end."""


@dataclass
class Member:
    """One process of a trial."""

    role: Role
    number: int
    place: int
    """Its place among all, by which the clock knows it."""
    pid: int = 0
    line: socket.socket | None = None
    starts: int = 0
    point: Point | None = None
    """Where it stands; None: it runs, or waits for a lock."""
    is_writing: bool = False
    """It has begun a transaction and not ended it."""
    stalled_until: int = 0
    """It stands still until the conductor has let somebody go on so often."""
    restart_at: int = 0
    full_until: int = 0
    """Until when it finds the disk full; 0: it has room."""

    @property
    def name(self) -> str:
        """Such as worker-1."""
        return f"{self.role}-{self.number}"

    @property
    def lives(self) -> bool:
        """Whether there is a process."""
        return self.line is not None


class Company:
    """All processes of a trial."""

    def __init__(self, members: list[Member], start: Start, *, may_block: bool) -> None:
        self.members = members
        self._start = start
        self._may_block = may_block
        self.heard: Callable[[Member], None] = lambda _member: None
        """Told of each process that has come to a point, or died."""

    def begin(self, member: Member) -> None:
        """Fork a process for a member, and wait until it stands at its first point."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        member.pid = self._start(member, theirs)
        theirs.close()
        member.line, member.point, member.is_writing, member.restart_at = ours, None, False, 0
        member.starts += 1
        self.wait_for([member])

    def lines(self) -> list[socket.socket]:
        """Our ends of all lines, which a new process closes."""
        return [member.line for member in self.members if member.line is not None]

    def running(self) -> list[Member]:
        """Who has not come to a point: by now they can only wait for a lock."""
        return [member for member in self.members if member.lives and member.point is None]

    def let_go_on(self, member: Member, order: Order, number: int) -> None:
        """Tell a process how it goes on, and wait until it stands again, waits for a lock or is gone."""
        assert member.line is not None
        waited = self.running()
        ends = member.point is Point.COMMITS
        member.is_writing = member.point in IN_TRANSACTION
        member.point = None
        member.line.send(f"{order} {number}".encode())
        blocks = self._may_block and member.is_writing
        self.wait_for([member], BLOCKED_AFTER_SECONDS if blocks else HUNG_AFTER_SECONDS)
        if waited:  # what has just ended may be what they waited for
            over = ends or not member.lives or member.point is Point.GAVE_UP
            self.wait_for(waited, BLOCKED_AFTER_SECONDS if over else 0.0)

    def wait_for(self, members: list[Member], seconds: float = HUNG_AFTER_SECONDS) -> None:
        """Until the first of them stands at a point or is gone, or the time is over. Raises `Hung` after a minute."""
        lines = {member.line: member for member in members if member.line is not None}
        if not lines:
            return
        found, _, _ = select.select(list(lines), [], [], seconds)
        if not found and seconds >= HUNG_AFTER_SECONDS:
            raise Hung(f"{members[0].name} did not come to its next point in a minute")
        for line in found:
            self._hear(lines[line])

    def kill_all(self) -> None:
        """End every process, whatever it does."""
        for member in self.members:
            if member.lives:
                os.kill(member.pid, signal.SIGKILL)
                self._bury(member)

    def _hear(self, member: Member) -> None:
        assert member.line is not None
        try:
            said = member.line.recv(64)
        except OSError:
            said = b""
        if said:
            member.point = Point(said.decode().strip())
            member.is_writing = member.is_writing and member.point in (Point.STATEMENT, Point.COMMITS)
        else:
            self._bury(member)
        self.heard(member)

    def _bury(self, member: Member) -> None:
        assert member.line is not None
        member.line.close()
        until = time.monotonic() + HUNG_AFTER_SECONDS
        while os.waitpid(member.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > until:
                os.kill(member.pid, signal.SIGKILL)
            time.sleep(0.001)
        member.line, member.point, member.is_writing, member.full_until = None, None, False, 0
