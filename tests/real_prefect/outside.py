"""What tests of the running system do from outside, and the answers they give."""

from __future__ import annotations

import random
import smtplib
from email.message import EmailMessage

from sqlalchemy import select

from deployments.example_council import example_policy
from models.cases import Case, Entry, WorkItem
from models.clock import SystemClock
from models.forms.base import Form
from models.forms.handover import HandoverReply
from models.forms.written_contact import ContactSorting, ContactTransfer
from models.mail import InboundMail
from models.notices import Recipient
from models.policy import Policy
from tasks.database import Database
from tasks.durable import worklist
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.safeguarding_asked import with_the_word
from tests.procedures.letters import letter, sorted_as
from tests.real_prefect.conftest import System, eventually


class Outside:
    """What a test does from outside: it writes to the same database, and leaves waking to the running system."""

    def __init__(self, system: System, policy: Policy | None = None) -> None:
        self.system = system
        database = Database(f"sqlite:///{system.home / 'pathways.db'}")
        self.council = Council(database, policy or example_policy(), SystemClock())

    def post(self, subject: str, text: str, **headers: str) -> None:
        """Send a letter by SMTP as anybody could."""
        message = EmailMessage()
        message["From"], message["To"] = "Ada Canary <ada.canary@example.org>", "adult.care@example.org"
        message["Subject"], message["Message-ID"] = subject, f"<{random.random()}@example.org>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.system.ports["PATHWAYS_SMTP_PORT"], timeout=30) as door:
            door.send_message(message)

    def case_of_mail(self, text: bytes) -> str | None:
        """The case that the message with that text in it opened or was handed to."""
        with self.council.database.read() as session:
            mails = session.scalars(select(InboundMail)).all()
            return next((mail.case_ref for mail in mails if text in mail.raw), None)

    def open_form(self, ref: str, form: type[Form]) -> WorkItem | None:
        """The case's open work item of that form."""
        with self.council.database.read() as session:
            wanted = select(WorkItem).where(
                WorkItem.case_ref == ref, WorkItem.form == form.name(), WorkItem.state == "open"
            )
            return session.scalars(wanted).first()

    def answer(self, ref: str, form: Form, by: str, *, within: float = 240) -> None:
        """Answer a form once it is asked, by the product's own command."""
        item = eventually(lambda: self.open_form(ref, type(form)), within)
        worklist.answer(self.council, item.id, with_the_word(type(form), form.model_dump(mode="json")), by=by)
        self.wake(ref)

    def wake(self, ref: str) -> None:
        """As the command does after its commit; a test that leaves this out leans on the backstop."""
        if self.case(ref).flow_run_id:
            eventually(lambda: self._woken(f"/flow_runs/{self.case(ref).flow_run_id}"))

    def _woken(self, run: str) -> bool:
        if self.system.prefect("GET", run).json()["state_type"] == "SCHEDULED":
            state = {"type": "SCHEDULED", "name": "Woken"}
            self.system.prefect("POST", f"{run}/set_state", json={"state": state})
        return True

    def case(self, ref: str) -> Case:
        """The case's row."""
        with self.council.database.read() as session:
            return session.get_one(Case, ref)

    def children(self, ref: str, procedure: str) -> list[str]:
        """The cases of a procedure that a case has opened."""
        with self.council.database.read() as session:
            found = select(Case.ref).where(Case.parent_ref == ref, Case.procedure == procedure)
            return list(session.scalars(found.order_by(Case.opened_at)))

    def entries(self, ref: str) -> list[Entry]:
        """The case's ledger."""
        with self.council.database.read() as session:
            return list(session.scalars(select(Entry).where(Entry.case_ref == ref).order_by(Entry.no)))

    def is_asleep(self, ref: str) -> bool:
        """Whether the case's run waits in Prefect for its next time."""
        if self.case(ref).asleep_wake_no < 0:  # looked at first: the case falls asleep before its run does
            return False
        run = self.system.run_of(ref)
        return run is not None and run["state_type"] == "SCHEDULED"

    def open(self) -> str:
        """Open a case as intake would, leaving its run to the system."""
        return open_new(self.council, "written-contact-transfer", letter(), owner=Recipient.role("duty-worker"))


def sorting() -> ContactSorting:
    """The duty worker's answer."""
    return sorted_as()


def accepting() -> ContactTransfer:
    """The practitioner's answer."""
    return ContactTransfer(reply=HandoverReply.ACCEPT)
