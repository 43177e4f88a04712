"""
Which clauses are done, where, and which tests hold them: the engine behind `pathways clauses`.

It reads source code and runs none of it. In `flows/` and `tasks/` a clause is done where a comment beside or
right above a line of code names it, or a `clauses=` argument does. Docstrings there speak about clauses and
do nothing. In `tests/` a test holds the clauses named by its docstring, by the comments in its body or by its
`pytest.mark.clauses`.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from models.clauses.catalogue import LATER, Force, catalogue
from models.clauses.mentions import UnknownClause, clauses_in, names_a_clause
from models.errors import PathwaysError

CODE_FOLDERS = ("flows", "tasks")
TESTS_FOLDER = "tests"
NOT_EVIDENCE = ("tests/test_clauses.py",)
"""Tests of the catalogue and of this module: what they name they do not hold."""

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


class SourceUnreadable(PathwaysError):
    """The source tree or one of its files cannot be read; the message names it."""


class UnknownClauseInSource(PathwaysError):
    """A source file names a clause that the catalogue lacks; the message gives file:line and the id."""


@dataclass(frozen=True)
class ClauseCoverage:
    """One clause with the places that do it (`file:line`) and the tests that hold it (`file::name`)."""

    id: str
    procedure: str
    force: Force
    wording: str
    plan: str
    where: list[str]
    tests: list[str]

    @property
    def done(self) -> bool:
        """Whether code does it and a test holds it."""
        return bool(self.where and self.tests)

    @property
    def why(self) -> str:
        """Why the clause is not done; empty where it is."""
        if self.done:
            return ""
        if self.where:
            return "no test holds it"
        if self.tests:
            return "a test names it but no code does"
        return LATER if self.plan == LATER else f"open: planned with {self.plan}"


def coverage(root: Path) -> list[ClauseCoverage]:
    """
    Every clause of the catalogue, in its order, with what the source tree under `root` has for it.

    Raises:
        SourceUnreadable: `root` is not a checkout, or a file in it is not valid Python.
        UnknownClauseInSource: a comment, a `clauses=` argument or a test names an id that is unknown.
    """
    where: dict[str, list[str]] = {clause_id: [] for clause_id in catalogue()}
    tests: dict[str, list[str]] = {clause_id: [] for clause_id in catalogue()}
    for folder in CODE_FOLDERS:
        for source in _sources(root, folder):
            for line, text in source.doing():
                _enter(where, source, line, text, f"{source.name}:{line}")
    for source in _sources(root, TESTS_FOLDER):
        if source.name not in NOT_EVIDENCE:
            for test, line, text in source.holding():
                _enter(tests, source, line, text, f"{source.name}::{test}")
    return [
        ClauseCoverage(c.id, c.procedure, c.force, c.wording, c.plan, where[c.id], tests[c.id])
        for c in catalogue().values()
    ]


def as_json(clauses: list[ClauseCoverage]) -> list[dict[str, Any]]:
    """The clauses as `pathways clauses --json` prints them."""
    return [
        {
            "id": c.id,
            "procedure": c.procedure,
            "force": c.force.value,
            "done": c.done,
            "where": c.where,
            "tests": c.tests,
            "why": c.why,
        }
        for c in clauses
    ]


def as_table(clauses: list[ClauseCoverage]) -> Table:
    """The clauses as a table for people, with a count of what is done below it."""
    done = sum(c.done for c in clauses)
    table = Table(title="Clauses", caption=f"{done} of {len(clauses)} clauses are done")
    table.add_column("Clause", no_wrap=True)
    table.add_column("Force", no_wrap=True)
    table.add_column("What it asks", overflow="fold", ratio=3)
    table.add_column("Where it is done", overflow="fold", ratio=2)
    table.add_column("Tests that hold it, or why it is open", overflow="fold", ratio=3)
    for c in clauses:
        evidence = [*c.tests, c.why] if c.why else c.tests
        table.add_row(c.id, c.force.value, c.wording, "\n".join(c.where), "\n".join(evidence))
    return table


def _enter(found: dict[str, list[str]], source: _Source, line: int, text: str, place: str) -> None:
    """Enter a place under every clause that the text names, once."""
    try:
        named = clauses_in(text)
    except UnknownClause as unknown:
        raise UnknownClauseInSource(f"{source.name}:{line}: {unknown}") from None
    for clause_id in named:
        if place not in found[clause_id]:
            found[clause_id].append(place)


def _sources(root: Path, folder: str) -> Iterator[_Source]:
    """The Python files of one folder of the checkout that name a clause, in the order of their names."""
    if not (root / folder).is_dir():
        raise SourceUnreadable(f"there is no {folder}/ here; give the folder of the checkout")
    for path in sorted((root / folder).rglob("*.py")):
        name, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        tree = _parsed(name, text)  # each of them, so that none that cannot be read is passed over
        if names_a_clause(text):
            yield _Source(name, text, tree)


def _parsed(name: str, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise SourceUnreadable(f"{name}:{error.lineno or 1} is not valid Python; mend it first") from None


class _Source:
    """One Python file: its syntax tree, its comments by line and its lines of code."""

    def __init__(self, name: str, text: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        self.comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
        docstring_lines = {
            line
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }
        self.code_lines = {
            line
            for token in tokens
            if token.type not in _NO_CODE and not (token.type == tokenize.STRING and token.start[0] in docstring_lines)
            for line in range(token.start[0], token.end[0] + 1)
        }

    def doing(self) -> Iterator[tuple[int, str]]:
        """Line and text of each comment that stands with code, and of each string given as `clauses=`."""
        found = [(line, text) for line, text in self.comments.items() if self._stands_with_code(line)]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.keyword) and node.arg == "clauses":
                found += _strings(node.value)
        yield from sorted(found)

    def _stands_with_code(self, line: int) -> bool:
        """Whether a comment is beside code, or in a block of comments with code right below it."""
        while line not in self.code_lines and line in self.comments:
            line += 1
        return line in self.code_lines

    def holding(self) -> Iterator[tuple[str, int, str]]:
        """Test name, line and text of each docstring, comment and mark that belongs to a test."""
        for name, test in _tests_in(self.tree.body):
            body_end = test.end_lineno or test.lineno
            if docstring := ast.get_docstring(test, clean=False):
                yield name, test.body[0].lineno, docstring
            for decorator in test.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.clauses":
                    for argument in decorator.args:
                        for line, text in _strings(argument):
                            yield name, line, text
            for line in range(test.lineno, body_end + 1):
                if line in self.comments:
                    yield name, line, self.comments[line]


def _strings(node: ast.expr) -> list[tuple[int, str]]:
    """Line and text of a literal string, or of each string in a literal tuple, list or set."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [(node.lineno, node.value)]
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return [found for element in node.elts for found in _strings(element)]
    return []


def _tests_in(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The test functions of a module or class body, each with its name as pytest gives it."""
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _tests_in(node.body, f"{within}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield f"{within}{node.name}", node
