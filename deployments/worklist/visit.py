"""One visit to one page: who comes, what they sent, and what they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from deployments.worklist.desk import Desk
from deployments.worklist.navigation import navigation_for
from deployments.worklist.sessions import SignedIn, say_next
from models.working_time import local_day
from tasks.audit.access_log import note_access
from tasks.durable.council import Council
from tasks.worklist.members import Member


def whole_number(text: str, *, digits: int = 9) -> int | None:
    """The number that somebody sent, of so many digits at most; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


@dataclass(frozen=True)
class Upload:
    """A file that somebody sent. Name and content are whatever the sender's browser says."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Visit:
    """What a page's function is given. It gives back a response."""

    request: Request
    desk: Desk
    signed_in: SignedIn
    member: Member
    now: datetime
    pairs: tuple[tuple[str, str], ...] = ()
    """What a form sent, in its order, without the form's own token."""
    files: Mapping[str, Upload] = field(default_factory=dict)
    stands_at: str = ""
    """The path of the form that the visit is about, where that is another than the one asked for."""

    @property
    def council(self) -> Council:
        """The council's running system."""
        return self.desk.council

    @property
    def today(self) -> date:
        """The day in London."""
        return local_day(self.now)

    @property
    def path(self) -> str:
        """The path that was asked for, or that of the form that was sent there."""
        return self.stands_at or self.request.url.path

    @property
    def is_post(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    def sent(self, name: str) -> str:
        """What a form sent under a name, without blanks around it; empty where it sent nothing."""
        return next((value.strip() for key, value in self.pairs if key == name), "")

    def sent_all(self, name: str) -> list[str]:
        """Everything that a form sent under a name, such as the ticked boxes of a list."""
        return [value for key, value in self.pairs if key == name]

    def asked(self, name: str) -> str:
        """A parameter of the address; never anything personal."""
        return self.request.query_params.get(name, "").strip()

    def note_look(self, what: str, about: str) -> None:
        """Enter in the access log that they are about to look, before anything is shown."""
        with self.council.database.write() as session:
            note_access(session, self.member.id, what, about, self.now)

    def page(self, template: str, *, title: str, status: int = 200, **context: Any) -> Response:
        """A page; its template extends `page.html`."""
        written = self.desk.templates.get_template(template).render(
            visit=self,
            member=self.member,
            form_token=self.signed_in.form_token,
            navigation=navigation_for(self.member, self.path),
            said=self.signed_in.said,
            title=title,
            prefect_address=self.desk.prefect_address,
            **context,
        )
        return HTMLResponse(written, status_code=status)

    def go(self, path: str, say: str = "") -> Response:
        """
        Send the browser on to a path of ours, where a sentence is said once; references only in both.

        What was to be said here goes on with them: nobody has read it yet.
        """
        if sentence := say or self.signed_in.said:
            with self.council.database.write() as session:
                say_next(session, self.signed_in, sentence)
        return RedirectResponse(path, status_code=303)
