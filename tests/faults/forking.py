"""
Forking a process that does one thing and never comes back, that dies where its parent does, and that draws its ids by
the trial's seed.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import sys
import traceback
from collections.abc import Callable
from random import Random

PARENT_DEATH_SIGNAL = 1
"""prctl's option of that name, on Linux."""


def fork(work: Callable[[], object]) -> int:
    """Do `work` in a process of its own; gives its pid. It ends with 0, or with 1 where something was raised."""
    sys.stdout.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() == parent:  # else it died before we could say that we die with it
            work()
            code = 0
    except SystemExit:
        pass  # it was told to end
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def draw_ids_from(random: Random) -> None:
    """
    From now on what this process names at random, it names by `random`.

    Where two notices are due at the same instant, the order of their ids decides which goes first: with ids that
    differ each time, a seed would not repeat its trial.
    """
    secrets.choice = random.choice
    secrets.token_hex = lambda nbytes=None: random.randbytes(nbytes or secrets.DEFAULT_ENTROPY).hex()
