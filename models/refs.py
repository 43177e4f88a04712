"""
Case references: opaque, speakable over the telephone, with a check character and no personal data.

A ref is seven random characters and one check character, written `7K3Q-9PXM`. The alphabet has 31 characters
(no 0, I, L, O or U, which are misheard or misread). 31 is prime, so a weighted sum finds every single wrong
character and every swap of two neighbours.
"""

from __future__ import annotations

import re
import secrets

from models.errors import PathwaysError

ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_DATA_LENGTH = 7
_WRITTEN = rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}"
_ANYWHERE = re.compile(rf"(?<![0-9A-Z-]){_WRITTEN}(?![0-9A-Z-])", re.IGNORECASE)


class NotARef(PathwaysError):
    """That is not a case reference: check it against the letter or the list, it looks like 7K3Q-9PXM."""

    def __init__(self) -> None:
        # What was typed is not repeated: people paste names and numbers into this field.
        super().__init__(
            "that is not a case reference (eight characters such as 7K3Q-9PXM, the last one a check);"
            " look it up with `pathways case list`"
        )


def new_ref() -> str:
    """A fresh random ref; the database's primary key refuses the one in 27 billion that is taken."""
    return _written("".join(secrets.choice(ALPHABET) for _ in range(_DATA_LENGTH)))


def is_ref(text: str) -> bool:
    """Whether `text` is a ref exactly as written, with its check character right."""
    if not re.fullmatch(_WRITTEN, text):
        return False
    data = text.replace("-", "")
    return _check_character(data[:-1]) == data[-1]


def read_ref(text: str) -> str:
    """
    The ref a person typed: spaces, case and a missing hyphen are forgiven, a wrong character is not.

    Raises `NotARef`.
    """
    squeezed = re.sub(r"[\s-]", "", text).upper()
    candidate = f"{squeezed[:4]}-{squeezed[4:]}"
    if not is_ref(candidate):
        raise NotARef
    return candidate


def find_refs(text: str) -> list[str]:
    """Every ref written somewhere in `text`, in order, each once."""
    found = (match.group(0).upper() for match in _ANYWHERE.finditer(text))
    return list(dict.fromkeys(ref for ref in found if is_ref(ref)))


def _written(data: str) -> str:
    whole = data + _check_character(data)
    return f"{whole[:4]}-{whole[4:]}"


def _check_character(data: str) -> str:
    total = sum(weight * _VALUE[character] for weight, character in enumerate(data, start=2))
    return ALPHABET[total % len(ALPHABET)]
