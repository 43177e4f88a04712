"""A provider fails on a running system: each of its people has a run of their own, whatever is killed meanwhile."""

from __future__ import annotations

from datetime import date

import pytest

from models.forms.affected_person import ArrangementConfirmed, PersonSeen
from models.forms.provider_failure import AffectedListCame, FailureReported, ListedPerson
from models.notices import Recipient
from models.provider_failure.kinds import ListSource, Trigger
from tasks.durable.arrivals import send_signal
from tasks.durable.cases import open_new
from tests.procedures.test_provider_failure import SEEN
from tests.real_prefect.conftest import System, eventually
from tests.real_prefect.outside import Outside

pytestmark = [pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]

HOME_CARE_GONE = FailureReported(
    provider="wenbridge-home-care",
    cause=Trigger.BUSINESS_FAILURE,
    what="Nobody comes from tonight",
    care_ends_on=date(2026, 1, 5),
    team="hazel",
    reported_by="staff-commissioning-officer",
)
STRANGERS = tuple(ListedPerson(name=f"Zebedee Canary{number:02}") for number in range(1, 13))
TOLD_NOWHERE = ("Canary", "Zebedee", "Tilling", "P-101", "Nobody comes from tonight")


@pytest.mark.clauses("TRN-47", "TRN-48")
def test_everybody_it_touches_has_a_run_that_sleeps_whatever_is_killed(system: System) -> None:
    """
    Four by our records and twelve by a list; the worker and the server are killed while their runs begin. Each sleeps
    in the end under the name of what it awaits, an answer wakes it, and Prefect has nobody's name.
    """
    outside = Outside(system)
    incident = open_new(outside.council, "provider-failure", HOME_CARE_GONE, owner=Recipient.team("hazel"))
    eventually(lambda: len(outside.children(incident, "affected-person")) == 4)
    came = AffectedListCame(source=ListSource.PROVIDER, said_by="The administrator", people=STRANGERS)
    send_signal(outside.council, incident, came)
    outside.wake(incident)
    system.kill("worker")
    eventually(lambda: len(outside.children(incident, "affected-person")) == 16)
    system.kill("uvicorn")
    everybody = outside.children(incident, "affected-person")
    eventually(lambda: all(map(outside.is_asleep, everybody)), every_seconds=2)
    runs = {run["parameters"]["ref"]: run for run in system.runs() if run["parameters"].get("ref") in everybody}
    assert len(runs) == 16
    assert {run["state_name"] for run in runs.values()} == {f"Awaiting {PersonSeen.title}"}
    outside.answer(everybody[0], SEEN, "practitioner")
    eventually(lambda: (run := system.run_of(everybody[0])) and ArrangementConfirmed.title in run["state_name"])
    in_prefect = b"".join(one.read_bytes() for one in (system.home / "prefect").glob("prefect.db*"))
    assert incident.encode() in in_prefect
    assert [one for one in TOLD_NOWHERE if one.encode() in in_prefect] == []
    outside.council.database.dispose()
