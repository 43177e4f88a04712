"""`pathways brokerage`: how many referrals brokerage receives, and how soon it answers (TRN-44)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from deployments.cli.printing import say, write_json, write_table
from deployments.cli.shared import AsJson, clock, open_council
from models.working_time import local_day
from tasks.providers.brokerage_figures import BrokerageFigures, Bucket, Per, brokerage_figures

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Count the referrals that brokerage receives.")
COLUMNS = (
    "From", "To", "Received", "Planned", "Same day", "Later", "Not answered", "Offered", "Taken on",
    "Hours to an offer", "Hours until taken on",
)  # fmt: skip


@app.callback()
def brokerage() -> None:
    """Referrals to brokerage."""


@app.command()
def figures(
    from_day: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="The first day; else 1 January."),
    ] = None,
    to_day: Annotated[
        datetime | None,
        typer.Option("--to", metavar="DATE", formats=["%Y-%m-%d"], help="The last day; else today."),
    ] = None,
    per: Annotated[Per, typer.Option(help="How the period is cut up.")] = Per.MONTH,
    as_json: AsJson = False,
) -> None:
    """
    Count the referrals of a period by week, month or year, beside the figure by which capacity is planned.

    How many were answered on the day on which they came, how long it took until care was offered and until a provider
    took it on by name, how soon they were wanted and where they came from. --json has the references behind each.
    """
    council, now = open_council(), clock.now()
    ends = to_day.date() if to_day else local_day(now)
    begins = from_day.date() if from_day else ends.replace(month=1, day=1)
    with council.database.read() as session:
        found = brokerage_figures(session, council.policy, begins, ends, now, per=per)
    if as_json:
        write_json(as_data(found))
    else:
        _tell(found)


def as_data(found: BrokerageFigures) -> dict[str, Any]:
    """The figures as programs take them."""
    data = asdict(found)
    for one in (data, *data["buckets"], data["whole"]):
        one["begins"], one["ends"] = one["begins"].isoformat(), one["ends"].isoformat()
    data["planned_on"] = found.planned_on.isoformat()
    return data


def _tell(found: BrokerageFigures) -> None:
    write_table(COLUMNS, [*map(_row, found.buckets), _row(found.whole)])
    say(
        f"Planned for {found.planned_a_year} a year, as {found.planned_by} decided on {found.planned_on.isoformat()}. "
        "Hours are the median and the longest."
    )
    for words, kinds in (("Wanted", found.whole.by_urgency), ("From", found.whole.by_origin)):
        say(f"{words}: " + ("; ".join(f"{kind} {one.count}" for kind, one in kinds.items()) or "nothing"))


def _row(one: Bucket) -> tuple[str, ...]:
    counts = (one.same_day, one.later, one.not_answered, one.offered, one.taken_on)
    return (
        one.begins.isoformat(),
        one.ends.isoformat(),
        str(one.received.count),
        f"{one.planned:g}",
        *(str(counted.count) for counted in counts),
        _hours(one.median_hours_to_offer, one.longest_hours_to_offer),
        _hours(one.median_hours_to_taken_on, one.longest_hours_to_taken_on),
    )


def _hours(median: float | None, longest: float | None) -> str:
    return "" if median is None else f"{median:g} / {longest:g}"
