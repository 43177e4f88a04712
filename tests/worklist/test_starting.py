"""Starting work on the pages: letters, referrals and what else is opened by hand; sent twice, it is one case."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from deployments.worklist.desk import Desk
from models.audit import AccessEntry
from models.connections import Worklist
from models.forms.disclosure import DisclosureWish
from models.forms.tray_triage import Referral
from models.forms.urgent_action import UrgentActionFacts
from models.forms.written_contact import WrittenContact
from models.mail import InboundMail, MailState
from models.register import Person
from models.worklist import Draft
from tasks.durable.ledger import Recorded, recall
from tasks.durable.testing import Office
from tasks.mail.storing import original
from tasks.originals import enclosed_file, read_original
from tasks.worklist.paper_letters import kind_of, problem_with_kind, safe_name
from tasks.worklist.starting import procedures_by_hand
from tests.worklist.browser import Browser, Seen, SeenForm

AtWork = Callable[[str], Browser]
PDF = b"%PDF-1.7 a scanned letter"
LETTER = {
    "sender": "Joyce Amberley, 3 Mill Lane",
    "received_on-day": "2",
    "received_on-month": "1",
    "received_on-year": "2026",
    "subject": "My father's bath seat",
    "text": "The bath seat has not come.",
}
REFERRAL_PATH = "/start/referral"
SCAN = {"scan": ("letter.pdf", PDF, "application/pdf")}


def opened(office: Office, ref: str) -> Recorded:
    """What the case was opened with."""
    with office.council.database.read() as session:
        return recall(session, ref)[0]


def only_case(office: Office) -> str:
    """The ref of the one case there is."""
    (ref,) = office.cases()
    return ref


def filled(page: Seen, **changes: str) -> list[tuple[str, str]]:
    """What a page's form sends, some of it changed, without a button."""
    pairs = [pair for pair in page.form("/start").pairs if pair[0] not in changes]
    return [*pairs, *changes.items()]


# ------------------------------------------------------------------ what there is


def test_only_what_staff_may_begin_is_offered(at_work: AtWork) -> None:
    """Letters, referrals, and the procedures that say so; what the house opens itself is not there."""
    assert sorted(one.name for one in procedures_by_hand()) == [
        "advocacy",
        "brokerage",
        "contingency-plan",
        "deprivation-of-liberty",
        "disclosure",
        "emergency-support",
        "information-and-advice",
        "international-recruitment-risk",
        "link-worker",
        "move-between-services",
        "out-of-area-placement",
        "personal-assistant-concern",
        "prevention",
        "provider-concern",
        "provider-failure",
        "reablement",
        "safeguarding-concern",
        "unauthorised-disclosure",
        "urgent-action",
    ]
    browser = at_work("practitioner")
    seen = browser.get("/start")
    assert {"A letter on paper", "A referral", *(one.title for one in procedures_by_hand())} <= set(seen.links)
    assert "Ledger" not in seen.text
    for name in ("pwt-review", "restricted-case", "mailbox-not-collected", "nothing"):
        assert browser.get(f"/start/{name}").status == 404


@pytest.mark.parametrize("path", ["letter", "referral", "disclosure", "unauthorised-disclosure", "urgent-action"])
def test_the_way_to_999_stands_before_every_form(at_work: AtWork, path: str) -> None:
    """Nobody fills in a form first where somebody is in danger."""
    text = at_work("duty-worker").begin(f"/start/{path}").text
    assert "ring 999 first" in text
    assert text.index("999") < text.index("What happens then")


# ------------------------------------------------------------------ a letter


def test_a_letter_is_taken_in_with_its_scan_and_the_day_it_came(at_work: AtWork, office: Office) -> None:
    """It becomes a case of duty, whoever took it in stands in the ledger, and the scan comes out as it went in."""
    browser = at_work("duty-worker")
    seen = browser.send(browser.get("/start/letter"), LETTER, action="/start", files=SCAN)

    ref = only_case(office)
    assert seen.path == f"/cases/{ref}"
    assert f"taken in as case {ref}" in seen.text
    entry = opened(office, ref)
    contact = WrittenContact.model_validate(entry.data)
    assert (entry.by, office.case(ref).owner) == ("duty-worker", "role-duty-worker")
    assert (contact.channel, contact.received_at.date(), contact.attachments) == (
        "letter",
        date(2026, 1, 2),
        ("letter.pdf",),
    )
    assert "Joyce Amberley, 3 Mill Lane" in contact.sender
    assert "The bath seat has not come." in contact.text
    with office.council.database.read() as session:
        assert enclosed_file("paper", original(session, contact.mail_id), 0) == PDF


def test_a_letter_may_be_typed_alone_or_scanned_alone(at_work: AtWork, office: Office) -> None:
    """One of the two is enough, and neither is not."""
    browser = at_work("duty-worker")
    page = browser.get("/start/letter")
    refused = browser.send(page, LETTER | {"text": ""}, action="/start")
    assert (refused.status, office.cases()) == (422, [])
    assert "Give the scan of the letter, or type what it says" in refused.text

    browser.send(refused, {"text": "It has not come."}, action="/start")
    browser.send(browser.get("/start/letter"), LETTER | {"text": "", "sender": "Ward 4"}, action="/start", files=SCAN)
    assert len(office.cases()) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 word", "a Word document or an archive"),
        (b"<html><script>", "a web page"),
        (b"\x00\x00\x00\x18ftypheic", "on the telephone, save it as JPEG first"),
        (b"MZ\x90 a program", "The scan must be a PDF, PNG, JPEG or TIFF"),
        (b"", "The file of the scan is empty"),
    ],
)
def test_what_is_no_scan_is_refused_by_what_stands_in_it(
    at_work: AtWork, office: Office, content: bytes, says: str
) -> None:
    """Its name and what a browser calls it are not trusted; everything typed still stands there."""
    browser = at_work("duty-worker")
    named = {"scan": ("letter.pdf", content, "application/pdf")}
    refused = browser.send(browser.get("/start/letter"), LETTER, action="/start", files=named)

    assert (refused.status, office.cases()) == (422, [])
    assert says in refused.text
    assert "Choose the file again" in refused.text
    assert dict(refused.form("/start").pairs)["sender"] == LETTER["sender"]
    assert 'href="#field-scan"' in refused.html


@pytest.mark.parametrize(
    ("content", "named", "kept"),
    [
        (PDF, "..\\..\\a<b>.exe", "ab.exe.pdf"),
        (b"\x89PNG\r\n\x1a\n", "scan.PNG", "scan.PNG"),
        (b"\xff\xd8\xff\xe0", "/tmp/photo.jpeg", "photo.jpeg"),
        (b"II*\x00", "fax.tif", "fax.tif"),
        (b"MM\x00*", "", "scan.tiff"),
        (PDF, "a\r\nBcc: x.pdf", "aBcc x.pdf"),
    ],
)
def test_a_scan_has_a_plain_name_that_ends_as_it_is(content: bytes, named: str, kept: str) -> None:
    """No path, no character that a file system or a header would take for something else."""
    assert safe_name(named, content) == kept
    assert problem_with_kind(content) is None


def test_a_scan_that_begins_otherwise_is_none() -> None:
    """Only what says so at its beginning is a scan."""
    assert kind_of(b"x" * 2000 + b"%PDF-1.4") is None


def test_a_letter_cannot_come_tomorrow_and_not_be_larger_than_policy_says(at_work: AtWork, office: Office) -> None:
    """Each problem stands at its field, in words."""
    browser = at_work("duty-worker")
    limit = office.council.policy.mail.attachment_bytes
    files = {"scan": ("a.pdf", PDF + b"0" * limit, "application/pdf")}
    refused = browser.send(
        browser.get("/start/letter"), LETTER | {"received_on-year": "2027"}, action="/start", files=files
    )
    assert "That day has not come yet" in refused.text
    assert "26.5 MB are taken at most" in refused.text
    assert office.cases() == []


def test_an_infected_scan_is_not_taken_in(at_work: AtWork, office: Office, desk: Desk, tmp_path: Path) -> None:
    """The council's scanner looks first; where it cannot look, the letter is taken in, as somebody may wait on it."""
    scanner = tmp_path / "scanner"
    scanner.write_text("#!/bin/sh\ngrep -q EICAR && exit 1\nexit 0\n")
    scanner.chmod(scanner.stat().st_mode | stat.S_IXUSR)
    connect(office, scanner=(str(scanner),))
    browser = at_work("duty-worker")
    infected = {"scan": ("a.pdf", PDF + b"EICAR", "application/pdf")}

    refused = browser.send(browser.get("/start/letter"), LETTER, action="/start", files=infected)
    assert "found something harmful" in refused.text
    assert office.cases() == []
    browser.send(refused, {}, action="/start", files=SCAN)
    assert len(office.cases()) == 1

    connect(office, scanner=(str(tmp_path / "gone"),))
    browser.send(browser.get("/start/letter"), LETTER | {"sender": "Ward 4"}, action="/start", files=infected)
    assert len(office.cases()) == 2


def connect(office: Office, **settings: Any) -> None:
    """Set the worklist up otherwise."""
    connections = office.council.connections
    office.council.connections = connections.model_copy(update={"worklist": Worklist(**settings)})


def test_a_letter_that_names_an_open_case_goes_to_it(at_work: AtWork, office: Office) -> None:
    """An answer on paper is not another case; the page says where it went."""
    browser = at_work("duty-worker")
    browser.send(browser.get("/start/letter"), LETTER, action="/start", files=SCAN)
    ref = only_case(office)
    answer = LETTER | {"subject": f"Your letter, case {ref}", "text": "It has come now."}
    seen = browser.send(browser.get("/start/letter"), answer, action="/start")

    assert office.cases() == [ref]
    assert f"added to case {ref}" in seen.text
    with office.council.database.read() as session:
        (told,) = [one for one in recall(session, ref) if one.step == "FurtherMessage"]
        states = session.scalars(select(InboundMail.state).order_by(InboundMail.received_at, InboundMail.id)).all()
    assert told.by == "duty-worker"
    assert sorted(states) == [MailState.OPENED, MailState.SIGNALLED]


# ------------------------------------------------------------------ a referral


REFERRAL = {"source": "duty", "text": "She can no longer wash alone.", "subject": "Washing"}


@pytest.mark.clauses("PWT-13")
def test_a_referral_names_the_person_from_the_register_and_nothing_is_typed_twice(
    at_work: AtWork, office: Office
) -> None:
    """Found by name on the form; record id, date of birth and NHS number come from the register."""
    browser = at_work("duty-worker")
    page = browser.begin("/start/referral")
    found = browser.send(
        page, {**REFERRAL, "_sought.about_person": "tilling"}, action="/start", button="Find", follow=False
    )
    assert "Edith Tilling, born 12 April 1938, LAS-70410" in found.text
    assert (found.status, found.path, office.cases()) == (200, "/start/referral", [])
    assert dict(found.form("/start").pairs)["text"] == REFERRAL["text"]

    seen = browser.send(found, {"about_person": "P-101", "referrer.name": "Joyce"}, action="/start")
    ref = only_case(office)
    assert seen.path == f"/cases/{ref}"
    entry = opened(office, ref)
    facts = Referral.model_validate(entry.data)
    assert (office.case(ref).procedure, entry.by, facts.source, facts.about_person) == (
        "pwt-triage",
        "duty-worker",
        "duty",
        "P-101",
    )
    given = facts.contact.given
    assert given is not None
    assert (given.name, given.record_id, given.born_on) == ("Edith Tilling", "LAS-70410", date(1938, 4, 12))
    assert facts.referrer is not None and facts.referrer.name == "Joyce"
    with office.council.database.read() as session:
        mail = session.get_one(InboundMail, facts.contact.mail_id)
        assert "wash alone" in read_original(mail.door, original(session, mail.id)).text


def test_words_that_were_searched_for_stand_in_no_address_and_not_in_the_log(at_work: AtWork, office: Office) -> None:
    """A search is part of the form; the access log has that they looked, and how many they were shown."""
    browser = at_work("duty-worker")
    sought = {"_sought.about_person": "tilling"}
    found = browser.send(browser.begin("/start/referral"), sought, action="/start", button="Find")
    assert "tilling" not in found.path
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
        drafts = [one.content for one in session.scalars(select(Draft).where(Draft.path == REFERRAL_PATH))]
    assert looks == [("duty-worker", "find-person", "1 found")]
    assert "tilling" not in "".join(drafts)


@pytest.mark.parametrize(
    "words", ["P-101", "las 70410", "999 001 0005", "Edith Tilling 12 April 1938", "Tilling, Edith 12/04/1938"]
)
def test_who_may_begin_something_finds_the_one_person_whom_they_know(
    at_work: AtWork, office: Office, words: str
) -> None:
    """The reablement lead has nothing about Edith yet: a number or her date of birth finds her, and it is noted."""
    browser = at_work("reablement-lead")
    page = browser.begin("/start/reablement")
    sought = {"_sought.person": words}
    found = browser.send(page, sought, action="/start", button="Find", follow=False)
    assert "Edith Tilling, born 12 April 1938" in found.text
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert ("reablement-lead", "find-person", "1 found") in looks

    chosen = browser.send(found, {"person": "P-101"}, action="/start", button="Find", follow=False)
    assert "Edith Tilling, born 12 April 1938" in chosen.text  # chosen before, she is shown by name and not as an id


def test_a_reablement_worker_finds_by_name_for_whom_reablement_begins(at_work: AtWork) -> None:
    """Whoever does the work with people may find everybody, as duty may."""
    browser = at_work("reablement-worker")
    page = browser.begin("/start/reablement")
    found = browser.send(page, {"_sought.person": "tilling"}, action="/start", button="Find", follow=False)
    assert "Edith Tilling, born 12 April 1938" in found.text


@pytest.mark.parametrize("words", ["Edith Tilling", "tilling", "Edith 12 April 1938", "Edith Tilling 12 April 1939"])
def test_nobody_looks_through_the_register_to_begin_something(at_work: AtWork, words: str) -> None:
    """A name alone, half a name with a birthday, or a wrong one finds nobody outside of their team."""
    browser = at_work("reablement-lead")
    page = browser.begin("/start/reablement")
    found = browser.send(page, {"_sought.person": words}, action="/start", button="Find")
    assert "Nobody in the register fits that" in found.text
    assert "born 12 April 1938" not in found.text


def test_who_has_two_of_that_name_and_birthday_finds_neither(at_work: AtWork, office: Office) -> None:
    """Who is taken for another is worse than who is not found: a number tells them apart."""
    with office.council.database.write() as session:
        session.add(Person(id="P-4711", record_id="LAS-94711", name="Edith Tilling", born_on=date(1938, 4, 12)))
    browser = at_work("reablement-lead")
    sought = {"_sought.person": "Edith Tilling 12 April 1938"}
    found = browser.send(browser.begin("/start/reablement"), sought, action="/start", button="Find")
    assert "Nobody in the register fits that" in found.text


def test_what_is_theirs_to_find_elsewhere_stays_as_it_was(at_work: AtWork) -> None:
    """On the page Find, the lead still finds only people of their own team, by whatever they type."""
    browser = at_work("reablement-lead")
    for words in ("P-101", "Edith Tilling 12 April 1938"):
        seen = browser.send(browser.get("/find"), {"words": words}, action="/find")
        assert "Nothing found that is yours to see" in seen.text


def test_a_referral_does_not_go_off_while_somebody_is_being_looked_for(at_work: AtWork, office: Office) -> None:
    """Whoever typed a name and pressed the other button is asked whom they mean; "None of these" is an answer."""
    browser = at_work("duty-worker")
    typed = {**REFERRAL, "_sought.about_person": "tilling", "about.name": "Edie Tilling"}
    asked = browser.send(browser.begin("/start/referral"), typed, action="/start", button="Take in the referral")
    assert asked.status == 422
    assert "Select who it is, or “None of these”" in asked.text
    assert "Edith Tilling, born" in asked.text

    still = browser.send(asked, {}, action="/start", button="Take in the referral")
    assert (still.status, office.cases()) == (422, [])
    browser.send(still, {"about_person": ""}, action="/start", button="Take in the referral")
    facts = Referral.model_validate(opened(office, only_case(office)).data)
    assert (facts.about_person, facts.contact.given and facts.contact.given.name) == (None, "Edie Tilling")


def test_a_referral_is_about_somebody(at_work: AtWork, office: Office) -> None:
    """Without anything about the person nobody could be found again."""
    browser = at_work("duty-worker")
    refused = browser.send(browser.begin("/start/referral"), REFERRAL, action="/start", button="Take in the referral")
    assert (refused.status, office.cases()) == (422, [])
    assert "Who needs help" in refused.text


def test_what_the_door_would_refuse_is_said_at_its_field(at_work: AtWork, office: Office) -> None:
    """An e-mail address that is none, as no browser would send it."""
    browser = at_work("duty-worker")
    wrong = {**REFERRAL, "about.name": "Edie", "referrer.name": "Joyce", "referrer.email": "not an address"}
    refused = browser.send(browser.begin("/start/referral"), wrong, action="/start", button="Take in the referral")
    assert refused.status == 422
    assert "Give one e-mail address" in refused.text
    assert "not an address" not in refused.text
    assert office.cases() == []


def test_a_referral_to_a_locality_team_belongs_to_it(at_work: AtWork, office: Office) -> None:
    """And whoever may not read it is told its ref and no more."""
    browser = at_work("brokerage-officer")
    sent = {**REFERRAL, "source": "locality-team", "team": "hazel", "about.name": "Edie"}
    seen = browser.send(browser.begin("/start/referral"), sent, action="/start", button="Take in the referral")
    ref = only_case(office)
    assert office.case(ref).owner == "team-hazel"
    assert seen.path == "/start"
    assert f"taken in as case {ref}" in seen.text


# ------------------------------------------------------------------ anything else by hand


WISH = {"recipient": "falls charity", "purpose": "classes", "content": "name"}


@pytest.mark.parametrize(
    ("staff_id", "gives"), [("duty-worker", "role-duty-worker"), ("practitioner", "staff-practitioner")]
)
def test_whoever_wishes_a_disclosure_is_who_gives_it(
    at_work: AtWork, office: Office, staff_id: str, gives: str
) -> None:
    """It is not asked in tags: the duty team gives what a duty worker wishes, anybody else does so themselves."""
    browser = at_work(staff_id)
    browser.send(browser.get("/start/disclosure"), WISH, action="/start", button="Open the case")
    ref = only_case(office)
    facts = DisclosureWish.model_validate(opened(office, ref).data)
    assert (facts.given_by, office.case(ref).owner) == (gives, f"staff-{staff_id}")


def test_an_urgent_action_counts_from_now_unless_it_is_said_otherwise(at_work: AtWork, office: Office) -> None:
    """On the telephone nobody types the time; who it is comes from the page about them."""
    browser = at_work("duty-worker")
    page = browser.begin("/start/urgent-action?about=P-104")
    assert "Harold Brisco" in page.text
    browser.send(page, {"what": "No heating, 2 degrees."}, action="/start", button="Open the case")
    facts = UrgentActionFacts.model_validate(opened(office, only_case(office)).data)
    assert (facts.about_person, facts.known_at) == ("P-104", office.clock.now())


def test_a_restricted_case_belongs_to_managers_and_is_not_seen_again(at_work: AtWork, office: Office) -> None:
    """It may be about whoever opened it: they keep its ref, and its page is not there for them."""
    browser = at_work("duty-worker")
    page = browser.get("/start/unauthorised-disclosure")
    assert "This case is restricted" in page.text
    said = {
        "what_happened": "A letter went astray.",
        "found_at-day": "5",
        "found_at-month": "1",
        "found_at-year": "2026",
        "found_at-time": "8:30",
    }
    seen = browser.send(page, said, action="/start", button="Open the case")
    ref = only_case(office)
    case = office.case(ref)
    assert (case.restricted, case.owner) == (True, "role-team-manager")
    assert (seen.path, f"Case {ref} was opened" in seen.text) == ("/start", True)
    assert browser.get(f"/cases/{ref}").status == 404


def test_people_whom_the_register_does_not_know_are_refused(at_work: AtWork, office: Office) -> None:
    """As by command: an id that was made up opens nothing."""
    browser = at_work("duty-worker")
    pairs = filled(browser.get("/start/disclosure"), **WISH, about_person="P-999")
    refused = browser.post("/start/disclosure", pairs)
    assert (refused.status, office.cases()) == (422, [])
    assert "The register has no person of that id" in refused.text


# ------------------------------------------------------------------ once, and nothing lost


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("letter", LETTER),
        ("referral", {**REFERRAL, "about.name": "Edie"}),
        ("disclosure", WISH),
    ],
)
def test_a_form_sent_twice_is_one_case(at_work: AtWork, office: Office, path: str, said: dict[str, str]) -> None:
    """The second leads to the same case and says so."""
    browser = at_work("duty-worker")
    pairs = filled(browser.begin(f"/start/{path}"), **said)
    first = browser.post(f"/start/{path}", pairs)
    again = browser.post(f"/start/{path}", pairs)

    ref = only_case(office)
    assert first.path == again.path == f"/cases/{ref}"
    assert f"sent this form already, as case {ref}" in again.text


def test_a_form_that_was_changed_after_it_was_sent_is_put_before_them(at_work: AtWork, office: Office) -> None:
    """Nothing typed is lost, and no second case is opened unseen; sent again it is another matter."""
    browser = at_work("duty-worker")
    page = browser.get("/start/disclosure")
    browser.post("/start/disclosure", filled(page, **WISH))
    ref = only_case(office)

    shown = browser.post("/start/disclosure", filled(page, **WISH, who_exactly="Ana at the charity"))
    assert (shown.status, office.cases()) == (409, [ref])
    assert f"as case {ref}" in shown.text
    assert dict(shown.form("/start").pairs)["who_exactly"] == "Ana at the charity"
    browser.send(shown, {}, action="/start", button="Open the case")
    assert len(office.cases()) == 2


def test_two_people_do_not_share_a_form(at_work: AtWork, office: Office) -> None:
    """A form's id is theirs whose it is: a colleague's same words are another case."""
    dana, malcolm = at_work("duty-worker"), at_work("duty-worker-2")
    mine = filled(dana.get("/start/disclosure"), **WISH)
    dana.post("/start/disclosure", mine)
    theirs = filled(malcolm.get("/start/disclosure"), **WISH, _form_id=dict(mine)["_form_id"])
    malcolm.post("/start/disclosure", theirs)
    assert {office.case(ref).owner for ref in office.cases()} == {"staff-duty-worker", "staff-duty-worker-2"}


def test_what_was_typed_is_kept_until_it_is_sent(at_work: AtWork, office: Office) -> None:
    """Refused, it is a draft: it is there on the next day, is marked among what can be started, and goes when sent."""
    browser = at_work("duty-worker")
    browser.send(browser.get("/start/letter"), {"sender": "Joyce"}, action="/start")
    office.hours_pass(0.5)
    page = browser.get("/start/letter")
    assert "has not been sent" in page.text
    assert dict(page.form("/start/letter").pairs).keys() >= {"form_token"}
    typed = next(form for form in page.forms if "sender" in form.names)
    assert dict(typed.pairs)["sender"] == "Joyce"
    assert "Begun" in browser.get("/start").text

    browser.post("/start/letter", [*[p for p in typed.pairs if p[0] not in LETTER], *LETTER.items()])
    assert "has not been sent" not in browser.get("/start/letter").text
    assert "Begun" not in browser.get("/start").text


def test_a_draft_can_be_thrown_away(at_work: AtWork) -> None:
    """Then the form is empty again."""
    browser = at_work("duty-worker")
    browser.send(browser.get("/start/letter"), {"sender": "Joyce"}, action="/start")
    page = browser.send(browser.get("/start/letter"), action="/start/letter", button="Throw it away and start afresh")
    assert dict(page.form("/start").pairs)["sender"] == ""


def test_a_form_without_its_id_is_not_sent(at_work: AtWork, office: Office) -> None:
    """It is opened again, and what was typed is filled in."""
    browser = at_work("duty-worker")
    pairs = [pair for pair in filled(browser.get("/start/disclosure"), **WISH) if pair[0] != "_form_id"]
    assert browser.post("/start/disclosure", pairs).status == 400
    assert office.cases() == []
    assert "falls charity" in browser.get("/start/disclosure").html


def test_a_colleague_does_not_see_what_another_has_begun(at_work: AtWork) -> None:
    """A draft is theirs alone."""
    browser = at_work("duty-worker")
    browser.send(browser.get("/start/letter"), {"sender": "Joyce"}, action="/start")
    assert "Joyce" not in at_work("duty-worker-2").get("/start/letter").html


def test_scripts_in_what_is_typed_stay_text(at_work: AtWork) -> None:
    """Whatever is typed, or a file is called, is shown as it was typed and never run."""
    browser = at_work("duty-worker")
    evil = '"><script>alert(1)</script>'
    named = {"scan": (f"{evil}.pdf", b"no scan", "application/pdf")}
    page = browser.send(browser.get("/start/letter"), LETTER | {"sender": evil}, action="/start", files=named)
    assert "<script>alert" not in page.html
    sought = {"_sought.about_person": evil}
    found = browser.send(browser.begin("/start/referral"), sought, action="/start", button="Find")
    assert "<script>alert" not in found.html
    assert "Nobody in the register fits that" in found.text


# ------------------------------------------------------------------ what comes late, and whom it is about


def a_referral(browser: Browser, about: str = "P-101") -> list[tuple[str, str]]:
    """A referral opened for somebody, filled in and not sent."""
    page = browser.begin(f"/start/referral?about={about}")
    return filled(page, **REFERRAL, **{"referrer.name": "Joyce"})


def form_of(page: Seen) -> SeenForm:
    """The page's own form, and not the one that throws a draft away."""
    return next(one for one in page.forms if "_form_id" in one.names)


def begun(office: Office) -> list[str]:
    """The paths of the drafts of a referral."""
    with office.council.database.read() as session:
        return [one.path for one in session.scalars(select(Draft).where(Draft.path == REFERRAL_PATH))]


def test_what_comes_in_late_of_a_form_that_was_sent_is_no_draft(at_work: AtWork, office: Office) -> None:
    """A page says once more what was typed as it is left: it does not come back as if it had not been sent."""
    browser = at_work("duty-worker")
    pairs = a_referral(browser)
    browser.post(REFERRAL_PATH, pairs)
    assert browser.post("/drafts", [*pairs, ("_path", REFERRAL_PATH)]).status == 409
    assert begun(office) == []
    again = browser.begin(REFERRAL_PATH)
    assert "has not been sent" not in again.text
    assert dict(form_of(again).pairs)["_form_id"] != dict(pairs)["_form_id"]
    assert len(office.cases()) == 1


def test_what_came_in_while_a_form_was_being_sent_is_dropped_when_it_is_opened(at_work: AtWork, office: Office) -> None:
    """However a draft of a sent form came to be, it is known by the form's id."""
    browser = at_work("duty-worker")
    pairs = a_referral(browser)
    browser.post("/drafts", [*pairs, ("_path", REFERRAL_PATH)])
    with office.council.database.read() as session:
        (late,) = [one.content for one in session.scalars(select(Draft).where(Draft.path == REFERRAL_PATH))]
    browser.post(REFERRAL_PATH, pairs)
    with office.council.database.write() as session:
        now = office.clock.now()
        session.add(Draft(staff_id="duty-worker", path=REFERRAL_PATH, content=late, saved_at=now))
    assert "has not been sent" not in browser.begin(REFERRAL_PATH).text
    assert begun(office) == []


def test_a_draft_keeps_the_id_of_its_form(at_work: AtWork, office: Office) -> None:
    """Filled in again it is the same form still: sent from two windows it is one case."""
    browser = at_work("duty-worker")
    pairs = a_referral(browser)
    browser.post("/drafts", [*pairs, ("_path", REFERRAL_PATH)])
    again = browser.begin(REFERRAL_PATH)
    assert "has not been sent" in again.text
    assert dict(form_of(again).pairs)["_form_id"] == dict(pairs)["_form_id"]
    browser.post(REFERRAL_PATH, pairs)
    browser.post(REFERRAL_PATH, form_of(again).pairs)
    assert len(office.cases()) == 1


def test_what_was_changed_after_it_was_sent_is_kept_as_another_matter(at_work: AtWork, office: Office) -> None:
    """It was not sent, so it is there when they come back, and can be sent."""
    browser = at_work("duty-worker")
    pairs = a_referral(browser)
    browser.post(REFERRAL_PATH, pairs)
    other = [("text", "Another matter.") if name == "text" else (name, value) for name, value in pairs]
    warned = browser.post(REFERRAL_PATH, other)
    assert warned.status == 409
    again = browser.begin(REFERRAL_PATH)
    assert dict(form_of(again).pairs)["text"] == "Another matter."
    assert dict(form_of(again).pairs)["_form_id"] == dict(form_of(warned).pairs)["_form_id"]


def test_what_was_typed_about_one_person_is_not_filled_in_for_another(at_work: AtWork, office: Office) -> None:
    """They are asked whether they go on with that or start afresh; neither happens by itself."""
    browser = at_work("duty-worker")
    pairs = a_referral(browser, "P-101")
    browser.post("/drafts", [*pairs, ("_path", REFERRAL_PATH)])
    asked = browser.begin(f"{REFERRAL_PATH}?about=P-104")
    assert "You had begun this about somebody else" in asked.text
    assert "begun this about Edith Tilling" in asked.text
    assert REFERRAL["text"] not in asked.html

    on = browser.get(asked.links["Go on with what you had begun"])
    assert ("about_person", "P-101") in form_of(on).pairs
    assert dict(form_of(on).pairs)["text"] == REFERRAL["text"]

    afresh = browser.send(asked, action="/start")
    assert afresh.path == f"{REFERRAL_PATH}?about=P-104"
    assert ("about_person", "P-104") in form_of(afresh).pairs
    assert dict(form_of(afresh).pairs)["text"] == ""
    assert begun(office) == []


def test_what_was_typed_about_nobody_in_particular_is_not_filled_in_for_somebody(at_work: AtWork) -> None:
    """Whoever was not chosen in the register may be somebody else."""
    browser = at_work("duty-worker")
    pairs = filled(browser.begin(REFERRAL_PATH), **REFERRAL)
    browser.post("/drafts", [*pairs, ("_path", REFERRAL_PATH)])
    asked = browser.begin(f"{REFERRAL_PATH}?about=P-104")
    assert "about somebody whom you had not chosen in the register" in asked.text


def test_a_draft_about_the_same_person_is_filled_in(at_work: AtWork) -> None:
    """Opened for the one whom it is about, it goes on where they stopped."""
    browser = at_work("duty-worker")
    pairs = a_referral(browser, "P-104")
    browser.post("/drafts", [*pairs, ("_path", REFERRAL_PATH)])
    again = browser.begin(f"{REFERRAL_PATH}?about=P-104")
    assert dict(form_of(again).pairs)["text"] == REFERRAL["text"]
