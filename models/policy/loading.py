"""Reading a council's policy file, and naming everything that is wrong with it at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.errors import PathwaysError
from models.policy.policy import Policy
from models.policy.settings import Settings
from models.policy.toml_lines import Path, lines_of
from models.roles import Role


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a policy file, and the line on which it stands."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


class PolicyInvalid(PathwaysError):
    """The policy cannot be used; mend every line that the message names and check it again."""

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        self.name = name
        self.problems = problems
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"Mend {name} and check it again:\n{listed}")


def load_policy(path: FilePath) -> Policy:
    """
    The policy in that file.

    Raises `PolicyInvalid`, which names every problem with its line; also where there is no readable file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        reason = problem.strerror or "it cannot be opened"
        raise PolicyInvalid(str(path), (Problem(1, f"the file cannot be read: {reason}"),)) from None
    except UnicodeDecodeError:
        raise PolicyInvalid(str(path), (Problem(1, "save the file as UTF-8 text"),)) from None
    return parse_policy(text, name=path.name)


def parse_policy(text: str, name: str = "policy.toml") -> Policy:
    """The policy in that TOML text; `name` is what errors call it. Raises `PolicyInvalid`."""
    text = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
        as_json = json.dumps(data, default=_as_json)
        lines = lines_of(text)
    except tomllib.TOMLDecodeError as problem:
        raise PolicyInvalid(name, (_syntax_problem(str(problem), text),)) from None
    except RecursionError:
        raise PolicyInvalid(name, (Problem(1, "something in it is nested too deeply; write it flatter"),)) from None
    except ValueError:
        raise PolicyInvalid(name, (Problem(1, "a number in it has thousands of digits; write it shorter"),)) from None
    problems = {Problem(_line(lines, path), said) for path, said in _between_settings(data)}
    try:
        policy = Policy.model_validate_json(as_json, strict=True)
    except ValidationError as refused:
        for error in refused.errors(include_url=False, include_input=False):
            path = _path(error)
            problems.add(Problem(_line(lines, path), _in_words(path, error)))
        raise PolicyInvalid(name, tuple(sorted(problems))) from None
    if problems:
        raise PolicyInvalid(name, tuple(sorted(problems)))
    return policy


# ---------------------------------------------------------------------- what one setting says about another


def _between_settings(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Problems that no single setting shows; whatever is not of the expected shape is left to Pydantic."""
    teams = [team.get("id") for team in _tables(data.get("teams"))]
    for index, team_id in enumerate(teams):
        if team_id is not None and team_id in teams[:index]:
            yield ("teams", index, "id"), f'the team "{team_id}" stands here for the second time'
    if teams and not any(team.get("sorts_incoming") is True for team in _tables(data.get("teams"))):
        yield ("teams",), "no team has sorts_incoming = true; somebody must sort incoming mail"
    for path, team_id in _team_references(data):
        if isinstance(team_id, str) and team_id not in teams:
            yield path, f'{_dotted(path)}: there is no team "{team_id}"; {_did_you_mean(team_id, teams)}'
    retention = data.get("retention")
    given = retention if isinstance(retention, dict) else {"owner": None, "decided_on": None}
    for needed in ("owner", "decided_on"):
        if needed not in given:
            yield ("retention",), f"retention: {needed} is missing; a schedule says who decided it, and when"
    for name in ("market_oversight", "recruitment_risk", "moves", "contingency", "brokerage", "out_of_area"):
        yield from _says_who_decided(name, data.get(name))
    gaps = data.get("gaps")
    for gap_id, gap in gaps.items() if isinstance(gaps, dict) else ():
        for needed in ("owner", "decided_on") if isinstance(gap, dict) else ():
            if needed not in gap:
                yield ("gaps", gap_id), f"gaps.{gap_id}: {needed} is missing; a local decision has both"


def _says_who_decided(name: str, decided: Any) -> Iterator[tuple[Path, str]]:
    for needed in ("owner", "decided_on") if isinstance(decided, dict) else ():
        if needed not in decided:
            yield (name,), f"{name}: {needed} is missing; a local decision has both"


def _team_references(data: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    queues, gaps = data.get("queues"), data.get("gaps")
    for kind, queue in queues.items() if isinstance(queues, dict) else ():
        if isinstance(queue, dict) and "team" in queue:
            yield ("queues", kind, "team"), queue["team"]
    moves = data.get("moves")
    for index, pathway in enumerate(_tables(moves.get("pathways")) if isinstance(moves, dict) else ()):
        if "team" in pathway:
            yield ("moves", "pathways", index, "team"), pathway["team"]
    for gap_id, gap in gaps.items() if isinstance(gaps, dict) else ():
        for key in ("disability_pathway_team", "mental_health_team"):
            if isinstance(gap, dict) and key in gap:
                yield ("gaps", gap_id, key), gap[key]


def _tables(value: Any) -> list[dict[str, Any]]:
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


# ---------------------------------------------------------------------- words and lines


def _syntax_problem(message: str, text: str) -> Problem:
    found = re.search(r" \(at line (\d+), column \d+\)$", message)
    line = int(found[1]) if found else max(1, len(text.rstrip().splitlines()))
    return Problem(line, "this is not TOML: " + re.sub(r" \(at [^)]*\)$", "", message))


def _path(error: ErrorDetails) -> Path:
    """The way to what is wrong; where a table's key is, Pydantic puts a step of its own after it."""
    of_a_key = error["type"] != "extra_forbidden" and error["loc"][-1:] == ("[key]",)
    return error["loc"][:-1] if of_a_key else error["loc"]


def _line(lines: Mapping[Path, int], path: Path) -> int:
    """The line of the setting, or of the innermost table around one that is missing."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _dotted(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _in_words(path: Path, error: ErrorDetails) -> str:
    where = _dotted(path) or "the policy"
    match error["type"]:
        case "extra_forbidden":
            return f"{where} is not a setting; {_did_you_mean(str(path[-1]), _known_keys())}"
        case "missing":
            return f"{where} is missing"
        case "enum" if "team-leader" in error["msg"]:
            return f"{where} is not a role; the roles are {', '.join(Role)}"
        case "value_error":
            return f"{where}: {error['msg'].removeprefix('Value error, ')}"
        case _:
            return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _did_you_mean(word: str, known: Any) -> str:
    near = get_close_matches(word, sorted({str(one) for one in known}), n=1)
    return f'did you mean "{near[0]}"?' if near else "take it out or see the example council's file"


def _known_keys() -> Iterator[str]:
    groups: list[type[Settings]] = [Settings]
    while groups:
        group = groups.pop()
        groups.extend(group.__subclasses__())
        for name, field in group.model_fields.items():
            yield field.alias or name


def _as_json(value: object) -> str:
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    raise TypeError(f"TOML has no {type(value).__name__}")
