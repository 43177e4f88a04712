"""The picture of a procedure, read from its source: everything that people would look for stands in it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

import flows
from deployments.worklist.looks import environment
from deployments.worklist.picture import NO_PATH, drawn, procedure_picture, shown, told
from deployments.worklist.picture.lettering import lines_of_text, width_of
from deployments.worklist.picture.marking import Mark, Told
from deployments.worklist.picture.nodes import Kind, Node, Picture
from deployments.worklist.picture.source import clauses_of, first_sentence, in_short
from deployments.worklist.picture.words import condition, whom, words_of
from models.forms.base import Form
from tasks.durable.procedure import UnknownProcedure, procedure_named

SVG = "{http://www.w3.org/2000/svg}"
LARGEST_DRAWING = 20_000
"""Pixels: what is longer than that no reader goes through."""


def every_procedure() -> list[str]:
    """The name of each procedure in `flows/`."""
    found = []
    for module in pkgutil.iter_modules(flows.__path__):
        importlib.import_module(f"flows.{module.name}")
        try:
            found.append(procedure_named(module.name.replace("_", "-")).name)
        except UnknownProcedure:
            continue  # a part of another, or a scheduled flow
    return found


def nodes_of(picture: Picture) -> Iterator[Node]:
    """Every node of a picture."""
    for part in picture.parts:
        yield from part.walk()


def titles_of(picture: Picture, kind: Kind) -> list[str]:
    """The titles of its nodes of a kind."""
    return [node.title for node in nodes_of(picture) if node.kind is kind]


def everything_told(items: tuple[Told, ...]) -> Iterator[Told]:
    """Each thing told, with what is inside it."""
    for one in items:
        yield one
        yield from everything_told(one.items)


def forms_named_in(module: str) -> set[str]:
    """The names of the forms that a module's own text hands to `ask`, `decision` or `hand_over`."""
    tree = ast.parse(Path(str(importlib.import_module(module).__file__)).read_text())
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
    asking = [one for one in calls if one.func.id in {"ask", "decision", "hand_over"}]  # type: ignore[attr-defined]
    named = {name.id for one in asking for name in ast.walk(one.args[0]) if isinstance(name, ast.Name)}
    return {name for name in named if isinstance(getattr(importlib.import_module(module), name, None), type)}


# ------------------------------------------------------------------ every procedure


@pytest.mark.parametrize("name", every_procedure())
def test_every_procedure_has_a_picture_that_can_be_read(name: str) -> None:
    """Each procedure has a picture whose parts are drawings with a title, of a size that people can go through."""
    picture = procedure_picture(name)
    assert picture.title == procedure_named(name).title
    assert all(node.title for node in nodes_of(picture) if node.kind is not Kind.PART)

    for part in shown(picture, NO_PATH).parts:
        drawing = ElementTree.fromstring(part.drawing)
        title, description = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
        assert drawing.get("role") == "img"
        assert title is not None and title.text == f"Picture of: {part.told.title}"
        assert description is not None
        assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert float(str(drawing.get("height"))) < LARGEST_DRAWING


@pytest.mark.parametrize("name", every_procedure())
def test_what_is_drawn_stands_in_words_as_well(name: str) -> None:
    """Every title that a drawing shows is in the words beside it, and no more than those."""
    for part in shown(procedure_picture(name), NO_PATH).parts:
        texts = ElementTree.fromstring(part.drawing).iter(f"{SVG}text")
        letters = re.sub(r"\s", "", "".join(str(text.text) for text in texts if "title" in str(text.get("class"))))
        assert letters == re.sub(r"\s", "", "".join(one.title for one in everything_told(part.told.items)))


@pytest.mark.parametrize("name", every_procedure())
def test_every_form_that_the_source_asks_on_is_in_the_picture(name: str) -> None:
    """Whatever form the procedure's own file names in a question is a question in its picture."""
    asked = {form for node in nodes_of(procedure_picture(name)) if node.kind is Kind.QUESTION for form in node.names}
    assert forms_named_in(procedure_named(name).run.__module__) <= asked


@pytest.mark.parametrize("name", every_procedure())
def test_every_part_that_is_named_is_drawn_once(name: str) -> None:
    """A part that is drawn apart stands in the picture exactly once, and nothing is drawn that no part leads to."""
    picture = procedure_picture(name)
    drawn_apart = [part.id for part in picture.parts[1:]]
    led_to = {node.part for node in nodes_of(picture) if node.kind is Kind.SEE}
    inside = {node.part for node in nodes_of(picture) if node.kind is Kind.PART}
    assert len(set(drawn_apart)) == len(drawn_apart)
    assert set(drawn_apart) <= led_to <= {*drawn_apart, *inside, picture.parts[0].id}


def test_a_procedure_that_is_not_there_has_no_picture() -> None:
    """A name that this version does not know is refused."""
    with pytest.raises(UnknownProcedure):
        procedure_picture("no-such-procedure")


# ------------------------------------------------------------------ what stands in it


def test_the_disclosure_gate_reads_as_its_source() -> None:
    """The gate's ways, who is asked on what, under which clauses, and how it can end."""
    picture = procedure_picture("disclosure")
    questions = {node.title: node for node in nodes_of(picture) if node.kind is Kind.QUESTION}
    assert questions["Deciding on a disclosure"].whom == "team leader"
    assert in_short(questions["Deciding on a disclosure"].clauses) == "DUTY-63 to DUTY-65"
    assert questions["Deciding on a disclosure as Caldicott lead"].whom == "caldicott lead"
    assert titles_of(picture, Kind.CHOICE) == ["Passage"]
    ways = titles_of(picture, Kind.WAY)
    assert {"Not gated or routine", "Emergency", "To be decided", "If verdict: allow", "If given: given"} <= set(ways)
    assert "Refused" in titles_of(picture, Kind.OUTCOME)
    assert titles_of(picture, Kind.SEE) == ["Give", "Give", "Decide", "Give"]  # each drawn once


def test_a_wait_shows_everything_that_can_come_and_what_follows() -> None:
    """The review of a tray waits for an answer or the next review, and says what each leads to."""
    picture = procedure_picture("pwt-tray-review")
    wait = next(node for node in nodes_of(picture) if node.kind is Kind.FIRST)
    inside = [(node.kind, node.title) for node in wait.inside]
    assert inside == [
        (Kind.HEARD, "The next review of the tray"),
        (Kind.WAY, capitalised(Form.named("TrayReviewed").title)),
        (Kind.WAY, "The next review of the tray"),
    ]
    assert [node.title for node in wait.inside[2].walk() if node.kind is Kind.OUTCOME] == [
        "Carried on in the next review"
    ]


def test_what_is_done_by_the_objects_of_a_procedure_is_followed() -> None:
    """Somebody who waits is asked after by methods of their contact: those questions are in the picture too."""
    questions = set(titles_of(procedure_picture("pwt-review"), Kind.QUESTION))
    assert {"Contacting somebody on the tray", "Deciding on a safe and well check"} <= questions


def test_steps_times_notices_and_cases_stand_in_their_order() -> None:
    """Duty acts while the worker is away: the notice first, then both questions, then what follows."""
    part = next(
        part
        for part in procedure_picture("written-contact-transfer").parts
        if part.title == "Act while the worker is away"
    )
    told_in_order = [node.title for node in part.walk() if node.kind in (Kind.NOTICE, Kind.QUESTION, Kind.CASE)]
    assert told_in_order[0] == "A contact came while you are away"
    assert told_in_order.index("Telling the person") < told_in_order.index("Telling a person")


def test_without_a_case_nothing_is_marked() -> None:
    """A procedure by itself has no path: nothing is done, and nothing is said not to have been reached."""
    marked = told(procedure_picture("follow-up"), NO_PATH)
    assert {one.mark for part in marked.parts for one in everything_told(part.items)} == {Mark.NONE}
    assert (marked.now, marked.end, marked.unplaced) == ((), "", 0)
    assert "not reached" not in environment().get_template("picture.html").render(
        picture=shown(procedure_picture("follow-up"), NO_PATH)
    )


def test_all_parts_can_be_had_as_one_text() -> None:
    """`drawn` gives one drawing for each part."""
    picture = procedure_picture("disclosure")
    assert drawn(picture, NO_PATH).count("<svg ") == len(picture.parts)


def test_no_style_or_script_stands_in_a_drawing() -> None:
    """The pages' Content-Security-Policy forbids them."""
    for name in every_procedure():
        page = environment().get_template("picture.html").render(picture=shown(procedure_picture(name), NO_PATH))
        assert "style=" not in page and "<script" not in page and "<style" not in page


# ------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("letter.sorting.settled_here is not None", "settled here is there"),
        ("people.candidates is not None", "candidates are there"),
        ("taker is None", "no taker"),
        ("not gate.confirmed", "not confirmed"),
        ("a.urgent and not b.stopped", "urgent and not stopped"),
        ("'named-worker' not in sorting.kinds", "kinds: not named worker"),
        ("stage in ('asked', 'again')", "stage: asked or again"),
        ("came.message_id == message.message_id", "message id of came: message id of message"),
        ("look_whether_brought_alone(standing)", "brought alone"),
        ("not is_none_of_those(referral)", "is none of those: no"),
        ("count > 3", "count more than 3"),
        ("lambda: 0", "what was found"),
    ],
)
def test_a_condition_is_read_in_words(source: str, words: str) -> None:
    """What the source asks is said without its punctuation."""
    assert condition(ast.parse(source, mode="eval").body, {}) == words


def test_a_long_condition_is_cut_at_a_word() -> None:
    """No condition is longer than a reader takes in."""
    source = " or ".join(f"something_quite_long_{number}" for number in range(20))
    words = condition(ast.parse(source, mode="eval").body, {})
    assert len(words) < 95 and words.endswith(" …")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("staff(standing.manager)", "manager"),
        ("worker.recipient", "worker"),
        ("policy().gaps.follow_up_ownership.decider", "whom policy names"),
        ("[role(reviewer), staff(manager)]", "reviewer and manager"),
        ("of", "whoever it is given to"),
        ("[Recipient.from_tag(tag) for tag in tags]", "those concerned"),
    ],
)
def test_who_is_asked_is_read_in_words(source: str, words: str) -> None:
    """A role, a policy's choice, or what the source calls them."""
    assert whom(ast.parse(source, mode="eval").body, {}) == words


def test_names_become_words() -> None:
    """Names of functions, forms, clocks and members alike."""
    assert [words_of(name) for name in ("act_at_once", "ContactReview", "red-strategic", "BREACH")] == [
        "act at once",
        "contact review",
        "red strategic",
        "breach",
    ]


def test_clauses_are_drawn_together() -> None:
    """A run of three and more is written as one; a label that is no clause of ours is passed over."""
    assert in_short(clauses_of("PWT-54 to PWT-57, GAP-20")) == "PWT-54 to PWT-57, GAP-20"
    assert in_short(("DUTY-16", "DUTY-17", "PWT-04", "DUTY-16")) == "DUTY-16, DUTY-17, PWT-04"
    assert clauses_of("PWT-9999 is none") == ()


def test_the_first_sentence_speaks_for_a_part() -> None:
    """Without the clauses in brackets, and without what follows."""
    assert first_sentence("Nobody waits twice (PWT-03, GAP-15). More.\n\nMuch more.") == "Nobody waits twice."
    assert first_sentence(None) == ""


def test_lines_break_between_words_and_fit() -> None:
    """A text is broken where a blank is; a word that is too long stands alone."""
    text = "Looked in the register what to heed before writing or ringing"
    lines = lines_of_text(text, 16, 200)
    assert " ".join(lines) == text and len(lines) > 1
    assert all(width_of(line, 16) <= 200 for line in lines)
    assert lines_of_text("Unbelievablylongwordwithoutanyend", 16, 20) == ["Unbelievablylongwordwithoutanyend"]
    assert lines_of_text("", 16, 200) == []


def capitalised(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
