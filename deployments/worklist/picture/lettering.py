"""How wide a text is in a picture, and where its lines break. A drawing has no page that would break them."""

from __future__ import annotations

_NARROW, _THIN = "ijl.,:;'!|I", "tfr()-[]/ "
_WIDE, _BROAD = "mwMW—…", "ABCDEFGHKNOPQRSTUVXYZ&"


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """About how many pixels a text takes in Arial of that size; rather more than less."""
    return sum(map(_share, text)) * size * (1.07 if bold else 1.0)


def lines_of_text(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most that many pixels; a word that is longer has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _share(character: str) -> float:
    if character in _NARROW:
        return 0.26
    if character in _THIN:
        return 0.34
    if character in _WIDE:
        return 0.88
    return 0.72 if character in _BROAD else 0.56
