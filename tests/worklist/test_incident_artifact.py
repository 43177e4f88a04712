"""The figures of an incident by team, as Prefect's pages show them: references only."""

from __future__ import annotations

from tasks.durable.testing import Office
from tasks.provider_failure.artifact import EVERYBODY, incidents_by_team
from tests.procedures.test_provider_failure import SEEN
from tests.worklist.incident_stories import fails, invented, list_comes, rows_of


def test_each_team_has_a_row_and_the_last_counts_everybody(office: Office) -> None:
    """The rows add up, and the last has the differences that are open."""
    incident = fails(office)
    list_comes(office, incident, *invented(3))
    office.answer(rows_of(office, incident)["P-102"].case_ref, SEEN, by="practitioner")
    ((ref, (title, table)),) = incidents_by_team(office.council).items()
    assert ref == incident
    assert incident in title and "Monday 5 January 2026, 9am" in title
    *teams, whole = table
    assert [one["team"] for one in teams] == ["team-hazel", "team-rowan"]
    assert whole["team"] == EVERYBODY
    for name in ("affected", "seen", "red", "amber", "green", "not accounted for"):
        assert sum(int(one[name]) for one in teams) == int(whole[name]), name
    assert (whole["affected"], whole["seen"], whole["differences"]) == ("7", "1", "3")


def test_nobody_is_named_and_no_provider(office: Office) -> None:
    """An incident may be confidential, and Prefect's pages are not the worklist."""
    incident = fails(office)
    list_comes(office, incident, *invented(5))
    said = repr(incidents_by_team(office.council))
    for secret in ("Agnes", "Ashby", "Mill Lane", "P-101", "Wenbridge"):
        assert secret not in said


def test_restricted_incidents_are_left_out(office: Office) -> None:
    """As they are from every list there."""
    fails(office, restricted=True)
    assert incidents_by_team(office.council) == {}
