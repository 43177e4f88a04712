"""What of the flows' code a journal reaches: the turns from one line to the next that its replay takes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import flows

FLOWS = Path(flows.__file__).parent
Turn = tuple[str, int, int]
"""A file in `flows/` by its name, a line, and the line that was next in the same call; 0 where the call begins."""


@contextmanager
def turns_taken() -> Iterator[set[Turn]]:
    """What is reached inside the block, in code that lies in `flows/`."""
    taken: set[Turn] = set()
    before: dict[FrameType, int] = {}

    def at_line(frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            taken.add((Path(frame.f_code.co_filename).stem, before.get(frame, 0), frame.f_lineno))
            before[frame] = frame.f_lineno
        elif event == "return":
            before.pop(frame, None)
        return at_line

    def at_call(frame: FrameType, _event: str, _argument: Any) -> Any:
        return at_line if frame.f_code.co_filename.startswith(str(FLOWS)) else None

    was = sys.gettrace()
    sys.settrace(at_call)
    try:
        yield taken
    finally:
        sys.settrace(was)


def lines_of(module: str) -> set[int]:
    """The lines of a flow's file that can be reached inside its functions, without the line that defines each."""
    source = (FLOWS / f"{module}.py").read_text(encoding="utf-8")
    whole = compile(source, module, "exec", dont_inherit=True)
    return {line for code in _functions_in(whole) for line in _lines_in(code)}


def _functions_in(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_flags & 0x2:  # it has local variables of its own: a function, not a class
                yield inner
            yield from _functions_in(inner)


def _lines_in(code: CodeType) -> set[int]:
    return {line for _, _, line in code.co_lines() if line is not None and line != code.co_firstlineno}
