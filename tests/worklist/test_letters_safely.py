"""Letters and what came with them: read as plain text, given as files that no browser opens as a page of ours."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from deployments.worklist.downloads import file_name
from flows.unauthorised_disclosure import unauthorised_disclosure
from models.audit import AccessEntry
from models.connections import Connections, Worklist
from models.forms.written_contact import FurtherMessage
from models.mail import InboundMail
from models.policy.organisation import MailKind
from tasks.durable.testing import Office
from tasks.intake import take_in_mail
from tasks.worklist.letters import AT_ONCE, few_at_once
from tasks.worklist.scanning import Clean, Infected, NotScanned, scan
from tests.procedures.letters import sorted_as
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]
PDF = b"%PDF-1.7 planted"
SCRIPT = b"<script>alert(document.cookie)</script>"
SCANNER = "import sys; sys.exit(1 if b'EICAR' in sys.stdin.buffer.read() else 0)"


def mail(
    *files: tuple[str, bytes, str], text: str = "The bath seat has not come.", subject: str = "Bath seat"
) -> bytes:
    """An e-mail with files enclosed: name, content, type."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Tom Tilling <tom@example.org>", "duty@x", subject
    message["Message-ID"], message["Date"] = "<1@example.org>", "Mon, 5 Jan 2026 08:00:00 +0000"
    message.set_content(text)
    for name, content, kind in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def came(office: Office, raw: bytes) -> tuple[str, str]:
    """The case that an e-mail opens, and the letter's path."""
    taken = take_in_mail(office.council, raw, "return@example.org", ["duty@wenbridge.example.org"])
    office.hours_pass(0)
    assert taken.case_ref is not None
    return taken.case_ref, f"/cases/{taken.case_ref}/letters/{taken.mail_id}"


def scanned_by(office: Office, *command: str, seconds: float = 20) -> None:
    """From now on files are looked through by that command."""
    office.council.connections = Connections(
        worklist=Worklist(scanner=command, scanner_timeout_seconds=seconds),
    )


def looks(office: Office) -> list[tuple[str, str]]:
    """What was looked at, as the access log has it."""
    with office.council.database.read() as session:
        return [(one.who, one.what) for one in session.scalars(select(AccessEntry).order_by(AccessEntry.no))]


# ------------------------------------------------------------------ reading


def test_a_letter_is_read_as_plain_text(office: Office, at_work: AtWork) -> None:
    """Who wrote, when, what, and what came with it; from the case's page a link leads there."""
    case, path = came(office, mail(("order.pdf", PDF, "application/pdf")))
    browser = at_work("duty-worker")

    seen = browser.get(browser.get(f"/cases/{case}").links["Bath seat"])

    assert seen.path == path
    for shown in ("Tom Tilling <tom@example.org>", "Monday 5 January 2026, 8am", "The bath seat has not come."):
        assert shown in seen.text
    assert "application/pdf, 16 bytes" in seen.text
    assert seen.links["order.pdf"] == f"{path}/attachments/1"


def test_what_is_hostile_in_a_letter_is_inert(office: Office, at_work: AtWork) -> None:
    """Subject, text and file names are text; nothing of them comes alive or turns the direction of writing."""
    hostile = "<img src=x onerror=alert(1)>{{ 7777*7 }}"
    case, path = came(
        office, mail((f"{hostile}.pdf", PDF, "application/pdf"), text=f"{hostile}\u202e", subject=hostile)
    )

    for page in (path, f"/cases/{case}"):
        seen = at_work("duty-worker").get(page)
        assert hostile in seen.text
        assert "<img" not in seen.html and "54439" not in seen.html and "\u202e" not in seen.html


def test_every_look_at_a_letter_is_noted(office: Office, at_work: AtWork) -> None:
    """Reading it, taking out an enclosure, taking out the original: each is an entry of the access log."""
    _, path = came(office, mail(("order.pdf", PDF, "application/pdf")))
    browser = at_work("duty-worker")
    for one in (path, f"{path}/attachments/1", f"{path}/original"):
        assert browser.get(one).status == 200
    assert looks(office) == [("duty-worker", what) for what in ("read-mail", "take-enclosure", "take-original")]


@pytest.mark.parametrize("who", ["practitioner-4", "rowan-team-leader"])
def test_another_teams_staff_do_not_find_the_letter(office: Office, at_work: AtWork, who: str) -> None:
    """Neither the letter nor what came with it: 404, and nobody is noted to have looked."""
    _, path = came(office, mail(("order.pdf", PDF, "application/pdf")))
    for one in (path, f"{path}/attachments/1", f"{path}/original"):
        assert at_work(who).get(one).status == 404
    assert looks(office) == []


def test_a_letter_is_found_through_its_own_cases_only(office: Office, at_work: AtWork) -> None:
    """A letter of another case is not found under this one, though somebody may read both."""
    case, _ = came(office, mail())
    _, other = came(office, mail(text="Another letter.", subject="Another"))
    assert at_work("duty-worker").get(f"/cases/{case}/letters/{other.rpartition('/')[2]}").status == 404


def test_a_case_that_the_letter_opened_on_its_way_has_it_too(office: Office, at_work: AtWork) -> None:
    """Whoever works the second case reads the letter there."""
    case, path = came(office, mail())
    office.answer(case, sorted_as(MailKind.COMPLAINT), by="duty-worker")
    child = next(ref for ref in office.cases() if ref != case)
    assert at_work("duty-worker").get(path.replace(case, child)).status == 200


def test_a_restricted_cases_letter_is_not_reached_by_naming_it_elsewhere(office: Office, at_work: AtWork) -> None:
    """Whoever tells an open case of a letter by its id does not come to read it by that."""
    case, _ = came(office, mail())
    _, path = came(office, mail(text="planted secret", subject="Secret"))
    secret = path.rpartition("/")[2]
    hidden = office.start(unauthorised_disclosure, FOUND, owner="role-head-of-service")
    with office.council.database.write() as session:
        session.get_one(InboundMail, secret).case_ref = hidden
    office.signal(case, FurtherMessage(mail_id=secret, sender="x", subject="x", text="x"), by="duty-worker")

    browser = at_work("duty-worker")
    assert browser.get(f"/cases/{case}/letters/{secret}").status == 404
    assert secret not in browser.get(f"/cases/{case}").links.values()


# ------------------------------------------------------------------ taking out


def test_a_file_is_kept_and_never_opened_as_a_page(office: Office, at_work: AtWork) -> None:
    """Always an attachment, in a sandbox, not sniffed, not kept in between; its bytes as they came."""
    _, path = came(office, mail(("order.pdf", PDF, "application/pdf"), ("page.html", SCRIPT, "text/html")))
    for number, content, kind in ((1, PDF, "application/pdf"), (2, SCRIPT, "application/octet-stream")):
        given = at_work("duty-worker").request("GET", f"{path}/attachments/{number}")
        assert given.content == content
        assert given.headers["content-type"] == kind
        assert given.headers["content-disposition"].startswith("attachment; ")
        assert given.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert given.headers["x-content-type-options"] == "nosniff"
        assert given.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "content", "said", "given"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\nrest", "image/png", "image/png"),
        ("a.jpg", b"\xff\xd8\xffrest", "image/jpeg", "image/jpeg"),
        ("a.svg", b"<svg onload=alert(1)/>", "image/svg+xml", "application/octet-stream"),
        ("a.png", SCRIPT, "image/png", "application/octet-stream"),
        ("a.pdf", SCRIPT, "application/pdf", "application/octet-stream"),
        ("a.js", b"alert(1)", "application/javascript", "application/octet-stream"),
    ],
)
def test_a_file_is_called_what_it_is_only_where_that_is_harmless(
    office: Office, at_work: AtWork, name: str, content: bytes, said: str, given: str
) -> None:
    """A short list of kinds, and only where the bytes begin as that kind does."""
    _, path = came(office, mail((name, content, said)))
    assert at_work("duty-worker").request("GET", f"{path}/attachments/1").headers["content-type"] == given


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("order.pdf", "order.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\evil.exe", "evil.exe"),
        (".htaccess", "htaccess"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"),
        ("gpj.\u202eexe.pdf", "gpj._exe.pdf"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_a_files_name_cannot_leave_its_folder_or_steer(sent: str, kept: str) -> None:
    """No folders, no lines, no turned letters; what is left is what people know it by."""
    assert file_name(sent) == kept


def test_a_long_name_keeps_its_ending() -> None:
    """What kind of file it is stays to be seen."""
    assert len(file_name("x" * 500 + ".pdf")) == 120
    assert file_name("x" * 500 + ".pdf").endswith("x.pdf")


def test_the_header_of_a_file_is_one_line_of_plain_letters(office: Office, at_work: AtWork) -> None:
    """Accents and quotes of a sender's file name travel encoded."""
    _, path = came(office, mail(('Auftrag "März".pdf', PDF, "application/pdf")))
    header = at_work("duty-worker").request("GET", f"{path}/attachments/1").headers["content-disposition"]
    assert header == ("attachment; filename=\"Auftrag_M_rz_.pdf\"; filename*=UTF-8''Auftrag%20%22M%C3%A4rz%22.pdf")


@pytest.mark.parametrize("number", ["0", "3", "-1", "x", "99999", "1.0", "\u0661"])
def test_an_enclosure_that_is_not_there_is_not_found(office: Office, at_work: AtWork, number: str) -> None:
    """Whatever is asked for."""
    _, path = came(office, mail(("order.pdf", PDF, "application/pdf"), ("two.pdf", PDF, "application/pdf")))
    assert at_work("duty-worker").get(f"{path}/attachments/{number}").status == 404


def test_the_original_is_given_byte_for_byte(office: Office, at_work: AtWork) -> None:
    """As it came, under its own id."""
    _, path = came(office, mail())
    given = at_work("duty-worker").request("GET", f"{path}/original")
    with office.council.database.read() as session:
        assert given.content == session.get_one(InboundMail, path.rpartition("/")[2]).raw
    assert f"{path.rpartition('/')[2]}.eml" in given.headers["content-disposition"]


def test_only_a_few_large_letters_are_opened_at_once(office: Office, at_work: AtWork) -> None:
    """Beyond that somebody is asked to come again, and the server has its memory."""
    _, path = came(office, mail(("order.pdf", PDF, "application/pdf")))
    holding, release = threading.Barrier(AT_ONCE + 1), threading.Event()

    def hold() -> None:
        with few_at_once():
            holding.wait()
            release.wait()

    readers = [threading.Thread(target=hold) for _ in range(AT_ONCE)]
    for one in readers:
        one.start()
    holding.wait()
    try:
        seen = at_work("duty-worker").get(f"{path}/attachments/1")
    finally:
        release.set()
        for one in readers:
            one.join()

    assert seen.status == 503 and "try again in a minute" in seen.text
    assert at_work("duty-worker").get(f"{path}/attachments/1").status == 200


# ------------------------------------------------------------------ scanning


def test_without_a_scanner_the_page_warns(office: Office, at_work: AtWork) -> None:
    """Files are given, and whoever opens them is told that nobody has looked through them."""
    _, path = came(office, mail(("order.pdf", PDF, "application/pdf")))
    assert "No scanner is connected here" in at_work("duty-worker").get(path).text


def test_what_the_scanner_finds_harmful_is_given_to_nobody(office: Office, at_work: AtWork) -> None:
    """The page says so, and whom to tell; what is clean in the same letter is given."""
    _, path = came(office, mail(("bad.pdf", b"EICAR", "application/pdf"), ("good.pdf", PDF, "application/pdf")))
    scanned_by(office, sys.executable, "-c", SCANNER)
    browser = at_work("duty-worker")

    seen = browser.get(f"{path}/attachments/1")

    assert seen.status == 409 and "tell systems staff" in seen.text
    assert browser.request("GET", f"{path}/attachments/2").content == PDF
    assert "No scanner" not in browser.get(path).text


@pytest.mark.parametrize("command", [(sys.executable, "-c", "raise SystemExit(2)"), ("/nowhere/scanner",)])
def test_while_the_scanner_fails_nothing_is_given(office: Office, at_work: AtWork, command: tuple[str, ...]) -> None:
    """It is said honestly that the file could not be looked through."""
    _, path = came(office, mail(("order.pdf", PDF, "application/pdf")))
    scanned_by(office, *command)
    for one in (f"{path}/attachments/1", f"{path}/original"):
        seen = at_work("duty-worker").get(one)
        assert seen.status == 503 and "could not be looked through" in seen.text


def test_a_scanner_gets_the_bytes_and_no_shell(tmp_path: Path) -> None:
    """What stands in the settings is the program and its words, and the file comes on standard input."""
    kept = tmp_path / "kept"
    program = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
    settings = Worklist(scanner=(sys.executable, "-c", program, f"{kept}"))
    assert scan(settings, b"planted; rm -rf $HOME") == Clean()
    assert kept.read_bytes() == b"planted; rm -rf $HOME"
    assert not isinstance(scan(Worklist(scanner=("true; exit 1",)), b""), Clean | Infected)


def test_a_scanner_that_hangs_has_failed() -> None:
    """After the time that the settings allow."""
    settings = Worklist(scanner=(sys.executable, "-c", "import time; time.sleep(60)"), scanner_timeout_seconds=0.2)
    found = scan(settings, b"x")
    assert isinstance(found, NotScanned) and found.has_failed


def test_without_a_scanner_nothing_has_failed() -> None:
    """Not scanned, and no fault."""
    found = scan(Worklist(), b"x")
    assert isinstance(found, NotScanned) and not found.has_failed
