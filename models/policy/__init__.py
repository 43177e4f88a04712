"""
One council's settings: what the procedures leave to it, who its teams are, how it words its messages.

`load_policy` reads one TOML file and names everything that is wrong with it, line by line. What is read
cannot be changed, and its `version` stands in every entry made under it. Each module holds one part of the
file: `organisation` (council, teams, calendar, queues), `work_items` (timing), `notices` (how staff are told),
`messages` (wording), `running` (mail limits, outbox, steps, lease), `reablement` (its free time and its copies),
`provider_failure` (how soon people are seen), `retention` (how long what is held is kept), and `gaps` (the 55 points
that the procedures leave open).
"""

from __future__ import annotations

from models.policy.gaps import Gap, Gaps
from models.policy.loading import PolicyInvalid, Problem, load_policy, parse_policy
from models.policy.organisation import MailKind, Queue, Team
from models.policy.policy import Policy
from models.policy.work_items import EscalationStep, WorkItemTiming

__all__ = [
    "EscalationStep",
    "Gap",
    "Gaps",
    "MailKind",
    "Policy",
    "PolicyInvalid",
    "Problem",
    "Queue",
    "Team",
    "WorkItemTiming",
    "load_policy",
    "parse_policy",
]
