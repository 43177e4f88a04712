"""What an archive says of itself: which version made it, when, from what, and what lies in it."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from models.errors import CheckFailed, PathwaysError

FORMAT = 1
"""Raised when an older version of the code could not read the archive any more."""
MANIFEST = "manifest.json"
_AT_ONCE = 1 << 20


class NotABackup(PathwaysError):
    """The file is no backup of ours, or one of a newer version; the message says what to do."""


class BackupDamaged(CheckFailed):
    """The archive is not what was written: take another one."""


class Part(StrEnum):
    """What can lie in an archive, by its name there."""

    DATABASE = "pathways.db"
    """Our database, as SQLite's file."""
    DUMP = "pathways.dump"
    """Our database, as PostgreSQL's `pg_dump` writes it."""
    WITNESS = "seals.log"
    """The witness of the seals."""
    POLICY = "policy.toml"
    """The council's policy."""
    CONNECTIONS = "connections.toml"
    """What the installation is joined to, with its passwords."""
    SERVICES = "apprise.yaml"
    """The notification services, with their passwords."""
    RECORDING = "recording-system.db"
    """The example council's recording system."""


NOT_INCLUDED = (
    "settings made in the environment, the webhook secrets among them",
    "Prefect's database: every open case is given a run again",
    "logs, and the folder of messages as sent",
)
"""What an archive does not hold, in words for whoever restores it."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FileIn(_Said):
    """One file in the archive."""

    name: Part
    size: int
    """Bytes."""
    sha256: str


class Counts(_Said):
    """How much is in the database: what was copied is counted in the copy."""

    cases: int
    open_cases: int
    entries: int
    seals: int
    messages: int
    """Messages that came in, of every kind."""


class Manifest(_Said):
    """What the archive is."""

    format: int
    version: str
    """Of Safe Pathways."""
    revision: str
    """Of the database's tables."""
    made_at: AwareDatetime
    database: str
    """`sqlite` or `postgresql`."""
    counts: Counts | None
    """None where the copy could not be opened to be proven."""
    proven: bool
    """Whether the copy was opened and every chain in it held."""
    faults: tuple[str, ...]
    """What did not hold: references only."""
    files: tuple[FileIn, ...]
    not_included: tuple[str, ...] = NOT_INCLUDED

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Raises `NotABackup`."""
        try:
            found = cls.model_validate_json(text)
        except ValidationError:
            raise NotABackup(
                "this is no backup of Safe Pathways, or one of a newer version: name another file"
            ) from None
        if found.format > FORMAT:
            raise NotABackup(f"this backup was made by a newer version ({found.version}): install that, then restore")
        return found

    def has(self, part: Part) -> bool:
        """Whether that part is in the archive."""
        return any(one.name is part for one in self.files)


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()
