"""Taking over an existing list: everybody on it waits on in a case, and what had been missed is one list."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from flows.pwt_review import pwt_review
from flows.tray_takeover import tray_takeover
from models.forms.tray_takeover import PassedLimit, TakenOverLate, TrayTakeover
from models.forms.tray_waiting import TrayPlacement
from models.policy import Policy
from models.recording import Difference
from models.register import Staff
from models.tray import Rated, TrayPlace
from models.working_time import LONDON
from tasks.database import DatabaseUnavailable
from tasks.durable.council import Council
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.register.reading import FileRefused
from tasks.tray.taking_over import TakeoverReport, take_over_list
from tests.procedures.tray_stories import policy_with, standing

HEADER = "person_id,team_id,requested_on,placed_on,last_contact_on,colour,priority,complexity,manager"
RED = "P-101,hazel,2025-12-12,2025-12-15,2025-12-30,Red,High,High,team-manager"
AMBER = "P-102,hazel,2025-12-29,2025-12-30,2026-01-02,amber,MEDIUM,low,team-manager"
GREEN = "P-103,hazel,2025-11-03,2025-11-05,2025-12-01,Green,Low,Low,team-manager"
UNRATED = "P-104,hazel,2025-12-30,,,,High,,team-manager"


@pytest.fixture
def lists(office: Office, tmp_path: Path) -> Lists:
    """Lists on Monday 5 January 2026, 9am, that the team manager takes over."""
    return Lists(office, tmp_path / "tray.csv")


class Lists:
    """Writes lists and takes them over."""

    def __init__(self, office: Office, file: Path) -> None:
        self.office, self.file = office, file

    def of(
        self,
        *rows: str,
        header: str = HEADER,
        by: str = "team-manager",
        team: str | None = None,
        accept_rest: bool = False,
    ) -> TakeoverReport:
        """Take over a list with these rows."""
        self.file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return take_over_list(self.office.council, self.file, by=by, team_id=team, accept_rest=accept_rest)

    def problems(self, *rows: str, header: str = HEADER, team: str | None = None) -> list[str]:
        """What is said about rows that cannot be taken; fails where anybody was taken over."""
        report = self.of(*rows, header=header, team=team)
        assert report.refused and self.office.cases() == []
        return [str(row) for row in report.rejected]

    def place(self, case: str) -> TrayPlacement:
        """What somebody's case was opened with."""
        with self.office.council.database.read() as session:
            return TrayPlacement.model_validate(recall(session, case)[0].data)

    def late(self) -> dict[str, TakenOverLate]:
        """Everybody who stands on a manager's list, by person."""
        found: dict[str, TakenOverLate] = {}
        with self.office.council.database.read() as session:
            for case in self.office.cases(tray_takeover):
                taken = TrayTakeover.model_validate(recall(session, case)[0].data)
                found |= {one.person: one for one in taken.people}
        return found

    def passed(self, person: str) -> list[str]:
        """The limits that had passed for somebody."""
        late = self.late()
        return [str(one) for one in late[person].passed] if person in late else []


def london(year: int, month: int, day: int) -> datetime:
    """The first moment of a day."""
    return datetime(year, month, day, tzinfo=LONDON)


# ------------------------------------------------------------------ what is taken over


@pytest.mark.clauses("GAP-15")
def test_everybody_on_the_list_waits_on_in_a_case_of_their_own(office: Office, lists: Lists) -> None:
    """With the day of the request, of the last contact and the manager as the list has them; nothing begins anew."""
    report = lists.of(RED, AMBER)

    cases = dict(report.opened)
    assert sorted(cases.values()) == sorted(office.cases(pwt_review))
    place = lists.place(cases["P-101"])
    assert (place.person, place.team, place.placed_by, place.imported) == ("P-101", "hazel", "team-manager", True)
    assert (place.requested_at, place.placed_at) == (london(2025, 12, 12), london(2025, 12, 15))
    assert place.last_reached_at == london(2025, 12, 30)
    assert office.case(cases["P-101"]).owner == "staff-team-manager"
    with office.council.database.read() as session:
        assert recall(session, cases["P-101"])[0].by == "team-manager"


@pytest.mark.clauses("GAP-14", "GAP-22")
def test_a_rating_is_taken_over_as_it_is_and_counts_as_no_override(lists: Lists) -> None:
    """No table of ours gave it, and none is said to have; whoever reads it sees where it comes from."""
    rated = lists.place(dict(lists.of(AMBER).opened)["P-102"]).rated

    assert isinstance(rated, Rated)
    assert (rated.colour, rated.priority, rated.complexity, rated.urgent) == ("Amber", "Medium", "Low", False)
    tables = (rated.by_matrix, rated.by_priority_table, rated.by_complexity_table)
    assert [(one.outcome, one.row, one.clauses) for one in tables] == [
        ("Amber", "taken-over", ()),
        ("Medium", "taken-over", ()),
        ("Low", "taken-over", ()),
    ]
    assert not rated.is_overridden and not rated.lowers_a_red


@pytest.mark.clauses("GAP-14")
def test_without_a_colour_somebody_is_not_rated_and_nothing_that_was_known_is_lost(lists: Lists) -> None:
    """The priority that the list had stands where whoever rates them reads it."""
    report = lists.of(UNRATED)
    place = lists.place(report.opened[0][1])

    assert (report.unrated, place.rated) == (1, None)
    assert place.circumstances == "Taken over from another list, which had priority High and no colour."
    assert place.placed_at == place.requested_at == london(2025, 12, 30)


def test_people_and_columns_are_found_however_the_list_names_them(office: Office, lists: Lists) -> None:
    """By the recording system's id, in any order of columns, for one team; what we have no use for is named."""
    header = "Name,record_id,requested_on,colour,priority,complexity,placed_on,last_contact_on"
    report = lists.of("Edith Tilling,LAS-70410,2025-12-29,,,,,", header=header, team="rowan", by="rowan-team-leader")

    (case,) = office.cases(pwt_review)
    place = lists.place(case)
    assert (place.person, place.team, place.placed_by) == ("P-101", "rowan", "rowan-team-leader")
    assert report.passed_over == ("name",)


def test_their_cases_really_begin(office: Office, lists: Lists) -> None:
    """Each stands on the tray, in colour, with a contact and without an alarm of its own."""
    cases = dict(lists.of(RED, AMBER, GREEN, UNRATED).opened)
    office.hours_pass(0)

    with office.council.database.read() as session:
        places = {one.case_ref: one for one in session.scalars(select(TrayPlace))}
    assert set(places) == set(cases.values())
    assert {person: office.case(case).colour for person, case in cases.items()} == {
        "P-101": "Red",
        "P-102": "Amber",
        "P-103": "Green",
        "P-104": None,
    }
    assert all(office.waiting_for(case) for case in cases.values())


# ------------------------------------------------------------------ what had been missed


@pytest.mark.clauses("PWT-11", "PWT-61", "GAP-15", "GAP-17")
@pytest.mark.parametrize(
    ("row", "passed"),
    [
        ("P-101,hazel,2025-12-30,2025-12-30,2025-12-30,Red,High,High,", ["priority"]),
        ("P-101,hazel,2025-12-30,2025-12-30,2025-12-29,Red,High,High,", None),
        (RED, ["warn", "red-strategic", "priority"]),
        ("P-101,hazel,2025-12-01,,2025-12-20,Red,Medium,High,", ["breach", "red-head", "contact"]),
        (AMBER, []),
        ("P-102,hazel,2025-12-16,,2026-01-02,Amber,Medium,Low,", []),
        ("P-102,hazel,2025-12-16,,,Amber,Medium,Low,", ["priority", "contact"]),
        (GREEN, ["breach", "contact"]),
        ("P-103,hazel,2025-12-15,,,Green,Low,Low,", ["warn"]),
        ("P-103,hazel,2025-12-16,,,Green,Low,Low,", []),
        (UNRATED, []),
        ("P-104,hazel,2025-12-20,,,,,,", ["contact"]),
        ("P-104,hazel,2025-12-01,,2026-01-02,,,,", ["breach"]),
    ],
)
def test_whoever_was_over_a_limit_stands_on_the_list_with_what_had_passed(
    lists: Lists, row: str, passed: list[str] | None
) -> None:
    """By the clocks of their own case; a limit is not named where the later one has passed as well."""
    if passed is None:
        assert "last_contact_on is before requested_on" in lists.problems(row)[0]
        return
    lists.of(row)
    assert lists.passed(row[:5]) == passed


@pytest.mark.clauses("GAP-15")
def test_what_had_passed_is_what_no_clock_of_their_case_says_again(office: Office, lists: Lists) -> None:
    """The list and the cases go by the same clocks: nobody's limit is on neither, or on both."""
    cases = dict(lists.of(RED, AMBER, GREEN, UNRATED).opened)
    office.hours_pass(0)

    for person, case in cases.items():
        waits = {line.split(",")[0] for line in office.waiting_for(case)}
        limits = {str(one) for one in PassedLimit} - {"contact"}
        listed = set(lists.passed(person)) & limits
        assert not waits & listed, person
    assert "breach" in {line.split(",")[0] for line in office.waiting_for(cases["P-101"])}
    assert "breach" not in {line.split(",")[0] for line in office.waiting_for(cases["P-103"])}


def test_a_manager_has_one_list_for_each_team(office: Office, lists: Lists) -> None:
    """Whoever placed them sees to them; who was within every limit is on nobody's list."""
    hers = RED.replace("P-101", "P-105").replace("team-manager", "rowan-team-leader").replace("hazel", "rowan")
    report = lists.of(RED, GREEN, AMBER, hers)

    assert report.over_a_limit == 3
    owners = {office.case(case).owner: case for case in report.lists}
    assert set(owners) == {"staff-team-manager", "staff-rowan-team-leader"}
    assert set(lists.late()) == {"P-101", "P-103", "P-105"}


def test_where_nobody_was_over_a_limit_there_is_no_list(office: Office, lists: Lists) -> None:
    """No empty work item asks for nothing."""
    assert lists.of(AMBER).lists == [] and office.cases(tray_takeover) == []


def test_the_councils_own_limits_count(office: Office, lists: Lists) -> None:
    """A council that counts from placement, and warns earlier, has its own list."""
    clock = office.council.policy.gaps.allocation_clock.model_copy(update={"counts_from": "placement"})
    gaps = office.council.policy.gaps.model_copy(update={"allocation_clock": clock})
    policy: Policy = office.council.policy.model_copy(update={"gaps": gaps})
    office.council = Council(office.council.database, policy, office.clock)

    lists.of("P-103,hazel,2025-11-03,2025-12-29,2026-01-02,Green,Low,Low,")

    assert lists.late() == {}


# ------------------------------------------------------------------ what cannot be taken


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("P-999,hazel,2025-12-29,,,,,,", "person_id is not in the register"),
        (",hazel,2025-12-29,,,,,,", "person_id or record_id must be given"),
        ("P-119,hazel,2025-12-29,,,,,,", "the register shows that they have died: take them out of the list"),
        ("P-101,oak,2025-12-29,,,,,,", "team_id is not in the register"),
        ("P-101,,2025-12-29,,,,,,", "team_id is empty: say --team, or fill it in"),
        ("P-101,willow,2025-12-29,,,,,,", "team_id is a team that has closed: put rowan there, which carries on"),
        ("P-101,brokerage,2025-12-29,,,,,,", "team_id is no team with a tray"),
        ("P-101,hazel,,,,,,,", "requested_on is empty"),
        ("P-101,hazel,29/12/2025,,,,,,", "requested_on must be a date such as 2026-11-30"),
        ("P-101,hazel,2026-01-06,,,,,,", "requested_on has not come yet"),
        ("P-101,hazel,2015-12-29,,,,,,", "requested_on is more than ten years ago: check the year"),
        ("P-101,hazel,9999-12-29,,,,,,", "requested_on has not come yet"),
        ("P-101,hazel,2025-12-29,2025-12-28,,,,,", "placed_on is before requested_on"),
        ("P-101,hazel,2025-12-29,2026-01-06,,,,,", "placed_on has not come yet"),
        ("P-101,hazel,2025-12-29,,2026-01-06,,,,", "last_contact_on has not come yet"),
        ("P-101,hazel,2025-12-29,,,yellow,High,High,", "colour must be one of Red, Amber, Green, or empty"),
        ("P-101,hazel,2025-12-29,,,Red,urgent,High,", "priority must be one of High, Medium, Low, or empty"),
        ("P-101,hazel,2025-12-29,,,Red,High,,", "colour needs priority and complexity beside it"),
        ("P-101,hazel,2025-12-29,,,,,,somebody", "manager is not in the register"),
        ("P-101,hazel,2025-12-29,,,,,,practitioner", "manager is no team leader or manager: name one"),
        ("P-101,hazel,2025-12-29,,,,,", "has 8 fields, which is not what the header says"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_by_its_line(lists: Lists, row: str, problem: str) -> None:
    """And nobody is taken over, the good rows neither; what stood in the row is not repeated."""
    (said,) = lists.problems(AMBER, row)

    assert said.startswith("tray.csv:3") and problem in said
    assert "29/12" not in said and "yellow" not in said and "somebody" not in said


def test_a_manager_who_has_left_answers_for_nobody(office: Office, lists: Lists) -> None:
    """The row names whoever answers for them now; where it names nobody, it is whoever takes the list over."""
    with office.council.database.write() as session:
        session.get_one(Staff, "team-leader").left_on = date(2026, 1, 1)
    row = AMBER.replace("team-manager", "team-leader")
    assert "manager has left: name whoever answers for them now" in lists.problems(row)[0]

    nobody = AMBER.replace("team-manager", "")
    said = [str(one) for one in lists.of(nobody, by="systems-officer").rejected]
    assert "manager is empty, and whoever takes the list over is no team leader or manager" in said[0]


def test_the_same_person_twice_is_named_with_both_lines(lists: Lists) -> None:
    """Nobody waits twice."""
    header = HEADER.replace("person_id", "person_id,record_id")
    assert lists.problems("P-101,,hazel,2025-12-29,,,,,,", ",LAS-70410,hazel,2025-12-29,,,,,,", header=header) == [
        "tray.csv:3 (LAS-70410): the same person stands in line 2 already"
    ]
    two = "P-102,LAS-70410,hazel,2025-12-29,,,,,,"
    assert "person_id and record_id are two different people" in lists.problems(two, header=header)[0]


def test_a_list_for_one_team_has_nobody_of_another(lists: Lists) -> None:
    """A row of another team is a slip in the list, or in the call."""
    assert "team_id is not rowan, for which the list is taken over" in lists.problems(AMBER, team="rowan")[0]


@pytest.mark.parametrize(
    "missing", ["requested_on", "placed_on", "last_contact_on", "colour", "priority", "complexity"]
)
def test_a_column_that_is_missing_or_misspelt_is_refused(lists: Lists, missing: str) -> None:
    """A colour that is lost by a slip in the header would be a contact that is not made."""
    with pytest.raises(FileRefused, match=f"the header lacks {missing}"):
        lists.of(AMBER, header=HEADER.replace(missing, f"{missing}s"))


def test_the_others_are_taken_where_that_is_wanted_and_nobody_left_out_is_forgotten(
    office: Office, lists: Lists
) -> None:
    """Whoever was left out is named, and stands on a list of differences until somebody has seen to it."""
    report = lists.of(AMBER, "P-999,hazel,2025-12-29,,,,,,", ",hazel,2025-12-29,,,,,,", accept_rest=True)

    assert [person for person, _ in report.opened] == ["P-102"] and not report.refused
    with office.council.database.read() as session:
        texts = session.scalars(select(Difference.text)).all()
    assert texts == [
        "A list for the tray was taken over without P-999: person_id is not in the register",
        "A list for the tray was taken over without line 4: person_id or record_id must be given",
    ]


# ------------------------------------------------------------------ twice


@pytest.mark.parametrize("begun", [False, True])
def test_the_same_list_twice_opens_nobody_twice(office: Office, lists: Lists, begun: bool) -> None:
    """Whether or not their cases have begun in between; each is named with the case in which they wait."""
    first = lists.of(RED, AMBER)
    if begun:
        office.hours_pass(0)

    again = lists.of(RED, AMBER, UNRATED)

    cases = dict(first.opened)
    assert again.already == [(2, "P-101", cases["P-101"]), (3, "P-102", cases["P-102"])]
    assert [person for person, _ in again.opened] == ["P-104"]
    assert again.lists == [] and len(office.cases(pwt_review)) == 3


def test_somebody_on_another_teams_tray_is_named_and_stays_there(office: Office, lists: Lists) -> None:
    """One person waits in one case; a manager decides where."""
    ((_, case),) = lists.of(AMBER).opened
    report = lists.of(AMBER.replace("hazel", "rowan"))

    assert (report.opened, report.already) == ([], [(2, "P-102", case)])
    assert lists.place(case).team == "hazel"


def test_nothing_is_half_done(office: Office, lists: Lists) -> None:
    """Where something breaks at the very end, nobody was taken over and no list was opened."""
    with office.council.database.write() as session:
        session.execute(text("DROP TABLE difference"))

    with pytest.raises((DatabaseUnavailable, DBAPIError)):
        lists.of(RED, "P-999,hazel,2025-12-29,,,,,,", accept_rest=True)

    assert office.cases() == []


@pytest.mark.clauses("GAP-25")
@pytest.mark.parametrize("a_call_is_enough", [True, False])
def test_the_list_and_the_case_agree_on_what_meets_the_deadline_of_high_priority(
    lists: Lists, a_call_is_enough: bool
) -> None:
    """Where a call is enough, a contact on the list meets it in both; where it is not, it stands on the list."""
    lists.office.council.policy = policy_with(priority_deadlines={"a_call_meets_high": a_call_is_enough})
    report = lists.of(RED)
    lists.office.hours_pass(0)
    ((_, case),) = report.opened
    assert ("priority" in lists.passed("P-101")) is not a_call_is_enough
    assert ("priority" in standing(lists.office, case).passed_before) is not a_call_is_enough
