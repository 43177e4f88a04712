"""Nothing under a legal hold is ever erased, by the schedule or by hand, and every hold is on record."""

from __future__ import annotations

import logging
from threading import Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from deployments.case_file import page_of
from models.audit import AccessEntry
from models.case_people import CasePerson
from models.notices import Recipient
from models.register import Person
from models.retention import HoldKind, LegalHold
from tasks.audit.case_file import case_file
from tasks.audit.erasing import erase_payloads
from tasks.audit.exporting import export_lines
from tasks.durable.cases import open_in
from tasks.durable.ledger import UnknownCase
from tasks.durable.testing import Office
from tasks.retention.due import KeptBy
from tasks.retention.holds import HoldRefused, UnderHold, holds_on, lift_hold, place_hold
from tasks.retention.naming import COMMON_FROM, Named, texts_in
from tasks.retention.running import erase_what_is_due, past_their_time
from tasks.retention.showing import keeping_of
from tests.audit_world import Attacker, Errand, faults, small_errand
from tests.procedures.test_written_contact_privacy import CANARY, canaries_in_tables
from tests.retention.archive import (
    close_at_once,
    closed_errand,
    erased_cases,
    errand_with_a_child,
    held,
    lifted,
    says_nothing,
    years_pass,
)


def about(office: Office, ref: str, person: str) -> None:
    """The case is about somebody of the register."""
    with office.council.database.write() as session:
        session.add(CasePerson(case_ref=ref, person_id=person, since_no=1))


def test_a_case_under_hold_is_kept_until_the_hold_is_lifted(office: Office) -> None:
    """An inquest keeps one case and not the other; once it is closed, the schedule holds again."""
    kept, gone = closed_errand(office), closed_errand(office)
    hold = held(office, case=kept)
    years_pass(office, 7)
    assert erase_what_is_due(office.council).kept == {KeptBy.HOLD.value: 1}
    assert erased_cases(office) == {gone}
    assert not says_nothing(office, kept)

    lifted(office, hold)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {kept, gone}


def test_nothing_under_hold_is_erased_by_hand(office: Office) -> None:
    """Whoever names single entries is refused as well, and told which hold it is."""
    ref = closed_errand(office)
    hold = held(office, case=ref)
    with pytest.raises(UnderHold, match=f"is under legal hold {hold}"), office.council.change() as change:
        erase_payloads(change, ref, [1], reason="a court's order", by="legal-1")
    assert not says_nothing(office, ref)
    lifted(office, hold)
    with office.council.change() as change:
        erase_payloads(change, ref, [1], reason="a court's order", by="legal-1")


def test_a_hold_on_a_case_covers_its_family(office: Office) -> None:
    """Where it came from and what came from it belong to the same matter."""
    parent, child = errand_with_a_child(office)
    close_at_once(office, child)
    hold = held(office, case=child)
    years_pass(office, 9)
    erase_what_is_due(office.council)
    assert erased_cases(office) == set()
    lifted(office, hold)
    hold = held(office, case=parent)
    erase_what_is_due(office.council)
    assert erased_cases(office) == set()
    lifted(office, hold)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {parent, child}


def test_a_hold_on_a_person_covers_their_cases_past_and_to_come(office: Office) -> None:
    """Whatever is about them when it falls due, though it was opened years after the hold."""
    before, somebody_elses = closed_errand(office), closed_errand(office)
    about(office, before, "P-101")
    about(office, somebody_elses, "P-102")
    hold = held(office, person="P-101", kind=HoldKind.INQUIRY)
    years_pass(office, 2)
    after = closed_errand(office)
    about(office, after, "P-101")
    years_pass(office, 9)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {somebody_elses}

    lifted(office, hold)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {before, after, somebody_elses}


def test_a_case_that_names_somebody_under_hold_is_kept_though_nobody_linked_them(office: Office) -> None:
    """A letter that was never matched with the register may be about them: its words are looked through."""
    with office.council.database.read() as session:
        name = session.get_one(Person, "P-101").name
    names_them = closed_errand(office, about=f"Somebody rang for\n{name.upper()}, again")
    names_nobody = closed_errand(office, about="Somebody rang for nobody in particular")
    held(office, person="P-101")
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {names_nobody}
    with pytest.raises(UnderHold), office.council.change() as change:
        erase_payloads(change, names_them, [1], reason="a slip", by="legal-1")


def test_a_hold_by_words_covers_the_family_of_the_case_that_names_them(office: Office) -> None:
    """The parent names them and the child does not, or the other way about: both are the matter, and both stay."""
    with office.council.database.read() as session:
        name = session.get_one(Person, "P-101").name
    families = []
    for says, came_from_it in ((f"Bath seat for {name}", "Rail"), ("Bath seat", f"Rail for {name}")):
        parent = closed_errand(office, about=says)
        with office.council.change() as change:
            facts, duty = Errand(about=came_from_it), Recipient.role("duty-worker")
            child = open_in(change, small_errand.procedure.name, facts, owner=duty, parent_ref=parent)
        close_at_once(office, child)
        families += [parent, child]
    held(office, person="P-101")
    years_pass(office, 9)
    assert erase_what_is_due(office.council).kept == {KeptBy.HOLD.value: 4}
    for ref in families:
        with pytest.raises(UnderHold), office.council.change() as change:
            erase_payloads(change, ref, [1], reason="a slip", by="legal-1")


def test_a_last_name_that_many_share_takes_another_name_with_it(office: Office) -> None:
    """Nine others in the register are called Finch: "Mrs Finch" is nobody in particular, "Mrs A. Finch" is."""
    with office.council.database.write() as session:
        names = ["Mrs Ada Maud Finch", *(f"Person {number} FINCH" for number in range(COMMON_FROM - 1))]
        session.add_all(
            Person(id=f"P-9{number:03}", record_id=f"R-9{number:03}", name=name) for number, name in enumerate(names)
        )
    by_title, by_initial = (closed_errand(office, about=f"{who} rang again") for who in ("Mrs Finch", "Mrs A. Finch"))
    held(office, person="P-9000")
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {by_title}
    assert not says_nothing(office, by_initial)


def test_a_hold_that_is_being_placed_is_waited_for(office: Office) -> None:
    """A run that begins while somebody places a hold sees it, however the two meet."""
    ref = closed_errand(office)
    about(office, ref, "P-101")
    years_pass(office, 7)
    with office.council.change() as change:
        place_hold(change, person_id="P-101", kind=HoldKind.CLAIM, reason="CL/1", by="legal-1")
        run = Thread(target=erase_what_is_due, args=(office.council,))
        run.start()
        run.join(timeout=0.3)  # so that it comes as far as it can; it cannot end before the hold is placed
    run.join()
    assert not says_nothing(office, ref)


def test_two_holds_are_lifted_one_by_one(office: Office) -> None:
    """A complaint that is settled does not end the inquest's hold."""
    ref = closed_errand(office)
    complaint = held(office, case=ref, kind=HoldKind.COMPLAINT)
    inquest = held(office, case=ref)
    years_pass(office, 7)
    lifted(office, complaint)
    erase_what_is_due(office.council)
    [verdict] = past_their_time(office.council)
    assert [one.id for one in verdict.holds] == [inquest]


def test_each_placing_and_lifting_is_in_the_access_log(office: Office) -> None:
    """Who, when and on what is chained with all other looks, so that a hold cannot be made away with unseen."""
    ref = closed_errand(office)
    hold = held(office, case=ref)
    lifted(office, hold)
    held(office, person="P-101")
    with office.council.database.read() as session:
        entries = session.scalars(select(AccessEntry).order_by(AccessEntry.no)).all()
    assert [(one.who, one.what, one.about) for one in entries] == [
        ("head-of-service", "place-hold", ref),
        ("head-of-service", "lift-hold", ref),
        ("head-of-service", "place-hold", "P-101"),
    ]
    assert faults(office.council.database) == []


def test_a_hold_is_written_once_and_completed_once(office: Office) -> None:
    """The database refuses to change what was placed, to lift it twice, and to delete it."""
    hold = held(office, case=closed_errand(office))
    refused = ["UPDATE legal_hold SET reason = 'none'", "DELETE FROM legal_hold"]
    for statement in refused:
        with pytest.raises(DBAPIError, match=r"cannot be changed|are kept"), office.council.database.write() as session:
            session.execute(text(statement))
    lifted(office, hold)
    with pytest.raises(DBAPIError, match="stays done"), office.council.database.write() as session:
        session.execute(text("UPDATE legal_hold SET lifted_at = NULL, lifted_by = NULL, lifted_because = ''"))
    with pytest.raises(HoldRefused, match="was lifted before"):
        lifted(office, hold)


def test_a_hold_that_was_taken_off_or_changed_unseen_is_found(office: Office) -> None:
    """Whoever gets at the tables past every guard is found out by the log, which is chained and sealed."""
    database, ref = office.council.database, closed_errand(office)
    held(office, case=ref)
    office.hours_pass(1)
    held(office, person="P-101")
    assert faults(database) == []
    attacker = Attacker(database)
    attacker.does("DELETE FROM legal_hold WHERE person_id = 'P-101'")
    [gone] = faults(database)
    assert (gone.ref, gone.no, gone.reason.split(":")[0]) == (
        "legal-holds",
        2,
        "a hold on P-101 was placed here, and no hold says so",
    )
    attacker.does("UPDATE legal_hold SET lifted_by = 'x', lifted_at = placed_at, lifted_because = 'x'")
    assert "says that it was lifted, and the access log does not" in faults(database)[-1].reason


def test_holds_from_before_the_log_was_cut_still_hold(office: Office) -> None:
    """The log that saw them placed has had its time; what it still has agrees with them."""
    ref = closed_errand(office)
    lifted(office, held(office, case=ref))
    years_pass(office, 9)
    erase_what_is_due(office.council)
    held(office, person="P-101")
    assert faults(office.council.database) == []


def test_a_hold_that_makes_no_sense_is_refused(office: Office) -> None:
    """On nothing, on both, on somebody or something unknown, or without a reason: each is told, none is placed."""
    ref = closed_errand(office)
    for given, error, message in (
        ({}, HoldRefused, "name a case or a person"),
        ({"case_ref": ref, "person_id": "P-101"}, HoldRefused, "and not both"),
        ({"case_ref": "7K3Q-9PXM"}, UnknownCase, "there is no case"),
        ({"person_id": "P-999"}, HoldRefused, "nobody of that id in the register"),
        ({"case_ref": ref, "reason": "  "}, HoldRefused, "say why"),
    ):
        wanted = {"kind": HoldKind.CLAIM, "reason": "CL/1", "by": "legal-1"} | given
        with pytest.raises(error, match=message), office.council.change() as change:
            place_hold(change, **wanted)
    for hold_id, because, message in (("H-UNKNOWN", "x", "there is no hold"), (held(office, case=ref), " ", "say why")):
        with pytest.raises(HoldRefused, match=message), office.council.change() as change:
            lift_hold(change, hold_id, because=because, by="legal-1")
    with office.council.database.read() as session:
        assert len(session.scalars(select(LegalHold)).all()) == 1


def test_the_words_of_a_hold_may_not_name_whom_it_is_about(office: Office) -> None:
    """They stay when all else about the person has gone; the refusal repeats neither name nor number."""
    ref, child = errand_with_a_child(office)
    about(office, child, "P-101")
    with office.council.database.read() as session:
        name = session.get_one(Person, "P-101").name
    last = name.split()[-1]
    for given, words in (({"person_id": "P-101"}, f"death of {name}"), ({"case_ref": ref}, f"Re {last.upper()}")):
        with pytest.raises(HoldRefused, match="name somebody whom the") as refused, office.council.change() as change:
            place_hold(change, kind=HoldKind.INQUEST, reason=words, by="legal-1", **given)
        assert last.lower() not in str(refused.value).lower()
    hold = held(office, case=ref)
    with pytest.raises(HoldRefused, match="name somebody"), office.council.change() as change:
        lift_hold(change, hold, because=f"{name}'s inquest is over", by="legal-1")
    with office.council.database.read() as session:
        assert [(one.id, one.lifted_at) for one in session.scalars(select(LegalHold))] == [(hold, None)]


def test_the_words_of_a_hold_stand_in_its_row_and_nowhere_else(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the access log, a ledger, a notice, a log nor an error; the export of all that is held has them."""
    caplog.set_level(logging.DEBUG)
    ref = closed_errand(office)
    with office.council.change() as change:
        hold = place_hold(change, case_ref=ref, kind=HoldKind.OTHER, reason=f"{CANARY}/17", by="legal-1")
    with office.council.database.read() as session:
        assert CANARY not in f"{keeping_of(session, ref)} {UnderHold(f'case {ref}', holds_on(session, ref))}"
        assert CANARY in page_of(case_file(session, ref), made_at=office.clock.now(), made_for="legal-1")
        assert all(CANARY not in line for line in export_lines(session))
    years_pass(office, 7)
    assert erase_what_is_due(office.council).kept == {KeptBy.HOLD.value: 1}
    with office.council.change() as change:
        lift_hold(change, hold, because=f"{CANARY} has ended", by="legal-1")
    erase_what_is_due(office.council)
    assert canaries_in_tables(office) == {"legal_hold"}
    assert CANARY not in caplog.text
    assert faults(office.council.database) == []


def test_the_holds_on_a_case_are_known_for_its_page(office: Office) -> None:
    """Kind and day of each that covers it, its own and that on the person."""
    ref, other = closed_errand(office), closed_errand(office)
    about(office, ref, "P-101")
    held(office, case=ref, kind=HoldKind.CLAIM)
    office.hours_pass(1)
    held(office, person="P-101")
    with office.council.database.read() as session:
        assert [one.kind for one in holds_on(session, ref)] == [HoldKind.CLAIM, HoldKind.INQUEST]
        assert holds_on(session, other) == []


@pytest.mark.parametrize(
    ("said", "is_named"),
    [
        ("Dear Mrs Featherstonehaugh, dear Ottoline,", True),
        ("OTTOLINE\nFEATHERSTONEHAUGH", True),
        ("ottoline.f@example.org wrote", True),
        ("NHS number 943 476 5919", True),
        ("as to P-9001:", True),
        ("as to P-90012", False),
        ("her friend Ottoline Smith", False),
        ("nobody", False),
    ],
)
def test_a_text_names_somebody_by_name_or_number(said: str, is_named: bool) -> None:
    """However it is written; part of a name, or of a number, is not enough."""
    person = Person(
        id="P-9001",
        record_id="A-77",
        name="Ottoline Featherstonehaugh",
        nhs_number="9434765919",
        email="ottoline.f@example.org",
    )
    assert (Named([person]).people_in(said) == {"P-9001"}) is is_named


@pytest.mark.parametrize(
    ("called", "said"),
    [
        ("Mrs Ottoline Mary Featherstonehaugh", "Dear Sir, Ottoline Featherstonehaugh fell again"),
        ("Mrs Ottoline Mary Featherstonehaugh", "Mary Featherstonehaugh fell"),
        ("Mrs Ottoline Mary Featherstonehaugh", "Featherstonehaugh, O."),
        ("Mrs Ottoline Mary Featherstonehaugh", "O.M.Featherstonehaugh's daughter"),
        ("Featherstonehaugh, Ottoline", "the lady is Ms O Featherstonehaugh"),
        ("O. Featherstonehaugh MBE", "Ottoline Featherstonehaugh"),
        ("Ottoline (Tilly) Featherstonehaugh", "Tilly rang. Her name is featherstonehaugh"),
        ("Miss Zoe Finch-Alder", "ZOË FINCH ALDER"),
        ("Miss Zoë Finch-Alder", "Zoe Alder that was"),
        ("Róisín O'Neill", "Roisin O\N{RIGHT SINGLE QUOTATION MARK}Neill"),
    ],
)
def test_a_person_is_found_by_the_forms_of_their_name_that_people_write(called: str, said: str) -> None:
    """Though half the town has that last name: without the title, by one of their names or by an initial."""
    person = Person(id="P-9001", record_id="A-77", name=called)
    assert Named([person], lambda last: COMMON_FROM).people_in(said) == {"P-9001"}


@pytest.mark.parametrize("said", ["Mrs Featherstonehaugh of 3 Elm Row fell", "Mrs Featherstonehaugh's house"])
def test_a_last_name_alone_is_enough_where_it_is_not_common(said: str) -> None:
    """Nine people may be meant, and all their letters are kept; of ten, one has to be named."""
    person = Person(id="P-9001", record_id="A-77", name="Mrs Ottoline Mary Featherstonehaugh")
    assert Named([person], lambda last: COMMON_FROM - 1).people_in(said) == {"P-9001"}
    assert Named([person], lambda last: COMMON_FROM).people_in(said) == set()


def test_every_text_of_a_document_is_read(office: Office) -> None:
    """Line breaks and accents are as they were written, however the document writes them."""
    assert texts_in('{"a": ["Zo\\u00eb\\nFinch", {"b": 7}], "c": null}') == "Zoë\nFinch\n7"
