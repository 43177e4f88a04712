"""The worklist's pages: whatever a browser, or somebody who is none, sends to them, they answer, and lose nothing."""

from __future__ import annotations

from urllib.parse import unquote

from hypothesis import strategies as st
from sqlalchemy import select

from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from deployments.worklist.drafts import MOST_BYTES, draft_of
from deployments.worklist.sessions import begin_session
from models.worklist import WebSession
from tasks.installation import Installation
from tests.fuzz.asgi import Answer, Caller
from tests.fuzz.door import Door
from tests.fuzz.visits import FORM_ID, STAFF, Visit, Visits, body_of
from tests.fuzz.watching import keeps_silent
from tests.fuzz.world import World

ASKED_FIRST = ("/cases/{ref}/signals/{name}", "/start/referral", "/start/{procedure}")
"""Pages before which it may be asked if anybody is at risk; whoever fills them in has mostly answered that."""


class PagesDoor(Door):
    """A page is visited, and the same is sent again."""

    name = "pages"
    weight = 9
    takes = (
        "every page of the worklist by members of staff of six roles: forms as they are filled in and as nobody would,"
    )
    takes += (
        " any bytes, charsets, files and their names, tokens right and wrong, drafts, odd paths, queries and headers"
    )

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._desk = Desk(world.council, Installation.from_environment({"PATHWAYS_HOME": str(world.folder)}))
        self._caller = Caller(worklist(self._desk), self._desk.host)
        self._cookies, self._form_tokens = {}, {}
        with world.database.write() as session:
            for staff in STAFF:
                self._cookies[staff] = begin_session(session, staff, world.began, self._desk.settings)
            session.flush()
            for one in session.scalars(select(WebSession)):
                self._form_tokens[one.staff_id] = one.form_token
        self._visits = Visits(world)

    def close(self) -> None:
        """End the caller's loop."""
        self._caller.close()

    def inputs(self) -> st.SearchStrategy[Visit]:
        """Visits."""
        return self._visits.any()

    def hold(self, given: Visit) -> str:
        """Answered without a fault of ours; what was typed and not taken is kept; sent again, nothing is done again."""
        if given.post and given.page.path in ASKED_FIRST:
            self._made(
                Visit(given.page, given.staff, f"{given.path}/safeguarding", post=True, pairs=(("at_risk", "no"),))
            )
        before = self._done()
        answer = self._made(given)
        _is_an_answer(answer, given)
        if answer.status >= 400:
            assert self._done() == before, "a form that was refused has done something"
        if given.page.path == "/drafts" and answer.status == 204:
            self._is_kept(given, next(value for name, value in given.pairs if name == "_path"))
        if answer.status == 422 and _keeps_what_is_typed(given.page.path):
            self._is_kept(given, given.path.removesuffix("/files"))
        self.world.legs_run()
        if given.post and dict(given.pairs).get("_form_id") == FORM_ID:
            done = self._done()
            _is_an_answer(self._made(given), given)
            assert self._done() == done, "the same form sent again has done something again"
        return f"{'form' if given.post else 'page'} {answer.status}"

    def _done(self) -> dict[str, int]:
        """What forms bring about: cases, letters, work items."""
        rows = self.world.database.rows()
        return {
            name: rows[name]
            for name in ("care_case", "inbound_mail", "work_item", "signal_receipt", "submission", "cover")
        }

    def _is_kept(self, given: Visit, path: str) -> None:
        typed = [(name, value) for name, value in given.pairs if not name.startswith("_") and name != "form_token"]
        if given.way == "raw" or given.charset or any("\x00" in name + value for name, value in typed):
            return  # what cannot be kept is said to be, or it is not known what was read of it
        if sum(len(name) + len(value) for name, value in typed) * 12 > MOST_BYTES:
            return
        with self.world.database.read() as session:
            draft = draft_of(session, given.staff, path)
        assert draft is not None, "what was typed is lost"
        kept = [value.replace("\r\n", "\n") for _, value in draft.pairs]
        for _, value in typed:
            if value.isprintable() and value.isascii() and len(value) < 1_000:
                assert value in kept, "a value that was typed is lost"

    def _made(self, sent: Visit) -> Answer:
        headers = [(b"cookie", f"{self._desk.cookie}={self._cookies[sent.staff]}".encode())]
        if not sent.post:
            return self._caller.call("GET", sent.path, [*headers, *sent.more], query=sent.query)
        pairs = list(sent.pairs)
        if sent.token is not None:
            pairs.append(("form_token", sent.token or self._form_tokens[sent.staff]))
        body, content_type = body_of(sent, pairs)
        headers += [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
        fitting = [one for one in headers if one[0] not in {name for name, _ in sent.more} or one[0] == b"cookie"]
        return self._caller.call("POST", sent.path, [*fitting, *sent.more], [body], sent.query)


def _keeps_what_is_typed(path: str) -> bool:
    """Whether the page there has a form that is kept as a draft; the question before a form has none."""
    return path.startswith(("/work-items/{item}", "/start/")) and not path.endswith("/safeguarding")


def _is_an_answer(answer: Answer, given: Visit) -> None:
    """No fault of ours, and nothing typed in its headers; whoever must sign in comes back to the address they asked."""
    assert answer.status < 500, f"answered with {answer.status}"
    asked_for = given.path + (f"?{given.query.decode('latin-1')}" if given.query else "")
    comes_back_there = unquote(answer.headers.get("location", "")) == unquote(f"/sign-in?go_to={asked_for}")
    keeps_silent({name: said for name, said in answer.headers.items() if name != "location" or not comes_back_there})
