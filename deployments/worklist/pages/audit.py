"""The auditor's pages: whether the record holds, which entries there are, and who looked at what."""

from __future__ import annotations

import re
import threading
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from models.refs import NotARef, read_ref
from tasks.retention.showing import keeping_of
from tasks.worklist.audit_checks import NEWEST, begin_check, carry_out, faults_of, latest_checks
from tasks.worklist.auditing import (
    MOST_ENTRIES,
    MOST_LOOKS,
    MOST_SEALS,
    Looks,
    access_log,
    audited_case,
    entries_of,
    is_in_the_log,
    newest_cases,
    seals,
)

pages = Pages()
CHECKING = "audit check"
"""The name of the thread in which a check runs."""
PATIENCE_SECONDS = 2
"""How long a browser is kept waiting for a check that may be quick."""
_REFERENCE = re.compile(r"[A-Za-z0-9:_.@ -]{1,80}")
_NUMBER = re.compile(r"[0-9]{1,15}")


@pages.add("/audit", Action.AUDIT)
def overview(visit: Visit) -> Response:
    """What the last checks found, and the ways to everything else."""
    with visit.council.database.read() as session:
        checks = latest_checks(session, visit.now)
    return visit.page("audit.html", title="Audit", checks=checks, newest=NEWEST)


@pages.add("/audit/checks", Action.AUDIT, methods=("POST",))
def check(visit: Visit) -> Response:
    """Have all ledgers verified, or the newest, in the background."""
    newest = NEWEST if visit.sent("what") == "newest" else None
    number, is_new = begin_check(visit.council, by=visit.member.id, newest=newest)
    if not is_new:
        return visit.go("/audit", say="A check is running already. Its result will stand here.")
    arguments = (visit.council, number, visit.desk.installation.seals_file)
    thread = threading.Thread(target=carry_out, args=arguments, name=CHECKING, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    said = "The check goes on by itself. Open this page again to see how far it is." if thread.is_alive() else ""
    return visit.go("/audit", say=said or "The check has ended. What it found stands below.")


@pages.add("/audit/cases", Action.AUDIT, methods=("GET", "POST"))
def cases(visit: Visit) -> Response:
    """The cases that were opened last, and one by its ref."""
    problem = ""
    if visit.is_post:
        try:
            return visit.go(f"/audit/cases/{read_ref(visit.sent('ref'))}")
        except NotARef:
            problem = "Enter a case’s reference: eight characters such as 7K3Q-9PXM, the last one a check"
    with visit.council.database.read() as session:
        found = newest_cases(session, visit.member, visit.today)
    heading = "Cases"
    title = f"Error: {heading}" if problem else heading
    status = 422 if problem else 200
    return visit.page("audit_cases.html", title=title, status=status, heading=heading, found=found, problem=problem)


@pages.add("/audit/cases/{ref}", Action.AUDIT, methods=("GET", "POST"))
def case(visit: Visit, ref: str) -> Response:
    """The entries of one case; sent, its ledger is verified at once."""
    after = _number(visit.asked("after")) or 0
    with visit.council.database.read() as session:
        audited = audited_case(session, visit.member, ref, visit.today)
    visit.note_look("verify-case" if visit.is_post else "read-entries", audited.ref)
    faults = faults_of(visit.council, audited.ref) if visit.is_post else None
    with visit.council.database.read() as session:
        entries = entries_of(session, audited.ref, after)
        keeping = keeping_of(session, audited.ref)
    more = len(entries) > MOST_ENTRIES
    return visit.page(
        "audit_case.html",
        title=f"Case {audited.ref}",
        case=audited,
        entries=entries[:MOST_ENTRIES],
        keeping=keeping,
        next_path=f"/audit/cases/{audited.ref}?after={entries[MOST_ENTRIES - 1].no}" if more else "",
        first_path=f"/audit/cases/{audited.ref}" if after else "",
        faults=faults,
        checked_at=visit.now,
    )


@pages.add("/audit/access", Action.AUDIT, methods=("GET", "POST"))
def access(visit: Visit) -> Response:
    """Who looked at what, the latest first, of somebody, about something or on a day."""
    if visit.is_post:
        return _narrowed(visit)
    day, who, about = _day(visit.asked("day")), _reference(visit.asked("who")), _reference(visit.asked("about"))
    wanted = Looks(who, about, day, _number(visit.asked("before")))
    typed = {"who": who, "about": about}
    typed |= {"day": str(day.day), "month": str(day.month), "year": str(day.year)} if day else {}
    return _access_page(visit, wanted, typed, {})


@pages.add("/audit/seals", Action.AUDIT)
def seals_page(visit: Visit) -> Response:
    """The seals over all ledger heads, the latest first."""
    with visit.council.database.read() as session:
        found = seals(session, _number(visit.asked("before")))
    older = f"/audit/seals?before={found[MOST_SEALS - 1].no}" if len(found) > MOST_SEALS else ""
    newest = "/audit/seals" if visit.asked("before") else ""
    return visit.page("audit_seals.html", title="Seals", found=found[:MOST_SEALS], older=older, newest=newest)


# ------------------------------------------------------------------ narrowing the access log


def _narrowed(visit: Visit) -> Response:
    """Only what stands in the log comes into the address: whatever else is typed may be somebody's name."""
    who, about = visit.sent("who").lower(), _as_written(visit.sent("about"))
    parts = {part: visit.sent(part) for part in ("day", "month", "year")}
    problems: dict[str, str] = {}
    with visit.council.database.read() as session:
        if who and not (_reference(who) and is_in_the_log(session, visit.member, who=who)):
            problems["who"] = "Nobody of that staff id has looked at anything"
        if about and not (_reference(about) and is_in_the_log(session, visit.member, about=about)):
            problems["about"] = "Nothing of that reference was looked at"
    day = (
        _day("-".join((parts["year"], parts["month"].zfill(2), parts["day"].zfill(2)))) if any(parts.values()) else None
    )
    if any(parts.values()) and day is None:
        problems["day"] = "The day must be a real date, such as 5 1 2026"
    if problems:
        return _access_page(visit, None, {"who": visit.sent("who"), "about": visit.sent("about"), **parts}, problems)
    return visit.go(_address(Looks(who, about, day)))


def _access_page(visit: Visit, wanted: Looks | None, typed: dict[str, str], problems: dict[str, str]) -> Response:
    found: Any = ()
    if wanted is not None:
        visit.note_look("read-access-log", wanted.about or wanted.who or "all")
        with visit.council.database.read() as session:
            found = access_log(session, visit.member, wanted)
    older = ""
    if wanted is not None and len(found) > MOST_LOOKS:
        older = _address(Looks(wanted.who, wanted.about, wanted.day, found[MOST_LOOKS - 1].no))
    heading = "Who looked at what"
    return visit.page(
        "audit_access.html",
        title=f"Error: {heading}" if problems else heading,
        heading=heading,
        status=422 if problems else 200,
        found=found[:MOST_LOOKS],
        wanted=wanted,
        typed={"who": "", "about": "", "day": "", "month": "", "year": "", **typed},
        problems=problems,
        older=older,
        newest=_address(Looks(wanted.who, wanted.about, wanted.day)) if wanted and wanted.before else "",
    )


def _address(wanted: Looks) -> str:
    parts = {"who": wanted.who, "about": wanted.about, "day": wanted.day, "before": wanted.before}
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"/audit/access{'?' + query if query else ''}"


def _as_written(about: str) -> str:
    """A ref as it is kept, however it was typed; any other reference as it was typed."""
    try:
        return read_ref(about)
    except NotARef:
        return about


def _reference(text: str) -> str:
    return text if _REFERENCE.fullmatch(text) else ""


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
