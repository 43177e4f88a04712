"""Restricted cases on the command line: that they are there is seen by all, what they are by those they belong to."""

from __future__ import annotations

import pytest

from flows.written_contact_transfer import written_contact_transfer
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.letters import letter


def restricted(office: Office, owner: str = "role-team-manager") -> str:
    """A restricted case that belongs to a team manager."""
    return office.start(written_contact_transfer, letter(subject="Canary"), owner=owner, restricted=True)


@pytest.mark.parametrize("staff", [None, "duty-worker", "team-leader"])
def test_a_restricted_case_is_listed_without_what_it_is(office: Office, pathways: Pathways, staff: str | None) -> None:
    """Neither its procedure nor what it waits for can be told, by name, by filter or as JSON."""
    case = restricted(office)
    looks = ("--as", staff) if staff else ()

    (listed,) = pathways("case", "list", "--json", *looks).json
    assert (listed["ref"], listed["procedure"], listed["waiting_for"]) == (case, "restricted-case", [])
    assert listed["due"] is None and listed["status"] == "open"
    table = pathways("case", "list", *looks).out
    assert case in table and "restricted-case" in table
    assert "written" not in table and "sorting" not in table.lower()
    assert pathways("case", "list", "--procedure", "written-contact-transfer", "--json", *looks).json == []
    assert [one["ref"] for one in pathways("case", "list", "--procedure", "restricted-case", "--json").json] == [case]


@pytest.mark.parametrize("staff", [None, "duty-worker"])
def test_the_story_of_a_restricted_case_is_not_told(office: Office, pathways: Pathways, staff: str | None) -> None:
    """Only that it is there, and who sees it; nor is it exported."""
    case = restricted(office)
    looks = ("--as", staff) if staff else ()

    told = pathways("case", "show", case, *looks)
    assert told.code == 0
    assert "Restricted case" in told.out and "Canary" not in told.out and "Written" not in told.out
    assert pathways("case", "show", case, "--json", *looks).json["entries"] == []
    called = pathways("case", "export", case, *looks)
    assert (called.code, called.out) == (1, "")
    assert called.err == f"case {case} is restricted: name in --as a manager to whom it belongs\n"


@pytest.mark.parametrize(
    ("owner", "staff"),
    [
        ("role-team-manager", "team-manager"),
        ("role-team-manager", "head-of-service"),
        ("role-duty-worker", "team-leader"),
        ("staff-practitioner", "practitioner"),
    ],
)
def test_whoever_it_belongs_to_sees_a_restricted_case_whole(
    office: Office, pathways: Pathways, owner: str, staff: str
) -> None:
    """The manager of that role, whoever stands above it, or the member of staff themselves."""
    case = restricted(office, owner)

    (listed,) = pathways("case", "list", "--json", "--as", staff).json
    assert listed["procedure"] == "written-contact-transfer" and listed["waiting_for"]
    assert pathways("case", "show", case, "--json", "--as", staff).json["entries"]
    assert "Canary" in pathways("case", "export", case, "--as", staff).out


@pytest.mark.parametrize("owner", ["role-duty-worker", "team-duty", "staff-practitioner-2"])
def test_a_colleague_does_not_see_a_restricted_case(office: Office, pathways: Pathways, owner: str) -> None:
    """It may be about a duty worker or a practitioner: belonging to their role or team is not enough."""
    restricted(office, owner)

    (listed,) = pathways("case", "list", "--json", "--as", "duty-worker").json

    assert listed["procedure"] == "restricted-case"
