"""A browser without a screen: it follows links, sends the forms that a page has, and keeps its cookies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from starlette.types import ASGIApp

from deployments.worklist.desk import Desk
from deployments.worklist.sessions import begin_session
from tasks.durable.testing import Office

ADDRESS = "http://127.0.0.1:8080"
_VOID = {"input", "img", "br", "hr", "meta", "link"}


@dataclass
class SeenForm:
    """A form as it stands on a page."""

    action: str
    method: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    """What it would send as it stands: hidden and filled-in fields, ticked boxes, chosen options."""
    names: set[str] = field(default_factory=set)
    """Every field that it has."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and text of every button."""


class Seen(HTMLParser):
    """A page as somebody sees it: its text, links, headings and forms."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(convert_charrefs=True)
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.text
        self.path = response.url.raw_path.decode()
        self.forms: list[SeenForm] = []
        self.links: dict[str, str] = {}
        """Addresses by the text of the link."""
        self._texts: list[str] = []
        self._open: list[str] = []
        self._link: tuple[str, list[str]] | None = None
        self._area: str | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._button: tuple[str, str, list[str]] | None = None
        self.feed(self.html)

    @property
    def text(self) -> str:
        """All that can be read, blanks made one."""
        return " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a tag."""
        found = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "form":
            self.forms.append(SeenForm(found.get("action", ""), found.get("method", "get").lower()))
        if tag == "a":
            self._link = (found.get("href", ""), [])
        if not self.forms or "form" not in self._open:
            return
        form, name = self.forms[-1], found.get("name", "")
        if tag == "input" and name:
            form.names.add(name)
            kind = found.get("type", "text")
            if kind in ("radio", "checkbox"):
                if "checked" in found:
                    form.pairs.append((name, found.get("value", "on")))
            elif kind == "submit":
                form.buttons.append((name, found.get("value", ""), found.get("value", "")))
            elif kind != "file":
                form.pairs.append((name, found.get("value", "")))
        if tag == "textarea" and name:
            form.names.add(name)
            form.pairs.append((name, ""))
            self._area = name
        if tag == "select" and name:
            form.names.add(name)
            self._select = (name, [])
        if tag == "option" and self._select:
            self._select[1].append((found.get("value", ""), "selected" in found))
        if tag == "button":
            self._button = (name, found.get("value", ""), [])

    def handle_endtag(self, tag: str) -> None:
        """Take up the end of a tag."""
        if tag in _VOID:
            return  # written as <input/>
        while self._open and self._open.pop() != tag:
            pass
        if tag == "a" and self._link:
            self.links.setdefault(" ".join("".join(self._link[1]).split()), self._link[0])
            self._link = None
        if tag == "textarea":
            self._area = None
        if tag == "select" and self._select and self.forms:
            name, options = self._select
            chosen = [value for value, is_chosen in options if is_chosen] or [value for value, _ in options[:1]]
            self.forms[-1].pairs += [(name, value) for value in chosen]
            self._select = None
        if tag == "button" and self._button and self.forms:
            name, value, words = self._button
            self.forms[-1].buttons.append((name, value, " ".join("".join(words).split())))
            self._button = None

    def handle_data(self, data: str) -> None:
        """Take up text."""
        if self._area is not None and self.forms:
            name, value = self.forms[-1].pairs[-1]
            self.forms[-1].pairs[-1] = (name, value + (data.removeprefix("\n") if not value else data))
        if "script" in self._open or "style" in self._open or "title" in self._open:
            return
        self._texts.append(data)
        if self._link:
            self._link[1].append(data)
        if self._button:
            self._button[2].append(data)

    def form(self, action: str = "") -> SeenForm:
        """The form whose action begins so; without one, the first that is not for signing out."""
        wanted = [one for one in self.forms if one.action != "/sign-out" and one.action.startswith(action)]
        assert wanted, f"no form with action {action!r} on {self.path} (status {self.status}): {self.text[:500]}"
        return wanted[0]


class Browser:
    """One browser of one member of staff."""

    def __init__(self, app: ASGIApp, office: Office, desk: Desk) -> None:
        self._app = app
        self.office = office
        self.desk = desk
        self.cookies = httpx.Cookies()

    def is_signed_in_as(self, staff_id: str) -> None:
        """Begin a session for somebody, as if they had just signed in."""
        with self.office.council.database.write() as session:
            now = self.office.council.clock.now()
            token = begin_session(session, staff_id, now, self.desk.settings)
        self.cookies.set(self.desk.cookie, token, domain="127.0.0.1")

    def get(self, path: str, *, follow: bool = True, **parts: Any) -> Seen:
        """Open a page."""
        return Seen(self.request("GET", path, follow=follow, **parts))

    def begin(self, path: str) -> Seen:
        """Open a form; where it is asked first if anybody is at risk, they say that nobody is."""
        page = self.get(path)
        asks = page.path.partition("?")[0].endswith("/safeguarding")
        return self.send(page, {"at_risk": "no"}, action=page.path) if asks else page

    def post(self, path: str, pairs: Sequence[tuple[str, str]] | Mapping[str, str], *, follow: bool = True) -> Seen:
        """Send fields as they are, without a page to send them from."""
        sent = list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)
        return Seen(self.request("POST", path, follow=follow, data=_by_name(sent)))

    def send(
        self,
        page: Seen,
        changes: Mapping[str, str | Sequence[str]] | None = None,
        *,
        action: str = "",
        button: str = "",
        follow: bool = True,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Seen:
        """
        Send a form of a page, some of its fields filled in; by the button with that text, or the first one.

        Fails where the page has no such field: nobody can fill in what is not there.
        """
        form = page.form(action)
        pairs = list(form.pairs)
        for name, value in (changes or {}).items():
            assert name in form.names, f"the form has no field {name}; it has {sorted(form.names)}"
            values = [value] if isinstance(value, str) else list(value)
            pairs = [pair for pair in pairs if pair[0] != name] + [(name, one) for one in values]
        pressed = [one for one in form.buttons if not button or one[2] == button]
        assert pressed or not button, f"there is no button {button!r}; there are {form.buttons}"
        if pressed and pressed[0][0]:
            pairs.append((pressed[0][0], pressed[0][1]))
        data, target = _by_name(pairs), form.action or page.path
        if form.method == "get":
            return Seen(self.request("GET", target, follow=follow, params=data))
        return Seen(self.request("POST", target, follow=follow, data=data, files=files))

    def request(self, method: str, path: str, *, follow: bool = True, **parts: Any) -> httpx.Response:
        """One request, as it is, and where it leads."""

        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url=ADDRESS, cookies=self.cookies, follow_redirects=follow
            ) as client:
                response = await client.request(method, path, **parts)
                self.cookies = client.cookies
                return response

        return asyncio.run(sent())


def _by_name(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
