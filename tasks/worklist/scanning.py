"""Looking through a file for anything harmful, by whatever scanner the council has, before anybody is given it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TypeAlias

from models.connections import Worklist

_INFECTED = 1


@dataclass(frozen=True)
class Clean:
    """The scanner looked and found nothing."""


@dataclass(frozen=True)
class Infected:
    """The scanner found something harmful: nobody is given the file."""


@dataclass(frozen=True)
class NotScanned:
    """Nobody knows what is in it. `why` says so in words; without a scanner that is no fault."""

    why: str
    has_failed: bool
    """There is a scanner, and it could not do its work: the file waits until it can."""


Scanned: TypeAlias = Clean | Infected | NotScanned


def scan(settings: Worklist, content: bytes) -> Scanned:
    """
    Give a file's bytes to the scanner on standard input; 0 is clean, 1 infected, all else a failure.

    The command is started as it stands in the connections file, without a shell, and never sees a file's name. What it
    prints is thrown away, as it may repeat what the file says.
    """
    if not settings.scanner:
        return NotScanned("no scanner is connected", has_failed=False)
    try:
        done = subprocess.run(
            settings.scanner,
            input=content,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=settings.scanner_timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return NotScanned("the scanner did not finish in time", has_failed=True)
    except OSError:
        return NotScanned("the scanner could not be started", has_failed=True)
    if done.returncode == 0:
        return Clean()
    return Infected() if done.returncode == _INFECTED else NotScanned("the scanner has failed", has_failed=True)
