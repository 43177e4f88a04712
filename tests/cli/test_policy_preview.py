"""`pathways policy check` shows beforehand which open cases become due or overdue through a policy."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deployments.cli import policy as policy_command
from deployments.example_council import example_policy_text
from models.decision_tables.levels import Rag
from models.policy import parse_policy
from models.working_time import LONDON
from tasks.durable.rework import work_due_times_out_anew
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.cli.test_policy_and_clauses import changed
from tests.durable.test_rework import Waiting, asking_patiently, keeping_in_touch, under_a_rule_nobody_knows


@pytest.fixture(autouse=True)
def same_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command and the office, where there is one, go by the same clock."""
    if "office" in request.fixturenames:
        monkeypatch.setattr(policy_command, "clock", request.getfixturevalue("office").clock)


def weekly(policy_file: Path) -> None:
    """The file has Amber weekly."""
    changed(policy_file, 'fortnight = "P14D"', 'fortnight = "P7D"')


def test_a_bare_file_is_checked_without_a_database(command: Pathways, policy_file: Path) -> None:
    """The file is sound; that no open case was looked at is said, and how they can be."""
    called = command("policy", "check", policy_file)

    assert called.code == 0
    assert "policy.toml is sound: version " in called.out
    assert "Open cases were not looked at: there is no database at " in called.out
    told = command("policy", "check", policy_file, "--json").json
    assert told["open_cases"] is None and "there is no database" in told["open_cases_not_looked_at_because"]


def test_it_shows_what_becomes_overdue_and_due_today(office: Office, pathways: Pathways, policy_file: Path) -> None:
    """Three people wait fortnightly; weekly, one of them is overdue, one is due today and one is due earlier."""
    overdue = office.start(keeping_in_touch, Waiting())
    office.days_pass(2)
    due_today = office.start(keeping_in_touch, Waiting())
    office.days_pass(2)
    earlier = office.start(keeping_in_touch, Waiting())
    office.start(keeping_in_touch, Waiting(colour=Rag.GREEN))
    office.today_is("2026-01-14 08:00")
    weekly(policy_file)

    called = pathways("policy", "check", policy_file)

    assert called.code == 0
    assert "Open cases whose due times it would move: 3" in called.out
    assert "Due times: 1 now overdue, 1 due today, 1 earlier, 0 later" in called.out
    rows = [line.split() for line in called.out.splitlines() if " contact " in line]
    assert [" ".join(row) for row in rows] == [
        f"{overdue} contact Mon 19 Jan 2026 08:30 Mon 12 Jan 2026 08:30 now overdue",
        f"{due_today} contact Wed 21 Jan 2026 08:30 Wed 14 Jan 2026 08:30 due today",
        f"{earlier} contact Fri 23 Jan 2026 08:30 Fri 16 Jan 2026 08:30",
    ]


def test_programs_read_the_same(office: Office, pathways: Pathways, policy_file: Path) -> None:
    """Counts and each change, with times in UTC."""
    case = office.start(keeping_in_touch, Waiting())
    office.today_is("2026-01-14 08:00")
    weekly(policy_file)

    told = pathways("policy", "check", policy_file, "--json").json

    assert told["version"] == parse_policy(policy_file.read_text(), "policy.toml").version
    assert told["open_cases"] == {
        "is_in_force": False,
        "cases": 1,
        "due_times": 1,
        "now_overdue": 1,
        "due_today": 0,
        "earlier": 0,
        "later": 0,
        "chasing_moved": 0,
        "chasing_at_once": 0,
        "changes": [
            {
                "case": case,
                "restricted": False,
                "what": "contact",
                "was_due": "2026-01-19T08:30:00+00:00",
                "would_be_due": "2026-01-12T08:30:00+00:00",
                "becomes": "now overdue",
            }
        ],
        "not_understood": [],
    }


def test_looking_changes_nothing(office: Office, pathways: Pathways, policy_file: Path) -> None:
    """The case waits as it did, and has no entry more."""
    case = office.start(keeping_in_touch, Waiting())
    before = (office.waiting_for(case), office.story_of(case), office.case(case).wake_no)
    weekly(policy_file)

    pathways("policy", "check", policy_file)

    assert (office.waiting_for(case), office.story_of(case), office.case(case).wake_no) == before


def test_a_policy_that_moves_nothing_says_so(office: Office, pathways: Pathways, policy_file: Path) -> None:
    """The same policy as is in force."""
    office.start(keeping_in_touch, Waiting())
    work_due_times_out_anew(office.council)

    called = pathways("policy", "check", policy_file)

    assert called.out.endswith("It is the policy in force.\nOpen cases whose due times it would move: 0\n")


def test_reminders_and_escalations_are_counted_and_not_listed(
    office: Office, pathways: Pathways, policy_file: Path
) -> None:
    """A withdrawn closure day moves a whole ladder; what would go out at once is said."""
    with_holiday = example_policy_text().replace("extra_bank_holidays = []", "extra_bank_holidays = [2026-01-06]")
    office.policy_becomes(parse_policy(with_holiday, "policy.toml"))
    case = office.start(asking_patiently, Waiting())
    office.today_is("2026-01-07 16:59")

    called = pathways("policy", "check", policy_file)

    assert f"{case}  chair-chosen  Fri 9 Jan 2026 16:30  Thu 8 Jan 2026 17:00" in called.out
    assert "Reminders and escalations that would move: 4, of them 1 would go out at once" in called.out
    assert "W-" not in called.out


def test_of_a_restricted_case_only_its_reference_is_shown(
    office: Office, pathways: Pathways, policy_file: Path
) -> None:
    """Neither what it waits for nor when."""
    case = office.start(keeping_in_touch, Waiting(), restricted=True)
    weekly(policy_file)

    called = pathways("policy", "check", policy_file)
    told = pathways("policy", "check", policy_file, "--json").json["open_cases"]

    assert f"{case}  restricted-case" in called.out
    assert "contact" not in called.out.partition("Open cases")[2] and "Jan" not in called.out
    assert told["changes"] == [
        {"case": case, "restricted": True, "what": None, "was_due": None, "would_be_due": None, "becomes": None}
    ]
    assert (told["cases"], told["due_times"], told["earlier"]) == (1, 0, 0)


def test_what_this_version_cannot_work_out_is_named(office: Office, pathways: Pathways, policy_file: Path) -> None:
    """It would stay as it is; a restricted one is no more than named."""
    plain = office.start(keeping_in_touch, Waiting())
    hidden = office.start(keeping_in_touch, Waiting(), restricted=True)
    for case in (plain, hidden):
        under_a_rule_nobody_knows(office, case)

    called = pathways("policy", "check", policy_file)

    assert f"Case {plain}: contact would stay Mon 19 Jan 2026 08:30, no rule of this version gives it" in called.out
    assert f"Case {hidden}: restricted-case would stay, no rule of this version gives it" in called.out


@pytest.mark.clauses("GAP-24", "PWT-44")
def test_local_risk_factors_changed_without_approval_are_refused(
    office: Office, pathways: Pathways, policy_file: Path
) -> None:
    """Exit code 1, and what is to be done; with the strategic manager's approval it is in order."""
    work_due_times_out_anew(office.council)
    changed(policy_file, 'service = "hospital"', 'service = "hazel"')

    refused = pathways("policy", "check", policy_file)

    assert refused.code == 1
    assert "policy.toml is sound" in refused.out
    assert "GAP-24: the local risk factors have changed (LF-01): raise list_version above 1" in refused.err
    told = pathways("policy", "check", policy_file, "--json")
    assert (told.code, len(told.json["not_approved"])) == (1, 1)
    changed(policy_file, "list_version = 1", "list_version = 2")
    assert pathways("policy", "check", policy_file).code == 0


def test_nothing_that_people_wrote_is_shown(office: Office, pathways: Pathways, policy_file: Path) -> None:
    """What a case was opened with, is about and was asked stays in its ledger."""
    case = office.start(asking_patiently, Waiting(remark="Canary"))
    changed(policy_file, "extra_bank_holidays = []", "extra_bank_holidays = [2026-01-07]")

    told = pathways("policy", "check", policy_file, "--json").out + pathways("policy", "check", policy_file).out

    assert f"{case}  chair-chosen" in told
    assert "Canary" not in told


def test_a_day_in_the_table_is_one_in_england(office: Office, pathways: Pathways, policy_file: Path) -> None:
    """Due today is said by the day on the wall, half an hour before midnight too."""
    office.start(keeping_in_touch, Waiting())
    office.clock.move_to(datetime(2026, 1, 11, 23, 30, tzinfo=LONDON))
    weekly(policy_file)
    assert "0 now overdue, 0 due today, 1 earlier" in pathways("policy", "check", policy_file).out
    office.clock.advance(timedelta(hours=1))
    assert "0 now overdue, 1 due today, 0 earlier" in pathways("policy", "check", policy_file).out
