"""What every part of a policy has in common: it cannot be changed, and it knows all its keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A group of settings; a key it does not know is refused, and it cannot be changed once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
