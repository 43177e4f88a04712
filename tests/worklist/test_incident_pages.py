"""The pages of an incident: the list of all, the room, tonight's calls and the report; for whom the cases are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from models.audit import AccessEntry
from models.forms.affected_person import PersonSeen
from models.forms.provider_failure import ListedPerson, RoomDecided
from models.provider_failure.kinds import Way
from models.register import Person
from tasks.durable.testing import Office
from tests.procedures.test_provider_failure import DUTY, REPORT
from tests.worklist.browser import Browser, Seen
from tests.worklist.incident_stories import fails, list_comes, rows_of
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]


@pytest.fixture
def incident(office: Office) -> str:
    """Wenbridge Home Care has failed, and nobody comes from now on."""
    return fails(office)


def looks(office: Office) -> list[tuple[str, str, str]]:
    """Who looked at what, as the access log has it."""
    with office.council.database.read() as session:
        entries = session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        return [(one.who, one.what, one.about) for one in entries]


# ------------------------------------------------------------------ the room


@pytest.mark.clauses("TRN-48")
def test_warnings_stand_before_the_list(at_work: AtWork, incident: str) -> None:
    """Red people not seen, calls that nobody covers; each leads to whom it is about."""
    seen = at_work("team-manager").get(f"/incidents/{incident}")
    assert seen.status == 200
    assert "Nobody has seen 2 people at high risk" in seen.text
    assert "Nobody covers 11 calls until 8am tomorrow, on 4 people. The first: Mon 5 Jan, 09:00." in seen.text
    assert seen.text.index("Nobody covers") < seen.text.index("People, by need")
    assert seen.links["2 people at high risk"] == f"/incidents/{incident}?risk=red&stage=listed#people"


def test_each_line_says_who_where_when_and_what_is_asked(office: Office, at_work: AtWork, incident: str) -> None:
    """With the way to the question and to the case; a safe-contact rule stands before the telephone."""
    with office.council.database.write() as session:
        known = session.get_one(Person, "P-105")
        known.telephone, known.safe_contact = "01632 960105", "ring before noon only"
    seen = at_work("team-manager").get(f"/incidents/{incident}")
    for said in (
        "Mei-Ling Cheung", "Mon 5 Jan, 09:00", "Lives alone", "Amber", "Listed", "Paid by: direct payment",
        "Seeing somebody whom a provider's failure touches",
    ):  # fmt: skip
        assert said in seen.text, said
    assert seen.text.index("Safe contact: ring before noon only") < seen.text.index("01632 960105")
    ref = rows_of(office, incident)["P-105"].case_ref
    assert seen.links[f"Case {ref}"] == f"/cases/{ref}"
    assert any(one.startswith("/work-items/W-") for one in seen.links.values())


def test_the_list_is_filtered(at_work: AtWork, incident: str) -> None:
    """By risk, stage and team; what is no choice of ours is passed over."""
    browser = at_work("team-manager")
    red = browser.get(f"/incidents/{incident}?risk=red").text
    assert "2 of 4." in red and "Mei-Ling Cheung" not in red
    assert "Nobody of those is on the list." in browser.get(f"/incidents/{incident}?stage=moved").text
    assert "Mei-Ling Cheung" in browser.get(f"/incidents/{incident}?risk=blue&team=nobody&stage=x").text


def test_whoever_came_on_by_mistake_stands_apart(office: Office, at_work: AtWork, incident: str) -> None:
    """With why."""
    ref = rows_of(office, incident)["P-105"].case_ref
    office.answer(ref, PersonSeen(seen=True, way=Way.NOT_AFFECTED, because="No carers since May"), by="practitioner")
    text = at_work("team-manager").get(f"/incidents/{incident}").text
    assert text.index("Off the list") < text.index("Mei-Ling Cheung: not affected")


def test_differences_are_told_with_the_question_that_settles_them(
    office: Office, at_work: AtWork, incident: str
) -> None:
    """Each with its number."""
    list_comes(office, incident, ListedPerson(name="Agnes Thorold"))
    seen = at_work("team-manager").get(f"/incidents/{incident}")
    assert "1 difference between lists is open." in seen.text
    assert "1. number 5 (Agnes Thorold) is on the list of provider (The administrator) alone" in seen.text
    assert seen.links["settling differences between lists"].startswith("/work-items/W-")


def test_what_lists_say_is_text(office: Office, at_work: AtWork, incident: str) -> None:
    """Whatever stands in a spreadsheet, the pages show it and do not run it."""
    evil = "<script>alert(1)</script>"
    list_comes(office, incident, ListedPerson(name=evil, whereabouts=evil, call_times=f"22:00 {evil}", placed_by=evil))
    browser = at_work("team-manager")
    for path in ("", "/tonight", "/report"):
        html = browser.get(f"/incidents/{incident}{path}").html
        assert "<script>alert" not in html, path


# ------------------------------------------------------------------ the others


def test_tonights_calls_are_one_page_to_print(office: Office, at_work: AtWork, incident: str) -> None:
    """By time, with where, what to heed, and who gives it."""
    office.today_is("2026-01-05 20:00")
    text = at_work("on-call-manager").get(f"/incidents/{incident}/tonight").text
    monday, tuesday = text.split("Monday 5 January 2026 At")[1].split("Tuesday 6 January 2026 At")
    assert monday.index("20:30") < monday.index("21:30")
    assert tuesday.index("06:45") < tuesday.index("07:30") < tuesday.index("08:00")
    assert "for Gareth Penhale (on-call-manager)" in text and "destroy it after use" in text
    assert text.count("Nobody") >= 5


def test_the_report_says_what_was_decided(office: Office, at_work: AtWork, incident: str) -> None:
    """The figures of this moment, the last report, and every decision with who took it."""
    browser = at_work("head-of-service")
    assert "None has been written yet." in browser.get(f"/incidents/{incident}/report").text
    office.answer(incident, DUTY, by="head-of-service")
    office.signal(incident, RoomDecided(decided="Agency staff tonight", by_whom="Ruth Adeyemi"), by="team-manager")
    office.answer(incident, REPORT, by="team-leader")
    text = browser.get(f"/incidents/{incident}/report").text
    assert "Success" not in text
    assert "By Marcus Thorne, Monday 5 January 2026, 9am; number 1." in text
    assert "What could go wrong next The weekend" in text
    assert "What was decided Agency staff tonight" in text
    assert "On the list 4" in text


def test_incidents_are_listed_with_those_that_have_ended_below(office: Office, at_work: AtWork, incident: str) -> None:
    """With the figures that matter."""
    browser = at_work("duty-worker")
    seen = browser.get("/incidents")
    assert seen.links["Wenbridge Home Care"] == f"/incidents/{incident}"
    assert seen.links["Incidents"] == "/incidents"
    assert "None has ended yet." in seen.text
    other = fails(office, provider="harbour-view", confidential=True)
    text = browser.get("/incidents").text
    assert other in text and "Confidential" in text


# ------------------------------------------------------------------ who sees it


@pytest.mark.parametrize("path", ["", "/tonight", "/report"])
def test_a_room_is_there_for_whom_its_case_is(office: Office, at_work: AtWork, incident: str, path: str) -> None:
    """Another team's practitioner finds nothing, nor does anybody where a case is no incident."""
    assert at_work("practitioner-4").get(f"/incidents/{incident}{path}").status == 404
    assert at_work("auditor").get(f"/incidents/{incident}{path}").status == 403
    person = rows_of(office, incident)["P-101"].case_ref
    assert at_work("team-manager").get(f"/incidents/{person}{path}").status == 404
    assert at_work("team-manager").get(f"/incidents/nothing{path}").status == 404
    assert looks(office) == []


def test_a_restricted_incident_is_not_there_for_others(office: Office, at_work: AtWork) -> None:
    """Nor is it in the list."""
    ref = fails(office, restricted=True)
    browser = at_work("duty-worker")
    assert browser.get(f"/incidents/{ref}").status == 404
    assert ref not in browser.get("/incidents").text


def test_people_of_another_team_are_said_to_be_there(at_work: AtWork, incident: str) -> None:
    """How many, and nothing more; the figures count them."""
    text = at_work("team-leader").get(f"/incidents/{incident}").text
    assert "with other teams and not shown to you. The figures and warnings count them." in text
    assert "On the list 4" in text


def test_every_look_is_noted_before_anything_is_shown(office: Office, at_work: AtWork, incident: str) -> None:
    """Of the room, the calls and the report; the list of incidents names nobody."""
    browser = at_work("team-manager")
    for path in ("/incidents", f"/incidents/{incident}", f"/incidents/{incident}/tonight"):
        browser.get(path)
    assert looks(office) == [
        ("team-manager", "read-incident", incident),
        ("team-manager", "read-incident-calls", incident),
    ]


def test_the_cases_lead_to_the_room(office: Office, at_work: AtWork, incident: str) -> None:
    """The incident's own and that of everybody on its list."""
    browser = at_work("team-manager")
    for ref in (incident, rows_of(office, incident)["P-101"].case_ref):
        assert browser.get(f"/cases/{ref}").links["The incident room"] == f"/incidents/{incident}"


# ------------------------------------------------------------------ what is done in the room


LIST = b"name,call_times,lives_alone\nAgnes Thorold,22:00,yes\nBertram Vane,,no\n"


def sends(browser: Browser, incident: str, content: bytes = LIST, **changes: str) -> Seen:
    """Somebody fills in the form for a list and sends it."""
    page = browser.get(f"/incidents/{incident}")
    said = {"source": "provider", "said_by": "The manager"} | changes
    files = {"file": ("list.csv", content, "text/csv")}
    return browser.send(page, said, action=f"/incidents/{incident}/lists", files=files)


def test_a_list_is_taken_in_on_the_page(office: Office, at_work: AtWork, incident: str) -> None:
    """Once, however often the same form is sent; and everybody new on it is on the list."""
    browser = at_work("duty-worker")
    page = browser.get(f"/incidents/{incident}")
    for _ in range(2):
        sent = browser.send(
            page,
            {"source": "provider", "said_by": "The manager"},
            action=f"/incidents/{incident}/lists",
            files={"file": ("list.csv", LIST, "text/csv")},
        )
        office.hours_pass(0)
    assert "The list of 2 people was sent." in sent.text
    text = browser.get(f"/incidents/{incident}").text
    assert "Agnes Thorold" in text and "Bertram Vane" in text
    assert len(rows_of(office, incident)) == 6
    assert "2 differences between lists are open" in text


def test_a_list_that_is_wrong_comes_back_with_each_line(office: Office, at_work: AtWork, incident: str) -> None:
    """What was filled in stays, nothing was sent, and nothing of the rows is repeated."""
    bad = b"name,born_on\nAgnes Thorold,yesterday\n,1940-01-01\n"
    seen = sends(at_work("duty-worker"), incident, bad, said_by="Lorna of Willow")
    assert seen.status == 400
    assert "Nothing was sent: line 2: born_on must be a date" in seen.text
    assert "Nothing was sent: line 3: person or name must be given" in seen.text
    assert 'value="Lorna of Willow"' in seen.html
    assert "Agnes" not in seen.text and "yesterday" not in seen.text
    assert len(rows_of(office, incident)) == 4


def test_what_is_missing_from_the_form_is_named(at_work: AtWork, incident: str) -> None:
    """The file, whose it is, and who sent it."""
    seen = sends(at_work("duty-worker"), incident, b"", source="", said_by="")
    assert seen.status == 400
    for said in ("Choose the file again", "Select whose list it is", "Say who sent it"):
        assert said in seen.text


def test_a_manager_gives_on_the_questions_about_several(office: Office, at_work: AtWork, incident: str) -> None:
    """Ticked on the list; whoever gives no work has no boxes."""
    cases = [rows_of(office, incident)[one].case_ref for one in ("P-101", "P-105")]
    browser = at_work("team-manager")
    page = browser.get(f"/incidents/{incident}")
    said = {"case": cases, "to": "team-reablement"}
    sent = browser.send(page, said, action=f"/incidents/{incident}/give")
    assert "2 given to" in sent.text
    nobody = browser.send(page, {"case": [], "to": ""}, action=f"/incidents/{incident}/give")
    assert nobody.status == 400
    assert "Tick at least one person" in nobody.text and "Select who is to have them" in nobody.text
    assert "Give on the questions" not in at_work("duty-worker").get(f"/incidents/{incident}").text


def test_everybody_shown_is_given_on_in_one_go(office: Office, at_work: AtWork, incident: str) -> None:
    """By what the list is filtered by, and no more than that."""
    browser = at_work("team-manager")
    page = browser.get(f"/incidents/{incident}?risk=red")
    said = {"_all": "yes", "to": "staff-practitioner-4"}
    assert "2 given to" in browser.send(page, said, action=f"/incidents/{incident}/give").text
    closed = browser.send(page, {"_all": "yes", "to": ""}, action=f"/incidents/{incident}/give")
    assert closed.status == 400 and "2 of 4." in closed.text


# ------------------------------------------------------------------ the same as JSON


def test_the_json_has_what_the_room_shows(office: Office, program: For, incident: str) -> None:
    """People by need, calls tonight by time, figures and warnings; the look is on record under whom it is for."""
    (line,) = program("duty-worker").get("/incidents").json()["incidents"]
    assert (line["ref"], line["figures"]["left"], line["ended_at"]) == (incident, 4, None)
    shown = program("duty-worker").get(f"/incidents/{incident}").json()
    assert [one["person_id"] for one in shown["people"]] == ["P-105", "P-108", "P-101", "P-102"]
    first = shown["people"][0]
    assert (first["next_call"], first["stage"], first["is_late"]) == ("2026-01-05T09:00:00Z", "listed", False)
    assert first["questions"][0]["id"].startswith("W-")
    assert shown["tonight"][0] == {"at": "2026-01-05T09:00:00Z", "place": first["place"], "covered_by": ""}
    assert shown["warnings"]["calls_uncovered"] == 11
    assert looks(office) == [("duty-worker", "read-incident api:case-portal", incident)]


def test_the_json_is_there_for_whom_its_case_is(office: Office, program: For, incident: str) -> None:
    """404 for all others, and for a case that is no incident; an auditor may not."""
    assert program("practitioner-4").get("/incidents").json() == {"incidents": []}
    assert program("practitioner-4").get(f"/incidents/{incident}").status_code == 404
    person = rows_of(office, incident)["P-101"].case_ref
    assert program("duty-worker").get(f"/incidents/{person}").status_code == 404
    assert program("auditor").get("/incidents").status_code == 403
