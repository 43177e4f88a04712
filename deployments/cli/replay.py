"""`pathways replay`: would open cases go on the same way under the code that is installed here?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployments.cli.printing import progress_bar, say, write_json, write_table
from deployments.cli.restricted import NEUTRAL_NAME
from deployments.cli.shared import AsJson, open_council_to_read, prepare_prefect
from models.errors import CheckFailed, PathwaysError
from models.refs import read_ref
from tasks.installation import Installation

if TYPE_CHECKING:
    from tasks.durable.council import Council
    from tasks.durable.replay import Replayed

app = typer.Typer(rich_markup_mode=None)


@app.command()
def replay(
    ref: Annotated[str | None, typer.Argument(help="The case; or say --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every open case.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Run ledgers against this version without effects; names each case that would take another way (exit code 1).

    Nothing is written. The database may be that of an earlier or a later version, and the system may be running.
    """
    if (ref is None) != every:
        raise PathwaysError("say which case, or --all")
    prepare_prefect(Installation.from_environment())  # procedures are Prefect flows, and read its settings
    council = open_council_to_read()
    found = _found(council) if ref is None else [_one(council, ref)]
    others = [one for one in found if not one.way.goes_on]
    if as_json:
        write_json([_as_json(one) for one in found])
    else:
        _tell(found, others)
    if others:
        raise CheckFailed(f"{len(others)} of {len(found)} cases would not go on the same way; nothing was changed")


def _found(council: Council) -> list[Replayed]:
    from tasks.durable.replay import open_cases, replay_each

    found: list[Replayed] = []
    cases = open_cases(council)
    with progress_bar(f"Replaying {len(cases)} cases") as progress:
        for one in replay_each(council, cases):
            found.append(_as_anybody_may_see(one))
            if progress:
                progress(len(found), len(cases))
    return found


def _one(council: Council, ref: str) -> Replayed:
    from tasks.durable.replay import replay as replay_one

    return replay_one(council, read_ref(ref))


def _as_anybody_may_see(one: Replayed) -> Replayed:
    """Of a restricted case a list names neither its procedure nor its steps; whoever needs them names the case."""
    from dataclasses import replace

    if not one.restricted:
        return one
    why = f"restricted; `pathways replay {one.ref}` says why" if one.why else ""
    return replace(one, procedure=NEUTRAL_NAME, why=why)


def _as_json(one: Replayed) -> dict[str, Any]:
    return {"ref": one.ref, "procedure": one.procedure, "way": str(one.way), "why": one.why}


def _tell(found: list[Replayed], others: list[Replayed]) -> None:
    from tasks.durable.replay import Way

    for one in others:
        say(f"{one.ref} {one.way} {one.why}")
    if len(found) > 1:
        ways = [way for way in Way if any(one.way is way for one in found)]
        counted = Counter((one.procedure, one.way) for one in found)
        rows = [
            (name, *(str(counted[name, way] or "") for way in ways))
            for name in sorted({one.procedure for one in found})
        ]
        write_table(("Procedure", *map(str, ways)), rows)
    for why, number in _declared(found):
        say(f"{number} of them: {why}")
    if not others:
        say(f"{len(found)} cases go on the same way")


def _declared(found: Iterable[Replayed]) -> list[tuple[str, int]]:
    """What cases would do that is newer than they are, and how many would, the most first."""
    from tasks.durable.replay import Way

    return Counter(one.why for one in found if one.way is Way.DECLARED).most_common()
