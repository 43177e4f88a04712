"""`pathways case`: lists, stories and signals."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.cases import Entry
from models.durations import calendar_days
from models.entry_kinds import EntryKind
from models.forms.base import CaseFacts
from models.forms.written_contact import FurtherMessage
from models.policy.organisation import MailKind
from models.refs import new_ref
from tasks.audit.access_log import os_user
from tasks.durable import after, closed, first_of, procedure, signal
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.letters import letter, sorted_as
from tests.procedures.tray_stories import on_the_tray


class RestFacts(CaseFacts):
    """What a rest is opened with."""

    beside: str


@procedure(follows="no document: it waits in every way there is")
def rest(facts: RestFacts) -> None:
    """Wait for tea, a message or the end of another case."""
    first_of(signal(FurtherMessage), after("tea", calendar_days(2)), closed(facts.beside))


REPLY = {"mail_id": "M-REPLY1", "sender": "Tom", "subject": "Re: bath seat", "text": "It has come."}


@pytest.fixture
def case(office: Office) -> str:
    """A written contact that waits to be sorted."""
    return office.start(written_contact_transfer, letter())


def looks(office: Office) -> list[tuple[str, str, str]]:
    """Who looked at what, as the access log has it."""
    with office.council.database.read() as session:
        entries = session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        return [(one.who, one.what, one.about) for one in entries]


def test_the_list_has_the_agreed_shape(office: Office, case: str, pathways: Pathways) -> None:
    """A program finds the keys of the contract, times in UTC and the open decision with its work item's id."""
    (listed,) = pathways("case", "list", "--json").json

    item = listed["waiting_for"][0]["id"]
    assert item.startswith("W-")
    assert listed == {
        "ref": case,
        "procedure": "written-contact-transfer",
        "status": "open",
        "owner": "role-duty-worker",
        "opened_at": "2026-01-05T09:00:00+00:00",
        "due": listed["waiting_for"][0]["due"],
        "flow_run_id": None,
        "waiting_for": [
            {"kind": "decision", "id": item, "form": "ContactSorting", "of": "duty-worker", "due": listed["due"]}
        ],
    }
    assert listed["due"].endswith("+00:00")


def test_a_message_for_the_owner_is_awaited_like_any_decision(office: Office, case: str, pathways: Pathways) -> None:
    """What the house asks stands beside what the flow asks, the soonest due first."""
    office.signal(case, FurtherMessage(**REPLY))

    (listed,) = pathways("case", "list", "--json").json

    assert sorted(one["form"] for one in listed["waiting_for"]) == ["ContactSorting", "MessageRead"]
    assert [one["due"] for one in listed["waiting_for"]] == ["2026-01-05T13:00:00+00:00"] * 2


def test_timers_and_other_waits_are_named_by_their_key(office: Office, case: str, pathways: Pathways) -> None:
    """What is no decision has no form and nobody who is asked; the soonest due stands first."""
    waiting = office.start(rest, RestFacts(beside=case))

    listed = pathways("case", "list", "--procedure", "rest", "--json").json[0]

    assert listed["ref"] == waiting
    assert [(one["kind"], one["id"], one["due"]) for one in listed["waiting_for"]] == [
        ("timer", "tea", "2026-01-07T09:00:00+00:00"),
        ("case", f"closed:{case}", None),
        ("signal", "further-message", None),
    ]
    assert {(one["form"], one["of"]) for one in listed["waiting_for"]} == {(None, None)}
    assert listed["due"] == "2026-01-07T09:00:00+00:00"
    told = pathways("case", "show", waiting).out
    assert "Waits for tea, due Wednesday 7 January 2026, 9am\n" in told
    assert "Waits for a message: further message\n" in told
    assert f"Waits for case {case} to close\n" in told


def test_the_list_can_be_narrowed(office: Office, case: str, pathways: Pathways) -> None:
    """By status and by procedure."""
    office.answer(case, sorted_as(MailKind.COMPLAINT), by="duty-worker")

    assert [one["ref"] for one in pathways("case", "list", "--status", "closed", "--json").json] == [case]
    (queued,) = pathways("case", "list", "--status", "open", "--json").json
    assert queued["procedure"] == "queued-contact"
    assert pathways("case", "list", "--procedure", "queued-contact", "--json").json == [queued]
    assert pathways("case", "list", "--status", "needs_attention", "--json").json == []


def test_a_closed_case_waits_for_nothing(office: Office, case: str, pathways: Pathways) -> None:
    """Nothing is awaited and nothing is due."""
    office.answer(case, sorted_as(MailKind.COMPLAINT), by="duty-worker")

    (closed,) = pathways("case", "list", "--status", "closed", "--json").json

    assert (closed["waiting_for"], closed["due"]) == ([], None)


def test_a_status_that_does_not_exist_is_a_wrong_call(pathways: Pathways) -> None:
    """Exit code 2, and the right ones are named."""
    called = pathways("case", "list", "--status", "sleeping")

    assert called.code == 2
    assert "needs_attention" in called.err


def test_the_story_has_every_entry(office: Office, case: str, pathways: Pathways) -> None:
    """The case as in the list, and its entries with the agreed keys."""
    told = pathways("case", "show", case, "--json").json

    entries = told.pop("entries")
    assert [told] == pathways("case", "list", "--json").json
    assert [one["no"] for one in entries] == list(range(1, len(entries) + 1))
    assert set(entries[0]) == {"no", "at", "kind", "key", "by", "clauses", "text", "hash"}
    assert (entries[0]["kind"], entries[0]["at"]) == ("opened", "2026-01-05T09:00:00+00:00")
    asked = next(one for one in entries if one["kind"] == "asked")
    assert (asked["clauses"], asked["by"]) == (["DUTY-16"], "system")
    assert asked["text"].startswith("Asked the duty worker: sorting the contact")
    assert all(len(one["hash"]) == 64 for one in entries)


def test_people_read_the_story_as_dated_lines(office: Office, case: str, pathways: Pathways) -> None:
    """From first contact to closure, who did what, and the clauses."""
    office.answer(case, sorted_as(MailKind.COMPLAINT), by="duty-worker")

    called = pathways("case", "show", case)

    assert called.code == 0
    assert f"{case}  Written contact transfer  (closed)" in called.out
    assert "Opened on Monday 5 January 2026, 9am; belongs to the duty worker." in called.out
    lines = [line for line in called.out.splitlines() if line.startswith("Mon 5 Jan 2026 09:00")]
    assert "Opened; belongs to the duty worker" in lines[0]
    assert any("duty-worker" in line and "answered: sorting the contact" in line for line in lines)
    assert "Closed: sorted elsewhere" in lines[-1]


def test_an_open_case_tells_what_it_waits_for(office: Office, case: str, pathways: Pathways) -> None:
    """With the work item's id, so that it can be answered."""
    item = pathways("case", "list", "--json").json[0]["waiting_for"][0]["id"]

    assert f"Waits for ContactSorting of duty-worker, work item {item}, due " in pathways("case", "show", case).out


def test_a_ref_may_be_typed_as_people_type(office: Office, case: str, pathways: Pathways) -> None:
    """Small letters and a missing hyphen are forgiven."""
    assert pathways("case", "show", case.lower().replace("-", ""), "--json").json["ref"] == case


def test_looking_is_entered_in_the_access_log(office: Office, case: str, pathways: Pathways) -> None:
    """Under the staff id given, else under the operating system's user."""
    pathways("case", "show", case, "--json")
    pathways("case", "show", case, "--as", "team-leader")

    assert looks(office) == [(os_user(), "read-case", case), ("team-leader", "read-case", case)]


@pytest.mark.parametrize("staff", ["nobody-here", "practitioner-6"])
def test_only_staff_may_look_by_name(office: Office, case: str, pathways: Pathways, staff: str) -> None:
    """An unknown id, or that of somebody who has left, shows nothing and notes nothing."""
    called = pathways("case", "show", case, "--as", staff)

    assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
    assert "correct --as" in called.err
    assert looks(office) == []


def test_an_unknown_case_is_one_sentence(office: Office, pathways: Pathways) -> None:
    """Exit code 2, what to do, and nothing in the access log; whatever was typed instead of a ref is not repeated."""
    unknown = new_ref()

    called = pathways("case", "show", unknown)
    assert (called.code, called.out) == (2, "")
    assert called.err == f"there is no case {unknown}: look it up with `pathways case list`\n"
    called = pathways("case", "show", "Ivy Larkspur")
    assert called.code == 2
    assert "Ivy" not in called.err
    assert looks(office) == []


def test_lists_wait_for_no_writer(office: Office, case: str, pathways: Pathways) -> None:
    """Somebody else's long transaction does not keep anybody from reading."""
    with office.council.database.write() as session:
        session.connection()

        assert [one["ref"] for one in pathways("case", "list", "--json").json] == [case]
        assert len(pathways("work", "list", "--json").json) == 1


@pytest.mark.parametrize("name", ["FurtherMessage", "further-message"])
def test_a_signal_reaches_its_case(office: Office, case: str, pathways: Pathways, name: str) -> None:
    """By either of its names; its entry says who sent it, and the person hears that Prefect wakes the case later."""
    called = pathways(
        *("case", "signal", case, name, "--as", "duty-worker", "--nobody-at-risk", "--json-file", "-"),
        stdin=json.dumps(REPLY).encode(),
    )

    assert called.code == 0
    assert "a further message" in called.out
    assert f"case {case} goes on by itself once Prefect can be used" in called.err
    with office.council.database.read() as session:
        sent = session.scalars(select(Entry).where(Entry.case_ref == case, Entry.kind == EntryKind.SIGNALLED)).one()
    assert sent.by == "duty-worker"


def test_a_signal_that_is_not_whole_names_every_problem(office: Office, case: str, pathways: Pathways) -> None:
    """Exit code 2; what was sent is not repeated."""
    called = pathways(
        "case", "signal", case, "FurtherMessage", "--as", "duty-worker", "--json-file", "-", stdin=b'{"txet": "Ivy"}'
    )

    assert called.code == 2
    assert all(name in called.err for name in ("mail_id", "sender", "subject", "text", "txet"))
    assert "Ivy" not in called.err


def test_an_unknown_signal_names_those_there_are(office: Office, case: str, pathways: Pathways) -> None:
    """Exit code 2."""
    called = pathways("case", "signal", case, "Thunder", "--as", "duty-worker")

    assert called.code == 2
    assert "FurtherMessage" in called.err


def test_a_signal_by_a_stranger_is_refused(office: Office, case: str, pathways: Pathways) -> None:
    """Exit code 2, and the case has nothing of it."""
    called = pathways(
        "case",
        "signal",
        case,
        "FurtherMessage",
        "--as",
        "stranger",
        "--json-file",
        "-",
        stdin=json.dumps(REPLY).encode(),
    )

    assert called.code == 2
    assert not any("Came" in line for line in office.story_of(case))


def test_a_closed_case_takes_no_signal(office: Office, case: str, pathways: Pathways) -> None:
    """Exit code 1: the check that the case is open did not hold."""
    office.answer(case, sorted_as(MailKind.COMPLAINT), by="duty-worker")

    called = pathways(
        "case",
        "signal",
        case,
        "FurtherMessage",
        "--as",
        "duty-worker",
        "--json-file",
        "-",
        stdin=json.dumps(REPLY).encode(),
    )

    assert called.code == 1
    assert called.err.startswith(f"case {case} is closed")


@pytest.mark.clauses("GAP-22", "PWT-47", "PWT-48")
@pytest.mark.parametrize(
    ("staff", "because"), [("team-leader", "facts.override_reasons"), ("duty-worker", "is for managers")]
)
def test_rating_anew_by_command_is_held_against_policy_and_sent_by_managers_only(
    office: Office, pathways: Pathways, staff: str, because: str
) -> None:
    """A colour of one's own needs reasons, and only a manager may send it; what is refused changes nothing."""
    ref = on_the_tray(office)
    facts = {"support": "moderate", "risk": "moderate", "delay_effect": "decline", "colour": "Red"}
    said = {"facts": facts, "facts_changed": False, "reasons": "looked at it"}
    refused = pathways(
        "case", "signal", ref, "RatedAgain", "--as", staff, "--json-file", "-", stdin=json.dumps(said).encode()
    )
    assert refused.code == 2
    assert because in refused.err
    assert office.case(ref).colour == "Amber"
