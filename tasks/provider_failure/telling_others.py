"""Telling people outside of an incident: the room's decision about each of them is kept, and they begin to be told."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.disclosures import DisclosureOutcome
from models.forms.incident_telling import TellingDecided
from models.notices import Recipient
from models.provider_failure.kinds import Audience
from models.provider_failure.tables import Incident, IncidentTelling
from models.register import Person
from models.roles import Role
from tasks.durable import audited, here
from tasks.durable.leg import Step
from tasks.provider_failure.telling_people import open_tellings
from tasks.provider_failure.who_is_told import (
    council_key,
    councils_to_decide,
    in_progress,
    last_place,
    latest,
    name_of,
    placed_by_councils,
    tellings_of,
    undecided,
    untold,
)

_RECIPIENTS = {
    Audience.COUNCIL: ("another council's adult social care", "to tell it of its people with a failing provider"),
    Audience.REGULATOR: ("Care Quality Commission", "to tell it how people with a failing provider fare"),
    Audience.HEALTH: ("health service", "to keep people safe when a provider fails"),
    Audience.FAMILIES: ("families and representatives", "to tell them that a provider fails"),
    Audience.STAFF: ("staff of a failing provider", "to tell them what happens with the people whom they care for"),
}  # fmt: skip
"""Recipient and purpose, as a council's table of routine disclosures may have them (GAP-09)."""
_BY_COMMISSIONING = (Audience.COUNCIL, Audience.REGULATOR, Audience.STAFF)
"""Whom commissioning speaks with; the room sees to the others."""


class ToTell(BaseModel):
    """Somebody outside who is told now, through the disclosure gate. The content may be personal."""

    model_config = ConfigDict(frozen=True)

    number: int
    recipient: str
    purpose: str
    who: str
    content: str
    about_person: str | None
    given_by: str
    """Tag of who gives it."""


class Begun(BaseModel):
    """Who is told now."""

    model_config = ConfigDict(frozen=True)

    others: tuple[ToTell, ...]
    people: int
    """For how many people a case begins in which they are told."""

    @property
    def in_words(self) -> str:
        """For the story of the case: who, and no word of what."""
        who = [one.who for one in self.others]
        return ", ".join([*who, *([f"{self.people} people"] if self.people else [])]) or "nobody"


class TellingStands(BaseModel):
    """Who must be told and has not been, as far as nobody has decided why not; and who has to be decided about."""

    model_config = ConfigDict(frozen=True)

    untold: tuple[str, ...]
    undecided: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"not told yet: {', '.join(self.untold)}" if self.untold else "whoever must be told was told"


# ---------------------------------------------------------------------- what the room decides


@audited("Noted who is told of it", clauses="TRN-51 GAP-09")
def note_who_is_told(decided: TellingDecided) -> TellingStands:
    """A row for each audience that nothing was decided about, and for each that is told now."""
    step = here()
    refused = {council_key(one.council): one.because for one in decided.councils_not_told}
    for name in councils_to_decide(step.session, step.case.ref):
        because = refused.get(council_key(name))
        if because or decided.councils:
            _add(step, decided, Audience.COUNCIL, name, None if because else decided.councils, because)
    for audience in (one for one in Audience if one is not Audience.COUNCIL):
        standing = latest(step.session, step.case.ref, audience)
        content = decided.to(audience)
        because = decided.regulator_not_because if audience is Audience.REGULATOR else decided.left_out_because
        says_so = bool(content) or (audience is Audience.REGULATOR and bool(because))
        if standing is None or (says_so and not in_progress(standing)):
            _add(step, decided, audience, "", content or None, None if content else because)
    step.session.flush()
    return _stands(step.session, step.case.ref)


def _add(
    step: Step, decided: TellingDecided, audience: Audience, whom: str, content: str | None, because: str | None
) -> None:
    before = latest(step.session, step.case.ref, audience, whom)
    if before is not None and before.begun_at is None and before.content is not None:
        before.not_told_because = "it was decided anew"  # kept ready, and never told
    last = select(func.max(IncidentTelling.number)).where(IncidentTelling.case_ref == step.case.ref)
    row = IncidentTelling(
        case_ref=step.case.ref,
        number=1 + (step.session.scalar(last) or 0),
        audience=str(audience),
        whom=whom,
        decided_at=step.now,
        subject=decided.people_subject if audience is Audience.PEOPLE and content else None,
        content=content,
        not_told_because=because,
        before_announced=audience in decided.before_announced,
        up_to=None if content else last_place(step.session, step.case.ref),
    )
    step.session.add(row)
    step.session.flush()


@audited("Looked who must be told of it and has not been", clauses="TRN-51")
def look_up_who_is_untold() -> TellingStands:
    """After a list has come, or a difference was settled."""
    return _stands(here().session, here().case.ref)


def beside_telling(read: str) -> Callable[[Step], str]:
    """What whoever decides it reads: whom they have to decide about at that moment, and what is known."""

    def words(step: Step) -> str:
        names = untold(step.session, step.case.ref)
        return f"Must be told: {', '.join(names)}\n{read}" if names else read

    return words


# ---------------------------------------------------------------------- telling them


@audited("Began to tell those who may be told now", clauses="TRN-48 TRN-51")
def begin_telling(room: str) -> Begun:
    """Whoever is told before it is announced, or all where it is; and whoever came onto the list since."""
    step = here()
    incident = step.session.get_one(Incident, step.case.ref)
    others: list[ToTell] = []
    people = 0
    for row in tellings_of(step.session, step.case.ref):
        is_ready = row.content is not None and row.not_told_because is None
        if not is_ready or (incident.announced_at is None and not row.before_announced):
            continue
        if row.audience == Audience.PEOPLE:
            row.begun_at = row.begun_at or step.now
            people += open_tellings(step, incident, row)
        elif row.begun_at is None:
            row.begun_at, row.up_to = step.now, last_place(step.session, step.case.ref)
            others.append(_to_tell(step.session, incident, row, room))
    step.session.flush()
    return Begun(others=tuple(others), people=people)


@audited("Noted in which case they are told", clauses="TRN-51")
def note_told_in(number: int, ref: str) -> None:
    """The latest, where it is tried again."""
    _row(number).told_in = ref


@audited("Noted what came of telling them", clauses="TRN-48 TRN-51")
def note_what_came_of_it(number: int, outcome: str | None) -> TellingStands:
    """They have been told, or it is asked what follows."""
    step = here()
    if outcome == DisclosureOutcome.GIVEN:
        _row(number).told_at = step.now
        step.session.flush()
    return _stands(step.session, step.case.ref)


@audited("Noted what is done as they were not told", clauses="TRN-51")
def note_done_instead(number: int, instead: str) -> TellingStands:
    """A person has decided what is done instead; it is not tried again."""
    step = here()
    _row(number).not_told_because = instead
    step.session.flush()
    return _stands(step.session, step.case.ref)


@audited("Noted that it is tried again", clauses="TRN-51")
def note_tried_again(number: int, content: str, room: str) -> ToTell:
    """With other words."""
    step = here()
    row = _row(number)
    row.content = content
    step.session.flush()
    return _to_tell(step.session, step.session.get_one(Incident, step.case.ref), row, room)


def _stands(session: Session, incident: str) -> TellingStands:
    return TellingStands(untold=tuple(untold(session, incident)), undecided=tuple(undecided(session, incident)))


def _row(number: int) -> IncidentTelling:
    step = here()
    return step.session.get_one(IncidentTelling, (step.case.ref, number))


def _to_tell(session: Session, incident: Incident, row: IncidentTelling, room: str) -> ToTell:
    audience = Audience(row.audience)
    recipient, purpose = _RECIPIENTS[audience]
    theirs = _people_of_council(session, incident.case_ref, row.whom) if audience is Audience.COUNCIL else []
    lines = [f"{incident.provider_name}: {row.content}", *(words for words, _ in theirs)]
    alone = theirs[0][1] if len(theirs) == 1 else None
    by = Recipient.role(Role.COMMISSIONING).tag if audience in _BY_COMMISSIONING else room
    return ToTell(
        number=row.number,
        recipient=recipient,
        purpose=purpose,
        who=name_of(row),
        content="\n".join(lines),
        about_person=alone,
        given_by=by,
    )


def _people_of_council(session: Session, incident: str, council: str) -> list[tuple[str, str | None]]:
    """Its own people on the list, and nobody else's: name and date of birth, as it knows them by these."""
    found = []
    for row in placed_by_councils(session, incident):
        if council_key(row.placed_by or "") == council_key(council):
            known = session.get(Person, row.person_id) if row.person_id else None
            name, born = (known.name, known.born_on) if known else (row.name, row.born_on)
            found.append((f"{name or 'name not known'}{f', born {born:%d %B %Y}' if born else ''}", row.person_id))
    return found
