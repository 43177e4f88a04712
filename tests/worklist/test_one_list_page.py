"""Nobody forgotten, as a page: whom nobody may be looking after, why, and what a manager can do about it from there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from flows.pwt_review import pwt_review
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.cases import WorkItem
from models.decision_tables.levels import Rag
from models.register import Person
from models.tray import SeenWaiting
from tasks.durable.testing import Office
from tasks.unseen.lines import Beware
from tasks.unseen.words import WHY
from tests.procedures.letters import letter
from tests.procedures.tray_stories import on_the_tray, placement, reached
from tests.worklist.browser import Browser, Seen

AtWork = Callable[[str], Browser]


@pytest.fixture
def harold(office: Office) -> str:
    """P-104, Harold Brisco, Amber on Hazel's tray since Monday 5 January; his contact is due on the 19th."""
    with office.council.database.write() as session:
        session.execute(delete(SeenWaiting))
    return on_the_tray(office, Rag.AMBER)


def item_of(office: Office, case: str) -> str:
    """The case's only question."""
    with office.council.database.read() as session:
        return session.scalars(select(WorkItem.id).where(WorkItem.case_ref == case)).one()


def order_of(seen: Seen, *names: str) -> list[str]:
    """Those of the names that the page has, in its order."""
    return sorted((one for one in names if one in seen.text), key=seen.text.index)


def test_it_begins_with_those_whom_nobody_may_be_looking_after(office: Office, at_work: AtWork, harold: str) -> None:
    """A contact that was missed stands above one that was made, with the reason in words."""
    other = on_the_tray(office, Rag.AMBER, person="P-105")
    office.today_is("2026-01-19 10:00")
    office.answer(other, reached(), by="duty-worker")
    office.today_is("2026-01-20 10:00")
    seen = at_work("team-manager").get("/unseen")
    assert "1 whom nobody may be looking after 2 wait on the council" in seen.text
    assert "Something was due and has not been done: 1" in seen.text
    assert order_of(seen, "Harold Brisco", "Mei-Ling Cheung") == ["Harold Brisco", "Mei-Ling Cheung"]
    assert "Next date Monday 19 January 2026, 5pm, which has passed" in seen.text
    assert "Last reached never" in seen.text
    assert "With Marcus Thorne" in seen.text


def test_every_reason_to_beware_has_its_sentence() -> None:
    """A reason that a later version adds is not shown without one."""
    assert set(WHY) == set(Beware)


def test_whom_the_recording_system_alone_shows_is_on_it(at_work: AtWork) -> None:
    """The example council's extract shows Vera Szymanska on Rowan's tray."""
    text = at_work("team-manager").get("/unseen").text
    assert "Vera Szymanska The recording system shows them as waiting, and there is no case here" in text
    assert "Shown on tray Rowan Locality Team" in text


def test_a_manager_opens_the_case_and_gives_the_work_to_somebody_from_there(
    office: Office, at_work: AtWork, harold: str
) -> None:
    """Links to the case, to the question and to giving it to somebody else."""
    office.today_is("2026-01-20 10:00")
    item = item_of(office, harold)
    links = at_work("team-manager").get("/unseen").links
    assert links[f"Planned work tray {harold}"] == f"/cases/{harold}"
    assert links["Contacting somebody on the tray, asked of the duty worker"] == f"/work-items/{item}"
    given = "Give it to somebody: contacting somebody on the tray, asked of the duty worker, case"
    assert links[f"{given} {harold}"] == f"/work-items/{item}/assign"


def test_what_is_another_teams_is_named_and_not_opened(office: Office, at_work: AtWork, harold: str) -> None:
    """Rowan's leader sees that Harold waits; his case is not theirs to read."""
    office.today_is("2026-01-20 10:00")
    seen = at_work("rowan-team-leader").get("/unseen")
    assert "Harold Brisco" in seen.text
    assert f"Planned work tray {harold}" in seen.text
    assert not [path for path in seen.links.values() if harold in path or path.endswith("/assign")]


def test_restricted_cases_are_only_counted(office: Office, at_work: AtWork, harold: str) -> None:
    """Not a name, not a ref."""
    hidden = office.start(pwt_review, placement(office, person="P-103"), owner="staff-team-leader", restricted=True)
    seen = at_work("team-manager").get("/unseen")
    assert "1 restricted case besides, of which nothing is told here" in seen.text
    assert hidden not in seen.html
    assert "Leonard" not in seen.html


def test_it_is_narrowed_to_a_team_and_to_those_nobody_looks_after(office: Office, at_work: AtWork, harold: str) -> None:
    """Hazel's, Rowan's, and only those to beware of; the form keeps what was chosen."""
    on_the_tray(office, Rag.AMBER, person="P-108", team="rowan", placed_by="rowan-team-leader")
    office.today_is("2026-01-06 10:00")
    office.start(written_contact_transfer, letter())
    office.today_is("2026-01-06 16:00")
    browser = at_work("team-manager")

    def shown(**chosen: str) -> list[str]:
        page = browser.send(browser.get("/unseen"), chosen, action="/unseen")
        return order_of(page, "Harold Brisco", "Walter Ebbs", "Nobody known yet")

    assert shown() == ["Nobody known yet", "Harold Brisco", "Walter Ebbs"]
    assert shown(team="hazel") == ["Harold Brisco"]
    assert shown(team="rowan") == ["Walter Ebbs"]
    assert shown(team="duty", only="yes") == ["Nobody known yet"]
    assert shown(team="rowan", only="yes") == []
    page = browser.get("/unseen?team=rowan&only=yes&as_of=2026-01-06")
    assert {("team", "rowan"), ("only", "yes"), ("as_of", "2026-01-06")} <= set(page.form("/unseen").pairs)
    assert browser.get("/unseen?team=nowhere").status == 404


def test_a_past_day_is_told_as_it_was(office: Office, at_work: AtWork, harold: str) -> None:
    """What was missed on the 19th evening is told so in February; its questions are no links any more."""
    office.today_is("2026-01-21 10:00")
    browser = at_work("team-manager")
    before = browser.get("/unseen?as_of=2026-01-19")
    office.answer(harold, reached(), by="duty-worker")
    now, then = browser.get("/unseen"), browser.get("/unseen?as_of=2026-01-19")
    assert before.text == then.text
    assert "As it stood at the end of Monday 19 January 2026" in then.text
    assert "1 whom nobody may be looking after" in then.text
    assert "0 whom nobody may be looking after" in now.text
    assert f"/cases/{harold}" in then.links.values()
    assert not [path for path in before.links.values() if path.startswith("/work-items/")]


@pytest.mark.parametrize(
    ("asked", "said"), [("2026-02-31", "Enter a day such as 2026-01-09"), ("2026-12-24", "is still to come")]
)
def test_a_day_that_is_none_is_a_problem_with_a_link_to_the_field(at_work: AtWork, asked: str, said: str) -> None:
    """And today's list stands below it."""
    seen = at_work("team-manager").get(f"/unseen?as_of={asked}")
    assert said in next(text for text, path in seen.links.items() if path == "#as_of")
    assert "Vera Szymanska" in seen.text


def test_it_comes_in_pages_and_says_so(office: Office, at_work: AtWork, harold: str) -> None:
    """A hundred on a page: nobody is left out and nobody stands twice; what was chosen is kept on the way."""
    with office.council.database.write() as session:
        for number in range(1, 103):
            session.add(Person(id=f"P-{number + 4000}", record_id=f"L-{number}", name=f"Quentin No{number:03}"))
            session.flush()
            shown = {"waiting_since": None, "first_shown_at": office.clock.now(), "gone_at": None}
            session.add(SeenWaiting(person_id=f"P-{number + 4000}", team_id="rowan", **shown))
    browser = at_work("team-manager")
    first = browser.get("/unseen?team=rowan")
    assert "1 to 100 of 102, 100 on a page." in first.text
    onwards = next(path for text, path in first.links.items() if text.startswith("Next"))
    assert onwards == "/unseen?team=rowan&page=2"
    second = browser.get(onwards)
    assert "101 to 102 of 102" in second.text
    everyone = [f"Quentin No{number:03}" for number in range(1, 103)]
    assert sorted(order_of(first, *everyone) + order_of(second, *everyone)) == everyone
    assert browser.get("/unseen?page=99").status == browser.get("/unseen?page=x").status == 200


def test_where_nobody_waits_it_says_so(office: Office, at_work: AtWork) -> None:
    """An empty list is good news."""
    with office.council.database.write() as session:
        session.execute(delete(SeenWaiting))
    assert "Nobody waits." in at_work("team-manager").get("/unseen").text


def test_managers_begin_here_and_whoever_looks_is_noted(office: Office, at_work: AtWork) -> None:
    """The front page of whoever sees the list."""
    assert at_work("team-manager").get("/").path == "/unseen"
    assert at_work("duty-worker").get("/unseen").status == 403
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert looks == [("team-manager", "read-one-list", "everybody")]


def test_a_name_is_text_whatever_it_holds(office: Office, at_work: AtWork, harold: str) -> None:
    """The register may hold anything."""
    with office.council.database.write() as session:
        session.get_one(Person, "P-104").name = "<script>alert(1)</script>"
    assert "<script>alert" not in at_work("team-manager").get("/unseen").html
