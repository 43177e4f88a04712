"""`pathways retention` and `pathways hold`: what is kept, what is due, and who may keep something for longer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from models.audit import AccessEntry
from models.clock import VirtualClock
from models.notices import Recipient
from tasks.durable.cases import open_new
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.letters import letter
from tests.retention.archive import close_at_once, says_nothing


@pytest.fixture
def old(office: Office) -> str:
    """A case that was closed so long ago that the real clock of the command says its time has passed."""
    office.council.clock = VirtualClock(office.clock.now().replace(year=2012))
    ref = open_new(office.council, "written-contact-transfer", letter(), owner=Recipient.role("duty-worker"))
    close_at_once(office, ref)
    return ref


def test_what_is_due_is_listed_and_erased(office: Office, pathways: Pathways, old: str) -> None:
    """A dry run says what a run does; the run does it, and `audit verify` finds nothing wrong."""
    listed = pathways("retention", "due", "--json")
    assert listed.json == [
        {
            "case": old,
            "procedure": "written-contact-transfer",
            "closed_at": "2012-01-05T09:00:00+00:00",
            "kept_until": "2018-01-05",
            "due": True,
            "kept_by": [],
            "holds": [],
        }
    ]
    assert "1 of 1 cases whose time has passed are due" in pathways("retention", "due").out
    assert "Closed cases would be erased: 1" in pathways("retention", "erase", "--dry-run").out
    assert not says_nothing(office, old)

    erased = pathways("retention", "erase", "--as", "information-governance-1", "--json")
    assert erased.code == 2  # nobody of that id
    erased = pathways("retention", "erase", "--as", "team-manager", "--json")
    assert (erased.json["cases"], erased.json["entries"]) == (1, 2)
    assert says_nothing(office, old)
    assert pathways("retention", "due", "--json").json == []
    assert pathways("audit", "verify").out == "all ledgers hold\n"
    assert pathways("case", "show", old, "--json").json["entries"][-1]["by"] == "team-manager"


def test_everything_that_reads_a_case_goes_on_when_it_was_erased(pathways: Pathways, old: str) -> None:
    """Story, lists, exports and the list of a past day work, and say that it was erased."""
    assert pathways("retention", "erase").code == 0
    shown = pathways("case", "show", old)
    assert (shown.code, shown.err) == (0, "")
    assert "Erased what entries 1 to 2 said: kept 6 years after closing" in shown.out
    assert pathways("case", "list", "--json").code == 0
    page = pathways("case", "export", old)
    assert page.code == 0
    assert "Erased, its time having passed." in page.out
    assert '"content": null' in pathways("audit", "export", "--case", old).out
    past = pathways("unseen", "--as-of", "2012-01-04", "--json")
    assert (past.json["people"], past.json["erased_cases"]) == ([], 0)


def test_a_past_day_says_how_many_cases_were_erased_since(office: Office, pathways: Pathways) -> None:
    """Somebody waited on that day, and no more is known of it: neither overdue nor forgotten is said of them."""
    office.council.clock = VirtualClock(office.clock.now().replace(year=2012))
    ref = open_new(office.council, "written-contact-transfer", letter(), owner=Recipient.role("duty-worker"))
    office.council.clock = VirtualClock(office.clock.now().replace(year=2012, month=2))
    close_at_once(office, ref)
    assert pathways("retention", "erase").code == 0
    told = pathways("unseen", "--as-of", "2012-01-20", "--json").json
    assert (told["erased_cases"], [one["beware"] for one in told["people"]]) == (1, [[]])
    words = pathways("unseen", "--as-of", "2012-01-20").out
    assert "Of 1 case no more is told than that somebody waited" in words
    assert "written contact transfer: erased since" in words


def test_a_hold_keeps_what_is_due(pathways: Pathways, old: str) -> None:
    """Placed by whoever may, listed with its reason, and lifted again; each is told what it means."""
    why = ("--kind", "inquest", "--reason", "INQ/2026/17")
    placed = pathways("hold", "place", "--case", old, *why, "--as", "head-of-service")
    assert placed.code == 0
    hold = placed.out.strip()
    assert re.fullmatch(r"H-[0-9A-Z]{10}", hold)
    [listed] = pathways("hold", "list", "--json").json
    assert (listed["id"], listed["kind"], listed["case"], listed["reason"]) == (hold, "inquest", old, "INQ/2026/17")
    assert "by a legal hold: 1" in pathways("retention", "erase").out
    [kept] = pathways("retention", "due", "--json").json
    assert (kept["due"], kept["kept_by"], kept["holds"]) == (False, ["legal hold"], [hold])

    lifted = pathways("hold", "lift", hold, "--because", "the inquest was closed", "--as", "head-of-service")
    assert (lifted.code, pathways("hold", "list", "--json").json) == (0, [])
    assert len(pathways("hold", "list", "--all", "--json").json) == 1
    assert "Closed cases erased: 1" in pathways("retention", "erase").out


def test_a_hold_on_a_person_is_placed_by_their_register_id(pathways: Pathways) -> None:
    """The command takes a case or a person."""
    why = ("--kind", "claim", "--reason", "CL/77", "--as", "strategic-manager")
    assert pathways("hold", "place", "--person", "P-101", *why).code == 0
    refused = pathways("hold", "place", *why)
    assert (refused.code, "name a case or a person" in refused.err) == (2, True)


def test_only_those_whom_the_table_names_place_holds(office: Office, pathways: Pathways, old: str) -> None:
    """A duty worker is refused, and nothing is noted as placed."""
    refused = pathways("hold", "place", "--case", old, "--kind", "other", "--reason", "because", "--as", "duty-worker")
    assert (refused.code, "may not place or lift legal holds" in refused.err) == (1, True)
    with office.council.database.read() as session:
        assert "place-hold" not in set(session.scalars(select(AccessEntry.what)))


def test_the_report_shows_the_schedule_beside_the_numbers(pathways: Pathways, old: str) -> None:
    """Each procedure that has cases, what its line says, and when the next is due."""
    before = pathways("retention", "report", "--json").json
    [line] = before["procedures"]
    assert (line["procedure"], line["kept_for"], line["closed"], line["erased"]) == (
        "written-contact-transfer",
        "6 years",
        1,
        0,
    )
    assert line["next_due_after"] == "2018-01-05"
    pathways("retention", "erase")
    after = pathways("retention", "report")
    assert "claims about care can be brought for six years" in after.out
    assert "Access log: 8 years" in after.out


def test_every_column_can_be_looked_up(command: Pathways) -> None:
    """What is held and when it goes, for whoever answers for it; no installation is needed."""
    listed = command("retention", "columns", "--json").json
    assert {"table": "entry_payload", "column": "content", "goes": "with its case"} in listed
    assert "erased or taken out when the case's time has passed" in command("retention", "columns").out


@pytest.mark.parametrize(
    ("sound", "unsound", "said"),
    [
        ('drafts = "30 days"', 'drafts = "P30D"', 'write how long it is kept as "6 years"'),
        ('drafts = "30 days"', 'drafts = "0 days"', 'write how long it is kept as "6 years"'),
        ('access_log = "8 years"', 'access_log = "900 years"', "nothing is kept for more than 150 years"),
        ('[retention]\nowner = "information-governance"\n', "[retention]\n", "retention: owner is missing"),
        ("unsorted-mail = { kept", "unsorted-post = { kept", 'there is no procedure "unsorted-post"; did you mean "un'),
        (', because = "shows what became of messages that nobody could read"', "", "because is missing"),
    ],
)
def test_a_schedule_that_is_not_in_order_is_named_with_its_line(
    command: Pathways, policy_file: Path, sound: str, unsound: str, said: str
) -> None:
    """`policy check` names what is wrong with it and how it is written."""
    policy = policy_file.read_text(encoding="utf-8")
    assert policy.count(sound) == 1
    policy_file.write_text(policy.replace(sound, unsound), encoding="utf-8")
    checked = command("policy", "check", policy_file)
    assert checked.code == 2
    assert said in checked.err
    assert re.search(r"line \d+: ", checked.err)


def test_a_sound_policy_shows_how_long_cases_are_kept(command: Pathways, policy_file: Path) -> None:
    """In one line, with the date of the decision."""
    said = command("policy", "check", policy_file).out
    assert "Closed cases are kept 6 years, mailbox-not-collected 1 year" in said
    assert "(decided 2026-01-12)" in said
