"""What /health says of the register: how old each extract is, and when it can no longer be trusted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deployments.running.health import health_of
from tasks.durable.testing import Office
from tasks.installation import Installation

NOBODY_THERE = {"PREFECT_API_URL": "http://127.0.0.1:9/api"}


@pytest.mark.parametrize(("day", "days_old", "trusted"), [(5, 0, True), (6, 1, True), (7, 2, False)])
def test_the_registers_part_shows_its_age_and_when_it_is_too_old(
    office: Office, tmp_path: Path, day: int, days_old: int, trusted: bool
) -> None:
    """With 36 hours allowed, yesterday's extract serves and that of the day before does not."""
    installation = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path), **NOBODY_THERE})
    office.clock.move_to(datetime(2026, 1, day, 12, tzinfo=UTC))

    part = health_of(office.council, installation)["parts"]["register"]

    assert part["ok"] is trusted
    assert (part["days_old"]["people"], part["days_old"]["notes"]) == (days_old, days_old)
    assert part["says"] == ("works" if trusted else part["says"])
    assert trusted or "import a newer one" in part["says"]
