"""Decision tables: every combination of answers meets exactly one row, and that is checked when a table is read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import PathwaysError

OUTCOME = "outcome"
"""What an example points to when it points to the outcome and not to a condition."""
_FOLDER = Path(__file__).parent
_SHOWN = 10


class TableUnsound(PathwaysError):
    """A decision table leaves an answer open or gives two; mend the rows that the message names."""

    def __init__(self, table: str, problems: tuple[str, ...]) -> None:
        self.table = table
        self.problems = problems
        super().__init__(f"Mend the decision table {table}: {'; '.join(problems)}.")


class ConditionUnknown(PathwaysError):
    """A decision table was asked with an answer that it does not know; the message lists those it knows."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Row(_Part):
    """One row: the answers that it is for, what follows from them, and the clauses that say so."""

    id: str = Field(min_length=1)
    when: Mapping[str, str | tuple[str, ...]]
    """Condition to answer, or to several answers; a condition left out may have any."""
    then: str
    marker: str = ""
    """A literal word that the outcome is recorded with."""
    clauses: tuple[str, ...] = Field(min_length=1)


class Example(_Part):
    """
    One example that the source gives, in our words, with the answer or the outcome that it points to.

    It is a prompt: a person judges, and no example decides by itself.
    """

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    towards: Mapping[str, str] = Field(min_length=1, max_length=1)
    clauses: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a table says, which row said it, and on which clauses that row rests."""

    outcome: str
    row: str
    clauses: tuple[str, ...]
    marker: str = ""


class DecisionTable(_Part):
    """
    A table with one outcome; answers and outcomes stand in order, the most pressing first.

    Read it with `load_table` or `parse_table`, which refuse a table that is not complete or has rows that overlap.
    """

    name: str
    outcomes: tuple[str, ...] = Field(min_length=1)
    conditions: Mapping[str, tuple[str, ...]] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)
    examples: tuple[Example, ...] = ()

    def decide(self, **conditions: str) -> Decision:
        """
        The decision for one answer to every condition.

        Raises `ConditionUnknown` where a condition is missing or unknown, or an answer is not among its answers.
        """
        for name in sorted(conditions.keys() ^ self.conditions.keys()):
            known = ", ".join(self.conditions)
            raise ConditionUnknown(f"Answer each condition of the table {self.name} ({known}): check {name}.")
        for name, answer in conditions.items():
            if answer not in self.conditions[name]:
                known = ", ".join(self.conditions[name])
                raise ConditionUnknown(f"Answer {name} of the table {self.name} with one of {known}.")
        row = next(row for row in self.rows if _meets(row, conditions))
        return Decision(row.then, row.id, row.clauses, row.marker)

    def suggest(self, *example_ids: str) -> Mapping[str, str]:
        """
        What the examples that somebody ticked point to: for each condition, or the outcome, the most pressing.

        Raises KeyError for an example that the table does not have.
        """
        by_id = {example.id: example for example in self.examples}
        pointed: dict[str, str] = {}
        for example_id in example_ids:
            for column, value in by_id[example_id].towards.items():
                order = self._column(column)
                pointed[column] = min(pointed.get(column, value), value, key=order.index)
        return pointed

    def problems(self) -> tuple[str, ...]:
        """Everything that makes the table unsound, in words; nothing for a sound one."""
        return tuple(self._wrong_words()) or tuple(self._wrong_rows())

    def _column(self, name: str) -> tuple[str, ...]:
        return self.outcomes if name == OUTCOME else self.conditions.get(name, ())

    def _wrong_words(self) -> list[str]:
        found = [
            f"{name} has the answer {answer} twice"
            for name, answers in {**self.conditions, OUTCOME: self.outcomes}.items()
            for answer in sorted(set(answers))
            if answers.count(answer) > 1
        ]
        found += [f"the condition {name} has no answers" for name, known in self.conditions.items() if not known]
        ids = [row.id for row in self.rows] + [example.id for example in self.examples]
        found += [f"the id {one} stands twice" for one in sorted(set(ids)) if ids.count(one) > 1]
        for row in self.rows:
            if row.then not in self.outcomes:
                found.append(f"row {row.id} gives {row.then}, which is no outcome")
            for name, wanted in row.when.items():
                for answer in _several(wanted):
                    if answer not in self.conditions.get(name, ()):
                        found.append(f"row {row.id} asks for {name} = {answer}, which does not exist")
        for example in self.examples:
            for name, value in example.towards.items():
                if value not in self._column(name):
                    found.append(f"example {example.id} points to {name} = {value}, which does not exist")
        given = {row.then for row in self.rows}
        return found + [f"no row gives {outcome}" for outcome in self.outcomes if outcome not in given]

    def _wrong_rows(self) -> list[str]:
        found = []
        for answers in product(*self.conditions.values()):
            combination = dict(zip(self.conditions, answers, strict=True))
            met = [row.id for row in self.rows if _meets(row, combination)]
            if len(met) != 1:
                words = ", ".join(f"{name} = {answer}" for name, answer in combination.items())
                found.append(f"rows {' and '.join(met)} both take {words}" if met else f"no row takes {words}")
        left = len(found) - _SHOWN
        return [*found[:_SHOWN], f"and {left} more like these"] if left > 0 else found


def parse_table(text: str, name: str) -> DecisionTable:
    """The table in that TOML text; raises `TableUnsound` naming each combination left open or taken twice."""
    try:
        table = DecisionTable.model_validate({**tomllib.loads(text), "name": name})
    except tomllib.TOMLDecodeError as problem:
        raise TableUnsound(name, (f"it is not TOML: {problem}",)) from None
    except ValidationError as refused:
        errors = refused.errors(include_url=False, include_input=False)
        broken = (f"{'.'.join(str(step) for step in error['loc'])}: {error['msg']}" for error in errors)
        raise TableUnsound(name, tuple(broken)) from None
    if problems := table.problems():
        raise TableUnsound(name, problems)
    return table


@lru_cache
def load_table(name: str) -> DecisionTable:
    """The table of that name: "rag", "priority" or "complexity". Raises `TableUnsound`, KeyError if unknown."""
    path = _FOLDER / f"{name}.toml"
    if path.parent != _FOLDER or not path.is_file():
        raise KeyError(name)
    return parse_table(path.read_text(encoding="utf-8"), name)


def _several(wanted: str | tuple[str, ...]) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else wanted


def _meets(row: Row, combination: Mapping[str, str]) -> bool:
    return all(combination[name] in _several(wanted) for name, wanted in row.when.items())
