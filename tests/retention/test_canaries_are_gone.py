"""Whatever a person wrote anywhere is gone from the files once its time was over and it was erased."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from deployments.worklist.drafts import drop_draft, keep_draft
from flows.undelivered_notice import undelivered_notice
from models.forms.house import NoticeUndelivered
from models.person_messages import SentBy
from tasks.database import Database
from tasks.durable.testing import Office
from tasks.intake import keep_mail, take_in_letter, take_in_mail, take_up_what_is_stored
from tasks.retention.running import erase_what_is_due
from tests.audit_world import faults
from tests.procedures import test_tray_privacy_review as of_the_tray
from tests.procedures import test_tray_privacy_triage as of_triage
from tests.procedures import test_written_contact_privacy as of_contacts
from tests.procedures.test_tray_privacy_triage import gaps_are
from tests.procedures.test_written_contact_privacy import CANARY, Planting, canaries_in_tables
from tests.retention.archive import bytes_of, close_whatever_is_open, erased_cases, years_pass
from tests.webhook_calls import Partner


def everything_is_gone(office: Office, database: Database) -> None:
    """Close what is open, let the time pass, erase, and look for the canary in the tables and in the files' bytes."""
    if database.is_sqlite:
        assert CANARY.encode() in bytes_of(database)
    close_whatever_is_open(office)
    years_pass(office, 9)
    erase_what_is_due(office.council)

    assert erased_cases(office) == set(office.cases())
    assert canaries_in_tables(office) == set()
    assert faults(database) == []
    if database.is_sqlite:
        assert bytes_of(database).count(CANARY.encode()) == 0


def test_no_word_is_left_of_any_form_of_the_contacts(office: Office, council_database: Database) -> None:
    """Every form of duty's procedures, with a canary in every field that a person fills in."""
    plant = Planting()
    office.cannot_reach("role-finance")
    of_contacts.away_and_not_told(office, plant)
    of_contacts.taken_by_the_worker(office, plant)
    of_contacts.away_and_given_on(office, plant)
    of_contacts.settled_at_duty(office, plant)
    of_contacts.through_the_queues(office, plant)
    of_contacts.could_not_be_read(office, plant)
    of_contacts.settled_for_another(office, plant)
    of_contacts.whom_it_is_about_confirmed(office, plant)
    of_contacts.gone_astray(office, plant)
    of_contacts.told_by_a_person(office, plant)
    of_contacts.kept_as_a_note(office, plant)
    office.days_pass(1)
    for alarm in office.cases(undelivered_notice):
        office.answer(alarm, plant.in_(NoticeUndelivered, services_mended=False), by="team-manager")
    everything_is_gone(office, council_database)


def test_no_word_is_left_of_anybody_who_waited(office: Office, council_database: Database) -> None:
    """The tray: triage, placing, contacts, ratings and ways out, with the row that lists how somebody stands."""
    plant = Planting()
    gaps_are(office, placement_rationale={"from_one_form": False})
    of_triage.placed_as_red(office, plant)
    of_triage.into_the_review_tray(office, plant)
    case = of_the_tray.placed(office, plant)
    of_the_tray.contacts(office, plant, case)
    of_the_tray.ratings(office, plant, case)
    everything_is_gone(office, council_database)


def test_no_word_is_left_of_what_came_by_any_door(office: Office, council_database: Database) -> None:
    """E-mails with enclosures, a letter on paper, calls of other systems, what nobody could read, what was ignored."""
    message = EmailMessage()
    message["From"], message["To"] = f"{CANARY} Finch <tom@example.org>", f"duty+{CANARY}@wenbridge.example.org"
    message["Subject"], message["Message-ID"] = f"About {CANARY}", f"<{CANARY}@example.org>"
    message.set_content(f"{CANARY} writes. " * 2000)
    message.add_attachment(CANARY * 5000, subtype="plain", filename=f"{CANARY}.txt")
    take_in_mail(office.council, message.as_bytes(), f"{CANARY}@example.org", [f"{CANARY}@wenbridge.example.org"])
    message["Auto-Submitted"] = "auto-replied"
    take_in_mail(office.council, message.as_bytes(), f"{CANARY}@example.org", [])
    keep_mail(office.council, f"{CANARY}: no message at all".encode() + bytes(range(256)), CANARY, [CANARY])
    take_up_what_is_stored(office.council)
    take_in_letter(
        office.council,
        sender=f"{CANARY}, 4 Alder Row",
        received_on=office.clock.now().date(),
        subject=CANARY,
        text=f"{CANARY} is content",
        scan=CANARY.encode() * 3000,
        scan_name=f"{CANARY}.pdf",
    )
    about = {"name": CANARY, "postcode": CANARY}
    sent = Partner(office).send(webhook_id=f"msg_{CANARY}", text=CANARY, subject=CANARY, about=about)
    assert sent.status_code == 202, sent.text
    office.hours_pass(1)
    everything_is_gone(office, council_database)


def test_no_word_is_left_of_what_was_said_to_people(office: Office, council_database: Database) -> None:
    """Messages by e-mail that were sent, with their addresses."""
    office.writes_to_people_by(SentBy.EMAIL)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"tom@{CANARY}.example.org", "duty@x.example.org", CANARY
    message.set_content("The bath seat has not come.")
    taken = take_in_mail(office.council, message.as_bytes(), f"tom@{CANARY}.example.org", ["duty@x.example.org"])
    assert taken.case_ref is not None
    office.hours_pass(2)
    assert [CANARY.lower() in one.to.lower() for one in office.sent_to_people()] == [True]
    everything_is_gone(office, council_database)


@pytest.mark.parametrize("was_sent", [True, False])
def test_no_word_is_left_of_drafts(office: Office, council_database: Database, was_sent: bool) -> None:
    """What was begun and sent, or begun and left behind, however often it was written over and whatever it grew to."""
    plant = Planting()
    of_contacts.away_and_not_told(office, plant)
    for length in (1, 50, 900, 20, 3000):
        for path in ("/start/referral/1", "/work-items/W-7K3Q9PXM2B"):
            keep_draft(office.council, "duty-worker", path, [("text", CANARY * length)], office.clock.now())
    if was_sent:
        with office.council.database.write() as session:
            drop_draft(session, "duty-worker", "/start/referral/1")
            drop_draft(session, "duty-worker", "/work-items/W-7K3Q9PXM2B")
    everything_is_gone(office, council_database)
