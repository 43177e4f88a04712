"""What is in hand while something is logged: the case, the leg's fence and other references, as fields of a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Reference = str | int
_in_hand: ContextVar[Mapping[str, Reference]] = ContextVar("in_hand", default={})  # noqa: B039 - never changed in place


@contextmanager
def in_hand(**references: Reference) -> Iterator[None]:
    """Within the block every log line of this thread carries these references; never a name or what somebody wrote."""
    token = _in_hand.set({**_in_hand.get(), **references})
    try:
        yield
    finally:
        _in_hand.reset(token)


def what_is_in_hand() -> Mapping[str, Reference]:
    """The references of the blocks that are open now."""
    return _in_hand.get()
