"""What no record can keep is found wherever it stands, and a text that only spells it out is none of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.forms.alarms import MessageLookedAt, WhatItWas
from models.forms.base import AnswerRefused
from models.forms.breach import BreachFound
from models.forms.house import StepAttention
from models.unfit import MOST_NESTED, has_nul, is_too_deep

SPELT = "\\u0000"
"""Six characters, as a manual prints them."""
pieces = st.sampled_from(["\x00", "\\", SPELT, "u0000", '"', "a"])
texts = st.lists(pieces, max_size=6).map("".join)
anything = st.recursive(texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


def strings_in(said: Any) -> list[str]:
    """Every string in some JSON."""
    if isinstance(said, str):
        return [said]
    return [each for one in [*said, *(said.values() if isinstance(said, dict) else ())] for each in strings_in(one)]


@given(anything)
def test_nul_is_found_wherever_it_stands(said: Any) -> None:
    """In names as in values, among backslashes of any number, and nowhere else."""
    assert has_nul(said) == any("\x00" in one for one in strings_in(said))


def test_nul_is_found_however_deep_it_lies() -> None:
    """Deeper than any call of a function could follow, and so is what is looked through in vain."""
    for end, found in (("\x00", True), ("a", False)):
        said: Any = end
        for _ in range(5_000):
            said = [{"a": said}]
        assert has_nul(said) is found


@pytest.mark.parametrize("depth", [MOST_NESTED + 1, 300, 980])
def test_an_answer_that_is_nested_without_end_is_refused(depth: int) -> None:
    """Some writers of JSON give up at 255, others at a thousand less wherever they are called from."""
    said: Any = "retry"
    for _ in range(depth):
        said = [said]
    with pytest.raises(AnswerRefused, match="nested too deeply"):
        StepAttention.read({"choice": said})
    assert not is_too_deep({"facts": {"ways": [{"result": "done"}]}})


def test_an_answer_that_only_spells_it_out_is_taken() -> None:
    """Whoever copies it from a page has written nothing that cannot be kept."""
    said = {"it_was": WhatItWas.NOTHING, "reasons": f"only {SPELT}, again and again"}
    assert SPELT in MessageLookedAt.read(said).reasons
    with pytest.raises(AnswerRefused, match="take out the character NUL"):
        MessageLookedAt.read(said | {"reasons": "\x00"})


@pytest.mark.parametrize(
    "found_at",
    ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z", "1799-12-31T12:00:00Z"],
)
def test_a_day_that_cannot_be_meant_is_refused_at_its_field(found_at: str) -> None:
    """Some of them cannot even be told in another time zone."""
    with pytest.raises(ValidationError, match="give a day between 1800 and 2199") as refused:
        BreachFound.model_validate({"found_at": found_at, "what_happened": "a letter went astray"})
    assert refused.value.errors()[0]["loc"] == ("found_at",)
