"""The tray of each team as a table artifact in Prefect, with references only."""

from __future__ import annotations

from collections.abc import Sequence

from prefect.artifacts import create_table_artifact
from prefect.settings import PREFECT_UI_URL
from sqlalchemy import select

from models.cases import Case
from models.tray import TrayPlace
from models.working_time import for_people
from tasks.durable.council import Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.tray.listing import PROCEDURE, UNRATED, TrayRow, tray_at

_RUNS = select(Case.ref, Case.flow_run_id).where(
    Case.procedure == PROCEDURE, Case.closed_at.is_(None), Case.flow_run_id.is_not(None)
)
TITLE = "# The planned work tray of {team}\n\nEverybody who waits, worst first; as of {moment}."


def write_tray_artifacts(council: Council | None = None) -> None:
    """One table for each team that has, or ever had, anybody on its tray; restricted cases are left out."""
    council = council or council_of_this_process()
    moment = for_people(council.clock.now())
    for team, table in trays_by_team(council).items():
        create_table_artifact(
            table=table, key=f"tray-{team}", description=TITLE.format(team=team.replace("-", " "), moment=moment)
        )


def trays_by_team(council: Council) -> dict[str, list[dict[str, str]]]:
    """The rows of each team's table; none where its tray is empty, so that an old table does not stand for today's."""
    with council.database.read() as session:
        rows = [row for row in tray_at(session, council.clock.now()) if not row.restricted]
        teams = {row.team for row in rows} | set(session.scalars(select(TrayPlace.team_id).distinct()))
        runs = {row.ref: row.flow_run_id for row in session.execute(_RUNS)}
    return {team: _table([row for row in rows if row.team == team], runs) for team in sorted(teams)}


def _table(rows: Sequence[TrayRow], runs: dict[str, str]) -> list[dict[str, str]]:
    ui = PREFECT_UI_URL.value()
    return [
        {
            "case": f"[{row.ref}]({ui}/runs/flow-run/{runs[row.ref]})" if ui and row.ref in runs else row.ref,
            "colour": row.colour or UNRATED,
            "priority": f"{row.priority or UNRATED}{' (urgent)' if row.urgent else ''}",
            "complexity": row.complexity or UNRATED,
            "days since request": str(row.days_since_request),
            "days on tray": str(row.days_on_tray),
            "last reached": for_people(row.last_reached_at) if row.last_reached_at else "never",
            "next contact": for_people(row.next_contact_due) if row.next_contact_due else "",
            "beware": ", ".join(row.beware),
            "manager": row.manager,
        }
        for row in rows
    ]
