"""
What is reached from beyond this machine, and what must be set before it is.

On loopback everything works without a password. A door that other machines can reach is opened only behind what guards
it: Prefect's auth string for its server, https and the council's sign-on for the worklist.
"""

from __future__ import annotations

import base64
import ipaddress
from urllib.parse import urlsplit

from prefect.settings import get_current_settings

from models.connections import Connections
from models.errors import PathwaysError
from tasks.installation import Installation


class OpenToAnybody(PathwaysError):
    """A part would be reached from other machines without what guards it; the message says what to set."""


def is_beyond_loopback(host: str) -> bool:
    """Whether other machines can reach what listens on that address, or has that name."""
    if host.lower() in ("", "localhost"):
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True


def check_worklist(installation: Installation, connections: Connections) -> None:
    """Raise `OpenToAnybody` where the worklist would be reached from beyond without https and a sign-on."""
    if not is_beyond_loopback(installation.host):
        return
    missing = [] if connections.sign_on is not None else ["[sign_on]"]
    if not connections.worklist.address.startswith("https://"):
        missing.append("an https address under [worklist]")
    if missing:
        raise OpenToAnybody(
            f"PATHWAYS_HOST {installation.host} is reached by other machines, and connections.toml lacks "
            f"{' and '.join(missing)}: fill it in (docs/signing-on.md), or serve on 127.0.0.1"
        )


def check_prefect_client() -> None:
    """Raise `OpenToAnybody` where Prefect's server is on another machine and we have no auth string for it."""
    settings = get_current_settings()
    if is_beyond_loopback(urlsplit(settings.api.url or "").hostname or "") and not _said(settings.api.auth_string):
        raise OpenToAnybody(
            "PREFECT_API_URL is on another machine and PREFECT_API_AUTH_STRING is not set: give Prefect's server an "
            "auth string, and the same one here (docs/more-than-one-machine.md)"
        )


def check_prefect_server() -> None:
    """Raise `OpenToAnybody` where our Prefect server would be reached from beyond without an auth string."""
    server = get_current_settings().server
    if is_beyond_loopback(server.api.host) and not _said(server.api.auth_string):
        raise OpenToAnybody(
            f"PREFECT_SERVER_API_HOST {server.api.host} is reached by other machines and "
            "PREFECT_SERVER_API_AUTH_STRING is not set: set it to user:password, or serve on 127.0.0.1"
        )


def prefect_headers() -> dict[str, str]:
    """What a call of our own to Prefect's server bears, where the server wants an auth string."""
    said = _said(get_current_settings().api.auth_string)
    return {"Authorization": f"Basic {base64.b64encode(said.encode()).decode()}"} if said else {}


def _said(secret: object) -> str:
    return str(secret.get_secret_value()) if hasattr(secret, "get_secret_value") else ""
