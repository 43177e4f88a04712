"""Which recording system this installation is joined to."""

from __future__ import annotations

from models.connections import EmbeddedRecordingSystem
from models.working_time import local_day
from tasks.durable.council import Council
from tasks.installation import Installation
from tasks.recording.embedded import EmbeddedSystem
from tasks.recording.interface import RecordingSystem

FILE = "recording-system.db"


def connected_system(council: Council) -> RecordingSystem | None:
    """The council's recording system as its connections file names it; None: notes are pasted by people."""
    named = council.connections.recording_system
    return None if named is None else embedded_system(council, named)


def embedded_system(council: Council, named: EmbeddedRecordingSystem) -> EmbeddedSystem:
    """The example council's own."""
    file = named.file or Installation.from_environment().home / FILE
    return EmbeddedSystem(file, lambda: local_day(council.clock.now()), named.writes_titles)
