"""`pathways intake`: files and paper through the same door as the mail port."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from deployments.example_council.letters import example_letters
from models.audit import AccessEntry
from models.forms.written_contact import WrittenContact
from models.policy.organisation import MailKind
from tasks.audit.access_log import os_user
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.cli.conftest import Called, Pathways
from tests.procedures.letters import sorted_as

LETTERS = dict(example_letters())
CONTACT = LETTERS["01-named-worker-allocated.eml"]
BROKEN = LETTERS["15-broken.eml"]
AUTOMATIC = LETTERS["14-automatic-reply.eml"]


def deliver(pathways: Pathways, message: bytes) -> Called:
    """Bring a message on standard input."""
    return pathways("intake", "email", "-", stdin=message)


def contact_of(office: Office, ref: str) -> WrittenContact:
    """What a case was opened with."""
    with office.council.database.read() as session:
        return WrittenContact.model_validate(recall(session, ref)[0].data)


def letter(pathways: Pathways, *more: str | Path) -> Called:
    """Bring a letter on paper, written on by hand."""
    return pathways("intake", "letter", "--sender", "Ivy Larkspur, 3 Mill Lane", *more)


def test_an_email_opens_a_case_and_its_ref_is_printed(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """From a file; the same file again is the same case."""
    file = tmp_path / "letter.eml"
    file.write_bytes(CONTACT)

    called = pathways("intake", "email", file)

    assert called.code == 0
    assert called.out == f"{office.cases()[0]}\n"
    assert pathways("intake", "email", file).out == called.out
    assert len(office.cases()) == 1


def test_a_reply_goes_to_its_open_case(office: Office, pathways: Pathways) -> None:
    """The case's own ref is printed, and no other case is opened."""
    ref = deliver(pathways, CONTACT).out.strip()
    reply = (
        b"From: tom@example.org\nMessage-ID: <2@example.org>\nSubject: Re: [" + ref.encode() + b"]\n\nIt has come.\n"
    )

    assert deliver(pathways, reply).out == f"{ref}\n"
    assert office.cases() == [ref]


def test_what_cannot_be_read_is_quarantined_by_name(office: Office, pathways: Pathways) -> None:
    """Exit code 0: it is safely kept, and a person looks at it."""
    called = deliver(pathways, BROKEN)

    assert called.code == 0
    word, mail_id = called.out.split()
    assert word == "quarantined"
    (kept,) = pathways("intake", "list", "--state", "quarantined", "--json").json
    assert set(kept) == {"id", "received_at", "state", "case", "reason", "size", "erased_at"}
    assert (kept["id"], kept["state"], kept["size"]) == (mail_id, "quarantined", len(BROKEN))
    assert kept["reason"]
    assert mail_id in pathways("intake", "list", "--state", "quarantined").out


def test_an_automatic_reply_is_ignored_with_the_reason(office: Office, pathways: Pathways) -> None:
    """Exit code 0, and no case."""
    called = deliver(pathways, AUTOMATIC)

    assert called.code == 0
    assert called.out.startswith("ignored ") and len(called.out.split()) > 1
    assert office.cases() == []


def test_a_file_with_nothing_in_it_is_refused(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """So are one that is not there and one beyond the policy's size; nothing is kept."""
    empty = tmp_path / "empty.eml"
    empty.touch()

    for called in (
        pathways("intake", "email", empty),
        pathways("intake", "email", tmp_path / "missing.eml"),
        deliver(pathways, CONTACT + b"x" * 38_000_001),
    ):
        assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
    assert pathways("intake", "list", "--json").json == []


def test_a_letter_on_paper_opens_a_case(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """With its scan, its text, who wrote it and that it came on paper."""
    scan, text = tmp_path / "scan.pdf", tmp_path / "text.txt"
    scan.write_bytes(b"%PDF-1.4 scanned")
    text.write_text("The bath seat has not come.", encoding="utf-8")

    called = letter(pathways, "--received", "2026-01-05", "--scan", scan, "--text-file", text, "--subject", "Bath seat")

    assert called.code == 0
    contact = contact_of(office, called.out.strip())
    assert (contact.channel, contact.subject, contact.attachments) == ("letter", "Bath seat", ("scan.pdf",))
    assert "Ivy Larkspur" in contact.sender
    assert "The bath seat has not come." in contact.text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--received", "2026-01-05"), "--scan"),
        (("--received", "2999-01-05", "--text-file", "-"), "has not come yet"),
        (("--received", "5 January", "--text-file", "-"), "--received"),
        (("--received", "2026-01-05", "--text-file", "-", "--subject", "a\nBcc: b"), "one line"),
        (("--received", "2026-01-05", "--scan", "/nowhere/scan.pdf"), "cannot be read"),
    ],
)
def test_a_letter_that_is_not_whole_is_refused(
    office: Office, pathways: Pathways, more: tuple[str, ...], says: str
) -> None:
    """Exit code 2, what to give instead, and no case."""
    called = letter(pathways, *more)

    assert called.code == 2
    assert says in called.err
    assert office.cases() == []


def test_a_message_is_shown_as_it_was_read(office: Office, pathways: Pathways) -> None:
    """Sender, subject and text, its case, and an entry in the access log."""
    ref = deliver(pathways, CONTACT).out.strip()
    mail_id = pathways("intake", "list", "--json").json[0]["id"]

    called = pathways("intake", "show", mail_id, "--as", "duty-worker")
    pathways("intake", "show", mail_id)

    assert called.code == 0
    assert f"Case {ref}" in called.out
    assert "From: " in called.out and "Subject: " in called.out
    assert contact_of(office, ref).text.strip().splitlines()[0] in called.out
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert looks == [("duty-worker", "read-mail", mail_id), (os_user(), "read-mail", mail_id)]


def test_the_original_comes_out_byte_by_byte(pathways: Pathways, tmp_path: Path) -> None:
    """Also of a message that nobody can read; a file that is there already stays as it is."""
    mail_id = deliver(pathways, BROKEN).out.split()[1]
    out = tmp_path / "original.eml"

    assert pathways("intake", "show", mail_id, "--original", out).code == 0
    assert out.read_bytes() == BROKEN
    out.write_bytes(b"mine")
    called = pathways("intake", "show", mail_id, "--original", out)
    assert called.code == 2
    assert out.read_bytes() == b"mine"


def test_an_unknown_message_or_reader_shows_nothing(office: Office, pathways: Pathways) -> None:
    """Exit code 2."""
    deliver(pathways, CONTACT)
    mail_id = pathways("intake", "list", "--json").json[0]["id"]

    for called in (pathways("intake", "show", "M-NONE"), pathways("intake", "show", mail_id, "--as", "stranger")):
        assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)


def test_intake_lists_nothing_that_tells_who(office: Office, pathways: Pathways) -> None:
    """Ids, states and times only: the list is not an entry in the access log."""
    deliver(pathways, CONTACT)

    listed = pathways("intake", "list").out

    with office.council.database.read() as session:
        assert session.scalars(select(AccessEntry)).all() == []
    contact = contact_of(office, office.cases()[0])
    assert contact.sender not in listed and contact.subject not in listed


def test_an_answered_contact_stays_closed_when_its_mail_comes_again(office: Office, pathways: Pathways) -> None:
    """The same message, once more after the case was closed, prints the closed case's ref and opens nothing."""
    ref = deliver(pathways, CONTACT).out.strip()
    office.clock.move_to(datetime.now(UTC) + timedelta(minutes=1))  # the command goes by the real clock
    office.runtime.run_what_is_due()
    office.answer(ref, sorted_as(MailKind.NOT_OURS), by="duty-worker")
    cases = office.cases()

    assert deliver(pathways, CONTACT).out == f"{ref}\n"
    assert office.cases() == cases


WITH_TWO = (
    b"From: gp@example.org\nMessage-ID: <two@example.org>\nSubject: Two files\n"
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee both.\n"
    b"--b\nContent-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQ=\n"
    b"--b\nContent-Type: text/csv; name=drugs.csv\n\na,b\n--b--\n"
)


def kept_message(pathways: Pathways, message: bytes) -> str:
    """Bring a message in; gives its id."""
    deliver(pathways, message)
    mail_id: str = pathways("intake", "list", "--json").json[0]["id"]
    return mail_id


def test_an_enclosure_is_taken_out_by_its_number(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """As it was before it was sent, into a new file; whoever took it stands in the access log."""
    mail_id, out = kept_message(pathways, WITH_TWO), tmp_path / "plan.pdf"

    assert "Enclosed 2: drugs.csv" in pathways("intake", "show", mail_id).out
    called = pathways("intake", "show", mail_id, "--attachment", "1", "--to", out, "--as", "duty-worker")

    assert called.code == 0
    assert out.read_bytes() == b"%PDF-1.4"
    assert "See both." not in called.out
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert ("duty-worker", "take-enclosure", mail_id) in looks


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--attachment", "3", "--to", "OUT"), "the message has 2"),
        (("--attachment", "1"), "--to OUT together"),
        (("--to", "OUT"), "--attachment N"),
        (("--attachment", "0", "--to", "OUT"), "--attachment"),
    ],
)
def test_an_enclosure_that_is_not_there_is_refused(
    office: Office, pathways: Pathways, tmp_path: Path, more: tuple[str, ...], says: str
) -> None:
    """Exit code 2, and no file."""
    mail_id, out = kept_message(pathways, WITH_TWO), tmp_path / "out"

    called = pathways("intake", "show", mail_id, *(str(out) if one == "OUT" else one for one in more))

    assert called.code == 2
    assert says in called.err
    assert not out.exists()


def test_a_scan_of_25_megabytes_comes_in_from_a_file_and_from_paper(
    office: Office, pathways: Pathways, tmp_path: Path
) -> None:
    """Encoded it is 36 MB; a larger one is refused with the setting that says so."""
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 " + b"0" * 25 * 1024 * 1024)
    called = letter(pathways, "--received", "2026-01-05", "--scan", scan)
    assert called.code == 0, called.err
    assert contact_of(office, called.out.strip()).attachments == ("scan.pdf",)

    mail_id = pathways("intake", "list", "--json").json[0]["id"]
    whole = tmp_path / "whole.eml"
    pathways("intake", "show", mail_id, "--original", whole)
    assert whole.stat().st_size > 35_000_000
    other = tmp_path / "other.eml"
    other.write_bytes(whole.read_bytes().replace(b"Subject: Letter", b"Subject: Another", 1))
    assert pathways("intake", "email", other).code == 0

    scan.write_bytes(b"0" * 26_500_001)
    called = letter(pathways, "--received", "2026-01-05", "--scan", scan)
    assert (called.code, "mail.attachment_bytes" in called.err) == (2, True)


def test_who_wrote_and_who_passed_it_on_are_both_shown(office: Office, pathways: Pathways) -> None:
    """A letter forwarded as an attachment: the case's sender names both."""
    inner = b"From: Tom Tilling <tom@example.org>\nSubject: Bath seat\n\nIt has not come.\n"
    raw = (
        b"From: Ward 4 <ward4@example.org>\nMessage-ID: <f@example.org>\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nFor you.\n--b\nContent-Type: message/rfc822\n\n" + inner + b"--b--\n"
    )
    mail_id = kept_message(pathways, raw)

    assert "Passed on: from Tom Tilling: Bath seat" in pathways("intake", "show", mail_id).out
    sender = contact_of(office, office.cases()[0]).sender
    assert sender == "Tom Tilling <tom@example.org>, forwarded by Ward 4 <ward4@example.org>"
