"""
Who may do what in the worklist and through its API: one table, which is also what people read about it.

Nothing is allowed that is not in the table. A permission says how far it reaches: to what is one's own, to what is
one's team's, or to everything. Restricted cases are outside of all reaches: `tasks/durable/seeing.py` says who sees
one; for everybody else it is not there. Who may answer a question is a rule of the question (`may_answer`): whoever may
answer it may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from models.roles import Role


class Reach(IntEnum):
    """How far a permission reaches."""

    NOTHING = 0
    """Not allowed."""
    OWN = 1
    """What they are asked, have taken, answered or own, and people allocated to them."""
    TEAM = 2
    """As OWN, and what is their team's: asked of it or of its members, owned by them, on its tray, allocated to it."""
    EVERYTHING = 3
    """Every case that is not restricted."""


class Action(StrEnum):
    """What somebody may do."""

    SIGN_IN = "sign-in"
    """Be signed in: see one's own front page and this table, and keep what one is writing."""
    SEE_WORK = "see-work"
    """See lists of work items, and one's own day."""
    READ_CASE = "read-case"
    """Read a case: its story, what it waits for, its letters, its messages."""
    ACT_ON_CASE = "act-on-case"
    """Tell an open case that something has happened (a signal)."""
    ASSIGN_WORK = "assign-work"
    """Give work to somebody else, one item or many."""
    ARRANGE_COVER = "arrange-cover"
    """Say who stands in for somebody who is away; everybody may do so for themselves."""
    START_CASE = "start-case"
    """Take in a letter or a referral, or open a case by hand."""
    FIND_PERSON = "find-person"
    """Find somebody in the register, and the cases about them."""
    SEE_RED_LIST = "see-red-list"
    """Print the list of people at high risk, for an outage or out of hours."""
    SEE_TRAY = "see-tray"
    """See who waits on the planned work tray, the contacts that were made, and the figures."""
    SEE_ONE_LIST = "see-one-list"
    """See everybody who waits on the council, and whom nobody may be looking after."""
    EXPORT_CASE = "export-case"
    """Take out everything that is held on a case, for a person's request to see it."""
    HOLD = "hold"
    """Place and lift legal holds: nothing under one is ever erased. By command (`pathways hold`)."""
    AUDIT = "audit"
    """See which entries there are, who looked at what, and whether the record holds; never what it says."""


_REACH_IN_WORDS = {
    Reach.OWN: "What is their own",
    Reach.TEAM: "What is their team's",
    Reach.EVERYTHING: "Everything",
}


@dataclass(frozen=True)
class Permission:
    """One row of the table: an action, and how far each role may do it; a role that is not named may not."""

    action: Action
    sentence: str
    """What it is, for people."""
    reach: Mapping[Role, Reach]

    @property
    def by_reach(self) -> list[tuple[str, list[str]]]:
        """Each reach in words, with the roles that have it, the widest first."""
        return [
            (_REACH_IN_WORDS[one], [role.label for role in Role if self.of(role) is one])
            for one in sorted(Reach, reverse=True)
            if one is not Reach.NOTHING and one in self.reach.values()
        ]

    def of(self, role: Role) -> Reach:
        """How far that role may do it."""
        return self.reach.get(role, Reach.NOTHING)


_FRONT = (Role.DUTY_WORKER, Role.PRACTITIONER)
_LINE = (Role.TEAM_MANAGER, Role.STRATEGIC_MANAGER, Role.HEAD_OF_SERVICE)
_MANAGERS = (Role.TEAM_LEADER, *_LINE)
_BESIDE = (
    Role.BROKERAGE,
    Role.COMMISSIONING,
    Role.SAFEGUARDING_LEAD,
    Role.REABLEMENT_LEAD,
    Role.LEGAL,
    Role.CALDICOTT_LEAD,
    Role.DIRECT_PAYMENTS,
    Role.FINANCE,
    Role.COMPLAINTS,
    Role.INFORMATION_GOVERNANCE,
)


def _reach(**groups: tuple[Role, ...]) -> dict[Role, Reach]:
    """The reach of each role, by group: `everything=(…)`, `team=(…)`, `own=(…)`."""
    return {role: Reach[name.upper()] for name, roles in groups.items() for role in roles}


PERMISSIONS: tuple[Permission, ...] = (
    Permission(Action.SIGN_IN, "Be signed in, see one's front page and this table", dict.fromkeys(Role, Reach.OWN)),
    Permission(
        Action.SEE_WORK,
        "See lists of work, and one's own day",
        _reach(
            everything=(Role.DUTY_WORKER, Role.ON_CALL_MANAGER, *_LINE),
            team=(Role.PRACTITIONER, Role.TEAM_LEADER, *_BESIDE),
            own=(Role.SYSTEMS,),
        ),
    ),
    Permission(
        Action.READ_CASE,
        "Read a case, with its letters and messages",
        _reach(
            # Whoever rings the duty point is helped at once, whichever team their matter is with.
            everything=(Role.DUTY_WORKER, Role.ON_CALL_MANAGER, Role.INFORMATION_GOVERNANCE, *_LINE),
            team=(Role.PRACTITIONER, Role.TEAM_LEADER, *(one for one in _BESIDE if one != Role.INFORMATION_GOVERNANCE)),
            own=(Role.SYSTEMS,),
        ),
    ),
    Permission(
        Action.ACT_ON_CASE,
        "Say that something has happened in a case",
        _reach(
            everything=(Role.DUTY_WORKER, Role.ON_CALL_MANAGER, *_LINE),
            team=(Role.PRACTITIONER, Role.TEAM_LEADER),
            own=_BESIDE,
        ),
    ),
    Permission(Action.ASSIGN_WORK, "Give work to somebody else", _reach(everything=_LINE, team=(Role.TEAM_LEADER,))),
    Permission(
        Action.ARRANGE_COVER,
        "Say who stands in for somebody who is away",
        _reach(everything=_LINE, team=(Role.TEAM_LEADER,), own=(*_FRONT, *_BESIDE)),
    ),
    Permission(
        Action.START_CASE,
        "Take in a letter or a referral, or open a case",
        _reach(everything=(*_FRONT, Role.ON_CALL_MANAGER, *_MANAGERS, *_BESIDE)),
    ),
    Permission(
        Action.FIND_PERSON,
        "Find somebody in the register",
        _reach(everything=(*_FRONT, Role.ON_CALL_MANAGER, *_MANAGERS), team=_BESIDE),
    ),
    Permission(
        Action.SEE_RED_LIST,
        "Print the list of people at high risk",
        _reach(everything=(Role.DUTY_WORKER, Role.ON_CALL_MANAGER, *_LINE), team=(Role.PRACTITIONER, Role.TEAM_LEADER)),
    ),
    Permission(
        Action.SEE_TRAY,
        "See the planned work tray and its figures",
        _reach(everything=(Role.ON_CALL_MANAGER, *_LINE), team=(Role.TEAM_LEADER,)),
    ),
    Permission(
        Action.SEE_ONE_LIST,
        "See everybody who waits on the council",
        _reach(everything=(Role.TEAM_LEADER, Role.ON_CALL_MANAGER, *_LINE)),
    ),
    Permission(
        Action.EXPORT_CASE,
        "Take out everything that is held on a case",
        _reach(everything=(Role.INFORMATION_GOVERNANCE, *_LINE)),
    ),
    Permission(
        Action.HOLD,
        "Place and lift legal holds",
        _reach(
            everything=(
                Role.LEGAL,
                Role.COMPLAINTS,
                Role.INFORMATION_GOVERNANCE,
                Role.STRATEGIC_MANAGER,
                Role.HEAD_OF_SERVICE,
            )
        ),
    ),
    Permission(
        Action.AUDIT,
        "See that the record holds, and who looked, but not what it says",
        _reach(everything=(Role.AUDITOR,)),
    ),
)
"""The table. Each action stands in it once; `tests/worklist/test_permissions.py` walks every page as every role."""

_BY_ACTION = {one.action: one for one in PERMISSIONS}


def reach_of(role: Role, action: Action) -> Reach:
    """How far somebody of that role may do that; NOTHING where the table does not say."""
    permission = _BY_ACTION.get(action)
    return Reach.NOTHING if permission is None else permission.of(role)
