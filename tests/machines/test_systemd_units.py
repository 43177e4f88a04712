"""The systemd units: read by systemd itself, hardened, and in keeping with how the parts end."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deployments.cli import COMMANDS
from deployments.intake.smtp import SmtpDoor
from deployments.running.serve import LAST_REQUESTS_SECONDS
from deployments.running.work import LEAVE_SECONDS
from deployments.worker.settings import WorkerSettings
from tests.machines.settings_named import UNITS, not_known

SERVICES = sorted(UNITS.glob("*.service"))
FILES = sorted(file for file in UNITS.iterdir() if file.is_file())
WORST_EXPOSURE = 25
"""Tenths, of systemd's own measure: below 2.5 of 10."""
systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")


def instance_of(unit: Path, folder: Path) -> Path:
    """The unit as systemd would find it: the first instance of a template, its program one that every machine has."""
    text = re.sub(r"/opt/safe-pathways/\S*/pathways", "/bin/true", unit.read_text())
    name = folder / unit.name.replace("@.", "@1.")
    name.write_text(text.replace("WorkingDirectory=/opt/safe-pathways", "WorkingDirectory=/"))
    return name


def value_of(unit: Path, name: str) -> str:
    """What a unit says once."""
    found = re.findall(rf"(?m)^{name}=(.*)$", unit.read_text())
    assert len(found) == 1, f"{unit.name}: {name}"
    return str(found[0])


@systemd
@pytest.mark.parametrize("unit", [*SERVICES, UNITS / "pathways.target"], ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    """A misspelt setting is one that systemd leaves out with a warning; there is none."""
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", instance_of(unit, tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    ours = [line for line in said.stderr.splitlines() if unit.name.partition("@")[0].split(".")[0] in line]
    assert (said.returncode, ours) == (0, [])


@systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_part_can_reach_little_beside_its_own(unit: Path, tmp_path: Path) -> None:
    """What breaks into a part finds a read-only machine and no privileges, by systemd's own measure."""
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={WORST_EXPOSURE}", instance_of(unit, tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.returncode == 0, said.stdout[-200:]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_there_is(unit: Path) -> None:
    """Each starts `pathways` with one of its commands."""
    commands = re.findall(r"(?m)^ExecStart=/opt/safe-pathways/\.venv/bin/pathways (\S+)", unit.read_text())
    assert commands
    assert set(commands) <= set(COMMANDS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_setting_is_misspelt(file: Path) -> None:
    """Every setting that is named is read by our code or by Prefect."""
    assert not_known(file.read_text()) == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_secret_stands_in_a_file(file: Path) -> None:
    """Passwords come by systemd's credentials, each read by the setting that names its file."""
    text = file.read_text()
    assert re.findall(r"(?i)(password|secret|auth_string|database_url|connection_url)\s*=\s*\S*[:@]\S*", text) == []
    loaded = set(re.findall(r"(?m)^LoadCredential=([a-z-]+):", text))
    assert loaded == set(re.findall(r"%d/([a-z-]+)", text))


@pytest.mark.parametrize("unit", [one for one in SERVICES if "set-up" not in one.name], ids=lambda unit: unit.name)
def test_a_part_that_ends_is_started_again_for_ever(unit: Path) -> None:
    """However often a part has ended, systemd does not give it up."""
    assert value_of(unit, "Restart") == "always"
    assert value_of(unit, "StartLimitIntervalSec") == "0"


def test_a_worker_is_given_the_time_its_drain_takes() -> None:
    """systemd kills no worker whose legs are still ending as they should."""
    unit = UNITS / "pathways-worker@.service"
    drains = int(re.findall(r"PATHWAYS_WORKER_DRAIN_SECONDS=(\d+)", unit.read_text())[0])
    assert drains == WorkerSettings.drain_seconds
    assert int(value_of(unit, "TimeoutStopSec")) >= drains + LEAVE_SECONDS + 10


def test_a_worker_ends_by_itself_before_it_is_killed_for_its_memory() -> None:
    """Its own bound lets it drain; the machine's is the last resort."""
    unit = UNITS / "pathways-worker@.service"
    own = int(re.findall(r"PATHWAYS_WORKER_MEMORY_MB=(\d+)", unit.read_text())[0])
    assert int(value_of(unit, "MemoryMax").removesuffix("M")) >= own * 1.25


def test_a_worklist_is_given_the_time_that_requests_and_letters_take() -> None:
    """Whoever sent a form or a letter just then is answered."""
    letters = SmtpDoor.stop.__defaults__
    assert letters is not None
    assert (
        int(value_of(UNITS / "pathways-worklist@.service", "TimeoutStopSec"))
        >= LAST_REQUESTS_SECONDS + letters[0].total_seconds() + 5
    )
