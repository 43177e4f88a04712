"""Signing on: the local sign-in for one machine, and the OpenID provider."""

from __future__ import annotations

from starlette.routing import BaseRoute

from deployments.worklist.desk import Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """The paths that nobody needs to be signed in for."""
    return []
