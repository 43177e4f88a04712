"""What each step of a placement writes where the tracker is made of: how it begins, is taken on, and ends."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.forms.out_of_area import OutOfAreaPlacement, PlacementEndConfirmed, PlacementTakenOn
from models.notices import Recipient, RecipientKind
from models.out_of_area.clocks import FIRST, FOUND, anchor, review_anchor
from models.out_of_area.kinds import Angle, Direction, PlacementEnd, SharedKind
from models.out_of_area.tables import Placement, PlacementAngle
from models.policy import Policy
from models.working_time import local_day
from tasks.coming_days import morning_of
from tasks.durable import audited, here
from tasks.durable.cases import change_owner
from tasks.durable.ledger import SYSTEM
from tasks.durable.leg import Step
from tasks.out_of_area.known import only_holder, open_placement_of, open_shares, serving
from tasks.register.lookups import person, provider, responsible_team

COUNCIL_NOT_KNOWN = "the council in whose area it is"


class Clocks(BaseModel):
    """When a placement is reviewed next, and looked at from each side."""

    model_config = ConfigDict(frozen=True)

    review_from: AwareDatetime
    review_rule: str
    looks: dict[Angle, AwareDatetime]


class Begun(BaseModel):
    """A placement that has come onto the tracker."""

    model_config = ConfigDict(frozen=True)

    already: str | None = None
    """Ref of the case that has it already; then nothing was begun."""
    asked: str = ""
    """Tag of whoever is asked to take it on."""
    team: str | None = None
    provider: str = ""
    """What it is called."""
    contact: str = ""
    """Whom to ring at the other council; empty where that is not known."""
    clocks: Clocks | None = None

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        if self.already is not None:
            return f"it has a case already, {self.already}"
        return f"{Recipient.from_tag(self.asked).words} is asked to take it on"


@audited("Put the placement on the tracker", clauses="TRN-50 TRN-52")
def begin_placement(placed: OutOfAreaPlacement) -> Begun:
    """
    Its row, its four sides and its clocks; until somebody takes it on by name it belongs to a team or a role.

    That is the team responsible for the person, else the one that was named, else the role that policy names.
    Somebody who is with this provider on the tracker already gets no second case.
    """
    step, today = here(), local_day(here().now)
    known = provider(step.session, placed.provider) if placed.provider else None
    name = known.name if known else placed.provider_in_words or str(placed.provider)
    if placed.person and (other := open_placement_of(step.session, placed.person, placed.provider, name)):
        return Begun(already=other.case_ref)
    responsible = responsible_team(step.session, placed.person, today) if placed.person else None
    team = responsible.id if responsible is not None else placed.team
    asked = Recipient.team(team) if team else Recipient.role(step.policy.out_of_area.looked_after_by)
    if step.case.owner != asked.tag:
        change_owner(step.pen, step.case, asked, by=SYSTEM)
    since, rule = _first_review(step.policy, placed, step.now)
    contact = placed.council_contact or step.policy.out_of_area.contact_at(placed.council)
    row = Placement(
        case_ref=step.case.ref,
        direction=str(placed.direction),
        person_id=placed.person,
        name=placed.person_in_words or None,
        provider_id=known.id if known else None,
        provider_name=name,
        council=placed.council,
        council_contact=contact or None,
        placed_on=placed.placed_on,
        paid_by=str(placed.paid_by),
        review_from=since,
        review_rule=rule,
    )
    first_look = step.policy.working_calendar().add(step.now, step.policy.out_of_area.angle_first_look_within)
    step.session.add(row)
    step.session.flush()
    for angle in Angle:
        step.session.add(PlacementAngle(case_ref=row.case_ref, angle=str(angle), next_look_on=local_day(first_look)))
    step.session.flush()
    _name_watchers(step)
    return Begun(asked=asked.tag, team=team, provider=name, contact=contact, clocks=_clocks(step, row))


def _first_review(policy: Policy, placed: OutOfAreaPlacement, now: datetime) -> tuple[datetime, str]:
    """Counted from the first day; where that would be over, from today."""
    since = anchor(placed.placed_on)
    if review_anchor(policy, since, FIRST) > now:
        return since, FIRST
    return anchor(local_day(now)), FOUND


def _clocks(step: Step, row: Placement) -> Clocks:
    calendar = step.policy.working_calendar()
    looks = {one: morning_of(calendar, look.next_look_on, step.now) for one, look in angles_of(step).items()}
    return Clocks(review_from=row.review_from, review_rule=row.review_rule, looks=looks)


def angles_of(step: Step) -> dict[Angle, PlacementAngle]:
    """The four sides of the running case's placement."""
    return {one: step.session.get_one(PlacementAngle, (step.case.ref, str(one))) for one in Angle}


# ---------------------------------------------------------------------- who looks after it


@audited("Looked up who looks after the placement", clauses="TRN-50")
def look_up_owner() -> str:
    """Tag of the case's owner: a member of staff once somebody has taken it on."""
    return here().case.owner


@audited("Named who watches where one person alone can", clauses="TRN-50")
def name_watchers() -> bool:
    """Whether every side has somebody by name, and the placement itself has."""
    step = here()
    owner = Recipient.from_tag(step.case.owner)
    return _name_watchers(step) and owner.kind is RecipientKind.STAFF


def _name_watchers(step: Step) -> bool:
    """Where nobody is named, or whoever was has left: whoever alone holds the role that policy gives."""
    today, everybody = local_day(step.now), True
    for angle, row in angles_of(step).items():
        if serving(step.session, row.owner, today) is None:
            alone = only_holder(step.session, step.policy.out_of_area.watched_by[angle], today)
            row.owner = alone.id if alone is not None else None
        everybody = everybody and row.owner is not None
    step.session.flush()
    return everybody


@audited("Noted who watches the placement", clauses="TRN-50")
def note_taken_on(taken: PlacementTakenOn) -> None:
    """Whoever was named for a side watches it from now on."""
    step = here()
    for angle, row in angles_of(step).items():
        row.owner = taken.watchers.get(angle, row.owner)
    if taken.council_contact:
        step.session.get_one(Placement, step.case.ref).council_contact = taken.council_contact


@audited("Described who watches the placement", clauses="TRN-50")
def describe_watchers() -> str:
    """Side by side, for whoever takes it on or reviews it: who watches, and what they found last. Personal data."""
    step = here()
    lines = []
    for angle, row in angles_of(step).items():
        who = serving(step.session, row.owner, local_day(step.now))
        named = f"{who.name} ({who.id})" if who is not None else "nobody yet: name somebody"
        lines.append(f"{angle.capitalize()}: {named}{f'. Found last: {row.found}' if row.found else ''}")
    return "\n".join(lines)


# ---------------------------------------------------------------------- how it ends


@audited("The placement's clocks stand still", clauses="TRN-50 GAP-53")
def stop_clocks() -> None:
    """Nobody is asked to review or to look while it is confirmed whether it is over."""
    step = here()
    row = step.session.get_one(Placement, step.case.ref)
    row.stopped_at = row.stopped_at or step.now


@audited("The placement's clocks run again", clauses="TRN-50")
def start_clocks() -> Clocks:
    """It goes on: what fell due meanwhile is asked now."""
    step = here()
    row = step.session.get_one(Placement, step.case.ref)
    row.stopped_at = None
    return _clocks(step, row)


@audited("Ended the placement", clauses="TRN-50 TRN-52")
def end_placement(reason: PlacementEnd) -> tuple[str, ...]:
    """It leaves the list of open ones; gives the cases in which the other council was still being told of it."""
    step = here()
    row = step.session.get_one(Placement, step.case.ref)
    row.stopped_at, row.ended_at, row.ended_because = row.stopped_at or step.now, step.now, str(reason)
    return tuple(one.case_ref for one in open_shares(step.session, row.case_ref) if one.kind != SharedKind.ENDED)


@audited("Looked whether they are out of area with the new provider, too", clauses="TRN-52")
def find_next_placement(placed: OutOfAreaPlacement, ended: PlacementEndConfirmed) -> OutOfAreaPlacement | None:
    """What the next case is opened with, so that nobody types it again; None where they are not out of area there."""
    step = here()
    if ended.reason is not PlacementEnd.CHANGED_PROVIDER or ended.ended_on is None:
        return None
    known = provider(step.session, ended.new_provider) if ended.new_provider else None
    elsewhere = not known.in_area if known is not None else bool(ended.new_council)
    if elsewhere is not (placed.direction is Direction.OURS_ELSEWHERE):
        return None
    host = (known.host_council if known else None) or ended.new_council or COUNCIL_NOT_KNOWN
    return OutOfAreaPlacement(
        direction=placed.direction,
        person=placed.person,
        person_in_words=placed.person_in_words,
        provider=ended.new_provider,
        provider_in_words=ended.new_provider_in_words,
        council=host if elsewhere else placed.council,
        council_contact="" if elsewhere else placed.council_contact,
        placed_on=ended.ended_on,
        paid_by=placed.paid_by,
        team=placed.team,
        came_from=step.case.ref,
    )


@audited("Looked up what they are called", clauses="TRN-51")
def name_person(person_id: str | None, in_words: str) -> str:
    """Their name in the register, or what they were called. Personal data."""
    known = person(here().session, person_id) if person_id else None
    return known.name if known is not None else in_words
