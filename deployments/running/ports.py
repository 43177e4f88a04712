"""Asking for ports before anything is started, so that a clash is one clear sentence."""

from __future__ import annotations

import socket

from models.errors import PathwaysError
from tasks.installation import Installation


class PortInUse(PathwaysError):
    """A port that the system needs is taken; stop what holds it or choose another."""


def refuse_taken_ports(installation: Installation) -> None:
    """Raise `PortInUse` naming every taken port and the variable that changes it."""
    wanted = {"PATHWAYS_PORT": installation.port, "PATHWAYS_SMTP_PORT": installation.smtp_port}
    if installation.own_prefect:
        wanted["PATHWAYS_PREFECT_PORT"] = installation.prefect_port
    taken = [f"{port} ({name})" for name, port in wanted.items() if not _is_free(port)]
    if taken:
        raise PortInUse(
            f"already in use on this machine: port {', '.join(taken)}; stop what holds it, "
            "or set that variable to another port"
        )


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
