"""
`Office`: the kit that tests of procedures speak, over a real migrated database and a virtual clock.

Its verbs are the product's: what day it is, who answers what, what lies in whose inbox, what the case's story says. A
council's developer tests a new procedure with it; no server and no thread is involved.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from models.cases import Case, Wait, WorkItem
from models.clock import VirtualClock
from models.connections import Connections, PeopleServices
from models.forms.base import CaseFacts, Form, Signal
from models.notices import Recipient
from models.person_messages import SentBy
from models.policy import Policy
from models.register import Absence, Staff
from models.roles import Role
from models.states import CaseStatus, WaitKind, WaitState, WorkItemState
from models.working_time import LONDON
from tasks.alarms import alarm_for
from tasks.database import Database
from tasks.durable import arrivals, worklist
from tasks.durable.asking import Asked, recipient
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.ledger import recall
from tasks.durable.local import LocalRuntime
from tasks.durable.prefect_flow import ProcedureFlow
from tasks.durable.rework import work_due_times_out_anew
from tasks.durable.safeguarding_asked import with_the_word
from tasks.register.lookups import every_recipient
from tasks.telling.configuration import remembering
from tasks.telling.delivering import DeliveryReport, deliver_due
from tasks.telling.mailbox_service import SentMessage, put_in_order, put_out_of_order, remembered
from tasks.telling.people_sending import PeopleReport, next_to_people, send_to_people
from tasks.telling.timetable import departures

NO_DATE = datetime.max.replace(tzinfo=LONDON)


class Office:
    """One council's office on a virtual clock. Times are written as local time: "2026-01-05 09:00"."""

    def __init__(self, database: Database, policy: Policy, today: str = "2026-01-05 09:00") -> None:
        self.clock = VirtualClock(_local(today))
        self.council = Council(database, policy, self.clock)
        self.runtime = LocalRuntime(self.council)
        self._name = secrets.token_hex(4)
        with database.read() as session:
            people = every_recipient(session, on=self.clock.now().date())
        self._services = remembering(people, self._name)

    # ------------------------------------------------------------------ time

    def today_is(self, moment: str) -> None:
        """Go to that local time, and let everything due until then happen at its own time."""
        self._live_until(_local(moment))

    def days_pass(self, days: float) -> None:
        """Let so many calendar days pass, to the same time on the wall."""
        local = self.clock.now().astimezone(LONDON)
        self._live_until((local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=LONDON))

    def hours_pass(self, hours: float) -> None:
        """Let so many hours pass."""
        self._live_until(self.clock.now() + timedelta(hours=hours))

    def digest_goes_out(self) -> None:
        """Go to the next digest, at which what waits for it goes out."""
        policy, now = self.council.policy, self.clock.now()
        self._live_until(policy.notices.next_digest(policy.working_calendar(), now))

    # ------------------------------------------------------------------ cases

    def start(
        self, procedure: ProcedureFlow, facts: CaseFacts, *, owner: str = "role-duty-worker", restricted: bool = False
    ) -> str:
        """Open a case and let it run until it waits; gives its ref."""
        owned_by, hidden = Recipient.from_tag(owner), restricted or procedure.procedure.restricted
        ref = open_new(self.council, procedure.procedure.name, facts, owner=owned_by, restricted=hidden)
        self._settle()
        return ref

    def answer(self, case: str, form: Form, *, by: str, nobody_at_risk: bool = True) -> None:
        """
        Answer the case's open work item of that form. Fails with what is open if there is none.

        Where it is asked before the form whether anybody is at risk, the answer says that nobody is.
        """
        asked = [item for item in self._open_items(case) if item.form == form.name()]
        if not asked:
            raise AssertionError(f"{case} does not ask for {form.name()}; it waits for {self.waiting_for(case)}")
        given = form.model_dump(mode="json")
        said = with_the_word(type(form), given) if nobody_at_risk else given
        worklist.answer(self.council, asked[0].id, said, by=by)
        self._settle()

    def take(self, case: str, form: type[Form], *, by: str) -> None:
        """Take the case's open work item of that form."""
        item = next(item for item in self._open_items(case) if item.form == form.name())
        worklist.take(self.council, item.id, by=by)
        self._settle()

    def signal(self, case: str, signal: Signal, *, by: str = "system", signal_id: str | None = None) -> None:
        """Send the case a signal."""
        arrivals.send_signal(self.council, case, signal, by=by, signal_id=signal_id)
        self._settle()

    def away(self, staff_id: str, until: str | None = None) -> None:
        """Record an absence that begins now; without `until`, nobody knows when they are back."""
        back = _local(until) if until else None
        with self.council.database.write() as session:
            session.add(Absence(staff_id=staff_id, starts_at=self.clock.now(), returns_at=back, kind="unplanned"))

    def leaves(self, staff_id: str) -> None:
        """Record that somebody has left the council today."""
        with self.council.database.write() as session:
            session.get_one(Staff, staff_id).left_on = self.clock.now().astimezone(LONDON).date()

    # ------------------------------------------------------------------ what can be seen

    def waiting_for(self, case: str) -> list[str]:
        """What the case waits for: "TrayDecision of team-manager, due 2026-01-06 17:00", earliest first."""
        with self.council.database.read() as session:
            waits = session.scalars(
                select(Wait).where(Wait.case_ref == case, Wait.state == WaitState.OPEN, Wait.kind != WaitKind.DECISION)
            ).all()
        lines = [
            *((item.due, f"{item.form} of {item.asked_of.split('-', 1)[1]}") for item in self._open_items(case)),
            *((wait.due, wait.key if wait.kind == WaitKind.TIMER else wait.awaited) for wait in waits),
        ]
        return [f"{what}{_due(due)}" for due, what in sorted(lines, key=lambda line: (line[0] or NO_DATE, line[1]))]

    def inbox(self, whom: str | Asked) -> list[SentMessage]:
        """
        Messages as sent, through Apprise, to a role, or to a team or person by tag ("staff-practitioner").

        Only what interrupts is there at once; all else comes with the next digest (`digest_goes_out`).
        """
        is_tag = isinstance(whom, str) and whom.startswith(("role-", "team-", "staff-")) and whom not in set(Role)
        tag = whom if isinstance(whom, str) and is_tag else recipient(_role(whom)).tag
        return remembered(f"{self._name}-{tag}")

    def cannot_reach(self, tag: str) -> None:
        """From now on the service for that tag fails."""
        put_out_of_order(f"{self._name}-{tag}")

    def can_reach_again(self, tag: str) -> None:
        """The service for that tag works again."""
        put_in_order(f"{self._name}-{tag}")

    def story_of(self, case: str) -> list[str]:
        """Dated lines from the ledger."""
        with self.council.database.read() as session:
            entries = recall(session, case)
        return [f"{entry.at.astimezone(LONDON):%Y-%m-%d %H:%M} {entry.text}" for entry in entries]

    def case(self, ref: str) -> Case:
        """The case's row."""
        with self.council.database.read() as session:
            return session.get_one(Case, ref)

    def is_closed(self, ref: str) -> bool:
        """Whether the case is closed."""
        return self.case(ref).status == CaseStatus.CLOSED

    def outcome_of(self, ref: str) -> str | None:
        """How the closed case ended."""
        with self.council.database.read() as session:
            return arrivals.outcome_of(session, ref)

    def cases(self, procedure: ProcedureFlow | None = None) -> list[str]:
        """Refs of all cases, or those of a procedure, in the order they were opened."""
        query = select(Case.ref).order_by(Case.opened_at, Case.ref)
        if procedure is not None:
            query = query.where(Case.procedure == procedure.procedure.name)
        with self.council.database.read() as session:
            return list(session.scalars(query))

    # ------------------------------------------------------------------ the council's settings

    def policy_becomes(self, policy: Policy) -> None:
        """From now on that policy is in force: open due times are worked out by it, and what is due now happens."""
        self.council.policy = policy
        work_due_times_out_anew(self.council, settles_in=timedelta(0))
        self._settle()

    # ------------------------------------------------------------------ people outside

    def writes_to_people_by(self, *ways: SentBy) -> None:
        """From now on messages to people outside go by these ways, and no others, into a memory of this office."""
        kept = f"pathwaysmemory://{self._name}-people?to={{address}}"
        services = {way.replace("-", "_"): kept for way in ways}
        self.council.connections = Connections(people=PeopleServices.model_validate(services))

    def sent_to_people(self) -> list[SentMessage]:
        """What was sent to people outside, as they got it, oldest first."""
        return remembered(f"{self._name}-people")

    def cannot_write_to_people(self) -> None:
        """From now on the service for people outside fails; `can_write_to_people_again` mends it."""
        put_out_of_order(f"{self._name}-people")

    def can_write_to_people_again(self) -> None:
        """The service for people outside works again."""
        put_in_order(f"{self._name}-people")

    # ------------------------------------------------------------------ inside

    def _open_items(self, case: str) -> list[WorkItem]:
        with self.council.database.read() as session:
            return list(
                session.scalars(
                    select(WorkItem)
                    .where(WorkItem.case_ref == case, WorkItem.state == WorkItemState.OPEN)
                    .order_by(WorkItem.opened_at, WorkItem.key)
                )
            )

    def _settle(self) -> None:
        self.runtime.run_what_is_due()
        while self._deliver():
            self.runtime.run_what_is_due()
        self.runtime.run_what_is_due()  # what came in while the post went out

    def _live_until(self, moment: datetime) -> None:
        self._settle()
        while (stop := self._next_stop()) is not None and stop <= moment:
            self.clock.move_to(max(stop, self.clock.now()))
            self._settle()
        self.clock.move_to(moment)
        self._settle()

    def _next_stop(self) -> datetime | None:
        """When the next thing happens: a leg, or a message's departure."""
        now = self.clock.now()
        with self.council.database.read() as session:
            staff = departures(session, self._services, self.council.policy, now)
            leaving = [*(moment for moment, _ in staff), next_to_people(session)]
        stops = [self.runtime.next_due(), *(one if one and one > now else None for one in leaving)]
        return min((stop for stop in stops if stop is not None), default=None)

    def _deliver(self) -> bool:
        """Deliver what is due; whether there was anything."""
        report = deliver_due(
            self.council.database,
            self._services,
            self.clock,
            policy=self.council.policy,
            on_undelivered=alarm_for(self.council),
        )
        to_people = send_to_people(self.council)
        return report != DeliveryReport() or to_people != PeopleReport()


def _local(moment: str) -> datetime:
    return datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)


def _due(due: datetime | None) -> str:
    return "" if due is None else f", due {due.astimezone(LONDON):%Y-%m-%d %H:%M}"


def _role(whom: str | Asked) -> Asked:
    return Recipient.role(whom) if isinstance(whom, str) else whom
