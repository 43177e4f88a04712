"""The auditor's pages: that the record holds, which entries there are, who looked; never what anything says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from deployments.worklist.desk import Desk
from deployments.worklist.pages import audit as audit_pages
from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry, AuditCheck
from models.cases import EntryPayload
from models.permissions import Action, reach_of
from models.roles import Role
from tasks.audit.access_log import note_access
from tasks.audit.sealing import seal
from tasks.durable.testing import Office
from tasks.worklist.audit_checks import SILENT_FOR, begin_check, carry_out, latest_checks
from tests.audit_world import Attacker
from tests.procedures.letters import letter, sorted_as
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.browser import Browser, Seen

AtWork = Callable[[str], Browser]
CANARIES = ("Canary Finch", "canary@example.org", "canary-in-the-text", "Canary subject", "canary.pdf")
OTHER_ROLES = [
    "duty-worker",
    "practitioner",
    "team-leader",
    "team-manager",
    "head-of-service",
    "information-governance",
    "caldicott-lead",
    "systems-officer",
]


@pytest.fixture
def ref(office: Office) -> str:
    """A letter that says a good deal, and was sorted."""
    case = office.start(
        written_contact_transfer,
        letter(
            sender=f"{CANARIES[0]} <{CANARIES[1]}>",
            text=CANARIES[2],
            subject=CANARIES[3],
            attachments=(CANARIES[4],),
        ),
    )
    office.answer(case, sorted_as(action_indicated=CANARIES[2]), by="duty-worker")
    return case


def change_behind_its_back(office: Office, statement: str) -> None:
    """Change the database as no code of ours would."""
    with Attacker(office.council.database).at_work() as connection:
        connection.execute(text(statement))


def checked(browser: Browser, button: str) -> Seen:
    """Have it checked, and wait until it has ended."""
    browser.send(browser.get("/audit"), action="/audit/checks", button=button)
    for thread in threading.enumerate():
        if thread.name == audit_pages.CHECKING:
            thread.join(60)
    return browser.get("/audit")


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("staff_id", OTHER_ROLES)
def test_nobody_but_an_auditor_opens_them(at_work: AtWork, ref: str, staff_id: str) -> None:
    """Managers and systems staff included: who looks at the lookers is somebody else."""
    browser = at_work(staff_id)
    for path in ("/audit", "/audit/cases", f"/audit/cases/{ref}", "/audit/access", "/audit/seals"):
        assert browser.get(path).status == 403, path
    for path in ("/audit/checks", f"/audit/cases/{ref}", "/audit/access"):
        assert browser.post(path, {}).status == 403, path
    assert [role for role in Role if reach_of(role, Action.AUDIT)] == [Role.AUDITOR]


# ------------------------------------------------------------------ never what it says


def test_no_page_says_what_the_record_says(at_work: AtWork, office: Office, ref: str) -> None:
    """Names, texts and addresses of a letter stand on none of them, nor in what a check found."""
    change_behind_its_back(office, f"UPDATE entry SET step = 'x' WHERE case_ref = '{ref}' AND no = 2")
    browser = at_work("auditor")
    pages = [checked(browser, "Check everything"), browser.get("/audit/cases"), browser.get("/audit/seals")]
    page = browser.get(f"/audit/cases/{ref}")
    pages += [page, browser.send(page, action=f"/audit/cases/{ref}"), browser.get("/audit/access")]
    assert [one.status for one in pages] == [200] * 6
    for one in pages:
        for canary in (*CANARIES, "Edith Tilling", "Tilling", "Dear Priya"):
            assert canary not in one.html, one.path
    assert f"{ref} 2 edited" in pages[0].text


def test_the_entries_of_a_case_are_its_references(at_work: AtWork, office: Office, ref: str) -> None:
    """Number, time, kind, key, step, who, clauses, both hashes, and whether what it said was erased."""
    with office.council.database.write() as session:
        payload = session.get_one(EntryPayload, (ref, 3))
        payload.content, payload.salt = None, None
    seen = at_work("auditor").get(f"/audit/cases/{ref}")
    with office.council.database.read() as session:
        rows = session.execute(text("SELECT * FROM entry WHERE case_ref = :ref ORDER BY no"), {"ref": ref}).all()
    for row in rows:
        assert row.hash in seen.text and row.previous_hash in seen.text and row.key in seen.text
    assert "by duty-worker" in seen.text
    assert seen.text.count("erased, as its time had passed") == 1


def test_a_long_ledger_comes_in_pages(at_work: AtWork, office: Office) -> None:
    """A hundred entries at a time, each once."""
    case = on_the_tray(office)
    office.days_pass(300)
    browser = at_work("auditor")
    page, numbers = browser.get(f"/audit/cases/{case}"), []
    while True:
        numbers += [int(part.split('"')[0]) for part in page.html.split('<li class="app-audit__entry" value="')[1:]]
        if "Later entries" not in page.links:
            break
        page = browser.get(page.links["Later entries"])
    assert numbers == list(range(1, office.case(case).head_no + 1))
    assert len(numbers) > 100


def test_a_restricted_case_is_not_there(at_work: AtWork, office: Office) -> None:
    """Its steps would tell what it is; that it holds is seen by a check of everything."""
    restricted = office.start(unauthorised_disclosure, FOUND, owner="role-team-manager")
    browser = at_work("auditor")
    assert browser.get(f"/audit/cases/{restricted}").status == 404
    page = browser.get("/audit/cases")
    assert restricted not in page.html
    assert browser.send(page, {"ref": restricted}, action="/audit/cases").status == 404
    change_behind_its_back(office, f"UPDATE entry SET step = 'x' WHERE case_ref = '{restricted}' AND no = 1")
    assert f"{restricted} 1 edited" in checked(browser, "Check everything").text


def test_what_is_no_ref_comes_into_no_address(at_work: AtWork) -> None:
    """A name typed into the wrong field is not repeated, nor looked for."""
    browser = at_work("auditor")
    refused = browser.send(browser.get("/audit/cases"), {"ref": "Canary Finch"}, action="/audit/cases")
    assert (refused.status, refused.path) == (422, "/audit/cases")
    assert "Canary" not in refused.html


# ------------------------------------------------------------------ does it hold


def test_a_sound_record_holds(at_work: AtWork, office: Office, ref: str, desk: Desk) -> None:
    """Seals with their witness and the access log are looked at too; the result stays, with when and by whom."""
    seal(office.council.database, office.clock.now(), desk.installation.seals_file)
    browser = at_work("auditor")
    assert "Nobody has checked it from here yet." in browser.get("/audit").text
    seen = checked(browser, "Check everything")
    assert "Holds Everything" in seen.text
    assert "1 case. Asked for by auditor." in seen.text


def test_a_missing_witness_is_found_by_a_check_of_everything_only(
    at_work: AtWork, office: Office, ref: str, desk: Desk
) -> None:
    """The newest cases are looked at by themselves, which is quicker and says less."""
    seal(office.council.database, office.clock.now(), desk.installation.seals_file)
    Path(desk.installation.seals_file).unlink()
    browser = at_work("auditor")
    assert "Holds The newest 1,000 cases" in checked(browser, "Check the newest 1,000 cases").text
    seen = checked(browser, "Check everything")
    assert "Does not hold Everything" in seen.text
    assert "seals 0 witness" in seen.text


def test_one_case_is_checked_at_once(at_work: AtWork, office: Office, ref: str) -> None:
    """From its own page, with what does not hold in it and nothing of others."""
    other = office.start(written_contact_transfer, letter(subject="Another"))
    browser = at_work("auditor")
    change_behind_its_back(office, f"UPDATE entry SET step = 'nobody' WHERE case_ref = '{other}' AND no = 1")
    page = browser.get(f"/audit/cases/{ref}")
    assert "Checked" not in page.text
    assert "Holds Checked" in browser.send(page, action=f"/audit/cases/{ref}").text
    seen = browser.send(browser.get(f"/audit/cases/{other}"), action=f"/audit/cases/{other}")
    assert "Does not hold Checked" in seen.text
    assert f"{other} 1 edited" in seen.text


def test_only_the_newest_cases_are_looked_at_where_that_is_asked(office: Office, ref: str, desk: Desk) -> None:
    """An older one that does not hold is left to a check of everything."""
    office.hours_pass(1)
    newer = office.start(written_contact_transfer, letter(subject="Another"))
    change_behind_its_back(
        office, f"UPDATE entry SET step = 'nobody' WHERE case_ref IN ('{ref}', '{newer}') AND no = 1"
    )
    number, _ = begin_check(office.council, by="auditor", newest=1)
    carry_out(office.council, number, desk.installation.seals_file)
    with office.council.database.read() as session:
        (check,) = latest_checks(session, office.clock.now())
    assert [fault.split()[0] for fault in check.faults] == [newer]
    assert (check.looked_at, check.cases, check.holds) == (1, 1, False)


def test_one_check_runs_at_a_time_and_one_that_broke_off_is_no_hindrance(office: Office) -> None:
    """Somebody who asks meanwhile is given the running one; after a while of silence another can be begun."""
    first, is_new = begin_check(office.council, by="auditor")
    assert (begin_check(office.council, by="auditor"), is_new) == ((first, False), True)
    office.hours_pass(SILENT_FOR / timedelta(hours=1) + 0.1)
    with office.council.database.read() as session:
        assert latest_checks(session, office.clock.now())[0].broke_off
    second, is_new = begin_check(office.council, by="auditor")
    assert is_new and second != first


def test_a_check_that_fails_says_so_and_no_more(at_work: AtWork, office: Office, ref: str, desk: Desk) -> None:
    """The kind of the error, and never its text: it may be personal."""
    number, _ = begin_check(office.council, by="auditor")
    change_behind_its_back(office, "ALTER TABLE wait RENAME TO gone")
    carry_out(office.council, number, desk.installation.seals_file)
    seen = at_work("auditor").get("/audit")
    assert "Broke off Everything" in seen.text
    with office.council.database.read() as session:
        kept = session.scalars(select(AuditCheck)).one()
    assert kept.faults is None
    assert kept.failure.isidentifier()
    assert f"({kept.failure})" in seen.text


# ------------------------------------------------------------------ who looked at what


def looks(page: Seen) -> list[str]:
    """The numbers of the entries on a page."""
    rows = page.html.split('<tr class="govuk-table__row"><td')[1:]
    return [row.split('govuk-table__cell--numeric">')[1].split("<")[0] for row in rows]


def test_looking_at_the_access_log_is_itself_noted(at_work: AtWork, office: Office, ref: str) -> None:
    """Before it is shown: the auditor's own look is the first that they see."""
    seen = at_work("auditor").get("/audit/access")
    with office.council.database.read() as session:
        last = session.scalars(select(AccessEntry).order_by(AccessEntry.no.desc())).first()
    assert last is not None
    assert (last.who, last.what, last.about) == ("auditor", "read-access-log", "all")
    assert looks(seen)[0] == str(last.no)


def test_the_log_is_narrowed_by_who_what_and_day(at_work: AtWork, office: Office, ref: str) -> None:
    """Each alone and together; what is not in the log leads nowhere and comes into no address."""
    at_work("duty-worker").get(f"/cases/{ref}/signals")
    at_work("team-manager").get(f"/cases/{ref}/signals")
    office.days_pass(1)
    at_work("duty-worker").get(f"/cases/{ref}/signals")
    browser = at_work("auditor")
    page = browser.get("/audit/access")

    def narrowed(**said: str) -> Seen:
        return browser.send(page, said, action="/audit/access")

    assert narrowed(who="duty-worker", about=ref.lower()).path == f"/audit/access?who=duty-worker&about={ref}"
    of_dana = narrowed(who="duty-worker")
    assert "team-manager" not in of_dana.text and "Act on case" in of_dana.text
    on_monday = narrowed(about=ref, day="5", month="1", year="2026")
    assert on_monday.path == f"/audit/access?about={ref}&day=2026-01-05"
    assert "duty-worker" in on_monday.text and "team-manager" in on_monday.text
    on_tuesday = narrowed(about=ref, day="6", month="1", year="2026")
    assert "duty-worker" in on_tuesday.text and "team-manager" not in on_tuesday.text
    for said in ({"who": "Canary Finch"}, {"about": "Canary Finch"}, {"day": "31", "month": "2", "year": "2026"}):
        refused = narrowed(**said)
        assert (refused.status, refused.path) == (422, "/audit/access")


def test_the_log_comes_in_pages_the_latest_first(at_work: AtWork, office: Office) -> None:
    """A hundred at a time, each once, however many are added meanwhile."""
    with office.council.database.write() as session:
        for number in range(230):
            note_access(session, "duty-worker", "read-case", f"ref-{number}", office.clock.now())
    browser = at_work("auditor")
    page = browser.get("/audit/access?who=duty-worker")
    seen = looks(page)
    while "Earlier" in page.links:
        page = browser.get(page.links["Earlier"])
        seen += looks(page)
    assert seen == [str(number) for number in range(230, 0, -1)]


@pytest.mark.parametrize("query", ["before=x", "day=2026-02-31", "who=%00", "about=" + "x" * 200, "after=-1"])
def test_an_odd_address_is_read_as_none(at_work: AtWork, query: str) -> None:
    """Nobody breaks a page by what they write into its address."""
    assert at_work("auditor").get(f"/audit/access?{query}").status == 200


def test_seals_are_listed(at_work: AtWork, office: Office, ref: str) -> None:
    """With their number, time, how many cases, and what they are chained to."""
    made = seal(office.council.database, office.clock.now())
    assert made is not None
    seen = at_work("auditor").get("/audit/seals")
    assert made.hash in seen.text and made.previous_hash in seen.text
    assert "over 1 case" in seen.text


def test_of_a_restricted_case_the_log_tells_that_somebody_looked_and_not_at_which(
    at_work: AtWork, office: Office
) -> None:
    """The row stays, with its time and who it was; the reference is neither shown nor found."""
    case = office.start(unauthorised_disclosure, FOUND, owner="role-team-manager")
    at_work("team-manager").get(f"/cases/{case}")
    browser = at_work("auditor")
    page = browser.get("/audit/access")
    assert case not in page.html
    assert "team-manager Read case restricted case" in page.text
    refused = browser.send(page, {"about": case}, action="/audit/access")
    assert (refused.status, "Nothing of that reference was looked at" in refused.text) == (422, True)
    assert "Nobody has looked, of those you asked for" in browser.get(f"/audit/access?about={case}").text
