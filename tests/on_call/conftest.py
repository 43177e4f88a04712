"""Fixtures of tests about nights."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.durable.testing import Office
from tests.on_call.nights import Nights, everybody_always


@pytest.fixture
def nights(office: Office, tmp_path: Path) -> Nights:
    """An office whose rota has somebody at every hour, just read."""
    found = Nights(office, tmp_path / "rota.ics")
    found.rota_is(everybody_always())
    return found
