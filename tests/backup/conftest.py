"""An installation with cases in it, as a backup finds it, and another home to restore into."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployments.example_council import example_policy_text
from flows.written_contact_transfer import written_contact_transfer
from tasks.audit.sealing import seal
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.procedures.letters import letter


@pytest.fixture
def installation(office: Office, tmp_path: Path) -> Installation:
    """A home with policy, connections, services and the witness of a seal, and the office's database in it."""
    (tmp_path / "policy.toml").write_text(example_policy_text(), encoding="utf-8")
    (tmp_path / "connections.toml").write_text('# password = "sesame"\n', encoding="utf-8")
    (tmp_path / "apprise.yaml").write_text("urls: []\n", encoding="utf-8")
    settings = {"PATHWAYS_HOME": str(tmp_path)}
    if not office.council.database.is_sqlite:
        settings["PATHWAYS_DATABASE_URL"] = office.council.database.url.render_as_string(hide_password=False)
    made = Installation.from_environment(settings)
    for _ in range(3):
        office.start(written_contact_transfer, letter())
    seal(office.council.database, office.clock.now(), made.seals_file)
    return made


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An empty home."""
    return Installation.from_environment({"PATHWAYS_HOME": str(tmp_path_factory.mktemp("elsewhere") / "home")})
