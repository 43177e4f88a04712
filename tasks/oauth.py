"""
Access tokens for a program without a user: OAuth 2 client credentials (RFC 6749, section 4.4).

It is one POST, so it is made with httpx alone. A token is kept in this process's memory until shortly before its end
and stands nowhere else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from models.connections import OAuth
from models.errors import PathwaysError

TIMEOUT_SECONDS = 15
_LEEWAY_SECONDS = 120
"""A token that ends sooner than that is fetched anew, so that none ends in the middle of a conversation."""
_UNTOLD_SECONDS = 600
"""How long a token is used whose end the server did not tell."""
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


class TokenRefused(PathwaysError):
    """No access token was given: check token_url, client_id, client_secret and scope in the connections file."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no access token was given ({why}): check oauth in the connections file")


class Tokens:
    """
    Fetches tokens and keeps them while they hold. Safe to use from several threads.

    `seconds` tells a time that only goes forward.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._kept: dict[OAuth, tuple[str, float]] = {}
        self._turn = threading.Lock()

    def token(self, oauth: OAuth) -> str:
        """A token that still holds for a while. Raises `TokenRefused`; nothing that was sent or given stands in it."""
        with self._turn:
            kept = self._kept.get(oauth)
            if kept is not None and self._seconds() < kept[1]:
                return kept[0]
            token, lasts = _fetched(oauth)
            self._kept[oauth] = (token, self._seconds() + lasts - _LEEWAY_SECONDS)
            return token

    def forget(self, oauth: OAuth) -> None:
        """Fetch a new one the next time: a server has refused the one that we have."""
        with self._turn:
            self._kept.pop(oauth, None)


TOKENS = Tokens()
"""The tokens of this process."""


def _fetched(oauth: OAuth) -> tuple[str, float]:
    """A new token, and for how many seconds it holds."""
    address = urlsplit(oauth.token_url)
    if address.scheme != "https" and address.hostname not in _THIS_MACHINE:
        raise TokenRefused("token_url must begin with https")
    asked = {"grant_type": "client_credentials", "client_id": oauth.client_id}
    asked |= {"client_secret": oauth.client_secret.get_secret_value()}
    asked |= {"scope": oauth.scope} if oauth.scope else {}
    why = ""
    try:
        answer = httpx.post(oauth.token_url, data=asked, timeout=TIMEOUT_SECONDS)
        why = f"the server answered {answer.status_code}"
        given = answer.json() if answer.status_code == httpx.codes.OK else {}
        token, lasts = given.get("access_token"), given.get("expires_in")
        if isinstance(token, str) and token:
            return token, float(lasts) if lasts else _UNTOLD_SECONDS
    except httpx.HTTPError as failed:
        why = type(failed).__name__
    except (ValueError, TypeError, AttributeError):
        why = "the server's answer is no token"
    raise TokenRefused(why)  # outside the except: the chained error would hold what was sent
