"""What holds of every form, signal and case's facts: it can be asked for on a page, and nothing is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from deployments.worklist.forms import (
    checked,
    fields_of,
    in_words,
    pairs_from,
    problems_of,
    read,
    render,
    summary,
)
from deployments.worklist.forms.fields import ONE_LINE
from deployments.worklist.forms.kinds import Field, OneOf, Part, Parts, SeveralOf, Tick, YesNo
from deployments.worklist.forms.words import conditions_of
from deployments.worklist.looks import environment
from models.forms.base import CaseFacts
from tests.worklist.form_models import Page, bare, every_model, every_model_and_part, instances

ENVIRONMENT = environment()
CANARY = "<script>alert('K9')</script>\"'&amp;"

of_every_model = pytest.mark.parametrize("model", every_model(), ids=lambda one: one.__name__)
of_every_part = pytest.mark.parametrize("model", every_model_and_part(), ids=lambda one: one.__name__)
some = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
few = settings(some, max_examples=3)


@of_every_part
def test_every_field_can_be_asked_for_in_words(model: type[BaseModel]) -> None:
    """Each field has a known kind, a label, and no name in code or clause in its label or hint."""
    fields = fields_of(model)
    assert [field.name for field in fields] == list(model.model_fields)
    for field in fields:
        assert field.label[:1].isupper() or field.label[:1].isdigit()
        assert "_" not in field.label + field.hint
        assert "PWT-" not in field.hint and "DUTY-" not in field.hint and "GAP-" not in field.hint


@of_every_part
def test_labels_and_conditions_speak_of_the_models_own_fields(model: type[BaseModel]) -> None:
    """`labels` and `shown_when` name fields; what is shown with an answer is not compulsory, and its answer exists."""
    labels = [name for one in model.__mro__ for name in vars(one).get("labels") or {}]
    assert set(labels) <= set(model.model_fields)
    fields = {field.name: field for field in fields_of(model)}
    for name, condition in conditions_of(model).items():
        assert not fields[name].compulsory
        assert condition.values
        parent, hops = fields[condition.field], 0
        possible: set[Any] = (
            {True, False} if isinstance(parent, YesNo) else {True} if isinstance(parent, Tick) else set()
        )
        if isinstance(parent, OneOf | SeveralOf):
            possible = {choice.value for choice in parent.choices}
        assert set(condition.values) <= possible
        while parent.shown_when is not None:
            parent, hops = fields[parent.shown_when.field], hops + 1
            assert hops < len(fields), "a field is shown by itself"


def test_texts_of_one_line_are_texts_of_some_form() -> None:
    """A name on that list stands in some model, or the list would grow stale."""
    assert {name for model in every_model_and_part() for name in model.model_fields} >= ONE_LINE


@of_every_model
@given(data=st.data())
@some
def test_what_is_answered_can_be_read_again(model: type[BaseModel], data: st.DataObject) -> None:
    """Any answer, written as a browser would send it, is read as the same answer."""
    answer = data.draw(instances(model))
    filled = read(model, pairs_from(model, answer))
    assert filled.problems == ()
    assert bare(model).model_validate(filled.answer) == answer


@of_every_model
@given(data=st.data())
@few
def test_a_page_sends_back_what_it_was_filled_with(model: type[BaseModel], data: st.DataObject) -> None:
    """Shown on a page and sent unchanged, any answer comes back whole, however deep in the page it stands."""
    answer = data.draw(instances(model))
    page = Page(render(ENVIRONMENT, fields_of(model), pairs_from(model, answer)))
    filled = read(model, page.pairs)
    assert filled.problems == ()
    assert bare(model).model_validate(filled.answer) == answer


@of_every_model
def test_a_page_that_nobody_touched_says_nothing(model: type[BaseModel]) -> None:
    """What stands in a form from the start is what the model takes where nothing is said."""
    page = Page(render(ENVIRONMENT, fields_of(model), ()))
    untouched = read(model, page.pairs)
    assert untouched.problems == ()
    for name, value in untouched.answer.items():
        if not isinstance(value, dict | list) and value is not None:
            assert value == model.model_fields[name].get_default()


@of_every_model
def test_every_problem_leads_to_an_element_of_the_page(model: type[BaseModel]) -> None:
    """Each link of the error summary has its target; no id stands twice; labels and descriptions point at something."""
    pairs = [(f"{name}.0", "given") for name in _lists_in(fields_of(model))]
    problems = checked(model, pairs).problems
    page = Page(render(ENVIRONMENT, fields_of(model), pairs, problems))
    for item in summary(problems):
        assert item["href"].removeprefix("#") in page.ids
    assert len(set(page.ids)) == len(page.ids)
    assert set(page.pointed_at) <= set(page.ids)


@of_every_model
def test_what_people_typed_is_never_html(model: type[BaseModel]) -> None:
    """Anything typed into any field stands in the page as text, and comes back as it was typed."""
    pairs = [pair for name in _names_in(fields_of(model), "") for pair in ((name, CANARY),)]
    page = render(ENVIRONMENT, fields_of(model), pairs, checked(model, pairs).problems)
    assert "<script" not in page
    assert "script" not in Page(page).tags
    typed = {value for _, value in Page(page).pairs}
    assert CANARY in typed or not _has_text(fields_of(model))


@of_every_model
def test_what_was_typed_is_not_repeated_in_problems(model: type[BaseModel]) -> None:
    """A sentence about a problem says what to do, and nothing of what was written."""
    pairs = [(name, "Zwischenruf 4711") for name in _names_in(fields_of(model), "")]
    for problem in checked(model, pairs).problems:
        assert "Zwischenruf" not in problem.sentence and "4711" not in problem.sentence
        assert "_" not in problem.sentence
        assert problem.sentence[:1] == problem.sentence[:1].upper()


@of_every_model
def test_nothing_that_a_record_cannot_keep_is_read(model: type[BaseModel]) -> None:
    """NUL and half characters are refused at the field in which they stand, and never reach the answer."""
    for unfit in ("a\x00b", "a\ud800b"):
        pairs = [(name, unfit) for name in _names_in(fields_of(model), "")]
        filled = read(model, pairs)
        assert unfit not in repr(filled.answer) and "\x00" not in str(filled.answer)
        if _has_text(fields_of(model)):
            assert any("that no record can keep" in one.sentence for one in filled.problems)


@of_every_model
@given(data=st.data())
@few
def test_every_answer_can_be_said_in_words(model: type[BaseModel], data: st.DataObject) -> None:
    """Each row has a label and a text, in words and without names in code."""
    for label, text in in_words(model, data.draw(instances(model))):
        assert label and text
        assert "_" not in label


@of_every_model
@given(pairs=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=5), data=st.data())
@few
def test_no_pairs_break_it(model: type[BaseModel], pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    """Whatever is posted under whatever names, there is an answer, or problems, and a page."""
    names = st.sampled_from(_names_in(fields_of(model), "") or ["nothing"])
    values = st.text(max_size=12) | st.sampled_from(["yes", "31", "0", "²", "24:61", "9e99", "[", "-1"])
    pairs = [*pairs, *data.draw(st.lists(st.tuples(names, values), max_size=10))]
    filled = checked(model, pairs)
    if not filled.problems:
        assert problems_of(model, filled.answer) == ()
    render(ENVIRONMENT, fields_of(model), pairs, filled.problems).encode()


# ------------------------------------------------------------------ what a form has


def _names_in(fields: tuple[Field, ...], place: str) -> list[str]:
    """The names of every input of a form, with one part in each list."""
    names = []
    for field in fields:
        name = place + field.name
        match field.__class__.__name__:
            case "Part":
                assert isinstance(field, Part)
                names += _names_in(field.fields, f"{name}.")
            case "Parts":
                assert isinstance(field, Parts)
                names += _names_in(field.fields, f"{name}.0.")
            case "Day":
                names += [f"{name}-{part}" for part in ("day", "month", "year")]
            case "Moment":
                names += [f"{name}-{part}" for part in ("day", "month", "year", "time")]
            case _:
                names.append(name)
    return names


def _lists_in(fields: tuple[Field, ...]) -> list[str]:
    return [field.name for field in fields if isinstance(field, Parts)]


def _has_text(fields: tuple[Field, ...]) -> bool:
    kinds = {field.__class__.__name__ for field in fields}
    return bool(kinds & {"Text", "RegisterId", "Lines", "Day", "Moment", "TimeOfDay"}) or any(
        _has_text(field.fields) for field in fields if isinstance(field, Part | Parts)
    )


def test_case_facts_are_among_the_models() -> None:
    """The walk over the models does not go past a kind of them."""
    assert any(issubclass(model, CaseFacts) for model in every_model())
    assert len(every_model()) > 100
