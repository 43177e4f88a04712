"""An office on an ordinary Monday, for looking at its pages: a little of everything, or very much of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage

from flows.deprivation_of_liberty import deprivation_of_liberty
from flows.pwt_triage import pwt_triage
from flows.written_contact_transfer import written_contact_transfer
from models.decision_tables.levels import Rag
from models.forms.liberty import LibertyConcern, LibertyConsidered
from models.forms.out_of_area_signals import CouncilRaisedConcern
from models.forms.reablement_signals import EvidenceKind, EvidenceReceived
from models.forms.tray_review import TrayReviewed
from models.out_of_area.kinds import CouncilConcernKind
from models.register import Person
from tasks.durable.testing import Office
from tasks.intake import take_in_mail
from tasks.tray.weekly_opening import open_due_reviews
from tasks.worklist.covering import Wanted, arrange
from tests.procedures.letters import letter, sorted_as
from tests.procedures.move_stories import REFUSED as MOVE_REFUSED
from tests.procedures.move_stories import moves, prepare
from tests.procedures.out_of_area_stories import LYDIA, PER, on_the_tracker, taken_on
from tests.procedures.reablement_stories import in_reablement
from tests.procedures.tray_stories import on_the_tray
from tests.procedures.triage_stories import SAFE, referral, triaged
from tests.worklist.answering_stories import item_of, member
from tests.worklist.incident_stories import fails, invented, list_comes
from tests.worklist.market_pages import market

SHE_STEPS_IN = EvidenceReceived(
    kind=EvidenceKind.OBSERVATION, given_by="Meera Solanki", what="She steps into the bath by herself"
)


@dataclass(frozen=True)
class Busy:
    """What lies in the office: refs of cases, ids of work items, the id of a letter's mail."""

    letter: str
    mail: str
    sorting: str
    tray: str
    referral: str
    decision: str
    """Hazel's team leader is to decide about the referral."""
    review: str
    """The work item of the weekly review of Hazel's tray."""
    answered: str
    """A work item that duty has answered."""
    plan: str
    """Somebody's reablement, with evidence for a change."""
    asks_first: str
    """A work item before whose form it is asked whether anybody is at risk."""
    incident: str
    """A provider has failed, and a list of people has come."""


def a_busy_office(office: Office) -> Busy:
    """Three people on Hazel's tray and its weekly review, a letter with a file, a referral, somebody stood in for."""
    tray = [
        on_the_tray(office, colour, person=person)
        for colour, person in ((Rag.RED, "P-105"), (Rag.AMBER, "P-107"), (Rag.GREEN, "P-110"))
    ]
    office.days_pass(7)
    [review] = open_due_reviews(office.council)
    asked = office.start(pwt_triage, referral())
    answered = item_of(office, asked, type(SAFE).name())
    office.answer(asked, SAFE, by="duty-worker")
    office.answer(asked, triaged(), by="duty-worker")
    locked_in = office.start(deprivation_of_liberty, LibertyConcern(about_person="P-110", what="his door is locked"))
    plan = in_reablement(office)
    office.signal(plan, SHE_STEPS_IN, by="reablement-worker")
    given = office.start(written_contact_transfer, letter())
    office.answer(given, sorted_as(), by="duty-worker")
    taken = take_in_mail(office.council, _mail(), "return@example.org", ["duty@wenbridge.example.org"])
    office.hours_pass(0)
    assert taken.case_ref is not None
    incident = fails(office, care_ends_on=date(2026, 1, 12))
    list_comes(office, incident, *invented(6))
    placed = on_the_tracker(office, PER)
    office.signal(placed, CouncilRaisedConcern(kind=CouncilConcernKind.QUALITY, what="Late calls", by_whom="Jo Marsh"))
    taken_on(office, LYDIA, placed_on=date(2025, 2, 24))
    market(office)
    prepare(office, moves(office))
    office.answer(moves(office, person="P-102", day=date(2026, 1, 14)), MOVE_REFUSED, by="practitioner-5")
    wanted = Wanted("practitioner-2", "practitioner", date(2026, 1, 12), date(2026, 1, 16))
    arrange(office.council, wanted, by=member(office, "team-leader"))
    return Busy(
        letter=taken.case_ref,
        mail=taken.mail_id,
        sorting=item_of(office, taken.case_ref, "ContactSorting"),
        tray=tray[0],
        referral=asked,
        decision=item_of(office, asked, "TrayDecision"),
        review=item_of(office, review, TrayReviewed.name()),
        answered=answered,
        plan=plan,
        asks_first=item_of(office, locked_in, LibertyConsidered.name()),
        incident=incident,
    )


def a_very_busy_office(office: Office) -> None:
    """Two hundred people on Hazel's tray whose contacts fall due, and a hundred letters that nobody has sorted."""
    with office.council.database.write() as session:
        session.add_all(
            Person(id=f"N-{n:03}", record_id=f"LAS-9{n:04}", name=f"Nadia Number-{n:03}", born_on=date(1940, 5, 1))
            for n in range(200)
        )
    for n in range(200):
        on_the_tray(office, list(Rag)[n % 3], person=f"N-{n:03}")
    office.days_pass(7)
    open_due_reviews(office.council)
    for _ in range(100):
        office.start(written_contact_transfer, letter())


def _mail() -> bytes:
    """An e-mail with an order form enclosed."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Tom Tilling <tom@example.org>", "duty@x", "Bath seat"
    message["Message-ID"], message["Date"] = "<1@example.org>", "Mon, 12 Jan 2026 08:00:00 +0000"
    message.set_content("Dear Priya Nair,\n\nthe bath seat for my mother has not come.\n\nTom Tilling")
    message.add_attachment(b"%PDF-1.7 an order", maintype="application", subtype="pdf", filename="order.pdf")
    return message.as_bytes()
