"""The daily list of differences: one for each team with anything to see, until somebody has seen to it (GAP-55)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import prefect.settings
import pytest
from sqlalchemy import select

from flows.record_differences import record_differences
from models.forms.base import AnswerRefused
from models.forms.paperwork import RecordMade
from models.forms.recording import DifferencesSeen
from models.recording import Difference
from models.register import Team
from tasks.difference_lists import open_this_mornings_lists
from tasks.durable.testing import Office
from tasks.finding_differences import find_differences
from tasks.housekeeping import keep_house_once
from tasks.register.importing import import_register
from tasks.register.taking_in import act_on_imports, take_in_extract
from tests.procedures.letters import asked, read_beside, register_is_fresh
from tests.procedures.notes import AdviceGiven, Alder, noting_advice

PEOPLE = "id,record_id,nhs_number,name,born_on,postcode,died_on,preferred_method,communication_needs"
ALLOCATIONS = "person_id,staff_id,team_id,responsibility,since,until"
ADMISSIONS = "person_id,admitted_on,discharged_on,place"
GOOD = ("P-105,LAS-70478,,Mei-Ling Cheung,1952-09-08,XW5 5FR,,email,",)
SEEN = DifferencesSeen(what_was_done="put right in the recording system")


class Mornings:
    """Extracts that come, and working mornings that begin."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder

    def extract(self, kind: str, *rows: str) -> None:
        """A file of the extract comes."""
        file = self.folder / f"{kind}.csv"
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
        take_in_extract(self.office.council, [file], extract_date=self.office.clock.now().date())
        self.office.hours_pass(0)

    def morning(self, moment: str) -> list[str]:
        """That morning, with a fresh register unless an extract is to be old; refs of the lists."""
        self.office.today_is(moment)
        register_is_fresh(self.office, self.office.clock.now().date())
        refs = open_this_mornings_lists(self.office.council)
        self.office.hours_pass(0)
        return refs


@pytest.fixture
def mornings(office: Office, tmp_path: Path) -> Mornings:
    """Extracts and mornings of the example council."""
    return Mornings(office, tmp_path)


def lines_of(office: Office) -> list[tuple[str, str]]:
    """Team and text of every difference nobody has seen to."""
    with office.council.database.read() as session:
        query = select(Difference).where(Difference.seen_at.is_(None)).order_by(Difference.id)
        return [(one.team_id, one.text) for one in session.scalars(query)]


def test_a_team_with_anything_to_see_gets_one_list_with_all_of_it(office: Office, mornings: Mornings) -> None:
    """Two rejected rows about people of one team are two lines of one question to the team, wanted the next day."""
    mornings.extract(
        "people",
        PEOPLE,
        "P-101,LAS-70410,12345,Edith Tilling,1938-04-12,XW1 1AP,,letter,",
        "P-102,LAS-70427,,Francis Shaw,yesterday,XW2 2BS,,telephone,",
        "P-105,LAS-70478,,Mei-Ling Cheung,1952-09-08,XW5 5FR,,email,",
    )
    assert office.cases(record_differences) == []

    (case,) = mornings.morning("2026-01-06 07:30")

    assert office.case(case).owner == "team-hazel"
    assert office.waiting_for(case)[0] == "DifferencesSeen of hazel, due 2026-01-07 17:00"
    first, second = read_beside(office, case, DifferencesSeen).splitlines()
    assert first.startswith("1. people.csv, P-101: not taken, nhs_number is not an NHS number")
    assert second.startswith("2. people.csv, P-102: not taken, born_on must be a date such as 2026-11-30")
    office.answer(case, SEEN, by="practitioner")
    assert office.outcome_of(case) == "all seen to"


def test_nothing_that_names_anybody_stands_on_a_list(office: Office, mornings: Mornings) -> None:
    """DUTY-22: lines have references, and no name, value or place."""
    office.start(noting_advice, AdviceGiven())
    mornings.extract("people", PEOPLE, "P-101,LAS-70410,12345,Edith Tilling,1938-04-12,XW1 1AP,,letter,", *GOOD)
    mornings.extract("admissions", ADMISSIONS, "P-101,2026-01-05,,Wenbridge General")
    text = " ".join(line for _, line in lines_of(office))
    assert "P-101" in text
    assert not any(word in text for word in ("Tilling", "Edith", "12345", "Wenbridge", "1938"))


def test_lines_left_out_stand_on_tomorrows_list_of_the_same_case(office: Office, mornings: Mornings) -> None:
    """What was not seen to is asked again the next working morning with what came since, and never a second case."""
    office.start(noting_advice, AdviceGiven())
    mornings.extract("admissions", ADMISSIONS, "P-101,2026-01-05,,Ward 1")
    mornings.extract("people", PEOPLE, "P-102,LAS-70427,,Francis Shaw,yesterday,XW2 2BS,,telephone,", *GOOD)
    (case,) = mornings.morning("2026-01-06 07:30")
    office.answer(case, DifferencesSeen(lines=(1,), what_was_done="worker told"), by="practitioner")
    assert asked(office, case) == []

    mornings.extract("allocations", ALLOCATIONS, "P-101,practitioner-5,rowan,review,2026-01-06,")
    assert sorted(mornings.morning("2026-01-07 07:30")) == sorted(office.cases(record_differences))

    assert asked(office, case) == ["DifferencesSeen of hazel"]
    (line,) = read_beside(office, case, DifferencesSeen).splitlines()
    assert line.startswith("1. people.csv, P-102")
    (other,) = [ref for ref in office.cases(record_differences) if ref != case]
    assert "is now with practitioner-5 of the rowan team, before with practitioner" in read_beside(
        office, other, DifferencesSeen
    )


def test_an_unanswered_list_takes_in_what_comes_and_is_told_upwards(office: Office, mornings: Mornings) -> None:
    """The day before's question is withdrawn for the longer one; after three days the leader hears each morning."""
    office.start(noting_advice, AdviceGiven())
    mornings.extract("admissions", ADMISSIONS, "P-101,2026-01-05,,Ward 1")
    (case,) = mornings.morning("2026-01-06 07:30")
    mornings.extract("people", PEOPLE, "P-102,LAS-70427,,Francis Shaw,yesterday,XW2 2BS,,telephone,", *GOOD)
    for day in ("07", "08"):
        assert mornings.morning(f"2026-01-{day} 07:30") == [case]
    assert asked(office, case) == ["DifferencesSeen of hazel"]
    assert len(read_beside(office, case, DifferencesSeen).splitlines()) == 2
    assert not any("Told" in line for line in office.story_of(case))

    mornings.morning("2026-01-09 07:30")
    assert any(line.endswith("Told team-leader: differences not seen to") for line in office.story_of(case))
    mornings.morning("2026-01-14 07:30")
    both = "Told team-leader and the team manager: differences not seen to"
    assert [line for line in office.story_of(case) if line.endswith(both)] == [f"2026-01-14 07:30 {both}"]


def test_the_same_morning_twice_is_one_morning(office: Office, mornings: Mornings) -> None:
    """A schedule that fires again opens nothing and asks nothing anew."""
    mornings.extract("people", PEOPLE, "P-102,LAS-70427,,Francis Shaw,yesterday,XW2 2BS,,telephone,", *GOOD)
    refs = mornings.morning("2026-01-06 07:30")
    mornings.morning("2026-01-06 07:31")
    story = office.story_of(refs[0])
    assert mornings.morning("2026-01-06 07:32") == refs == office.cases(record_differences)
    assert office.story_of(refs[0]) == story


def test_days_on_which_the_council_is_closed_have_no_morning(office: Office, mornings: Mornings) -> None:
    """Saturday: nobody gets a list."""
    mornings.extract("people", PEOPLE, "P-102,LAS-70427,,Francis Shaw,yesterday,XW2 2BS,,telephone,", *GOOD)
    assert mornings.morning("2026-01-10 07:30") == []


def test_what_was_seen_to_comes_back_after_four_weeks_if_it_still_differs(office: Office, mornings: Mornings) -> None:
    """The same row is rejected every night; it does not wear anybody out, and is not forgotten."""
    broken = "P-102,LAS-70427,,Francis Shaw,yesterday,XW2 2BS,,telephone,"
    mornings.extract("people", PEOPLE, broken, *GOOD)
    (case,) = mornings.morning("2026-01-06 07:30")
    office.answer(case, SEEN, by="practitioner")

    for day, comes in (("2026-01-07 07:00", 0), ("2026-02-02 07:00", 0), ("2026-02-04 07:00", 1)):
        office.today_is(day)
        mornings.extract("people", PEOPLE, broken, *GOOD)
        assert len([line for _, line in lines_of(office) if "people.csv" in line]) == comes


def test_admission_and_discharge_are_told_while_a_case_is_open(office: Office, mornings: Mornings) -> None:
    """Each once; and nothing about a person without an open case."""
    case = office.start(noting_advice, AdviceGiven())
    admitted = "P-101,2026-01-05,,Ward 1"
    mornings.extract("admissions", ADMISSIONS, admitted, "P-102,2026-01-05,,Ward 1")
    mornings.extract("admissions", ADMISSIONS, admitted)
    office.days_pass(1)
    mornings.extract("admissions", ADMISSIONS, "P-101,2026-01-05,2026-01-06,Ward 1")

    assert [text for _, text in lines_of(office)] == [
        f"P-101 is in hospital since 2026-01-05; case {case} is open",
        f"P-101 has left hospital, where they were since 2026-01-05; case {case} is open",
    ]


def test_two_changes_on_one_day_are_both_told(office: Office, mornings: Mornings) -> None:
    """From one worker to a second and on to a third, and back: the last line says how it stands."""
    case = office.start(noting_advice, AdviceGiven())
    for day, worker in enumerate(("practitioner-5", "practitioner-4", "practitioner-5", "practitioner-4"), start=1):
        mornings.extract("allocations", ALLOCATIONS, f"P-101,{worker},rowan,assessment,2026-01-0{day},")
        office.clock.advance(timedelta(hours=1))

    first, *later = [text for _, text in lines_of(office)]
    assert first.startswith("P-101 is now with practitioner-5 of the rowan team, before with practitioner of the hazel")
    assert later == [
        f"P-101 is now with {now} of the rowan team, before with {before} of the rowan team; case {case} is open"
        for now, before in (
            ("practitioner-4", "practitioner-5"),
            ("practitioner-5", "practitioner-4"),
            ("practitioner-4", "practitioner-5"),
        )
    ]


def test_what_an_import_did_not_come_to_is_done_by_housekeeping(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import is in and what follows broke off: the note is sighted and the change told, once, by the next round."""
    monkeypatch.setenv("PATHWAYS_HOME", str(tmp_path))
    alder = Alder(office, tmp_path, titles=())
    case, other = office.start(noting_advice, AdviceGiven()), office.start(noting_advice, AdviceGiven(person="P-102"))
    alder.paste(read_beside(office, case, RecordMade))
    admissions = tmp_path / "admissions.csv"
    admissions.write_text(f"{ADMISSIONS}\nP-102,2026-01-05,,Ward 1\n", encoding="utf-8")
    files = [admissions, alder.system.extract(tmp_path)]
    with office.council.change() as change:
        import_register(change.session, files, change.now, extract_date=date(2026, 1, 5))

    nobody_there = {prefect.settings.PREFECT_API_URL: "http://127.0.0.1:9/api"}
    with prefect.settings.temporary_settings(nobody_there | {prefect.settings.PREFECT_CLIENT_MAX_RETRIES: 0}):
        for _ in range(2):
            keep_house_once(office.council)
            office.hours_pass(0)

    assert office.is_closed(case)
    assert [text for _, text in lines_of(office) if "hospital" in text] == [
        f"P-102 is in hospital since 2026-01-05; case {other} is open"
    ]
    assert act_on_imports(office.council) is None


def test_an_import_that_was_acted_on_costs_housekeeping_nothing(office: Office, mornings: Mornings) -> None:
    """What was seen to its end is not looked for again."""
    act_on_imports(office.council)  # the example council's own
    mornings.extract("admissions", ADMISSIONS, "P-101,2026-01-05,,Ward 1")

    assert act_on_imports(office.council) is None


def test_a_pasted_note_that_no_extract_shows_is_listed_after_five_working_days(
    office: Office, mornings: Mornings, tmp_path: Path
) -> None:
    """Not before its time, nor while no extract could have shown it, nor once it was seen there."""
    alder = Alder(office, tmp_path, titles=())
    missing, there = (office.start(noting_advice, AdviceGiven()) for _ in range(2))
    there_as = alder.paste(read_beside(office, there, RecordMade))
    office.answer(there, RecordMade(note_id=there_as), by="duty-worker")
    office.answer(missing, RecordMade(note_id="A-1"), by="duty-worker")

    office.today_is("2026-01-09 07:00")
    alder.extract_comes()
    assert not any("pasted" in line for _, line in lines_of(office))
    office.today_is("2026-01-13 07:00")
    find_differences(office.council)
    assert not any("pasted" in line for _, line in lines_of(office))  # the latest extract is of the 9th
    alder.extract_comes()

    (line,) = [(team, line) for team, line in lines_of(office) if "pasted" in line]
    assert line[0] == "hazel"
    assert line[1].endswith(f"of case {missing} was pasted, and the extract of 2026-01-13 does not show it")


def test_an_extract_that_is_too_old_is_on_dutys_list(office: Office) -> None:
    """Nobody's people: those who sort the mail hear that they cannot trust the register."""
    office.today_is("2026-01-08 07:30")
    (case, *others) = open_this_mornings_lists(office.council)
    office.hours_pass(0)
    assert others == []
    assert office.case(case).owner == "team-duty"
    listed = read_beside(office, case, DifferencesSeen)
    assert "The extract of people is of 2026-01-05, older than is trusted" in listed


def test_a_list_of_a_team_that_closes_goes_to_the_one_that_carries_on(office: Office, mornings: Mornings) -> None:
    """Lines nobody has seen to are not lost with their team."""
    mornings.extract("people", PEOPLE, "P-102,LAS-70427,,Francis Shaw,yesterday,XW2 2BS,,telephone,", *GOOD)
    mornings.morning("2026-01-06 07:30")
    with office.council.database.write() as session:
        hazel = session.get_one(Team, "hazel")
        hazel.closed_on, hazel.work_goes_to = office.clock.now().date(), "rowan"
    refs = mornings.morning("2026-01-07 07:30")

    owners = {office.case(ref).owner for ref in refs}
    assert owners == {"team-rowan"}
    assert {team for team, _ in lines_of(office)} == {"rowan"}


@pytest.mark.parametrize("lines", [[1, 1], [0], [-2]])
def test_a_line_is_named_once_by_its_number(lines: list[int]) -> None:
    """Numbers that stand on no list are refused."""
    with pytest.raises(AnswerRefused, match="give each line's number once"):
        DifferencesSeen.read({"lines": lines, "what_was_done": "seen"})
