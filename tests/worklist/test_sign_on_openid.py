"""Signing on by OpenID Connect, against a real provider: the certified oidc-provider, in a process of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from deployments.example_council import load_example_register
from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from models.audit import AccessEntry
from models.connections import Connections
from models.register import Staff, Team
from models.worklist import SignOnAttempt, WebSession
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.worklist.answering_stories import a_safeguarding_check
from tests.worklist.browser import Seen
from tests.worklist.provider import SECRET, CouncilSignOn, SignOns, WebBrowser, served

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ACCOUNTS: dict[str, dict[str, Any]] = {
    "dana": {
        "preferred_username": "Duty-Worker",
        "email": "Dana.Whitlock@Wenbridge.example.org",
        "email_verified": True,
        "groups": ["everybody", "ASC-Duty"],
        "team": "duty",
        "name": "Canary Danasdottir",
    },
    "priya": {"preferred_username": "practitioner", "groups": "ASC-Practitioners", "team": ["hazel"]},
    "nobody": {"preferred_username": "not-in-the-register", "email": "nobody@example.org"},
    "unverified": {"email": "dana.whitlock@wenbridge.example.org", "email_verified": False},
    "no-groups": {"preferred_username": "practitioner", "groups": ["everybody"], "team": "no-such-team"},
    "two-roles": {"preferred_username": "practitioner", "groups": ["ASC-Duty", "ASC-Practitioners"], "team": "rowan"},
    "moved": {"preferred_username": "practitioner", "groups": ["ASC-Leaders"], "team": "rowan"},
}
MOST_PAGES = 6
"""Of the provider, until somebody is back."""
ROLES = {"ASC-Duty": "duty-worker", "ASC-Practitioners": "practitioner", "ASC-Leaders": "team-leader"}


@dataclass
class Site:
    """The worklist on a port of its own, and the council's sign-on beside it."""

    office: Office
    address: str
    sign_on: CouncilSignOn

    def signs_in(self, who: str, browser: WebBrowser, path: str = "/permissions") -> Seen:
        """Somebody opens a page, is sent to the council's sign-on, and says there who they are."""
        page = browser.get(f"{self.address}{path}")
        for _ in range(MOST_PAGES):
            if not browser.been_to[-1].startswith(self.sign_on.address):
                break
            page = browser.send(page, {"who": who} if "who" in page.form().names else {})
        return page

    def sessions(self) -> list[WebSession]:
        """All sessions there ever were."""
        with self.office.council.database.read() as session:
            return list(session.scalars(select(WebSession)))

    def staff(self, staff_id: str) -> Staff:
        """Somebody as the register has them."""
        with self.office.council.database.read() as session:
            return session.get_one(Staff, staff_id)

    def looks(self) -> list[tuple[str, str]]:
        """What the access log says: who, what."""
        with self.office.council.database.read() as session:
            return [(one.who, one.what) for one in session.scalars(select(AccessEntry).order_by(AccessEntry.no))]


MakeSite = Callable[..., Site]


@pytest.fixture(scope="session")
def sign_ons() -> Iterator[SignOns]:
    """The providers of these tests."""
    started = SignOns(NINE.isoformat(), ACCOUNTS)
    yield started
    started.end()


@pytest.fixture
def make_site(office: Office, tmp_path: Path, sign_ons: SignOns) -> Iterator[MakeSite]:
    """Makes a site: settings of `[sign_on]` by name, and `client` for what the provider knows of us."""
    with ExitStack() as stack:

        def made(*, claims_in_id_token: bool = True, client: dict[str, Any] | None = None, **settings: Any) -> Site:
            port, sign_on = sign_ons.provider(claims_in_id_token=claims_in_id_token, **(client or {}))
            about_us = {"issuer": sign_on.address, "client_id": "safe-pathways", "client_secret": SECRET}
            office.council.connections = Connections.model_validate({"sign_on": {**about_us, **settings}})
            environment = {"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_PORT": str(port)}
            desk = Desk(office.council, Installation.from_environment(environment))
            stack.enter_context(served(worklist(desk), port))
            return Site(office, desk.address, sign_on)

        yield made


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The usual one: who they are stands in the ID token, role and team in the register."""
    return make_site()


@pytest.fixture
def browser() -> WebBrowser:
    """One person's browser."""
    return WebBrowser()


# ------------------------------------------------------------------ signing in


def test_somebody_signs_in_at_the_council_and_is_where_they_wanted_to_be(site: Site, browser: WebBrowser) -> None:
    """From a page, by the provider's own pages, back to that page; capital letters of the id do not matter."""
    page = site.signs_in("dana", browser)
    assert (page.status, page.path) == (200, "/permissions")
    assert "Dana Whitlock, duty worker, duty" in page.text
    assert site.looks() == [("duty-worker", "sign-on")]


def test_code_flow_with_pkce_state_and_nonce(site: Site, browser: WebBrowser) -> None:
    """The provider is asked for a code, bound to a secret that we keep; nothing is asked for twice in the same way."""
    browser.get(f"{site.address}/sign-in?go_to=/permissions")
    browser.get(f"{site.address}/sign-in?go_to=/permissions")
    first, second = [
        parse_qs(urlsplit(one).query) for one in browser.been_to if one.startswith(f"{site.sign_on.address}/auth?")
    ]
    assert (first["response_type"], first["code_challenge_method"]) == (["code"], ["S256"])
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]
    with site.office.council.database.read() as session:
        kept = session.scalars(select(SignOnAttempt)).all()
    assert all(first["state"][0] not in (one.state_digest, one.browser_digest) for one in kept)


def test_who_they_are_may_be_told_only_when_asked(make_site: MakeSite, browser: WebBrowser) -> None:
    """Where the ID token says little, the provider is asked for the rest (userinfo)."""
    site = make_site(claims_in_id_token=False)
    assert "Dana Whitlock" in site.signs_in("dana", browser).text
    assert site.sign_on.calls("/me") == 1


def test_staff_are_found_by_their_work_address(make_site: MakeSite, browser: WebBrowser) -> None:
    """An address is the same in small letters and capitals; one that is not verified is nobody's."""
    site = make_site(staff_claim="email", found_by="email")
    assert "Dana Whitlock" in site.signs_in("dana", browser).text
    refused = site.signs_in("unverified", WebBrowser())
    assert refused.status == 403
    assert "the staff register here does not have you" in refused.text


@pytest.mark.parametrize("client_auth", ["client_secret_basic", "client_secret_post", "none"])
def test_each_way_to_show_who_we_are(make_site: MakeSite, browser: WebBrowser, client_auth: str) -> None:
    """By a header, in the form, or as a public client that PKCE alone protects."""
    settings: dict[str, Any] = {"client_secret": None} if client_auth == "none" else {"client_auth": client_auth}
    site = make_site(client={"token_endpoint_auth_method": client_auth}, **settings)
    assert "Dana Whitlock" in site.signs_in("dana", browser).text


def test_who_is_not_in_the_register_is_told_whom_to_ask(
    site: Site, browser: WebBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    """The provider knows them, we do not: no session, a page that helps, and nothing of them in a log."""
    with caplog.at_level(logging.DEBUG):
        page = site.signs_in("nobody", browser)
    assert page.status == 403
    assert "Ask your manager to have you entered" in page.text
    assert "not-in-the-register" not in page.html + caplog.text
    assert site.sessions() == []
    assert "Sign in as somebody else" in page.links


def test_leavers_are_not_let_in(site: Site, browser: WebBrowser) -> None:
    """Whoever has left looks the same as somebody who never was here."""
    site.office.leaves("duty-worker")
    assert "the staff register here does not have you" in site.signs_in("dana", browser).text
    assert site.sessions() == []


def test_somebody_else_can_sign_in_where_one_was_refused(site: Site, browser: WebBrowser) -> None:
    """The provider remembers who it knows; by the link it asks anew."""
    site.signs_in("nobody", browser)
    assert "Dana Whitlock" in site.signs_in("dana", browser, "/sign-in?as=another&go_to=/permissions").text


def test_cancelling_shows_our_words_and_not_the_providers(site: Site, browser: WebBrowser) -> None:
    """What comes with a refusal is never shown: it may be anybody's text."""
    page = browser.get(f"{site.address}/permissions")
    page = browser.post(browser.been_to[-1], {"refuse": "yes"})
    assert page.status == 403
    assert "ended without signing you in" in page.text
    assert "canary" not in page.html


# ------------------------------------------------------------------ roles and teams


def test_role_and_team_come_from_the_sign_on(make_site: MakeSite, browser: WebBrowser) -> None:
    """What the council's groups say is written into the register, and the access log says so, once."""
    site = make_site(role_claim="groups", roles=ROLES, team_claim="team")
    page = site.signs_in("moved", browser)
    assert "Priya Nair, team leader, rowan" in page.text
    assert site.looks() == [
        ("practitioner", "role-from-sign-on"),
        ("practitioner", "team-from-sign-on"),
        ("practitioner", "sign-on"),
    ]
    site.signs_in("moved", WebBrowser())
    assert [what for _, what in site.looks()].count("role-from-sign-on") == 1


def test_a_later_extract_has_its_say_until_the_next_sign_on(make_site: MakeSite, browser: WebBrowser) -> None:
    """The register is one table: the recording system's extract sets it back, signing on sets it anew."""
    site = make_site(role_claim="groups", roles=ROLES, team_claim="team")
    site.signs_in("moved", browser)
    with site.office.council.database.write() as session:
        load_example_register(session, site.office.council.clock.now())
    assert (site.staff("practitioner").role, site.staff("practitioner").team_id) == ("practitioner", "hazel")
    assert "Priya Nair, practitioner, hazel" in browser.get(f"{site.address}/permissions").text

    assert "Priya Nair, team leader, rowan" in site.signs_in("moved", WebBrowser()).text
    assert [what for _, what in site.looks()].count("role-from-sign-on") == 2


def test_one_name_is_as_good_as_a_list_of_one(make_site: MakeSite, browser: WebBrowser) -> None:
    """Providers write a single group as a word or as a list."""
    site = make_site(role_claim="groups", roles=ROLES, team_claim="team")
    assert "Priya Nair, practitioner, hazel" in site.signs_in("priya", browser).text
    assert site.looks() == [("practitioner", "sign-on")]


@pytest.mark.parametrize("who", ["two-roles", "no-groups"])
def test_exactly_one_role_is_given(make_site: MakeSite, browser: WebBrowser, who: str) -> None:
    """None and two are refused alike, and the register stays as it was."""
    site = make_site(role_claim="groups", roles=ROLES)
    page = site.signs_in(who, browser)
    assert page.status == 403
    assert "exactly one role" in page.text
    assert (site.sessions(), site.looks(), site.staff("practitioner").role) == ([], [], "practitioner")


def test_a_team_has_to_be_there(make_site: MakeSite, browser: WebBrowser) -> None:
    """A team that nobody knows, or one that has closed, is not written into the register."""
    site = make_site(team_claim="team")
    assert "exactly one team" in site.signs_in("no-groups", browser).text
    with site.office.council.database.write() as session:
        session.get_one(Team, "rowan").closed_on = date(2026, 1, 5)
    assert "exactly one team" in site.signs_in("moved", WebBrowser()).text
    assert site.staff("practitioner").team_id == "hazel"


# ------------------------------------------------------------------ what is not believed


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"claims": {"nonce": "another"}}, "ID token: InvalidClaimError"),
        ({"without": ["nonce"]}, "ID token: MissingClaimError"),
        ({"claims": {"aud": "another-client"}}, "ID token: InvalidClaimError"),
        ({"claims": {"aud": ["safe-pathways", "another"]}}, "ID token: MissingClaimError"),
        ({"claims": {"azp": "another-client"}}, "ID token: InvalidClaimError"),
        ({"claims": {"iss": "https://login.evil.example"}}, "ID token: InvalidClaimError"),
        ({"claims": {"exp": int(NINE.timestamp()) - 61}}, "ID token: ExpiredTokenError"),
        ({"claims": {"iat": int(NINE.timestamp()) + 120}}, "ID token: InvalidClaimError"),
        ({"claims": {"nbf": int(NINE.timestamp()) + 120}}, "ID token: InvalidClaimError"),
        ({"without": ["exp"]}, "ID token: MissingClaimError"),
        ({"without": ["sub"]}, "ID token: MissingClaimError"),
        ({"claims": {"at_hash": "of-another-token"}}, "ID token: InvalidClaimError"),
        ({"header": {"alg": "none"}}, "UnsupportedAlgorithmError"),
        ({"header": {"alg": "HS256"}}, "UnsupportedAlgorithmError"),
        ({"header": {"another_key": True}}, "BadSignatureError"),
        ({"header": {"another_key": True, "kid": "unknown"}}, "unknown key"),
        ({"answer": {"id_token": None}}, "no ID token"),
        ({"answer": {"id_token": "a.b.c"}}, "DecodeError"),
    ],
    ids=str,
)
def test_an_id_token_with_a_fault_signs_nobody_in(
    site: Site, browser: WebBrowser, caplog: pytest.LogCaptureFixture, fault: dict[str, Any], words: str
) -> None:
    """Everything that OpenID Connect has a client check is checked, by our clock; the log has a word and no person."""
    site.sign_on.is_told("faults", **fault)
    page = site.signs_in("dana", browser)
    assert page.status == 403
    assert "could not be checked" in page.text
    assert site.sessions() == []
    assert caplog.messages == [f"somebody was not let in by sign-on: {words}"]


def test_a_token_of_a_minute_ago_still_counts(site: Site, browser: WebBrowser) -> None:
    """Two clocks are never quite the same; a minute is allowed."""
    site.sign_on.is_told("faults", claims={"exp": int(NINE.timestamp()) - 58, "iat": int(NINE.timestamp()) + 58})
    assert site.signs_in("dana", browser).status == 200


def test_a_changed_key_is_fetched_once_and_not_for_every_made_up_one(site: Site, browser: WebBrowser) -> None:
    """After the provider has changed its keys people sign in as before; made-up keys cost one fetch a minute."""
    site.signs_in("dana", browser)
    assert site.sign_on.calls("/jwks") == 1
    site.sign_on.is_told("new-key")
    assert site.signs_in("dana", WebBrowser()).status == 200
    assert site.sign_on.calls("/jwks") == 2

    for _ in range(3):
        site.sign_on.is_told("faults", header={"another_key": True, "kid": "unknown"})
        assert site.signs_in("dana", WebBrowser()).status == 403
    assert site.sign_on.calls("/jwks") == 2
    site.office.hours_pass(0.02)
    site.sign_on.is_told("new-key")
    assert site.signs_in("dana", WebBrowser()).status == 200
    assert site.sign_on.calls("/jwks") == 3


def test_nobody_is_signed_in_as_somebody_else_by_a_link(site: Site, browser: WebBrowser) -> None:
    """Who copies the way back may send it to anybody: it works in the first browser alone (login CSRF)."""
    browser.stops_before = "/sign-in/return"
    link = _way_back(site, browser)

    victim = WebBrowser()
    assert victim.get(link).status == 400
    victim.get(f"{site.address}/sign-in")
    assert victim.get(link).status == 400
    assert site.sessions() == []

    browser.stops_before = ""
    assert browser.get(link).path == "/permissions"


def test_the_way_back_is_good_once(site: Site, browser: WebBrowser) -> None:
    """Gone a second time, in the same browser too, it leads to beginning again."""
    site.signs_in("dana", browser)
    link = next(one for one in browser.been_to if "/sign-in/return?" in one)
    again = browser.get(link)
    assert again.status == 400
    assert "Begin again" in again.text
    assert len(site.sessions()) == 1


def test_signing_in_may_take_ten_minutes(site: Site, browser: WebBrowser) -> None:
    """Whoever comes back later begins again."""
    page = browser.send(browser.get(f"{site.address}/permissions"), {"who": "dana"})
    site.office.hours_pass(0.18)
    assert "Begin again" in browser.send(page).text
    assert site.sessions() == []


def test_an_answer_of_another_provider_is_refused(site: Site, browser: WebBrowser) -> None:
    """An answer names who it is from (RFC 9207); without that, or with another name, it is not looked at."""
    for issuer in ("", "&iss=https://login.evil.example"):
        browser.get(f"{site.address}/permissions")
        asked = next(one for one in reversed(browser.been_to) if "/auth?" in one)
        state = parse_qs(urlsplit(asked).query)["state"][0]
        assert browser.get(f"{site.address}/sign-in/return?state={state}&code=abc{issuer}").status == 403
    assert site.sign_on.calls("/token") == 0


def test_a_code_that_was_made_up_signs_nobody_in(site: Site, browser: WebBrowser) -> None:
    """The provider refuses it, and so do we."""
    browser.get(f"{site.address}/permissions")
    state = parse_qs(urlsplit(next(one for one in browser.been_to if "/auth?" in one)).query)["state"][0]
    for code in ("made-up", ""):
        where = f"{site.address}/sign-in/return?state={state}&code={code}&iss={site.sign_on.address}"
        assert browser.get(where).status in (400, 403)
    assert site.sessions() == []


def test_guessing_is_stopped_and_who_signs_in_rightly_is_not(site: Site, browser: WebBrowser) -> None:
    """Twenty made-up returns from an office, and its next one has to wait; its staff sign in all the same."""
    for _ in range(20):
        assert WebBrowser().get(f"{site.address}/sign-in/return?state=guess&code=x").status == 400
    assert WebBrowser().get(f"{site.address}/sign-in/return?state=guess&code=x").status == 429
    assert site.signs_in("dana", browser).status == 200
    site.office.hours_pass(0.2)
    assert WebBrowser().get(f"{site.address}/sign-in/return?state=guess&code=x").status == 400


def test_a_sign_on_that_is_away_is_said_so(site: Site, browser: WebBrowser, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is sent into nowhere; those who are signed in work on; and it is not asked at every try."""
    signed_in = WebBrowser()
    site.signs_in("dana", signed_in)
    site.office.hours_pass(0.9)
    site.sign_on.is_told("down", down=True)
    site.office.hours_pass(0.09)
    signed_in.get(f"{site.address}/permissions")
    site.office.hours_pass(0.1)
    before = site.sign_on.calls("/.well-known/openid-configuration")
    for _ in range(3):
        page = browser.get(f"{site.address}/sign-in")
        assert page.status == 503
        assert "Try again in a minute" in page.text
    assert site.sign_on.calls("/.well-known/openid-configuration") == before + 1
    assert signed_in.get(f"{site.address}/permissions").status == 200

    site.sign_on.is_told("down", down=False)
    site.office.hours_pass(0.01)
    assert browser.get(f"{site.address}/sign-in").status == 200


def test_another_name_of_this_machine_is_sent_to_the_one_the_provider_knows(site: Site, browser: WebBrowser) -> None:
    """The cookie has to be where the provider sends the browser back to."""
    other_name = site.address.replace("127.0.0.1", "localhost")
    page = browser.get(f"{other_name}/sign-in?go_to=/permissions", follow=False)
    assert page.headers["location"] == f"{site.address}/sign-in?go_to=/permissions"


# ------------------------------------------------------------------ sessions and signing out


def test_a_form_that_outlived_its_session_loses_nothing(site: Site, browser: WebBrowser) -> None:
    """Typed, the session over, sent, signed in at the council again: the words stand in the form."""
    _, item = a_safeguarding_check(site.office)
    page = site.signs_in("dana", browser, f"/work-items/{item}")
    site.office.hours_pass(1.5)
    site.sign_on.is_told("now", now=site.office.clock.now().isoformat())
    page.forms = [max(page.forms, key=lambda one: len(one.names))]

    again = browser.send(page, {"act_now": "rang twice, no answer"})
    assert (again.status, again.path) == (200, f"/work-items/{item}")
    assert dict(max(again.forms, key=lambda one: len(one.names)).pairs)["act_now"] == "rang twice, no answer"
    assert len(site.sessions()) == 2


def test_each_sign_on_makes_a_new_session_and_ends_the_old_one(site: Site, browser: WebBrowser) -> None:
    """A planted token is worth nothing, and nobody stays signed in twice in one browser."""
    ours = urlsplit(site.address).netloc
    browser.cookies[ours] = {"pathways": "planted"}
    site.signs_in("dana", browser)
    first = browser.cookies[ours]["pathways"]
    site.signs_in("dana", browser, "/sign-in")
    assert browser.cookies[ours]["pathways"] not in ("planted", first)
    assert sorted(one.ended_at is None for one in site.sessions()) == [False, True]


def test_signing_out_here_signs_out_at_the_council_too(site: Site, browser: WebBrowser) -> None:
    """Our session ends, the provider is told whose it was, and the browser comes back to a page of ours."""
    page = site.signs_in("dana", browser)
    out = browser.post(f"{site.address}/sign-out", {"form_token": dict(page.forms[-1].pairs)["form_token"]})
    asked = urlsplit(next(one for one in browser.been_to if "/session/end?" in one))
    assert set(parse_qs(asked.query)) == {"client_id", "id_token_hint", "post_logout_redirect_uri"}
    assert [(one.ended_at is not None, one.id_token) for one in site.sessions()] == [(True, None)]

    confirmed = browser.post(
        f"{site.sign_on.address}/session/end/confirm", {**dict(out.forms[0].pairs), "logout": "yes"}
    )
    assert (confirmed.status, confirmed.path) == (200, "/signed-out")
    assert "Council sign-on" in browser.get(f"{site.address}/permissions").html


def test_signing_out_at_the_council_signs_out_here(site: Site, browser: WebBrowser) -> None:
    """The provider tells us over its own line which session has ended; others go on."""
    site.signs_in("dana", browser)
    other = WebBrowser()
    site.signs_in("priya", other)

    leaving = browser.get(f"{site.sign_on.address}/session/end?client_id=safe-pathways")
    browser.post(f"{site.sign_on.address}/session/end/confirm", {**dict(leaving.forms[0].pairs), "logout": "yes"})
    assert browser.get(f"{site.address}/permissions", follow=False).status == 303
    assert other.get(f"{site.address}/permissions", follow=False).status == 200


LOGGED_OUT: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}


@pytest.mark.parametrize(
    "fault",
    [
        {"claims": {"events": {}}},
        {"claims": {"nonce": "n"}},
        {"claims": {"aud": "another-client"}},
        {"claims": {"iss": "https://login.evil.example"}},
        {"claims": {"iat": int(NINE.timestamp()) + 120}},
        {"claims": {"iat": int(NINE.timestamp()) - 1000, "exp": int(NINE.timestamp()) - 100}},
        {"claims": {"sid": None}},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS256"}},
        {"header": {"another_key": True}},
        {"header": {"typ": "at+jwt"}},
    ],
    ids=str,
)
def test_a_logout_message_with_a_fault_ends_nothing(site: Site, browser: WebBrowser, fault: dict[str, Any]) -> None:
    """Only the provider can end a session, and only by a message that is about that."""
    site.signs_in("dana", browser)
    assert _tell_logged_out(site, **fault) == 400
    assert browser.get(f"{site.address}/permissions", follow=False).status == 200


def test_a_logout_message_ends_the_session_it_names(site: Site, browser: WebBrowser) -> None:
    """The good message of which the faulty ones are made."""
    site.signs_in("dana", browser)
    assert _tell_logged_out(site) == 200
    assert browser.get(f"{site.address}/permissions", follow=False).status == 303


def test_a_logout_message_may_name_the_person_alone(site: Site, browser: WebBrowser) -> None:
    """Without a session's name all that somebody had open ends; sent once more, it ends nothing that began later."""
    site.signs_in("dana", browser)
    told: dict[str, Any] = {"claims": {"sid": None, "sub": "dana"}}
    assert _tell_logged_out(site, **told) == 200
    assert browser.get(f"{site.address}/permissions", follow=False).status == 303

    site.office.hours_pass(0.03)
    later = WebBrowser()
    site.signs_in("dana", later)
    assert _tell_logged_out(site, **told) == 200
    assert later.get(f"{site.address}/permissions", follow=False).status == 200


def _tell_logged_out(site: Site, claims: dict[str, Any] | None = None, header: dict[str, Any] | None = None) -> int:
    """Send a logout token that the provider has signed; gives the status."""
    at = int(NINE.timestamp())
    sid = next(one.provider_session for one in site.sessions() if one.provider_subject == "dana")
    assert sid
    said = {"iss": site.sign_on.address, "aud": "safe-pathways", "iat": at, "exp": at + 300, "jti": "j"}
    whole = {**said, "sid": sid, "events": LOGGED_OUT, **(claims or {})}
    sent = {name: value for name, value in whole.items() if value is not None}
    token = site.sign_on.is_told("sign", claims=sent, header={"typ": "logout+jwt", **(header or {})})["token"]
    return httpx.post(f"{site.address}/sign-out/provider", data={"logout_token": token}).status_code


def _way_back(site: Site, browser: WebBrowser) -> str:
    """The address by which the provider would send Dana's browser back, in a browser that stops before it."""
    site.signs_in("dana", browser)
    page = browser.been_to[-1]
    assert "/sign-in/return?" in page
    return page
