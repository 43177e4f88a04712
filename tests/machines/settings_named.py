"""The settings that units, compose file and examples name, and those that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from prefect.settings import Settings
from prefect.settings.legacy import _get_settings_fields

from tasks.installation import SECRETS

CHECKOUT = Path(__file__).resolve().parents[2]
MACHINES = CHECKOUT / "deployments" / "machines"
UNITS = MACHINES / "systemd"
_NAME = re.compile(r"\b((?:PATHWAYS|PREFECT)_[A-Z_]+)\b")
_OF_THE_REDIS_PACKAGE = {"PREFECT_REDIS_MESSAGING_URL"}


def named_in(text: str) -> set[str]:
    """Every setting of ours or of Prefect's that a text names."""
    return set(_NAME.findall(text))


def not_known(text: str) -> set[str]:
    """Those that neither our code nor Prefect reads; a secret may be given by NAME_FILE."""
    known = _ours() | set(_get_settings_fields(Settings)) | _OF_THE_REDIS_PACKAGE
    return {name for name in named_in(text) if name not in known and not _is_a_secrets_file(name)}


def _is_a_secrets_file(name: str) -> bool:
    return name.endswith("_FILE") and name.removesuffix("_FILE") in SECRETS


def _ours() -> set[str]:
    return {name for file in _sources() for name in re.findall(r'"(PATHWAYS_[A-Z_]+)"', file.read_text("utf-8"))}


def _sources() -> Iterator[Path]:
    for folder in ("tasks", "deployments"):
        yield from (CHECKOUT / folder).rglob("*.py")
