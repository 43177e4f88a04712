"""Asking every part of the system how it is: side by side, and for no longer than a caller will wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.errors import PathwaysError

PATIENCE_SECONDS = 4.0
"""How long all answers together may take; what has not answered by then is a fault of its part."""


@dataclass(frozen=True)
class Answer:
    """What a part says of itself."""

    wrong: str = ""
    """What is wrong and what to do about it; empty: it works."""
    remark: str = ""
    """What is worth saying though nothing is wrong."""
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_part(self, page: str) -> dict[str, Any]:
        """As /health shows it; `page` is the part's page in the runbook, named where something is wrong."""
        where = {"page": page} if self.wrong else {}
        return {"ok": not self.wrong, "says": self.wrong or self.remark or "works", **where, **self.more}


Check = Callable[[], "str | Answer"]


class Asker:
    """Puts checks. One that still hangs from an earlier call is not put again: its part stays at fault."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._asked: dict[str, _Asked] = {}
        self._turn = threading.Lock()

    def ask(self, checks: Mapping[str, Check]) -> dict[str, Answer]:
        """The answer of each check, by its name."""
        with self._turn:
            asked = {name: self._begin(name, check) for name, check in checks.items()}
        until = time.monotonic() + self._patience
        return {name: one.answer_by(until, self._patience) for name, one in asked.items()}

    def _begin(self, name: str, check: Check) -> _Asked:
        hanging = self._asked.get(name)
        if hanging is not None and not hanging.ended.is_set():
            return hanging
        self._asked[name] = _Asked(name, check)
        return self._asked[name]


class _Asked:
    """One check that has been put, in a thread of its own."""

    def __init__(self, name: str, check: Check) -> None:
        self.ended = threading.Event()
        self._check = check
        self._answer = Answer()
        threading.Thread(target=self._run, name=f"health: {name}", daemon=True).start()

    def _run(self) -> None:
        try:
            said = self._check()
            self._answer = said if isinstance(said, Answer) else Answer(said)
        except PathwaysError as wrong:
            self._answer = Answer(str(wrong))
        except Exception as caught:  # a check that breaks is a fault of its part, told without the error's text
            self._answer = Answer(f"cannot be asked ({type(caught).__name__})")
        finally:
            self.ended.set()

    def answer_by(self, until: float, patience: float) -> Answer:
        if self.ended.wait(max(until - time.monotonic(), 0)):
            return self._answer
        return Answer(f"did not answer within {patience:g} seconds")
