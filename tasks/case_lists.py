"""The managers' lists of open cases, as table artifacts in Prefect."""

from __future__ import annotations

from collections import defaultdict

from prefect.artifacts import create_table_artifact
from prefect.settings import PREFECT_UI_URL
from sqlalchemy import select

from models.cases import Case
from models.notices import Recipient
from models.states import CaseStatus
from models.working_time import for_people
from tasks.durable.council import Council
from tasks.durable.prefect_runtime import council_of_this_process


def write_case_lists() -> None:
    """One table for each owner; restricted cases are left out."""
    for owner, rows in open_cases_by_owner(council_of_this_process()).items():
        whom = Recipient.from_tag(owner)
        create_table_artifact(
            table=rows,
            key=f"open-cases-{owner}",
            description=f"# Open cases of {whom.words}\n\nEvery open case, those due first at the top.",
        )


def open_cases_by_owner(council: Council) -> dict[str, list[dict[str, str]]]:
    """Rows of references, procedures, what is awaited and when, by the owner's tag."""
    with council.database.read() as session:
        cases = session.scalars(
            select(Case)
            .where(Case.status != CaseStatus.CLOSED, Case.restricted.is_(False))
            .order_by(Case.next_due, Case.ref)
        ).all()
    ui, lists = PREFECT_UI_URL.value(), defaultdict(list)
    for case in cases:
        link = f"[{case.ref}]({ui}/runs/flow-run/{case.flow_run_id})" if ui and case.flow_run_id else case.ref
        lists[case.owner].append(
            {
                "case": link,
                "procedure": case.procedure.replace("-", " "),
                "waits": case.awaiting,
                "next": for_people(case.next_due) if case.next_due else "",
                "open since": for_people(case.opened_at),
            }
        )
    return dict(lists)
