"""`pathways policy`: is a policy file sound, and what in it awaits a decision."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.printing import say
from deployments.cli.shared import known_forms
from models.policy import Policy, PolicyInvalid, Problem, load_policy
from models.policy.toml_lines import lines_of

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Check a policy file.")


@app.callback()
def policy() -> None:
    """The council's settings."""


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The policy file.")]) -> None:
    """Check a policy file; every problem is named with its line, and exit code 2."""
    checked = load_policy(file)
    unknown = tuple(sorted(_unknown_forms(checked, file)))
    if unknown:
        raise PolicyInvalid(file.name, unknown)
    decided = [gap_id for gap_id in checked.gaps.all() if checked.has_decided(gap_id)]
    awaiting = checked.awaiting_legal_advice()
    say(f"{file.name} is sound: version {checked.version}")
    say(f"Decided here: {len(decided)} of {len(checked.gaps.all())} points; for the others our default holds")
    say(f"Awaiting legal advice: {', '.join(awaiting) or 'none'}")


def _unknown_forms(checked: Policy, file: Path) -> list[Problem]:
    """Each form that has timings of its own and that no procedure asks for."""
    known = {form.slug() for form in known_forms()}
    named = set(checked.work_items.forms) - known
    if not named:
        return []
    lines = lines_of(file.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
    return [Problem(lines.get(("work_items", "forms", slug), 1), _no_such_form(slug, known)) for slug in named]


def _no_such_form(slug: str, known: set[str]) -> str:
    near = get_close_matches(slug, sorted(known), n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"the forms are {', '.join(sorted(known))}"
    return f'work_items.forms: there is no form "{slug}"; {hint}'
