"""The person of whom a concern about a provider speaks hears of it, and is asked whether they may be contacted."""

from __future__ import annotations

from enum import StrEnum

from flows.advocacy import advocacy
from flows.telling_people import tell_person
from models.forms.advocacy import AdvocacyNeed
from models.forms.pause import WhoSpeaks
from models.forms.provider_concern import ConcernShared, ConcernToBeShared, ContactKnown, MayContact
from models.notices import Recipient
from models.policy.gaps.duty import AdvocacyStep
from models.telling_findings import Addressee, ToBeTold, Told
from tasks.case_people import about_person
from tasks.durable import closed, first_of, open_case, procedure, send
from tasks.providers.concerns import word_the_concern
from tasks.providers.sharing import look_up_what_they_said

BY_HAND = "they are asked whether they agree to be contacted"
"""Why a person tells them and no machine (REA-46)."""


class SharingOutcome(StrEnum):
    """How telling them ended."""

    AGREES = "told, and may be contacted"
    """They, or whoever stands for them, agree."""
    NO_CONTACT = "told, and not to be contacted"
    """They do not agree, or have not said: the concern goes ahead without them."""
    NOT_TOLD = "not told"
    """It would put somebody at risk, they have died, or they were not reached; it is on record why."""


@procedure(
    title="Telling somebody of a concern about their care",
    follows="Monitoring Actions (Reablement), November 2023: concerns about a provider",
)
def provider_concern_told(sharing: ConcernToBeShared) -> SharingOutcome:
    """
    See that somebody with whom something happened knows of the concern that speaks of it, and why it was raised.

    Whoever raised it tells them and asks whether they may be contacted, unless telling them would put somebody at risk:
    then the risk stands on record. Who lacks capacity to decide about it is heard through whoever represents them, or
    an advocate; whoever is said to be the source of the risk is not involved. The concern itself does not wait for any
    of it. Who is not reached is tried again each working day, and after some tries a manager decides.
    """
    about_person(sharing.about_person)
    told, said = share(sharing)
    while sharing.about_person is not None and an_advocate_comes_first(told, said):
        found = find_an_advocate(sharing, sharing.about_person)
        told, said = share(sharing, f"An advocate: {found}")  # GAP-39
    if not told.told or said is None:
        why = told.not_told_because
        send(sharing.came_from, ContactKnown(told=False, not_told_because=why), clauses="REA-45 REA-54")
        return SharingOutcome.NOT_TOLD
    stood_for = said.spoken_with is not WhoSpeaks.PERSON
    known = ContactKnown(
        told=True,
        may_contact=said.may_contact or MayContact.NOT_SAID,
        spoken_with=f"{said.spoken_with}: {said.spoken_with_named}" if stood_for else "",
    )
    send(sharing.came_from, known, clauses="REA-46 REA-55")
    return SharingOutcome.AGREES if known.may_contact is MayContact.AGREES else SharingOutcome.NO_CONTACT


def share(sharing: ConcernToBeShared, *more: str) -> tuple[Told, ConcernShared | None]:
    """They are told, or it is on record why not; with what was said last."""
    told = tell_person(
        whom_to_tell(sharing),
        word_the_concern(),
        of=Recipient.from_tag(sharing.told_by),
        wanted_within=sharing.wanted_by,
        about="\n".join((f"Provider: {sharing.provider}", f"The concern: {sharing.what}", *more)),
        by_hand=BY_HAND,
        clauses="REA-45 REA-46 REA-54 REA-55",
        form=ConcernShared,
    )
    return told, look_up_what_they_said()


def an_advocate_comes_first(told: Told, said: ConcernShared | None) -> bool:
    """Whether whoever was to tell them says so; not where nobody is told any more, as after a death."""
    return not told.told and bool(told.by) and said is not None and said.advocate_wanted


def whom_to_tell(sharing: ConcernToBeShared) -> ToBeTold:
    """The person, known to the register or not."""
    if sharing.about_person is not None:
        return ToBeTold.the_person(sharing.about_person)
    return ToBeTold(who=Addressee.INVOLVED, called=sharing.person_in_words)


def find_an_advocate(sharing: ConcernToBeShared, person: str) -> str:
    """They cannot be heard without one; gives how the search ended."""
    need = AdvocacyNeed(
        about_person=person,
        step=AdvocacyStep.PROTECTION,
        what=f"To be heard on a concern about {sharing.provider}",
        decided_by=sharing.told_by,
    )
    ref = open_case(advocacy, need, owner=Recipient.from_tag(sharing.told_by), clauses="REA-46 REA-55 DUTY-40")
    return first_of(closed(ref)).outcome or ""
