"""A round of the backstop in a world that changes between its questions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from models.cases import Case
from models.durations import calendar_days
from models.entry_kinds import EntryKind
from tasks.durable import after, first_of, procedure
from tasks.durable.backstop import Backstop
from tasks.durable.ledger import recall
from tasks.durable.prefect_clerk import Declared
from tasks.durable.testing import Office
from tests.durable.lending import MONDAY, WheelchairLoan

TITLE = "Sleeping for a week"


@procedure(follows="Lending wheelchairs")
def sleeping_for_a_week(loan: WheelchairLoan) -> None:
    """Sleeps."""
    first_of(after("a-week", calendar_days(7)))


class PrefectThatLosesItsDatabase:
    """Answers the first question from a database that is lost before the second, and made anew by a deployment."""

    def __init__(self) -> None:
        self.old = {TITLE: Declared(MONDAY - timedelta(days=30), "pathways")}
        self.questions = 0
        self.declared_anew: dict[str, Declared] = {}
        self.started: list[str] = []

    def runs(self, run_ids: list[str]) -> dict[str, object]:
        """None: whether asked before the loss or after it, the run is not there to be seen any more."""
        self.questions += 1
        return {}

    def deployments(self) -> dict[str, Declared]:
        """As they were before the loss; after it, those that were declared again."""
        self.questions += 1
        return self.old if self.questions == 1 else self.declared_anew

    def declare(self) -> None:
        """What `prefect deploy` does."""
        self.declared_anew = {TITLE: Declared(MONDAY + timedelta(hours=1), "pathways")}

    def start(self, ref: str) -> None:
        """A run for a case."""
        self.started.append(ref)


def test_a_database_lost_in_the_middle_of_a_round_is_not_taken_for_deleted_runs(office: Office) -> None:
    """Nobody is asked why they deleted a run that Prefect itself has lost."""
    case = office.start(sleeping_for_a_week, WheelchairLoan())
    with office.council.database.write() as session:
        run = {"flow_run_id": "00000000-0000-0000-0000-000000000017", "run_created_at": MONDAY}
        session.execute(update(Case).where(Case.ref == case).values(**run))
    prefect = PrefectThatLosesItsDatabase()
    backstop = Backstop(office.council, prefect.declare)
    backstop.clerk = prefect  # type: ignore[assignment]

    backstop.look_round()

    with office.council.database.read() as session:
        kinds = [entry.kind for entry in recall(session, case)]
    assert EntryKind.RUN_REPLACED in kinds and EntryKind.RUN_INTERFERED not in kinds
    assert prefect.started == [case]
