"""The clause catalogue, read from the TOML files beside this module and checked as it is read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from models.errors import PathwaysError

FAMILIES = {
    "DUTY": "duty_contact.toml",
    "PWT": "planned_work_tray.toml",
    "ARR": "arranging_support.toml",
    "REA": "reablement.toml",
    "TRN": "safe_transitions.toml",
}
"""The letters before a clause's number, and the file that holds the family."""

LATER = "later"
"""The plan of a procedure that nothing dated is planned for."""


class CatalogueWrong(PathwaysError):
    """The clause files contradict themselves; the message names the file and what to mend in it."""


class Force(StrEnum):
    """How strongly a clause binds."""

    MUST = "must"
    """It has to be done, by law or by the procedure's own words."""
    SHOULD = "should"
    """It is expected, and leaving it out needs a reason."""
    MAY = "may"
    """It is allowed, and somebody chooses."""
    FACT = "fact"
    """It defines or describes; what is built behaves accordingly."""


@dataclass(frozen=True, slots=True)
class Clause:
    """
    One thing that a procedure asks for.

    `id` is a family and a number (`DUTY-17`), `wording` one sentence of our own, and `plan` what the clause
    is built with, or "later".
    """

    id: str
    procedure: str
    force: Force
    wording: str
    plan: str


@cache
def catalogue() -> dict[str, Clause]:
    """
    Every clause by its id, in the order of the families and their numbers.

    Read once and shared by all callers, so treat it as read-only.

    Raises:
        CatalogueWrong: an id stands twice, in the wrong file or leaves a hole in the numbers, a force is not
            one of the four, or the plan and the clause files do not name the same procedures.
    """
    folder = resources.files("models.clauses")
    texts = {family: folder.joinpath(name).read_text(encoding="utf-8") for family, name in FAMILIES.items()}
    return read_catalogue(texts, folder.joinpath("plan.toml").read_text(encoding="utf-8"))


def read_catalogue(texts: dict[str, str], plan_text: str) -> dict[str, Clause]:
    """Read clauses from one TOML text per family and the plan's TOML text; see `catalogue` for the errors."""
    plan: dict[str, str] = tomllib.loads(plan_text)
    clauses = [clause for family, text in texts.items() for clause in _read_family(family, text, plan)]
    unused = sorted(plan.keys() - {clause.procedure for clause in clauses})
    if unused:
        raise CatalogueWrong(f"plan.toml names {unused[0]}, which no clause belongs to; take the line out")
    return {clause.id: clause for clause in clauses}


def _read_family(family: str, text: str, plan: dict[str, str]) -> list[Clause]:
    """The clauses of one family, by number."""
    file = FAMILIES[family]
    by_number: dict[int, Clause] = {}
    tables: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(text)
    for procedure, table in tables.items():
        if procedure not in plan:
            raise CatalogueWrong(f'plan.toml lacks the procedure {procedure} of {file}; add it, or "{LATER}"')
        for clause_id, forces in table.items():
            number = _number(family, clause_id)
            if number in by_number:
                raise CatalogueWrong(f"{file} has {clause_id} twice; keep it under one procedure")
            force, wording = _force_and_wording(file, clause_id, forces)
            by_number[number] = Clause(clause_id, procedure, force, wording, plan[procedure])
    for expected in range(1, len(by_number) + 1):
        if expected not in by_number:
            raise CatalogueWrong(f"{file} has no {family}-{expected:02}; ids run on without a hole")
    return [by_number[number] for number in sorted(by_number)]


def _number(family: str, clause_id: str) -> int:
    """The number in an id such as `DUTY-07`, written with at least two digits."""
    digits = clause_id.removeprefix(f"{family}-")
    if not digits.isdecimal() or clause_id != f"{family}-{int(digits):02}":
        raise CatalogueWrong(f"{FAMILIES[family]} has {clause_id}; write it as {family}-01, {family}-02 and so on")
    return int(digits)


def _force_and_wording(file: str, clause_id: str, forces: dict[str, Any]) -> tuple[Force, str]:
    """The one force of a clause and the sentence that stands under it."""
    if len(forces) != 1:
        raise CatalogueWrong(f"{file} gives {clause_id} {len(forces)} forces; keep one line for it")
    ((force, wording),) = forces.items()
    if force not in set(Force):
        raise CatalogueWrong(f"{file} gives {clause_id} the force {force}; use one of {', '.join(Force)}")
    return Force(force), str(wording)
