"""
Signing on by the council's OpenID provider: sent there, come back, and signed out by it.

An attempt belongs to the browser that began it (a cookie of its own), is good once, and for ten minutes.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete
from starlette.responses import RedirectResponse, Response

from deployments.worklist.sessions import AtProvider, begin_session, digest_of, end_provider_sessions, end_session
from deployments.worklist.sign_on.cookies import (
    SIGNING_IN_SECONDS,
    browser_of,
    new_browser,
    set_browser_cookie,
    set_session_cookie,
)
from deployments.worklist.sign_on.discovery import NotSigned, ProviderAway
from deployments.worklist.sign_on.paths import own_path
from deployments.worklist.sign_on.provider import Identity, Provider
from deployments.worklist.sign_on.refusals import NotSignedIn, Refusal, came_from, count_refusal, must_wait
from deployments.worklist.sign_on.serving import Caller, Handler
from deployments.worklist.sign_on.staff import staff_of
from models.connections import SignOn
from models.worklist import SignOnAttempt
from tasks.audit.access_log import note_access

_GOOD_FOR = timedelta(seconds=SIGNING_IN_SECONDS)
SIGNED_ON = "sign-on"
"""The access log's word for it."""


def sign_on_by(provider: Provider) -> Handler:
    """`/sign-in`: send the browser to the provider."""

    def sent_there(caller: Caller) -> Response:
        if caller.request.headers.get("host", "").lower() != caller.desk.host:
            # The provider sends them back to the one address it knows, where this browser's cookie has to be.
            query = f"?{caller.request.url.query}" if caller.request.url.query else ""
            return RedirectResponse(f"{caller.desk.address}/sign-in{query}", status_code=303)
        browser = browser_of(caller.desk, caller.request) or new_browser()
        state, nonce, code_verifier = (secrets.token_urlsafe(32) for _ in range(3))
        try:
            where = provider.sign_in_address(state, nonce, code_verifier, as_another=caller.asked("as") == "another")
        except ProviderAway as away:
            return _away(caller, away)
        with caller.council.database.write() as session:
            session.execute(delete(SignOnAttempt).where(SignOnAttempt.began_at < caller.now - 2 * _GOOD_FOR))
            session.add(
                SignOnAttempt(
                    state_digest=digest_of(state),
                    nonce=nonce,
                    code_verifier=code_verifier,
                    browser_digest=digest_of(browser),
                    go_to=own_path(caller.asked("go_to")),
                    began_at=caller.now,
                )
            )
        response = RedirectResponse(where, status_code=303)
        set_browser_cookie(caller.desk, response, browser)
        return response

    return sent_there


def come_back(provider: Provider, settings: SignOn) -> Handler:
    """`/sign-in/return`: the provider has sent the browser back."""

    def came_back(caller: Caller) -> Response:
        attempt = _attempt_of(caller)
        try:
            if not provider.came_back_from(caller.asked("iss")):
                raise NotSigned("another provider")
            if caller.asked("error"):
                raise NotSignedIn(Refusal.NOT_FINISHED)
            identity = provider.identity(caller.asked("code"), attempt.nonce, attempt.code_verifier)
            return _signed_in(caller, identity, settings, attempt.go_to)
        except NotSigned as wrong:
            why, refusal = str(wrong), Refusal.NOT_TRUSTED
        except NotSignedIn as wrong:
            why, refusal = wrong.refusal.name.lower().replace("_", " "), wrong.refusal
        except ProviderAway as away:
            return _away(caller, away)
        count_refusal(caller.council, came_from(caller.request), "sign-on", why)
        raise NotSignedIn(refusal)

    return came_back


def signed_out_by(provider: Provider) -> Handler:
    """`/sign-out/provider`: the provider tells us that somebody has signed out there (back channel)."""

    def ended(caller: Caller) -> Response:
        now = caller.now
        address = came_from(caller.request)
        with caller.council.database.read() as session:
            if must_wait(session, address, now):
                return Response(status_code=429)
        try:
            told = provider.ended(caller.sent.get("logout_token", ""))
        except NotSigned as wrong:
            count_refusal(caller.council, address, "sign-on", str(wrong))
            return Response('{"error": "invalid_request"}', status_code=400, media_type="application/json")
        except ProviderAway:
            return Response(status_code=503)
        with caller.council.database.write() as session:
            end_provider_sessions(session, now, begun_by=told.begun_by, sid=told.sid, subject=told.subject)
        return Response(status_code=200)

    return ended


def _attempt_of(caller: Caller) -> SignOnAttempt:
    """The attempt that comes to its end here, which is none any more. Raises `NotSignedIn`."""
    browser, now, address = browser_of(caller.desk, caller.request), caller.now, came_from(caller.request)
    with caller.council.database.write() as session:
        attempt = session.get(SignOnAttempt, digest_of(caller.asked("state")), with_for_update=True)
        is_this_browsers = attempt is not None and attempt.browser_digest == digest_of(browser)
        if attempt is not None and browser and is_this_browsers:
            session.delete(attempt)
            session.flush()
            session.expunge(attempt)
            if now - attempt.began_at <= _GOOD_FOR:
                return attempt
        waits = must_wait(session, address, now)
    if waits:
        raise NotSignedIn(Refusal.TOO_MANY)
    count_refusal(caller.council, address, "sign-on", "not begun in this browser, or too long ago")
    raise NotSignedIn(Refusal.NOT_BEGUN_HERE)


def _signed_in(caller: Caller, identity: Identity, settings: SignOn, go_to: str) -> Response:
    now = caller.now
    with caller.council.database.write() as session:
        staff = staff_of(session, identity.claims, settings, now)
        note_access(session, staff.id, SIGNED_ON, staff.id, now)
        end_session(session, digest_of(caller.request.cookies.get(caller.desk.cookie, "")), now)
        at_provider = AtProvider(identity.subject, identity.session, identity.id_token)
        token = begin_session(session, staff.id, now, caller.desk.settings, at_provider=at_provider)
    response = RedirectResponse(go_to, status_code=303)
    set_session_cookie(caller.desk, response, token)
    return response


def _away(caller: Caller, away: ProviderAway) -> Response:
    return caller.page(
        "outside.html",
        title="You cannot sign in at the moment",
        status=503,
        sentence=str(away),
        what_to_do="Try again in a minute; if it stays so, tell systems staff.",
        sign_in=f"/sign-in?go_to={own_path(caller.asked('go_to'))}",
    )
