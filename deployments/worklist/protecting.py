"""What protects every page, whatever it shows: the host it is asked under, and the headers it goes out with."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployments.worklist.desk import Desk

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'{provider}; base-uri 'none'; frame-ancestors 'none'"
)
_OURS = ("/assets/",)
"""Paths whose content is nobody's and may be kept by a browser."""


class Protected:
    """Refuses other hosts, and puts the headers on whatever goes out."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk
        sign_on = desk.council.connections.sign_on
        provider = f" {_origin(sign_on.issuer)}" if sign_on is not None else ""
        self._headers = {
            "Content-Security-Policy": _POLICY.format(provider=provider),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        if desk.is_encrypted:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not self._is_our_host(scope):
            await PlainTextResponse("This address is not one of ours.\n", status_code=421)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith(_OURS):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, with_headers)

    def _is_our_host(self, scope: Scope) -> bool:
        named = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1:
            return False
        host = named[0]
        if host == self._desk.host.lower():
            return True
        without_port = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
        return not self._desk.is_encrypted and without_port in LOOPBACK_HOSTS


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])
