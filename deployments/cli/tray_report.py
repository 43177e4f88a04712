"""The report on the tray as people read it, as programs do, and as a spreadsheet takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from deployments.cli.printing import iso, say, write_table
from tasks.tray.figures import ContactFigures, Group, WaitFigures
from tasks.tray.reporting import Override, People, Report, SecondDecision

EVERY = "all"
"""What stands for every team or every colour in a table."""
WAITS = ("people", "median_days", "ninetieth_centile_days", "longest_days", "over_28_days")
CONTACTS = ("due", "on_time", "late", "missed", "overdue_at_end", "longest_overdue_days")
WHOSE = ("left", "allocated", "waiting")


def json_of(found: Report, *, with_reasons: bool) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "from": found.begins.isoformat(),
        "to": found.ends.isoformat(),
        "team": found.team,
        "groups": [asdict(one) for one in found.groups],
        "left_by": dict(found.outcomes),
        "longest_wait": asdict(found.longest) if found.longest else None,
        "unreachable": asdict(found.unreachable),
        "died": asdict(found.died),
        "in_hospital": asdict(found.in_hospital),
        "overrides": [_decision(one, with_reasons) | {"departed": list(one.departed)} for one in found.overrides],
        "second_decisions": [
            _decision(one, with_reasons) | {"by": one.by, "agreed": one.agreed} for one in found.second_decisions
        ],
        "erased_cases": found.erased,
    }


def csv_of(found: Report) -> tuple[Sequence[str], Iterable[Sequence[str]]]:
    """Column titles and rows of the report's groups; what is no figure of a group is in the table and the JSON."""
    columns = ["team", "colour", *(f"{who}_{name}" for who in WHOSE for name in WAITS)]
    return [*columns, *(f"contacts_{name}" for name in CONTACTS)], (list(_cells(one)) for one in found.groups)


def tell_report(found: Report, *, with_reasons: bool) -> None:
    """Write the report for people."""
    say(f"The planned work tray from {found.begins.isoformat()} to {found.ends.isoformat()}, as known at its end.")
    say()
    say("Days waited since help was asked for: median / 90th centile / longest, and how many over 28 days.")
    columns = ("Team", "Colour", "Left", "", "Of them allocated", "", "Still waiting", "")
    write_table(columns, (_row(one, (one.left, one.allocated, one.waiting)) for one in found.groups))
    say()
    say("Contacts:")
    contacts = ((*_whose(one), *(_cell(getattr(one.contacts, name)) for name in CONTACTS)) for one in found.groups)
    write_table(
        ("Team", "Colour", "Due", "On time", "Late", "Missed", "Overdue at the end", "Days overdue at most"), contacts
    )
    say()
    say("Left the tray: " + ("; ".join(f"{how} {number}" for how, number in found.outcomes.items()) or "nobody") + ".")
    if found.longest is not None:
        ref = found.longest.ref or "a restricted case"
        say(f"Longest wait: {found.longest.days} days ({ref}).")
    say(f"Could not be reached by every attempt: {_people(found.unreachable)}.")
    say(f"Died while waiting: {_people(found.died)}.")
    say(f"Went into hospital while waiting: {_people(found.in_hospital)}.")
    say(f"Ratings in which a manager departed from a table: {len(found.overrides)}.")
    for one in found.overrides:
        say(f"  {one.ref}  {'; '.join(one.departed)}{_reasons(one, with_reasons)}")
    say(f"Decisions of a second manager on lowering a Red case: {len(found.second_decisions)}.")
    for said in found.second_decisions:
        answer = "agreed" if said.agreed else "not agreed"
        say(f"  {said.ref}  {answer} by {said.by}{_reasons(said, with_reasons)}")
    if found.erased:
        say(f"{found.erased} cases are missing: what their ledgers said was erased when its time had passed.")


def _decision(one: Override | SecondDecision, with_reasons: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"ref": one.ref, "at": iso(one.at)}
    return said | {"reasons": one.reasons} if with_reasons else said


def _reasons(one: Override | SecondDecision, with_reasons: bool) -> str:
    return f": {one.reasons}" if with_reasons and one.reasons else ""


def _people(found: People) -> str:
    named = ", ".join(f"{one.person} ({one.ref})" for one in found.named)
    return f"{found.count}{f': {named}' if named else ''}"


def _whose(one: Group) -> tuple[str, str]:
    return one.team or EVERY, one.colour or EVERY


def _row(one: Group, waits: Iterable[WaitFigures]) -> tuple[str, ...]:
    cells: list[str] = [*_whose(one)]
    for found in waits:
        days = f"{found.median_days} / {found.ninetieth_centile_days} / {found.longest_days}, {found.over_28_days} over"
        cells += [str(found.people), days if found.people else ""]
    return tuple(cells)


def _cells(one: Group) -> Iterator[str]:
    yield from _whose(one)
    figures: list[tuple[WaitFigures | ContactFigures, Sequence[str]]] = [
        *((getattr(one, who), WAITS) for who in WHOSE),
        (one.contacts, CONTACTS),
    ]
    for found, names in figures:
        for name in names:
            yield _cell(getattr(found, name))


def _cell(value: int | None) -> str:
    return "" if value is None else str(value)
