"""
What in a text can tell whom it is about: NHS numbers, record ids, dates, postcodes and names.

A trace is what stands there, in the one form in which the register has it. Nothing is guessed: what does not check, or
has no sound form, is no trace.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from models.names import PersonName, record_key, words_of
from tasks.register.nhs_number import read_nhs_number

T = TypeVar("T")

LONGEST = 100_000
"""Characters of a text that are looked through; about thirty pages."""

_DASHES = re.compile(r"[‐‑‒–—−﹘﹣]")
_SPACES = re.compile(r"[^\S\n]")
_DIGITS = re.compile(
    r"(?<!\w)(?P<abroad>\+)?(?:(?i:nhs\W{0,2}(?:no|number)?|no|number)\W{0,3})?"
    r"(?P<run>[0-9]+(?:[\s-]{1,3}[0-9]+)*)(?!\w)"
)
"""A run of digits with what may stand between them; after a plus sign it is a telephone number."""
_USUAL_NHS = {(10,), (3, 3, 4)}
_POSTCODE = re.compile(r"(?<![A-Z0-9])([A-Z]{1,2}[0-9][A-Z0-9]?)\s{0,2}([0-9][A-Z]{2})(?![A-Z0-9])")
_CHUNK = re.compile(r"[^\W_]+")
_BETWEEN_CHUNKS = re.compile(r"[-/_ ]{0,2}|\n")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*)\.?"
_YEAR = r"(?P<year>[0-9]{4}|['’]?[0-9]{2})(?![0-9])"
_DATES = (
    re.compile(r"(?<![0-9])(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?![0-9])"),
    re.compile(rf"(?<![0-9])(?P<day>[0-9]{{1,2}})\s?(?P<by>[./-])\s?(?P<month>[0-9]{{1,2}})\s?(?P=by)\s?{_YEAR}"),
    re.compile(r"(?<![0-9])(?P<day>[0-9]{1,2})\s(?P<month>[0-9]{1,2})\s(?P<year>[0-9]{4})(?![0-9])"),
    re.compile(rf"(?<![0-9])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{_MONTH},?[\s-]+{_YEAR}", re.I),
    re.compile(rf"\b{_MONTH}\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}", re.I),
)
_BORN = re.compile(r"(?:\bborn\b|\bd\.?\s?o\.?\s?b\b|\bbirth\b)[^\n]{0,25}$", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[!?;:|]|\n\s*\n|(?<=\w\w\w)\.(?=\s|$)")
_LAST_NAME_FIRST = re.compile(r"(?<![\w'’-])[^\W\d_][\w'’-]*, {1,3}[^\W\d_][\w'’-]*")
_OLDEST = 125
_WORDS_BETWEEN = 2
_TURNED_ROUND = (-1, 0, 0)
"""Where a name stands that was written last name first."""


@dataclass(frozen=True)
class Traces:
    """The traces in a text. `today` is the day after which nobody is born."""

    text: str
    today: date

    @cached_property
    def is_whole(self) -> bool:
        """Whether all of the text was looked through."""
        return len(self.text) <= LONGEST

    @cached_property
    def _plain(self) -> str:
        """With ordinary digits, spaces and hyphens, whatever they were written with."""
        return _SPACES.sub(" ", _DASHES.sub("-", unicodedata.normalize("NFKC", self.text[:LONGEST])))

    # ------------------------------------------------------------------ numbers

    @cached_property
    def nhs_numbers(self) -> frozenset[str]:
        """Ten digits that check, whatever stands between them."""
        return frozenset(number for number, _ in self._nhs_numbers())

    @cached_property
    def plain_nhs_numbers(self) -> frozenset[str]:
        """Those written as NHS numbers are: 999 001 0005, or without spaces. They are meant as such, known or not."""
        return frozenset(number for number, groups in self._nhs_numbers() if groups in _USUAL_NHS)

    def _nhs_numbers(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        for run in _DIGITS.finditer(self._plain):
            if run["abroad"]:
                continue
            groups = re.split(r"[\s-]+", run["run"])
            for first in range(len(groups)):
                digits = ""
                for last in range(first, len(groups)):
                    digits += groups[last]
                    if len(digits) >= 10:
                        break
                if len(digits) == 10 and (number := read_nhs_number(digits)) is not None:
                    yield number, tuple(len(group) for group in groups[first : last + 1])

    @cached_property
    def record_keys(self) -> frozenset[str]:
        """
        What may be an id in the recording system: at least a letter and three digits, five to forty in all.

        An id of digits alone is not looked for in a text: a house number or an invoice would be somebody.
        """
        plain = self._plain.upper()
        chunks = [one.span() for one in _CHUNK.finditer(plain)]
        found = set()
        for first in range(len(chunks)):
            key, end = "", chunks[first][0]
            for start, stop in chunks[first : first + 5]:
                if not _BETWEEN_CHUNKS.fullmatch(plain, end, start):
                    break
                key, end = key + plain[start:stop], stop
                if looks_like_an_id(key):
                    found.add(key)
        return frozenset(found)

    # ------------------------------------------------------------------ dates and postcodes

    @cached_property
    def dates(self) -> frozenset[date]:
        """Days on which somebody alive may have been born; a year of two digits is every such year."""
        return frozenset(day for day, _ in self._dates)

    @cached_property
    def birth_dates(self) -> frozenset[date]:
        """Those that are said to be a date of birth."""
        return frozenset(day for day, at in self._dates if _BORN.search(self._plain[max(0, at - 45) : at]))

    @cached_property
    def _dates(self) -> list[tuple[date, int]]:
        return [(day, one.start()) for form in _DATES for one in form.finditer(self._plain) for day in self._days(one)]

    def _days(self, written: re.Match[str]) -> Iterator[date]:
        month = written["month"].lower()
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
        year = written["year"].strip("'’")
        years = (int(year),) if len(year) == 4 else (1900 + int(year), 2000 + int(year))
        for one in years:
            try:
                day = date(one, number, int(written["day"]))
            except ValueError:
                continue
            if day <= self.today and self.today.year - one <= _OLDEST:
                yield day

    @cached_property
    def postcodes(self) -> frozenset[str]:
        """In capital letters, with one space."""
        return frozenset(f"{one[1]} {one[2]}" for one in _POSTCODE.finditer(self._plain.upper()))

    # ------------------------------------------------------------------ names

    @cached_property
    def name_keys(self) -> frozenset[str]:
        """The keys of all names that may stand in the text."""
        return frozenset(self._pairs)

    @cached_property
    def _sentences(self) -> list[tuple[str, ...]]:
        return [words for part in _SENTENCE_ENDS.split(self._plain) if (words := words_of(part))]

    @cached_property
    def _pairs(self) -> dict[str, list[tuple[int, int, int]]]:
        """For each key, in which sentence it stands and from which word to which."""
        found: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for number, words in enumerate(self._sentences):
            for start, first in enumerate(words):
                for end in range(start + 1, min(start + _WORDS_BETWEEN + 4, len(words))):
                    found[f"{first} {words[end]}"].append((number, start, end))
        for match in _LAST_NAME_FIRST.finditer(self._plain):  # "Tilling, Edith"
            if (name := PersonName.read(match[0])) is not None:
                found[name.key].append(_TURNED_ROUND)
        return found

    def has_name(self, name: PersonName) -> bool:
        """
        Whether first and last name stand in the text, with at most two words between ("Edith M Tilling").

        "Tilling, Edith" is the same. A title and a last name alone are not.
        """
        return any(self._is(name, place) for place in self._pairs.get(name.key, ()))

    def has_ends_of(self, name: PersonName) -> bool:
        """Whether its first and last word stand as near together, as where part of a double name is left out."""
        return any(end - start - 1 <= _WORDS_BETWEEN for _, start, end in self._pairs.get(name.key, ()))

    def _is(self, name: PersonName, place: tuple[int, int, int]) -> bool:
        """Whether what stands there under the name's key is the name."""
        if place == _TURNED_ROUND:
            return len(name.first) == len(name.last) == 1
        sentence, start, end = place
        words = self._sentences[sentence][start : end + 1]
        between = len(words) - len(name.first) - len(name.last)
        sound = words[: len(name.first)] == name.first and words[-len(name.last) :] == name.last
        return sound and 0 <= between <= _WORDS_BETWEEN

    def has_last_name(self, name: PersonName) -> bool:
        """Whether the last name stands in the text, by itself or otherwise."""
        return f" {' '.join(name.last)} " in self._all_words

    @cached_property
    def _all_words(self) -> str:
        return f" {' . '.join(' '.join(words) for words in self._sentences)} "


def looks_like_an_id(key: str) -> bool:
    """Whether a key is particular enough to be looked for in a text."""
    digits = sum(one.isdigit() for one in key)
    return 5 <= len(key) <= 40 and 3 <= digits < len(key)


def key_of_id(written: str) -> str:
    """The key of an id that was given as one."""
    return record_key(unicodedata.normalize("NFKC", written))


def nhs_number_in(written: str) -> str | None:
    """The NHS number that was given as one, however it is spaced; None where it does not check."""
    return read_nhs_number(_DASHES.sub("-", unicodedata.normalize("NFKC", written)))


def in_pieces(values: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Values in lists that one query can take."""
    ordered = list(values)
    return (ordered[at : at + size] for at in range(0, len(ordered), size))
