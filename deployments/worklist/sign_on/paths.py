"""Where somebody is sent after signing in: a path of ours, and nothing that leads away from here."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from deployments.worklist.desk import Desk

FRONT = "/"
LONGEST = 500
_PLAIN = re.compile(r"/[A-Za-z0-9/_.~?&=%+,:@!$'()*;-]*")
"""What an address of ours is written with: no backslash, no blank, no control character."""
_NOT_AGAIN = ("/sign-in", "/sign-out", "/signed-out", "/assets")


def own_path(wanted: str) -> str:
    """The path that was wanted, where it is one of ours; else the front door."""
    if len(wanted) > LONGEST or not _PLAIN.fullmatch(wanted):
        return FRONT
    path = unquote(wanted.partition("?")[0])
    leads_away = path.startswith("//") or "\\" in path or any(ord(one) < 0x20 or ord(one) == 0x7F for one in path)
    loops = any(path == one or path.startswith(f"{one}/") for one in _NOT_AGAIN)
    return FRONT if leads_away or loops else wanted


def path_they_came_from(desk: Desk, host: str, referer: str) -> str:
    """The page of ours on which a button was pressed, for a path that has no page of its own to come back to."""
    try:
        parts = urlsplit(referer)
    except ValueError:
        return FRONT
    ours = {desk.address, f"http://{host}"} if not desk.is_encrypted else {desk.address}
    if f"{parts.scheme}://{parts.netloc}".lower() not in {one.lower() for one in ours}:
        return FRONT
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))
