"""The clock of what cannot wait."""

from __future__ import annotations

from pydantic import AwareDatetime

from tasks.durable import audited, here


@audited("Worked out by when it must be done", clauses="PWT-07 GAP-11")
def work_out_urgent_by(known_at: AwareDatetime) -> AwareDatetime:
    """Before the office closes (GAP-02), and in any case within the time in which nothing may be placed (GAP-11)."""
    step, calendar = here(), here().policy.working_calendar()
    closing = calendar.due(known_at, step.policy.gaps.reasonable_time.urgent)
    latest = calendar.add(known_at, step.policy.gaps.tray_after_urgency.never_if_response_due_within)
    return max(min(closing, latest), step.now)


@audited("Worked out when somebody asks what out of hours did")
def work_out_when_the_office_opens() -> AwareDatetime:
    """When the office opens next after now."""
    calendar, now = here().policy.working_calendar(), here().now
    return (
        calendar.next_opening(calendar.end_of_working_day(now)) if calendar.is_open(now) else calendar.next_opening(now)
    )
