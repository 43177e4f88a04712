"""How long somebody has to reply before what they are asked goes to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import AwareDatetime

from tasks.durable import audited, here
from tasks.durable.leg import Step

ReplyRule = Callable[[Step], datetime]
"""A procedure's own rule: by when, from the moment and the policy of that step."""


@audited("Worked out how long there is to reply")
def work_out_reply_by(rule: ReplyRule) -> AwareDatetime:
    """By when somebody is to reply, by the rule of the procedure that asks them."""
    return rule(here())
