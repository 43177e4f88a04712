"""The local sign-in: for one machine, clearly marked, and in no way to be had anywhere else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.types import ASGIApp, Receive, Scope, Send

from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from deployments.worklist.drafts import draft_of
from deployments.worklist.sessions import digest_of
from deployments.worklist.sign_on.paths import own_path
from models.audit import AccessEntry
from models.connections import Connections
from models.register import Staff, Team
from models.worklist import SignInRefused, WebSession
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.worklist.answering_stories import a_safeguarding_check
from tests.worklist.browser import Browser, Seen, SeenForm

AtWork = Callable[[str], Browser]
WORDS = "act_now"
"""The field of the safeguarding check in which somebody writes."""


def choose(browser: Browser, staff_id: str, go_to: str = "/permissions") -> Seen:
    """Somebody opens the page and says who they are."""
    page = browser.get(f"/sign-in?go_to={go_to}")
    return browser.send(page, {"staff": staff_id})


def send_words(browser: Browser, page: Seen, item: str, words: str) -> Seen:
    """They write into the work item's form, and send it."""
    page.forms = [_the_form(page, item)]
    return browser.send(page, {WORDS: words})


def words_in(page: Seen, item: str) -> str:
    """What stands in the work item's form."""
    return dict(_the_form(page, item).pairs)[WORDS]


def token_of(browser: Browser) -> str:
    """The session's token in a browser; empty without one."""
    return browser.cookies.get("pathways") or ""


def at(office: Office, desk: Desk, **connections: object) -> Browser:
    """A browser before an installation that is connected so."""
    office.council.connections = Connections.model_validate(connections)
    return Browser(worklist(desk), office, desk)


def test_somebody_chooses_who_they_are(stranger: Browser, office: Office) -> None:
    """The page says what it is, asks for no password, and leads to where they wanted to go."""
    page = stranger.get("/sign-in?go_to=/permissions")
    assert "For trying it out on this machine" in page.text
    assert "Dana Whitlock Duty worker" in page.text

    arrived = stranger.send(page, {"staff": "duty-worker"})
    assert (arrived.status, arrived.path) == (200, "/permissions")
    assert "Dana Whitlock, duty worker, duty" in arrived.text
    with office.council.database.read() as session:
        noted = session.scalars(select(AccessEntry)).one()
    assert (noted.who, noted.what, noted.about) == ("duty-worker", "local-sign-in", "duty-worker")


def test_nobody_is_chosen_without_choosing(stranger: Browser) -> None:
    """Sent empty, the page says what is missing, and still knows where they wanted to go."""
    page = stranger.send(stranger.get("/sign-in?go_to=/permissions"))
    assert page.status == 400
    assert "There is a problem Choose who you are" in page.text
    assert stranger.send(page, {"staff": "practitioner"}).path == "/permissions"


def test_leavers_are_not_to_be_chosen(stranger: Browser, office: Office) -> None:
    """Who has left is not in the list, and cannot be sent in either."""
    office.leaves("duty-worker")
    page = stranger.get("/sign-in")
    assert "Dana Whitlock" not in page.text
    assert stranger.send(page, {"staff": "duty-worker"}).status == 400
    assert token_of(stranger) == ""


def test_who_leaves_is_signed_out(at_work: AtWork, office: Office) -> None:
    """The session of somebody who leaves ends with their next step."""
    browser = at_work("duty-worker")
    office.leaves("duty-worker")
    assert browser.get("/permissions").status == 403
    assert browser.get("/permissions", follow=False).headers["location"].startswith("/sign-in")


def test_an_empty_register_says_what_to_do(stranger: Browser, office: Office) -> None:
    """With nobody to choose, the page says how somebody gets there."""
    with office.council.database.write() as session:
        for one in session.scalars(select(Staff)):
            one.left_on = office.council.clock.now().date()
    page = stranger.get("/sign-in")
    assert "pathways register import" in page.text
    assert not page.forms


def test_three_hundred_staff_stand_in_their_teams(stranger: Browser, office: Office) -> None:
    """A large council's list is one page, in teams, each name once."""
    with office.council.database.write() as session:
        session.add(Team(id="zinnia", name="Zinnia Team"))
        session.flush()
        session.add_all(
            Staff(id=f"z-{n}", name=f"Zed {n:03}", email=None, role="practitioner", team_id="zinnia")
            for n in range(280)
        )
    page = stranger.get("/sign-in")
    assert page.text.count("Zed 279") == 1
    assert page.text.index("Rowan Locality Team") < page.text.index("Zinnia Team") < page.text.index("Zed 000")


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP",
    ],
)  # fmt: skip
def test_what_came_through_a_proxy_gets_no_local_sign_in(stranger: Browser, header: str) -> None:
    """A proxy in front means that others may stand behind it, so neither the page nor choosing is there."""
    mine = stranger.get("/sign-in")
    page = stranger.get("/sign-in", headers={header: "127.0.0.1"})
    assert (page.status, page.forms) == (403, [])
    assert "Dana" not in page.text

    form = dict(mine.form().pairs) | {"staff": "duty-worker"}
    assert stranger.request("POST", "/sign-in", data=form, headers={header: "127.0.0.1"}).status_code == 403
    assert token_of(stranger) == ""


@pytest.mark.parametrize("came_from", ["192.0.2.7", "10.0.0.5", "::ffff:192.0.2.7", "not an address", None])
def test_another_machine_gets_no_local_sign_in(office: Office, desk: Desk, came_from: str | None) -> None:
    """Only a call from this very machine gets it, whatever host it names."""
    browser = Browser(_coming_from(worklist(desk), came_from), office, desk)
    assert browser.get("/sign-in").status == 403


@pytest.mark.parametrize("came_from", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_this_machine_has_several_addresses(office: Office, desk: Desk, came_from: str) -> None:
    """Loopback is loopback, however it is written."""
    browser = Browser(_coming_from(worklist(desk), came_from), office, desk)
    assert browser.get("/sign-in").status == 200


def test_an_old_protocol_gets_no_local_sign_in(office: Office, desk: Desk) -> None:
    """HTTP/1.0 is what a simple proxy speaks that adds no headers; no browser does."""
    browser = Browser(_coming_from(worklist(desk), "127.0.0.1", version="1.0"), office, desk)
    assert browser.get("/sign-in").status == 403


def test_no_local_sign_in_where_a_sign_on_is_connected(office: Office, desk: Desk) -> None:
    """With a provider configured it is gone, even while that provider is away."""
    browser = at(office, desk, sign_on={"issuer": "http://127.0.0.1:9", "client_id": "x"})
    page = browser.get("/sign-in")
    assert page.status == 503
    assert "Dana" not in page.text
    assert browser.post("/sign-in", {"staff": "duty-worker"}).status == 404


def test_no_local_sign_in_where_staff_come_from_elsewhere(office: Office, desk: Desk) -> None:
    """With an https address set, nobody signs in without the council's sign-on, not even at the machine itself."""
    browser = at(office, desk, worklist={"address": "https://pathways.wenbridge.example.org"})
    page = browser.get("/sign-in", headers={"Host": "pathways.wenbridge.example.org"})
    assert page.status == 403
    assert "The council’s own sign-on has not been connected" in page.text


def test_no_setting_opens_the_local_sign_in() -> None:
    """Nothing in the connections file or the environment speaks of it, so nothing can leave it open."""
    names = {*Connections.model_fields, *(type(Connections().worklist)).model_fields}
    assert not [name for name in names if "local" in name or "password" in name]
    assert not [one.name for one in dataclasses.fields(Installation) if "sign" in one.name or "local" in one.name]


def test_the_form_is_good_only_in_the_browser_that_was_given_it(stranger: Browser, office: Office, desk: Desk) -> None:
    """Another site cannot sign somebody in as whom it likes: its form has no cookie that goes with it."""
    form = dict(stranger.get("/sign-in").form().pairs) | {"staff": "head-of-service"}
    victim = Browser(worklist(desk), office, desk)
    assert victim.post("/sign-in", form).status == 400
    for browser in ("", "made-up"):
        form["form_token"] = digest_of(f"the form of {browser}")
        assert victim.post("/sign-in", form).status == 400
    victim.get("/sign-in")
    assert victim.post("/sign-in", form).status == 400
    assert token_of(victim) == ""


def test_guessing_is_stopped(stranger: Browser, office: Office) -> None:
    """After twenty refusals within ten minutes an address has to wait; what was counted is forgotten then."""
    for _ in range(20):
        assert stranger.post("/sign-in", {"staff": "duty-worker"}).status == 400
    stopped = stranger.post("/sign-in", {"staff": "duty-worker"})
    assert stopped.status == 429
    assert "Wait ten minutes" in stopped.text
    assert choose(stranger, "duty-worker").status == 429

    office.hours_pass(0.2)
    assert choose(stranger, "duty-worker").status == 200
    stranger.post("/sign-in", {})
    with office.council.database.read() as session:
        assert len(session.scalars(select(SignInRefused)).all()) == 1


def test_each_sign_in_makes_a_new_session_and_ends_the_old_one(stranger: Browser, office: Office) -> None:
    """A token that somebody planted, or saw before, is worth nothing after signing in."""
    stranger.cookies.set("pathways", "planted-by-somebody-else", domain="127.0.0.1")
    choose(stranger, "duty-worker")
    first = token_of(stranger)
    assert first != "planted-by-somebody-else"

    choose(stranger, "practitioner")
    assert token_of(stranger) not in (first, "")
    with office.council.database.read() as session:
        before = session.get_one(WebSession, digest_of(first))
    assert before.ended_at is not None


def test_signing_out_ends_the_session_for_good(stranger: Browser) -> None:
    """The browser forgets the cookie, and who kept a copy of it has nothing."""
    page = choose(stranger, "duty-worker")
    kept = token_of(stranger)
    said = stranger.post("/sign-out", {"form_token": dict(page.forms[-1].pairs)["form_token"]})
    assert (said.status, said.path) == (200, "/signed-out")
    assert token_of(stranger) == ""

    stranger.cookies.set("pathways", kept, domain="127.0.0.1")
    assert stranger.get("/permissions", follow=False).status == 303


def test_another_site_cannot_sign_somebody_out(stranger: Browser) -> None:
    """Signing out takes the form's token as everything does."""
    choose(stranger, "duty-worker")
    assert stranger.post("/sign-out", {}).status == 400
    assert stranger.get("/permissions", follow=False).status == 200


def test_a_session_ends_by_itself_however_much_it_is_used(at_work: AtWork, office: Office) -> None:
    """After ten hours somebody signs in again, even in the middle of work."""
    browser = at_work("duty-worker")
    for _ in range(19):
        office.hours_pass(0.5)
        assert browser.get("/permissions", follow=False).status == 200
    office.hours_pass(0.5)
    assert browser.get("/permissions", follow=False).status == 303


def test_a_lost_telephone_is_signed_out_from_elsewhere(at_work: AtWork) -> None:
    """One sees where one is signed in, and ends it everywhere but here; others stay as they are."""
    telephone, desktop, colleague = at_work("duty-worker"), at_work("duty-worker"), at_work("duty-worker-2")
    page = desktop.get("/signed-in")
    assert page.text.count("Monday 5 January 2026, 9am") == 4
    assert page.text.count("(here)") == 1

    said = desktop.send(page, action="/signed-in/end-others")
    assert "You are signed out in 1 other place." in said.text
    assert not [one for one in said.forms if one.action == "/signed-in/end-others"]
    assert telephone.get("/permissions", follow=False).status == 303
    assert colleague.get("/permissions", follow=False).status == 200
    assert desktop.get("/permissions", follow=False).status == 200


def test_a_form_that_outlived_its_session_loses_nothing(stranger: Browser, office: Office) -> None:
    """Typed at half past nine, sent at eleven: they sign in again, and what they wrote stands in the form."""
    _, item = a_safeguarding_check(office)
    choose(stranger, "duty-worker", go_to=f"/work-items/{item}")
    page = stranger.get(f"/work-items/{item}")
    office.hours_pass(1.5)

    sign_in = send_words(stranger, page, item, "rang twice, no answer")
    assert sign_in.path == f"/sign-in?go_to=/work-items/{item}"
    again = stranger.send(sign_in, {"staff": "duty-worker"})
    assert again.path == f"/work-items/{item}"
    assert words_in(again, item) == "rang twice, no answer"


def test_what_one_wrote_is_not_shown_to_another(stranger: Browser, office: Office) -> None:
    """If somebody else signs in on that computer, the words wait for whoever wrote them."""
    _, item = a_safeguarding_check(office)
    choose(stranger, "duty-worker", go_to=f"/work-items/{item}")
    page = stranger.get(f"/work-items/{item}")
    office.hours_pass(1.5)
    sign_in = send_words(stranger, page, item, "canary words")

    other = stranger.send(sign_in, {"staff": "duty-worker-2"})
    assert "canary words" not in other.html
    with office.council.database.read() as session:
        assert draft_of(session, "duty-worker-2", f"/work-items/{item}") is None
        assert draft_of(session, "duty-worker", f"/work-items/{item}") is not None


def test_a_form_from_before_signing_in_anew_is_kept_and_not_sent(stranger: Browser, office: Office) -> None:
    """Two tabs: signed in again in one, sent from the other. Nothing is entered unseen, and nothing is lost."""
    _, item = a_safeguarding_check(office)
    choose(stranger, "duty-worker", go_to=f"/work-items/{item}")
    page = stranger.get(f"/work-items/{item}")
    choose(stranger, "duty-worker")

    seen = send_words(stranger, page, item, "rang twice, no answer")
    assert "You signed in again after you opened this" in seen.text
    assert words_in(seen, item) == "rang twice, no answer"


def test_a_form_without_any_session_is_kept_for_whoever_it_was_made_for(stranger: Browser, office: Office) -> None:
    """Signed out in one tab, sent from another: the words are there after signing in."""
    _, item = a_safeguarding_check(office)
    page = choose(stranger, "duty-worker", go_to=f"/work-items/{item}")
    stranger.cookies.delete("pathways")

    sign_in = send_words(stranger, page, item, "rang twice, no answer")
    again = stranger.send(sign_in, {"staff": "duty-worker"})
    assert words_in(again, item) == "rang twice, no answer"


def test_a_form_with_a_made_up_token_is_not_kept(stranger: Browser, office: Office) -> None:
    """Nobody can put words into somebody's drafts."""
    _, item = a_safeguarding_check(office)
    stranger.post(f"/work-items/{item}", {"form_token": "x" * 32, "note": "not theirs"})
    with office.council.database.read() as session:
        assert draft_of(session, "duty-worker", f"/work-items/{item}") is None


def test_a_button_pressed_too_late_leads_back_to_its_page(at_work: AtWork, office: Office) -> None:
    """An action has no page of its own to come back to: they come back to where the button stands."""
    browser = at_work("duty-worker")
    office.hours_pass(2)
    seen = browser.request(
        "POST", "/drafts", follow=False, data={"_path": "/x"}, headers={"Referer": "http://127.0.0.1:8080/permissions"}
    )
    assert seen.headers["location"] == "/sign-in?go_to=/permissions"
    away = browser.request("POST", "/drafts", follow=False, headers={"Referer": "http://evil.example/permissions"})
    assert away.headers["location"] == "/sign-in?go_to=/"


@pytest.mark.parametrize(
    "path", ["/", "/work-items", "/work-items?order=due&page=2", "/cases/7K3Q-9PXM", "/work-items/W-7K3Q9PXM2B"]
)
def test_a_path_of_ours_is_gone_to(path: str) -> None:
    """Whoever wanted a page gets it after signing in."""
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "work", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "javascript:a(1)", "/%5cevil.example", "/%2fevil.example", "/%2F%2Fevil.example",
        "/work-items\r\nSet-Cookie: a=b", "/work-items\tx", "/work-items\x00", " /work-items", "/work-items ",
        "/%0d%0aSet-Cookie:a", "/sign-in", "/sign-in?go_to=/", "/sign-out",
        "/sign-in/return?state=x", "/assets/pathways.css", "/" + "a" * 600, "/é",
    ],
)  # fmt: skip
def test_what_is_no_path_of_ours_is_not_gone_to(path: str) -> None:
    """An address that leads away, or round in circles, ends at the front door."""
    assert own_path(path) == "/"


def test_an_installation_without_an_address_has_its_ports(office: Office, tmp_path: Path) -> None:
    """Where no address is set, staff reach us at the installation's own port."""
    port = {"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_PORT": "9417"}
    desk = Desk(office.council, Installation.from_environment(port))
    assert (desk.address, desk.host) == ("http://127.0.0.1:9417", "127.0.0.1:9417")
    office.council.connections = Connections.model_validate({"worklist": {"address": "https://Care.Example.org:443/"}})
    assert (desk.address, desk.cookie) == ("https://care.example.org", "__Host-pathways")


def _coming_from(app: ASGIApp, address: str | None, version: str = "1.1") -> ASGIApp:
    """The application, called from another network address."""

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        client = None if address is None else (address, 40000)
        await app({**scope, "client": client, "http_version": version}, receive, send)

    return called


def _the_form(page: Seen, item: str) -> SeenForm:
    """The form with the question, beside the small ones for taking and giving back."""
    return max((one for one in page.forms if one.action in (f"/work-items/{item}", "")), key=lambda one: len(one.names))
