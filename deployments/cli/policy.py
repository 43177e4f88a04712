"""`pathways policy`: is a policy file sound, what in it awaits a decision, and what would it do to the open cases."""

from __future__ import annotations

import pkgutil
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

import flows
from deployments.cli.policy_preview import Preview, preview
from deployments.cli.printing import say, write_json
from deployments.cli.shared import AsJson, clock, known_forms, open_database
from models.errors import CheckFailed, PathwaysError
from models.policy import Policy, PolicyInvalid, Problem, load_policy
from models.policy.toml_lines import lines_of

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Check a policy file.")


class NotApproved(CheckFailed):
    """The policy changes what needs an approval that it does not show."""


@app.callback()
def policy() -> None:
    """The council's settings."""


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The policy file.")], as_json: AsJson = False) -> None:
    """
    Check a policy file, and show which open cases would be due earlier or later by it; nothing is changed.

    Every problem is named with its line, and exit code 2. Exit code 1 where local risk factors were changed without
    approval. Where this installation has no database, the file alone is checked.
    """
    checked = load_policy(file)
    unknown = tuple(sorted([*_unknown_forms(checked, file), *_unknown_procedures(checked, file)]))
    if unknown:
        raise PolicyInvalid(file.name, unknown)
    decided = [gap_id for gap_id in checked.gaps.all() if checked.has_decided(gap_id)]
    awaiting = checked.awaiting_legal_advice()
    foreseen, why_not = _look_at_open_cases(checked)
    if as_json:
        write_json(
            {
                "file": file.name,
                "version": checked.version,
                "decided": len(decided),
                "points": len(checked.gaps.all()),
                "awaiting_legal_advice": list(awaiting),
                "retention": checked.retention.model_dump(mode="json"),
                "not_approved": list(foreseen.factor_problems) if foreseen else [],
                "open_cases": foreseen.as_json() if foreseen else None,
                "open_cases_not_looked_at_because": why_not or None,
            }
        )
    else:
        say(f"{file.name} is sound: version {checked.version}")
        say(f"Decided here: {len(decided)} of {len(checked.gaps.all())} points; for the others our default holds")
        say(f"Awaiting legal advice: {', '.join(awaiting) or 'none'}")
        say(_kept(checked))
        if foreseen:
            foreseen.tell()
        else:
            say(f"Open cases were not looked at: {why_not}")
    if foreseen and foreseen.factor_problems:
        raise NotApproved("; ".join(foreseen.factor_problems))


def _kept(checked: Policy) -> str:
    """The retention schedule in a line."""
    retention = checked.retention
    own = "".join(f", {name} {kept.kept_for}" for name, kept in sorted(retention.procedures.items()))
    return f"Closed cases are kept {retention.default.kept_for}{own} (decided {retention.decided_on.isoformat()})"


def _look_at_open_cases(checked: Policy) -> tuple[Preview | None, str]:
    """What it would do to them; where there is no database, or none that can be used now, why that cannot be told."""
    try:
        with open_database().read() as session:
            return preview(session, checked, clock.now()), ""
    except PathwaysError as away:
        return None, str(away)


def _unknown_forms(checked: Policy, file: Path) -> list[Problem]:
    """Each form that has timings of its own and that no procedure asks for."""
    known = {form.slug() for form in known_forms()}
    named = set(checked.work_items.forms) - known
    if not named:
        return []
    lines = lines_of(file.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
    return [Problem(lines.get(("work_items", "forms", slug), 1), _no_such_form(slug, known)) for slug in named]


def _unknown_procedures(checked: Policy, file: Path) -> list[Problem]:
    """Each procedure that has a line of its own in the retention schedule and that this version does not have."""
    known = {module.name.replace("_", "-") for module in pkgutil.iter_modules(flows.__path__)}
    named = set(checked.retention.procedures) - known
    if not named:
        return []
    lines = lines_of(file.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
    return [
        Problem(
            lines.get(("retention", "procedures", name), 1),
            f'retention.procedures: there is no procedure "{name}"; {_meant(name, known)}',
        )
        for name in named
    ]


def _no_such_form(slug: str, known: set[str]) -> str:
    return f'work_items.forms: there is no form "{slug}"; {_meant(slug, known)}'


def _meant(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f'did you mean "{near[0]}"?' if near else f"there are {', '.join(sorted(known))}"
