"""A caller that speaks to an application as a web server does: any bytes in its headers, and a body in any pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class Caller:
    """Calls one application, one call after the other, on one event loop."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host.encode()
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        """End the loop."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def call(
        self, method: str, path: str, headers: Headers = (), pieces: Sequence[bytes] = (b"",), query: bytes = b""
    ) -> Answer:
        """One call. A header named `host` stands instead of the usual one."""
        return self._loop.run_until_complete(self._called(method, path, headers, pieces, query))

    async def _called(self, method: str, path: str, headers: Headers, pieces: Sequence[bytes], query: bytes) -> Answer:
        sent = [(name.lower(), value) for name, value in headers]
        if all(name != b"host" for name, _ in sent):
            sent.append((b"host", self._host))
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "surrogateescape"),
            "query_string": query,
            "root_path": "",
            "headers": sent,
            "client": ("127.0.0.1", 49152),
            "server": ("127.0.0.1", 8080),
        }
        coming = iter(range(len(pieces)))
        status, told, body = 0, dict[str, str](), bytearray()

        async def receive() -> Message:
            number = next(coming, None)
            if number is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": pieces[number], "more_body": number + 1 < len(pieces)}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                told.update((name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"])
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, send)
        assert status, "nothing was answered"
        return Answer(status, told, bytes(body))
