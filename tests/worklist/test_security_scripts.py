"""
Nothing that somebody writes comes alive on a page.

Hostile text is put wherever somebody can write: names, letters, file names, answers, reasons, notes, and every field
of every form that the walk finds. The walk goes through every link and form of the worklist as several roles, new pages
included, and takes each page apart as a browser does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select
from starlette.routing import compile_path

from deployments.worklist.pages import EVERY_PAGE
from flows.deprivation_of_liberty import deprivation_of_liberty
from flows.international_recruitment_risk import international_recruitment_risk
from flows.oversight_action import oversight_action
from flows.provider_failure import provider_failure
from flows.pwt_triage import pwt_triage
from models.cases import WorkItem
from models.forms.liberty import LibertyConcern
from models.forms.market_oversight import ProviderToDiscuss
from models.forms.out_of_area_signals import CouncilRaisedConcern
from models.forms.oversight_action import ThemeLookedAt
from models.forms.provider_failure import AffectedListCame, ListedPerson, RoomDecided, SituationReported
from models.forms.recruitment_risk import RecruitmentRiskAssessed
from models.forms.tray_triage import SafeguardingCheck
from models.market.kinds import Licence
from models.out_of_area.kinds import CouncilConcernKind
from models.provider_failure.kinds import ListSource
from models.providers.kinds import PaidBy
from models.providers.tables import Provider
from models.register import Person, Staff, Team
from tasks.durable.testing import Office
from tasks.intake import take_in_mail
from tasks.tray.weekly_opening import open_due_reviews
from tests.procedures.market_stories import COMMISSIONER, D, considered, met, oversight
from tests.procedures.move_stories import REFUSED, moves
from tests.procedures.out_of_area_stories import LYDIA, answers_from, looked, taken_on
from tests.procedures.reablement_stories import in_reablement
from tests.procedures.test_contingency_plan import kept
from tests.procedures.test_provider_failure import CLOSING
from tests.procedures.tray_stories import on_the_tray
from tests.procedures.triage_stories import DAUGHTER, contact, referral, sent_back, triaged
from tests.worklist.browser import Browser
from tests.worklist.test_letters_safely import mail

AtWork = Callable[[str], Browser]
EVIL = "'\"></title></textarea></script><canary-tag onfocus=alert(1)><script>alert(1)</script>{{7777*7}}${7777*7}"
SHORT = "\"'><canary-tag onfocus=x>"
MULTIPLIED = str(7777 * 7)
"""What a template would make of it."""
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "cite", "xlink:href"}
PATTERNS = [(page.path, compile_path(page.path)[0]) for page in EVERY_PAGE]
SAMPLES = 3
"""How many pages of one kind each role opens, and how often it sends one form."""
MOST_PAGES = 400
WALKERS = ("duty-worker", "team-leader", "team-manager", "head-of-service", "information-governance", "auditor")


@dataclass
class Field:
    """One field of a form as a browser has it."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)


@dataclass
class FoundForm:
    """One form of a page."""

    action: str
    method: str
    is_multipart: bool = False
    fields: dict[str, Field] = field(default_factory=dict)


class TakenApart(HTMLParser):
    """A page as a browser reads it: its addresses and forms, and everything in it that would come alive."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.alive: list[str] = []
        self.links: list[str] = []
        self.forms: list[FoundForm] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        given = {name: value or "" for name, value in attrs}
        self._in_script = tag == "script"
        if tag == "script" and not re.fullmatch(r"/assets/[a-z./_-]+", given.get("src", "")):
            self.alive.append(f"<script {given}>")
        if tag in ("canary-tag", "style", "base", "object", "embed", "iframe", "frame", "applet"):
            self.alive.append(f"<{tag}>")
        for name, value in given.items():
            plain = re.sub(r"[\x00-\x20]", "", value).lower()
            if not re.fullmatch(r"[a-zA-Z][a-zA-Z:-]*\d{0,2}", name) or name.startswith("on") or name == "style":
                self.alive.append(f"<{tag} {name}=…>")
            if name in ADDRESSES and plain.startswith(("javascript:", "data:", "vbscript:", "//", "\\")):
                self.alive.append(f"<{tag} {name}={value[:60]}>")
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self._take_up_form(tag, given)

    def handle_data(self, data: str) -> None:
        """Look at text: a script of ours has none."""
        if self._in_script and data.strip():
            self.alive.append("text within a script")

    def _take_up_form(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form":
            is_multipart = "multipart" in given.get("enctype", "")
            self.forms.append(FoundForm(given.get("action", ""), given.get("method", "get").lower(), is_multipart))
        name = given.get("name", "")
        if not self.forms or not name:
            return
        if tag in ("input", "select", "textarea", "button"):
            kind = given.get("type", "text") if tag == "input" else tag
            found = self.forms[-1].fields.setdefault(name, Field(name, kind))
            if "value" in given:
                found.values.append(given["value"])


@dataclass
class Walk:
    """One member of staff who opens everything and writes hostile text wherever they can."""

    browser: Browser
    shown: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    been: set[str] = field(default_factory=set)

    def goes_through(self, beginnings: Sequence[str]) -> None:
        """Open everything that can be come to from there."""
        to_open = list(beginnings)
        while to_open and len(self.been) < MOST_PAGES:
            path = to_open.pop(0)
            kind = kind_of(path)
            if path in self.been or (path not in beginnings and self.shown[kind] >= SAMPLES):
                continue
            self.been.add(path)
            found = self.takes_apart(path, self.browser.request("GET", path))
            to_open += [one for one in found.links if is_ours(one)]
            for form in found.forms:
                to_open += self.sends(form, path)

    def sends(self, form: FoundForm, where: str) -> list[str]:
        """Send a form of a page several times, with hostile text in every field; gives the links that came back."""
        action = form.action or where
        key = f"{kind_of(action)} {sorted(form.fields)}"
        if action == "/sign-out" or self.sent[key] >= SAMPLES:
            return []
        links = []
        for text, last in ((EVIL, False), (SHORT, True)):
            self.sent[key] += 1
            sent = {one.name: filled(one, text, last=last) for one in form.fields.values() if one.kind != "file"}
            parts: dict[str, Any] = {"params": sent} if form.method == "get" else {"data": sent}
            if form.is_multipart:
                files = [one.name for one in form.fields.values() if one.kind == "file"]
                parts["files"] = {
                    name: (f"{text}.pdf", b"%PDF-1.7 " + text.encode(), "application/pdf") for name in files
                }
            found = self.takes_apart(action, self.browser.request(form.method.upper(), action, **parts))
            links += [one for one in found.links if is_ours(one)]
        return links

    def takes_apart(self, path: str, answer: httpx.Response) -> TakenApart:
        """Look at what came back, whatever it is."""
        for kind in {kind_of(path), kind_of(answer.url.path)}:  # a page may lead on to another
            self.shown[kind] += answer.status_code == httpx.codes.OK
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            self.wrong.append(f"{path}: {answer.status_code}")
        if "\n" in answer.headers.get("content-disposition", ""):
            self.wrong.append(f"{path}: a header is split")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            self._looks_at_file(path, answer)
            return TakenApart("")
        found = TakenApart(answer.text)
        self.wrong += [f"{path}: {one}" for one in found.alive]
        if MULTIPLIED in answer.text:
            self.wrong.append(f"{path}: a template was filled from it")
        return found

    def _looks_at_file(self, path: str, answer: httpx.Response) -> None:
        """What is no page is taken out, and not opened as one; styles, JSON and empty answers are nobody's file."""
        kind, how = answer.headers.get("content-type", ""), answer.headers.get("content-disposition", "")
        is_file = bool(answer.content) and not kind.startswith("application/json") and not path.startswith("/assets/")
        if is_file and not how.startswith("attachment"):
            self.wrong.append(f"{path}: {kind} is shown in the browser")
        if re.search(r'filename="[^"]*[<>\\]', how) or how.count('"') > 2:
            self.wrong.append(f"{path}: a file's name is not made safe")


def kind_of(path: str) -> str:
    """Which page a path is of."""
    plain = urlsplit(path).path
    return next((pattern for pattern, regex in PATTERNS if regex.fullmatch(plain)), plain)


def every_case_and_question(office: Office) -> list[str]:
    """The pages of all cases, and of all that is asked in them."""
    with office.council.database.read() as session:
        items = session.scalars(select(WorkItem.id)).all()
    return [*(f"/cases/{ref}" for ref in office.cases()), *(f"/work-items/{item}" for item in items)]


def is_ours(link: str) -> bool:
    """Whether a link leads to a page of ours."""
    return link.startswith("/") and not link.startswith(("//", "/assets", "/sign-"))


def filled(one: Field, text: str, *, last: bool) -> Any:
    """What somebody who means harm puts into a field."""
    match one.kind:
        case "hidden" | "button" | "submit":
            return one.values[-1 if last else 0] if one.values else text
        case "radio" | "select":
            return one.values[-1 if last else 0] if one.values and last else text
        case "checkbox":
            return [*one.values, text]
        case _:
            return text


@pytest.fixture
def hostile_office(office: Office) -> Office:
    """An office in which every text that can be hostile is so."""
    with office.council.database.write() as session:
        for person in session.scalars(select(Person)):
            person.name = f"{person.id} {EVIL}"
            person.postal_address = person.telephone = person.communication_needs = person.safe_contact = EVIL
            person.interpreter = SHORT
        for member in session.scalars(select(Staff)):
            member.name = f"{member.id} {EVIL}"
        for team in session.scalars(select(Team)):
            team.name = f"{team.id} {EVIL}"
    raw = mail((f"{SHORT}.pdf", b"%PDF-1.7 x", "application/pdf"), text=EVIL * 3, subject=EVIL)
    take_in_mail(
        office.council, raw.replace(b"Tom Tilling", b"=?utf-8?q?=22><canary-tag_onfocus=3D1>?="), EVIL, [SHORT]
    )
    take_in_mail(office.council, raw.replace(b"<1@", b"<2@").replace(b"text/plain", b"text/html"), EVIL, [SHORT])
    office.hours_pass(0)

    wrote = contact(EVIL, sender=EVIL, subject=EVIL)
    told_by = DAUGHTER.model_copy(update={"name": EVIL, "relation": SHORT})
    for check in (None, SafeguardingCheck(nine_nine_nine_considered=True, concern=False)):
        case = office.start(pwt_triage, referral(contact=wrote, referrer=told_by))
        if check is not None:
            office.answer(case, check, by="duty-worker")
            office.answer(case, triaged(what_was_done=EVIL, where_recorded=SHORT), by="duty-worker")
            office.answer(case, sent_back(rationale=EVIL), by="team-manager")
    on_the_tray(office)
    in_reablement(office)
    restricted = LibertyConcern(about_person="P-110", what=EVIL)
    office.start(deprivation_of_liberty, restricted, owner="role-duty-worker")
    open_due_reviews(office.council)
    a_provider_fails(office)
    somebody_is_out_of_area(office)
    oversight_is_held(office)
    somebody_moves(office)
    office.hours_pass(0)
    return office


def a_provider_fails(office: Office) -> None:
    """An incident with a list, a difference, a decision and a report, hostile throughout."""
    reported = {"provider": None, "provider_in_words": f"{EVIL} {SHORT}", "what": EVIL}
    incident = office.start(provider_failure, CLOSING.model_copy(update=reported))
    listed = ListedPerson(name=EVIL, whereabouts=EVIL, placed_by=EVIL, call_times=SHORT, paid_by=PaidBy.OTHER_COUNCIL)
    came = AffectedListCame(source=ListSource.OTHER, said_by=EVIL, whole=True, people=(listed,))
    office.signal(incident, came, by="team-leader")
    office.signal(incident, RoomDecided(decided=EVIL, by_whom=EVIL), by="team-leader")
    report = SituationReported(situation=EVIL, risks=EVIL, decisions=EVIL, next_steps=EVIL)
    office.answer(incident, report, by="team-leader")


def somebody_is_out_of_area(office: Office) -> None:
    """A placement of nobody known, with the provider that fails, hostile throughout."""
    said = {"person": None, "person_in_words": EVIL, "provider": None, "provider_in_words": f"{EVIL} {SHORT}"}
    said |= {"council": EVIL, "council_contact": SHORT}
    case = taken_on(office, LYDIA, **said)
    raised = CouncilRaisedConcern(kind=CouncilConcernKind.SAFEGUARDING, what=EVIL, by_whom=SHORT)
    office.signal(case, raised, by="duty-worker")
    answers_from(office, case, "safeguarding", looked(office, EVIL))


def oversight_is_held(office: Office) -> None:
    """Oversight with a provider that was added, a decision with what came of it, and a risk that was weighed."""
    with office.council.database.write() as session:
        session.get_one(Provider, "larch-court").name = f"{EVIL} {SHORT}"
    case = oversight(office)
    office.signal(case, ProviderToDiscuss(provider="larch-court", why=EVIL), by="team-manager")
    office.answer(case, met(office).model_copy(update={"chaired_by": EVIL, "notes": EVIL}), by=COMMISSIONER)
    while any("ProviderConsidered" in one for one in office.waiting_for(case)):
        said = considered(D.LINK_WORKER, D.WATCH, office=office, reasons=EVIL, what=EVIL)
        office.answer(case, said, by=COMMISSIONER)
    for action in office.cases(oversight_action):
        if any("ThemeLookedAt" in one for one in office.waiting_for(action)):
            office.answer(action, ThemeLookedAt(visited=False, confirmed=True, found=EVIL), by="team-manager")
    (risk, *_) = office.cases(international_recruitment_risk)
    weighed = RecruitmentRiskAssessed(licence=Licence.SUSPENDED, how_known=EVIL, modern_slavery=False)
    office.answer(risk, weighed, by=COMMISSIONER)


def somebody_moves(office: Office) -> None:
    """A move that is overdue and refused, and a contingency plan, hostile throughout."""
    case = moves(office, for_whom=EVIL, why=EVIL, old_service=EVIL, old_provider=None, new_service=f"{EVIL} {SHORT}")
    office.answer(case, REFUSED.model_copy(update={"reason": EVIL}), by="practitioner-5")
    kept(office, name=EVIL, document=f"{EVIL} {SHORT}")


def test_nothing_that_somebody_writes_comes_alive(
    hostile_office: Office, at_work: AtWork, caplog: pytest.LogCaptureFixture
) -> None:
    """Every page and form of the worklist, as every kind of user, full of hostile text: all of it stays text."""
    wrong: list[str] = []
    shown: Counter[str] = Counter()
    plain = ["/", *(page.path for page in EVERY_PAGE if "GET" in page.methods and "{" not in page.path)]
    for staff_id in WALKERS:
        walk = Walk(at_work(staff_id))
        walk.goes_through([*plain, *every_case_and_question(hostile_office)])
        wrong += [f"{staff_id} {one}" for one in walk.wrong]
        shown += walk.shown
    assert wrong == []
    assert "canary-tag" not in caplog.text
    unseen = {page.path for page in EVERY_PAGE if "GET" in page.methods} - set(shown)
    assert unseen <= NOT_COME_TO, "the walk does not come to these: link to them, or give the office such a case"
    everything = sum(shown.values())
    assert everything > 60


NOT_COME_TO: set[str] = set()
"""Pages that need a case which is not in this office."""


def test_the_walk_would_find_what_comes_alive() -> None:
    """The measure itself: each way in which text could come alive is seen."""
    for html in (
        "<p><script>alert(1)</script></p>",
        '<script src="https://evil.example/x.js"></script>',
        '<p title="a" onmouseover="x">',
        '<a href="javascript:alert(1)">',
        '<a href=" java\nscript:alert(1)">',
        '<form action="//evil.example">',
        '<p style="color: red">',
        "<canary-tag>",
        '<input value="a""b">',
        "<base href='/x'>",
    ):
        assert TakenApart(html).alive, html
    assert TakenApart('<p class="a" data-x-1="b">&lt;script&gt;</p><a href="/x">x</a>').alive == []
