"""
From bytes to text that can be stored: charsets as they are, not as they are declared.

Much mail declares a charset it does not use. What decodes and makes sense wins over what is declared.
"""

from __future__ import annotations

import codecs
import re

import charset_normalizer

_SAMPLE_BYTES = 64 * 1024
_FEW_AT_ALL = 6
_FEW_HIGH_BYTES = 0.15
_TOO_MANY_CONTROLS = 0.05
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Codecs of Python's own that no sender means by a charset.
_NOT_CHARSETS = {
    "unicode_escape",
    "raw-unicode-escape",
    "unicode-escape",
    "idna",
    "punycode",
    "undefined",
    "mbcs",
    "oem",
}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_NEW_LINES = re.compile("\r\n?|\x85|\u2028|\u2029")


def storable(text: str) -> str:
    """
    The text as any database takes it: no NUL, no lone surrogate, no control character but tab and newline.

    Lone surrogates become U+FFFD; every kind of line end becomes a newline.
    """
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", _NEW_LINES.sub("\n", text)))


def looks_like_text(text: str) -> bool:
    """False where what was decoded is noise: a picture sent as text, or bytes that no charset explains."""
    if not text:
        return False
    noise = len(_CONTROLS.findall(text)) + text.count("\ufffd") + len(_SURROGATES.findall(text))
    return noise / len(text) <= _TOO_MANY_CONTROLS


def decode(payload: bytes, declared: str | None) -> tuple[str, bool]:
    """
    The text in `payload`, and whether the declared charset was the right one.

    Tried in turn: a byte order mark; valid UTF-8; the declared charset; UTF-8 with a few broken characters;
    windows-1252 where few bytes are beyond ASCII; what the bytes themselves suggest. Never raises. The text
    is not yet storable: see `storable`.
    """
    for mark, charset in _BYTE_ORDER_MARKS:
        if payload.startswith(mark) and (text := _strictly(payload, charset)) is not None:
            return text, True
    wanted = _charset_named(declared)
    if wanted is None or wanted in ("ascii", "iso8859-1", "cp1252", "utf-8"):
        # Valid UTF-8 beyond ASCII is hardly ever anything else, whatever the label says.
        if (text := _strictly(payload, "utf-8")) is not None:
            return text, wanted == "utf-8" or text.isascii() or declared is None
        # Software that says Latin-1 means windows-1252, as browsers have it.
        if wanted in ("iso8859-1", "cp1252"):
            return payload.decode("cp1252", "replace"), True
    elif (text := _strictly(payload, wanted)) is not None:
        return text, True
    return _guessed(payload), False


def _charset_named(declared: str | None) -> str | None:
    """Python's name of a declared charset, or none where there is no such charset."""
    if not declared:
        return None
    try:
        found = codecs.lookup(declared.strip().strip("\"'"))
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found.name in _NOT_CHARSETS or not found._is_text_encoding else found.name


def _strictly(payload: bytes, charset: str) -> str | None:
    try:
        return payload.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None


def _guessed(payload: bytes) -> str:
    if payload.count(0) > len(payload) // 4:
        low_byte_first = payload[1::2].count(0) >= payload[0::2].count(0)
        return payload.decode("utf-16-le" if low_byte_first else "utf-16-be", "replace")
    text = payload.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(not character.isascii() for character in text) - broken > broken:
        return text
    high = sum(byte > 0x7F for byte in payload[:_SAMPLE_BYTES])
    # A short English note has few letters to guess from; a few signs of Windows are likelier than another script.
    if high <= max(_FEW_HIGH_BYTES * len(payload[:_SAMPLE_BYTES]), _FEW_AT_ALL):
        return payload.decode("cp1252", "replace")
    best = charset_normalizer.from_bytes(payload[:_SAMPLE_BYTES]).best()
    return payload.decode(best.encoding if best else "cp1252", "replace")
