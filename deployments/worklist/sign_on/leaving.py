"""Signing out: here at once, and then at the council's sign-on, where it has a place for that."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from deployments.worklist.sessions import digest_of, end_session, whose_form
from deployments.worklist.sign_on.cookies import drop_session_cookie
from deployments.worklist.sign_on.provider import Provider
from deployments.worklist.sign_on.serving import Caller, Handler
from deployments.worklist.trouble import Trouble, trouble_page
from models.worklist import WebSession

_TITLE = "You are signed out"


def sign_out(provider: Provider | None) -> Handler:
    """`/sign-out`: end the session in this browser."""

    def signed_out(caller: Caller) -> Response:
        digest = digest_of(caller.request.cookies.get(caller.desk.cookie, ""))
        with caller.council.database.read() as session:
            row = session.get(WebSession, digest)
            is_theirs = row is not None and whose_form(session, caller.sent.get("form_token", "")) == row.staff_id
        id_token = None
        if row is not None and row.ended_at is None:
            if not is_theirs:
                return trouble_page(caller.desk, Trouble.NOT_OUR_FORM)
            id_token = row.id_token
            with caller.council.database.write() as session:
                end_session(session, digest, caller.now)
        there = provider.sign_out_address(id_token) if provider is not None and id_token else None
        response = _on_to(caller, provider, there)
        drop_session_cookie(caller.desk, response)
        return response

    return signed_out


def _on_to(caller: Caller, provider: Provider | None, there: str | None) -> Response:
    """
    To the provider, or to our own page.

    A browser follows a form only to where our Content-Security-Policy lets forms lead, which is the issuer's host; to
    another one the person goes by a link.
    """
    if there is not None and provider is not None and not provider.is_at_issuer(there):
        return caller.page("signed_out.html", title=_TITLE, by_provider=True, there=there)
    return RedirectResponse(there or "/signed-out", status_code=303)


def say_signed_out(provider: Provider | None) -> Handler:
    """`/signed-out`: nothing of anybody is shown here."""

    def said(caller: Caller) -> Response:
        return caller.page("signed_out.html", title=_TITLE, by_provider=provider is not None, there=None)

    return said
