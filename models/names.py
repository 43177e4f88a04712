"""
Names as they are compared: without capital letters, accents, apostrophes and titles.

The keys under which people are looked for (`name_key`, `record_key`) are kept beside them in the register, since a
database cannot work out the first of them. Whoever changes how a key is made fills the columns anew by a migration.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_WORD = re.compile(r"[^\W\d_]+")
_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "master", "dr", "prof", "professor", "sir", "dame", "lord", "lady"}
)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"})
"""Letters that are no others with an accent, as they are written where there is no key for them."""


def folded(text: str) -> str:
    """The text with small letters, without accents and apostrophes: "Zoë O’Brien" is "zoe obrien"."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return _APOSTROPHES.sub("", "".join(one for one in plain if not unicodedata.combining(one)).translate(_LETTERS))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded; a hyphen parts two words."""
    return tuple(_WORD.findall(folded(text)))


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name of at least two words, without its titles, in parts as they are compared."""

    first: tuple[str, ...]
    """The first name; "Mei-Ling" is two words."""
    last: tuple[str, ...]
    """The last name; "Smith-Jones" is two words."""

    @property
    def key(self) -> str:
        """Under which the name is looked for: its first and its last word."""
        return f"{self.first[0]} {self.last[-1]}"

    @classmethod
    def read(cls, text: str) -> PersonName | None:
        """The name in a text that is nothing but a name ("Edith Tilling", "Tilling, Edith"); None: no two words."""
        last, comma, first = text.partition(",")
        pieces = (f"{first} {last}" if comma else text).split()
        parts = [words for piece in pieces if (words := words_of(piece)) and words[0] not in _TITLES]
        if len(parts) < 2:
            return None
        return cls(parts[0], parts[-1])


def is_title(word: str) -> bool:
    """Whether a folded word is a title such as "mrs"."""
    return word in _TITLES


def name_key(name: str) -> str | None:
    """The key of a person's name; None for a name of one word, which is not looked for."""
    read = PersonName.read(name)
    return read.key if read else None


def record_key(record_id: str) -> str:
    """The key of an id in the recording system: "las 70410" and "LAS-70410" are one."""
    return re.sub(r"[^A-Z0-9]", "", record_id.upper())
