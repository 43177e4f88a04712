"""Who one is here, and what the forms are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from deployments.worklist.api.calling import Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.shapes import Shape
from models.forms.base import Form
from models.permissions import PERMISSIONS, Action
from models.roles import Role
from tasks.worklist.members import Member

operations = Operations("me")


class MemberShown(Shape):
    """A member of staff as they are today."""

    id: str
    name: str
    role: Role
    team: str
    """Team id."""


class Me(MemberShown):
    """For whom the call is."""

    stands_in_for: list[MemberShown]
    """Those who are away and whom they cover today."""
    may: dict[str, str]
    """How far they may do what: own, team or everything; what is not there they may not."""


@operations.add("GET", "/me", Action.SIGN_IN)
def me(call: Calling) -> Me:
    """For whom the call is, and what they may do."""
    reaches = {str(one.action): one.of(call.member.role) for one in PERMISSIONS}
    return Me(
        **_shown(call.member).model_dump(),
        stands_in_for=[_shown(one) for one in call.member.stands_in_for],
        may={action: reach.name.lower() for action, reach in reaches.items() if reach},
    )


@operations.add("GET", "/forms/{name}", Action.SIGN_IN)
def form(call: Calling, name: Annotated[str, Path(pattern=r"^[A-Z][A-Za-z0-9]{0,80}$")]) -> dict[str, Any]:
    """The JSON Schema of a form's answers, by the form's name, such as TrayDecision."""
    return Form.named(name).model_json_schema()


def _shown(member: Member) -> MemberShown:
    return MemberShown(id=member.id, name=member.name, role=member.role, team=member.team_id)
