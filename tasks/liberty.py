"""The test of a deprivation of liberty, by policy, and what a choice of route is held against (GAP-36, GAP-52)."""

from __future__ import annotations

from models.forms.liberty import LibertyConsidered, LibertyRouteChosen
from models.policy.gaps.everywhere import LibertyTest
from models.policy.gaps.reablement import LibertyRoute
from tasks.durable import audited, here
from tasks.durable.answer_checks import Answering, checks_answers


@audited("Applied the test of a deprivation of liberty", clauses="REA-37 GAP-52")
def apply_liberty_test(considered: LibertyConsidered) -> bool:
    """The first limb with the second or the third, or all three, as policy reads them."""
    others = (considered.restrictions_amount_now, considered.restrictions_likely_to)
    match here().policy.gaps.readings.liberty_test:
        case LibertyTest.FIRST_AND_EITHER_OTHER:
            return considered.lacks_capacity and any(others)
        case LibertyTest.ALL:
            return considered.lacks_capacity and all(others)


@checks_answers(LibertyRouteChosen)
def _route(moment: Answering, chosen: LibertyRouteChosen) -> list[str]:
    """A route that this council has; and none only with reasons, where policy wants them."""
    liberty = moment.policy.gaps.liberty_routes
    if chosen.route not in liberty.routes:
        return [f"route: policy does not have that one; choose one of {', '.join(liberty.routes)}"]
    if chosen.route is LibertyRoute.NONE and liberty.none_needs_reasons and not chosen.reasons:
        return ["reasons: say why none is needed"]
    return []
