"""A note that another case left and that no machine writes: somebody pastes it into the recording system."""

from __future__ import annotations

from flows.recording import KeptNote, have_it_pasted, kept, wait_until_it_is_shown
from models.forms.note_to_keep import NoteToKeep
from models.forms.paperwork import RecordMade
from models.notices import Recipient
from tasks.case_people import about_person
from tasks.durable import procedure
from tasks.durable.in_force import policy
from tasks.recording.keeping import WantedNote, enter_given_id
from tasks.recording.leaving import look_up_note


@procedure(follows="Safe Pathways: where a note lives", title="A note to keep", somebody_waits=False)
def note_to_keep(left: NoteToKeep) -> str:
    """
    See that a note comes to stand in the recording system, whose own case has gone on without it (GAP-55).

    Whoever was named for it is asked to paste the text that is ready and give its id; they are chased, and the
    managers above them hear of it. If the system's extract shows the note first, they need not answer. Where a worker
    has said that they wrote it themselves and policy wants it shown, nobody is asked before the extract had its time.
    """
    about_person(left.about_person)
    wanted = look_up_note(left)
    place = wait_for_what_was_said(wanted, left) if left.said_to_be else ask_for_it(wanted, left, why_asked(left))
    return f"{place.ending}"


def wait_for_what_was_said(wanted: WantedNote, left: NoteToKeep) -> KeptNote[RecordMade]:
    """The worker says that it stands there: the extract shows it, or somebody is asked."""
    enter_given_id(wanted.id, left.said_to_be)
    news = wait_until_it_is_shown(wanted)
    if news is not None and news.ending is not None:
        return kept(wanted, news.note_id, news.ending)
    return ask_for_it(wanted, left, f"It is said to be {left.said_to_be}, and no extract has shown it.")


def ask_for_it(wanted: WantedNote, left: NoteToKeep, why: str) -> KeptNote[RecordMade]:
    """Somebody pastes it and says so, or the extract shows it; whichever comes first."""
    by = left.wanted_by or policy().gaps.reasonable_time.reasonable
    return have_it_pasted(wanted, why, Recipient.from_tag(left.of), RecordMade, by, left.clauses, RecordMade.slug())


def why_asked(left: NoteToKeep) -> str:
    """Why a person is asked, where they must look first whether a machine has written it after all."""
    return "It could not be written by itself." if left.tried else ""
