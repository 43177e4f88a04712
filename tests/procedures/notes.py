"""A small procedure that keeps a note, and the recording system beside it, as the stories of notes use them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from deployments.example_council import example_records
from flows.recording import keep_note
from models.connections import Connections, EmbeddedRecordingSystem
from models.durations import working_days
from models.forms.base import CaseFacts
from models.forms.paperwork import RecordMade
from models.policy import Policy
from models.policy.gaps.everywhere import RecordEnding
from models.recording import CaseNote
from models.roles import Role
from models.working_time import local_day
from tasks.case_people import about_person
from tasks.durable import procedure
from tasks.durable.testing import Office
from tasks.recording.connected import embedded_system
from tasks.recording.embedded import EmbeddedSystem
from tasks.recording.writing import WritingReport, write_due_notes
from tasks.register.taking_in import Following, take_in_extract

TITLE = "Telephone advice"
TEXT = "Advised on the bath seat."
PASTED = RecordMade(note_id="A-31007")


class AdviceGiven(CaseFacts):
    """Advice that is to be noted, about somebody whom the register knows, or does not."""

    person: str | None = "P-101"
    notes: int = 1
    text: str = TEXT


@procedure(follows="the stories of notes")
def noting_advice(advice: AdviceGiven) -> str:
    """Keep one note after the other, and say how each ended."""
    about_person(advice.person)
    endings = []
    for _ in range(advice.notes):
        kept = keep_note(
            TITLE,
            advice.text,
            about_person=advice.person,
            of=Role.DUTY_WORKER,
            form=RecordMade,
            wanted_within=working_days(2),
            clauses="DUTY-29",
        )
        endings.append(f"{kept.ending} {kept.note_id}{' with an answer' if kept.answer else ''}")
    return "; ".join(endings)


def allowing(policy: Policy, *endings: RecordEnding) -> Policy:
    """That policy with these ways of a note and no others (GAP-55)."""
    record_ends = policy.gaps.record_ends.model_copy(update={"endings": endings})
    return policy.model_copy(update={"gaps": policy.gaps.model_copy(update={"record_ends": record_ends})})


class Alder:
    """The example council's recording system beside an office, and its nightly extract."""

    def __init__(self, office: Office, folder: Path, *, titles: Sequence[str] = ("*",)) -> None:
        self.office, self.folder = office, folder
        named = EmbeddedRecordingSystem(kind="embedded", writes_titles=tuple(titles), file=folder / "alder.db")
        office.council.connections = Connections(recording_system=named)
        self.system: EmbeddedSystem = embedded_system(office.council, named)
        self.system.open_records(example_records())

    def write(self) -> WritingReport:
        """A round of writing, and the legs that follow."""
        report = write_due_notes(self.office.council)
        self.office.hours_pass(0)
        return report

    def paste(self, text: str, *, title: str = TITLE, record: str = "LAS-70410") -> str:
        """A person pastes a note; gives its id."""
        return self.system.paste(record, title, text, "duty-worker")

    def extract_comes(self) -> Following:
        """Its extract of notes is taken in, and the legs that follow are run."""
        today = local_day(self.office.clock.now())
        file = self.system.extract(self.folder)
        _, following = take_in_extract(self.office.council, [file], extract_date=today)
        self.office.hours_pass(0)
        return following


def note_of(office: Office, case: str) -> CaseNote:
    """The latest note that a case wants."""
    with office.council.database.read() as session:
        notes = session.scalars(select(CaseNote).where(CaseNote.case_ref == case).order_by(CaseNote.wanted_at)).all()
        return notes[-1]


def with_policy(office: Office, policy: Policy) -> None:
    """From now on the council has another policy."""
    office.council = dataclasses.replace(office.council, policy=policy)
    office.runtime.council = office.council
