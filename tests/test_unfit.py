"""What no record can keep is found wherever it stands, and a text that only spells it out is none of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.forms.alarms import MessageLookedAt, WhatItWas
from models.forms.base import AnswerRefused
from models.unfit import has_nul

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


def test_an_answer_that_only_spells_it_out_is_taken() -> None:
    """Whoever copies it from a page has written nothing that cannot be kept."""
    said = {"it_was": WhatItWas.NOTHING, "reasons": f"only {SPELT}, again and again"}
    assert SPELT in MessageLookedAt.read(said).reasons
    with pytest.raises(AnswerRefused, match="take out the character NUL"):
        MessageLookedAt.read(said | {"reasons": "\x00"})
