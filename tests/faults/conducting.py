"""
The conductor: lets one process of a trial go on at a time, and says when something goes wrong for it.

Whose turn it is and what goes wrong is drawn from the seed at each point that a process comes to, so that the seed
repeats the trial: the processes are real, and so are their deaths, but no two of them race unless they are let.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from tests.faults.clock import SharedTime
from tests.faults.company import Company, Hung, Member
from tests.faults.plans import STRIDES, Fault, Plan
from tests.faults.points import Order, Point

JUMPS = tuple(timedelta(seconds=seconds) for seconds in (-90000, -3600, -61, -1, 1, 61, 3600, 90000))
OF_THE_BUSY = 0.9
"""How often somebody goes on who has something to do, rather than anybody."""
MOST_STEPS_TO_AN_END = 40_000


@dataclass(frozen=True)
class Machinery:
    """What can happen to the database from outside."""

    crash: Callable[[], None]
    """kill -9 the database server."""
    start_again: Callable[[], None]
    lock: Callable[[], Callable[[], None]]
    """Locks SQLite as another program would; gives what lets go of it."""


@dataclass
class Conductor:
    """Runs the storm of one trial, and mends everything after it."""

    plan: Plan
    time: SharedTime
    company: Company
    machinery: Machinery
    story: list[str] = field(default_factory=list)
    struck: dict[Fault, int] = field(default_factory=dict)
    """How often each fault has struck."""
    steps: int = 0
    """How often somebody was let go on."""

    def __post_init__(self) -> None:
        self._random = self.plan.chance("conductor")
        self._idle: set[str] = set()
        self._let_go: Callable[[], None] | None = None
        self._lets_go_at = self._back_at = 0
        self._number = 0
        self._way = sha256()
        self.company.heard = self._heard

    # ------------------------------------------------------------------ whose turn it is

    def storm(self) -> None:
        """Let everything happen. Raises `Hung`."""
        for member in self.company.members:
            self.company.begin(member)
        while self.steps < self.plan.steps:
            self.steps += 1
            self._end_what_is_over()
            ready = self._ready()
            if not ready:
                self._wait()
                continue
            if self._nobody_has_anything_to_do():
                self._let_time_pass(self._random.choice(STRIDES))
            busy = [member for member in ready if member.name not in self._idle]
            member = self._random.choice(busy if busy and self._random.random() < OF_THE_BUSY else ready)
            order = self._order_for(member)
            if member.stalled_until <= self.steps:
                self._go_on(member, order)

    def mend(self) -> None:
        """End every fault, and let each process come to the end of its turn and leave. Raises `Hung`."""
        self._say("everything is mended")
        self._lets_go_at, self._back_at = -1, min(self._back_at, 1)
        for member in self.company.members:
            member.stalled_until = 0
        for _ in range(MOST_STEPS_TO_AN_END):
            self.steps += 1
            self._end_what_is_over(restart=False)
            if not any(member.lives for member in self.company.members):
                return
            ready = self._ready()
            if not ready:
                self._wait()
                continue
            member = self._random.choice(ready)
            self._number = 0
            order = Order.LEAVE if member.point in (Point.TURN, Point.IDLE) else Order.GO
            if member.full_until:
                member.full_until, order = 0, Order.ROOM
            self._go_on(member, order)
        raise Hung("the processes of the trial did not come to an end")

    def put_away(self) -> None:
        """End whatever is left, however the trial went."""
        self.company.kill_all()
        self._lets_go_at, self._back_at = -1, min(self._back_at, 1)
        self._end_what_is_over(restart=False)

    def _ready(self) -> list[Member]:
        """Who can go on: not who stands still, nor who would only wait for SQLite's lock."""
        writer = next((member for member in self.company.members if member.is_writing), None)
        waits = not self.plan.on_postgresql and writer is not None and writer.stalled_until <= self.steps
        return [
            member
            for member in self.company.members
            if member.point is not None
            and member.stalled_until <= self.steps
            and not (waits and member.point is Point.BEGINS)
        ]

    def _wait(self) -> None:
        """Nobody is ready: wait for whoever runs; where all stand still, the next step ends it."""
        if running := self.company.running():
            self.company.wait_for(running)

    @property
    def way(self) -> str:
        """What stands for who went on in which order, from which point and how: the same where a trial is repeated."""
        return self._way.hexdigest()[:16]

    def _go_on(self, member: Member, order: Order) -> None:
        self._way.update(f"{self.time.now()} {member.name} {member.point} {order} {self._number}\n".encode())
        if order is not Order.GO:
            self._say(f"{member.name} at {member.point}: {order}{f' {self._number}' if self._number else ''}")
        self.company.let_go_on(member, order, self._number)

    def _heard(self, member: Member) -> None:
        if not member.lives:
            member.restart_at = self.steps + self._random.randint(3, 40)
            self._idle.discard(member.name)
        elif member.point is Point.IDLE:
            self._idle.add(member.name)
        elif member.point in (Point.TURN, Point.COMMITTED):
            self._idle.clear()

    def _nobody_has_anything_to_do(self) -> bool:
        awake = [one for one in self.company.members if one.lives and one.stalled_until <= self.steps]
        return bool(awake) and all(one.name in self._idle for one in awake)

    def _let_time_pass(self, by: timedelta) -> None:
        self.time.advance(by)
        self._idle.clear()
        self._say(f"{by} pass")

    def _say(self, what: str) -> None:
        self.story.append(f"{self.steps:5} {self.time.now():%m-%d %H:%M:%S} {what}")

    # ------------------------------------------------------------------ what goes wrong

    def _end_what_is_over(self, *, restart: bool = True) -> None:
        """Faults whose time is over end; whoever died is started again."""
        if self._let_go is not None and self._lets_go_at <= self.steps:
            self._let_go()
            self._let_go = None
            self._say("the database is let go")
        if self._back_at and self._back_at <= self.steps:
            self.machinery.start_again()
            self._back_at = 0
            self._say("the database server is back")
        for member in self.company.members:
            if restart and not member.lives and member.restart_at <= self.steps:
                self.company.begin(member)

    def _order_for(self, member: Member) -> Order:
        """What is said to a member at its point; what goes wrong outside of it happens at once."""
        self._number = 0
        if member.full_until and member.full_until <= self.steps:
            member.full_until = 0
            return Order.ROOM
        for fault, chance in self.plan.chances.items():
            if self._random.random() < chance and (order := self._strike(fault, member)) is not None:
                self.struck[fault] = self.struck.get(fault, 0) + 1
                return order
        return Order.GO

    def _strike(self, fault: Fault, member: Member) -> Order | None:
        """The order by which a fault strikes; None where it cannot at this point."""
        point, on_postgresql, random = member.point, self.plan.on_postgresql, self._random
        match fault:
            case Fault.DIE:
                return Order.DIE
            case Fault.DIE_WITHIN if point is Point.BEGINS:
                self._number = random.randint(1, 12)
                return Order.DIE
            case Fault.CUT if on_postgresql and point in (Point.BEGINS, Point.STATEMENT, Point.COMMITS):
                self._number = random.randint(1, 12) if point is Point.BEGINS else 0
                return Order.CUT
            case Fault.CUT_AFTER if on_postgresql and point is Point.COMMITS:
                return Order.CUT_AFTER
            case Fault.FULL if not on_postgresql and not member.full_until and point is Point.BEGINS:
                member.full_until = self.steps + random.randint(2, 30)
                self._number = random.randint(1, 20_000)
                return Order.FULL
            case Fault.STALL:
                member.stalled_until = self.steps + random.randint(5, 120)
                self._say(f"{member.name} at {point}: stands still")
                if random.random() < 0.7:
                    self._let_time_pass(random.choice(STRIDES[1:5]))
                return Order.GO
            case Fault.JUMP:
                by = random.choice(JUMPS)
                self.time.jump(member.place, by)
                self._say(f"{member.name}: its clock jumps by {by.total_seconds():.0f} seconds")
                return Order.GO
            case Fault.LOCK if not on_postgresql and self._let_go is None and self._nobody_writes():
                self._let_go, self._lets_go_at = self.machinery.lock(), self.steps + random.randint(3, 40)
                self._say("somebody else locks the database")
                return Order.GO
            case Fault.CRASH if on_postgresql and not self._back_at:
                self.machinery.crash()
                self._back_at = self.steps + random.randint(3, 25)
                self._say("the database server is killed")
                return Order.GO
        return None

    def _nobody_writes(self) -> bool:
        return not any(member.is_writing for member in self.company.members)
