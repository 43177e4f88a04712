"""A question that is taken back and asked anew, as the case has gone on: nobody types their answer twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest
from sqlalchemy import select

from models.cases import WorkItem
from models.forms.base import CaseFacts, Form, Signal
from tasks.durable import decision, first_of, hears, procedure, staff, team, withdraw
from tasks.durable.testing import Office
from tests.worklist.answering_stories import item_of
from tests.worklist.browser import Browser
from tests.worklist.test_drafts import saves, typed_in

AtWork = Callable[[str], Browser]
TYPED = "She can do the stairs by herself"


class StairsSeen(Form):
    """Say how they get up the stairs."""

    title: ClassVar[str] = "how they get up the stairs"

    how: str = ""


class RailCame(Signal):
    """Something else has happened."""

    title: ClassVar[str] = "a rail has come"


class Stairs(CaseFacts):
    """Somebody lives upstairs."""


@procedure(follows="the stories of questions that are asked anew")
def asks_about_stairs(_: Stairs) -> str:
    """Ask about the stairs, and once more whenever a rail has come."""
    while True:
        asked = decision(StairsSeen, of=team("hazel"))
        came = first_of(asked, hears(RailCame))
        if isinstance(came, StairsSeen):
            return came.how
        withdraw(asked)


@procedure(follows="the stories of questions that are asked anew")
def asks_about_two_stairs(_: Stairs) -> str:
    """Ask about the stairs at the front and at the back; once a rail has come, only about those at the back."""
    front, back = (decision(StairsSeen, of=team("hazel"), key=key) for key in ("front", "back"))
    first_of(hears(RailCame))
    withdraw(front)
    return first_of(back).how


@procedure(follows="the stories of questions that are asked anew")
def asks_somebody_else(_: Stairs) -> str:
    """Ask one worker about the stairs; once a rail has come, ask one of another team instead."""
    asked = decision(StairsSeen, of=staff("practitioner"))
    first_of(hears(RailCame))
    withdraw(asked)
    return first_of(decision(StairsSeen, of=staff("practitioner-4"))).how


@procedure(follows="the stories of questions that are asked anew")
def asks_about_stairs_twice(_: Stairs) -> str:
    """Ask about the stairs; once that is answered, ask once more."""
    return " ".join(first_of(decision(StairsSeen, of=team("hazel"))).how for _ in range(2))


@pytest.fixture
def begun(office: Office, at_work: AtWork) -> tuple[str, str, Browser]:
    """A case, its question, and a worker who has begun to answer it when the case goes on."""
    case = office.start(asks_about_stairs, Stairs())
    item, worker = item_of(office, case, "StairsSeen"), at_work("practitioner")
    assert saves(worker, item, worker.get(f"/work-items/{item}"), how=TYPED) == 204
    office.signal(case, RailCame())
    return case, item, worker


def test_what_was_typed_is_filled_in_where_it_is_asked_anew(office: Office, begun: tuple[str, str, Browser]) -> None:
    """With what has come meanwhile above it; sent, it is the answer, and nothing stays behind."""
    case, before, worker = begun
    again = item_of(office, case, "StairsSeen")
    assert again != before
    seen = worker.get(f"/work-items/{again}")
    assert ("how", TYPED) in typed_in(seen)
    assert "Something has happened in this case since you opened the form" in seen.text

    seen.forms = [one for one in seen.forms if "how" in one.names]
    answered = worker.send(seen)
    assert "Your answer is entered" in answered.text
    office.hours_pass(0)
    assert office.outcome_of(case) == TYPED


def test_the_page_of_the_question_before_leads_to_it(office: Office, begun: tuple[str, str, Browser]) -> None:
    """Whoever sends the form that they had open hears that it is asked again, and where."""
    case, before, worker = begun
    again = item_of(office, case, "StairsSeen")
    seen = worker.get(f"/work-items/{before}")
    assert "asks it again" in seen.text and f"/work-items/{again}" in seen.html
    assert "what you had typed is filled in there" in seen.text


def test_what_a_colleague_had_typed_stays_theirs(
    office: Office, begun: tuple[str, str, Browser], at_work: AtWork
) -> None:
    """The colleague finds the question empty."""
    case, _, _ = begun
    seen = at_work("team-leader").get(f"/work-items/{item_of(office, case, 'StairsSeen')}")
    assert ("how", "") in typed_in(seen) and TYPED not in seen.text


def test_nobody_is_led_to_a_question_that_is_not_theirs_to_answer(office: Office, at_work: AtWork) -> None:
    """Somebody of another team is asked by now: duty reads what each was asked, and answers neither."""
    case, duty = office.start(asks_somebody_else, Stairs()), at_work("duty-worker")
    before = item_of(office, case, "StairsSeen")
    office.signal(case, RailCame())
    again = item_of(office, case, "StairsSeen")
    assert duty.get(f"/work-items/{again}").status == 200
    seen = duty.get(f"/work-items/{before}")
    assert seen.status == 200
    assert "asks it again" not in seen.text and again not in seen.html


def test_each_finds_what_they_had_typed_themselves(office: Office, at_work: AtWork) -> None:
    """Two had begun to answer when it was taken back; neither has the words of the other."""
    case = office.start(asks_about_stairs, Stairs())
    before, worker, leader = item_of(office, case, "StairsSeen"), at_work("practitioner"), at_work("team-leader")
    theirs = {worker: TYPED, leader: "Only with the rail"}
    for one, words in theirs.items():
        assert saves(one, before, one.get(f"/work-items/{before}"), how=words) == 204
    office.signal(case, RailCame())
    again = item_of(office, case, "StairsSeen")
    for one in (leader, worker):
        assert ("how", theirs[one]) in typed_in(one.get(f"/work-items/{again}"))


def test_a_question_that_was_answered_is_not_asked_anew(office: Office, at_work: AtWork) -> None:
    """The same is asked once more, as a question of its own: nobody has to answer the first again."""
    case, leader = office.start(asks_about_stairs_twice, Stairs()), at_work("team-leader")
    first = item_of(office, case, "StairsSeen")
    office.answer(case, StairsSeen(how=TYPED), by="practitioner")
    assert item_of(office, case, "StairsSeen") != first
    assert "asks it again" not in leader.get(f"/work-items/{first}").text


def test_what_was_typed_in_one_case_is_not_filled_in_in_another(
    office: Office, begun: tuple[str, str, Browser]
) -> None:
    """Another person lives upstairs as well: what was said of the one is not said of the other."""
    _, _, worker = begun
    other = office.start(asks_about_stairs, Stairs())
    seen = worker.get(f"/work-items/{item_of(office, other, 'StairsSeen')}")
    assert ("how", "") in typed_in(seen) and TYPED not in seen.text


def test_what_was_typed_for_another_question_of_the_same_form_stays_there(office: Office, at_work: AtWork) -> None:
    """Two are asked about two staircases: what was typed about the one is not filled in for the other."""
    case = office.start(asks_about_two_stairs, Stairs())
    items = {one.key.partition("[")[0]: one.id for one in items_of(office, case)}
    worker = at_work("practitioner")
    front = items["front"]
    assert saves(worker, front, worker.get(f"/work-items/{front}"), how=TYPED) == 204
    office.signal(case, RailCame())
    seen = worker.get(f"/work-items/{items['back']}")
    assert ("how", "") in typed_in(seen) and TYPED not in seen.text
    assert "what you had typed is filled in there" not in worker.get(f"/work-items/{front}").text


def items_of(office: Office, case: str) -> list[WorkItem]:
    """What the case asks."""
    with office.council.database.read() as session:
        return list(session.scalars(select(WorkItem).where(WorkItem.case_ref == case)))
