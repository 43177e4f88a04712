"""Bounding the log files of `pathways up`, which the parts write themselves."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LARGEST_BYTES = 10_000_000
KEPT = 5
"""How many earlier files are kept beside each: at most 60 MB a part."""


def keep_small(file: Path, *, largest: int = LARGEST_BYTES, kept: int = KEPT) -> bool:
    """
    Put a file that has grown too large aside as `FILE.1` and begin it anew. Whether that was done.

    Its writer has it open for appending and goes on writing into the emptied file. A line that is written in that very
    moment can be lost; nothing that counts is kept in a log alone.
    """
    try:
        if file.stat().st_size <= largest:
            return False
        for number in range(kept, 1, -1):
            earlier = file.with_name(f"{file.name}.{number - 1}")
            if earlier.exists():
                earlier.replace(file.with_name(f"{file.name}.{number}"))
        shutil.copyfile(file, file.with_name(f"{file.name}.1"))
        os.truncate(file, 0)
    except OSError:  # the disk is full, say: /health tells of that, and the next second tries again
        return False
    return True
