"""Whether a text names somebody: by register id, record id, NHS number, e-mail address, or name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.names import is_title, words_of
from models.register import Person

_BETWEEN = re.compile(r"[^\w@.]+")
_BRACKETS = re.compile(r"\([^)]*\)")
_BESIDE_NAMES = frozenset(
    {"rev", "revd", "reverend", "sr", "jr", "jnr", "junior", "snr", "senior", "ii", "iii", "iv"}
    | {"mbe", "obe", "cbe", "jp", "phd", "deceased"}
)
"""What may stand beside names, with the titles."""
COMMON_FROM = 10
"""From so many people of the register with one last name on, it is common: alone it names nobody."""
SHORTEST_PART = 3
"""How many letters a part of a double-barrelled name has at least to be looked for by itself."""


class Named:
    """
    Looks for a few people in many texts.

    Rather too often than too seldom: a namesake counts. A name is there where the last name is, with any one of the
    other names anywhere in the text or its initial beside it; or the last name alone, where it is not common. Titles
    count for nothing. It serves to keep what might be about them, never to say that it is.
    """

    def __init__(self, people: Sequence[Person], how_many_are_called: Callable[[str], int] = lambda last: 0) -> None:
        """`how_many_are_called` says how many people of the register have a last name, given as `words_of` has it."""
        self._words = [(word, one.id) for one in people for word in _words_of(one)]
        self._numbers = [(one.nhs_number, one.id) for one in people if one.nhs_number]
        self._names = [(name, one.id) for one in people if (name := _name_of(one.name)) is not None]
        self._how_many, self._common = how_many_are_called, dict[str, bool]()

    def people_in(self, text: str) -> set[str]:
        """Ids of those who are named."""
        plain, words = _plain(text), words_of(text)
        together, at_all = re.sub(r"[\s-]", "", text), frozenset(words)
        found = {person_id for word, person_id in self._words if f" {word} " in f" {plain} "}
        found |= {person_id for number, person_id in self._numbers if number in together}
        return found | {person_id for name, person_id in self._names if self._is_there(name, words, at_all)}

    def _is_there(self, name: _Name, words: Sequence[str], at_all: frozenset[str]) -> bool:
        last = name.last & at_all
        if not last:
            return False
        if not name.others or name.others & at_all or any(not self._is_common(one) for one in last):
            return True
        beside = {
            near
            for at, word in enumerate(words)
            if word in last
            for near in (*words[max(at - 2, 0) : at], *words[at + 1 : at + 2])
        }
        return any(_may_stand_for(near, other) for near in beside for other in name.others)

    def _is_common(self, last: str) -> bool:
        if last not in self._common:
            self._common[last] = max(map(self._how_many, {last, last.removesuffix("s")})) >= COMMON_FROM
        return self._common[last]


@dataclass(frozen=True)
class _Name:
    """A name in small letters: the last one as it may be written, and all others."""

    last: frozenset[str]
    others: frozenset[str]


def _name_of(name: str) -> _Name | None:
    """None: there is no name in it."""
    also = _pieces(" ".join(_BRACKETS.findall(name)))
    family, comma, given = _BRACKETS.sub(" ", name).partition(",")
    pieces = _pieces(f"{given} {family}" if comma else family)
    if not pieces:
        return None
    *others, last = pieces
    return _Name(_spellings(last), frozenset(word for piece in (*others, *also) for word in piece))


def _pieces(text: str) -> list[tuple[str, ...]]:
    """The words of each of its names, without titles and the like; where nothing else is there, with them."""
    every = [words for piece in text.split() if (words := words_of(piece))]
    return [words for words in every if not is_title(words[0]) and words[0] not in _BESIDE_NAMES] or every


def _spellings(last: tuple[str, ...]) -> frozenset[str]:
    """A last name in one word, and the longer parts of one such as "Finch-Alder"; each as somebody's own as well."""
    found = {"".join(last), *(part for part in last if len(part) >= SHORTEST_PART)}
    return frozenset(found | {f"{one}s" for one in found})


def _may_stand_for(word: str, name: str) -> bool:
    """Whether a word beside the last name is the initial of a name; or a name of which we know the initial alone."""
    return word[0] == name[0] and 1 in (len(word), len(name))


def texts_in(content: str) -> str:
    """Every text in a JSON document, each on a line of its own."""
    return "\n".join(_texts(json.loads(content)))


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif data is not None:
        yield str(data)


def _words_of(person: Person) -> Iterator[str]:
    yield from (_plain(one) for one in (person.id, person.record_id, person.email) if one)


def _plain(text: str) -> str:
    """Small letters and digits, whatever stood between them being one space."""
    return _BETWEEN.sub(" ", text.lower()).replace(". ", " ").strip(" .")
