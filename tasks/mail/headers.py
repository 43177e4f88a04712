"""
Header lines, read leniently: encoded words, raw 8-bit bytes, several where one belongs.

The standard library's modern policy refuses, and is slow on, some headers that real mail carries. Here the
older parser splits the message and these few functions decode what it found.
"""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from quopri import decodestring

from tasks.mail.decoding import decode, storable

LONGEST_HEADER = 20_000
"""Characters of one header that are looked at; nobody writes more by hand."""
MOST_COMPARED = 50_000_000
"""
Comparisons of a line with a boundary that taking a message apart may cost: some seconds.

The standard library's parser holds every line against each boundary that is open there, so that a message of the
largest size, made to be nested, could keep it busy for hours.
"""

_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,40}\?[bBqQ]\?)")
_PLAIN_ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,256}@[^\s<>@,;:\"()]{1,256}")
_NAME_AND_ADDRESS = re.compile(r"([^<>@]*)<\s*([^<>\s@]+@[^<>\s]+)\s*>\s*")
_BOUNDARY = re.compile(rb"boundary", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")


def parsed(raw: bytes) -> Message:
    """
    The message's structure; where it cannot be taken apart, its headers over one block of text. Never raises.

    A byte order mark and empty lines before the first header, which saved files have, are passed over. What would cost
    more than `MOST_COMPARED` is not taken apart either.
    """
    if _is_made_to_be_slow(raw):
        return headers_alone(raw)
    try:
        return message_from_bytes(_without_a_start(raw))
    except Exception:
        # The parser trips over some damaged parameters and very deep nesting; the letter may still be
        # readable.
        return headers_alone(raw)


def headers_alone(raw: bytes) -> Message:
    """The message's headers over one block of text, its parts not taken apart. Never raises."""
    return BytesHeaderParser().parsebytes(_without_a_start(raw))


def raw_values(message: Message, name: str) -> list[str]:
    """Every value of the header `name` as it stands, 8-bit bytes as surrogate escapes, in order."""
    wanted = name.lower()
    return [str(value)[:LONGEST_HEADER] for found, value in message.raw_items() if found.lower() == wanted]


def first_raw(message: Message, name: str) -> str:
    """The first value of the header `name`, unfolded; empty where there is none."""
    return " ".join(next(iter(raw_values(message, name)), "").split())


def readable(value: str) -> str:
    """A header's value in plain characters on one line, encoded words decoded."""
    value = _from_bytes(value)
    value = _BETWEEN_WORDS.sub(r"\1", value)
    pieces: list[str] = []
    waiting: tuple[str, bytes] | None = None  # a character may be split between two words of one charset
    end = 0
    for word in _ENCODED_WORD.finditer(value):
        between, end = value[end : word.start()], word.end()
        charset, content = word[1].lower(), _word_bytes(word[2], word[3])
        if waiting and (between or waiting[0] != charset):
            pieces.append(decode(waiting[1], waiting[0])[0])
            waiting = None
        pieces.append(between)
        waiting = (charset, (waiting[1] if waiting else b"") + content)
    if waiting:
        pieces.append(decode(waiting[1], waiting[0])[0])
    pieces.append(value[end:])
    return " ".join(storable("".join(pieces)).split())


def addresses(values: list[str]) -> list[tuple[str, str]]:
    """Names and addresses, as `(name, address)`; the name is decoded only after the address was taken out."""
    found: list[tuple[str, str]] = []
    left = LONGEST_HEADER
    for value in values:
        whole = _from_bytes(value)[:left]
        left -= len(whole)
        if alone := _NAME_AND_ADDRESS.fullmatch(whole.strip()):
            # Many programs forget to quote a name with a comma in it.
            name = readable(alone[1]).strip("\"' ").replace('\\"', '"')
            found.append((name, storable(alone[2])))
            continue
        try:
            pairs = getaddresses([whole])
        except Exception:  # nested comments can exhaust the stack
            pairs = []
        good = [(readable(name), "".join(storable(address).split())) for name, address in pairs if "@" in address]
        found.extend(good or [("", storable(address)) for address in _PLAIN_ADDRESS.findall(whole)])
    return found


def message_ids(values: list[str]) -> tuple[str, ...]:
    """Every message id in `<...>`, without the brackets, each once, in order."""
    ids = (storable(_from_bytes(found)) for value in values for found in _MESSAGE_ID.findall(value))
    return tuple(dict.fromkeys(ids))


def moment(value: str) -> datetime | None:
    """The time of a Date header in UTC; none where it cannot be read. Without a zone it is UTC."""
    try:
        when = parsedate_to_datetime(value)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except Exception:  # the parser fails in many ways on damaged dates
        return None


def _is_made_to_be_slow(raw: bytes) -> bool:
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    return len(_BOUNDARY.findall(raw)) * lines > MOST_COMPARED


def _without_a_start(raw: bytes) -> bytes:
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")


def _from_bytes(value: str) -> str:
    try:
        return decode(value.encode("ascii", "surrogateescape"), None)[0]
    except UnicodeEncodeError:
        return storable(value)


def _word_bytes(kind: str, content: str) -> bytes:
    data = content.encode("utf-8", "replace")
    if kind in "qQ":
        return decodestring(data.replace(b"_", b" "), header=False)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    data = data[: len(data) - 1] if len(data) % 4 == 1 else data
    return b64decode(data + b"=" * (-len(data) % 4))
