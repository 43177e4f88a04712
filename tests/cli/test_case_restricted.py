"""Restricted cases on the command line: that they are there is seen by all, what they are by those they belong to."""

from __future__ import annotations

from typing import Any

import pytest

from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.written_contact_transfer import written_contact_transfer
from models.forms.breach import BreachFound
from tasks.durable.testing import Office
from tasks.durable.worklist import open_items
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


# ------------------------------------------------------------------ its questions


def a_breach(office: Office, **facts: Any) -> str:
    """An unauthorised disclosure that the team manager contains and information governance assesses."""
    found = {"found_at": office.clock.now(), "what_happened": "Canary letter to the neighbour"}
    return office.start(unauthorised_disclosure, BreachFound.model_validate(found | facts), owner="role-team-manager")


def question(office: Office, case: str, form: str) -> str:
    """The id of its open work item of that form."""
    with office.council.database.read() as session:
        return next(item.id for item in open_items(session, ref=case) if item.form == form)


def test_a_question_of_a_restricted_case_is_read_by_those_it_is_put_to(office: Office, pathways: Pathways) -> None:
    """Whoever must answer sees what is asked, and may see the case."""
    case = a_breach(office)
    shown = pathways("work", "show", question(office, case, "BreachAssessed"), "--as", "information-governance")

    assert shown.code == 0 and "Canary" in shown.out
    assert "Unauthorised disclosure" in pathways("case", "show", case, "--as", "information-governance").out


@pytest.mark.parametrize("who", ["practitioner", "duty-worker-2", "finance-officer"])
def test_nobody_else_reads_a_question_of_a_restricted_case(office: Office, pathways: Pathways, who: str) -> None:
    """A colleague who tries its number is told that it is restricted, and nothing of what it says."""
    shown = pathways("work", "show", question(office, a_breach(office), "BreachContained"), "--as", who)

    assert shown.code == 1 and "restricted" in shown.err
    assert "Canary" not in shown.out + shown.err


@pytest.mark.parametrize("call", [("case", "show"), ("case", "export")])
def test_whoever_it_is_about_sees_none_of_it(office: Office, pathways: Pathways, call: tuple[str, str]) -> None:
    """The team manager, to whose role it belongs, did it herself."""
    case = a_breach(office, disclosed_by="team-manager")
    called = pathways(*call, case, "--as", "team-manager")

    assert "Canary" not in called.out
    item = question(office, case, "BreachContained")
    assert pathways("work", "show", item, "--as", "team-manager").code == 1
    assert "Canary" in pathways("work", "show", item, "--as", "strategic-manager").out


def test_the_list_of_work_does_not_say_what_a_restricted_case_is_about(office: Office, pathways: Pathways) -> None:
    """Even the name of a form would tell; the rest of the list is as it was."""
    case = a_breach(office)
    listed = pathways("work", "list").out

    assert case in listed and "a restricted case" in listed
    assert "unauthorised" not in listed and "sorting" not in listed


def test_rank_does_not_open_the_question_to_whoever_it_is_about(office: Office, pathways: Pathways) -> None:
    """The strategic manager stands above the team manager who is asked, and it is about what she did."""
    case = a_breach(office, disclosed_by="strategic-manager")
    shown = pathways("work", "show", question(office, case, "BreachContained"), "--as", "strategic-manager")

    assert shown.code == 1 and "Canary" not in shown.out + shown.err
