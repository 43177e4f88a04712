"""The source of the procedures: the syntax of each function, and the clauses that its comments name."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import io
import re
import tokenize
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any, get_type_hints

from models.clauses.catalogue import FAMILIES, catalogue
from models.clauses.mentions import clauses_in

_GAP = re.compile(r"\bGAP-\d+")
_NUMBERED = re.compile(r"(\D+)(\d+)")


class Source:
    """One module as it stands in its file."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.names: dict[str, Any] = vars(importlib.import_module(module))
        text = inspect.getsource(importlib.import_module(module))
        self.functions = dict(_functions(ast.parse(text).body, ""))
        self._comments = {
            token.start[0]: token.string
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT
        }

    def clauses_beside(self, first: int, last: int) -> tuple[str, ...]:
        """The clauses and gaps that comments on those lines name."""
        return clauses_of(" ".join(self._comments.get(line, "") for line in range(first, last + 1)))


@functools.cache
def source_of(module: str) -> Source:
    """The module's source, read once."""
    return Source(module)


def syntax_of(function: FunctionType) -> ast.FunctionDef | None:
    """The function's syntax; None where it stands in no module's text."""
    return source_of(function.__module__).functions.get(function.__qualname__)


@functools.cache
def lines_of(part: str) -> tuple[str, int, int]:
    """The module and the lines of a part, by its id."""
    module, _, name = part.partition(":")
    syntax = source_of(module).functions[name]
    return module, syntax.lineno, syntax.end_lineno or syntax.lineno


def hints_of(what: Callable[..., Any] | type) -> dict[str, Any]:
    """Types by name as annotated; empty where they cannot be told while the program runs."""
    try:
        return get_type_hints(what)
    except (NameError, TypeError):
        return {}


def clauses_of(text: str) -> tuple[str, ...]:
    """The clauses and gaps that a text names, each once; "PWT-54 to PWT-57" names four."""
    known = " ".join(word for word in re.split(r"(?<=[\s,;().])", text) if not _unknown(word))
    return (*clauses_in(known), *dict.fromkeys(_GAP.findall(text)))


def _unknown(word: str) -> bool:
    named = re.search(rf"\b(?:{'|'.join(FAMILIES)})-\d\w*", word)
    return named is not None and named[0] not in catalogue()


def in_short(clauses: Iterable[str]) -> str:
    """Clauses for a reader, with runs of three and more drawn together: "PWT-12 to PWT-14, GAP-48"."""
    runs: list[list[str]] = []
    for clause in dict.fromkeys(clauses):
        if runs and _follows(runs[-1][-1], clause):
            runs[-1].append(clause)
        else:
            runs.append([clause])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _follows(one: str, other: str) -> bool:
    before, after = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    return before is not None and after is not None and before[1] == after[1] and int(after[2]) == int(before[2]) + 1


def first_sentence(documentation: str | None) -> str:
    """The first sentence of a docstring, without the clauses that it names in brackets."""
    text = " ".join(inspect.cleandoc(documentation or "").split("\n\n")[0].split())
    text = re.sub(r"\s*\((?:[A-Z]+-\d+[^)]*)\)", "", text)
    return re.split(r"(?<=[.!?])\s", text)[0]


def _functions(body: Iterable[ast.stmt], within: str) -> Iterable[tuple[str, ast.FunctionDef]]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield f"{within}{statement.name}", statement
        elif isinstance(statement, ast.ClassDef):
            yield from _functions(statement.body, f"{within}{statement.name}.")
