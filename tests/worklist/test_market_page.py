"""The page of the market, and the same by API and command: figures, what is behind them, and what was decided."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from models.audit import AccessEntry
from tasks.durable.testing import Office
from tasks.worklist.market_view import MarketView, market_view
from tasks.worklist.members import member_of
from tests.procedures.market_stories import COMMISSIONER, actions_of, counts, oversight, worry_about
from tests.worklist.browser import Browser
from tests.worklist.market_pages import market
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]


def seen_by(office: Office, staff_id: str | None) -> MarketView:
    """The market as somebody sees it now."""
    now = office.clock.now()
    with office.council.database.read() as session:
        member = member_of(session, staff_id, now) if staff_id else None
        return market_view(session, member, now)


def looks(office: Office) -> set[tuple[str, str]]:
    """Who looked at which case's part of the market."""
    with office.council.database.read() as session:
        entries = session.scalars(
            select(AccessEntry).where(AccessEntry.what.in_(["read-market", "read-market api:case-portal"]))
        )
        return {(one.who, one.about) for one in entries}


@pytest.mark.clauses("TRN-54", "TRN-55")
def test_the_page_has_figures_and_leads_to_what_is_behind_them(office: Office, at_work: AtWork) -> None:
    """TRN-55: each provider with its figures, the time before, its link worker, and links to the cases behind."""
    case = market(office)
    (action,) = actions_of(office, case)
    seen = at_work("team-manager").get("/market")
    assert seen.status == 200
    for said in (
        "Counted from",
        "Willow Bank House",
        "3 with care from it",
        "link worker Samir Haddad",
        "before 0, 67 to a hundred people",
        "has care from it 2",
        "safeguarding theme: safeguarding 2, at least 2",
        "31 of 58 staff are sponsored, 53 in a hundred",
    ):
        assert said in seen.text, said
    themes = seen_by(office, None).themes
    assert themes is not None
    for ref in {one.ref for theme in themes.providers for tally in theme.tallies for one in tally.now}:
        assert seen.links[ref] == f"/cases/{ref}"
    assert seen.links[action] == f"/cases/{action}"
    assert ("team-manager", case) in looks(office)


@pytest.mark.clauses("TRN-55")
def test_figures_count_what_the_reader_may_not_open(office: Office, at_work: AtWork) -> None:
    """TRN-55: commissioning does not read safeguarding's cases; the figure stands, and says that there are more."""
    market(office)
    view = seen_by(office, COMMISSIONER)
    (willow,) = [one for one in view.providers if one.provider == "willow-bank"]
    (figure,) = willow.figures
    assert (figure.count, figure.refs, figure.beyond) == (2, (), 2)
    assert "2 not yours to open" in at_work(COMMISSIONER).get("/market").text


def test_an_oversight_that_is_not_theirs_is_not_there(office: Office, at_work: AtWork) -> None:
    """Whoever may not read its case sees neither figures nor decisions."""
    market(office)
    seen = at_work("practitioner-4").get("/market")
    assert seen.status == 200
    assert "There is no oversight that you may see" in seen.text
    assert "Willow Bank" not in seen.text


def test_restricted_concerns_are_not_counted(office: Office) -> None:
    """A figure that counted one would tell of it."""
    worry_about(office, "P-106", restricted=True)
    worry_about(office, "P-107")
    office.days_pass(1)
    assert counts(office, oversight(office)) == {"willow-bank": {"safeguarding": (1, 0)}}


def test_before_the_first_oversight_the_page_says_so(at_work: AtWork) -> None:
    """Nothing has been counted yet."""
    assert "There is no oversight that you may see" in at_work("team-manager").get("/market").text


def test_a_program_reads_the_same(office: Office, program: For) -> None:
    """GET /market has the figures, refs and decisions; the look is on record."""
    case = market(office)
    answer = program("team-manager").get("/market")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["ref"], shown["is_open"]) == (case, False)
    (willow,) = [one for one in shown["providers"] if one["provider"] == "willow-bank"]
    assert willow["decided"] == ["link-worker-looks"]
    assert [(one["figure"], one["count"], len(one["refs"])) for one in willow["figures"]] == [("safeguarding", 2, 2)]
    assert [one["level"] for one in shown["risks"]].count("medium") == 1
    assert ("team-manager", case) in looks(office)
