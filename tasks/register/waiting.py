"""Who is shown as waiting on which team's tray, with what was shown before."""

from __future__ import annotations

from collections.abc import Hashable

from sqlalchemy import select

from models.register import Person, Team
from models.tray import SeenWaiting
from tasks.register.one_file import ALREADY, NO_PERSON, NO_RECORD, NO_TEAM, Import
from tasks.register.rows import WaitingRow


def apply_waiting(to: Import) -> None:
    """
    Who is shown as waiting, with what was shown before: what is said otherwise ends one row and begins another.

    So it can be told of any past day whom the extract had shown by then. Somebody may wait on two teams' trays.
    """
    by_record = {record_id: who for who, record_id in to.session.execute(select(Person.id, Person.record_id))}
    people, teams = set(by_record.values()), set(to.session.scalars(select(Team.id)))
    shown = to.session.scalars(select(SeenWaiting).where(SeenWaiting.gone_at.is_(None)))
    held: dict[Hashable, SeenWaiting] = {(one.person_id, one.team_id): one for one in shown}
    for line, row in to.read.rows:
        assert isinstance(row, WaitingRow)
        who = by_record.get(row.record_id, "") if row.record_id else row.person_id or ""
        if who not in people:
            to.read.reject(line, row.person_id or "", NO_RECORD if row.record_id else NO_PERSON)
        elif row.person_id not in (None, who):
            to.read.reject(line, row.person_id or "", "record_id belongs to another person in the register")
        elif row.team_id not in teams:
            to.read.reject(line, who, NO_TEAM)
        elif (who, row.team_id) in to.seen:
            to.read.reject(line, who, ALREADY, known=True)
        else:
            _show(to, held, who, row)
    for gone in to.missing(held, lambda one: one.person_id):
        gone.gone_at = to.now
        to.report.ended += 1


def _show(to: Import, held: dict[Hashable, SeenWaiting], who: str, row: WaitingRow) -> None:
    key, known = (who, row.team_id), held.get((who, row.team_id))
    to.seen.add(key)
    says_since = "waiting_since" in row.model_fields_set
    if known is not None and (not says_since or known.waiting_since == row.waiting_since):
        to.report.unchanged += 1
        return
    if known is None:
        to.report.added += 1
    else:
        known.gone_at = to.now
        to.report.changed += 1
    to.session.add(
        SeenWaiting(
            person_id=who,
            team_id=row.team_id,
            waiting_since=row.waiting_since,
            first_shown_at=to.now,
            gone_at=None,
        )
    )
