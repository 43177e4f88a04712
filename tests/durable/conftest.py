"""Fixtures of the durable core's tests."""

from __future__ import annotations

import pytest

from tasks.database import Database
from tests.durable.lending import Effects


@pytest.fixture
def effects(council_database: Database) -> Effects:
    """The table in which steps leave their effects."""
    return Effects(council_database)
