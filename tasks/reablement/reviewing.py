"""By whom an unscheduled review of reablement is held, and by what route it starts (REA-25, GAP-50)."""

from __future__ import annotations

from models.notices import Recipient
from models.policy.gaps.everywhere import ReviewReason
from models.reablement.plan import PlanPart
from tasks.durable import audited, here


class ReviewRouteFound(PlanPart):
    """Who holds a review, and whether it goes into the recording system's Review tray."""

    holder: str
    """Tag of a member of staff or a team."""
    by_the_coordinator: bool
    """Whoever coordinates the plan by then, though somebody else may have taken it over."""
    in_review_tray: bool

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        tray = ", from the Review tray" if self.in_review_tray else ""
        return f"held by {Recipient.from_tag(self.holder).words}{tray}"


@audited("Worked out who holds the review", clauses="REA-25 GAP-50")
def work_out_who_holds(worker: str, team: str, cannot_hold: str) -> ReviewRouteFound:
    """Whoever coordinates the plan where policy lets the worker come first and they can; else the team."""
    route = here().policy.gaps.review_route
    worker_holds = route.worker_first_then_team and not cannot_hold
    return ReviewRouteFound(
        holder=worker if worker_holds else Recipient.team(team).tag,
        by_the_coordinator=worker_holds,
        in_review_tray=ReviewReason.UNSCHEDULED in route.review_tray_for,
    )
