"""Telling the person and the referrer, with nobody's waiting depending on it (PWT-28 to PWT-31)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from flows.disclosure import disclosure
from flows.pwt_notification import pwt_notification
from flows.pwt_review import pwt_review
from models.decision_tables.levels import Rag
from models.durations import calendar_days
from models.forms.base import AnswerRefused
from models.forms.disclosure import DisclosureMade, DisclosureVerdict, SecureWay
from models.forms.telling_people import StillNotReached
from models.forms.tray_decision import DetailsConfirmed, PlacementTold
from models.recording import Difference
from models.register import Person
from tasks.durable.testing import Office
from tasks.tray.placement import rhythm_in_words
from tests.procedures.letters import asked, read_beside
from tests.procedures.notes import with_policy
from tests.procedures.triage_stories import (
    DAUGHTER,
    before_a_manager,
    children,
    facts_of,
    gaps_are,
    notes_of,
    placed,
    triaged,
)

RIGHT = DetailsConfirmed(contact_details_right=True, communication_needs="speak slowly")
TOLD = PlacementTold(reached=True, how="by telephone", details=RIGHT)
NOT_REACHED = PlacementTold(reached=False, how="rang twice")


def telling(office: Office, matrix: Rag = Rag.AMBER, **changes: Any) -> str:
    """P-104 was placed; gives the case in which they are told."""
    case = before_a_manager(office, **changes)
    office.answer(case, placed(matrix), by="team-leader")
    [told] = children(office, case, pwt_notification)
    return told


@pytest.mark.clauses("PWT-28", "PWT-29", "PWT-31")
def test_the_person_is_told_with_the_teams_number_and_what_to_expect(office: Office) -> None:
    """PWT-28, PWT-29, PWT-31: hazel's own telephone, and every two weeks for Amber; how they wish to hear stands by."""
    case = telling(office)

    assert office.waiting_for(case)[-1] == "PlacementTold of duty-worker, due 2026-01-07 17:00"
    beside = read_beside(office, case, PlacementTold)
    assert "Hazel Locality Team" in beside
    assert "please ring 01632 960 110" in beside
    assert "at least every two weeks" in beside
    assert "telephone" in beside
    office.answer(case, TOLD, by="duty-worker")
    assert office.outcome_of(case) == "told"


@pytest.mark.clauses("PWT-31")
@pytest.mark.parametrize(
    ("colour", "words"),
    [
        (Rag.RED, "every week"),
        (Rag.AMBER, "every two weeks"),
        (Rag.GREEN, "every four weeks"),
        (None, "every two weeks"),
    ],
)
def test_what_to_expect_follows_the_colour_in_plain_words(office: Office, colour: Rag | None, words: str) -> None:
    """PWT-31: and a council's own rhythm is said as it is."""
    assert rhythm_in_words(office.council.policy, colour) == words


@pytest.mark.clauses("PWT-31")
@pytest.mark.parametrize(("days", "words"), [(10, "every 10 days"), (21, "every three weeks"), (1, "every day")])
def test_a_councils_own_rhythm_is_said_as_it_is(office: Office, days: int, words: str) -> None:
    """PWT-31: ten days are no fortnight."""
    gaps_are(office, months={"fortnight": calendar_days(days)})

    assert rhythm_in_words(office.council.policy, Rag.AMBER) == words


@pytest.mark.clauses("PWT-28")
def test_nobody_waits_unseen_while_the_news_is_on_its_way(office: Office) -> None:
    """PWT-28: nobody has told them yet, and their contact is planned and their limits run all the same."""
    case = before_a_manager(office, referrer=DAUGHTER)
    office.answer(case, placed(), by="team-leader")

    [waiting] = children(office, case, pwt_review)
    assert "contact, due 2026-01-19 08:30" in office.waiting_for(waiting)
    assert [asked(office, one) for one in children(office, case, pwt_notification)] == [
        ["PlacementTold of duty-worker"]
    ]


@pytest.mark.clauses("PWT-28")
def test_who_speaks_for_the_person_is_told_in_their_place(office: Office) -> None:
    """PWT-28: the person or their representative, as duty found it, or as the referral says."""
    found = telling(office, found=triaged(representative="Joan Brisco, 01632 960 777"))
    assert "To be told: Joan Brisco, 01632 960 777" in read_beside(office, found, PlacementTold)

    said = telling(office, about_person="P-106", representative="Ann Ogden, sister")
    assert "To be told: Ann Ogden, sister" in read_beside(office, said, PlacementTold)


@pytest.mark.clauses("PWT-28")
@pytest.mark.parametrize(("matrix", "urgent"), [(Rag.RED, False), (Rag.GREEN, True)])
def test_red_and_urgent_cases_are_told_the_same_day(office: Office, matrix: Rag, urgent: bool) -> None:
    """PWT-28, GAP-02: a reasonable time is the same day where it is pressing."""
    gaps_are(office, red_contact={"first_contact_before_placing": False})
    case = telling(office, matrix, urgent=urgent)

    assert "PlacementTold of duty-worker, due 2026-01-05 17:00" in office.waiting_for(case)


# ---------------------------------------------------------------- confirmed at that moment


@pytest.mark.clauses("PWT-30")
def test_contact_details_and_needs_are_confirmed_in_the_same_conversation(office: Office) -> None:
    """PWT-30: on the one form on which they are told; what was confirmed goes into their record."""
    with pytest.raises(AnswerRefused, match="say details, or not_confirmed_because"):
        PlacementTold.read({"reached": True, "how": "by telephone"})
    case = telling(office)
    office.answer(case, TOLD, by="duty-worker")

    [note] = notes_of(office, case).values()
    assert "Contact details confirmed. Communication needs: speak slowly." in note
    assert differences(office) == []


@pytest.mark.clauses("PWT-30")
def test_what_is_wrong_on_file_comes_on_the_teams_daily_list(office: Office) -> None:
    """PWT-30: with references only; what is to be put right stands in the note for their record."""
    wrong = DetailsConfirmed(contact_details_right=False, corrections="new number 07700 900 104")
    case = telling(office)
    office.answer(case, TOLD.model_copy(update={"details": wrong}), by="duty-worker")

    [difference] = differences(office)
    assert difference.team_id == "hazel"
    assert "P-104" in difference.text
    assert "07700" not in difference.text
    assert "To be put right: new number 07700 900 104." in " ".join(notes_of(office, case).values())
    with pytest.raises(AnswerRefused, match="say in corrections"):
        PlacementTold.read({"reached": True, "how": "visit", "details": {"contact_details_right": False}})


@pytest.mark.clauses("PWT-30")
def test_by_letter_nothing_can_be_confirmed_and_it_says_so(office: Office) -> None:
    """PWT-30: told all the same (PWT-28); the first contact asks for the rest."""
    by_letter = PlacementTold(reached=True, how="letter", not_confirmed_because="by letter, no telephone")
    case = telling(office)
    office.answer(case, by_letter, by="duty-worker")

    assert office.outcome_of(case) == "told"
    assert "not confirmed (by letter, no telephone)" in " ".join(notes_of(office, case).values())


@pytest.mark.clauses("PWT-28")
def test_who_is_not_reached_is_tried_again_until_a_manager_decides(office: Office) -> None:
    """PWT-28, GAP-19: each working day, three times; nothing is confirmed with somebody nobody reached."""
    with pytest.raises(AnswerRefused, match="confirmed with somebody who was reached"):
        PlacementTold.read(NOT_REACHED.model_dump(mode="json") | {"details": {"contact_details_right": True}})
    case = telling(office)
    for day in ("2026-01-06", "2026-01-07"):
        office.answer(case, NOT_REACHED, by="duty-worker")
        office.today_is(f"{day} 10:00")
    office.answer(case, NOT_REACHED, by="duty-worker")

    assert asked(office, case) == ["StillNotReached of team-manager"]
    office.answer(case, StillNotReached(try_again=False, what_to_do="told at the first visit"), by="team-manager")
    assert office.outcome_of(case) == "not told"


def test_who_has_died_is_not_told(office: Office) -> None:
    """GAP-53: no letter and no call (PWT-28)."""
    case = before_a_manager(office)
    office.answer(case, placed(), by="team-leader")
    [told] = children(office, case, pwt_notification)
    with office.council.database.write() as session:
        session.get_one(Person, "P-104").died_on = date(2026, 1, 5)
    office.today_is("2026-01-06 10:00")

    assert office.outcome_of(told) == "not told"


# ---------------------------------------------------------------- the referrer


@pytest.mark.clauses("PWT-28")
def test_the_referrer_is_told_through_the_disclosure_gate(office: Office) -> None:
    """PWT-28, GAP-09: routine by the council's table; no colour, no reason, nothing but that the person waits."""
    case = before_a_manager(office, referrer=DAUGHTER)
    office.answer(case, placed(), by="team-leader")

    [gate] = children(office, case, disclosure)
    assert asked(office, gate) == ["DisclosureMade of duty-worker"]
    wish = facts_of(office, gate)
    assert wish["who_exactly"] == "Joan Brisco, daughter, 01632 960 777"
    assert wish["content"] == "That the person waits for a worker, and the team's telephone number; nothing else."
    given = DisclosureMade(given_on=date(2026, 1, 5), way=SecureWay.TELEPHONE, given="that he waits")
    office.answer(gate, given, by="duty-worker")
    assert office.outcome_of(gate) == "given"


@pytest.mark.clauses("PWT-28")
def test_a_council_without_that_line_in_its_table_has_somebody_decide(office: Office) -> None:
    """GAP-09, the other way: nothing routine, so a manager decides whether the referrer may know (PWT-28)."""
    gaps_are(office, disclosure_gate={"routine": ()})
    case = before_a_manager(office, referrer=DAUGHTER)
    office.answer(case, placed(), by="team-leader")

    [gate] = children(office, case, disclosure)
    assert asked(office, gate) == ["DisclosureVerdict of team-leader"]
    assert "Joan Brisco" in read_beside(office, gate, DisclosureVerdict)


def test_without_a_referrer_nobody_else_is_told(office: Office) -> None:
    """PWT-28: where there is one; the person asked themselves."""
    case = before_a_manager(office)
    office.answer(case, placed(), by="team-leader")

    assert children(office, case, disclosure) == []


def test_an_older_policy_has_wording_of_our_own(office: Office) -> None:
    """PWT-31: a council whose policy does not word the message yet tells people all the same."""
    policy = office.council.policy
    fields = {name: value for name, value in policy.messages if name != "placed_on_tray"}
    with_policy(office, policy.model_copy(update={"messages": type(policy.messages)(**fields)}))

    assert "at least every two weeks" in read_beside(office, telling(office), PlacementTold)


def differences(office: Office) -> list[Difference]:
    """What stands on the daily lists."""
    with office.council.database.read() as session:
        return list(session.scalars(select(Difference)))
