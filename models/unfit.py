"""What no record can keep, in anything that can be written as JSON."""

from __future__ import annotations

import json
import re
from typing import Any

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON writes it; not the six characters of a text that spells it out, before which JSON puts a backslash more."""


def has_nul(said: Any) -> bool:
    """Whether the character NUL, which no database of ours keeps, stands anywhere in it."""
    return _NUL.search(json.dumps(said, default=str)) is not None
