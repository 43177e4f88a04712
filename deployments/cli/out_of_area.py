"""`pathways out-of-area`: the tracker of placements in another council's area, and of other councils' in ours."""

from __future__ import annotations

from typing import Any

import typer

from deployments.cli.concerns import member_at_work
from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.shared import AsJson, AsStaffOrNobody, clock, note_look, open_council
from tasks.worklist.out_of_area import EVERYBODY, PlacementLine, tracker_of

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="List people placed out of area, what is overdue first."
)
COLUMNS = ("Person", "Provider", "Council", "Owner", "Overdue", "Next review", "Last seen", "Told", "Incident", "Case")


@app.callback()
def out_of_area() -> None:
    """List people placed out of area, what is overdue first."""


@app.command("list")
def list_placements(staff: AsStaffOrNobody = None, as_json: AsJson = False) -> None:
    """
    List every open placement out of area, in both directions; what is overdue comes first.

    References only: who the person is and what was found stands on the page. With --as it has no more than that member
    of staff may see. Whoever looks is noted in the access log.
    """
    council = open_council()
    member = member_at_work(council, staff) if staff is not None else None
    with council.database.write() as session:
        note_look(session, staff, "read-out-of-area-tracker", EVERYBODY)
    with council.database.read() as session:
        every = tracker_of(session, member, council.policy, clock.now())
    if as_json:
        write_json([_as_json(one) for one in every])
        return
    write_table(COLUMNS, map(_line, every), wrapped=("Provider", "Council", "Overdue", "Told"))
    without = sum(not one.has_owner for one in every)
    say(f"{len(every)} placement{'' if len(every) == 1 else 's'}; {without} that nobody has by name")


def _line(one: PlacementLine) -> tuple[str, ...]:
    urgent = ["concern"] if one.has_concern else []
    late = [str(side.angle) for side in one.angles if side.is_late]
    way = "" if one.direction == "ours-elsewhere" else " (placed here by it)"
    return (
        one.person_id or "not in the register",
        one.provider,
        f"{one.council}{way}",
        one.owner_tag if one.has_owner else f"nobody; {one.owner_tag}",
        ", ".join([*urgent, *(["review"] if one.is_review_late else []), *late]),
        short(one.next_review) if one.next_review else "stands still",
        short(one.last_seen) or "never",
        one.shares[0].in_words if one.shares else "",
        one.incident or "",
        one.case,
    )


def _as_json(one: PlacementLine) -> dict[str, Any]:
    return {
        "case": one.case,
        "direction": str(one.direction),
        "person_id": one.person_id,
        "provider_id": one.provider_id,
        "provider": one.provider,
        "council": one.council,
        "placed_on": one.placed_on.isoformat(),
        "paid_by": one.paid_by,
        "owner": one.owner_tag,
        "has_owner": one.has_owner,
        "angles": [
            {
                "angle": str(side.angle),
                "owner": side.owner_id,
                "looked_at": iso(side.looked_at),
                "next_look_on": side.next_look_on.isoformat(),
                "late": side.is_late,
            }
            for side in one.angles
        ],
        "next_review": iso(one.next_review),
        "review_late": one.is_review_late,
        "reviewed_at": iso(one.reviewed_at),
        "last_seen": iso(one.last_seen),
        "told": [
            {
                "case": share.case,
                "kind": str(share.kind),
                "given_at": iso(share.given_at),
                "ended_as": str(share.ended_as) if share.ended_as else None,
            }
            for share in one.shares
        ],
        "open_concern": one.has_concern,
        "incident": one.incident,
    }
