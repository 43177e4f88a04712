"""The council that everything is thrown at: its office on a Monday morning, with cases and work items of many kinds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, text

from deployments.example_council import example_policy, load_example_register
from deployments.example_council.letters import example_letters
from deployments.migrating import upgrade
from flows.disclosure import disclosure
from flows.pwt_triage import pwt_triage
from flows.telling_a_person import telling_a_person
from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.urgent_action import urgent_action
from flows.written_contact_transfer import written_contact_transfer
from models.cases import Case, WorkItem
from models.clock import VirtualClock
from models.forms.breach import BreachFound
from models.forms.disclosure import DisclosureWish
from models.forms.telling_people import PersonTelling, ToBeTold
from models.forms.urgent_action import UrgentActionFacts
from models.policy.organisation import MailKind
from models.states import CaseStatus, WorkItemState
from tasks.database import Database
from tasks.durable.council import Council
from tasks.durable.local import LocalRuntime
from tasks.durable.testing import Office
from tasks.intake import take_in_mail
from tests.fuzz.rewound import Rewound, waits_for_no_disk
from tests.procedures.letters import letter, sorted_as, sorted_for_somebody_on_leave
from tests.procedures.tray_stories import on_the_tray
from tests.procedures.triage_stories import SAFE, referral, triaged


@dataclass
class World:
    """One council in a database of its own."""

    database: Rewound
    council: Council
    runtime: LocalRuntime
    folder: Path
    """For what is brought as a file."""
    began: datetime
    cases: list[str]
    """Refs of the open cases, in the order in which they were opened."""
    items: list[tuple[str, str]] = field(default_factory=list)
    """Open work items: id and form, those of one form beside each other."""

    @classmethod
    def made_in(cls, folder: Path, prepared: Path | None = None) -> World:
        """A world in that folder; `prepared` is a migrated SQLite file with the example council, where there is one."""
        file = folder / "pathways.db"
        if prepared is None:
            _prepare(f"sqlite:///{file}")
        else:
            shutil.copy(prepared, file)
        database = Rewound(f"sqlite:///{file}")
        waits_for_no_disk(database.engine)
        office = Office(database, example_policy())
        _people_write_and_wait(office)
        with database.read() as session:
            opened = select(Case.ref).where(Case.status == CaseStatus.OPEN).order_by(text("care_case.rowid"))
            cases = list(session.scalars(opened))
            asked = select(WorkItem).where(WorkItem.state == WorkItemState.OPEN)
            in_order = asked.order_by(WorkItem.form, text("work_item.rowid"))
            items = [(one.id, one.form) for one in session.scalars(in_order)]
        return cls(database, office.council, office.runtime, folder, office.clock.now(), cases, items)

    @contextmanager
    def clock_as_it_was(self) -> Iterator[None]:
        """After the block it is as late as it was before."""
        self.council.clock = VirtualClock(self.began)
        try:
            yield
        finally:
            self.council.clock = VirtualClock(self.began)

    def legs_run(self) -> None:
        """Let every case do what it has to do now; none may be parked by what has come."""
        self.runtime.run_what_is_due()
        with self.database.read() as session:
            parked = session.scalars(select(Case.procedure).where(Case.status == CaseStatus.NEEDS_ATTENTION)).all()
        assert not parked, f"a step failed, and its case is parked: {sorted(parked)}"


def _people_write_and_wait(office: Office) -> None:
    for _, raw in example_letters():
        take_in_mail(office.council, raw, "joyce@example.net", ["duty@example.org"])
    for person in ("P-105", "P-106", "P-107"):
        on_the_tray(office, person=person)
    office.start(pwt_triage, referral())
    decided = office.start(pwt_triage, referral())
    office.answer(decided, SAFE, by="duty-worker")
    office.answer(decided, triaged(), by="duty-worker")
    feared_for = sorted_as(MailKind.SAFEGUARDING)
    for sorting in (sorted_as(), sorted_as(MailKind.COMPLAINT), feared_for, sorted_for_somebody_on_leave()):
        office.answer(office.start(written_contact_transfer, letter()), sorting, by="duty-worker")
    now = office.clock.now()
    office.start(disclosure, DisclosureWish(recipient="falls charity", purpose="exercise classes", content="name"))
    office.start(unauthorised_disclosure, BreachFound(found_at=now, what_happened="a letter went astray"))
    office.start(urgent_action, UrgentActionFacts(what="ring the surgery", about_person="P-101", known_at=now))
    told = {"whom": ToBeTold.the_person("P-101"), "subject": "Priya is away", "body": "until the 19th"}
    rest = {"about": "the bath seat", "of": "role-duty-worker", "wanted_by": now, "by_hand": "no address"}
    office.start(telling_a_person, PersonTelling.model_validate(told | rest))


def _prepare(url: str) -> None:
    database = Database(url)
    waits_for_no_disk(database.engine)
    upgrade(database)
    with database.write() as session:
        load_example_register(session, datetime.fromisoformat("2026-01-05T08:00:00+00:00"))
    database.dispose()
