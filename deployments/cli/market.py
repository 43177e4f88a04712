"""`pathways market`: the last oversight of the market with its figures, and the risk in recruitment from abroad."""

from __future__ import annotations

from typing import Any

import typer

from deployments.cli.concerns import member_at_work
from deployments.cli.printing import iso, say, write_json, write_table
from deployments.cli.shared import AsJson, AsStaffOrNobody, clock, note_look, open_council
from tasks.market.actions import KnownAction
from tasks.worklist.market_view import FigureShown, MarketView, ProviderShown, RiskShown, market_view

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Show the last oversight of the market of care, and the risk in recruitment from abroad.",
)


@app.callback()
def _several() -> None:
    """Keep `show` a command of its own."""


@app.command()
def show(staff: AsStaffOrNobody = None, as_json: AsJson = False) -> None:
    """
    Show what was counted about each provider, what the group decided, what came of it, and recruitment from abroad.

    With --as it has no more than that member of staff may see. --json has references and numbers only. Whoever looks is
    noted in the access log.
    """
    council = open_council()
    member = member_at_work(council, staff) if staff is not None else None
    with council.database.read() as session:
        view = market_view(session, member, clock.now())
    with council.database.write() as session:
        for ref in view.cases:
            note_look(session, staff, "read-market", ref)
    if as_json:
        write_json(_as_json(view))
    else:
        _tell(view)


# ------------------------------------------------------------------ for people


def _tell(view: MarketView) -> None:
    if view.ref is None:
        say("There is no oversight to be seen: it is opened on the morning on which it is due")
    else:
        say(f"Oversight {view.ref}: {'the group has not decided everything' if view.is_open else 'the group has met'}")
        if view.themes is not None:
            say(f"Counted from {view.themes.window.in_words}, beside {view.themes.before.in_words}")
        write_table(
            ("Provider", "People", "Link worker", "Figures", "Proposed by", "Decided"),
            map(_provider, view.providers),
            wrapped=("Provider", "Figures", "Proposed by", "Decided"),
        )
        write_table(
            ("Action", "Provider", "Decided", "By", "Stands"), map(_action, view.actions), wrapped=("Provider",)
        )
    write_table(
        ("Recruitment risk", "Provider", "Level", "Row", "Both sides", "Waits for"),
        map(_risk, view.risks),
        wrapped=("Provider", "Both sides", "Waits for"),
    )


def _provider(one: ProviderShown) -> tuple[str, ...]:
    return (
        one.name,
        str(one.supported) if one.supported else "not known",
        one.link_worker_name or one.link_worker or "none",
        "; ".join(map(_figure, one.figures)),
        "; ".join(one.proposed),
        ", ".join(decision.replace("-", " ") for decision in one.decided),
    )


def _figure(one: FigureShown) -> str:
    refs = [*one.refs, *([f"{one.beyond} not yours to open"] if one.beyond else [])]
    each = f", {one.per_hundred:.0f} to a hundred" if one.per_hundred is not None and one.count else ""
    return f"{one.figure} {one.count} (before {one.before}{each}){': ' + ' '.join(refs) if refs else ''}"


def _action(one: KnownAction) -> tuple[str, ...]:
    by = one.done_by.isoformat() if one.done_by else "next meeting"
    return one.ref, one.name, one.decision.replace("-", " "), by, "open" if one.is_open else "ended"


def _risk(one: RiskShown) -> tuple[str, ...]:
    level = f"{one.level or 'not weighed yet'}{', by a manager' if one.another_level else ''}"
    return one.ref, one.name, level, one.row, one.both_sides, one.awaits


# ------------------------------------------------------------------ for programs


def _as_json(view: MarketView) -> dict[str, Any]:
    return {
        "ref": view.ref,
        "opened_at": iso(view.opened_at),
        "is_open": view.is_open,
        "window": view.themes.window.model_dump(mode="json") if view.themes else None,
        "before": view.themes.before.model_dump(mode="json") if view.themes else None,
        "met_on": view.meeting.met_on.isoformat() if view.meeting else None,
        "providers": [
            {
                "provider": one.provider,
                "supported": one.supported,
                "link_worker": one.link_worker,
                "proposed": list(one.proposed),
                "decided": [str(decision) for decision in one.decided],
                "figures": [
                    {
                        "figure": figure.figure,
                        "count": figure.count,
                        "before": figure.before,
                        "per_hundred": figure.per_hundred,
                        "kinds": dict(figure.kinds),
                        "refs": list(figure.refs),
                        "beyond": figure.beyond,
                    }
                    for figure in one.figures
                ],
            }
            for one in view.providers
        ],
        "actions": [
            {
                "ref": one.ref,
                "provider": one.provider,
                "decision": str(one.decision),
                "decided_at": iso(one.decided_at),
                "done_by": one.done_by.isoformat() if one.done_by else None,
                "is_open": one.is_open,
            }
            for one in view.actions
        ],
        "risks": [
            {
                "ref": one.ref,
                "provider": one.provider,
                "level": str(one.level) if one.level else None,
                "row": one.row or None,
                "another_level": one.another_level,
                "next_due": iso(one.next_due),
            }
            for one in view.risks
        ],
    }
