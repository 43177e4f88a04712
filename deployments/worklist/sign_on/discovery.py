"""
What the OpenID provider says of itself: its addresses and the keys with which it signs.

Both are fetched when they are first needed and anew after an hour. A key that is not known, as after the provider has
changed its keys, has them fetched anew at once, but no more often than once a minute: what anybody can send us must
not make us call the provider each time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from authlib.oidc.discovery import get_well_known_url  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import TypeAdapter, ValidationError

from models.clock import Clock
from models.connections import SafeAddress
from models.errors import PathwaysError

log = logging.getLogger("pathways")
TIMEOUT_SECONDS = 8
ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""How a token may be signed: by a key that only the provider has. Never "none", nor by a secret that we have too."""
_KEPT_FOR = timedelta(hours=1)
_ANEW_EVERY = timedelta(minutes=1)
_TRIED_AGAIN_AFTER = timedelta(seconds=5)
"""While the provider does not answer, nobody waits for it longer than the first one."""
_ADDRESS: TypeAdapter[str] = TypeAdapter(SafeAddress)


class ProviderAway(PathwaysError):
    """The council's sign-on cannot be reached, or says what cannot be used: systems staff look at [sign_on]."""

    def __init__(self, why: str) -> None:
        log.warning("the council's sign-on cannot be used: %s", why)
        super().__init__("the council’s sign-on does not answer as it should; nothing of yours is lost")


class NotSigned(PathwaysError):
    """A token is not what the provider has signed; the message is a word for the log."""


@dataclass(frozen=True)
class Signed:
    """A token whose signature holds; what it claims is still to be looked at."""

    claims: dict[str, Any]
    header: dict[str, Any]


@dataclass(frozen=True)
class _Kept:
    at: datetime
    metadata: Mapping[str, Any]
    keys: KeySet


class Discovery:
    """One provider's addresses and keys. Safe to use from several threads."""

    def __init__(self, issuer: str, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock
        self._turn = threading.Lock()
        self._kept: _Kept | None = None
        self._fetched_for_a_key: datetime | None = None
        self._failed_at: datetime | None = None

    def address(self, name: str) -> str:
        """An address that has to be there, such as `token_endpoint`. Raises `ProviderAway`."""
        found = self.address_if_any(name)
        if found is None:
            raise ProviderAway(f"it names no {name}")
        return found

    def address_if_any(self, name: str) -> str | None:
        """An address, or None where the provider has none of that name. Raises `ProviderAway`."""
        found = self.metadata().get(name)
        if found is None:
            return None
        try:
            return _ADDRESS.validate_python(found)
        except ValidationError:
            pass
        raise ProviderAway(f"its {name} does not begin with https://")

    def metadata(self) -> Mapping[str, Any]:
        """What it says of itself. Raises `ProviderAway`."""
        with self._turn:
            return self._now().metadata

    def signed(self, token: str) -> Signed:
        """A token's content, its signature checked. Raises `NotSigned`, `ProviderAway`."""
        with self._turn:
            keys = self._now().keys
        try:
            return _checked(token, keys)
        except InvalidKeyIdError:
            pass
        anew = self._anew_for_a_key()
        if anew is None:
            raise NotSigned("unknown key")
        try:
            return _checked(token, anew)
        except InvalidKeyIdError:
            pass
        raise NotSigned("unknown key")

    def _now(self) -> _Kept:
        now = self._clock.now()
        if self._kept is None or now - self._kept.at >= _KEPT_FOR:
            self._kept = self._fetched(now)
        return self._kept

    def _anew_for_a_key(self) -> KeySet | None:
        """The keys fetched anew; None where that was done a moment ago."""
        with self._turn:
            now = self._clock.now()
            if self._fetched_for_a_key is not None and now - self._fetched_for_a_key < _ANEW_EVERY:
                return None
            self._fetched_for_a_key = now
            self._kept = self._fetched(now)
            return self._kept.keys

    def _fetched(self, now: datetime) -> _Kept:
        if self._failed_at is not None and now - self._failed_at < _TRIED_AGAIN_AFTER:
            raise ProviderAway("it did not answer a moment ago")
        self._failed_at = now
        found = self._fetch(now)
        self._failed_at = None
        return found

    def _fetch(self, now: datetime) -> _Kept:
        with provider_calls() as http:
            metadata = json_of(http.get(get_well_known_url(self._issuer, external=True)))
            if metadata.get("issuer") != self._issuer:
                raise ProviderAway("it calls itself by another name than the issuer in the connections file")
            try:
                where = _ADDRESS.validate_python(metadata.get("jwks_uri"))
            except ValidationError:
                where = ""
            if not where:
                raise ProviderAway("it names no place for its keys")
            return _Kept(now, metadata, _key_set(json_of(http.get(where))))


@contextmanager
def provider_calls() -> Iterator[httpx.Client]:
    """Calls to the provider, which never lead elsewhere. Raises `ProviderAway` where it cannot be reached."""
    why = ""
    with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as http:
        try:
            yield http
        except (httpx.HTTPError, httpx.InvalidURL) as failed:
            why = type(failed).__name__
    if why:
        raise ProviderAway(why)


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object that the provider answered. Raises `ProviderAway`."""
    why = f"it answered {answer.status_code}"
    try:
        if answer.status_code == httpx.codes.OK:
            found = answer.json()
            if isinstance(found, dict):
                return found
            why = "its answer is no JSON object"
    except ValueError:
        why = "its answer is no JSON"
    raise ProviderAway(why)


def _key_set(published: dict[str, Any]) -> KeySet:
    why = "its keys cannot be read"
    try:
        keys = [one for one in published["keys"] if one.get("use", "sig") == "sig" and one.get("kty") != "oct"]
        return KeySet.import_key_set({"keys": keys})
    except (JoseError, KeyError, TypeError, ValueError, AttributeError) as failed:
        why = f"its keys cannot be read ({type(failed).__name__})"
    raise ProviderAway(why)


def _checked(token: str, keys: KeySet) -> Signed:
    """Raises `InvalidKeyIdError` where the key is not among them, else `NotSigned`."""
    why = ""
    try:
        found = jwt.decode(token, keys, registry=JWSRegistry(algorithms=ASYMMETRIC, strict_check_header=False))
        return Signed(dict(found.claims), dict(found.header))
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError, TypeError, KeyError) as failed:
        why = type(failed).__name__
    raise NotSigned(why)
