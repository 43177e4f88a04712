"""What staff with a part in a reablement plan are told of it; each is overtaken once reablement has ended."""

from __future__ import annotations

from enum import StrEnum


class PlanNotice(StrEnum):
    """A notice to those who visit, or are otherwise involved; there is no room in it for anything about the person."""

    GO_BY_HOME_COPY = "plan-changed-go-by-the-copy-at-home"
    """The plan has changed, and until they have the new copy the one at home counts (REA-15)."""
    NEW_VERSION_COUNTS = "plan-changed-the-new-version-counts"
    """The plan has changed, and the new version counts at once (REA-14)."""
    MONITORING_CHANGED = "monitoring-has-changed"
    """The person is watched over otherwise from now on (REA-03)."""
    PAUSED = "reablement-is-paused-make-no-visits"
    """No visits are made until a recorded decision ends the pause (REA-35)."""
    RESUMED = "the-pause-is-over-visits-are-made-again"
    """Visits are made as they stand in the plan (REA-34)."""
    ENDS = "reablement-ends-see-its-last-day"
    """Its last day is set: no visits are made after it."""
    GOES_ON = "reablement-goes-on-visits-are-made"
    """It does not end on the day that was set."""
    ENDED = "reablement-has-ended-make-no-visits"
    """The plan is not in force any more."""


OVERTAKEN_BY_THE_END = frozenset(PlanNotice) - {PlanNotice.ENDED}
"""What does not go out any more once reablement has ended: who reads it later would go by it."""
