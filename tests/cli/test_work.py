"""`pathways work`: lists, taking and answering."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.forms.base import CaseFacts
from models.forms.written_contact import ContactSorting
from models.refs import new_ref
from models.register import Person
from tasks.durable import audited, procedure
from tasks.durable.testing import Office
from tests.cli.conftest import Called, Pathways
from tests.procedures.letters import letter, sorted_as

COMPLAINT = {"kinds": ["complaint"]}


@pytest.fixture
def case(office: Office) -> str:
    """A written contact that waits to be sorted."""
    return office.start(written_contact_transfer, letter())


@pytest.fixture
def item(case: str, pathways: Pathways) -> str:
    """Its work item."""
    found: str = pathways("work", "list", "--case", case, "--json").json[0]["id"]
    return found


def answer(pathways: Pathways, item: str, given: Any, by: str = "duty-worker") -> Called:
    """Answer on standard input."""
    content = given if isinstance(given, bytes) else json.dumps(given).encode()
    return pathways("work", "answer", item, "--as", by, "--json-file", "-", stdin=content)


def test_the_list_has_the_agreed_shape(office: Office, case: str, item: str, pathways: Pathways) -> None:
    """A program finds the keys of the contract, and the form's schema."""
    (listed,) = pathways("work", "list", "--json").json

    schema, due = listed.pop("schema"), listed.pop("due")
    assert listed == {"id": item, "case": case, "form": "ContactSorting", "of": "duty-worker", "assignee": None}
    assert due.startswith("2026-01-05T") and due.endswith("+00:00")
    assert schema == ContactSorting.model_json_schema()
    assert schema["required"] == ["kinds"]
    assert schema["description"].startswith("What has come, and for whom is it")


def test_the_list_can_be_narrowed_by_role_and_case(office: Office, case: str, pathways: Pathways) -> None:
    """A role sees what that role is asked; a case shows what that case asks."""
    other = office.start(written_contact_transfer, letter(mail_id="M-OTHER"))
    office.answer(other, sorted_as(), by="duty-worker")

    of_duty = pathways("work", "list", "--role", "duty-worker", "--json").json
    assert [one["case"] for one in of_duty] == [case]
    of_other = pathways("work", "list", "--case", other, "--json").json
    assert [(one["form"], one["of"]) for one in of_other] == [("ContactTransfer", "practitioner")]
    assert pathways("work", "list", "--role", "finance", "--json").json == []


def test_an_unknown_role_or_case_is_a_wrong_call(pathways: Pathways) -> None:
    """Exit code 2."""
    assert pathways("work", "list", "--role", "wizard").code == 2
    called = pathways("work", "list", "--case", new_ref())
    assert (called.code, called.out) == (2, "")


def test_people_read_a_table(case: str, item: str, pathways: Pathways) -> None:
    """One line an item."""
    called = pathways("work", "list")

    line = next(line for line in called.out.splitlines() if line.startswith(item))
    assert case in line and "sorting the contact" in line and "Mon 5 Jan 2026" in line
    assert "1 open work item\n" in called.out


def test_whoever_answers_reads_what_it_is_about(office: Office, case: str, item: str, pathways: Pathways) -> None:
    """The letter, the form's fields with what they take, and an entry in the access log."""
    called = pathways("work", "show", item, "--as", "duty-worker")

    assert "Dear Priya, the bath seat has not come." in called.out
    kinds = next(line for line in called.out.splitlines() if line.startswith("kinds"))
    assert "a list, each one of named-worker, new-need" in kinds and "compulsory" in kinds
    worker = next(line for line in called.out.splitlines() if line.startswith("named_worker"))
    assert "id of a member of staff" in worker and "compulsory" not in worker
    with office.council.database.read() as session:
        look = session.scalars(select(AccessEntry)).one()
    assert (look.who, look.what, look.about) == ("duty-worker", "read-work-item", case)


def test_a_letter_cannot_steer_the_terminal(office: Office, pathways: Pathways) -> None:
    """Escape sequences, and marks that turn the direction of writing, are shown as what cannot be shown."""
    office.start(written_contact_transfer, letter(text="\x1b[2J\x9bgone\u202etxt.exe [bold]café[/bold]\r\nnext"))
    item = pathways("work", "list", "--json").json[0]["id"]

    shown = pathways("work", "show", item, "--as", "duty-worker").out

    assert "\ufffd[2J\ufffdgone\ufffdtxt.exe [bold]café[/bold]\nnext" in shown


def test_only_staff_read_a_work_item(case: str, item: str, pathways: Pathways) -> None:
    """A stranger sees nothing."""
    called = pathways("work", "show", item, "--as", "stranger")

    assert (called.code, called.out) == (2, "")


def test_taking_shows_whose_it_is(office: Office, case: str, item: str, pathways: Pathways) -> None:
    """The taker stands in the list and in the story."""
    assert pathways("work", "take", item, "--as", "duty-worker-2").code == 0

    assert pathways("work", "list", "--json").json[0]["assignee"] == "duty-worker-2"
    assert office.story_of(case)[-1].endswith("Malcolm Oyelaran has taken: sorting the contact")


def test_what_was_taken_is_given_back_or_given_on(office: Office, case: str, item: str, pathways: Pathways) -> None:
    """As on the pages: by whoever has it, and by a leader to somebody who may answer it."""
    pathways("work", "take", item, "--as", "duty-worker-2")
    assert pathways("work", "give-back", item, "--as", "duty-worker").code == 2
    assert pathways("work", "give-back", item, "--as", "duty-worker-2").out == f"{item} is given back\n"
    assert pathways("work", "list", "--json").json[0]["assignee"] is None

    assert pathways("work", "assign", item, "--to", "finance-officer", "--as", "duty-team-leader").code == 2
    assert pathways("work", "assign", item, "--to", "duty-worker", "--as", "duty-team-leader").code == 0
    assert pathways("work", "list", "--json").json[0]["assignee"] == "duty-worker"
    assert office.story_of(case)[-1].endswith("Siobhan Kettering gave to Dana Whitlock: sorting the contact")


def test_an_answer_is_kept_though_prefect_is_away(office: Office, case: str, item: str, pathways: Pathways) -> None:
    """It is written, the person hears that the case goes on later, and it does."""
    called = answer(pathways, item, COMPLAINT)

    assert (called.code, called.out) == (0, f"{item} is answered; case {case} goes on\n")
    assert f"case {case} goes on by itself once Prefect can be used" in called.err
    assert not office.is_closed(case)
    office.runtime.run_what_is_due()
    assert office.is_closed(case)


def test_an_answer_can_come_from_a_file(
    office: Office, case: str, item: str, pathways: Pathways, tmp_path: Path
) -> None:
    """In UTF-8, with or without a byte-order mark."""
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(COMPLAINT), encoding="utf-8-sig")

    assert pathways("work", "answer", item, "--as", "duty-worker", "--json-file", file).code == 0


def test_every_problem_of_an_answer_is_named(office: Office, case: str, item: str, pathways: Pathways) -> None:
    """Exit code 2, nothing kept, and nothing of what was typed repeated."""
    called = answer(pathways, item, {"kinds": ["Ivy Larkspur"], "urgent": "Ivy", "colour": "Ivy"})

    assert (called.code, called.out) == (2, "")
    assert all(problem in called.err for problem in ("kinds", "urgent", "colour"))
    assert "Ivy" not in called.err
    assert answer(pathways, item, COMPLAINT).code == 0


def test_a_form_s_own_rules_are_named_too(item: str, pathways: Pathways) -> None:
    """What is compulsory together, and who is not in the register."""
    called = answer(pathways, item, {"kinds": ["named-worker"]})
    assert called.code == 2
    assert "action_indicated" in called.err and "where_recorded" in called.err

    full = {"kinds": ["named-worker"], "action_indicated": "a", "where_recorded": "b"}
    called = answer(pathways, item, full | {"about_person": "P-999", "named_worker": "stranger"})
    assert called.code == 2
    assert "about_person" in called.err and "named_worker" in called.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"kinds": ["Ivy"],}', "line 1, column 19"),
        (b'{\n"kinds": Ivy\n}', "line 2, column 10"),
        (b"", "line 1, column 1"),
        (b'{"kinds": ["Ivy"], "kinds": ["complaint"]}', "a field stands in it twice"),
        (b'{"kinds": NaN}', "NaN and Infinity are not JSON"),
        (b'{"kinds": "Ivy\xff"}', "is not UTF-8 text (line 1)"),
        (b"[" * 100_000, "it cannot be read (RecursionError)"),
    ],
)
def test_unsound_json_is_told_where_and_never_repeated(
    case: str, item: str, pathways: Pathways, content: bytes, says: str
) -> None:
    """Exit code 2."""
    called = answer(pathways, item, content)

    assert called.code == 2
    assert says in called.err
    assert "Ivy" not in called.err


@pytest.mark.parametrize("given", [None, [], "complaint", 7])
def test_an_answer_is_an_object(item: str, pathways: Pathways, given: Any) -> None:
    """Anything else is refused by the form."""
    assert answer(pathways, item, given).code == 2


def test_a_file_that_cannot_be_read_is_named(item: str, pathways: Pathways, tmp_path: Path) -> None:
    """Exit code 2, whether it is not there or is a folder."""
    for file in (tmp_path / "missing.json", tmp_path):
        called = pathways("work", "answer", item, "--as", "duty-worker", "--json-file", file)
        assert called.code == 2
        assert called.err.startswith(f"{file} cannot be read")


def test_the_second_answer_hears_who_was_first(office: Office, case: str, item: str, pathways: Pathways) -> None:
    """Exit code 1, with who and when."""
    office.answer(case, ContactSorting.read(COMPLAINT), by="duty-worker-2")

    called = answer(pathways, item, COMPLAINT)

    assert (called.code, called.out) == (1, "")
    assert called.err == f"{item} was answered by duty-worker-2 on Monday 5 January 2026, 9am\n"


@pytest.mark.parametrize("by", ["practitioner", "practitioner-6", "stranger"])
def test_only_those_asked_may_answer(case: str, item: str, pathways: Pathways, by: str) -> None:
    """Somebody in another role, somebody who has left and a stranger are refused."""
    assert answer(pathways, item, COMPLAINT, by=by).code == 2


class BathSeat(CaseFacts):
    """A bath seat to be ordered."""


@audited("Ordered the bath seat")
def order_bath_seat() -> str:
    """Order it from a supplier who is gone."""
    raise ConnectionError("the supplier of Ivy Larkspur's seat is gone")


@procedure(follows="no document: its one step fails")
def bath_seat(_seat: BathSeat) -> str:
    """Order a bath seat."""
    return order_bath_seat()


def test_a_parked_case_is_answered_like_any_other(office: Office, pathways: Pathways) -> None:
    """It needs attention; done by hand it goes on with the outcome given, which must fit the step."""
    case = office.start(bath_seat, BathSeat())
    office.days_pass(3)
    (parked,) = pathways("case", "list", "--status", "needs_attention", "--json").json
    assert parked["ref"] == case
    item = parked["waiting_for"][0]["id"]
    assert parked["waiting_for"][0]["form"] == "StepAttention"
    by_hand = {"how": "done-by-hand", "what_was_done": "ordered by telephone"}

    called = answer(pathways, item, by_hand | {"outcome": 7}, by="head-of-service")
    assert called.code == 2
    assert "outcome: give what the step would have returned" in called.err
    called = answer(pathways, item, by_hand | {"outcome": "order 4711"}, by="head-of-service")
    assert called.code == 0, called.err
    office.days_pass(0)
    assert office.outcome_of(case) == "order 4711"


def test_an_unknown_work_item_is_one_sentence(pathways: Pathways) -> None:
    """Exit code 2, for every verb."""
    for arguments in (("show", "W-NONE"), ("take", "W-NONE"), ("answer", "W-NONE", "--json-file", "-")):
        called = pathways("work", *arguments, "--as", "duty-worker", stdin=b"{}")
        assert (called.code, len(called.err.splitlines())) == (2, 1)
        assert "pathways work list" in called.err


def test_a_question_asked_before_a_death_says_so_when_it_is_read(office: Office, pathways: Pathways) -> None:
    """What stands beside the form was written before; the register is looked at as it is now."""
    case = office.start(written_contact_transfer, letter())
    office.answer(case, sorted_as(), by="duty-worker")
    (asked,) = pathways("work", "list", "--case", case, "--json").json
    assert "BEWARE" not in pathways("work", "show", asked["id"], "--as", "practitioner").out

    with office.council.database.write() as session:
        session.get_one(Person, "P-101").died_on = date(2026, 1, 5)
    shown = pathways("work", "show", asked["id"], "--as", "practitioner").out
    assert "BEWARE: the register shows now that P-101 died on Monday 5 January 2026." in shown


def test_the_parts_of_a_form_are_explained_too(case: str, item: str, pathways: Pathways) -> None:
    """Nobody has to guess what stands in a list of several people."""
    shown = pathways("work", "show", item, "--as", "duty-worker").out

    assert "also_about[].about_person" in shown and "an object with the fields below" in shown
