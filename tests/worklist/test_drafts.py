"""What somebody has begun to write is kept for them alone, filled in when they come back, and gone once it is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from deployments.worklist.drafts import draft_of
from deployments.worklist.set_up import ASSETS
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.worklist import Draft
from tasks.durable.testing import Office
from tests.procedures.triage_stories import SAFE
from tests.worklist.answering_stories import CHECKED_SAFE, a_safeguarding_check, a_tray_decision
from tests.worklist.browser import Browser, Seen

AtWork = Callable[[str], Browser]


def typed_in(seen: Seen) -> list[tuple[str, str]]:
    """What stands in the forms of a page."""
    return [pair for one in seen.forms for pair in one.pairs]


def saves(browser: Browser, item: str, seen: Seen, **answers: str) -> int:
    """Save what is typed as the page's script does; gives the status."""
    own = next(one for one in seen.forms if "_seen_entry_no" in one.names)
    pairs = [pair for pair in own.pairs if pair[0] not in answers]
    return browser.post("/drafts", [*pairs, *answers.items(), ("_path", f"/work-items/{item}")]).status


def drafts(office: Office) -> int:
    """How many drafts there are."""
    with office.council.database.read() as session:
        return session.scalar(select(func.count()).select_from(Draft)) or 0


def test_what_was_typed_is_filled_in_on_return(office: Office, at_work: AtWork) -> None:
    """The page says when it was kept and that it was not sent; a button throws it away."""
    _, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    assert saves(duty, item, duty.get(f"/work-items/{item}"), act_now="a commode, today") == 204
    office.hours_pass(0.5)

    seen = duty.get(f"/work-items/{item}")
    assert "was kept on Monday 5 January 2026, 9am" in seen.text
    assert ("act_now", "a commode, today") in typed_in(seen)

    afresh = duty.send(seen, button="Throw it away and start afresh", action=f"/work-items/{item}")
    assert "was kept on" not in afresh.text
    assert ("act_now", "") in typed_in(afresh)
    assert drafts(office) == 0


def test_a_text_that_spells_out_a_character_is_kept(office: Office, at_work: AtWork) -> None:
    """Backslash, u and four noughts are characters like any others; only the one that they name is refused."""
    _, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = duty.get(f"/work-items/{item}")
    assert saves(duty, item, page, act_now="\x00") == 413
    assert saves(duty, item, page, act_now="\\u0000") == 204
    assert ("act_now", "\\u0000") in typed_in(duty.get(f"/work-items/{item}"))


def test_a_draft_is_nobody_elses(office: Office, at_work: AtWork) -> None:
    """A colleague who opens the same form finds it empty."""
    _, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    saves(duty, item, duty.get(f"/work-items/{item}"), act_now="a commode, today")
    seen = at_work("duty-worker-2").get(f"/work-items/{item}")
    assert ("act_now", "") in typed_in(seen)
    assert "a commode" not in seen.text


def test_a_draft_goes_once_the_form_is_sent(office: Office, at_work: AtWork) -> None:
    """Nothing personal stays behind; not even what comes in late from the page that was left."""
    _, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = duty.get(f"/work-items/{item}")
    saves(duty, item, page, act_now="a commode, today")
    own = next(one for one in page.forms if "_seen_entry_no" in one.names)
    sent = [pair for pair in own.pairs if pair[0] not in CHECKED_SAFE]
    duty.post(f"/work-items/{item}", [*sent, *CHECKED_SAFE.items(), ("_do", "send")])
    assert drafts(office) == 0

    assert saves(duty, item, page, act_now="a commode, today") == 204
    duty.get(f"/work-items/{item}")
    assert drafts(office) == 0


def test_without_the_script_a_refused_form_is_kept_too(office: Office, at_work: AtWork) -> None:
    """Whoever is called away after a refusal finds what they had typed."""
    _, item = a_tray_decision(office)
    leader = at_work("team-leader")
    page = leader.get(f"/work-items/{item}")
    page.forms = [one for one in page.forms if "decision" in one.names]
    refused = leader.send(page, {"rationale": "Ask about a stair rail first."})
    assert refused.status == 422
    assert ("rationale", "Ask about a stair rail first.") in typed_in(leader.get(f"/work-items/{item}"))


def test_what_came_since_a_draft_was_kept_is_said_on_return(office: Office, at_work: AtWork) -> None:
    """Days later the case may have gone on: what is new stands above the form that was half filled in."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    saves(duty, item, duty.get(f"/work-items/{item}"), act_now="a commode, today")
    office.signal(case, CircumstancesChanged(reported_by=ReportedBy.CARER, what="he fell last night"))
    seen = duty.get(f"/work-items/{item}")
    assert "Something has happened in this case since you opened the form" in seen.text
    assert ("act_now", "a commode, today") in typed_in(seen)


def test_a_session_that_ended_in_the_middle_of_a_form_loses_nothing(office: Office, at_work: AtWork) -> None:
    """Sent after the session's end, the form is kept; once they sign in again it is filled in, and nothing was sent."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = duty.get(f"/work-items/{item}")
    own = next(one for one in page.forms if "_seen_entry_no" in one.names)
    office.hours_pass(1.5)
    answers = {**CHECKED_SAFE, "act_now": "a commode, today"}
    sent = [pair for pair in own.pairs if pair[0] not in answers]
    gone = duty.request("POST", f"/work-items/{item}", follow=False, data=dict([*sent, *answers.items()]))
    assert gone.headers["location"] == f"/sign-in?go_to=/work-items/{item}"

    seen = at_work("duty-worker").get(f"/work-items/{item}")
    assert ("act_now", "a commode, today") in typed_in(seen)
    assert any("SafeguardingCheck" in line for line in office.waiting_for(case))


def test_somebody_elses_answer_leaves_the_draft(office: Office, at_work: AtWork) -> None:
    """What was typed stays theirs to copy from, though a colleague has answered."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    saves(duty, item, duty.get(f"/work-items/{item}"), act_now="a commode, today")
    office.answer(case, SAFE, by="duty-worker-2")
    assert "a commode, today" in duty.get(f"/work-items/{item}").text
    with office.council.database.read() as session:
        assert draft_of(session, "duty-worker", f"/work-items/{item}") is not None


def test_the_script_keeps_nothing_in_the_browser() -> None:
    """Personal drafts stay with the council: no script of ours puts anything into a browser's own stores."""
    for script in sorted(Path(ASSETS / "scripts").glob("*.js")):
        text = script.read_text()
        for store in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches."):
            assert store not in text, script.name


def test_what_is_being_typed_when_a_session_ends_is_kept_where_it_belongs(office: Office, at_work: AtWork) -> None:
    """The page's script comes too late with it: it is kept under the form's own path, for whose form it was."""
    _, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = duty.get(f"/work-items/{item}")
    office.hours_pass(1.5)
    saves(duty, item, page, act_now="a commode, today")
    assert ("act_now", "a commode, today") in typed_in(at_work("duty-worker").get(f"/work-items/{item}"))


def test_what_comes_from_a_page_of_an_earlier_session_is_kept_without_a_word(office: Office, at_work: AtWork) -> None:
    """They signed in again in another window: what they type in the old one is theirs all the same."""
    _, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = duty.get(f"/work-items/{item}")
    duty.is_signed_in_as("duty-worker")
    assert saves(duty, item, page, act_now="a commode, today") == 204
    seen = duty.get(f"/work-items/{item}")
    assert ("act_now", "a commode, today") in typed_in(seen)
    assert "You signed in again" not in seen.text


def test_nothing_is_kept_where_no_form_could_be(office: Office, at_work: AtWork) -> None:
    """Neither for a session nor for one that has ended."""
    duty = at_work("duty-worker")
    token = dict(duty.get("/permissions").forms[-1].pairs)["form_token"]
    pairs = [("form_token", token), ("_path", "https://elsewhere.example"), ("text", "x")]
    assert duty.post("/drafts", pairs).status == 400
    office.hours_pass(1.5)
    duty.post("/drafts", pairs)
    assert drafts(office) == 0
