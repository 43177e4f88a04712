"""A real OpenID provider for tests, as a process of its own, and a browser that goes to and fro between it and us."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from tests.worklist.browser import Seen

HERE = Path(__file__).resolve().parent.parent / "browser"
PATIENCE_SECONDS = 20
SECRET = "a secret/with + signs:of all kinds"


@dataclass
class CouncilSignOn:
    """The provider, and what a test can turn on it."""

    address: str

    def is_told(self, what: str, **sent: Any) -> dict[str, Any]:
        """Turn something: now, new-key, faults, down, account, sign; gives its answer."""
        answer = httpx.post(f"{self.address}/control/{what}", json=sent)
        assert answer.status_code == httpx.codes.OK
        told: dict[str, Any] = answer.json()
        return told

    def calls(self, path: str) -> int:
        """How often it was asked for a path."""
        return int(self.is_told("calls")["calls"].get(path, 0))


class SignOns:
    """Providers that were started, each for what it knows of us; one is started once, and is as new for each test."""

    def __init__(self, now: str, accounts: Mapping[str, Mapping[str, Any]]) -> None:
        self._now = now
        self._accounts = accounts
        self._stack = ExitStack()
        self._started: dict[str, tuple[int, CouncilSignOn]] = {}

    def provider(self, *, claims_in_id_token: bool, **client: Any) -> tuple[int, CouncilSignOn]:
        """Our port, as the provider knows it, and the provider; skips where there is no Node to run it."""
        key = json.dumps([claims_in_id_token, client], sort_keys=True)
        if key not in self._started:
            ours = free_port()
            address = f"http://127.0.0.1:{ours}"
            about = {"now": self._now, "accounts": self._accounts, "claimsInIdToken": claims_in_id_token}
            process = _provider_process({**about, "client": {**_client_at(address), **client}})
            self._started[key] = (ours, self._stack.enter_context(process))
        self._started[key][1].is_told("reset")
        return self._started[key]

    def end(self) -> None:
        """End all of them."""
        self._stack.close()


def _client_at(our_address: str) -> dict[str, Any]:
    """What the provider knows of us."""
    return {
        "client_id": "safe-pathways",
        "client_secret": SECRET,
        "redirect_uris": [f"{our_address}/sign-in/return"],
        "post_logout_redirect_uris": [f"{our_address}/signed-out"],
        "backchannel_logout_uri": f"{our_address}/sign-out/provider",
        "backchannel_logout_session_required": True,
    }


@contextmanager
def _provider_process(settings: Mapping[str, Any]) -> Iterator[CouncilSignOn]:
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "oidc-provider").exists():
        pytest.skip("no Node, or no tests/browser/node_modules: `make test` sets them up; nothing was tested here")
    port = free_port()
    command = [node, str(HERE / "provider.mjs"), str(port), json.dumps(settings)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert any(line.strip() == "ready" for line in process.stdout), "the provider did not start"
        yield CouncilSignOn(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def served(app: ASGIApp, port: int) -> Iterator[None]:
    """Serve an application on a port of this machine, so that the provider can call it."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        assert thread.is_alive() and time.monotonic() < until
        thread.join(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class WebBrowser:
    """A browser over real HTTP, for two sites at once; by its own clock no cookie ever runs out."""

    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    been_to: list[str] = field(default_factory=list)
    """Every address, in order."""
    stops_before: str = ""
    """An address with that in it is not opened: somebody copies it before their browser gets there."""

    def get(self, address: str, *, follow: bool = True) -> Seen:
        """Open a page, and go where it leads."""
        return self._go("GET", address, None, follow=follow)

    def post(self, address: str, pairs: Mapping[str, str], *, follow: bool = True, origin: str = "") -> Seen:
        """Send a form, as a page of the same site does."""
        return self._go("POST", address, dict(pairs), follow=follow, origin=origin)

    def send(self, page: Seen, changes: Mapping[str, str] | None = None, *, action: str = "", **parts: Any) -> Seen:
        """Send a page's form with some fields filled in."""
        form = page.form(action)
        filled = {**dict(form.pairs), **(changes or {})}
        return self.post(urljoin(self.been_to[-1], form.action), filled, **parts)

    def _go(self, method: str, address: str, sent: dict[str, str] | None, *, follow: bool, origin: str = "") -> Seen:
        while True:
            self.been_to.append(address)
            parts = urlsplit(address)
            jar = self.cookies.setdefault(parts.netloc, {})
            headers = {"cookie": "; ".join(f"{name}={value}" for name, value in jar.items())} if jar else {}
            if method == "POST":
                headers["origin"] = origin or f"{parts.scheme}://{parts.netloc}"
            with httpx.Client(timeout=PATIENCE_SECONDS, verify=False) as http:
                answer = http.request(method, address, data=sent, headers=headers)
            for one in answer.headers.get_list("set-cookie"):
                for name, morsel in SimpleCookie(one).items():
                    jar[name] = morsel.value
                    if morsel["max-age"] == "0" or (not morsel.value):
                        del jar[name]
            if not follow or not answer.is_redirect:
                return Seen(answer)
            method, address, sent = "GET", urljoin(address, answer.headers["location"]), None
            if self.stops_before and self.stops_before in address:
                self.been_to.append(address)
                return Seen(answer)
