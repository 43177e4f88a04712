"""
The council's OpenID provider, spoken to through Authlib: authorisation code with PKCE (RFC 7636) and a nonce.

What is checked of an ID token: signature, issuer, audience, times by our clock, nonce, authorised party, and that it
belongs to the access token it came with (OpenID Connect Core 1.0, 3.1.3.7).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc.errors import JoseError

from deployments.worklist.sign_on.discovery import (
    Discovery,
    NotSigned,
    ProviderAway,
    Signed,
    json_of,
    provider_calls,
)
from models.clock import Clock
from models.connections import SignOn

LEEWAY = timedelta(seconds=60)
"""How far the provider's clock and ours may be apart."""
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST_HINT = 4096
"""Characters of an ID token that still go into an address; without it the provider asks whether they mean it."""
_CODE = re.compile(r"[\x21-\x7e]{1,2048}")


@dataclass(frozen=True)
class Identity:
    """Whom the provider has signed in."""

    claims: Mapping[str, Any]
    """What it says of them; personal data."""
    id_token: str

    @property
    def subject(self) -> str:
        """The provider's own name of them."""
        return str(self.claims["sub"])

    @property
    def session(self) -> str | None:
        """The provider's own name of the session, where it tells it."""
        found = self.claims.get("sid")
        return found if isinstance(found, str) and found else None


@dataclass(frozen=True)
class Ended:
    """What the provider tells us to end: its session, or all of somebody's; begun by that moment."""

    begun_by: datetime
    sid: str | None
    subject: str | None


class Provider:
    """One council's sign-on, reached from one address of ours. Safe to use from several threads."""

    def __init__(self, settings: SignOn, our_address: str, clock: Clock) -> None:
        self._settings = settings
        self._return_to = f"{our_address}/sign-in/return"
        self._signed_out = f"{our_address}/signed-out"
        self._clock = clock
        self._discovery = Discovery(settings.issuer, clock)

    def sign_in_address(self, state: str, nonce: str, code_verifier: str, *, as_another: bool) -> str:
        """Where a browser is sent to sign in. Raises `ProviderAway`."""
        asked = {"state": state, "nonce": nonce, "code_verifier": code_verifier}
        if as_another:
            asked["prompt"] = "login"
        where = self._discovery.address("authorization_endpoint")
        address, _state = self._client(None).create_authorization_url(where, **asked)
        return str(address)

    def came_back_from(self, issuer: str) -> bool:
        """Whether an answer names this provider (RFC 9207), or may leave that out."""
        if issuer:
            return issuer == self._settings.issuer
        return self._discovery.metadata().get("authorization_response_iss_parameter_supported") is not True

    def identity(self, code: str, nonce: str, code_verifier: str) -> Identity:
        """Who has signed in. Raises `NotSigned`, `ProviderAway`; nothing that was sent or given stands in either."""
        if not _CODE.fullmatch(code):
            raise NotSigned("no code")
        given = self._tokens(code, code_verifier)
        id_token, access_token = given.get("id_token"), given.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise NotSigned("no ID token")
        signed = self._discovery.signed(id_token)
        self._check_id_token(signed, nonce, access_token)
        return Identity(self._with_user_info(signed.claims, access_token), id_token)

    def ended(self, logout_token: str) -> Ended:
        """What a logout token ends (Back-Channel Logout 1.0, 2.6). Raises `NotSigned`, `ProviderAway`."""
        signed = self._discovery.signed(logout_token)
        claims, now = signed.claims, self._clock.now()
        audience = claims.get("aud")
        issued_at, expires_at = (_moment(claims.get(name)) for name in ("iat", "exp"))
        sid, subject = (claims.get(name) for name in ("sid", "sub"))
        sound = (
            signed.header.get("typ", "logout+jwt").lower() in ("logout+jwt", "application/logout+jwt", "jwt")
            and claims.get("iss") == self._settings.issuer
            and self._settings.client_id in (audience if isinstance(audience, list) else [audience])
            and isinstance(claims.get("events"), dict)
            and isinstance(claims["events"].get(_LOGOUT), dict)
            and "nonce" not in claims
            and isinstance(sid or subject, str)
        )
        if not sound or issued_at is None or issued_at > now + LEEWAY:
            raise NotSigned("no logout token")
        if now > (expires_at or issued_at + 2 * LEEWAY) + LEEWAY:
            raise NotSigned("logout token too old")
        return Ended(issued_at + LEEWAY, sid, subject)

    def sign_out_address(self, id_token: str | None) -> str | None:
        """Where a browser is sent to sign out there too; None where the provider has no such place, or is away."""
        with suppress(ProviderAway):
            where = self._discovery.address_if_any("end_session_endpoint")
            if where is not None:
                asked = {"client_id": self._settings.client_id, "post_logout_redirect_uri": self._signed_out}
                if id_token and len(id_token) <= _LONGEST_HINT:
                    asked["id_token_hint"] = id_token
                return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"
        return None

    def is_at_issuer(self, address: str) -> bool:
        """Whether an address is on the issuer's own host."""
        return urlsplit(address)[:2] == urlsplit(self._settings.issuer)[:2]

    def _client(self, http: httpx.Client | None) -> Any:
        """Authlib's client, over our HTTP."""
        return OAuth2Client(
            http,
            client_id=self._settings.client_id,
            scope=self._settings.scope,
            redirect_uri=self._return_to,
            code_challenge_method="S256",
        )

    def _tokens(self, code: str, code_verifier: str) -> dict[str, Any]:
        where = self._discovery.address("token_endpoint")
        shown, auth = self._who_we_are()
        why = ""
        try:
            with provider_calls() as http:
                asked = {"code": code, "code_verifier": code_verifier, **shown}
                return dict(self._client(http).fetch_token(where, auth=auth, **asked))
        except AuthlibBaseError:
            why = ""
        except (ValueError, TypeError, KeyError) as failed:
            why = type(failed).__name__
        if why:
            raise ProviderAway(f"it gave no tokens ({why})")
        raise NotSigned("the provider did not take the code")

    def _who_we_are(self) -> tuple[dict[str, str], httpx.Auth]:
        """How we show the provider who we are: in the form, or in a header, written as RFC 6749, 2.3.1 has it."""
        client_id, secret = self._settings.client_id, self._settings.client_secret
        if secret is None:
            return {"client_id": client_id}, httpx.Auth()
        if self._settings.client_auth == "client_secret_post":
            return {"client_id": client_id, "client_secret": secret.get_secret_value()}, httpx.Auth()
        return {}, httpx.BasicAuth(quote(client_id, safe=""), quote(secret.get_secret_value(), safe=""))

    def _check_id_token(self, signed: Signed, nonce: str, access_token: str) -> None:
        options = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
        }
        belongs = {"nonce": nonce, "client_id": self._settings.client_id, "access_token": access_token}
        why = ""
        try:
            CodeIDToken(signed.claims, signed.header, options, belongs).validate(
                now=int(self._clock.now().timestamp()), leeway=int(LEEWAY.total_seconds())
            )
        except (JoseError, ValueError, TypeError) as failed:
            why = f"ID token: {type(failed).__name__}"
        if why:
            raise NotSigned(why)

    def _with_user_info(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """The claims, with what the provider tells only when asked for it; what is signed goes before."""
        settings = self._settings
        wanted = [name for name in (settings.staff_claim, settings.role_claim, settings.team_claim) if name]
        where = self._discovery.address_if_any("userinfo_endpoint")
        if where is None or all(name in claims for name in wanted):
            return claims
        with provider_calls() as http:
            told = json_of(http.get(where, headers={"Authorization": f"Bearer {access_token}"}))
        if told.get("sub") != claims["sub"]:
            raise NotSigned("user info is about somebody else")
        return {**told, **claims}


def _moment(seconds: object) -> datetime | None:
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < 10**11:
        return None
    return datetime.fromtimestamp(seconds, UTC)
