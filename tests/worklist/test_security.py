"""
What protects every page whatever it shows. Signing on has its own tests, scripts in fields stand in
`test_security_scripts.py`, who may open what in `test_permissions.py`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive

from deployments.running.home import first_connections
from deployments.running.serve import application
from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from deployments.worklist.pages import EVERY_PAGE
from deployments.worklist.protecting import LARGEST_FORM
from deployments.worklist.routing import Page, Pages
from deployments.worklist.visit import Visit
from models.audit import AccessEntry
from models.cases import Entry
from models.connections import Connections, load_connections
from models.errors import PathwaysError
from models.permissions import Action, Reach, reach_of
from models.register import Staff
from models.roles import Role
from models.worklist import Draft
from tasks.database import Database, DatabaseUnavailable
from tasks.durable.testing import Office
from tests.worklist.answering_stories import a_safeguarding_check
from tests.worklist.browser import ADDRESS, Browser

AtWork = Callable[[str], Browser]
CANARY = "Canarybird-Featherstone"
HTTPS = {"worklist": {"address": "https://pathways.wenbridge.example.org"}}
FORM = b"application/x-www-form-urlencoded"
POSTED = [page for page in EVERY_PAGE if "POST" in page.methods]
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Misfortune(PathwaysError):
    """An error of ours, whose message is for people."""


faulty = Pages()


@faulty.add("/crashes", Action.SIGN_IN, methods=("GET", "POST"))
def crashes(visit: Visit) -> Response:
    """Fails as a mistake of ours does, with somebody's data in the error."""
    raise ValueError(f"{CANARY} was born on 1 May 1940")


@faulty.add("/away", Action.SIGN_IN)
def away(visit: Visit) -> Response:
    """Finds the database away."""
    raise DatabaseUnavailable("the database is away; try again in a minute")


@faulty.add("/small", Action.SIGN_IN, methods=("GET", "POST"))
def small(visit: Visit) -> Response:
    """Takes short forms only, and says how much came."""
    return PlainTextResponse(f"{sum(len(value) for _, value in visit.pairs)} and {len(visit.files)} files")


@faulty.add("/large/{name}", Action.SIGN_IN, methods=("GET", "POST"), takes_files=True)
def large(visit: Visit, name: str) -> Response:
    """Takes files, and says how much came."""
    return PlainTextResponse(f"{sum(len(one.content) for one in visit.files.values())} in {len(visit.files)} files")


@faulty.add("/leads", Action.SIGN_IN)
def leads(visit: Visit) -> Response:
    """Leads on to a path that somebody made up, with a sentence that somebody made up."""
    return visit.go(f"/permissions#{visit.asked('to')}", say=visit.asked("say"))


def faulty_site(office: Office, desk: Desk) -> Browser:
    """A browser of duty before a worklist whose pages have every fault."""
    browser = Browser(worklist(desk, [*EVERY_PAGE, *faulty.all]), office, desk)
    browser.is_signed_in_as("duty-worker")
    return browser


def token_of(browser: Browser) -> str:
    """The form token of somebody's session, from a page."""
    return dict(browser.get("/permissions").forms[-1].pairs)["form_token"]


def entered(office: Office) -> tuple[int, int]:
    """How many entries of cases and drafts there are: what a form could have changed."""
    with office.council.database.read() as session:
        found = [session.scalar(select(func.count()).select_from(table)) for table in (Entry, Draft)]
    return found[0] or 0, found[1] or 0


def path_of(page: Page) -> str:
    """A path of the page, of something that is not there."""
    return re.sub(r"{[^}]*}", "7K3Q-9PXM", page.path)


def somebody_for(office: Office, page: Page) -> str:
    """Somebody of the register who may open the page."""
    roles = [role for role in Role if reach_of(role, page.action) is not Reach.NOTHING]
    with office.council.database.read() as session:
        found = session.scalar(select(Staff.id).where(Staff.role.in_(roles), Staff.left_on.is_(None)).limit(1))
    assert found is not None
    return found


# ------------------------------------------------------------------ forms from elsewhere


@pytest.mark.parametrize("page", POSTED, ids=lambda page: page.name)
def test_no_form_is_taken_without_its_token(page: Page, at_work: AtWork, office: Office) -> None:
    """Whoever is signed in, a form that we did not make for them does nothing (CSRF)."""
    browser = at_work(somebody_for(office, page))
    before = entered(office)
    for token in ({}, {"form_token": ""}, {"form_token": "x" * 32}):
        answer = browser.request("POST", path_of(page), data=token, follow=False)
        assert answer.status_code == 400, page.name
        assert "That form was not accepted" in answer.text
    assert entered(office) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8080"},
        {"Origin": "http://127.0.0.1:8080.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_form_of_another_site_is_refused_even_with_the_token(
    at_work: AtWork, office: Office, headers: dict[str, str]
) -> None:
    """Should a token ever get out, the browser still says whose page a form stands on."""
    browser = at_work("duty-worker")
    sent = {"form_token": token_of(browser), "_path": "/work-items/X", "note": "planted"}
    answer = browser.request("POST", "/drafts", data=sent, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert entered(office)[1] == 0

    ours = browser.request("POST", "/drafts", data=sent, headers={"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"})
    assert ours.status_code == 204


def test_a_token_is_good_for_one_person_only(at_work: AtWork) -> None:
    """Another member of staff's token opens nothing, so a form cannot be made with one's own."""
    mine, theirs = at_work("duty-worker"), at_work("practitioner")
    assert theirs.post("/drafts", {"form_token": token_of(mine), "_path": "/work-items/X"}).status == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/xml", ""])
def test_what_is_not_a_form_is_not_read_as_one(at_work: AtWork, kind: str) -> None:
    """A body that another site may send without being asked for leave is no form of ours."""
    browser = at_work("duty-worker")
    body = f"form_token={token_of(browser)}&_path=/work-items/X"
    assert browser.request("POST", "/drafts", content=body, headers={"Content-Type": kind}).status_code == 400


# ------------------------------------------------------------------ hosts, paths and methods


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:8080@evil.example", "localhost.", "", "[::2]", "0.0.0.0"],
)
def test_another_host_is_not_ours(stranger: Browser, host: str) -> None:
    """Nothing is shown under another name (DNS rebinding), and no address is made from it."""
    answer = stranger.request("GET", "/permissions", follow=False, headers={"Host": host})
    assert answer.status_code == 421
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:1234", "[::1]:8080"])
def test_this_machine_is_ours_by_each_of_its_names(stranger: Browser, host: str) -> None:
    """At one machine any of loopback's names and ports leads here, as through a tunnel."""
    assert stranger.request("GET", "/sign-in", follow=False, headers={"Host": host}).status_code == 200


def test_with_an_https_address_only_that_host_is_ours(office: Office, desk: Desk) -> None:
    """Beyond one machine there is one name, and loopback is not it."""
    office.council.connections = Connections.model_validate(HTTPS)
    browser = Browser(worklist(desk), office, desk)
    assert browser.request("GET", "/sign-in", headers={"Host": "127.0.0.1:8080"}).status_code == 421
    assert browser.request("GET", "/sign-in", headers={"Host": "pathways.wenbridge.example.org"}).status_code == 403


def test_two_hosts_are_none(desk: Desk) -> None:
    """A request that names two hosts is read differently by whoever stands in front of us."""
    assert (
        asyncio.run(_status(worklist(desk), headers=[(b"host", b"127.0.0.1:8080"), (b"host", b"127.0.0.1:8080")]))
        == 421
    )


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py", "/assets/../../worklist/app.py", "/assets/%2e%2e/app.py", "/assets/..%2fapp.py",
        "/assets/%2e%2e%2f%2e%2e%2fpyproject.toml", "/assets/..%5capp.py", "/assets/scripts/../pathways.scss",
        "/assets/scripts/%2e%2e/package.json", "/assets//etc/passwd", "/assets/%00pathways.css", "/assets/made-from/..",
        "/assets/scripts/..%252f..%252fpackage.json", "/assets/", "/assets/scripts/", 
        "/assets/node_modules/sass/sass.js",
    ],
)  # fmt: skip
def test_only_our_styles_and_scripts_are_served_from_disk(desk: Desk, path: str) -> None:
    """No path leads out of the folders of styles and scripts, however it is written."""
    assert asyncio.run(_status(worklist(desk), path=path)) == 404


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "PROPFIND"])
def test_other_methods_reach_nothing(at_work: AtWork, office: Office, method: str) -> None:
    """Only reading and sending forms is known; nothing is echoed."""
    _, item = a_safeguarding_check(office)
    browser = at_work("duty-worker")
    before = entered(office)
    for path in ("/permissions", f"/work-items/{item}", "/drafts"):
        answer = browser.request(method, path, follow=False, headers={"X-Canary": CANARY})
        assert answer.status_code == 404
        assert CANARY not in answer.text
    assert entered(office) == before


def test_a_method_in_a_header_or_a_field_counts_for_nothing(at_work: AtWork, office: Office) -> None:
    """A GET stays a GET: no form is sent by a link."""
    browser = at_work("duty-worker")
    query = f"/drafts?form_token={token_of(browser)}&_path=/work-items/X&_method=POST"
    assert browser.request("GET", query, headers={"X-HTTP-Method-Override": "POST"}).status_code == 404
    assert browser.request("HEAD", "/drafts").status_code == 404
    assert entered(office)[1] == 0


def test_head_shows_what_get_does_without_the_page(at_work: AtWork) -> None:
    """The headers are the same, and nothing can be done by it."""
    answer = at_work("duty-worker").request("HEAD", "/permissions")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


# ------------------------------------------------------------------ what goes out


def test_the_headers_are_on_everything_that_goes_out(
    office: Office, desk: Desk, at_work: AtWork, stranger: Browser
) -> None:
    """Pages, redirects, every kind of trouble, styles and scripts: none goes out without them."""
    browser = faulty_site(office, desk)
    asked: list[tuple[Browser, str, str, int]] = [
        (browser, "GET", "/permissions", 200),
        (stranger, "GET", "/permissions", 303),
        (stranger, "GET", "/sign-in", 200),
        (stranger, "GET", "/signed-out", 200),
        (browser, "POST", "/drafts", 400),
        (at_work("auditor"), "GET", "/day", 403),
        (browser, "GET", "/no-such-page", 404),
        (browser, "GET", "/cases/7K3Q-9PXM", 404),
        (browser, "PUT", "/permissions", 404),
        (stranger, "GET", "/api/nothing", 404),
        (stranger, "GET", "/api/openapi.json", 200),
        (browser, "GET", "/crashes", 500),
        (browser, "GET", "/away", 503),
    ]
    for who, method, path, status in asked:
        answer = who.request(method, path, follow=False)
        assert answer.status_code == status, path
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, path
        assert answer.headers["cache-control"] == "no-store", path
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy and "*" not in policy and "data:" not in policy
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers and "x-powered-by" not in answer.headers
    for path in ("/assets/pathways.css", "/assets/scripts/pathways.js", "/assets/icon.svg"):
        answer = stranger.request("GET", path)
        assert answer.status_code == 200, path
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, path


def test_by_https_browsers_are_told_to_stay_there(office: Office, desk: Desk) -> None:
    """Beyond one machine no page is asked for in the clear again."""
    office.council.connections = Connections.model_validate(HTTPS)
    browser = Browser(worklist(desk), office, desk)
    answer = browser.request("GET", "/sign-in", headers={"Host": "pathways.wenbridge.example.org"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_cookies_are_for_our_pages_alone(stranger: Browser, office: Office, desk: Desk) -> None:
    """No script reads them, no other site sends them with a form, and by https no other host can set them."""
    page = stranger.request("GET", "/sign-in")
    sent = dict(stranger.get("/sign-in").form().pairs) | {"staff": "duty-worker"}
    signed_in = stranger.request("POST", "/sign-in", data=sent, follow=False)
    for answer, name in ((page, "pathways-signing-in"), (signed_in, "pathways")):
        [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{name}=")]
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)

    office.council.connections = Connections.model_validate(
        {**HTTPS, "sign_on": {"issuer": "http://127.0.0.1:9", "client_id": "x"}}
    )
    assert desk.cookie == "__Host-pathways"
    out = Browser(worklist(desk), office, desk).request(
        "POST", "/sign-out", follow=False, headers={"Host": "pathways.wenbridge.example.org"}
    )
    [dropped] = out.headers.get_list("set-cookie")
    assert dropped.startswith("__Host-pathways=")
    assert {"secure", "httponly", "path=/", "max-age=0"} <= {part.strip().lower() for part in dropped.split(";")}


def test_no_answer_is_split(office: Office, desk: Desk) -> None:
    """A line's end in what somebody sends makes no header and no cookie of its own."""
    browser = faulty_site(office, desk)
    for path in (
        "/leads?to=x%0d%0aSet-Cookie:%20pathways=planted&say=a%0d%0ab",
        "/sign-in?go_to=/x%0d%0aSet-Cookie:%20a=b",
        "/permissions%0d%0aSet-Cookie:%20a=b",
        "/cases/x%0d%0aSet-Cookie:%20a=b",
    ):
        answer = browser.request("GET", path, follow=False)
        planted = [one for one in answer.headers.get_list("set-cookie") if "signing-in" not in one]
        assert planted == []
        assert not any("\n" in value or "\r" in value for value in answer.headers.values())


def test_no_page_leads_a_browser_away(at_work: AtWork, stranger: Browser) -> None:
    """Whatever is asked for, a redirect is to a path of ours (open redirect)."""
    evil = ["//evil.example/", "/\\evil.example", "https://evil.example/", "///evil.example", "/%09/evil.example"]
    for browser in (stranger, at_work("duty-worker")):
        for path in (
            "/permissions/",
            "/api",
            *evil,
            *(f"/sign-in?go_to={one}" for one in evil),
            *(f"/permissions/{one}" for one in evil),
        ):
            answer = browser.request("GET", f"{ADDRESS}{path}" if path.startswith("/") else path, follow=False)
            where = answer.headers.get("location", "/")
            assert where.startswith("/") and not where.startswith(("//", "/\\")), (path, where)
    page = stranger.get("/sign-in?go_to=https://evil.example/")
    assert dict(page.form().pairs)["go_to"] == "/"
    sent = dict(page.form().pairs) | {"go_to": "//evil.example", "staff": "duty-worker"}
    assert stranger.request("POST", "/sign-in", data=sent, follow=False).headers["location"] == "/"


# ------------------------------------------------------------------ errors and logs


def test_an_error_shows_and_logs_nothing_of_anybody(
    office: Office, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever meets a mistake of ours is told what to do; the log has its kind and line, and no text of it."""
    browser = faulty_site(office, desk)
    token = token_of(browser)
    with caplog.at_level(logging.DEBUG):
        for seen in (browser.get("/crashes"), browser.post("/crashes", {"form_token": token, "name": CANARY})):
            assert seen.status == 500
            assert "Something went wrong here" in seen.text
            assert not re.search(r"Canarybird|1940|Traceback|ValueError|\.py", seen.html)
    ours = [one.getMessage() for one in caplog.records if one.name == "pathways"]
    assert len(ours) == 2
    assert all(
        re.fullmatch(r"GET POST /crashes could not be shown: ValueError at test_security.py:\d+", one) for one in ours
    )
    assert CANARY not in caplog.text and "1940" not in caplog.text


def test_a_mistake_outside_of_a_page_is_kept_as_quiet(
    office: Office, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """The same where no page was reached yet: a page with the headers, and one line without its text."""
    app = worklist(desk)

    async def broken(scope: object, receive: object, send: object) -> None:
        raise RuntimeError(CANARY)

    app._app = broken
    answer = Browser(app, office, desk).request("GET", "/permissions")
    assert (answer.status_code, answer.headers["x-frame-options"]) == (500, "DENY")
    assert CANARY not in answer.text + caplog.text
    assert "RuntimeError at test_security.py" in caplog.text


def test_whoever_hangs_up_is_no_mistake_of_ours(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """A connection that is lost in the middle of a form leaves nothing in the log."""

    async def hung_up() -> Message:
        return {"type": "http.disconnect"}

    asyncio.run(_sent_by(worklist(desk), hung_up, path="/sign-in", method="POST", headers=[(b"content-type", FORM)]))
    assert caplog.messages == []


def test_a_database_that_is_away_is_said_so(office: Office, desk: Desk, tmp_path: Path) -> None:
    """Even before it is known who asks: a page that says to try again, not a crash."""
    browser = faulty_site(office, desk)
    gone = Database(f"sqlite:///{tmp_path / 'gone' / 'nowhere.db'}")
    kept, office.council.database = office.council.database, gone
    try:
        answer = browser.request("GET", "/permissions")
    finally:
        office.council.database = kept
        gone.dispose()
    assert answer.status_code == 503
    assert "Try again in a few minutes" in answer.text


# ------------------------------------------------------------------ how much may be sent


def test_a_form_has_a_largest_size(office: Office, desk: Desk) -> None:
    """Two megabytes of form, and not a byte more is read."""
    browser = faulty_site(office, desk)
    token = token_of(browser)
    some = {"form_token": token, "a": "x" * 900_000, "b": "x" * 900_000}
    assert browser.request("POST", "/small", data=some).text == "1800000 and 0 files"
    answer = browser.request("POST", "/small", data={**some, "c": "x" * 400_000})
    assert answer.status_code == 413
    assert "That is too large" in answer.text
    assert browser.request("POST", "/sign-out", data={"c": "x" * LARGEST_FORM}).status_code == 413


def test_a_body_is_counted_as_it_comes(office: Office, desk: Desk) -> None:
    """Without a length, or with one that is not true, it is stopped where it goes too far."""
    browser = faulty_site(office, desk)
    come = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal come
        for _ in range(64):
            come += 1
            yield b"a=" + b"x" * 65_534 + b"&"

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.request("POST", "/small", content=pieces(), headers=kind)
    assert answer.status_code == 413
    small_body = browser.request("POST", "/small", content=b"a=b", headers={**kind, "Content-Length": "-1"})
    assert small_body.status_code == 400


def test_files_go_only_where_they_are_taken(office: Office, desk: Desk) -> None:
    """A page that does not ask for files gets none; one that does takes as much as a letter may have."""
    browser = faulty_site(office, desk)
    token = {"form_token": token_of(browser)}
    file = {"scan": ("scan.pdf", b"x" * 3_000_000, "application/pdf")}
    assert browser.request("POST", "/large/one", data=token, files=file).text == "3000000 in 1 files"
    assert browser.request("POST", "/small", data=token, files=file).status_code == 413
    little = {"scan": ("scan.pdf", b"x", "application/pdf")}
    assert browser.request("POST", "/small", data=token, files=little).status_code == 400

    most = office.council.policy.mail.message_bytes
    too_much = browser.request("POST", "/large/one", data=token, files={"scan": ("s", b"x" * (most + 300_000), "a/b")})
    assert too_much.status_code == 413


def test_files_of_a_stranger_are_not_even_read(office: Office, desk: Desk) -> None:
    """Whoever is not signed in is sent to sign in before anything large is taken."""
    stranger = Browser(worklist(desk, faulty.all), office, desk)
    come = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal come
        for _ in range(100):
            come += 1
            yield b"x" * 65_536

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = stranger.request("POST", "/large/one", content=pieces(), headers=kind, follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?go_to=/large/one")
    assert come == 0


@pytest.mark.parametrize("many", [{f"f{n}": "x" for n in range(2_100)}, {"f": "x" * 1_200_000}], ids=["many", "long"])
def test_a_form_of_too_many_or_too_long_fields_is_refused(office: Office, desk: Desk, many: dict[str, str]) -> None:
    """It could not be read, and nothing was done."""
    browser = faulty_site(office, desk)
    answer = browser.request("POST", "/small", data={"form_token": token_of(browser), **many})
    assert answer.status_code == 400
    assert "could not be read" in answer.text


def test_a_body_that_is_no_form_after_all_is_refused(at_work: AtWork) -> None:
    """Broken multipart, and bytes that are no text, are a page of ours and no crash."""
    browser = at_work("duty-worker")
    for kind, body in (
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b"--x"),
        ("application/x-www-form-urlencoded", b"%ff%fe=%00&\xff\xfe"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"+ADw-script+AD4-"),
    ):
        answer = browser.request("POST", "/drafts", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 400, kind


@pytest.mark.parametrize("charset", ["idna", "undefined", "utf-7", "utf-16", "latin-1", '"', "utf-8; charset=idna"])
@pytest.mark.parametrize("path", ["/drafts", "/sign-in", "/api/v1/letters"])
def test_what_is_sent_is_in_utf_8(at_work: AtWork, path: str, charset: str) -> None:
    """A browser sends what our pages ask for; some charsets of Python's hold no text, or make halves of characters."""
    browser = at_work("duty-worker")
    kind = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    body = b'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n+2AA-\xff\r\n--x--\r\n'
    assert browser.request("POST", path, content=body, headers=kind).status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf-8; boundary=x"])
def test_a_form_may_say_that_it_is_in_utf_8(at_work: AtWork, charset: str) -> None:
    """As a page's script does."""
    browser = at_work("duty-worker")
    sent = f"form_token={token_of(browser)}&_path=/find&words=Brisco"
    kind = {"Content-Type": f"application/x-www-form-urlencoded;charset={charset}"}
    assert browser.request("POST", "/drafts", content=sent, headers=kind).status_code == 204


# ------------------------------------------------------------------ an installation


def test_the_examples_in_the_first_connections_file_are_sound(tmp_path: Path) -> None:
    """Whoever takes away the # signs has settings that are understood."""
    text = first_connections(None)
    begins = text.index("# [sign_on]")
    file = tmp_path / "connections.toml"
    file.write_text(re.sub(r"^# ", "", text[begins:], flags=re.MULTILINE), encoding="utf-8")
    connections = load_connections(file)
    assert connections.sign_on is not None
    assert connections.sign_on.roles["ASC Duty"] is Role.DUTY_WORKER
    assert connections.worklist.address == "https://pathways.example.gov.uk"


def test_what_stands_beside_the_worklist_answers_as_before(office: Office, desk: Desk) -> None:
    """The webhook doors and /health are no pages: no sign-in, no form token, and their own answers."""
    browser = Browser(application(office.council, desk.installation), office, desk)
    health = browser.request("GET", "/health", follow=False)
    assert (health.headers["content-type"], "parts" in health.json()) == ("application/json", True)
    door = browser.request("POST", "/intake/contacts", json={}, follow=False)
    assert door.headers["content-type"] == "application/problem+json"
    assert browser.request("GET", "/sign-in").headers["x-frame-options"] == "DENY"
    nowhere = browser.request("GET", "/intake/nothing", follow=False)
    assert (nowhere.status_code, nowhere.headers["cache-control"]) == (404, "no-store")


def test_every_look_at_a_case_is_noted_before_it_is_shown(at_work: AtWork, office: Office) -> None:
    """Reading what waits is an entry in the access log, whoever it is."""
    case, item = a_safeguarding_check(office)
    browser = at_work("duty-worker")
    assert browser.get(f"/work-items/{item}").status == 200
    assert browser.get(f"/cases/{case}").status == 200
    with office.council.database.read() as session:
        looks = session.scalars(select(AccessEntry).where(AccessEntry.about == case)).all()
    assert {one.who for one in looks} == {"duty-worker"}
    assert len(looks) >= 2


async def _status(app: ASGIApp, path: str = "/permissions", headers: list[tuple[bytes, bytes]] | None = None) -> int:
    """The status of a request as it stands, without a client that puts it right."""

    async def nothing_more() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    sent = await _sent_by(app, nothing_more, path=path, all_headers=headers)
    return int(sent[0]["status"])


async def _sent_by(
    app: ASGIApp,
    receive: Receive,
    *,
    path: str,
    method: str = "GET",
    headers: Sequence[tuple[bytes, bytes]] = (),
    all_headers: Sequence[tuple[bytes, bytes]] | None = None,
) -> list[Message]:
    """What the application sends for a request that is made by hand."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": unquote(path), "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8080"), *headers] if all_headers is None else list(all_headers),
        "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8080),
        "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    return sent
