"""`pathways hold`: legal holds, for an inquiry, an inquest, a complaint or a claim."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.shared import AsJson, AsStaff, AsStaffOrNobody, member_named, note_look, open_council
from models.errors import CheckFailed
from models.permissions import Action, Reach, reach_of
from models.refs import read_ref
from models.retention import HoldKind, LegalHold
from models.roles import Role
from tasks.retention.holds import holds_standing, lift_hold, place_hold

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Keep a case, or everything about a person, from being erased."
)


class MayNotHold(CheckFailed):
    """Holds are placed and lifted by those whom the table of permissions names."""

    def __init__(self, staff_id: str) -> None:
        super().__init__(
            f"{staff_id} may not place or lift legal holds: ask legal, complaints or information governance staff, a "
            "strategic manager or the head of service"
        )


@app.command()
def place(
    kind: Annotated[HoldKind, typer.Option(help="What it is kept for.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="The inquiry's or claim's own reference; no names.")],
    staff: AsStaff,
    case: Annotated[str | None, typer.Option("--case", metavar="REF", help="Keep this case and its family.")] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="Keep every case about them, past and to come.")
    ] = None,
) -> None:
    """Keep a case, or everything about a person, until the hold is lifted; prints the hold's id. It is noted."""
    council, ref = open_council(), None if case is None else read_ref(case)
    with council.change() as change:
        by = _somebody_who_may(change.session, staff)
        placed = place_hold(change, case_ref=ref, person_id=person, kind=kind, reason=reason, by=by)
    say(placed)


@app.command()
def lift(
    hold: Annotated[str, typer.Argument(metavar="H-ID", help="The hold, such as H-7K3Q9PXM2B.")],
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why it is no longer needed; no names.")],
    staff: AsStaff,
) -> None:
    """Lift a hold: what it kept is erased by the schedule again, at once where its time has passed. It is noted."""
    with open_council().change() as change:
        lift_hold(change, hold, because=because, by=_somebody_who_may(change.session, staff))
    say(f"{hold} is lifted; what the schedule lets go is erased in the next run, see `pathways retention due`")


@app.command("list")
def list_holds(
    everything: Annotated[bool, typer.Option("--all", help="Also those that were lifted.")] = False,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
) -> None:
    """List the holds that stand, the oldest first. Whoever looks is noted in the access log."""
    council = open_council()
    with council.database.write() as session:
        note_look(session, staff, "list-holds", "all" if everything else "standing")
    with council.database.read() as session:
        every = select(LegalHold).order_by(LegalHold.placed_at, LegalHold.id)
        found = list(session.scalars(every)) if everything else holds_standing(session)
    if as_json:
        write_json([_as_json(one) for one in found])
        return
    columns = ("Hold", "For", "On", "Reason", "Placed", "By", "Lifted", "Because")
    write_table(columns, (_as_row(one) for one in found), wrapped=("Reason", "Because"))
    say(f"{len(found)} hold{'' if len(found) == 1 else 's'}")


def _somebody_who_may(session: Session, staff_id: str) -> str:
    member = member_named(session, staff_id)
    if reach_of(Role(member.role), Action.HOLD) is not Reach.EVERYTHING:
        raise MayNotHold(member.id)
    return member.id


def _as_row(hold: LegalHold) -> tuple[str, ...]:
    lifted = f"{short(hold.lifted_at)}, {hold.lifted_by}" if hold.lifted_at else ""
    on = hold.case_ref or f"person {hold.person_id}"
    placed = (short(hold.placed_at), hold.placed_by)
    return hold.id, HoldKind(hold.kind).value, on, hold.reason, *placed, lifted, hold.lifted_because


def _as_json(hold: LegalHold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "kind": hold.kind,
        "case": hold.case_ref,
        "person": hold.person_id,
        "reason": hold.reason,
        "placed_by": hold.placed_by,
        "placed_at": iso(hold.placed_at),
        "lifted_by": hold.lifted_by,
        "lifted_at": iso(hold.lifted_at),
        "lifted_because": hold.lifted_because,
    }
