"""Texts, JSON and bytes as people, programs and attackers send them; each may have the canary in it."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.watching import CANARY

ODD_TEXTS = (
    "", " ", "\n", "\x00", f"{CANARY}\x00", "\ud800", f"a\udfff{CANARY}", "\u202e" + CANARY, "\ufeff", "\u2028",
    "\x1b[2J",
    "é" * 60, "e\u0301", "👩‍🦽", "٣", "²", "Ⅷ", "ſ", "\u00a0", "../../etc/passwd", "<script>alert(1)</script>",
    "{{7*7}}",
    "'; DROP TABLE care_case; --", "%s%n", "\\u0000", "=cmd|' /C calc'!A0", "P-101", "duty-worker", "hazel", "yes",
    "on",
    "2026-01-05", "2026-02-30", "0001-01-01", "9999-12-31", "2026-01-05T09:00:00Z", "2026-03-29T01:30:00", "24:61",
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1e999", "-0", "9" * 400, "0x1f", "Infinity", "NaN",
    "null",
    CANARY, f"{CANARY}@example.org", f"Dear {CANARY}, ring 07700 900123", CANARY * 40, "x" * 70_000,
)  # fmt: skip
ODD_NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**40, 0.1, -0.0, 1e308, 1e-320)
DEPTHS = (2, 30, 120, 250, 260, 400, 700, 850, 900, 930, 950, 970, 985, 995, 1_010, 3_000, 60_000)
"""How deep something is nested: around what parsers, writers and databases of ours can bear."""

texts = st.sampled_from(ODD_TEXTS) | st.text(max_size=20) | st.text(max_size=12).map(lambda text: text + CANARY)
"""Any text, and often one that has broken something somewhere."""
plain_texts = texts.filter(lambda text: "\x00" not in text and text.isprintable())
"""Texts of one line, as they stand in an address or a header."""
scalars = st.none() | st.booleans() | st.sampled_from(ODD_NUMBERS) | st.integers() | texts
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
"""Any JSON, not too deep."""


def rarely(draw: st.DrawFn, one_in: int) -> bool:
    """True about once in so many times; never for the simplest inputs, which are drawn more often than others."""
    return draw(st.integers(0, one_in - 1)) == one_in // 2


@st.composite
def changed(draw: st.DrawFn, document: Any, most: int = 4) -> Any:
    """A document of JSON with some places changed: taken out, put in, of another kind, or odd."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(0, most))):
        place = document
        while isinstance(place, dict | list) and place:
            keys = sorted(place, key=str) if isinstance(place, dict) else range(len(place))
            key = draw(st.sampled_from(list(keys)))
            inner = place[key]
            if isinstance(inner, dict | list) and inner and draw(st.integers(0, 3)):
                place = inner
                continue
            what = draw(st.integers(0, 5))
            if what == 0:
                del place[key]
            elif what == 1 and isinstance(place, dict):
                place[draw(st.text(max_size=8))] = draw(scalars)
            elif what == 2:
                place[key] = draw(anything)
            elif what == 3:
                place[key] = [inner, inner]
            else:
                place[key] = draw(texts)
            break
    return document


def nested(depth: int, kind: int, inner: bytes = b'""') -> bytes:
    """JSON that is nested so deep: lists, objects, or both by turns."""
    begin, end = ((b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]"))[kind]
    return begin * depth + inner + end * depth


@st.composite
def json_bytes(draw: st.DrawFn, document: Any, twice: str = "text") -> bytes:
    """
    A document as bytes: mostly as it should be written, at times in another encoding, cut short or with noise in it.

    `twice` is a field that stands in it a second time, where that is what is wrong.
    """
    how = draw(st.integers(0, 15))
    if how == 0 and isinstance(document, dict) and document:
        key = draw(st.sampled_from(sorted(document)))
        kept = {name: value for name, value in document.items() if name != key}
        deep = nested(draw(st.sampled_from(DEPTHS)), draw(st.integers(0, 2)))
        opened = written(kept)[:-1] + (b"," if kept else b"")
        return opened + written(key) + b":" + deep + b"}"
    raw = written(document, ascii_only=draw(st.booleans()))
    match how:
        case 1:
            return raw[: draw(st.integers(0, len(raw)))]
        case 2:
            return raw.decode("utf-8", "replace").encode(draw(st.sampled_from(["utf-16", "utf-32", "utf-8-sig"])))
        case 3:
            at = draw(st.integers(0, len(raw)))
            noise = draw(st.binary(max_size=6) | st.sampled_from([b"\xff", b"\xed\xa0\x80", b"\x00", b"NaN", b"1e999"]))
            return raw[:at] + noise + raw[at:]
        case 4:
            return raw[:-1] + b"," + written(twice) + b':"' + CANARY.encode() + b'"}'
        case 5:
            return raw + draw(st.sampled_from([b"\n", b" ", b"{}", b"\x00", b"]"]))
        case _:
            return raw


def written(document: Any, *, ascii_only: bool = True) -> bytes:
    """A document as JSON; half characters as they can be written."""
    return json.dumps(document, ensure_ascii=ascii_only, allow_nan=True).encode("utf-8", "surrogatepass")
