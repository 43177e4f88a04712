"""What the tests of the durable core speak of: a council that lends wheelchairs. Small, and no procedure of ours."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Column, MetaData, Table, Text, insert, select

from models.clock import VirtualClock
from models.forms.base import CaseFacts, Form, Signal
from models.forms.handover import HandoverAnswer
from models.notices import Recipient
from models.roles import Role
from tasks.database import Database
from tasks.durable import here, procedure
from tasks.durable.cases import open_new
from tasks.durable.ledger import Recorded, recall
from tasks.durable.prefect_flow import ProcedureFlow
from tasks.durable.testing import Office
from tasks.durable.worklist import answer, open_items

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class WheelchairLoan(CaseFacts):
    """What a loan is opened with."""

    person: str = "P-104"
    chairs: int = 1


class Chair(StrEnum):
    """Which chair is lent."""

    FOLDING = "folding"
    POWERED = "powered"


class ChairChosen(Form):
    """Somebody says which chair is lent."""

    title: ClassVar[str] = "choosing a chair"

    chair: Chair
    fitted_on: date | None = None
    remark: str = ""


class ChairReturned(Form):
    """Somebody says that the chair is back."""

    title: ClassVar[str] = "a chair's return"

    in_order: bool = True


class LoanHandover(HandoverAnswer):
    """The loan is handed over."""

    title: ClassVar[str] = "a loan handed over"


class RampBuilt(Signal):
    """The builder says that the ramp is there."""

    title: ClassVar[str] = "the ramp is built"

    width_mm: int = 900


class NoteFromFamily(Signal):
    """The family writes; the owner reads it, whatever the procedure waits for."""

    title: ClassVar[str] = "a note from the family"
    read_by_owner: ClassVar[bool] = True

    text: str


FOLDING, POWERED = ChairChosen(chair=Chair.FOLDING), ChairChosen(chair=Chair.POWERED)

EFFECTS = Table("effect", MetaData(), Column("case_ref", Text), Column("what", Text))


class Effects:
    """A table of the tests' own, in which steps leave their effects."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.engine.begin() as connection:
            EFFECTS.create(connection)

    def of(self, ref: str) -> list[str]:
        """What steps of a case have done, sorted."""
        with self._database.read() as session:
            return sorted(session.scalars(select(EFFECTS.c.what).where(EFFECTS.c.case_ref == ref)))


def leave(what: str) -> None:
    """Leave an effect; called inside an audited task."""
    step = here()
    step.session.execute(insert(EFFECTS), {"case_ref": step.case.ref, "what": what})


def install(function: Callable[[Any], Any], *, name: str, retired: Collection[str] = ()) -> ProcedureFlow:
    """Make a function the procedure of that name, in place of the version that was installed before."""
    function.__name__ = function.__qualname__ = name
    return procedure(follows="Lending wheelchairs", retired=retired)(function)


def ledger(office: Office, ref: str) -> list[Recorded]:
    """The entries of a case."""
    with office.council.database.read() as session:
        return recall(session, ref)


def lines(office: Office, ref: str) -> list[str]:
    """The ledger as "kind key", without the opening."""
    return [f"{entry.kind} {entry.key}" for entry in ledger(office, ref)[1:]]


class InterruptibleClock(VirtualClock):
    """A clock at whose looks something else can happen first: a leg looks at it before each of its transactions."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.looks = 0
        self._plans: dict[int, Callable[[], None]] = {}

    def at_look(self, number: int, happens: Callable[[], None]) -> None:
        """Let something happen at that look from now on, counted from 1, before the time is told."""
        self._plans[self.looks + number] = happens

    def now(self) -> datetime:
        """The time."""
        self.looks += 1
        planned = self._plans.pop(self.looks, None)
        if planned is not None:
            planned()
        return super().now()


def interruptible(office: Office) -> InterruptibleClock:
    """Give the office a clock that can be interrupted."""
    clock = InterruptibleClock(office.clock.now())
    office.clock = office.council.clock = office.runtime.council.clock = clock
    return clock


def open_quietly(office: Office, flow: ProcedureFlow, **facts: Any) -> str:
    """Open a case, and run no leg of it yet."""
    loan = WheelchairLoan(**facts)
    return open_new(office.council, flow.procedure.name, loan, owner=Recipient.role(Role.DUTY_WORKER))


def item_of(office: Office, ref: str, form: type[Form] = ChairChosen) -> str:
    """The id of a case's open item of that form."""
    with office.council.database.read() as session:
        return next(item.id for item in open_items(session, ref=ref) if item.form == form.name())


def answer_quietly(office: Office, ref: str, form: Form, *, by: str = "duty-worker") -> None:
    """Answer a case's open item of that form, and run no leg for it yet."""
    answer(office.council, item_of(office, ref, type(form)), form.model_dump(mode="json"), by=by)
