"""
The worklist in a real browser: Debian's Chromium over a real HTTP server, with the office's virtual clock behind it.

Whatever somebody answers is carried on at once by the local runtime, as the worker does it in a running system.
Pictures of every page that is looked at are kept under `tests/browser/pictures/`.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from deployments.worklist.sessions import begin_session
from models.connections import Worklist
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.browser.looking import Looker

CHROMIUM = os.environ.get("PATHWAYS_CHROMIUM") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclasses.dataclass
class Live:
    """A running worklist, and the office behind it."""

    address: str
    office: Office
    desk: Desk


class CarriesOn:
    """Runs a case as soon as somebody has answered, one at a time."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.Lock()

    def wake(self, _ref: str) -> None:
        """Let everything that is due happen."""
        with self._lock:
            self._office.hours_pass(0)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """
    The browser; skipped aloud where the machine has none and none can be installed.

    One for each module: while Playwright is there, an event loop runs in this thread, and other modules' tests have
    one of their own.
    """
    program = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium on this machine: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def live(office: Office, tmp_path: Path) -> Iterator[Live]:
    """The office's worklist on a port of its own."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    office.council.connections = office.council.connections.model_copy(update={"worklist": Worklist(address=address)})
    installation = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_PORT": str(port)})
    desk = Desk(dataclasses.replace(office.council, waker=CarriesOn(office)), installation)
    config = uvicorn.Config(worklist(desk), log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    yield Live(address, office, desk)
    server.should_exit = True
    thread.join(timeout=10)
    listening.close()


@pytest.fixture
def page_as(live: Live, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page in which somebody is signed in: `page_as("duty-worker", width=375)`."""
    contexts: list[BrowserContext] = []

    def opened(staff_id: str, *, width: int = 1280, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, base_url=live.address, java_script_enabled=scripts
        )
        with live.office.council.database.write() as session:
            token = begin_session(session, staff_id, live.office.clock.now(), live.desk.settings)
        context.add_cookies([{"name": live.desk.cookie, "value": token, "url": live.address}])
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Looker:
    """Looks at a page as it stands: accessible by every rule, and kept as a picture, at both widths."""
    return Looker(request.node.name)
