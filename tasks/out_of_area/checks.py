"""What answers about a placement are held against: the policy, the register, and the placement itself."""

from __future__ import annotations

from datetime import timedelta

from models.forms.out_of_area import AngleLookedAt, PlacementEndConfirmed, PlacementTakenOn
from models.out_of_area.kinds import Angle, PlacementEnd
from models.out_of_area.tables import Placement, PlacementAngle
from models.working_time import local_day
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.out_of_area.known import serving
from tasks.register.lookups import person


@checks_answers(PlacementTakenOn)
def _every_side_has_somebody(moment: Answering, taken: PlacementTakenOn) -> list[str]:
    """TRN-50: a side with nobody by name is watched by nobody."""
    problems = []
    for angle in Angle:
        row = moment.session.get(PlacementAngle, (moment.ref, str(angle)))
        known = serving(moment.session, row.owner if row else None, local_day(moment.now))
        if angle not in taken.watchers and known is None:
            problems.append(f"{angle}: nobody is named yet, so name who watches this side")
    return problems


@checks_answers(AngleLookedAt)
def _not_put_off_too_long(moment: Answering, looked: AngleLookedAt) -> list[str]:
    """Policy says how long at most nobody looks."""
    at_most = moment.policy.out_of_area.angle_at_least_every.days
    latest = local_day(moment.now) + timedelta(days=at_most)
    if looked.looked_at_again_on > latest:
        return [f"looked_at_again_on: look again within {at_most} days, by {latest:%d %B %Y}"]
    return []


@checks_answers(PlacementEndConfirmed)
def _agrees_with_the_register(moment: Answering, said: PlacementEndConfirmed) -> list[str]:
    """Whoever the register shows as having died has not moved; and nobody changes to the provider they are with."""
    row = moment.session.get(Placement, moment.ref)
    if row is None or not said.ended:
        return []
    problems = []
    known = person(moment.session, row.person_id) if row.person_id else None
    if known is not None and known.died_on is not None and said.reason is not PlacementEnd.DIED:
        problems.append(
            "reason: the register shows that they have died, so choose that, or have the register corrected"
        )
    if said.new_provider is not None and said.new_provider == row.provider_id:
        problems.append("new_provider: they are with this one already, so name the new one or say that it goes on")
    return problems
