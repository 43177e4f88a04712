"""The command as tests call it: in this process, on a home folder of its own, with no Prefect to be reached."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import prefect.settings
import pytest

from deployments.cli import run
from deployments.cli.shared import IMPATIENT
from deployments.example_council import example_policy_text
from tasks.database import Database
from tasks.installation import Installation

NOBODY_THERE = "http://127.0.0.1:9/api"


@dataclass(frozen=True)
class Called:
    """What a call of the command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it wrote, as JSON."""
        return json.loads(self.out)


class Pathways(Protocol):
    """Calls the command; `stdin` is what it reads for "-"."""

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Called: ...


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder that PATHWAYS_HOME names, in an environment that is put back afterwards."""
    for name in ("PATHWAYS_DATABASE_URL", "PATHWAYS_POLICY", "PATHWAYS_APPRISE", "PATHWAYS_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATHWAYS_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_API_URL", NOBODY_THERE)
    for name, value in {**Installation.from_environment().prefect_environment(), **IMPATIENT}.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def policy_file(home: Path) -> Path:
    """The example council's policy, where the home folder has it."""
    file = home / "policy.toml"
    file.write_text(example_policy_text(), encoding="utf-8")
    return file


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Pathways]:
    """The command on a home folder with nothing in it."""

    def call(*arguments: str | Path, stdin: bytes = b"") -> Called:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run([str(one) for one in arguments])
        out, err = capsys.readouterr()
        return Called(code, out, err)

    away = {prefect.settings.PREFECT_API_URL: NOBODY_THERE, prefect.settings.PREFECT_CLIENT_MAX_RETRIES: 0}
    with prefect.settings.temporary_settings(away):
        yield call


@pytest.fixture
def pathways(
    command: Pathways, policy_file: Path, council_database: Database, monkeypatch: pytest.MonkeyPatch
) -> Pathways:
    """The command on a home folder with the example council in it."""
    url = council_database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PATHWAYS_DATABASE_URL", url)
    return command
