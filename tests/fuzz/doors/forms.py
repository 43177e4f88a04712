"""The worklist's forms as such: whatever is posted under whatever names, there is an answer or problems, and a page."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from deployments.worklist.forms import checked, fields_of, in_words, pairs_from, problems_of, render, summary
from deployments.worklist.forms.kinds import Day, Field, Moment, OneOf, Part, Parts, SeveralOf
from deployments.worklist.looks import environment
from tests.fuzz.door import Door
from tests.fuzz.sound import SOUND
from tests.fuzz.values import texts
from tests.fuzz.watching import keeps_silent
from tests.worklist.form_models import Page, bare, every_model, instances

MODELS = every_model()
OF_THE_PAGE = (
    "_do",
    "_add",
    "_remove",
    "_seen_entry_no",
    "_form_id",
    "_path",
    "form_token",
    "_named",
    "",
    ".",
    "-",
    "a.0",
    "\x00",
)
TYPED = (
    "yes",
    "no",
    "given",
    "31",
    "0",
    "2",
    "2026",
    "February",
    "feb",
    "24:61",
    "9:30",
    "1:30am",
    "{}",
    '{"a": [1]}',
    "[" * 1_100,
    "9" * 30,
    "-1",
)
Pairs = list[tuple[str, str]]


def names_of(model: type[BaseModel]) -> list[str]:
    """The names of every input that a page of the model may have."""
    return [*_names(fields_of(model), ""), *OF_THE_PAGE]


def offered_by(model: type[BaseModel]) -> list[str]:
    """What is offered to choose from, anywhere in the model."""
    return sorted(_offered(fields_of(model))) + list(TYPED)


@st.composite
def posted(draw: st.DrawFn, model: type[BaseModel]) -> Pairs:
    """What a browser would send of an answer, with pairs put in, left out, doubled and changed; or any pairs at all."""
    known = [one for one in SOUND if type(one) is model]
    if known and draw(st.booleans()):
        return list(pairs_from(model, draw(st.sampled_from(known))))
    sound = st.sampled_from(known) if known and draw(st.booleans()) else instances(model)
    pairs: Pairs = list(pairs_from(model, draw(sound))) if draw(st.integers(0, 3)) else []
    names, values = st.sampled_from(names_of(model)), st.sampled_from(offered_by(model)) | texts
    pairs += draw(st.lists(st.tuples(names | st.text(max_size=6), values), max_size=6))
    for _ in range(draw(st.integers(0, 3)) if pairs else 0):
        at = draw(st.integers(0, len(pairs) - 1))
        match draw(st.integers(0, 2)):
            case 0:
                pairs[at] = (pairs[at][0], draw(values))
            case 1:
                pairs.append(pairs[at])
            case _:
                pairs[at] = (draw(names), pairs[at][1])
    return pairs


class FormsDoor(Door):
    """Pairs are read by a form's model, and shown again on its page."""

    name = "forms"
    weight = 16
    takes = "every form, signal and case's facts: pairs as a browser sends them, with names and values of any kind"

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self._templates = environment()

    def inputs(self) -> st.SearchStrategy[tuple[type[BaseModel], Pairs]]:
        """A model, and what is posted."""
        return st.sampled_from(MODELS).flatmap(lambda model: st.tuples(st.just(model), posted(model)))

    def hold(self, given: tuple[type[BaseModel], Pairs]) -> str:
        """An answer that the model takes and that can be said in words, or sentences without what was typed."""
        model, pairs = given
        filled = checked(model, pairs)
        assert checked(model, pairs) == filled
        keeps_silent([one.sentence for one in filled.problems])
        assert "\x00" not in str(filled.answer)
        repr(filled.answer).encode()
        written = render(self._templates, fields_of(model), pairs, filled.problems)
        page = Page(str(written))
        assert "script" not in page.tags
        targets = {one["href"].removeprefix("#") for one in summary(filled.problems) if "href" in one}
        assert targets <= set(page.ids)
        if filled.problems:
            return "with problems"
        assert problems_of(model, filled.answer) == ()
        read = model.model_validate(filled.answer)
        assert all(label and text for label, text in in_words(model, read))
        said = model.model_validate(read.model_dump(mode="json"))
        assert said == read
        assert bare(model).model_validate(filled.answer) is not None
        return "answered"


def _names(fields: tuple[Field, ...], place: str) -> list[str]:
    names = []
    for field in fields:
        name = place + field.name
        match field:
            case Part():
                names += [name, *_names(field.fields, f"{name}.")]
            case Parts():
                names += [f"{name}.0", f"{name}.7", *_names(field.fields, f"{name}.0.")]
            case Day():
                names += [f"{name}-{part}" for part in ("day", "month", "year")]
            case Moment():
                names += [f"{name}-{part}" for part in ("day", "month", "year", "time")]
            case _:
                names.append(name)
    return names


def _offered(fields: tuple[Field, ...]) -> set[str]:
    found: set[str] = set()
    for field in fields:
        if isinstance(field, OneOf | SeveralOf):
            found |= {one.value for one in field.choices}
        if isinstance(field, Part | Parts):
            found |= _offered(field.fields)
    return found
