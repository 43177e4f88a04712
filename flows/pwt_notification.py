"""Telling somebody that they wait on the planned work tray, and confirming with them how they are reached."""

from __future__ import annotations

from flows.leaving_notes import leave_note
from flows.telling_a_person import TellingOutcome
from flows.telling_people import tell_person
from models.forms.tray_decision import PlacementTelling, PlacementTold
from models.notices import Recipient
from tasks.case_people import about_person
from tasks.durable import procedure
from tasks.tray.placement import (
    confirmed_in_words,
    list_wrong_details,
    look_up_what_was_confirmed,
    word_the_placement,
)

BY_HAND = "their contact details and what they need are confirmed with them"
"""Why a person tells them and no machine (PWT-30)."""


@procedure(
    title="Telling somebody that they wait",
    follows="Managing Planned Work Trays, March 2023: telling the person",
)
def pwt_notification(telling: PlacementTelling) -> TellingOutcome:
    """
    See that somebody who was placed on the tray, or who speaks for them, is told so, by the means they prefer.

    The duty worker tells them, with the team's telephone, how often to expect us, and the text ready; and confirms
    their contact details and what they need to follow and be understood. Who is not reached is tried again each
    working day, and after the tries that policy gives a manager decides. Their waiting does not depend on it: that is
    a case of its own from the moment of placing. Who has died is not told.
    """
    about_person(telling.person)
    told = tell_person(
        telling.whom,
        word_the_placement(telling.team, telling.colour, telling.tray_case),  # PWT-29, PWT-31
        of=Recipient.from_tag(telling.of),
        wanted_within=telling.wanted_by,
        by_hand=BY_HAND,
        clauses="PWT-28 PWT-29 PWT-30 PWT-31",
        form=PlacementTold,
    )
    if not told.told:
        return TellingOutcome.NOT_TOLD
    confirmed = look_up_what_was_confirmed()  # PWT-30
    if confirmed.details is not None and not confirmed.details.contact_details_right:
        list_wrong_details(telling.person, telling.team)
    leave_note(
        "Contact details and communication needs",
        f"Told that they wait on the tray. {told.in_words} {confirmed_in_words(confirmed)}",
        about_person=telling.person,
        of=Recipient.from_tag(telling.of),
        author=told.by,
        clauses="PWT-28 PWT-30",
    )
    return TellingOutcome.TOLD
