"""The JSON API: the same work as on the pages, by the same rules, for programs that act for members of staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from deployments.worklist.api.app import EVERY_OPERATION
from deployments.worklist.api.guarding import ACTION, Operation
from deployments.worklist.protecting import LARGEST_FORM
from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.cases import Case
from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.mail import InboundMail
from models.permissions import Reach, reach_of
from models.policy.organisation import MailKind
from models.register import Staff
from models.roles import Role
from models.worklist import Cover
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.procedures.letters import letter, sorted_as
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.procedures.tray_stories import on_the_tray
from tests.procedures.triage_stories import allocated
from tests.worklist.answering_stories import a_safeguarding_check, a_tray_decision, entries_of, item_of
from tests.worklist.browser import Browser
from tests.worklist.programs import V1, Program
from tests.worklist.test_letters_safely import PDF, came, mail, scanned_by

For = Callable[[str], Program]
AtWork = Callable[[str], Browser]
SAFE: dict[str, Any] = {"nine_nine_nine_considered": True, "concern": False}
REFERRAL: dict[str, Any] = {
    "about_person": "P-104",
    "source": "contact-centre",
    "text": "He fell on the stairs.",
    "nobody_at_risk": True,
}


def looks(office: Office) -> list[tuple[str, str, str]]:
    """Who looked at what, as the access log has it."""
    with office.council.database.read() as session:
        return [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]


def cases(office: Office) -> int:
    """How many cases there are."""
    with office.council.database.read() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


# ------------------------------------------------------------------ who may do what


@pytest.mark.parametrize("role", Role)
def test_every_operation_is_refused_to_every_role_that_may_not_call_it(
    role: Role, program: For, office: Office
) -> None:
    """Each operation as each role: 403 where the table says nothing, and never 403 by the operation itself."""
    theirs = program(somebody(office, role))
    for one in EVERY_OPERATION:
        answer = theirs.call(one.method, any_path(one), **any_body(one))
        if reach_of(role, one.action) is Reach.NOTHING:
            assert answer.status_code == 403, (role, one.name)
            assert answer.json()["type"].endswith(":not-allowed")
        else:
            assert answer.status_code < 500, (role, one.name, answer.text)
            assert answer.status_code != 403, (role, one.name, answer.text)


def test_every_operation_is_refused_to_a_stranger_before_anything_is_read(program: For) -> None:
    """Without a token nothing is looked at: not even whether what was sent is JSON."""
    stranger = program("")
    stranger.token = ""
    for one in EVERY_OPERATION:
        answer = stranger.call(one.method, any_path(one), content=b"{")
        assert (answer.status_code, answer.headers["www-authenticate"].split()[0]) == (401, "Bearer"), one.name
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_description_says_what_each_operation_takes(program: For) -> None:
    """OpenAPI has every operation, with the permission that it needs and the answers that there can be."""
    described = program("duty-worker").get("/api/openapi.json").json()
    said = {
        f"{method.upper()} {path.removeprefix('/v1')}": operation[ACTION]
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    assert said == {one.name: one.action for one in EVERY_OPERATION}
    assert described["servers"] == [{"url": "/api"}]
    assert program("duty-worker").get("/api/docs").status_code == 404


def test_what_is_not_theirs_is_not_there(program: For, office: Office) -> None:
    """A question of another team, and a restricted case, look the same as what does not exist."""
    case, item = a_safeguarding_check(office)
    restricted = office.start(unauthorised_disclosure, FOUND, owner="role-team-manager")
    stranger = program("practitioner-4")
    for path in (
        f"/work-items/{item}",
        f"/cases/{case}",
        f"/cases/{restricted}",
        "/cases/7K3Q-9PXM",
        "/cases/XXXX-XXXX",
    ):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"/work-items/{item}/answer", SAFE).status_code == 404
    listed = program("duty-worker").get("/cases").json()["cases"]
    assert [one["ref"] for one in listed] == [case]
    assert entries_of(office, case, EntryKind.ANSWERED) == []


def test_a_page_of_ours_calls_in_its_session_with_the_form_token(at_work: AtWork, office: Office) -> None:
    """A session's cookie is enough to read; to change something the form token is needed, which no other site has."""
    _, item = a_safeguarding_check(office)
    browser = at_work("duty-worker")
    token = dict(browser.get("/permissions").forms[-1].pairs)["form_token"]
    assert browser.request("GET", f"{V1}/me").json()["id"] == "duty-worker"
    for headers in ({}, {"X-Form-Token": "another"}):
        refused = browser.request("POST", f"{V1}/work-items/{item}/take", headers=headers)
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "not-our-form")
    assert browser.request("POST", f"{V1}/work-items/{item}/take", headers={"X-Form-Token": token}).status_code == 200
    other = browser.request("POST", f"{V1}/work-items/{item}/take", headers={"Origin": "https://elsewhere.example"})
    assert (other.status_code, other.json()["type"].rpartition(":")[2]) == (403, "other-site")


def test_looks_and_answers_are_noted_under_the_staff_id_with_the_program(program: For, office: Office) -> None:
    """An auditor sees who looked, and through what."""
    case, item = a_safeguarding_check(office)
    theirs = program("duty-worker")
    theirs.get(f"/work-items/{item}")
    theirs.get(f"/cases/{case}")
    theirs.post(f"/work-items/{item}/answer", SAFE)
    assert looks(office) == [
        ("duty-worker", "read-work-item api:case-portal", case),
        ("duty-worker", "read-case api:case-portal", case),
        ("duty-worker", "answer-work-item api:case-portal", case),
    ]
    seen = program("auditor").get("/audit/access", params={"about": case}).json()
    assert [one["what"] for one in seen][:1] == ["answer-work-item api:case-portal"]


# ------------------------------------------------------------------ work


def test_a_program_finds_work_and_answers_it(program: For, office: Office) -> None:
    """From the list to the question, with all that is read beside it, to the case that goes on."""
    case, item = a_safeguarding_check(office)
    theirs = program("duty-worker")
    (listed,) = theirs.get("/work-items").json()["items"]
    contract = {name: listed[name] for name in ("id", "case", "form", "of", "assignee", "due")}
    assert contract == {
        "id": item,
        "case": case,
        "form": "SafeguardingCheck",
        "of": "duty-worker",
        "assignee": None,
        "due": "2026-01-05T13:00:00Z",
    }
    assert "nine_nine_nine_considered" in listed["schema"]["properties"]
    assert listed["schema"] == theirs.get("/forms/SafeguardingCheck").json()

    shown = theirs.get(f"/work-items/{item}")
    asked = shown.json()
    assert asked["may_concern_safety"]
    assert asked["may_answer"]
    assert "cannot manage the stairs" in asked["about"]
    assert [one["record_id"] for one in asked["people"]] == ["LAS-70461"]
    answered = theirs.post(f"/work-items/{item}/answer", SAFE, headers={"If-Match": shown.headers["etag"]})
    assert answered.json() == {"case": case, "again": False}
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1
    assert theirs.get(f"/work-items/{item}").json()["answered_by"] == "duty-worker"


def test_looking_at_work_does_not_silence_its_chasing(program: For, office: Office) -> None:
    """A program that fetches all work has not read it for anybody: only taking it says that somebody has seen it."""
    case, item = a_safeguarding_check(office)
    theirs = program("duty-worker")
    theirs.get(f"/work-items/{item}")
    assert entries_of(office, case, EntryKind.ACKNOWLEDGED) == []
    assert theirs.post(f"/work-items/{item}/take").json() == {"id": item, "case": case, "assignee": "duty-worker"}
    assert len(entries_of(office, case, EntryKind.ACKNOWLEDGED)) == 1
    assert theirs.post(f"/work-items/{item}/give-back").json()["assignee"] is None


def test_what_is_wrong_with_an_answer_is_named_by_its_place(program: For, office: Office) -> None:
    """Each problem has a pointer; nothing that was sent is repeated, and nothing is kept."""
    case, item = a_safeguarding_check(office)
    theirs = program("duty-worker")
    refused = theirs.post(f"/work-items/{item}/answer", {"concern": "Canarybird", "more": 1})
    said = refused.json()
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert {one["pointer"] for one in said["problems"]} == {"/concern", "/more"}
    assert "Canarybird" not in refused.text
    thinks = theirs.post(f"/work-items/{item}/answer", {"nine_nine_nine_considered": True, "concern": True}).json()
    assert thinks["problems"]
    assert entries_of(office, case, EntryKind.ANSWERED) == []


def test_a_problem_that_only_the_register_knows_has_its_place_too(program: For, office: Office) -> None:
    """A cover for nobody who works here is refused at its field; so is a referral about nobody."""
    refused = program("team-leader").post("/referrals", REFERRAL | {"about_person": "P-999"})
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["problems"]] == ["/about_person"]


def test_the_same_answer_sent_again_does_nothing(program: For, office: Office) -> None:
    """After a lost connection a program sends it again; another's answer, or another answer, is refused."""
    case, item = a_safeguarding_check(office)
    theirs = program("duty-worker")
    theirs.post(f"/work-items/{item}/answer", SAFE)
    assert theirs.post(f"/work-items/{item}/answer", SAFE).json() == {"case": case, "again": True}
    late = theirs.post(f"/work-items/{item}/answer", {**SAFE, "concern": True, "what_is_feared": "He fell."})
    assert (late.status_code, late.json()["type"].rpartition(":")[2]) == (409, "no-longer-open")
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1


def test_an_answer_is_refused_where_the_case_has_gone_on_since(program: For, office: Office) -> None:
    """The program is told the last entry, reads what is new, and sends it again; the news themselves are not told."""
    case, item = a_tray_decision(office)
    theirs = program("team-leader")
    seen = theirs.get(f"/work-items/{item}").headers["etag"]
    news = CircumstancesChanged(reported_by=ReportedBy.PERSON, what="Canarybird fell.", urgent=False)
    office.signal(case, news, by="duty-worker")
    back = {"decision": "back-to-duty", "rationale": "Ask about a stair rail first."}
    refused = theirs.post(f"/work-items/{item}/answer", back, headers={"If-Match": seen})
    assert refused.status_code == 412
    assert "Canarybird" not in refused.text
    told = theirs.get(f"/cases/{case}", params={"after_entry": int(seen.strip('"'))}).json()["entries"]
    assert any(one["kind"] == "signalled" for one in told)
    now = {"If-Match": f'"{refused.json()["seen_entry_no"]}"'}
    assert theirs.post(f"/work-items/{item}/answer", back, headers=now).status_code == 200


def test_what_an_answer_causes_can_be_read_before_it_is_sent(program: For, office: Office) -> None:
    """The rehearsal says what follows, and nothing of it stays."""
    case, item = a_safeguarding_check(office)
    found = program("duty-worker").post(f"/work-items/{item}/foresee", SAFE).json()
    assert found["is_known"]
    assert found["follows"][0]["case"] == case
    assert found["follows"][0]["lines"]
    assert entries_of(office, case, EntryKind.ANSWERED) == []


def test_who_may_not_answer_is_told_so(program: For, office: Office) -> None:
    """Duty reads what a manager is asked; an answer of theirs is refused, whatever it says."""
    case, item = a_tray_decision(office)
    theirs = program("duty-worker")
    assert theirs.get(f"/work-items/{item}").json()["may_answer"] is False
    assert theirs.post(f"/work-items/{item}/answer", {}).status_code == 403
    assert "TrayDecision" in str(office.waiting_for(case))


def test_a_leader_gives_work_to_somebody_who_could_answer_it(program: For, office: Office) -> None:
    """It is theirs then; to somebody who may not, it is not given."""
    _, item = a_safeguarding_check(office)
    theirs = program("team-manager")
    given = theirs.post(f"/work-items/{item}/assign", {"staff": "duty-worker"})
    assert given.json()["assignee"] == "duty-worker"
    refused = theirs.post(f"/work-items/{item}/assign", {"staff": "auditor"})
    assert refused.status_code == 422
    held = theirs.get("/staff/duty-worker/work-items").json()
    assert [one["id"] for one in held] == [item]
    done = theirs.post("/staff/duty-worker/work-items/give-on", {"ids": [item]}).json()
    assert done["given"] == [item]


def test_a_list_is_read_page_by_page(program: For, office: Office) -> None:
    """Fifty at a time, each once; a place that was made up is refused."""
    for _ in range(51):
        office.start(written_contact_transfer, letter())
    theirs = program("duty-worker")
    first = theirs.get("/work-items", params={"whose": "all"}).json()
    second = theirs.get("/work-items", params={"whose": "all", "after": first["next"]}).json()
    ids = [one["id"] for one in (*first["items"], *second["items"])]
    assert (len(first["items"]), len(ids), len(set(ids))) == (50, 51, 51)
    assert (first["total"], second["next"]) == ({"number": 51, "is_all": True}, None)
    assert theirs.get("/work-items", params={"after": "nowhere"}).status_code == 400


# ------------------------------------------------------------------ cases


def test_a_case_has_the_shape_of_the_command(program: For, office: Office) -> None:
    """The fields of `case show --json`, and what its page has besides."""
    ref = on_the_tray(office)
    found = program("duty-worker").get(f"/cases/{ref}").json()
    (listed,) = (one for one in program("duty-worker").get("/cases").json()["cases"] if one["ref"] == ref)
    assert listed == {name: found[name] for name in listed}
    names = {"ref", "procedure", "status", "owner", "opened_at", "due", "flow_run_id", "waiting_for"}
    assert set(listed) == names
    with office.council.database.read() as session:
        told = recall(session, ref)
    assert [one["no"] for one in found["entries"]] == [one.no for one in told]
    assert set(found["entries"][0]) == {"no", "at", "kind", "key", "by", "clauses", "text", "hash"}
    assert [one["name"] for one in found["people"]] == ["Harold Brisco"]


def test_a_case_is_told_something_once_for_each_key(program: For, office: Office) -> None:
    """Sent again under its key nothing is entered; the key with something else is refused."""
    ref = on_the_tray(office)
    theirs = program("duty-worker")
    (one,) = (s for s in theirs.get(f"/cases/{ref}/signals").json() if s["name"] == "further-message")
    assert "mail_id" in one["schema"]["properties"]
    said = {"sender": "Joan", "subject": "Stairs", "text": "He fell.", "nobody_at_risk": True}
    key = {"Idempotency-Key": "call-1"}
    path = f"/cases/{ref}/signals/further-message"
    first = theirs.post(path, said, headers=key)
    assert (first.status_code, first.json()["case"]) == (201, ref)
    assert theirs.post(path, said, headers=key).json() == first.json()
    assert theirs.post(path, {**said, "text": "Other."}, headers=key).status_code == 409
    assert len(entries_of(office, ref, EntryKind.SIGNALLED)) == 1
    assert theirs.post(f"/cases/{ref}/signals/rated-again", {}).status_code == 404
    assert theirs.post(f"/cases/{ref}/signals/note-news", {}).status_code == 404


def test_a_closed_case_is_told_nothing(program: For, office: Office) -> None:
    """It is no longer open, and says so."""
    ref = office.start(written_contact_transfer, letter())
    office.answer(ref, sorted_as(MailKind.COMPLAINT), by="duty-worker")
    said = {"sender": "Joan", "subject": "Stairs", "text": "He fell."}
    assert program("duty-worker").post(f"/cases/{ref}/signals/further-message", said).status_code == 409


# ------------------------------------------------------------------ starting


def test_a_referral_is_taken_in_once_for_each_key(program: For, office: Office) -> None:
    """The same key gives the same case."""
    theirs, key = program("duty-worker"), {"Idempotency-Key": "portal-17"}
    first = theirs.post("/referrals", REFERRAL, headers=key)
    again = theirs.post("/referrals", REFERRAL, headers=key)
    assert (
        (first.status_code, first.json()) == (again.status_code, again.json()) == (201, {"case": first.json()["case"]})
    )
    assert cases(office) == 1
    assert theirs.post("/referrals", REFERRAL | {"urgent": True}, headers=key).status_code == 409
    other = program("practitioner").post("/referrals", REFERRAL, headers=key)
    assert other.json()["case"] != first.json()["case"]


def test_a_letter_is_taken_in_with_its_scan(program: For, office: Office) -> None:
    """As on the page: its bytes are kept, and what is no scan is refused at its field."""
    theirs = program("duty-worker")
    said = {"sender": "Joan Brisco", "received_on": "2026-01-05", "subject": "My father"}
    scan = ("../letter.pdf", b"%PDF-1.4 the letter", "application/pdf")
    taken = theirs.call("POST", "/letters", data=said, files={"scan": scan})
    assert taken.status_code == 201, taken.text
    with office.council.database.read() as session:
        mail = session.scalars(select(InboundMail)).one()
    assert (mail.case_ref, mail.on_paper) == (taken.json()["case"], True)
    wrong = theirs.call("POST", "/letters", data=said, files={"scan": ("a.html", b"<html>", "text/html")})
    assert [one["pointer"] for one in wrong.json()["problems"]] == ["/scan"]
    nothing = theirs.call("POST", "/letters", data=said, files={"other": scan})
    assert nothing.status_code == 422


def test_a_case_is_opened_by_hand(program: For, office: Office) -> None:
    """From the facts that its procedure wants; who opens it is not keyed, and cannot be made up."""
    theirs, key = program("duty-worker"), {"Idempotency-Key": "portal-18"}
    listed = {one["name"]: one for one in theirs.get("/procedures").json()}
    assert "disclosure" in listed
    wanted = {"procedure": "disclosure", "facts": {"recipient": "a", "purpose": "b", "content": "c"}}
    opened = theirs.post("/cases", wanted, headers=key)
    assert opened.status_code == 201, opened.text
    assert theirs.post("/cases", wanted, headers=key).json() == opened.json()
    assert cases(office) == 1
    bad = theirs.post("/cases", {"procedure": "disclosure", "facts": {"recipient": 1}}).json()
    assert {one["pointer"] for one in bad["problems"]} >= {"/facts/recipient", "/facts/purpose"}
    for one in listed.values():
        for name in one["not_asked"]:
            forged = theirs.post("/cases", {"procedure": one["name"], "facts": {name: "staff-auditor"}})
            assert f"/facts/{name}" in forged.text
    assert theirs.post("/cases", {"procedure": "pwt-review", "facts": {}}).status_code == 404


# ------------------------------------------------------------------ people and lists


def test_somebody_is_found_by_words_that_stand_in_no_log(program: For, office: Office) -> None:
    """The words are in the body; the access log has how many were found."""
    ref = on_the_tray(office)
    found = program("duty-worker").post("/people/search", {"words": "Brisco"}).json()
    assert [(one["id"], [case["ref"] for case in one["cases"]]) for one in found["people"]] == [("P-104", [ref])]
    assert ("duty-worker", "find-person api:case-portal", "1 found") in looks(office)
    assert not any("Brisco" in "".join(one) for one in looks(office))


def test_the_lists_of_people_are_those_of_the_pages(program: For, office: Office) -> None:
    """The day, everybody who waits, the tray, its contacts, and those at high risk."""
    ref = on_the_tray(office, Rag.RED)
    manager = program("team-manager")
    lines = {one["person"]: [case["ref"] for case in one["cases"]] for one in manager.get("/unseen").json()["people"]}
    assert lines["P-104"] == [ref]
    assert [one["ref"] for one in manager.get("/tray").json()["people"]] == [ref]
    assert manager.get("/tray", params={"team": "nowhere"}).status_code == 404
    assert manager.get("/tray", params={"as_of": "2027-01-01"}).status_code == 400
    assert manager.get("/tray/contacts").json() == []
    assert manager.get("/day").status_code == 200
    assert [one["case"] for one in manager.get("/red-list").json()["people"]] == [ref]
    noted = {what for who, what, _ in looks(office) if who == "team-manager"}
    assert noted == {
        f"{what} api:case-portal"
        for what in ("read-one-list", "read-tray", "read-tray-contacts", "read-day", "read-red-list")
    } | {"read-red-list"}


def test_cover_is_arranged_and_called_off(program: For, office: Office) -> None:
    """A practitioner says who stands in for them; the same call again is the same arrangement."""
    theirs, key = program("practitioner"), {"Idempotency-Key": "leave-1"}
    wanted = {
        "absent": "practitioner",
        "covered_by": "team-leader",
        "from_on": "2026-01-06",
        "until_on": "2026-01-09",
    }
    made = theirs.post("/cover", wanted, headers=key)
    assert made.status_code == 201, made.text
    assert theirs.post("/cover", wanted, headers=key).json() == made.json()
    assert [one["id"] for one in theirs.get("/cover").json()["arranged"]] == [made.json()["id"]]
    wrong = theirs.post("/cover", wanted | {"covered_by": "practitioner"}).json()
    assert [one["pointer"] for one in wrong["problems"]] == ["/covered_by"]
    assert program("practitioner-4").call("DELETE", f"/cover/{made.json()['id']}").status_code == 404
    assert theirs.call("DELETE", f"/cover/{made.json()['id']}").status_code == 204
    with office.council.database.read() as session:
        assert session.scalars(select(Cover)).one().ended_at is not None


def test_an_auditor_sees_that_the_record_holds_and_not_what_it_says(program: For, office: Office) -> None:
    """Entries without their words; a broken ledger is named."""
    ref = on_the_tray(office)
    auditor = program("auditor")
    seen = auditor.get(f"/audit/cases/{ref}")
    assert "Brisco" not in seen.text
    assert seen.json()["entries"][0]["no"] == 1
    assert auditor.post(f"/audit/cases/{ref}/verify").json() == {"holds": True, "faults": []}
    for path in ("/audit/cases", "/audit/checks", "/audit/access", "/audit/seals"):
        assert auditor.get(path).status_code == 200, path


# ------------------------------------------------------------------ how it is sent


def test_only_sound_bodies_of_the_right_type_are_taken(program: For, office: Office) -> None:
    """Another type, half a character, a field twice, NUL, too much: each is refused in words, and nothing is done."""
    theirs = program("duty-worker")

    def sent(content: bytes, content_type: str = "application/json") -> int:
        headers = {"Content-Type": content_type}
        return theirs.call("POST", "/people/search", content=content, headers=headers).status_code

    assert sent(b'{"words": "Brisco"}') == 200
    assert sent(b'{"words": "Brisco"}', "text/plain") == 415
    for unsound in (b"{", b'{"words": "\\ud800"}', b'{"words": "a", "words": "b"}', b'{"words": "\\u0000"}', b"\xff"):
        assert sent(unsound) == 400, unsound
    assert sent(b"[" * 100_000) == 400
    for depth in (300, 980):
        assert sent(b'{"words": ' + b"[" * depth + b"]" * depth + b"}") == 400, depth
    large = theirs.call("POST", "/people/search", json={"words": "x" * LARGEST_FORM})
    assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")

    async def parts() -> Any:
        for _ in range(5):
            yield b" " * (LARGEST_FORM // 4)

    streamed = theirs.call("POST", "/people/search", content=parts(), headers={"Content-Type": "application/json"})
    assert (streamed.status_code, streamed.headers["content-type"]) == (413, "application/problem+json")


def test_what_is_not_served_is_told_as_a_problem(program: For, office: Office) -> None:
    """A path that is none, and a method that is not taken."""
    theirs = program("duty-worker")
    for path, method, status in (
        ("/nothing", "GET", 404),
        ("/work-items", "DELETE", 405),
        ("/forms/NoSuchForm", "GET", 404),
    ):
        answer = theirs.call(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.headers["cache-control"] == "no-store"


# ------------------------------------------------------------------ helpers


def somebody(office: Office, role: Role) -> str:
    """Somebody of that role in the register; whoever does business support, where the example has nobody of it."""
    with office.council.database.write() as session:
        found = session.scalar(select(Staff).where(Staff.role == role, Staff.left_on.is_(None)).order_by(Staff.id))
        if found is None:
            found = Staff(id=f"only-{role}", name="Una Solo", email=None, role=role, team_id="business-support")
            session.add(found)
        return found.id


def any_path(one: Operation) -> str:
    """A path of the operation, of something that is not there."""
    path = one.path.replace("{item}", "W-7K3Q9PXM2B").replace("{name}", "nothing").replace("{number}", "999")
    path = path.replace("{mail_id}", "M-7K3Q9PXM2B")
    return re.sub(r"{[^}]*}", "7K3Q-9PXM", path)


def any_body(one: Operation) -> dict[str, Any]:
    """Something to send with it that asks for nothing."""
    if one.method != "POST":
        return {}
    return {"data": {"subject": ""}, "files": {"other": ("", b"")}} if one.takes_files else {"json": {}}


def test_lists_are_noted_as_those_of_the_pages_are(program: For, office: Office) -> None:
    """Work, cases, and what is with somebody: who looked at a list is known, through which program."""
    leader = program("team-leader")
    for path in ("/work-items?whose=team", "/cases", "/staff/practitioner/work-items"):
        assert leader.get(path).status_code == 200
    assert looks(office) == [
        ("team-leader", "list-work api:case-portal", "team"),
        ("team-leader", "list-cases api:case-portal", "all"),
        ("team-leader", "list-work api:case-portal", "practitioner"),
    ]


def test_the_one_list_of_a_team_that_there_is_not_is_not_found(program: For) -> None:
    """An empty list would say that nobody of theirs waits."""
    manager = program("team-manager")
    assert manager.get("/unseen", params={"team": "nowhere"}).status_code == 404
    assert manager.get("/unseen", params={"team": "hazel"}).status_code == 200


def test_of_a_restricted_case_an_auditor_s_program_is_told_that_somebody_looked(program: For, office: Office) -> None:
    """Without its reference, in the log and when it is asked for."""
    case = office.start(unauthorised_disclosure, FOUND, owner="role-team-manager")
    assert program("team-manager").get(f"/cases/{case}").status_code == 200
    auditor = program("auditor")
    listed = auditor.get("/audit/access", params={"who": "team-manager"}).json()
    assert [one["about"] for one in listed] == ["restricted case"]
    assert auditor.get("/audit/access", params={"about": case}).json() == []


def test_a_case_that_a_rehearsal_tells_of_is_noted_as_read(program: For, office: Office) -> None:
    """Priya Nair would take him on: what then follows in the case that asked for it is told, and noted."""
    case, _ = a_tray_decision(office)
    office.answer(case, allocated(), by="team-leader")
    [allocation] = [one for one in office.cases() if one != case]
    item = item_of(office, allocation, "AllocationReply")
    found = program("practitioner").post(f"/work-items/{item}/foresee", {"reply": "accept"}).json()
    assert [one["case"] for one in found["follows"]] == [allocation, case]
    assert [one[1:] for one in looks(office)] == [
        ("read-work-item api:case-portal", allocation),
        ("read-case api:case-portal", case),
    ]


def test_work_is_taken_from_whom_the_program_showed_alone(program: For, office: Office) -> None:
    """Nobody had it when it was read, and a colleague has it by now: refused; left out, it is taken over."""
    _, item = a_safeguarding_check(office)
    assert program("duty-worker-2").post(f"/work-items/{item}/take").status_code == 200
    theirs = program("duty-worker")
    for said in ("", "duty-team-leader"):
        refused = theirs.post(f"/work-items/{item}/take", params={"seen_holder": said})
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "held-by-another")
    taken = theirs.post(f"/work-items/{item}/take", params={"seen_holder": "duty-worker-2"})
    assert (taken.status_code, taken.json()["assignee"]) == (200, "duty-worker")
    assert program("duty-worker-2").post(f"/work-items/{item}/take").json()["assignee"] == "duty-worker-2"


def test_letters_and_messages_of_a_case_are_read_as_on_the_pages(program: For, office: Office) -> None:
    """What came, what it says and encloses, and what was said: each look is noted; another team finds nothing."""
    case, path = came(office, mail(("order.pdf", PDF, "application/pdf")))
    theirs = program("duty-worker")
    (listed,) = theirs.get(f"/cases/{case}/letters").json()
    assert (listed["subject"], listed["enclosed"], path) == (
        "Bath seat",
        ["order.pdf"],
        f"/cases/{case}/letters/{listed['mail_id']}",
    )
    opened = theirs.get(path).json()
    assert (opened["sender"], opened["address"], opened["trouble"]) == ("Tom Tilling", "tom@example.org", "")
    assert "The bath seat has not come." in opened["text"]
    assert [(one["number"], one["name"], one["size"]) for one in opened["enclosed"]] == [(1, "order.pdf", len(PDF))]
    taken = theirs.get(f"{path}/attachments/1")
    assert (taken.content, taken.headers["content-type"]) == (PDF, "application/octet-stream")
    assert theirs.get(f"{path}/attachments/2").status_code == 404
    said = theirs.get(f"/cases/{case}/messages").json()
    assert [one["what"] for one in said["notices"]]
    assert [what.partition(" ")[0] for _, what, _ in looks(office)] == [
        "read-case",
        "read-mail",
        "take-enclosure",
        "take-enclosure",
        "read-case",
    ]
    stranger = program("practitioner-4")
    for one in (path, f"{path}/attachments/1", f"/cases/{case}/letters", f"/cases/{case}/messages"):
        assert stranger.get(one).status_code == 404


def test_no_file_is_given_to_a_program_that_the_scanner_did_not_pass(program: For, office: Office) -> None:
    """Something harmful was found, or it could not be looked through: a problem, and nothing of the file."""
    _, path = came(office, mail(("order.pdf", PDF, "application/pdf")))
    for command, status in ((("sh", "-c", "exit 1"), 409), (("/no/such/scanner",), 503)):
        scanned_by(office, *command)
        refused = program("duty-worker").get(f"{path}/attachments/1")
        assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")
        assert PDF not in refused.content
