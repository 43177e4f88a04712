"""
Slots: so many threads, each of which carries out one piece of work at a time.

A thread cannot be killed. Work that hangs has its slot written off: it is not waited for any more, and its key may be
offered again. A slot whose work comes back after all is a slot again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

log = logging.getLogger("pathways")

T = TypeVar("T")


@dataclass(eq=False)
class _Piece(Generic[T]):
    """A piece of work that has begun."""

    key: Hashable
    begun_at: float
    thread: int
    written_off: bool = field(default=False)


class Slots(Generic[T]):
    """`count` daemon threads that call `work`; times are seconds of `clock`."""

    def __init__(
        self,
        count: int,
        work: Callable[[T], None],
        *,
        hung_after: float,
        name: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if count < 1:
            raise ValueError("a worker has at least one slot")
        self.count = count
        self.hung_after = hung_after
        self._work = work
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Hashable, T]] = deque()
        self._begun: list[_Piece[T]] = []
        self._taken: set[Hashable] = set()
        self._closed = False
        for number in range(count):
            threading.Thread(target=self._keep_working, name=f"{name} {number + 1}", daemon=True).start()

    def offer(self, key: Hashable, what: T) -> bool:
        """Take on a piece of work. False where that key waits or runs here already, or nothing more is taken on."""
        with self._changed:
            if self._closed or key in self._taken:
                return False
            self._taken.add(key)
            self._waiting.append((key, what))
            self._changed.notify()
            return True

    @property
    def waiting(self) -> int:
        """How many pieces wait for a slot."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """How many slots work, without those written off."""
        with self._changed:
            return sum(not piece.written_off for piece in self._begun)

    @property
    def lost(self) -> int:
        """How many slots are written off."""
        with self._changed:
            return sum(piece.written_off for piece in self._begun)

    @property
    def lost_threads(self) -> frozenset[int]:
        """The threads whose slots are written off, each by its `threading.get_ident()`."""
        with self._changed:
            return frozenset(piece.thread for piece in self._begun if piece.written_off)

    @property
    def room(self) -> int:
        """How many more pieces could begin at once."""
        with self._changed:
            return 0 if self._closed else max(self.count - len(self._begun) - len(self._waiting), 0)

    def write_off(self) -> list[Hashable]:
        """Write off the slots whose work has run for longer than `hung_after`; gives the keys of that work."""
        with self._changed:
            until = self._clock() - self.hung_after
            hung = [piece for piece in self._begun if piece.begun_at <= until and not piece.written_off]
            for piece in hung:
                piece.written_off = True
                self._taken.discard(piece.key)
            self._changed.notify_all()
            return [piece.key for piece in hung]

    def close(self) -> None:
        """Take on nothing more, and drop what has not begun; what runs goes on."""
        with self._changed:
            self._closed = True
            self._taken -= {key for key, _ in self._waiting}
            self._waiting.clear()
            self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until nothing runs but what was written off, or for so long at most; gives whether it is so."""
        with self._changed:
            return self._changed.wait_for(lambda: all(piece.written_off for piece in self._begun), seconds)

    def _keep_working(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                key, what = self._waiting.popleft()
                piece: _Piece[T] = _Piece(key, self._clock(), threading.get_ident())
                self._begun.append(piece)
            try:
                self._work(what)
            except BaseException as caught:  # no text of the error, which may be personal; the slot goes on
                log.error("work in a slot came to a bad end (%s)", type(caught).__name__)
            finally:
                with self._changed:
                    self._begun.remove(piece)
                    if not piece.written_off:
                        self._taken.discard(key)
                    self._changed.notify_all()
