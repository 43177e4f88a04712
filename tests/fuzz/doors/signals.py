"""Signals to open cases: any JSON, in any order, again and again; each that is taken is entered once."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from sqlalchemy import func, select

from models.cases import Entry
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused, Signal
from tasks.audit.verifying import verify
from tasks.durable.arrivals import send_signal
from tasks.durable.ledger import CaseIsClosed
from tasks.worklist.signalling import SignalRefused, tell_case
from tests.fuzz.door import Door
from tests.fuzz.sound import said_by
from tests.fuzz.watching import keeps_silent
from tests.fuzz.world import World
from tests.worklist.form_models import every_signal

Told = tuple[int, type[Signal], Any, str, bool, str | None, bool]
"""Which case, what, what it says, who, whether the system itself does, the sender's own id, and nobody is at risk."""
BY = ("duty-worker", "team-leader", "team-manager", "strategic-manager", "practitioner")


class SignalsDoor(Door):
    """Some signals come to some cases, which run in between; then all of them come again."""

    name = "signals"
    weight = 7
    takes = "up to four signals of every kind to open cases, by staff and by the system: fitting, changed and any JSON,"
    takes += " in any order, and all of them again"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._every = every_signal()

    def inputs(self) -> st.SearchStrategy[list[Told]]:
        """Signals in the order in which they come."""
        one = st.sampled_from(self._every).flatmap(
            lambda signal: st.tuples(
                st.integers(0, len(self.world.cases) - 1),
                st.just(signal),
                said_by(signal),
                st.sampled_from(BY),
                st.booleans(),
                st.sampled_from([None, "one", "two", "mail"]),
                st.sampled_from([True, True, True, False]),
            )
        )
        return st.lists(one, min_size=1, max_size=4)

    def hold(self, given: list[Told]) -> str:
        """Every one taken is one entry, for ever by its id; no case is parked, and every chain holds."""
        taken: dict[int, int] = {}
        ids: dict[tuple[str, str], int] = {}
        for number, told in enumerate(given):
            ref = self.world.cases[told[0]]
            before = self._signalled(ref)
            entry = self._sent(told)
            known = ids.get((ref, told[5])) if told[5] else None
            if entry is None:
                assert self._signalled(ref) == before, "a signal that was refused has been entered"
            elif known is not None:
                assert (entry, self._signalled(ref)) == (known, before)
            else:
                assert self._signalled(ref) == before + 1
                taken[number] = entry
                if told[5]:
                    ids[ref, told[5]] = entry
            self.world.legs_run()
        rows = self.world.database.rows()
        for number, told in enumerate(given):
            if number in taken and told[5]:
                assert self._sent(told) in (taken[number], None)
        self.world.legs_run()
        assert self.world.database.rows() == rows, "a signal that came again has changed something"
        with self.world.database.read() as session:
            for ref in {self.world.cases[told[0]] for told in given}:
                assert verify(session, ref) == []
        return f"{len(taken)} taken"

    def _sent(self, told: Told) -> int | None:
        """The number of its entry; None where it was refused, in words without anything of it."""
        case, signal, said, by, by_the_system, signal_id, nobody = told
        ref = self.world.cases[case]
        try:
            read = signal.read(said)
            if by_the_system:
                return send_signal(self.world.council, ref, read, signal_id=signal_id)
            return tell_case(self.world.council, ref, read, by=by, signal_id=signal_id, nobody_at_risk=nobody)
        except (AnswerRefused, SignalRefused, CaseIsClosed) as refused:
            keeps_silent(refused)
            return None

    def _signalled(self, ref: str) -> int:
        counted = (
            select(func.count()).select_from(Entry).where(Entry.case_ref == ref, Entry.kind == EntryKind.SIGNALLED)
        )
        with self.world.database.read() as session:
            return session.scalar(counted) or 0
