"""Case references find slips of the pen and of the ear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.refs import ALPHABET, NotARef, find_refs, is_ref, new_ref, read_ref

refs = st.builds(lambda _: new_ref(), st.integers())


@given(refs, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(ref: str, place: int, other: str) -> None:
    """A single wrong character never gives another valid ref."""
    place += place >= 4
    changed = ref[:place] + other + ref[place + 1 :]
    assert is_ref(changed) == (changed == ref)


@given(refs, st.integers(0, 6))
def test_two_neighbours_swapped_are_found(ref: str, place: int) -> None:
    """Two neighbouring characters swapped never give another valid ref."""
    letters = list(ref.replace("-", ""))
    letters[place], letters[place + 1] = letters[place + 1], letters[place]
    swapped = "".join(letters[:4]) + "-" + "".join(letters[4:])
    assert is_ref(swapped) == (swapped == ref)


@given(refs)
def test_a_ref_is_read_as_people_type_it(ref: str) -> None:
    """Lower case, spaces and a missing hyphen are forgiven."""
    assert read_ref(f" {ref.lower().replace('-', ' ')} ") == ref
    assert find_refs(f"Re: your letter [{ref.lower()}], thank you") == [ref]


def test_what_is_no_ref_is_refused_without_repeating_it() -> None:
    """The error never repeats what was typed, for people paste names into this field."""
    with pytest.raises(NotARef) as refused:
        read_ref("Mrs Ada Canary")
    assert "Canary" not in str(refused.value)
