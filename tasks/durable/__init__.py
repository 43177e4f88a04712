"""
The durable core: how a case sleeps for months, wakes, and is carried on from its ledger.

A flow author needs only the words below. `ledger` keeps the entries, `leg` and `running` carry a flow over its case,
`waits` and `work_items` ask and wait, `lease` keeps two legs apart, `attention` parks what cannot go on, and
`prefect_runtime` and `local` are the two worlds a leg runs in. `testing` is the kit for tests of procedures.
"""

from models.notices import Then, ThenKind, Verb, Where
from tasks.durable.asking import Asked, ask, decision, recipient, role, staff, team
from tasks.durable.audited import audited, here, outside
from tasks.durable.awaiting import Closed, Due, after, at, closed, day, hears, sent_by, signal
from tasks.durable.handover import Accepted, Refused, Silent, answered_by, hand_over, taken_on
from tasks.durable.leg import ForCasesPast, this_case
from tasks.durable.procedure import procedure
from tasks.durable.telling import open_case, send, tell
from tasks.durable.waits import Wait, first_of, now, take_back, which_of, withdraw

RUN, SKIP = ForCasesPast.RUN, ForCasesPast.SKIP

__all__ = [
    "RUN",
    "SKIP",
    "Accepted",
    "Asked",
    "Closed",
    "Due",
    "ForCasesPast",
    "Refused",
    "Silent",
    "Then",
    "ThenKind",
    "Verb",
    "Wait",
    "Where",
    "after",
    "answered_by",
    "ask",
    "at",
    "audited",
    "closed",
    "day",
    "decision",
    "first_of",
    "hand_over",
    "hears",
    "here",
    "now",
    "open_case",
    "outside",
    "procedure",
    "recipient",
    "role",
    "send",
    "sent_by",
    "signal",
    "staff",
    "take_back",
    "taken_on",
    "team",
    "tell",
    "this_case",
    "which_of",
    "withdraw",
]
