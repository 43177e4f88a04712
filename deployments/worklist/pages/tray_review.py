"""
The weekly review of a whole tray, done on a page made for it.

Those who are looked at one by one have a decision each and none is chosen beforehand; the rest is looked through as a
list. Whoever is to be given to a worker, rated again and so on is asked about on a second page; then the answers are
checked and sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from deployments.worklist import forms
from deployments.worklist.drafts import KeptDraft, draft_of, drop_draft, keep_draft
from deployments.worklist.forms import Pairs, Problem
from deployments.worklist.pages.tray import note_team
from deployments.worklist.prompts import risk_prompts
from deployments.worklist.routing import Pages
from deployments.worklist.tray_answers import BY_ITSELF, NOT_LOOKED_AT, REST, ReviewTyped, prefix_of
from deployments.worklist.visit import Visit
from models.forms.base import AnswerRefused
from models.forms.tray_review import AfterLooking, LookedAt, TrayReviewed
from models.permissions import Action
from models.states import WorkItemState
from tasks.durable.worklist import NoLongerOpen, note_opened
from tasks.tray.weekly_list import TrayList
from tasks.worklist.answering import CaseHasChanged, send
from tasks.worklist.asked import AskedItem, asked_item
from tasks.worklist.choosing import choices_on
from tasks.worklist.scope import NotFound
from tasks.worklist.tray_reviewing import list_asked, named_cases

pages = Pages()
SHOWN = 300
"""So many are looked at on one page; the rest is asked for once they were."""
DO, SEEN = "_do", "_seen_entry_no"
_OWN = {"one_by_one", REST, NOT_LOOKED_AT, BY_ITSELF}
"""What the names of the page's fields begin with; all else that is sent is not kept."""
CAUSES = {
    AfterLooking.STILL_WAITS: "",
    AfterLooking.ALLOCATE: "The worker is asked to accept them",
    AfterLooking.ESCALATE: "They are brought before the strategic manager",
    AfterLooking.RATE_AGAIN: "Their rating is set anew, and their next contact by it",
    AfterLooking.LOOK_INTO: "A duty worker is asked to contact them today",
}
"""What each decision leads to, for whoever decides."""


@dataclass(frozen=True)
class _Review:
    """The work item, the list that it is about, and what was typed."""

    asked: AskedItem
    listed: TrayList
    typed: ReviewTyped
    problems: tuple[Problem, ...] = ()
    draft: KeptDraft | None = None
    has_changed: bool = False

    @property
    def by_field(self) -> dict[str, str]:
        """The first problem of each field."""
        return {one.field_name: one.sentence for one in reversed(self.problems) if one.field_name}


@pages.add("/tray/review/{item}", Action.SEE_WORK, methods=("GET", "POST"))
def tray_review(visit: Visit, item: str) -> Response:
    """The list with its decisions, more about those of whom more must be known, and the answers to be checked."""
    asked = asked_item(visit.council, visit.member, item)
    if asked.form is not TrayReviewed:
        raise NotFound("review")
    visit.note_look("read-work-item", asked.case_ref)
    if asked.state is not WorkItemState.OPEN or not asked.may_answer:
        return visit.go(f"/work/{asked.id}")
    if not visit.is_post:
        note_opened(visit.council, asked.id, by=visit.member.id)
        asked = asked_item(visit.council, visit.member, item)  # with the entry that says so
    with visit.council.database.read() as session:
        listed = list_asked(session, asked.id)
        draft = None if visit.is_post else draft_of(session, visit.member.id, visit.path)
    note_team(visit, listed.team, "read-tray")
    with visit.council.database.read() as session:
        cases = named_cases(session, visit.member, listed.cases[:SHOWN], visit.now)
    beyond = [one.ref for one in listed.cases[SHOWN:] if not one.is_alone]
    pairs = _own(visit.pairs) if visit.is_post else draft.pairs if draft else ()
    review = _Review(asked, listed, ReviewTyped(cases, pairs, beyond), draft=draft)
    return _pressed(visit, review) if visit.is_post else _list(visit, review)


def _pressed(visit: Visit, review: _Review) -> Response:
    """A button was pressed."""
    pressed, typed = visit.sent(DO), review.typed
    if pressed == "afresh":
        with visit.council.database.write() as session:
            drop_draft(session, visit.member.id, visit.path)
        return visit.go(visit.path)
    keep_draft(visit.council, visit.member.id, visit.path, typed.pairs, visit.now, seen_entry_no=_seen_no(visit))
    if pressed == "change":
        return _list(visit, review)
    if typed.is_empty:
        nothing = Problem(
            _first_to_decide(typed),
            "Select a decision for at least one case, or say that you have looked through the rest",
        )
        return _list(visit, replace(review, problems=(nothing,)))
    if pressed not in ("check", "send") and typed.say_more:
        return _more(visit, review)
    answer, problems = typed.checked()
    if problems:
        return _more(visit, replace(review, problems=problems))
    if pressed != "send":
        return _check(visit, review, answer)
    return _send(visit, review, answer)


def _send(visit: Visit, review: _Review, answer: dict[str, Any]) -> Response:
    try:
        sent = send(
            visit.council, visit.member, review.asked.id, TrayReviewed.read(answer), seen_no=_seen_no(visit)
        )  # fmt: skip
    except AnswerRefused as refused:
        problems = review.typed.in_our_names(forms.problems_from(TrayReviewed, refused.problems))
        return _more(visit, replace(review, problems=problems))
    except CaseHasChanged as changed:
        now_seen = replace(review.asked, head_no=changed.head_no)
        return _list(visit, replace(review, asked=now_seen, has_changed=True))
    except NoLongerOpen:
        return visit.go(f"/work/{review.asked.id}")
    with visit.council.database.write() as session:
        drop_draft(session, visit.member.id, visit.path)
    again = "You had sent this answer already; it was not entered twice." if sent.again else ""
    return visit.go(f"/work/{review.asked.id}", say=again)


# ------------------------------------------------------------------ the pages


def _list(visit: Visit, review: _Review) -> Response:
    """Everybody, with a decision for those by themselves and ticks for the rest."""
    return _page(
        visit,
        "tray_review.html",
        review,
        "Review of the whole tray",
        alone=[one for one in review.typed.cases if one.listed.is_alone],
        rest=[one for one in review.typed.cases if not one.listed.is_alone],
        left=max(len(review.listed.cases) - SHOWN, 0),
        carried=_beyond_the_list(review.typed),
    )


def _more(visit: Visit, review: _Review) -> Response:
    """Worker, facts and reasons of those of whom more must be known."""
    shown = review.typed.say_more
    fields = forms.fields_of(LookedAt, without=("case",), offered=risk_prompts(visit.council.policy))
    choices = choices_on(visit.council, visit.today)
    written = [
        (
            one,
            forms.render(
                visit.desk.templates,
                fields,
                review.typed.fields_of(one),
                [each for each in review.problems if (each.field_name or "").startswith(prefix_of(one))],
                prefix=prefix_of(one),
                choices=choices,
            ),
        )
        for one in shown
    ]
    title = "More about one case" if len(shown) == 1 else f"More about {len(shown)} cases"
    return _page(visit, "tray_review_more.html", review, title, shown=written, carried=review.typed.beside(shown))


def _check(visit: Visit, review: _Review, answer: dict[str, Any]) -> Response:
    """Check your answers."""
    typed, choices = review.typed, choices_on(visit.council, visit.today)
    decided = [
        (case, CAUSES[AfterLooking(one["decision"])], _rows(one, choices))
        for case, one in zip(typed.by_itself, answer.get("one_by_one", ()), strict=True)
    ]
    own = {one.number for one in typed.by_itself}
    rest = [one for one in typed.cases if not one.listed.is_alone and one.number not in own]
    looked = typed.is_ticked(REST, "yes")
    through = [one for one in rest if looked and not typed.is_ticked(NOT_LOOKED_AT, one.listed.ref)]
    done = own | {one.number for one in through}
    return _page(
        visit,
        "tray_review_check.html",
        review,
        "Check your answers",
        decided=decided,
        through=len(through),
        left=[one for one in typed.cases if one.number not in done],
        left_beyond=max(len(review.listed.cases) - SHOWN, 0),
        carried=list(typed.pairs),
    )


def _page(visit: Visit, template: str, review: _Review, title: str, **context: Any) -> Response:
    wrong = bool(review.problems)
    return visit.page(
        template,
        title=f"Error: {title}" if wrong else title,
        heading=title,
        status=422 if wrong else 409 if review.has_changed else 200,
        item=review.asked,
        review=review,
        typed=review.typed,
        errors=forms.summary(review.problems),
        decisions=CAUSES,
        element_id=forms.element_id,
        prefix_of=prefix_of,
        seen_entry_no=review.asked.head_no if review.has_changed else _seen_no(visit) or review.asked.head_no,
        **context,
    )


def _rows(said: dict[str, Any], choices: Any) -> list[tuple[str, str]]:
    """What was said about one case besides the decision."""
    kept = {name: value for name, value in said.items() if name not in ("case", "decision")}
    if said["decision"] != AfterLooking.RATE_AGAIN:
        kept.pop("facts_changed", None)
    return forms.in_words(LookedAt, kept, choices)


def _beyond_the_list(typed: ReviewTyped) -> list[tuple[str, str]]:
    """What was typed on the second page already, which the list carries along."""
    decisions = {f"{prefix_of(one)}decision" for one in typed.cases if one.listed.is_alone}
    return [
        (name, value) for name, value in typed.pairs if name.startswith("one_by_one.") and name not in decisions
    ]  # fmt: skip


def _first_to_decide(typed: ReviewTyped) -> str:
    """The field to which the way leads where nothing was chosen."""
    rest = any(not one.listed.is_alone for one in typed.cases)
    return REST if rest or not typed.cases else f"{prefix_of(typed.cases[0])}decision"


def _own(pairs: Sequence[tuple[str, str]]) -> Pairs:
    return [pair for pair in pairs if pair[0].partition(".")[0] in _OWN]


def _seen_no(visit: Visit) -> int | None:
    seen = visit.sent(SEEN)
    return int(seen) if seen.isdigit() and len(seen) < 10 else None
