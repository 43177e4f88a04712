"""For any history of closing, holding, policies and runs: what must be kept is kept, and what is due goes at once."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from deployments.example_council import example_policy
from models.case_people import CasePerson
from models.notices import Recipient
from models.policy.retention import Kept, KeptFor
from models.working_time import local_day
from tasks.audit.erasing import erase_payloads
from tasks.database import Database
from tasks.durable.cases import open_in
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.retention.holds import UnderHold
from tasks.retention.running import erase_what_is_due, would_erase
from tests.audit_world import Errand, faults, small_errand
from tests.retention.archive import close_at_once, held, lifted, says_nothing, years_pass

PEOPLE = ("P-101", "P-102")


@dataclass
class Known:
    """What the test itself knows of a case."""

    parent: str | None
    person: str | None
    closed_on: date | None = None
    erased: bool = False


@dataclass
class Model:
    """What there is, kept beside the system and by other rules of thumb."""

    cases: dict[str, Known] = field(default_factory=dict)
    holds: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)

    def family(self, ref: str) -> set[str]:
        """The case, its forebears and its offspring."""
        above, below = {ref}, {ref}
        parent = self.cases[ref].parent
        while parent is not None:
            above.add(parent)
            parent = self.cases[parent].parent
        while True:
            found = {one for one, known in self.cases.items() if known.parent in below} - below
            if not found:
                return above | below
            below |= found

    def is_held(self, ref: str) -> bool:
        """Whether a hold covers it, by its family or by a person whom one of them is about."""
        family = self.family(ref)
        people = {self.cases[one].person for one in family if not self.cases[one].erased}
        return any(case in family or (person is not None and person in people) for case, person in self.holds.values())

    def may_go(self, ref: str, kept_for: KeptFor, today: date) -> bool:
        """Whether it must be gone after a run."""
        known = self.cases[ref]
        if known.closed_on is None or not kept_for.is_over(known.closed_on, today) or self.is_held(ref):
            return False
        if any(self.cases[one].closed_on is None for one in self.family(ref)):
            return False
        others = (one for one, other in self.cases.items() if known.person and other.person == known.person)
        return all(self.cases[one].closed_on is not None for one in others)


class Histories(RuleBasedStateMachine):
    """Anything that happens to cases, holds and the policy over the years."""

    prepared: Path

    @initialize()
    def begin(self) -> None:
        """An empty office."""
        self.folder = Path(tempfile.mkdtemp(prefix="histories-"))
        shutil.copy(self.prepared, self.folder / "pathways.db")
        self.office = Office(Database(f"sqlite:///{self.folder / 'pathways.db'}"), example_policy())
        self.model = Model()
        self.runs = 0

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "office"):
            self.office.council.database.dispose()
            shutil.rmtree(self.folder)

    def _any(self, data: st.DataObject, *, is_open: bool | None = None) -> str | None:
        refs = [
            ref for ref, known in self.model.cases.items() if is_open is None or (known.closed_on is None) == is_open
        ]
        return data.draw(st.sampled_from(refs)) if refs else None

    @rule(data=st.data(), person=st.sampled_from([None, *PEOPLE]), has_parent=st.booleans())
    def opens(self, data: st.DataObject, person: str | None, has_parent: bool) -> None:
        """A case is opened, perhaps from another, perhaps about somebody."""
        parent = self._any(data) if has_parent else None
        with self.office.council.change() as change:
            facts, duty = Errand(about="a bath seat"), Recipient.role("duty-worker")
            ref = open_in(change, small_errand.procedure.name, facts, owner=duty, parent_ref=parent)
            if person is not None:
                change.session.add(CasePerson(case_ref=ref, person_id=person, since_no=1))
        self.model.cases[ref] = Known(parent, person)

    @rule(data=st.data())
    def closes(self, data: st.DataObject) -> None:
        """A case comes to its end."""
        ref = self._any(data, is_open=True)
        if ref is not None:
            close_at_once(self.office, ref)
            self.model.cases[ref].closed_on = local_day(self.office.clock.now())

    @rule(years=st.sampled_from([0.25, 1, 2, 6]))
    def time_passes(self, years: float) -> None:
        """Months or years go by."""
        if self.office.clock.now().year < 2200:
            years_pass(self.office, years)

    @rule(data=st.data(), person=st.sampled_from([None, None, *PEOPLE]))
    def is_put_under_hold(self, data: st.DataObject, person: str | None) -> None:
        """A hold is placed on a case or a person."""
        ref = None if person else self._any(data)
        if ref or person:
            self.model.holds[held(self.office, case=ref, person=person)] = (ref, person)

    @precondition(lambda self: self.model.holds)
    @rule(data=st.data())
    def hold_is_lifted(self, data: st.DataObject) -> None:
        """A hold is lifted."""
        hold = data.draw(st.sampled_from(sorted(self.model.holds)))
        lifted(self.office, hold)
        del self.model.holds[hold]

    @rule(months=st.sampled_from([1, 12, 30, 72]))
    def schedule_changes(self, months: int) -> None:
        """The council decides otherwise."""
        kept = Kept(kept_for=KeptFor(months=months), because="the council has decided so")
        retention = self.office.council.policy.retention.model_copy(update={"default": kept})
        self.office.council.policy = self.office.council.policy.model_copy(update={"retention": retention})

    @rule(data=st.data())
    def is_erased_by_hand(self, data: st.DataObject) -> None:
        """Somebody erases one entry of a closed case, where no hold is on it."""
        ref = self._any(data, is_open=False)
        if ref is None or says_nothing(self.office, ref):
            return
        with self.office.council.database.read() as session:
            says = [one.no for one in recall(session, ref) if one.content is not None and one.kind != "erased"]
        try:
            with self.office.council.change() as change:
                erase_payloads(change, ref, says[:1], reason="a court's order", by="legal-1")
        except UnderHold:
            assert self.model.is_held(ref)
        else:
            assert not self.model.is_held(ref)

    @rule()
    def run(self) -> None:
        """The nightly run: all that is due goes, nothing else does, and once more changes nothing."""
        today, kept_for = local_day(self.office.clock.now()), self.office.council.policy.retention.default.kept_for
        due = {
            ref
            for ref, known in self.model.cases.items()
            if not known.erased and self.model.may_go(ref, kept_for, today)
        }
        assert would_erase(self.office.council).cases == len(due)
        assert erase_what_is_due(self.office.council).cases == len(due)
        for ref in due:
            assert says_nothing(self.office, ref)
            self.model.cases[ref].erased = True
            self.model.cases[ref].person = None
        assert erase_what_is_due(self.office.council).cases == 0

    @invariant()
    def what_is_kept_says_what_it_said(self) -> None:
        """A case that no run erased has its last word still, unless somebody erased all of it by hand."""
        if not hasattr(self, "model"):
            return
        for ref, known in self.model.cases.items():
            if not known.erased and known.closed_on is None:
                assert not says_nothing(self.office, ref)
        assert faults(self.office.council.database) == []


@pytest.mark.parametrize("steps", [25])
def test_any_history_keeps_what_must_be_kept_and_erases_what_is_due(prepared_sqlite: Path, steps: int) -> None:
    """Random histories of thousands of years between them, each held against a plain account of who must be kept."""
    Histories.prepared = prepared_sqlite
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=25,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
