"""What is kept beside cases and mail goes by its own time: drafts, sign-in records, people of the register, looks."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from deployments.worklist.drafts import keep_draft
from models.audit import AccessEntry
from models.case_people import CasePerson
from models.register import Allocation, ExtractKind, Person, RegisterImport
from models.worklist import Draft, WebSession
from tasks.audit.access_log import note_access
from tasks.audit.sealing import seal
from tasks.database import Database
from tasks.durable.testing import Office
from tasks.retention.running import erase_what_is_due, would_erase
from tests.audit_world import Attacker, faults
from tests.retention.archive import closed_errand, held, lifted, years_pass

LEFT = "P-108"
"""Somebody of the example register whom no case is about."""


def drafts(office: Office) -> list[str]:
    """The paths of the drafts that are kept."""
    with office.council.database.read() as session:
        return sorted(session.scalars(select(Draft.path)))


def begun(office: Office, path: str, words: str = "about the bath seat") -> None:
    """Somebody has begun to write."""
    assert keep_draft(office.council, "duty-worker", path, [("text", words)], office.clock.now())


def looked(office: Office, about: str) -> None:
    """Somebody has looked at a case or a person."""
    with office.council.database.write() as session:
        note_access(session, "duty-worker", "read-case", about, office.clock.now())


def log(office: Office) -> list[tuple[int, str, str]]:
    """The access log."""
    with office.council.database.read() as session:
        rows = session.execute(select(AccessEntry.no, AccessEntry.what, AccessEntry.about).order_by(AccessEntry.no))
        return [(no, what, about) for no, what, about in rows]


# ---------------------------------------------------------------- drafts


def test_a_draft_that_was_left_behind_goes_after_its_time(office: Office) -> None:
    """Thirty days after it was last kept; the access log says how many went."""
    begun(office, "/start/referral/1")
    office.days_pass(20)
    begun(office, "/start/referral/2")
    office.days_pass(11)
    assert erase_what_is_due(office.council).drafts == 1
    assert drafts(office) == ["/start/referral/2"]
    assert log(office) == [(1, "erase-draft", "1 drafts")]


def test_a_draft_about_what_is_under_hold_stays(office: Office) -> None:
    """By the case whose form it is, or by whom it names, however it writes the name."""
    with office.council.database.write() as session:
        session.execute(update(Person).where(Person.id == "P-101").values(name="Zoë Finch"))
    ref = closed_errand(office)
    begun(office, f"/cases/{ref}/signals/errand-changed")
    begun(office, "/start/referral/1", "Zoë Finch rang")
    begun(office, "/start/referral/2", "somebody rang")
    hold = held(office, case=ref)
    held(office, person="P-101")
    office.days_pass(40)
    assert would_erase(office.council).drafts == 1
    assert erase_what_is_due(office.council).drafts == 1
    assert drafts(office) == [f"/cases/{ref}/signals/errand-changed", "/start/referral/1"]
    lifted(office, hold)
    assert erase_what_is_due(office.council).drafts == 1


# ---------------------------------------------------------------- sign-in records


def test_who_was_signed_in_is_forgotten_a_fortnight_after_their_time_was_over(office: Office) -> None:
    """A form that was open over a holiday can still be kept; later nothing is known of the browser."""
    now = office.clock.now()
    with office.council.database.write() as session:
        session.add(
            WebSession(
                token_digest="0" * 64,
                staff_id="duty-worker",
                form_token="t",
                signed_in_at=now,
                seen_at=now,
                expires_at=now + timedelta(hours=8),
                id_token="who they are, in full",
            )
        )
    office.days_pass(14)
    assert erase_what_is_due(office.council).sign_in_records == 0
    office.days_pass(1)
    assert would_erase(office.council).sign_in_records == 1
    assert erase_what_is_due(office.council).sign_in_records == 1


# ---------------------------------------------------------------- people of the register


def extract(office: Office, *, without: str | None = None, full: bool = True) -> None:
    """An extract of people was read in today; everybody but one was in it."""
    today = office.clock.now().date()
    with office.council.database.write() as session:
        shown = update(Person).where(Person.id != without) if without else update(Person)
        session.execute(shown.values(last_shown_on=today))
        session.add(
            RegisterImport(
                imported_at=office.clock.now(),
                kind=ExtractKind.PEOPLE,
                file="people.csv",
                rows=1,
                rejected=0,
                full=full,
                extract_date=today,
            )
        )


def is_in_the_register(office: Office, person_id: str) -> bool:
    """Whether the register has them."""
    with office.council.database.read() as session:
        return session.get(Person, person_id) is not None


def test_an_import_says_when_somebody_was_last_shown(office: Office) -> None:
    """The day of the extract that had them; the example council's was read in on 5 January 2026."""
    with office.council.database.read() as session:
        assert set(session.scalars(select(Person.last_shown_on))) == {date(2026, 1, 5)}


def test_somebody_whom_the_extract_leaves_out_and_no_case_is_about_is_taken_out(office: Office) -> None:
    """A year after the last extract that had them, with all that the extracts said of them; the access log has it."""
    office.days_pass(30)
    extract(office, without=LEFT)
    years_pass(office, 0.75)
    extract(office, without=LEFT)
    assert erase_what_is_due(office.council).people == 0
    years_pass(office, 0.5)
    extract(office, without=LEFT)
    assert would_erase(office.council).people == 1
    assert erase_what_is_due(office.council).people == 1
    assert not is_in_the_register(office, LEFT)
    with office.council.database.read() as session:
        of_them = select(func.count()).select_from(Allocation).where(Allocation.person_id == LEFT)
        assert session.scalar(of_them) == 0
    assert log(office)[-1][1:] == ("erase-person", LEFT)


def test_nobody_is_taken_out_where_extracts_have_stopped(office: Office) -> None:
    """Whoever was in the last whole extract is still known to the council, however old it is."""
    years_pass(office, 10)
    assert erase_what_is_due(office.council).people == 0
    extract(office, without=LEFT, full=False)
    assert erase_what_is_due(office.council).people == 0


def test_somebody_in_a_case_stays_in_the_register_until_it_is_erased(office: Office) -> None:
    """The case's page would not know their name; when the case goes, so do they, in the same run."""
    ref = closed_errand(office)
    with office.council.database.write() as session:
        session.add(CasePerson(case_ref=ref, person_id=LEFT, since_no=1))
    office.days_pass(1)
    extract(office, without=LEFT)
    years_pass(office, 5)
    erase_what_is_due(office.council)
    assert is_in_the_register(office, LEFT)
    years_pass(office, 2)
    erase_what_is_due(office.council)
    assert not is_in_the_register(office, LEFT)


def test_somebody_under_hold_stays_in_the_register(office: Office) -> None:
    """By a hold on them, or on a case that is about them."""
    office.days_pass(1)
    extract(office, without=LEFT)
    hold = held(office, person=LEFT)
    years_pass(office, 3)
    erase_what_is_due(office.council)
    assert is_in_the_register(office, LEFT)
    lifted(office, hold)
    erase_what_is_due(office.council)
    assert not is_in_the_register(office, LEFT)


# ---------------------------------------------------------------- the access log


def test_the_access_log_is_cut_from_its_beginning_and_goes_on_to_hold(office: Office, tmp_path: Path) -> None:
    """After eight years the oldest looks go; the log's own entry says up to where, and seals still prove the rest."""
    witness = tmp_path / "seals.log"
    for about in ("7K3Q-9PXM", "AAAA-AAA1"):
        looked(office, about)
        seal(office.council.database, office.clock.now(), witness)
        years_pass(office, 1)
    years_pass(office, 6)
    assert erase_what_is_due(office.council).access_entries == 0
    office.days_pass(1)
    assert would_erase(office.council).access_entries == 1
    assert erase_what_is_due(office.council).access_entries == 1
    assert [(no, what) for no, what, _ in log(office)] == [(2, "read-case"), (3, "cut-access-log")]
    seal(office.council.database, office.clock.now(), witness)
    assert faults(office.council.database, witness=witness) == []

    years_pass(office, 20)
    assert erase_what_is_due(office.council).access_entries == 2
    assert [(no, what) for no, what, _ in log(office)] == [(4, "cut-access-log")]
    assert faults(office.council.database, witness=witness) == []


def test_a_look_at_what_is_under_hold_keeps_the_log_from_there_on(office: Office) -> None:
    """Who looked at the case of an inquest may be what is asked; what was before goes."""
    ref = closed_errand(office)
    looked(office, "7K3Q-9PXM")
    looked(office, ref)
    looked(office, "AAAA-AAA1")
    hold = held(office, case=ref)
    years_pass(office, 9)
    assert erase_what_is_due(office.council).access_entries == 1
    assert [about for _, _, about in log(office)][:3] == [ref, "AAAA-AAA1", ref]
    lifted(office, hold)
    assert erase_what_is_due(office.council).access_entries == 3


def test_a_log_that_was_cut_by_nobody_we_know_does_not_hold(office: Office, council_database: Database) -> None:
    """Entries that are gone without the log's own entry, or another number or hash in it: verification names it."""
    for about in ("7K3Q-9PXM", "AAAA-AAA1", "BBBB-BBB2"):
        looked(office, about)
    with pytest.raises(DBAPIError, match="append-only"), council_database.write() as session:
        session.execute(delete(AccessEntry).where(AccessEntry.no == 1))
    Attacker(council_database).does("DELETE FROM access_entry WHERE no = 1")
    assert [(one.ref, one.no) for one in faults(council_database)] == [("access-log", 1)]

    with council_database.write() as session:
        note_access(session, "os:root", "cut-access-log", f"1:{'0' * 64}", office.clock.now())
    assert [(one.ref, one.no) for one in faults(council_database)] == [("access-log", 1)]


def test_the_database_lets_the_log_be_cut_only_where_it_was_said_to_be(office: Office) -> None:
    """Beyond the cut every entry is as safe as before."""
    looked(office, "7K3Q-9PXM")
    years_pass(office, 9)
    looked(office, "AAAA-AAA1")
    erase_what_is_due(office.council)
    for statement in ("DELETE FROM access_entry", "DELETE FROM access_cut", "UPDATE access_cut SET up_to = 99"):
        with pytest.raises(DBAPIError, match="append-only"), office.council.database.write() as session:
            session.execute(text(statement))
