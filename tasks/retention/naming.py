"""Whether a text names somebody: by register id, record id, NHS number, e-mail address, or name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from models.register import Person

_BETWEEN = re.compile(r"[^\w@.]+")


class Named:
    """
    Looks for a few people in many texts.

    Rather too often than too seldom: a namesake counts, and so do first and last name with others between. It serves to
    keep what might be about them, never to say that it is.
    """

    def __init__(self, people: Sequence[Person]) -> None:
        self._words = [(word, one.id) for one in people for word in _words_of(one)]
        self._numbers = [(one.nhs_number, one.id) for one in people if one.nhs_number]
        self._names = [(names, one.id) for one in people if (names := frozenset(_plain(one.name).split()))]

    def people_in(self, text: str) -> set[str]:
        """Ids of those who are named."""
        plain = _plain(text)
        words, together = set(plain.split()), re.sub(r"[\s-]", "", text)
        found = {person_id for word, person_id in self._words if f" {word} " in f" {plain} "}
        found |= {person_id for number, person_id in self._numbers if number in together}
        return found | {person_id for names, person_id in self._names if names <= words}


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
