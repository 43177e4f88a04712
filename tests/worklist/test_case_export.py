"""Everything held on a case as one file that a person can read, taken out by those who answer such requests."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable

import pytest

from flows.unauthorised_disclosure import unauthorised_disclosure
from models.connections import Connections, Worklist
from tasks.durable.testing import Office
from tests.procedures.letters import sorted_as
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.worklist.browser import Browser
from tests.worklist.test_letters_safely import PDF, SCANNER, came, looks, mail

AtWork = Callable[[str], Browser]


@pytest.fixture
def case(office: Office) -> str:
    """A letter with two files, sorted."""
    ref, _ = came(office, mail(("order.pdf", PDF, "application/pdf"), ("bad.doc", b"EICAR", "application/msword")))
    office.answer(ref, sorted_as(), by="duty-worker")
    return ref


def exported(browser: Browser, case: str, *, originals: bool = False) -> tuple[str, bytes]:
    """What the button gives: the header that names it, and the file."""
    page = browser.get(f"/cases/{case}/export")
    form = page.form("/cases/")
    pairs = dict(form.pairs) | ({"originals": "yes"} if originals else {})
    given = browser.request("POST", form.action, data=pairs)
    assert given.status_code == 200
    assert given.headers["cache-control"] == "no-store"
    return given.headers["content-disposition"], given.content


def test_the_page_says_what_the_export_has_before_it_is_made(case: str, office: Office, at_work: AtWork) -> None:
    """What is in it, what is not, and that a person looks through it; opening the page takes nothing out."""
    text = at_work("head-of-service").get(f"/cases/{case}/export").text
    assert f"{office.case(case).head_no} entries" in text and "Not in it: the person's record" in text
    assert "A person must look through it before it is handed out" in text
    assert looks(office) == []


def test_an_export_is_one_page_with_all_that_is_held(case: str, office: Office, at_work: AtWork) -> None:
    """A file for the browser to keep, and an entry in the access log, which is in the file as well."""
    header, page = exported(at_work("information-governance"), case)

    assert header.startswith(f'attachment; filename="case-{case}.html"')
    words = page.decode()
    assert "The bath seat has not come." in words and "chase the bath seat" in words
    assert "order.pdf" in words and "information-governance" in words
    assert looks(office) == [("information-governance", "export-case")]


def test_with_originals_it_is_an_archive(case: str, office: Office, at_work: AtWork) -> None:
    """The page and every file as it came, under names that the page gives; the log has that they went out too."""
    header, content = exported(at_work("head-of-service"), case, originals=True)

    assert f'filename="case-{case}.zip"' in header
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        page = archive.read(f"case-{case}.html").decode()
        (order,) = [name for name in names if name.endswith("order.pdf")]
        assert archive.read(order) == PDF
    assert len(names) == 4 and all(name.startswith("originals/") for name in names if not name.endswith(".html"))
    assert all(name in page for name in names if name.startswith("originals/"))
    assert looks(office) == [("head-of-service", "export-case"), ("head-of-service", "export-originals")]


def test_what_the_scanner_finds_harmful_is_left_out_and_said(case: str, office: Office, at_work: AtWork) -> None:
    """The rest is there; the page names what is not, and why."""
    office.council.connections = Connections(worklist=Worklist(scanner=(sys.executable, "-c", SCANNER)))
    _, content = exported(at_work("head-of-service"), case, originals=True)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(name.endswith("bad.doc") for name in archive.namelist())
        assert any(name.endswith("order.pdf") for name in archive.namelist())
        page = archive.read(f"case-{case}.html").decode()
    assert "bad.doc (left out: the scanner found something harmful in it)" in page


def test_while_the_scanner_fails_no_original_goes_out(case: str, office: Office, at_work: AtWork) -> None:
    """The page alone can still be taken out."""
    office.council.connections = Connections(worklist=Worklist(scanner=("/nowhere/scanner",)))
    browser = at_work("head-of-service")
    token = dict(browser.get(f"/cases/{case}/export").form("/cases/").pairs)

    refused = browser.post(f"/cases/{case}/export", token | {"originals": "yes"})

    assert refused.status == 503 and "could not be looked through" in refused.text
    assert exported(browser, case)[1].startswith(b"<!doctype html>")


@pytest.mark.parametrize("who", ["duty-worker", "practitioner", "team-leader", "auditor", "on-call-manager"])
def test_an_export_is_for_those_who_answer_such_requests(case: str, office: Office, at_work: AtWork, who: str) -> None:
    """Everybody else is refused, also by the form alone, and has no link to it."""
    browser = at_work(who)
    assert browser.get(f"/cases/{case}/export").status == 403
    assert browser.post(f"/cases/{case}/export", {"originals": "yes"}).status == 403
    assert "Export" not in browser.get(f"/cases/{case}").links
    assert "export-case" not in [what for _, what in looks(office)]


def test_nothing_is_taken_out_without_our_own_form(case: str, office: Office, at_work: AtWork) -> None:
    """Another site's form is refused, and nothing is noted."""
    assert at_work("head-of-service").post(f"/cases/{case}/export", {"form_token": "planted"}).status == 400
    assert looks(office) == []


def test_a_restricted_case_is_exported_by_those_who_may_see_it(office: Office, at_work: AtWork) -> None:
    """For everybody else it is not there, whatever else they may export."""
    hidden = office.start(unauthorised_disclosure, FOUND, owner="role-head-of-service")
    assert b"a letter went to the old address" in exported(at_work("head-of-service"), hidden)[1]
    other = office.start(unauthorised_disclosure, FOUND, owner="staff-head-of-service")
    assert at_work("complaints-officer").get(f"/cases/{other}").status == 404
