"""What whoever keeps in touch, or decides, reads beside the form. Personal data: it stays in our database."""

from __future__ import annotations

from collections.abc import Callable

from models.decision_tables import Rag, load_table
from models.forms.tray_waiting import SafeAndWellDecision, TrayPlacement
from models.tray import Standing
from models.working_time import for_people, local_day
from models.written_contact_findings import day_in_words
from tasks.durable.leg import Step
from tasks.register.lookups import team
from tasks.tray.attempts import Attempt
from tasks.written_contact import what_to_heed


def beside_a_contact(
    place: TrayPlacement, standing: Standing, tried: tuple[Attempt, ...], *why: str
) -> Callable[[Step], str]:
    """What whoever makes contact must know: whom and how, what the colour asks, what was tried, what to say."""

    def write(step: Step) -> str:
        policy = step.policy
        held_by = team(step.session, standing.team)
        number = next((one.telephone for one in policy.teams if one.id == standing.team), "")
        attempts = f"Tried since: {'; '.join(map(str, tried))}." if tried else ""
        tell = f"Tell them that they are still on the tray of {held_by.name if held_by else standing.team}"
        ring = f", and to ring {number} if anything changes." if number else "."
        return _joined(*why, attempts, *_about_them(step, place, standing), tell + ring)

    return write


def beside_a_decision(place: TrayPlacement, standing: Standing, *why: str) -> Callable[[Step], str]:
    """What a manager must know to decide about somebody who waits."""

    def write(step: Step) -> str:
        return _joined(*why, *_about_them(step, place, standing), "", indicators_in_words())

    return write


def indicators_in_words() -> str:
    """What the ids of the indicators of high risk stand for; prompts, which decide nothing (PWT-43)."""
    told = (f"{one.id} {one.text}" for one in load_table("rag").examples if one.id.startswith("HR-"))
    return "\n".join(("Indicators of high risk, which are prompts:", *told))


def beside_a_check(
    place: TrayPlacement, standing: Standing, tried: tuple[Attempt, ...], decided: SafeAndWellDecision
) -> Callable[[Step], str]:
    """What whoever makes a safe and well check must know."""
    steps = ", ".join(sorted(one.replace("-", " ") for one in decided.steps))
    return beside_a_contact(place, standing, tried, f"Decided: {steps or 'try again'}. {decided.reasons}")


def note_of(standing: Standing, *lines: str) -> str:
    """The text of a note in the person's record."""
    return _joined(*lines, _stands(standing))


def _about_them(step: Step, place: TrayPlacement, standing: Standing) -> list[str]:
    today = local_day(step.now)
    waits = (today - local_day(standing.requested_at)).days
    on_tray = (today - local_day(standing.placed_at)).days
    shown = step.policy.gaps.allocation_clock.show_days_on_tray
    reached = for_people(standing.last_reached_at) if standing.last_reached_at else "never"
    since = f"Asked for help {waits} days ago" + (f", on the tray for {on_tray} days." if shown else ".")
    heed = what_to_heed(step.session, standing.person).beside_the_form
    others = "; ".join(map(str, place.relevant_people))
    return [
        heed,
        f"About: {standing.person}",
        f"{_stands(standing)}. {since} Last reached: {reached}.",
        f"May be reached instead: {others}." if others else "",
        f"Safety plan: {place.safety_plan}" if place.safety_plan and standing.colour is Rag.RED else "",
        f"Why on the tray: {place.circumstances}" if place.circumstances else "",
        f"Agreed with them: {day_in_words(local_day(standing.agreed_at))}" if standing.agreed_at else "",
    ]


def _stands(standing: Standing) -> str:
    return standing.rated.in_words if standing.rated else "Not rated yet"


def _joined(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
