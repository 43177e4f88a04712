"""The tray's pages: who waits, the contacts of a day, the figures, and half a year of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from deployments.tray_columns import COLUMNS
from flows.pwt_review import pwt_review
from models.audit import AccessEntry
from models.decision_tables.levels import Complexity, Priority, Rag
from models.forms.tray_signals import RatedAgain
from models.forms.tray_waiting import ContactLogged, ContactOutcome
from models.worklist import Cover
from tasks.durable.testing import Office
from tasks.tray.over_time import over_time
from tests.procedures.tray_stories import facts_for, on_the_tray, placement, rated
from tests.worklist.browser import Browser, Seen

AtWork = Callable[[str], Browser]
RANG = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True, reassured=True)


@pytest.fixture
def harold(office: Office) -> str:
    """P-104, Harold Brisco, Amber on Hazel's tray since Monday 5 January."""
    return on_the_tray(office, Rag.AMBER)


@pytest.fixture
def walter(office: Office) -> str:
    """P-108, Walter Ebbs, Red on Rowan's tray since the same day."""
    return on_the_tray(office, Rag.RED, person="P-108", team="rowan", placed_by="rowan-team-leader")


def looks_of(office: Office, who: str) -> list[tuple[str, str]]:
    """What somebody looked at, in order: what, and about what."""
    with office.council.database.read() as session:
        rows = session.scalars(select(AccessEntry).where(AccessEntry.who == who).order_by(AccessEntry.no))
        return [(one.what, one.about) for one in rows]


def order_of(seen: Seen, *names: str) -> list[str]:
    """Those of the names that the page has, in its order."""
    return sorted((one for one in names if one in seen.text), key=seen.text.index)


def chosen(browser: Browser, path: str, **choice: str) -> Seen:
    """A page after something was chosen in its filter."""
    return browser.send(browser.get(path), choice, action=path)


# ------------------------------------------------------------------ who waits


@pytest.mark.clauses("PWT-35")
def test_the_tray_is_listed_worst_first_with_names(office: Office, at_work: AtWork, harold: str, walter: str) -> None:
    """Counts by colour, names, the case's link, what to beware of; who was missed stands above who was not."""
    office.today_is("2026-01-13 10:00")
    seen = at_work("team-manager").get("/tray")
    assert "2 wait 1 Red 1 Amber 0 Green 0 unrated 1 with a contact missed" in seen.text
    assert order_of(seen, "Harold Brisco", "Walter Ebbs") == ["Walter Ebbs", "Harold Brisco"]
    assert seen.links[f"Case {harold}"] == f"/cases/{harold}"
    assert "Contact missed" in seen.text
    assert "Last reached Never" in seen.text
    assert seen.headers["cache-control"] == "no-store"


def test_nobody_waits(at_work: AtWork) -> None:
    """Every page says so in a sentence."""
    browser = at_work("team-manager")
    assert "Nobody waits on the tray." in browser.get("/tray").text
    assert "No contact and no attempt so far." in browser.get("/tray/contacts").text
    assert "Nobody waited on the tray in this period." in browser.get("/tray/report").text
    assert "Nobody waited on the tray in these weeks." in browser.get("/tray/over-time").text


def test_a_team_leader_sees_their_own_teams_tray_alone(
    office: Office, at_work: AtWork, harold: str, walter: str
) -> None:
    """Hazel's leader sees Harold; Rowan's tray is not there for them, on any page, asked for by name or not."""
    office.today_is("2026-01-06 10:00")
    office.signal(walter, RANG, by="rowan-team-leader")
    browser = at_work("team-leader")
    for path in ("/tray", "/tray/list.csv", "/tray/contacts", "/tray/contacts.csv", "/tray/report", "/tray/over-time"):
        seen = browser.get(path)
        assert seen.status == 200
        assert walter not in seen.html
        assert "Walter" not in seen.html
        assert browser.get(f"{path}?team=rowan").status == 404
    assert "1 waits" in browser.get("/tray").text
    assert harold in browser.get("/tray/list.csv").html


def test_whoever_stands_in_for_a_team_leader_sees_their_tray(office: Office, at_work: AtWork, walter: str) -> None:
    """Rowan's leader is away and Hazel's covers: both trays can be chosen, their own stands first."""
    with office.council.database.write() as session:
        session.add(
            Cover(
                absent_id="rowan-team-leader",
                covered_by="team-leader",
                from_on=date(2026, 1, 1),
                until_on=date(2026, 1, 31),
                made_by="team-manager",
                made_at=office.clock.now(),
            )
        )
    browser = at_work("team-leader")
    assert "Walter Ebbs" not in browser.get("/tray").text
    assert "Walter Ebbs" in chosen(browser, "/tray", team="rowan").text


def test_duty_has_no_tray(at_work: AtWork) -> None:
    """It is for managers."""
    assert at_work("duty-worker").get("/tray").status == 403


@pytest.mark.clauses("PWT-35")
def test_it_is_filtered_and_sorted(office: Office, at_work: AtWork, harold: str, walter: str) -> None:
    """By colour, priority, complexity and team; the counts above stay those of the whole tray, the form keeps it."""
    office.days_pass(1)
    urgent = rated(Rag.GREEN, Priority.HIGH, complexity=Complexity.HIGH)
    on_the_tray(office, None, person="P-105", rated=urgent)
    on_the_tray(office, None, person="P-103")
    browser = at_work("team-manager")
    names = ("Harold Brisco", "Walter Ebbs", "Mei-Ling Cheung", "Leonard")

    def shown(**choice: str) -> list[str]:
        seen = chosen(browser, "/tray", **choice)
        assert "4 wait 1 Red 1 Amber 1 Green 1 unrated" in seen.text
        pairs = dict(seen.form("/tray").pairs)
        assert {name: pairs[name] for name in choice} == choice
        return order_of(seen, *names)

    assert shown() == ["Walter Ebbs", "Leonard", "Harold Brisco", "Mei-Ling Cheung"]
    assert shown(colour="Red") == ["Walter Ebbs"]
    assert shown(colour="unrated") == ["Leonard"]
    assert shown(priority="High") == ["Mei-Ling Cheung"]
    assert shown(complexity="Low") == ["Walter Ebbs", "Harold Brisco"]
    assert shown(sort="complexity")[0] == "Mei-Ling Cheung"
    assert shown(colour="Amber", priority="High") == []


def test_a_past_day_is_told_as_it_was_then(office: Office, at_work: AtWork, harold: str) -> None:
    """On Monday Harold was Amber; he is Red since Wednesday."""
    office.today_is("2026-01-07 10:00")
    worse = RatedAgain(facts=facts_for(Rag.RED), facts_changed=True, reasons="he fell")
    office.signal(harold, worse, by="team-leader")
    browser = at_work("team-manager")
    assert "1 waits 1 Red 0 Amber" in browser.get("/tray").text
    past = chosen(browser, "/tray", as_of="2026-01-05")
    assert "1 waits 0 Red 1 Amber" in past.text
    assert "stood at the end of Monday 5 January 2026" in past.text
    assert "Nobody waits on the tray then." in chosen(browser, "/tray", as_of="2026-01-04").text


@pytest.mark.parametrize(("typed", "says"), [("2026-02-01", "still to come"), ("05/01/2026", "Enter a day such as")])
@pytest.mark.parametrize(("path", "field"), [("/tray", "as_of"), ("/tray/contacts", "on"), ("/tray/report", "begins")])
def test_a_day_that_is_none_is_said_at_its_field(at_work: AtWork, path: str, field: str, typed: str, says: str) -> None:
    """The page says what to do and shows what it can."""
    seen = at_work("team-manager").get(f"{path}?{field}={typed}&ends=2026-01-05")
    assert seen.status == 200
    assert says in seen.text
    assert "There is a problem" in seen.text


def test_a_long_tray_comes_in_pages(office: Office, at_work: AtWork) -> None:
    """103 people: a hundred on the first page, three on the second; the file has them all."""
    for number in range(103):
        on_the_tray(office, Rag.GREEN, person=("P-104", "P-105", "P-103")[number % 3])
    browser = at_work("team-manager")
    first = browser.get("/tray")
    assert "1 to 100 of 103" in first.text
    assert first.html.count('role="rowheader"') == 100
    second = browser.get(next(path for text, path in first.links.items() if "Page 2 of 2" in text))
    assert "101 to 103 of 103" in second.text
    assert second.html.count('role="rowheader"') == 3
    assert browser.get("/tray?page=999").text == second.text
    assert len(browser.get("/tray/list.csv").html.splitlines()) == 104


def test_the_file_has_references_only(at_work: AtWork, harold: str) -> None:
    """The columns of the command, no name; the browser keeps it and does not open it as a page."""
    browser = at_work("team-manager")
    link = browser.get("/tray?colour=Amber").links["Download the whole list (CSV, without names)"]
    seen = browser.get(link)
    [row] = csv.DictReader(io.StringIO(seen.html))
    assert tuple(row) == COLUMNS
    assert (row["ref"], row["person"], row["colour"], row["missed"]) == (harold, "P-104", "Amber", "no")
    assert "Brisco" not in seen.html
    assert seen.headers["content-disposition"].startswith('attachment; filename="tray-every-team-2026-01-05.csv"')


def test_restricted_cases_are_only_counted(office: Office, at_work: AtWork, harold: str) -> None:
    """Not a name, not a ref, in no list and no file."""
    hidden = office.start(pwt_review, placement(office, person="P-103"), owner="staff-head-of-service", restricted=True)
    browser = at_work("team-manager")
    seen = browser.get("/tray")
    assert "1 waits 0 Red 1 Amber" in seen.text
    assert "1 restricted case besides, not shown" in seen.text
    for path in ("/tray", "/tray/list.csv", "/tray/report"):
        assert hidden not in browser.get(path).html
        assert "Leonard" not in browser.get(path).html


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/tray", "read-tray"),
        ("/tray/list.csv", "read-tray"),
        ("/tray/contacts", "read-tray-contacts"),
        ("/tray/contacts.csv", "read-tray-contacts"),
        ("/tray/report", "read-tray-report"),
        ("/tray/over-time", "read-tray-over-time"),
    ],
)
def test_every_look_is_noted(office: Office, at_work: AtWork, path: str, what: str) -> None:
    """By team, or as a look at every team's tray."""
    browser = at_work("team-manager")
    browser.get(path)
    browser.get(f"{path}?team=hazel")
    assert looks_of(office, "team-manager")[-2:] == [(what, "every-team"), (what, "team-hazel")]


# ------------------------------------------------------------------ the contacts of a day


@pytest.mark.clauses("PWT-51")
def test_the_days_contacts_are_listed_in_their_order(office: Office, at_work: AtWork, harold: str) -> None:
    """Who was reached, by whom, when, and what came of it; another day is asked for by its date."""
    office.today_is("2026-01-06 10:30")
    office.signal(harold, RANG, by="duty-worker")
    browser = at_work("team-leader")
    seen = browser.get("/tray/contacts")
    assert "1 reached 0 not reached" in seen.text
    assert "Harold Brisco" in seen.text
    assert "10:30am" in seen.text
    assert seen.links[f"Case {harold}"] == f"/cases/{harold}"
    assert "No contact and no attempt that day." in chosen(browser, "/tray/contacts", on="2026-01-05").text


# ------------------------------------------------------------------ the figures of a period


def test_the_figures_of_the_last_weeks_are_shown_at_once(office: Office, at_work: AtWork, harold: str) -> None:
    """Four weeks to today unless it is asked otherwise; the period is kept in the form."""
    office.today_is("2026-01-20 10:00")
    browser = at_work("team-manager")
    seen = browser.get("/tray/report")
    assert dict(seen.form("/tray/report").pairs)["begins"] == "2025-12-24"
    assert "Who still waited at the end" in seen.text
    assert "Longest wait 15 days" in seen.text
    assert "Nobody waited on the tray in this period." in browser.get(
        "/tray/report?begins=2025-12-01&ends=2025-12-31"
    ).text  # fmt: skip
    wrong = browser.get("/tray/report?begins=2026-01-10&ends=2026-01-09")
    assert "The last day must be the first day or a later one" in wrong.text


@pytest.mark.clauses("GAP-22")
def test_what_managers_wrote_is_shown_when_it_is_asked_for_and_noted(
    office: Office, at_work: AtWork, harold: str
) -> None:
    """The reasons are not on the page until somebody ticks; then the case is noted as read."""
    departs = facts_for(Rag.GREEN).model_copy(
        update={"colour": Rag.AMBER, "override_reasons": "his daughter is away in June"}
    )
    office.signal(harold, RatedAgain(facts=departs, facts_changed=True, reasons="seen at home"), by="team-leader")
    browser = at_work("team-manager")
    seen = browser.get("/tray/report?team=hazel")
    assert "Green by the table, Amber set" in seen.text
    assert "his daughter" not in seen.text
    assert ("read-case", harold) not in looks_of(office, "team-manager")

    unticked = browser.send(Reasons(seen), button="Show the reasons")
    assert "his daughter" not in unticked.text

    shown = browser.send(Reasons(seen), {"reasons": "yes"}, button="Show the reasons")
    assert "his daughter is away in June" in shown.text
    assert looks_of(office, "team-manager")[-1] == ("read-case", harold)
    assert "Hazel" in shown.text


class Reasons(Seen):
    """A page of which only the form that is posted is looked at."""

    def __init__(self, seen: Seen) -> None:
        self.__dict__ = dict(seen.__dict__)
        self.forms = [one for one in seen.forms if one.method == "post"]


# ------------------------------------------------------------------ half a year


def test_half_a_year_is_drawn_with_its_figures_beside_it(
    office: Office, at_work: AtWork, harold: str, walter: str
) -> None:
    """How many, how long by colour, contacts; each chart has a name, and a table with a row for each week."""
    office.days_pass(30)
    seen = at_work("team-manager").get("/tray/over-time")
    assert seen.html.count('<svg class="app-chart" role="img"') == 4
    assert seen.html.count("The figures as a table") == 4
    assert seen.html.count("4 Feb 2026</th>") == 4
    with office.council.database.read() as session:
        last = over_time(session, office.clock.now())[-1]
    assert last.waiting["Red"].people == 1
    assert "At the end 1 Red and 1 Amber." in seen.text
    assert "half of them had waited at most 30 days" in seen.text
    assert "style=" not in seen.html


def test_a_team_that_had_nobody_has_no_charts(office: Office, at_work: AtWork, harold: str) -> None:
    """Of Rowan nothing is drawn."""
    seen = at_work("team-manager").get("/tray/over-time?team=rowan")
    assert "<svg" not in seen.html
    assert "Nobody waited on the tray in these weeks." in seen.text
