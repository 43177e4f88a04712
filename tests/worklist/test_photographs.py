"""A photograph of the copy at home: taken in on the form, kept as letters are, shown on the plan's page (REA-12)."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from models.connections import Worklist
from models.forms.plan_change import EvidenceDecision
from models.forms.plan_copies import HomeCopyAmended
from models.mail import InboundMail
from tasks.durable.testing import Office
from tasks.worklist.photographs import keep_photograph
from tests.procedures.plan_change_stories import ALL_AGREE, decided, evidence_of
from tests.procedures.reablement_stories import in_reablement
from tests.worklist.answering_stories import item_of
from tests.worklist.browser import Browser, Seen
from tests.worklist.programs import Program
from tests.worklist.test_offering import answering, opened, told

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]
WORKER = "reablement-worker"
PICTURE = b"\xff\xd8\xff\xe0 the copy in Edith's kitchen"
FIELD = "settled.photograph"


@pytest.fixture
def plan(office: Office) -> str:
    """Edith's plan, as it began on Monday 5 January 2026."""
    return in_reablement(office)


@pytest.fixture
def case(office: Office, plan: str) -> str:
    """A change of it that is to be decided on."""
    return evidence_of(office, plan)


def taken_in(browser: Browser, page: Seen, content: bytes = PICTURE, field: str = FIELD, **typed: str) -> Seen:
    """The file is chosen, and its button pressed, with all that was typed."""
    pairs = [pair for pair in page.form().pairs if pair[0] not in typed] + [*typed.items(), ("_file", field)]
    data: dict[str, list[str]] = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    files = {f"{field}-file": ("IMG_0042.jpeg", content, "image/jpeg")}
    return Seen(browser.request("POST", f"{page.path.partition('#')[0]}/files", data=data, files=files))


def kept(office: Office) -> list[InboundMail]:
    """What is kept, the first first."""
    with office.council.database.read() as session:
        return list(session.scalars(select(InboundMail).order_by(InboundMail.received_at)))


def form_of(office: Office, browser: Browser, case: str) -> Seen:
    """The form on which the change is decided on."""
    return answering(opened(office, browser, case, EvidenceDecision))


def with_the_day(page: Seen) -> Seen:
    """The page with the one form on which the day of the amendment is said."""
    page.forms = [one for one in page.forms if "amended_on-day" in one.names]
    return page


# ------------------------------------------------------------------ on the form


@pytest.mark.clauses("REA-12")
def test_it_is_taken_in_with_the_form_and_shown_on_the_plans_page(office: Office, case: str, at_work: AtWork) -> None:
    """Nothing typed is lost, no id is keyed, and it comes out of the plan's page as it went in."""
    plan = told(office, case, "look-up-plan")["plan"]
    browser = at_work(WORKER)
    page = answering(taken_in(browser, form_of(office, browser, case), reasons="She dresses alone"))
    [mail] = kept(office)
    assert (mail.case_ref, mail.state) == (case, "signalled")
    assert page.path == f"/work-items/{item_of(office, case, 'EvidenceDecision')}"
    assert f"A photograph of the copy at home is kept as {mail.id}" in page.text
    assert "She dresses alone" in page.html

    answers = {"step": "change-the-plan", "edits.visits.0.edit": "alter", "edits.visits.0.item": "V1"}
    answers |= {"edits.visits.0.minutes": "30", "settled.amended_at_home": "yes", "advocate_needed": "no"}
    pairs = [pair for pair in page.form().pairs if pair[0] not in answers] + [*answers.items(), ("_do", "send")]
    for number, who in enumerate(("P1", "P2", "P4")):
        pairs += [(f"settled.said.{number}.who", who), (f"settled.said.{number}.says", "agrees")]
    browser.post(page.path, pairs)
    assert told(office, case, "EvidenceDecision")["settled"]["photograph"] == mail.id

    office.hours_pass(1)
    seen = browser.get(f"/plans/{plan}")
    assert "taken in on Monday 5 January 2026, 9am" in seen.text
    letter = browser.get(seen.links[f"Photograph {mail.id}"])
    assert "IMG_0042.jpeg" in letter.text
    out = browser.request("GET", f"/cases/{case}/letters/{mail.id}/attachments/1")
    assert out.content == PICTURE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose the file of the photograph first"),
        (b"GIF89a", "The photograph must be a PDF, PNG, JPEG or TIFF, and this file is a GIF"),
        (b"\x00\x00\x00\x18ftypheic", "on the telephone, save it as JPEG first"),
        (b"\xff\xd8\xff" + b"0" * 3_000, "The photograph has 3,003 bytes, and 2,000 bytes are taken at most"),
    ],
    ids=["none", "a GIF", "as telephones keep it", "too large"],
)
def test_what_is_no_photograph_is_refused_at_its_field(
    office: Office, case: str, at_work: AtWork, content: bytes, said: str
) -> None:
    """As the scan of a letter is; what was typed stands there as before."""
    policy = office.council.policy
    small = policy.mail.model_copy(update={"attachment_bytes": 2_000})
    office.policy_becomes(policy.model_copy(update={"mail": small}))
    browser = at_work(WORKER)
    page = taken_in(browser, form_of(office, browser, case), content, reasons="She dresses alone")
    assert (page.status, kept(office)) == (422, [])
    assert said in page.text
    assert "She dresses alone" in page.html


def test_an_infected_file_is_not_taken_in(office: Office, case: str, at_work: AtWork, tmp_path: Path) -> None:
    """The council's scanner looks first."""
    scanner = tmp_path / "scanner"
    scanner.write_text("#!/bin/sh\ngrep -q EICAR && exit 1\nexit 0\n")
    scanner.chmod(scanner.stat().st_mode | stat.S_IXUSR)
    connections = office.council.connections
    worklist = Worklist(scanner=(str(scanner),))
    office.council.connections = connections.model_copy(update={"worklist": worklist})
    browser = at_work(WORKER)
    assert "found something harmful" in taken_in(browser, form_of(office, browser, case), PICTURE + b"EICAR").text
    assert kept(office) == []


def test_it_can_be_left_out_again(office: Office, case: str, at_work: AtWork) -> None:
    """The wrong picture: it is no longer named, and another can be chosen."""
    browser = at_work(WORKER)
    page = answering(taken_in(browser, form_of(office, browser, case)))
    left_out = browser.post(page.path, [*page.form().pairs, ("_remove", FIELD)])
    assert "is kept as" not in left_out.text
    assert f'name="{FIELD}-file"' in left_out.html


def test_a_file_that_was_only_chosen_is_not_lost_silently(office: Office, case: str, at_work: AtWork) -> None:
    """Sent by the form's own button a browser gives its name alone: that is said, and nothing is answered."""
    browser = at_work(WORKER)
    page = form_of(office, browser, case)
    sent = browser.post(page.path, [*page.form().pairs, (f"{FIELD}-file", "IMG_0042.jpeg"), ("_do", "send")])
    assert "was not taken in yet: choose the file again, then press “Take it in”" in sent.text


def test_the_same_file_is_kept_once_with_each_case(office: Office, case: str, plan: str) -> None:
    """The button pressed twice; and the same picture for another case is that case's own."""
    first, again = (keep_photograph(office.council, case, PICTURE, "a.jpg", by=WORKER) for _ in range(2))
    other = keep_photograph(office.council, plan, PICTURE, "a.jpg", by=WORKER)
    assert (first == again, other == first, len(kept(office))) == (True, False, 2)


@pytest.mark.clauses("REA-12")
def test_whoever_tells_of_an_amended_copy_gives_its_photograph(office: Office, plan: str, at_work: AtWork) -> None:
    """The same on the page on which a case is told something; what was typed is filled in again."""
    case, browser = decided(office, plan, ALL_AGREE), at_work(WORKER)
    path = f"/cases/{case}/signals/{HomeCopyAmended.slug()}"
    page = taken_in(browser, with_the_day(browser.get(path)), field="photograph", **{"amended_on-day": "5"})
    assert page.path == path
    [mail] = kept(office)
    filled = {"amended_on-month": "1", "amended_on-year": "2026"}
    browser.send(with_the_day(page), filled, button="Tell the case")
    assert told(office, case, "HomeCopyAmended")["photograph"] == mail.id
    office.hours_pass(1)
    assert f"Photograph {mail.id}" in browser.get(f"/plans/{plan}").text


def test_files_come_only_from_whoever_may_answer(office: Office, case: str, at_work: AtWork, stranger: Browser) -> None:
    """A colleague who is not asked and a stranger keep nothing with the case; nor does a field that is none."""
    item = item_of(office, case, EvidenceDecision.name())
    browser = at_work(WORKER)
    token = next(value for name, value in form_of(office, browser, case).form().pairs if name == "form_token")
    files = {f"{FIELD}-file": ("a.jpg", PICTURE, "image/jpeg")}
    for one in (stranger, at_work("practitioner")):
        one.request("POST", f"/work-items/{item}/files", data={"form_token": token, "_file": FIELD}, files=files)
    data = {"form_token": token, "_file": "reasons"}
    assert browser.request("POST", f"/work-items/{item}/files", data=data, files=files).status_code == 404
    assert kept(office) == []


# ------------------------------------------------------------------ for programs


def test_a_program_keeps_one_and_names_it(office: Office, case: str, program: For) -> None:
    """Sent as multipart, with an id for the form; what is none is refused, and so is a case that is not theirs."""
    files = {"photograph": ("home.jpg", PICTURE, "image/jpeg")}
    made = program(WORKER).call("POST", f"/cases/{case}/photographs", files=files)
    assert (made.status_code, made.json()) == (201, {"id": kept(office)[0].id})
    again = program(WORKER).call("POST", f"/cases/{case}/photographs", files=files)
    assert again.json() == made.json()
    wrong = program(WORKER).call("POST", f"/cases/{case}/photographs", files={"photograph": ("a.gif", b"GIF89a", "")})
    assert wrong.status_code == 422
    assert "must be a PDF, PNG, JPEG or TIFF" in wrong.text
    read = program(WORKER).get(f"/cases/{case}/letters/{made.json()['id']}").json()
    assert [one["name"] for one in read["enclosed"]] == ["home.jpg"]


def test_the_plan_says_which_there_are(office: Office, plan: str, program: For) -> None:
    """`photographs` of a plan: the id, the case that has it, and where it was named."""
    case = decided(office, plan, ALL_AGREE)
    mail_id = keep_photograph(office.council, case, PICTURE, "a.jpg", by=WORKER)
    signal = HomeCopyAmended.model_validate({"amended_on": "2026-01-05", "photograph": mail_id})
    office.signal(case, signal, by=WORKER)
    [shown] = program(WORKER).get(f"/plans/{plan}").json()["photographs"]
    assert (shown["id"], shown["case"], shown["said_in"]) == (mail_id, case, case)
