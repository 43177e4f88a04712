"""Asking for ports before anything is started, so that a clash is one clear sentence."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Mapping

from models.errors import PathwaysError
from tasks.installation import LOOPBACK, Installation

FORMER_PARTS_SECONDS = 20
WORKER_PORT = 8300
"""Where `pathways up` has the worker's health served, unless PATHWAYS_WORKER_PORT says where."""
WORKER_PORTS = 50
"""So many ports from there on are tried: a second system on the machine finds one of its own."""


class PortInUse(PathwaysError):
    """A port that the system needs is taken; stop what holds it or choose another."""


def refuse_taken_ports(installation: Installation, worker_port: int | None = None) -> None:
    """
    Raise `PortInUse` naming every taken port and the variable that changes it.

    `worker_port` is the worker's where somebody has chosen it; 0: the system will.

    Parts of a system on this home whose `pathways up` was killed end by themselves; they are given time for that.
    """
    until = time.monotonic() + FORMER_PARTS_SECONDS
    while _former_parts(installation) and time.monotonic() < until:
        time.sleep(0.2)
    wanted = {"PATHWAYS_PORT": installation.port, "PATHWAYS_SMTP_PORT": installation.smtp_port}
    if installation.own_prefect:
        wanted["PATHWAYS_PREFECT_PORT"] = installation.prefect_port
    if worker_port:
        wanted["PATHWAYS_WORKER_PORT"] = worker_port
    refuse_taken(wanted)


def refuse_taken(wanted: Mapping[str, int], host: str = LOOPBACK) -> None:
    """Raise `PortInUse` naming every taken port of that address and the variable, its key, that changes it."""
    taken = [f"{port} ({name})" for name, port in wanted.items() if not _is_free(port, host)]
    if taken:
        raise PortInUse(
            f"already in use on this machine: port {', '.join(taken)}; stop what holds it, "
            "or set that variable to another port"
        )


def free_worker_port() -> int:
    """The first free port for a worker's health from `WORKER_PORT` on; 0, the system's choice, where none is."""
    return next((port for port in range(WORKER_PORT, WORKER_PORT + WORKER_PORTS) if _is_free(port)), 0)


def remember_part(installation: Installation, pid: int) -> None:
    """Note a part's process, so that the next `pathways up` knows whose ports those are."""
    folder = installation.home / "parts"
    folder.mkdir(exist_ok=True)
    (folder / str(pid)).touch()


def _former_parts(installation: Installation) -> bool:
    """Whether a part noted earlier still runs; notes of those that have ended are taken away."""
    folder, living = installation.home / "parts", False
    for note in folder.glob("*") if folder.exists() else ():
        try:
            os.kill(int(note.name), 0)
        except ProcessLookupError:
            note.unlink(missing_ok=True)
        except PermissionError:
            note.unlink(missing_ok=True)  # the number belongs to somebody else's process by now
        else:
            living = True
    return living


def _is_free(port: int, host: str = LOOPBACK) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            return refused.errno != errno.EADDRINUSE  # whatever else is wrong, its server says when it is started
    return True
