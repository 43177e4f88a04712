"""`pathways case export`: everything held on a case, on one page that a person can read, print and hand out."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from deployments.cli.case_file import in_words, page_of
from flows.queued_contact import queued_contact
from models.audit import AccessEntry
from models.person_messages import MessageKind, PersonMessage, PersonMessageState, SentBy
from models.policy.organisation import MailKind
from models.recording import CaseNote, NoteState
from models.refs import new_ref
from tasks.audit.access_log import os_user
from tasks.audit.case_file import LEFT_OUT, case_file, tables_about_cases
from tasks.audit.erasing import erase_payloads
from tasks.durable.testing import Office
from tasks.intake import take_in_mail
from tests.cli.conftest import Pathways
from tests.procedures.letters import sorted_as
from tests.webhook_calls import Partner

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href='javascript:alert(3)'>x</a>{{ 7777*7 }}\u202e"
)


@dataclass
class Page(HTMLParser):
    """A page as a browser takes it apart."""

    source: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.words += data

    def named(self, *names: str) -> list[str]:
        """The tags of those names, in order."""
        return [tag for tag, _ in self.tags if tag in names]


def mail(text: str = "The bath seat has not come.", subject: str = "Bath seat", **other: str) -> bytes:
    """An e-mail with a file enclosed."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = other.get("sender", "Tom <tom@example.org>"), "duty@x", subject
    message["Message-ID"], message["Date"] = "<1@example.org>", "Mon, 5 Jan 2026 08:00:00 +0000"
    message.set_content(text)
    message.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename=other.get("file", "order.pdf"))
    return message.as_bytes()


def came(office: Office, raw: bytes) -> tuple[str, str]:
    """The case that an e-mail opens, and the mail's id."""
    taken = take_in_mail(office.council, raw, "return@example.org", ["duty@wenbridge.example.org"])
    office.hours_pass(0)
    assert taken.case_ref is not None
    return taken.case_ref, taken.mail_id


def exported(pathways: Pathways, case: str, *more: str) -> Page:
    """The page of a case."""
    called = pathways("case", "export", case, *more)
    assert (called.code, called.err) == (0, "")
    return Page(called.out)


def with_messages_and_notes(office: Office, case: str) -> None:
    """Something was said to a person, and a note is wanted in the recording system."""
    now = office.clock.now()
    with office.council.database.write() as session:
        session.add(
            PersonMessage(
                id="L-7K3Q9PXM2B",
                case_ref=case,
                entry_no=1,
                kind=MessageKind.TOLD,
                person_id="P-101",
                sent_by=SentBy.EMAIL,
                address="edith.planted@example.org",
                subject="planted subject to a person",
                body="planted words to a person",
                state=PersonMessageState.QUEUED,
                reason="",
                queued_at=now,
                next_attempt_at=now,
                attempts=0,
            )
        )
        session.add(
            CaseNote(
                id="R-7K3Q9PXM2B",
                case_ref=case,
                key="note",
                person_id="P-101",
                title="Planted title",
                text="planted note",
                author="duty-worker",
                state=NoteState.WANTED,
                wanted_at=now,
                attempts=0,
            )
        )


# ------------------------------------------------------------------ everything is there


def test_everything_that_is_held_on_a_case_is_on_the_page(office: Office, pathways: Pathways) -> None:
    """What came, what was asked and answered, what was said to whom, notes, and who looked: nothing is missing."""
    case, mail_id = came(office, mail())
    with_messages_and_notes(office, case)
    office.answer(case, sorted_as(action_indicated="planted action", where_recorded="planted place"), by="duty-worker")
    pathways("case", "show", case, "--as", "team-leader")
    pathways("intake", "show", mail_id, "--as", "practitioner")

    page = exported(pathways, case, "--as", "head-of-service")

    for held in (
        *("The bath seat has not come.", "Bath seat", "tom@example.org", "order.pdf", "application/pdf", mail_id),
        *("return@example.org", "duty@wenbridge.example.org"),
        *("planted action", "planted place", "Dana Whitlock answered: sorting the contact"),
        *("edith.planted@example.org", "planted subject to a person", "planted words to a person"),
        *("Planted title", "planted note"),
        *("A written contact handed over", f"Answer: contact transfer, case {case}, by Tuesday 6 January 2026, 5pm"),
        *("team-leader", "read case", "read mail", "export case", "head-of-service"),
        *("DUTY-16", "Monday 5 January 2026, 9am"),
    ):
        assert held in page.words, held


def test_every_entry_of_the_story_is_on_the_page_with_all_it_says(office: Office, pathways: Pathways) -> None:
    """No entry and no value of its payload is left out, however deep it lies."""
    case, _ = came(office, mail())
    office.answer(case, sorted_as(), by="duty-worker")
    page = exported(pathways, case)

    with office.council.database.read() as session:
        file = case_file(session, case)
    assert len(file.entries) > 5
    for entry in file.entries:
        assert entry.text in page.words
        for value in values(entry.data):
            assert in_words(value) in page.words, (entry.no, value)


def values(data: Any) -> list[Any]:
    """Everything at the ends of what an entry says."""
    if isinstance(data, dict | list):
        inside = data.values() if isinstance(data, dict) else data
        return [value for one in inside for value in values(one)]
    return [] if data in (None, "") else [data]


def test_a_long_text_is_written_out_once(office: Office, pathways: Pathways) -> None:
    """Where it stands again, the page says where it stands in full."""
    text = "A sentence that goes on for ever. " * 30
    case, _ = came(office, mail(text))

    with office.council.database.read() as session:
        file = case_file(session, case)
    before = next(entry for entry in file.entries if entry.data and "about" in entry.data)
    again = [*file.entries, *(replace(before, no=no) for no in (90, 91))]
    shown = page_of(replace(file, entries=again), made_at=office.clock.now(), made_for="x")

    assert shown.count(f"The same text as in entry {before.no}.") == 2


def test_what_another_system_sent_is_on_the_page(office: Office, pathways: Pathways) -> None:
    """A contact by webhook is read like any other message, and the receipt of its call is there."""
    case = Partner(office).sent(text="planted by a form", webhook_id="msg_planted")

    page = exported(pathways, case)

    assert "planted by a form" in page.words and "Joyce Amberley" in page.words
    assert "Webhook receipt" in page.words and "msg_planted" in page.words


def test_a_case_that_another_one_opened_has_the_letter_and_both_are_named(office: Office, pathways: Pathways) -> None:
    """The letter came for the first case; the second is about it as well. Each page names the other case."""
    case, mail_id = came(office, mail())
    office.answer(case, sorted_as(MailKind.COMPLAINT), by="duty-worker")
    (child,) = office.cases(queued_contact)

    of_child, of_parent = exported(pathways, child), exported(pathways, case)

    assert mail_id in of_child.words and "The bath seat has not come." in of_child.words
    assert f"Opened by case {case} (written contact transfer)" in of_child.words
    assert f"case {child} (queued contact, open)" in of_parent.words


def test_every_table_that_speaks_of_a_case_is_gathered_or_left_out_for_a_reason() -> None:
    """Nothing is left out that is not there any more, and everything that is left out says why."""
    names = {table.name for table in tables_about_cases()}

    assert set(LEFT_OUT) <= names
    assert all(LEFT_OUT.values())
    assert {"webhook_receipt", "case_person", "difference"} <= names - set(LEFT_OUT)


def test_a_closed_case_is_exported(office: Office, pathways: Pathways) -> None:
    """With when it was closed, and how it ended."""
    case, _ = came(office, mail())
    office.answer(case, sorted_as(MailKind.COMPLAINT), by="duty-worker")

    page = exported(pathways, case)

    assert "closed on Monday 5 January 2026, 9am" in page.words
    assert "Closed: sorted elsewhere" in page.words


def test_what_was_erased_is_shown_as_erased(office: Office, pathways: Pathways) -> None:
    """The entry is there, with when and by whom; what it said is nowhere."""
    case, _ = came(office, mail("Canary"))
    office.answer(case, sorted_as(MailKind.COMPLAINT, reply_wanted=True), by="duty-worker")
    with office.council.database.read() as session:
        answered = next(one.no for one in case_file(session, case).entries if one.kind == "answered")
    with office.council.change() as change:
        erase_payloads(change, case, [1, answered], reason="retention rule 4", by="duty-worker")

    page = exported(pathways, case)

    assert page.words.count("Erased: what it said was kept no longer than it may be.") == 2
    assert "Erased, its time having passed." in page.words
    assert "retention rule 4" in page.words
    assert "Reply wanted" not in page.words


# ------------------------------------------------------------------ it can be read, and does no harm


def test_the_page_can_be_read_by_everybody(office: Office, pathways: Pathways) -> None:
    """In English, with headings in order, contents that lead somewhere, tables with headings, and no scripts."""
    case, _ = came(office, mail())
    page = exported(pathways, case)

    assert page.tags[0] == ("html", {"lang": "en-GB"})
    assert page.named("h1", "h2") == ["h1", *["h2"] * 11]
    levels = [int(tag[1]) for tag in page.named("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = Counter(attributes["id"] for _, attributes in page.tags if attributes.get("id"))
    assert set(ids.values()) == {1}
    links = [attributes["href"] or "" for tag, attributes in page.tags if tag == "a"]
    assert len(links) >= 10 and all(link.startswith("#") and link[1:] in ids for link in links)
    assert all(attributes.get("scope") == "col" for tag, attributes in page.tags if tag == "th")


def test_the_page_warns_whoever_hands_it_out(office: Office, pathways: Pathways) -> None:
    """At its top: a person looks through it, other people may be in it, and where; who they may be is named."""
    case, _ = came(office, mail(sender="Ivy Larkspur <ivy@example.org>"))
    words = exported(pathways, case).words

    top = words[: words.index("Contents")]
    assert "a person must look through it" in top and "information about other people" in top
    assert "Senders: Ivy Larkspur." in top and "The story" in top


def test_hostile_html_is_inert(office: Office, pathways: Pathways) -> None:
    """Whatever somebody writes, in a letter, a form or the name of a file, is text on the page and nothing else."""
    case, _ = came(office, mail(HOSTILE, subject=HOSTILE.replace("\u202e", ""), file=f"{HOSTILE}.pdf"))
    office.answer(case, sorted_as(MailKind.COMPLAINT, where_recorded=HOSTILE), by="duty-worker")
    with_messages = Partner(office).sent(text=HOSTILE, sender={"name": HOSTILE}, source="form")
    office.hours_pass(0)

    for ref in (case, with_messages):
        page = exported(pathways, ref)
        assert "<script>alert(1)</script>" in page.words and "{{ 7777*7 }}" in page.words and "54439" not in page.source
        assert not {"script", "img", "iframe", "object", "form", "link", "base"} & {tag for tag, _ in page.tags}
        for tag, attributes in page.tags:
            assert not any(name.startswith("on") or name in ("src", "style") for name in attributes), tag
            assert (attributes.get("href") or "#").startswith("#")
        assert "\u202e" not in page.source
        assert ("meta", {"charset": "utf-8"}) in page.tags
        assert any("default-src 'none'" in (attributes.get("content") or "") for _, attributes in page.tags)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ("2026-01-05T09:00:00Z", "Monday 5 January 2026, 9am"),
        ("2026-07-05T09:00:00Z", "Sunday 5 July 2026, 10am"),
        ("2026-01-14", "Wednesday 14 January 2026"),
        ("2026-13-14", "2026-13-14"),
        ("2026-01-05T25:00:00Z", "2026-01-05T25:00:00Z"),
        (datetime(2026, 1, 5, 9, tzinfo=UTC), "Monday 5 January 2026, 9am"),
        ("on 2026-01-14 or so", "on 2026-01-14 or so"),
    ],
)
def test_values_are_written_as_people_read_them(value: Any, words: str) -> None:
    """Yes and no, days and times in words; what is none of these stays as it was written."""
    assert in_words(value) == words


# ------------------------------------------------------------------ where it goes, and who may have it


def test_it_is_written_into_a_new_file_that_is_its_owners_alone(
    office: Office, pathways: Pathways, tmp_path: Path
) -> None:
    """The same page as is printed, and the person is told to look through it."""
    case, _ = came(office, mail())
    file = tmp_path / "case.html"

    called = pathways("case", "export", case, "--to", file)

    assert (called.code, called.err) == (0, "")
    assert "A person looks through it before it is handed out." in called.out
    assert file.stat().st_mode & 0o777 == 0o600
    assert "The bath seat has not come." in Page(file.read_text(encoding="utf-8")).words


def test_originals_lie_beside_it_under_harmless_names(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """What came, byte for byte, and what was enclosed, wherever a sender would like it to be written."""
    raw = mail(file="../../../etc/evil name.pdf")
    case, mail_id = came(office, raw)
    again = Partner(office).sent(
        reply_to_case=case,
        attachments=[
            {"name": "..", "content_type": "a/b", "content_base64": base64.b64encode(b"dots").decode()},
            {"name": "x/" * 90 + "y.txt", "content_type": "a/b", "content_base64": ""},
        ],
    )
    assert again == case

    called = pathways("case", "export", case, "--to", tmp_path / "out" / "case.html", "--with-originals")
    assert called.code == 2
    (tmp_path / "out").mkdir()
    called = pathways("case", "export", case, "--to", tmp_path / "out" / "case.html", "--with-originals")

    assert called.code == 0, called.err
    folder = tmp_path / "out" / "case-originals"
    written = {file.name: file for file in folder.iterdir()}
    assert len(written) == 5 and {file.parent for file in written.values()} == {folder}
    assert written[f"{mail_id}.eml"].read_bytes() == raw
    assert written[f"{mail_id}-1-evil_name.pdf"].read_bytes() == b"%PDF-1"
    assert any(file.read_bytes() == b"dots" for file in written.values())
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in written.values())
    page = (tmp_path / "out" / "case.html").read_text(encoding="utf-8")
    assert all(f"case-originals/{name}" in page for name in written)


def test_nothing_that_is_there_is_written_over(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """A file or folder of that name stays as it is, and nobody is noted as having had the page."""
    case, _ = came(office, mail())
    (tmp_path / "case.html").write_text("mine")
    (tmp_path / "other-originals").mkdir()

    for arguments in (
        ("--to", tmp_path / "case.html"),
        ("--to", tmp_path / "other.html", "--with-originals"),
        ("--with-originals",),
    ):
        called = pathways("case", "export", case, *arguments)
        assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)

    assert (tmp_path / "case.html").read_text() == "mine"
    assert looks(office) == []


def looks(office: Office) -> list[tuple[str, str, str]]:
    """Who looked at what, as the access log has it."""
    with office.council.database.read() as session:
        return [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry).order_by(AccessEntry.no))]


def test_an_export_is_noted_in_the_access_log(office: Office, pathways: Pathways) -> None:
    """Under the staff id given, else under the operating system's user; and the page itself says so."""
    case, _ = came(office, mail())
    exported(pathways, case)
    page = exported(pathways, case, "--as", "Team-Leader")

    assert looks(office) == [(os_user(), "export-case", case), ("team-leader", "export-case", case)]
    assert page.words.count("export case") == 2
    assert "for team-leader" in page.words


@pytest.mark.parametrize("arguments", [(), ("--as", "stranger")])
def test_what_cannot_be_exported_is_refused_in_one_sentence(
    office: Office, pathways: Pathways, arguments: tuple[str, ...]
) -> None:
    """An unknown case, or somebody who is not on the staff: exit code 2, and nothing is shown or noted."""
    case = came(office, mail())[0] if arguments else new_ref()

    called = pathways("case", "export", case, *arguments)

    assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
    assert looks(office) == []


def test_the_story_is_told_in_its_order(office: Office, pathways: Pathways) -> None:
    """What happened later stands below, over weeks."""
    case, _ = came(office, mail())
    office.days_pass(20)
    page = exported(pathways, case)

    with office.council.database.read() as session:
        entries = case_file(session, case).entries
    assert entries[-1].at - entries[0].at > timedelta(days=1)
    shown = [id_ for _, attributes in page.tags if (id_ := attributes.get("id") or "").startswith("entry-")]
    assert shown == [f"entry-{entry.no}" for entry in entries]
