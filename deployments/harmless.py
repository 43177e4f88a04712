"""Text from outside, without what could steer whatever shows it: a terminal, or a page's direction of writing."""

from __future__ import annotations

_CONTROLS = {*range(32), *range(127, 160)} - {ord("\n"), ord("\r"), ord("\t")}
_TURNS_OF_DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_STEERING = dict.fromkeys(_CONTROLS | _TURNS_OF_DIRECTION, "\N{REPLACEMENT CHARACTER}") | {ord("\r"): ""}


def harmless(text: str) -> str:
    """A text without the characters that would move a terminal's cursor, colour it or turn its direction of writing."""
    return text.translate(_STEERING)
