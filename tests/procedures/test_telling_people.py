"""Telling somebody outside: a machine only where it is certain that it may, a person everywhere else, nobody lost."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from deployments.example_council import example_policy
from flows.telling_a_person import telling_a_person
from models.base import Base
from models.forms.telling_people import PersonTelling, PersonToBeTold, StillNotReached
from models.notices import Recipient
from models.person_messages import PersonMessage, PersonMessageState, SentBy
from models.policy.messages import Wording
from models.register import ContactMethod, ExtractKind, Person, RegisterImport
from models.telling_findings import Addressee, ToBeTold
from models.working_time import LONDON
from tasks.durable.cases import open_new
from tasks.durable.replay import Way, replay
from tasks.durable.testing import Office
from tasks.telling.people_outward import ways_to_dial
from tests.procedures.letters import asked, read_beside, register_is_fresh

AWAY = Wording("About your message", "Priya is away. Somebody rings you by Monday.")
BY_EMAIL = {"preferred_method": ContactMethod.EMAIL, "email": "tom@example.org"}


def in_the_register(office: Office, person: str = "P-101", **columns: Any) -> None:
    """What the register holds about a person from now on."""
    blank = {"preferred_method": None, "communication_needs": None, "interpreter": None, "safe_contact": None}
    with office.council.database.write() as session:
        for name, value in (blank | columns).items():
            setattr(session.get_one(Person, person), name, value)


def telling(whom: ToBeTold | None = None, **changes: Any) -> PersonTelling:
    """What the case is opened with: by default P-101 is told by duty, today."""
    given: dict[str, Any] = {
        "whom": whom or ToBeTold.the_person("P-101"),
        "subject": AWAY.subject,
        "body": AWAY.body,
        "about": "Priya is on leave until the 19th.",
        "of": "role-duty-worker",
        "wanted_by": datetime(2026, 1, 5, 17, 0, tzinfo=LONDON),
    }
    return PersonTelling(**given | changes)


def messages(office: Office) -> list[PersonMessage]:
    """Every message to somebody outside, oldest first."""
    with office.council.database.read() as session:
        return list(session.scalars(select(PersonMessage).order_by(PersonMessage.queued_at, PersonMessage.id)))


def answer_reached(office: Office, case: str) -> None:
    """Duty told them by telephone."""
    office.answer(case, PersonToBeTold(reached=True, how="rang, spoke with her"), by="duty-worker")


# ------------------------------------------------------------------ a machine tells them


def test_person_who_wishes_to_hear_by_email_is_written_to(office: Office) -> None:
    """The e-mail goes at once, nobody is asked, and the case is closed once it has arrived."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)

    case = office.start(telling_a_person, telling())

    assert office.is_closed(case) and office.outcome_of(case) == "told"
    (sent,) = office.sent_to_people()
    assert (sent.subject, sent.body, sent.to) == (AWAY.subject, AWAY.body, "tom@example.org")
    assert sent.headers["Auto-Submitted"] == "auto-generated"
    assert sent.headers["Message-ID"].startswith(f"<case.{case}.")
    assert [message.state for message in messages(office)] == [PersonMessageState.DELIVERED]


@pytest.mark.parametrize(
    ("way", "columns", "goes_to"),
    [
        (SentBy.TEXT_MESSAGE, {"preferred_method": "text-message", "telephone": "07700 900123"}, "07700 900123"),
        (
            SentBy.LETTER,
            {"preferred_method": "letter", "postal_address": "3 Mill Lane, Wenbridge", "postcode": "ZZ1 1ZZ"},
            "Joan Tilling\n3 Mill Lane\nWenbridge\nZZ1 1ZZ",
        ),
    ],
)
def test_every_way_that_is_connected_is_used(
    office: Office, way: SentBy, columns: dict[str, Any], goes_to: str
) -> None:
    """A text goes to the telephone, a letter to name and address with the postcode last."""
    office.writes_to_people_by(way)
    in_the_register(office, name="Joan Tilling", **columns)
    office.start(telling_a_person, telling())
    assert [sent.to for sent in office.sent_to_people()] == [goes_to]


def test_who_wrote_by_email_is_answered_there(office: Office) -> None:
    """A carer whom the register does not know is written to where they wrote from, in answer to their message."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office)
    carer = ToBeTold(
        who=Addressee.CARER, about_person="P-101", email="daughter@example.org", in_reply_to="<1@example.org>"
    )
    case = office.start(telling_a_person, telling(carer))
    (sent,) = office.sent_to_people()
    assert office.is_closed(case)
    assert (sent.to, sent.headers["In-Reply-To"]) == ("daughter@example.org", "<1@example.org>")


def test_need_that_policy_says_a_message_meets_does_not_stop_it(office: Office) -> None:
    """Only what the council has written down as met is met; the whole list of a person's needs must be."""
    office.writes_to_people_by(SentBy.EMAIL)
    met = office.council.policy.telling_people.model_copy(update={"needs_met_by_machine": ("Plain English",)})
    office.council.policy = example_policy().model_copy(update={"telling_people": met})
    in_the_register(office, communication_needs="plain english", **BY_EMAIL)
    assert office.is_closed(office.start(telling_a_person, telling()))
    in_the_register(office, communication_needs="plain english, large print", **BY_EMAIL)
    assert asked(office, office.start(telling_a_person, telling())) == ["PersonToBeTold of duty-worker"]


# ------------------------------------------------------------------ a person tells them


@pytest.mark.parametrize(
    ("columns", "because", "beside"),
    [
        ({"safe_contact": "Ring her sister only"}, "a safe-contact rule", "SAFE CONTACT (P-101): Ring her sister only"),
        ({"interpreter": "Polish"}, "they need an interpreter", "Interpreter: Polish"),
        ({"communication_needs": "large print"}, "a message cannot meet their needs", "Needs: large print"),
        ({"preferred_method": "telephone"}, "they wish to be rung", "They wish to hear from us by: telephone"),
        ({"preferred_method": None}, "nothing is recorded of how", "(P-101)"),
        ({"preferred_method": "letter", "postal_address": "3 Mill Lane"}, "no service is connected", "3 Mill Lane"),
        ({"preferred_method": "letter", "postal_address": None}, "no address is recorded", "by letter"),
        ({"email": "tom at home"}, "no address is recorded", "tom at home"),
        ({"email": "a@example.org, b@example.org"}, "no address is recorded", "b@example.org"),
    ],
)
def test_a_person_tells_them_where_a_machine_may_not_or_cannot(
    office: Office, columns: dict[str, Any], because: str, beside: str
) -> None:
    """Nothing is sent; duty has the text, why it is theirs, and how the person may be reached beside the form."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL | {"postcode": "ZZ1 1ZZ"} | columns)

    case = office.start(telling_a_person, telling())

    assert asked(office, case) == ["PersonToBeTold of duty-worker"]
    shown = read_beside(office, case, PersonToBeTold)
    assert because in shown and beside in shown and AWAY.body in shown and "on leave until the 19th" in shown
    assert office.sent_to_people() == [] and messages(office) == []
    answer_reached(office, case)
    assert office.outcome_of(case) == "told"


def test_safe_contact_rule_stands_first_beside_the_form(office: Office) -> None:
    """Whoever rings reads the rule before the telephone number."""
    in_the_register(office, safe_contact="Never ring in the evening", telephone="01632 960 333")
    shown = read_beside(office, office.start(telling_a_person, telling()), PersonToBeTold)
    assert shown.index("Never ring in the evening") < shown.index("01632 960 333")


def test_safe_contact_rule_of_the_person_counts_when_their_carer_is_told(office: Office) -> None:
    """Writing to the carer could be what puts the person at risk."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, safe_contact="Not while her son is there")
    carer = ToBeTold(who=Addressee.CARER, about_person="P-101", email="son@example.org")
    case = office.start(telling_a_person, telling(carer))
    assert asked(office, case) == ["PersonToBeTold of duty-worker"]
    assert office.sent_to_people() == []


def test_sender_whose_address_belongs_to_somebody_with_a_rule_is_not_written_to_by_machine(office: Office) -> None:
    """Somebody else may read that mailbox, whoever the message is about."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, "P-102", safe_contact="Her husband reads her mail", email="Kay@Example.org")
    sender = ToBeTold(who=Addressee.SENDER, email="kay@example.org")
    case = office.start(telling_a_person, telling(sender))
    assert "Her husband reads her mail" in read_beside(office, case, PersonToBeTold)
    assert office.sent_to_people() == []


@pytest.mark.parametrize("appears", ["before it is queued", "before it goes"])
def test_sender_with_a_rule_of_their_own_gets_no_text_message_either(office: Office, appears: str) -> None:
    """They wrote by e-mail and wish to hear by text; the rule counts for every way, up to the last moment."""
    office.writes_to_people_by(SentBy.TEXT_MESSAGE)
    office.cannot_write_to_people()
    hers = {"email": "kay@example.org", "preferred_method": "text-message", "telephone": "07700 900123"}
    in_the_register(office, "P-102", safe_contact="No texts" if appears == "before it is queued" else None, **hers)
    case = office.start(telling_a_person, telling(ToBeTold(who=Addressee.SENDER, email="kay@example.org")))
    in_the_register(office, "P-102", safe_contact="No texts", **hers)
    office.can_write_to_people_again()
    office.hours_pass(1)
    assert office.sent_to_people() == []
    assert "No texts" in read_beside(office, case, PersonToBeTold)


LATE_HUSBAND = {
    "email": "tom@example.org",
    "preferred_method": "letter",
    "postal_address": "3 Mill Lane, Wenbridge",
    "postcode": "ZZ1 1ZZ",
    "telephone": "01632 960 333",
}


@pytest.mark.parametrize("about", ["P-101", None])
def test_letter_never_goes_to_somebody_who_has_died_whoever_writes_from_their_mailbox(
    office: Office, about: str | None
) -> None:
    """GAP-53: his widow writes by the mailbox that is recorded as his; she is answered by a person, and he is not."""
    office.writes_to_people_by(SentBy.LETTER)
    in_the_register(office)
    in_the_register(office, "P-102", died_on=date(2026, 1, 2), **LATE_HUSBAND)
    case = office.start(
        telling_a_person, telling(ToBeTold(who=Addressee.SENDER, about_person=about, email="tom@example.org"))
    )
    assert office.sent_to_people() == [] and messages(office) == []
    shown = read_beside(office, case, PersonToBeTold)
    assert "whoever would be written to has died" in shown and "find out who writes from it" in shown
    assert "Wrote from: tom@example.org" in shown
    assert "Post:" not in shown and "01632" not in shown and "by: letter" not in shown, "nobody is led to write to him"


@pytest.mark.parametrize(
    "shared", [{"died_on": date(2026, 1, 2)}, {"safe_contact": "She reads his mail"}], ids=["died", "rule"]
)
def test_mailbox_shared_with_somebody_who_must_not_be_written_to_is_answered_by_a_person(
    office: Office, shared: dict[str, Any]
) -> None:
    """The letter would go to the other of the two; who of them wrote is for a person to find out."""
    office.writes_to_people_by(SentBy.LETTER)
    in_the_register(office, **LATE_HUSBAND)
    in_the_register(office, "P-102", **LATE_HUSBAND | shared)
    case = office.start(
        telling_a_person, telling(ToBeTold(who=Addressee.SENDER, about_person="P-101", email="tom@example.org"))
    )
    assert asked(office, case) == ["PersonToBeTold of duty-worker"]
    assert messages(office) == []


def test_mailbox_of_several_people_is_answered_by_a_person(office: Office) -> None:
    """Which of the two wrote, and so how they wish to hear, is not certain."""
    office.writes_to_people_by(SentBy.LETTER)
    for who in ("P-102", "P-103"):
        in_the_register(office, who, **LATE_HUSBAND)
    case = office.start(telling_a_person, telling(ToBeTold(who=Addressee.SENDER, email="tom@example.org")))
    shown = read_beside(office, case, PersonToBeTold)
    assert "several people have the address they wrote from" in shown and "that of P-102, P-103" in shown


@pytest.mark.parametrize(
    ("appears", "reason"),
    [
        ({"died_on": date(2026, 1, 5)}, "whoever would be written to has died"),
        ({"safe_contact": "No letters to the house"}, "a safe-contact rule says how they may be reached"),
    ],
)
def test_letter_waits_and_the_register_changes_about_whoever_it_goes_to(
    office: Office, appears: dict[str, Any], reason: str
) -> None:
    """Somebody else than whom it is about is written to: their death or rule is seen just before it goes."""
    office.writes_to_people_by(SentBy.LETTER)
    office.cannot_write_to_people()
    in_the_register(office)
    in_the_register(office, "P-102", **LATE_HUSBAND)
    carer = ToBeTold(who=Addressee.CARER, about_person="P-101", email="tom@example.org")
    case = office.start(telling_a_person, telling(carer))
    (message,) = messages(office)
    assert (message.person_id, message.told_person_id) == ("P-101", "P-102")
    in_the_register(office, "P-102", **LATE_HUSBAND | appears)
    office.can_write_to_people_again()
    office.hours_pass(1)
    assert office.sent_to_people() == []
    assert [(one.state, one.reason) for one in messages(office)] == [(PersonMessageState.WITHDRAWN, reason)]
    assert asked(office, case) == ["PersonToBeTold of duty-worker"]


# ------------------------------------------------------------------ an extract without safe-contact rules


def people_extract(office: Office, columns: str, *, full: bool = False) -> None:
    """An extract of people was imported today that has these optional columns."""
    with office.council.database.write() as session:
        session.add(
            RegisterImport(
                imported_at=office.clock.now(),
                kind=ExtractKind.PEOPLE,
                file="people.csv",
                rows=0,
                rejected=0,
                full=full,
                extract_date=office.clock.now().date(),
                optional_columns=columns,
            )
        )


@pytest.mark.parametrize(
    "whom",
    [
        ToBeTold.the_person("P-101"),
        ToBeTold(who=Addressee.SENDER, email="tom@example.org"),
        ToBeTold(who=Addressee.CARER, about_person="P-101", email="daughter@example.org"),
    ],
    ids=["person", "sender", "carer"],
)
@pytest.mark.parametrize("seen", ["before it is queued", "before it goes"])
def test_no_machine_writes_where_the_extract_does_not_say_who_has_a_rule(
    office: Office, whom: ToBeTold, seen: str
) -> None:
    """An empty column that was never filled is no certainty: a person tells them, or whoever writes about them."""
    office.writes_to_people_by(SentBy.EMAIL)
    office.cannot_write_to_people()
    in_the_register(office, **BY_EMAIL)
    if seen == "before it is queued":
        people_extract(office, "email telephone")
    case = office.start(telling_a_person, telling(whom))
    people_extract(office, "email telephone")
    office.can_write_to_people_again()
    office.hours_pass(1)
    assert office.sent_to_people() == []
    shown = read_beside(office, case, PersonToBeTold)
    assert "the extract of people does not say who has a safe-contact rule" in shown


@pytest.mark.parametrize(
    ("imports", "sends"),
    [
        ([("email safe_contact", True)], True),
        ([("email", True), ("safe_contact", True)], True),
        ([("safe_contact", True), ("safe_contact", False)], True),
        ([("safe_contact", True), ("email", False)], False),
        ([("email", True), ("safe_contact", False)], False),
        ([("safe_contact", True), ("not_safe_contact", True)], False),
    ],
)
def test_part_of_an_extract_says_nothing_of_the_others(
    office: Office, imports: list[tuple[str, bool]], sends: bool
) -> None:
    """The latest full extract must have the column, and whatever came since."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    for columns, full in imports:
        people_extract(office, columns, full=full)
    office.start(telling_a_person, telling())
    assert bool(office.sent_to_people()) == sends


def test_sender_whom_the_register_does_not_know_is_answered_all_the_same(office: Office) -> None:
    """Nothing can stand against it: the address is nobody's, and it is about nobody known."""
    office.writes_to_people_by(SentBy.EMAIL)
    people_extract(office, "email")
    case = office.start(telling_a_person, telling(ToBeTold(who=Addressee.SENDER, email="clinic@example.org")))
    assert office.is_closed(case) and len(office.sent_to_people()) == 1


# ------------------------------------------------------------------ telephone numbers


@pytest.mark.parametrize(
    "other", ["07700900123", "+44 7700 900123", "+44 (0)7700 900-123", "00447700900123", "0044 (0) 7700 900123"]
)
@pytest.mark.parametrize("turned_round", [False, True])
def test_one_telephone_number_is_known_however_it_is_written(office: Office, other: str, turned_round: bool) -> None:
    """Her number is also that of somebody with a rule, in whose record it is written another way."""
    office.writes_to_people_by(SentBy.TEXT_MESSAGE)
    hers, theirs = ("07700 900123", other)[:: -1 if turned_round else 1]
    in_the_register(office, preferred_method="text-message", telephone=hers)
    in_the_register(office, "P-102", safe_contact="No texts", telephone=theirs)
    case = office.start(telling_a_person, telling())
    assert "somebody who has died or has a safe-contact rule" in read_beside(office, case, PersonToBeTold)
    assert office.sent_to_people() == []


@pytest.mark.parametrize("other", ["07700 900124", "+33 7700 900123", "7700 90012", "+1 07700 900123"])
def test_another_telephone_number_is_another(office: Office, other: str) -> None:
    """One digit or another country, and a rule of somebody else does not count."""
    office.writes_to_people_by(SentBy.TEXT_MESSAGE)
    in_the_register(office, preferred_method="text-message", telephone="07700 900123")
    in_the_register(office, "P-102", safe_contact="No texts", telephone=other)
    office.start(telling_a_person, telling())
    assert len(office.sent_to_people()) == 1


@pytest.mark.parametrize(("one", "other"), [("+33 6 12 34 56 78", "0033612345678"), ("020 7946 0000", "2079460000")])
def test_number_from_abroad_or_without_its_nought_is_known_as_well(one: str, other: str) -> None:
    """Both ways of dialling abroad, and a nought that a spreadsheet has eaten."""
    assert ways_to_dial(one) == ways_to_dial(other)
    assert ways_to_dial(one) != ways_to_dial(other[:-1])


def test_register_that_is_too_old_sends_nothing(office: Office) -> None:
    """A death or a rule may be missing in an old extract: a person looks first."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    office.today_is("2026-01-12 09:00")
    case = office.start(telling_a_person, telling())
    assert "the register is too old" in read_beside(office, case, PersonToBeTold)


def test_restricted_case_writes_to_nobody(office: Office) -> None:
    """That there is such a case is itself a secret: a person tells whoever must be told."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling(), restricted=True)
    assert "the case is restricted" in read_beside(office, case, PersonToBeTold)
    assert office.sent_to_people() == []


def test_text_too_long_for_a_text_message_is_told_by_a_person(office: Office) -> None:
    """A text message holds only so much."""
    office.writes_to_people_by(SentBy.TEXT_MESSAGE)
    in_the_register(office, preferred_method="text-message", telephone="07700 900123")
    case = office.start(telling_a_person, telling(body="word " * 300))
    assert "too long for a text message" in read_beside(office, case, PersonToBeTold)


def test_person_whom_the_register_does_not_know_is_told_by_a_person(office: Office) -> None:
    """An id that is in no extract names nobody to whom a machine could write."""
    case = office.start(telling_a_person, telling(ToBeTold.the_person("P-999")))
    assert "the register does not know them" in read_beside(office, case, PersonToBeTold)


# ------------------------------------------------------------------ nobody tells them


@pytest.mark.parametrize("who", list(Addressee))
def test_death_never_triggers_a_letter_or_a_call(office: Office, who: Addressee) -> None:
    """GAP-53: where the person has died nobody is written to and nobody is asked to ring, not even their carer."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, died_on=date(2026, 1, 2), **BY_EMAIL)
    whom = ToBeTold(who=who, about_person="P-101", email="daughter@example.org")

    case = office.start(telling_a_person, telling(whom))

    assert office.is_closed(case) and office.outcome_of(case) == "not told"
    assert any("nobody, as the person has died" in line for line in office.story_of(case))
    assert messages(office) == [] and office.sent_to_people() == []


def test_question_is_taken_back_where_the_register_shows_a_death_meanwhile(office: Office) -> None:
    """Duty had not rung yet; the next morning's look into the register ends it."""
    in_the_register(office, preferred_method="telephone")
    case = office.start(telling_a_person, telling())
    register_is_fresh(office, date(2026, 1, 6))
    in_the_register(office, died_on=date(2026, 1, 5), preferred_method="telephone")
    office.today_is("2026-01-06 08:29")
    assert not office.is_closed(case)
    office.today_is("2026-01-06 08:31")
    assert office.is_closed(case) and office.outcome_of(case) == "not told"


def test_rule_that_appears_meanwhile_is_shown_anew(office: Office) -> None:
    """Whoever has not told them yet is asked again, with the safe-contact rule beside the form; the same question
    stays where nothing has changed."""
    in_the_register(office, preferred_method="telephone")
    case = office.start(telling_a_person, telling())
    office.today_is("2026-01-06 09:00")
    assert sum("Asked" in line and "telling somebody" in line for line in office.story_of(case)) == 1
    in_the_register(office, preferred_method="telephone", safe_contact="Ring the day centre")
    office.today_is("2026-01-07 09:00")
    assert asked(office, case) == ["PersonToBeTold of duty-worker"]
    assert "Ring the day centre" in read_beside(office, case, PersonToBeTold)
    answer_reached(office, case)
    assert office.outcome_of(case) == "told"


# ------------------------------------------------------------------ checked again just before sending


@pytest.mark.parametrize(
    ("appeared", "outcome"),
    [({"died_on": date(2026, 1, 5)}, "not told"), ({"safe_contact": "Ring her sister only"}, None)],
)
def test_register_is_asked_once_more_just_before_sending(
    office: Office, appeared: dict[str, Any], outcome: str | None
) -> None:
    """The mail service was away; when it is back the person has died, or a rule has appeared: nothing is sent."""
    office.writes_to_people_by(SentBy.EMAIL)
    office.cannot_write_to_people()
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling())
    in_the_register(office, **BY_EMAIL | appeared)
    office.can_write_to_people_again()
    office.hours_pass(1)

    assert office.sent_to_people() == []
    (message,) = messages(office)
    assert message.state == PersonMessageState.WITHDRAWN and message.reason
    assert office.outcome_of(case) == outcome
    if outcome is None:
        assert "Ring her sister only" in read_beside(office, case, PersonToBeTold)


# ------------------------------------------------------------------ what does not arrive


def test_message_is_tried_again_while_the_service_is_away(office: Office) -> None:
    """An hour without mail is no reason to ask anybody."""
    office.writes_to_people_by(SentBy.EMAIL)
    office.cannot_write_to_people()
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling())
    office.hours_pass(1)
    assert asked(office, case) == []
    office.can_write_to_people_again()
    office.hours_pass(1)
    assert office.outcome_of(case) == "told"
    assert len(office.sent_to_people()) == 1


def test_message_that_fails_becomes_a_question_to_a_person(office: Office) -> None:
    """When the outbox gives up, duty tells them and reads why; nothing of it is sent afterwards."""
    office.writes_to_people_by(SentBy.EMAIL)
    office.cannot_write_to_people()
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling())
    office.hours_pass(5)
    assert asked(office, case) == ["PersonToBeTold of duty-worker"]
    assert "the service did not take it" in read_beside(office, case, PersonToBeTold)
    office.can_write_to_people_again()
    office.hours_pass(5)
    assert office.sent_to_people() == []
    answer_reached(office, case)
    assert office.outcome_of(case) == "told"


def test_message_of_which_nothing_is_heard_is_taken_back_and_a_person_tells_them(office: Office) -> None:
    """The part that sends was down for days: the message leaves the queue, so that nobody is told twice."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    case = open_new(office.council, "telling-a-person", telling(), owner=Recipient.role("duty-worker"))
    for _ in range(2):  # only legs are run, and nothing is sent
        office.runtime.run_what_is_due()
        office.clock.move_to(office.runtime.next_due() or office.clock.now())
    office.runtime.run_what_is_due()
    assert asked(office, case) == ["PersonToBeTold of duty-worker"]
    assert [message.state for message in messages(office)] == [PersonMessageState.WITHDRAWN]


# ------------------------------------------------------------------ tried again


def test_who_is_not_reached_is_tried_again_on_the_next_working_day(office: Office) -> None:
    """Friday's try is followed by Monday's, in the morning, with what was tried beside the form."""
    in_the_register(office, preferred_method="telephone")
    office.today_is("2026-01-09 15:00")
    case = office.start(telling_a_person, telling(wanted_by=datetime(2026, 1, 9, 17, tzinfo=LONDON)))
    office.answer(case, PersonToBeTold(reached=False, how="rang, no answer"), by="duty-worker")
    office.today_is("2026-01-12 08:29")
    assert asked(office, case) == []
    office.today_is("2026-01-12 08:30")
    assert asked(office, case) == ["PersonToBeTold of duty-worker"]
    assert "rang, no answer" in read_beside(office, case, PersonToBeTold)
    answer_reached(office, case)
    assert office.outcome_of(case) == "told"


def test_after_as_many_tries_as_policy_gives_a_manager_decides(office: Office) -> None:
    """GAP-19: after three days without an answer the manager says how it goes on, and may end it with a reason."""
    in_the_register(office, preferred_method="telephone")
    case = office.start(telling_a_person, telling())
    for day in ("06", "07"):
        office.answer(case, PersonToBeTold(reached=False, how="rang, no answer"), by="duty-worker")
        office.today_is(f"2026-01-{day} 09:00")
    office.answer(case, PersonToBeTold(reached=False, how="knocked"), by="duty-worker")
    assert asked(office, case) == ["StillNotReached of team-manager"]
    assert "knocked" in read_beside(office, case, StillNotReached)
    office.answer(case, StillNotReached(try_again=True, what_to_do="ask the key holder"), by="team-manager")
    office.today_is("2026-01-08 09:00")
    for day in ("09", "12"):
        office.answer(case, PersonToBeTold(reached=False, how="asked the key holder"), by="duty-worker")
        office.today_is(f"2026-01-{day} 09:00")
    office.answer(case, PersonToBeTold(reached=False, how="asked again"), by="duty-worker")
    office.answer(case, StillNotReached(try_again=False, what_to_do="moved away"), by="team-manager")
    assert office.outcome_of(case) == "not told"


def test_who_tells_them_can_say_that_nobody_should(office: Office) -> None:
    """It would put them at risk: the case ends with the reason, and nobody tries again."""
    in_the_register(office, preferred_method="telephone")
    case = office.start(telling_a_person, telling())
    why_not = PersonToBeTold(reached=False, not_told_because="her husband listens in")
    office.answer(case, why_not, by="duty-worker")
    assert office.outcome_of(case) == "not told"


@pytest.mark.parametrize(
    "answer",
    [
        {"reached": True, "how": "rang", "not_told_because": "died"},
        {"reached": True},
        {"reached": False},
        {"reached": False, "how": "rang", "told_on": date(2026, 1, 5)},
    ],
)
def test_answer_that_says_two_things_or_nothing_is_refused(answer: dict[str, Any]) -> None:
    """Either they were told, and how; or what was tried; or why nobody tells them."""
    with pytest.raises(ValueError, match=r"how|not_told_because|told_on"):
        PersonToBeTold(**answer)


def test_case_takes_the_same_way_when_it_is_run_again(office: Office) -> None:
    """A case that has gone through a machine's failure and a second try is replayed without a difference."""
    office.writes_to_people_by(SentBy.EMAIL)
    office.cannot_write_to_people()
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling())
    office.hours_pass(5)
    office.answer(case, PersonToBeTold(reached=False, how="rang, no answer"), by="duty-worker")
    office.today_is("2026-01-06 09:00")
    assert asked(office, case) == ["PersonToBeTold of duty-worker"]
    assert replay(office.council, case).way is Way.SAME


def test_what_a_machine_sends_lies_in_its_own_table_and_the_ledgers_payloads_only(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither name, address nor text is in any other table, in a notice to staff or in a log."""
    caplog.set_level(logging.DEBUG)
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    secret = {"subject": "Canary subject", "body": "Canary body", "about": "Canary about"}
    sender = ToBeTold(who=Addressee.SENDER, email="canary@example.org", called="Canary Tom", in_reply_to="<canary@x>")
    assert office.is_closed(office.start(telling_a_person, telling(sender, **secret)))
    office.cannot_write_to_people()
    office.start(telling_a_person, telling(sender, **secret))
    office.days_pass(3)

    with office.council.database.read() as session:
        tables = {
            name
            for name, table in Base.metadata.tables.items()
            if any("canary" in str(value).lower() for row in session.execute(select(table)) for value in row)
        }
    assert tables == {"entry_payload", "person_message"}
    assert "canary" not in caplog.text.lower()
    for whom in ("duty-worker", "team-leader"):
        assert office.inbox(whom) and "canary" not in str(office.inbox(whom)).lower()
