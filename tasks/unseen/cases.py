"""The open cases in which somebody waits: about whom, whose, and what is awaited, each as it stood at a moment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from models.case_people import CasePerson
from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.base import Form, UnknownForm
from models.forms.handover import HandoverAnswer
from models.notices import Recipient, RecipientKind
from models.retention import CaseErasure
from models.states import WaitKind
from tasks.as_of import ERASED, Awaited, Cases, awaited, latest, open_at, owners
from tasks.durable.procedure import UnknownProcedure, procedure_named
from tasks.tray.listing import TrayRow, tray_at

OUT_OF_AREA = "out-of-area-placement"


@dataclass(frozen=True)
class OpenCase:
    """A case in which somebody waits."""

    ref: str
    procedure: str
    opened_at: datetime
    owner: str
    """Tag of who owned it."""
    awaited: tuple[Awaited, ...]
    """Questions, moments and other cases; what may come unasked is left out."""
    people: tuple[str, ...]
    """Register ids of those it was about; empty where nobody was known yet."""
    tray: TrayRow | None = None
    """How they stood on the tray, where this is their case on it."""
    is_erased: bool = False
    """What its ledger said was erased since: whom it was about, its dates and what was awaited are not known."""
    needs_attention: bool = False
    """A step had failed, or the code did not fit: nothing went on before a person had seen to it."""

    @property
    def lacks_owner(self) -> bool:
        """Somebody is placed out of area and nobody has that by name: a team or a role is no one person (TRN-50)."""
        if self.procedure != OUT_OF_AREA or self.owner == ERASED:
            return False
        return Recipient.from_tag(self.owner).kind is not RecipientKind.STAFF

    @property
    def questions(self) -> tuple[Awaited, ...]:
        """What somebody was asked, the soonest due first."""
        asked = (one for one in self.awaited if one.kind is WaitKind.DECISION)
        return tuple(sorted(asked, key=lambda one: (one.due is None, one.due or one.since)))

    @property
    def next_date(self) -> datetime | None:
        """
        The earliest date on which something is due for them; it may have passed.

        On the tray that is the next contact or the earliest question; the limits of waiting are nobody's visit.
        """
        if self.tray is not None:
            dates = [self.tray.next_contact_due, *(one.due for one in self.questions)]
        else:
            dates = [one.due for one in self.awaited]
        return min((one for one in dates if one is not None), default=None)

    @property
    def is_left_to_another(self) -> bool:
        """It waited for another case, which has a line or a place of its own."""
        return any(one.kind is WaitKind.CASE for one in self.awaited)


def open_cases(session: Session, moment: datetime) -> tuple[list[OpenCase], int]:
    """The cases in which somebody waited at a moment, and how many restricted cases there were beside them."""
    every = session.execute(
        select(Case.ref, Case.procedure, Case.opened_at, Case.parent_ref, Case.restricted)
        .where(Case.ref.in_(open_at(moment)))
        .order_by(Case.opened_at, Case.ref)
    ).all()
    rows = [row for row in every if not row.restricted and somebody_waits(row.procedure)]
    shown = open_at(moment, Case.restricted.is_(False))
    owned_by, waits = owners(session, shown, moment), awaited(session, shown, moment)
    known = known_people(session, moment, shown)
    on_tray = {row.ref: row for row in tray_at(session, moment)}
    erased = set(session.scalars(select(CaseErasure.case_ref).where(CaseErasure.case_ref.in_(shown))))
    parked = latest(session, shown, moment, Entry.kind.in_([EntryKind.PARKED, EntryKind.RESUMED]))
    found = [
        OpenCase(
            ref=row.ref,
            procedure=row.procedure,
            opened_at=row.opened_at,
            owner=owned_by.get(row.ref, ERASED),
            awaited=tuple(waits.get(row.ref, ())),
            people=tuple(known.get(row.ref, ())) or people_above(session, moment, row.procedure, row.parent_ref),
            tray=on_tray.get(row.ref),
            is_erased=row.ref in erased,
            needs_attention=row.ref in parked and parked[row.ref].kind is EntryKind.PARKED,
        )
        for row in rows
    ]
    return found, sum(row.restricted for row in every)


def somebody_waits(procedure: str) -> bool:
    """Whether a person waits in the cases of that procedure; where this version no longer has it, they may."""
    try:
        return procedure_named(procedure).somebody_waits
    except UnknownProcedure:
        return True


def is_handover(question: Awaited) -> bool:
    """Whether somebody was asked to take a case on, and has neither accepted nor refused."""
    try:
        return issubclass(Form.named(question.name), HandoverAnswer)
    except UnknownForm:
        return False


def known_people(session: Session, moment: datetime, cases: Cases) -> dict[str, list[str]]:
    """Register ids of the people whom each of those cases was known to be about by then."""
    said = aliased(Entry)
    rows = session.execute(
        select(CasePerson.case_ref, CasePerson.person_id)
        .join(said, and_(said.case_ref == CasePerson.case_ref, said.no == CasePerson.since_no))
        .where(CasePerson.case_ref.in_(cases), said.at <= moment)
        .order_by(CasePerson.person_id)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for ref, person in rows:
        found[ref].append(person)
    return found


def people_above(session: Session, moment: datetime, procedure: str, parent_ref: str | None) -> tuple[str, ...]:
    """
    Whom a case is about that does not say: those of the case that opened it.

    Not where both are of one procedure: then it is about somebody else, such as another person of the same letter.
    """
    while parent_ref is not None:
        above = session.get_one(Case, parent_ref)
        if above.procedure == procedure or above.restricted:
            break
        known = known_people(session, moment, select(Case.ref).where(Case.ref == above.ref))
        if known:
            return tuple(known[above.ref])
        procedure, parent_ref = above.procedure, above.parent_ref
    return ()
